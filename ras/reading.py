"""Text that a person or a program wrote, read strictly into plain data and then into records.

Nothing is guessed and nothing is lost in silence: a repeated key, an alias, a tag, a fraction
that would become a float, NaN, a number too large to be exact, a lone surrogate, a control
character or absurd nesting is refused by its path. The same reader serves policy documents,
plans and the bodies of HTTP requests.
"""

import json
import re
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ras.errors import Problem
from ras.records import FORMS, Record

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 32
MAX_KEY = 200
"""No field has a longer name, and a longer one would be said again in every problem below it."""
MAX_PROBLEMS = 1_000
MAX_EXACT_INTEGER = 2**53 - 1
"""The largest integer that RFC 8785 and every JSON reader keep exact."""
MAX_DIGITS = len(str(MAX_EXACT_INTEGER))

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d*(_\d+)*)", re.ASCII)
_FORBIDDEN_CHARACTER = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff]")
_YAML_LINE_ENDS = frozenset("\x85\u2028\u2029")
_DISCRIMINATORS = ("variant", "mode", "kind")
"""The fields that say which of several records is written."""

Location = tuple[str | int, ...]
R = TypeVar("R", bound=Record)


_CODES = {"missing": "missing", "union_tag_not_found": "missing", "extra_forbidden": "unknown-field"}
_IN_WORDS = {
    "missing": "This is needed and is not there.",
    "extra_forbidden": "There is no such field; look for a spelling mistake.",
    "union_tag_not_found": "This is needed and is not there: it says which kind is meant.",
    "union_tag_invalid": "This must be one of {expected_tags}.",
    "enum": "This must be {expected}.",
    "literal_error": "This must be {expected}.",
    "bool_type": "This must be true or false, without quotation marks.",
    "int_type": "This must be a whole number, without quotation marks or a comma.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "tuple_type": "This must be a list.",
    "list_type": "This must be a list.",
    "model_type": "This must have fields of its own.",
    "dict_type": "This must have fields of its own.",
    "too_short": "There must be {min_length} or more here; there are {actual_length}.",
    "too_long": "There may be {max_length} at most here.",
    "string_too_short": "This must have {min_length} characters or more.",
    "string_too_long": "This may have {max_length} characters at most.",
}
"""Our words for what pydantic finds, with what it says beside it. What is not here it says in its own."""
_PENCE = "This must be whole pence, without a pound sign, a comma or quotation marks: £1,500 is 150000."


class UnreadableText(Exception):
    """The text is not plain data; `problems` says why, every one."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class _Refused:
    """Stands in plain data where something was written that may not be."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message


