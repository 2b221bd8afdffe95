"""What the published pages are held to: the codes that exist, read from the code itself.

`python -m tests.published` prints the table of errors of docs/errors.md.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from app.errors import ServiceError
from app.problems import meaning_of
from ras.errors import RasError
from ras.reading import _CODES

ROOT = Path(__file__).parents[1]
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PLACE_OF_CODE = {"Problem": 2, "_problem": 1, "_invalid": 1, "_refused": 1, "_refuse": 0, "_Refused": 0}
"""For what makes a problem: which of its arguments is the code, where it is not given by name."""


Leaf = TypeVar("Leaf", bound=Exception)


def leaves(root: type[Leaf]) -> list[type[Leaf]]:
    """Every error that is raised: those that have a code of their own. One can hang on two branches."""
    found = [root] if "code" in vars(root) else []
    below = [leaf for child in root.__subclasses__() for leaf in leaves(child)]
    return list(dict.fromkeys(found + below))


def errors() -> dict[str, type[ServiceError] | type[RasError]]:
    """Every error by its code."""
    found: list[type[ServiceError | RasError]] = [*leaves(ServiceError), *leaves(RasError)]
    return {error.code: error for error in found}


def table() -> list[str]:
    """The rows of the table of errors in docs/errors.md: what the service itself would answer."""
    found = sorted(errors().items(), key=lambda named: (_status_and_step(named[1])[0], named[0]))
    return [_row(code, error) for code, error in found]


def _row(code: str, error: type[ServiceError] | type[RasError]) -> str:
    status, next_step = _status_and_step(error)
    when = (error.__doc__ or "").partition("\n")[0]
    return f"| `{code}` | {status} | {when} | {next_step} |"


def _status_and_step(error: type[ServiceError] | type[RasError]) -> tuple[int, str]:
    if issubclass(error, ServiceError):
        return int(error.status), error.next_step
    status, next_step = meaning_of(error)
    return int(status), next_step


def problem_codes() -> set[str]:
    """The code of every single problem, wherever the code of the engine or the service makes one."""
    sources = [*(ROOT / "ras").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
    found = {code for path in sources for code in _codes_in(ast.parse(path.read_text()))}
    return found | set(_CODES.values())


def _codes_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _code_of_call(node)
        elif isinstance(node, ast.Yield | ast.Return) and isinstance(node.value, ast.Tuple):
            yield from _code_of_fault(node.value)
        elif isinstance(node, ast.Tuple) and node.elts and _is_sentence(node.elts[-1]):
            yield from _code_of_fault(node)


def _code_of_call(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in {*PLACE_OF_CODE, "problem_at"}:
        place = PLACE_OF_CODE.get(name, len(call.args))
        yield from _kebab(*call.args[place : place + 1])
        yield from _kebab(*(given.value for given in call.keywords if given.arg == "code"))


def _code_of_fault(fault: ast.Tuple) -> Iterator[str]:
    """A fault is its place, code and message, or code and message."""
    if len(fault.elts) < len(("code", "message")):
        return
    *_, code, message = fault.elts
    is_called_so = isinstance(message, ast.Name) and message.id == "message"
    if _is_sentence(message) or is_called_so or isinstance(message, ast.Call):
        yield from _kebab(code)


def _is_sentence(node: ast.expr) -> bool:
    """Whether something is a sentence, as what a fault ends in is."""
    match node:
        case ast.JoinedStr(values=[*_, ast.Constant(value=str() as end)]) | ast.Constant(value=str() as end):
            return end.endswith((".", "?"))
        case ast.JoinedStr():
            return True
        case _:
            return False


def _kebab(*nodes: ast.expr) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEBAB.fullmatch(node.value):
            yield node.value


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
