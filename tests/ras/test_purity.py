"""The engine is pure, and its records are what they say: what no linter sees."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

import ras
from ras import Assessment, Plan, PolicyConfiguration
from ras.records import Day, Flag, Pence, Record, StepPence, Whole
from ras.statement import Statement
from tests.ras.examples import POLICY_TEXT

ROOT = Path(ras.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
BANNED = {
    "float": "money and points are int or Fraction",
    "round": "halves go to even; use ras.money.Rounding",
    "open": "the engine reads no files",
    "print": "the engine returns its working",
    "input": "the engine asks nobody",
    "eval": "a policy is data, never code",
    "exec": "a policy is data, never code",
    "compile": "a policy is data, never code",
    "__import__": "a policy is data, never code",
}
NOT_FROM_THE_CLOCK = {"now", "utcnow", "today", "fromtimestamp", "time_ns"}


def misuses(tree: ast.AST) -> list[str]:
    """What the engine may not do, by line."""
    return [f"{line}: {why}" for line, why in sorted(_misuses(tree))]


def _misuses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if name in BANNED:
                yield node.lineno, f"{name}: {BANNED[name]}"
            case ast.Attribute(attr=name) if name in NOT_FROM_THE_CLOCK:
                yield node.lineno, f"{name}: the engine is given days, it never asks what day it is"
            case ast.Constant(value=float()):
                yield node.lineno, "a number with a point is a float"
            case ast.BinOp(op=ast.Div(), left=left, right=right) if _is_whole(left) and _is_whole(right):
                yield node.lineno, "two whole numbers divided are a float"


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_engine_does_nothing_impure(path: Path) -> None:
    assert misuses(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = round(y, 2)",
        "x = float('1.5')",
        "def f(x: float) -> None: ...",
        "x = list(map(float, y))",
        "x = 0.1",
        "x = 1e3",
        "x = 1 / 3",
        "with open('x') as file: ...",
        "print(x)",
        "x = eval(y)",
        "exec(y)",
        "code = compile(y, 'x', 'eval')",
        "x = input()",
        "x = __import__('os')",
        "x = datetime.now()",
        "x = datetime.datetime.now(UTC)",
        "x = date.today()",
        "x = datetime.utcnow",
        "x = date.fromtimestamp(y)",
    ],
)
def test_the_check_catches_what_it_says(source: str) -> None:
    assert len(misuses(ast.parse(source))) == 1


def test_the_check_lets_through_what_the_engine_does() -> None:
    assert misuses(ast.parse("x = Fraction(1, 3) / 4 + rounding.apply(y) // 2 * -1")) == []


def test_the_engine_has_files_to_check() -> None:
    assert len(SOURCES) > 20


def records(kind: Any, found: dict[type[Record], None] | None = None) -> list[type[Record]]:
    """Every record that can be reached from one."""
    found = {} if found is None else found
    if isinstance(kind, type) and issubclass(kind, Record):
        if kind not in found:
            found[kind] = None
            for field in kind.model_fields.values():
                records(field.annotation, found)
                for extra in field.metadata:
                    records(extra, found)
    else:
        for part in get_args(kind):
            records(part, found)
    return list(found)


READ = [*records(PolicyConfiguration), *records(Plan)]
WRITTEN = [*records(Assessment), *records(Statement)]
every_record = pytest.mark.parametrize("record", [*READ, *WRITTEN], ids=lambda record: record.__name__)


@every_record
def test_every_record_is_frozen_and_forbids_what_it_does_not_know(record: type[Record]) -> None:
    assert record.model_config["frozen"] is True
    assert record.model_config["extra"] == "forbid"


def test_all_the_records_are_reached() -> None:
    names = {record.__name__ for record in READ}
    assert {"Domain", "Level", "Banded", "Knot", "PointPrice", "Multiply", "OnCost", "AgeBand"} <= names
    assert {"Need", "Levels", "Resource", "Circumstance", "PlanLine", "FractionSubtracted"} <= names


def lax(schema: Any, *, is_written_day: bool = False) -> Iterator[str]:
    """The kinds in a core schema that would be read as what they are not."""
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from lax(part, is_written_day=is_written_day)
    if isinstance(schema, dict):
        if is_lax(schema) and not (schema["type"] == "date" and is_written_day):
            yield schema["type"]
        check = schema.get("function", {})
        is_day = isinstance(check, dict) and getattr(check.get("function"), "__name__", "") == "_iso_day"
        for key, part in schema.items():
            if key not in {"metadata", "serialization", "default", "config", "cls"}:
                yield from lax(part, is_written_day=is_written_day or is_day)


def is_lax(schema: dict[str, Any]) -> bool:
    """Whether a part of a core schema takes one thing for another, or anything at all."""
    kind = schema.get("type")
    not_strict = kind in {"int", "bool"} and not schema.get("strict")
    return not_strict or kind in {"date", "float", "decimal", "datetime", "time", "any", "bytes"}


@pytest.mark.parametrize("record", READ, ids=lambda record: record.__name__)
def test_no_number_day_or_flag_is_read_as_what_it_is_not(record: type[Record]) -> None:
    assert list(lax(TypeAdapter(record).core_schema)) == []


def test_the_check_of_records_catches_what_it_says() -> None:
    class Careless(Record):
        """A record that takes anything."""

        number: int
        day: date
        flag: bool
        part: float

    assert len(list(lax(TypeAdapter(Careless).core_schema))) == 4


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        *[(kind, wrong) for kind in (Whole, Pence, StepPence) for wrong in ("1", 1.0, True, None, b"1", -1)],
        *[(Flag, wrong) for wrong in ("true", "yes", 1, 0, 1.0, None)],
        *[(Day, wrong) for wrong in (0, 1.5, "1", "2026-4-1", "20260401", "2026-W14-3", "2026-02-30", None)],
        *[
            (Day, wrong)
            for wrong in ("2026-04-01T00:00:00", " 2026-04-01", "1899-12-31", "2200-01-01", b"2026-04-01")
        ],
        *[(Day, wrong) for wrong in (datetime(2026, 4, 1, tzinfo=UTC), "2026-04-01\n", "\uff12026-04-01")],
    ],
)
def test_what_merely_looks_right_is_refused(kind: Any, wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(wrong)


def test_nothing_in_a_policy_can_be_changed() -> None:
    policy: Any = ras.read_policy(POLICY_TEXT)

    with pytest.raises(ValidationError, match="frozen"):
        policy.title = "another"
    with pytest.raises(ValidationError, match="frozen"):
        policy.domains[0].levels[0].points = "99"
    assert isinstance(policy.domains, tuple)
    assert isinstance(policy.domains[0].levels, tuple)