def read_json(text: str | bytes) -> Any:
    """Read JSON text into plain data.

    Raises:
        UnreadableText: it is not JSON, or holds something that `ras.reading` refuses.
    """
    try:
        data = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_fraction,
            parse_constant=_constant,
            parse_int=_integer,
        )
    except RecursionError:
        _refuse("nested-too-deep", f"Nesting may be {MAX_DEPTH} deep at most.")
    except UnicodeDecodeError:
        _refuse("not-utf-8", "The text is not UTF-8.")
    except json.JSONDecodeError as error:
        _refuse("not-json", f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.")
    return _plain(data)


def read_yaml(text: str) -> Any:
    """Read one YAML document into plain data: no aliases, no tags, no YAML 1.1 surprises.

    Only `true`, `false`, `null`, whole numbers and text are understood: `no` is text, and so is
    a day, which a record reads later.

    Raises:
        UnreadableText: it is not YAML, or holds something that `ras.reading` refuses.
    """
    try:
        _refuse_what_yaml_could_hide(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        _refuse("not-yaml", f"This is not YAML: {error.problem}{where}.")
    except (yaml.YAMLError, UnicodeError):
        _refuse("not-yaml", "This is not YAML: it holds characters that YAML does not allow.")
    return _plain(_from_node(node)) if node is not None else None


def read_document(text: str) -> Any:
    """Read JSON if the text begins like a JSON object, else YAML.

    Raises:
        UnreadableText: it is neither, or holds something that `ras.reading` refuses.
    """
    if len(text) > MAX_CHARACTERS:
        _refuse("too-long", f"A document may have {MAX_CHARACTERS:,} characters at most.")
    return read_json(text) if text.lstrip().startswith("{") else read_yaml(text)


def validated(kind: type[R] | TypeAdapter[R], data: Any) -> R:
    """Make a record of plain data.

    Raises:
        UnreadableText: one problem for each field that is missing, unknown or of the wrong kind.
    """
    adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise UnreadableText(problems_of(error, data)) from None


def problems_of(error: ValidationError, data: Any) -> list[Problem]:
    """Every mistake pydantic found, in our words, by path."""
    found = error.errors(include_url=False, include_input=False)
    return [problem_of(details, data) for details in found if not _only_follows(details, found)]


def _only_follows(details: ErrorDetails, found: list[ErrorDetails]) -> bool:
    """Whether a list is called too short only because an item in it is wrong."""
    here = details["loc"]
    return details["type"] == "too_short" and any(
        other is not details and other["loc"][: len(here)] == here for other in found
    )


def problem_of(details: ErrorDetails, data: Any, *, within: Location = ()) -> Problem:
    """One mistake pydantic found, in our words, by path."""
    location = _in_data(details["loc"], data)
    kind, context = details["type"], details.get("ctx", {})
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        location = (*location, context["discriminator"].strip("'"))
    if kind in _IN_WORDS:
        is_pence = kind == "int_type" and str(location[-1]).endswith("_pence")
        message = _PENCE if is_pence else _IN_WORDS[kind].format(**context)
    elif kind == "string_type":
        message = _as_text(_at(location, data))
    elif kind == "string_pattern_mismatch" and context["pattern"] in FORMS:
        message = FORMS[context["pattern"]]
    else:
        said = details["msg"].removeprefix("Value error, ")
        message = said[0].upper() + said[1:] + ("" if said.endswith(".") else ".")
    return problem_at((*within, *location), data, code=_CODES.get(kind, "wrong-value"), message=message)


def _as_text(value: Any) -> str:
    if isinstance(value, int):
        return f'Write this in quotation marks: "{str(value).lower()}".'
    return "This must be text."


def _at(location: Location, data: Any) -> Any:
    for part in location:
        data = _inside(data, part)
    return data


def problem_at(location: Location, data: Any, *, code: str, message: str) -> Problem:
    """A problem at a place in plain data: items of a list that have a code are named by it."""
    path: list[str] = []
    here = data
    for part in location:
        here = _inside(here, part)
        path.append((_name_of(here) if isinstance(part, int) else None) or str(part))
    return Problem(path=".".join(path), pointer=pointer(location), code=code, message=message)


def pointer(location: Location) -> str:
    """An RFC 6901 JSON pointer.

    >>> pointer(("domains", 0, "a/b"))
    '/domains/0/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _inside(value: Any, part: str | int) -> Any:
    """What stands at a place in a mapping or list; None where there is nothing."""
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _name_of(item: Any) -> str | None:
    """What an item of a list is called, where it says."""
    names = (item.get(key) for key in ("code", "domain", "horizon")) if isinstance(item, dict) else ()
    return next((name for name in names if isinstance(name, str)), None)


def _in_data(location: tuple[str | int, ...], data: Any) -> Location:
    """Leave out the names of union members that pydantic puts among the real path."""
    real: list[str | int] = []
    here: Any = data
    is_known = False  # which of several records this is: it is said once, before the record's own fields
    for part in location[:-1]:
        if not is_known and part in [_inside(here, key) for key in _DISCRIMINATORS]:
            is_known = True
        elif _holds(here, part):
            real.append(part)
            here, is_known = _inside(here, part), False
    last = location[-1:]
    is_tag = isinstance(here, list) and last and not isinstance(last[0], int)
    return tuple(real) if is_tag else (*real, *last)


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value


def _refuse(code: str, message: str) -> NoReturn:
    raise UnreadableText([Problem(path="", pointer="", code=code, message=message)])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        made[key] = _Refused("repeated-key", "This key is there twice.") if key in made else value
    return made


def _fraction(written: str) -> _Refused:
    return _Refused(
        "unquoted-fraction",
        f'Write "{written[:40]}" in quotation marks (money in whole pence): an unquoted fraction '
        "would lose its exact value.",
    )


def _constant(written: str) -> _Refused:
    return _Refused("not-a-number", f"{written} is not a number that can be used.")


def _integer(written: str) -> int | _Refused:
    digits = written.replace("_", "")
    if len(digits.removeprefix("-")) > MAX_DIGITS or abs(int(digits)) > MAX_EXACT_INTEGER:
        return _Refused("number-too-large", "This whole number is too large to be kept exactly.")
    return int(digits)


def _plain(data: Any) -> Any:
    found: list[tuple[Location, _Refused]] = []
    _look_through(data, (), found)
    if found:
        raise UnreadableText(
            [
                problem_at(location, data, code=refused.code, message=refused.message)
                for location, refused in found[:MAX_PROBLEMS]
            ]
        )
    return data


def _look_through(value: Any, location: Location, found: list[tuple[Location, _Refused]]) -> None:
    """Find what may not be there. Every body that is sent goes through this."""
    if len(location) > MAX_DEPTH:
        _refuse("nested-too-deep", f"Nesting may be {MAX_DEPTH} deep at most.")
    if isinstance(value, str):
        if _FORBIDDEN_CHARACTER.search(value):
            found.append((location, _NOT_TEXT))
    elif isinstance(value, dict):
        for key, item in value.items():
            if _is_a_name(key):
                _look_through(item, (*location, key), found)
            else:
                found.append((location, _NOT_TEXT))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _look_through(item, (*location, number), found)
    elif isinstance(value, _Refused):
        found.append((location, value))


def _is_a_name(key: str) -> bool:
    if len(key) > MAX_KEY:
        _refuse("key-too-long", f"The name of a field has {MAX_KEY} characters at most.")
    return _FORBIDDEN_CHARACTER.search(key) is None


_NOT_TEXT = _Refused(
    "forbidden-character", "This holds a character that is not text (a control character or half of a pair)."
)


def _refuse_what_yaml_could_hide(text: str) -> None:
    depth = 0
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            _refuse("alias", f"Aliases and anchors (& and *) are not used; line {line} has one.")
        if getattr(event, "tag", None):
            _refuse("tag", f"Tags (!) are not used; line {line} has one.")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _refuse("two-documents", f"There is a second document at line {line}; write one.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                _refuse("nested-too-deep", f"Nesting may be {MAX_DEPTH} deep at most.")
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _from_node(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _object([(_key(key), _from_node(value)) for key, value in node.value])
    if isinstance(node, yaml.SequenceNode):
        return [_from_node(item) for item in node.value]
    is_quoted = getattr(node, "style", None) in {"'", '"', "|", ">"}
    return str(node.value) if is_quoted else _from_plain_scalar(str(node.value))


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        _refuse("not-a-name", f"A field needs a name, and line {node.start_mark.line + 1} has none.")
    return str(node.value)


def reads_as_text(text: str) -> bool:
    """Whether YAML that holds these words without quotation marks gives them back as they are.

    >>> reads_as_text("Every day"), reads_as_text("1e5"), reads_as_text("null")
    (True, False, False)
    """
    return isinstance(_from_plain_scalar(text), str) and _YAML_LINE_ENDS.isdisjoint(text)


def _from_plain_scalar(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    if text in {"", "null", "~"}:
        return None
    if _WHOLE_NUMBER.fullmatch(text):
        return _integer(text)
    return _fraction(text) if _looks_like_a_fraction(text) else text


def _looks_like_a_fraction(text: str) -> bool:
    unsigned = text.lstrip("+-").lower()
    if unsigned in {".inf", ".nan"}:
        return True
    head, _, exponent = unsigned.replace("_", "").partition("e")
    whole, point, part = head.partition(".")
    return (
        head.isascii()
        and (whole + part).isdigit()
        and bool(point or exponent)
        and (not exponent or exponent.lstrip("+-").isdigit())
    )
