"""Rows of a CSV file as records.

A column's name is the path of a field in the API's JSON, with dots, list items counted from 1:
`needs.1.levels.short` is the short-horizon level of the first need. An empty cell is a field left
out. Cells are text; where a field wants a whole number or true or false, the text is read so.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ras.errors import Problem
from ras.reading import UnreadableText, problem_of
from ras.records import Record

R = TypeVar("R", bound=Record)
Numbered = tuple[int, dict[str, str]]
"""The number of a row's line, and its cells by column."""
LARGEST_INTEGER_DIGITS = 15
MOST_COLUMNS, DEEPEST_COLUMN, INDEX_DIGITS = 5_000, 8, 4
"""More columns than the largest plan has, and paths longer than any field's, are a slip or an attack."""


def read_rows(file: bytes) -> Iterator[Numbered]:
    """The rows of a CSV file with the numbers of their lines; the first line names the columns.

    Raises:
        UnreadableText: the file is not UTF-8, has no header, names a column twice, or has more cells in
            a row than columns.
    """
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8 at byte {error.start}; save it as UTF-8."
        raise UnreadableText([Problem("", "", "not-utf-8", message)]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from rows_of(reader, lambda: reader.line_num + 1)
    except csv.Error as error:
        message = f"Line {reader.line_num} is not CSV: {error}."
        raise UnreadableText([Problem(f"line {reader.line_num}", "", "not-csv", message)]) from None


def rows_of(lines: Iterator[list[str]], next_number: Callable[[], int]) -> Iterator[Numbered]:
    """The rows below the one that names the columns, blank ones left out.

    Args:
        lines: The cells of each line.
        next_number: The number of the line after the one that was read last.

    Raises:
        UnreadableText: the names cannot be used, or a row has more cells than there are columns.
    """
    header = next(lines, [])
    _refuse_unusable(header)
    begins = next_number()
    for cells in lines:
        if any(cells):
            yield begins, _row(header, cells, begins)
        begins = next_number()


def _refuse_unusable(header: list[str]) -> None:
    if not any(header):
        raise UnreadableText([Problem("line 1", "", "no-header", "The first line names the columns.")])
    if len(header) > MOST_COLUMNS:
        message = f"A file may have {MOST_COLUMNS:,} columns at most."
        raise UnreadableText([Problem("line 1", "", "too-many-columns", message)])
    repeated = sorted(name for name, times in Counter(header).items() if name and times > 1)
    if repeated:
        message = f"Columns are named once; these are there twice: {', '.join(repeated)}."
        raise UnreadableText([Problem("line 1", "", "repeated-column", message)])
    for number, name in enumerate(header, 1):
        parts = name.split(".")
        is_index_long = any(part.isdecimal() and len(part) > INDEX_DIGITS for part in parts)
        if len(parts) > DEEPEST_COLUMN or is_index_long:
            message = f"No field has a path like the name of column {number}."
            raise UnreadableText([Problem("line 1", "", "unknown-column", message)])


def _row(header: list[str], cells: list[str], line: int) -> dict[str, str]:
    if len(cells) > len(header):
        message = f"Line {line} has {len(cells)} cells and the header {len(header)} columns."
        raise UnreadableText([Problem(f"line {line}", "", "too-many-cells", message)])
    filled = [(name, cell.strip()) for name, cell in zip(header, cells, strict=False) if cell.strip()]
    if not all(name for name, _ in filled):
        message = f"Line {line} has something under a column that has no name."
        raise UnreadableText([Problem(f"line {line}", "", "unnamed-column", message)])
    return dict(filled)


def record_of(kind: type[R], row: dict[str, str]) -> R:
    """Make a record of a row.

    Raises:
        UnreadableText: one problem for each cell that is missing, unknown or of the wrong kind.
    """
    data = _lists(_tree(row))
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        if not _convert(data, error):
            raise UnreadableText(_problems(error, data, row)) from None
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise UnreadableText(_problems(error, data, row)) from None


def by_column(problems: Sequence[Problem], row: dict[str, str]) -> list[Problem]:
    """Problems in the JSON of a row, each with the column it is in as its path.

    List items are counted as the columns count them: where those of a second item are empty, the third
    column is still the third.
    """
    named = _named(_tree(row))
    return [Problem(_column(p.pointer, named), p.pointer, p.code, p.message) for p in problems]


def _column(pointer: str, named: Any) -> str:
    column: list[str] = []
    for part in pointer.split("/")[1:]:
        place = int(part) if part.isdecimal() and isinstance(named, list) else part
        try:
            name, named = named[place]
        except (KeyError, IndexError, TypeError):
            name, named = part, None
        column.append(name)
    return ".".join(column)


def _problems(error: ValidationError, data: dict[str, Any], row: dict[str, str]) -> list[Problem]:
    found = error.errors(include_url=False, include_input=False)
    return by_column([problem_of(details, data) for details in found], row)


def _tree(row: dict[str, str]) -> dict[str, Any]:
    """A row's cells at their paths, list items under their numbers."""
    tree: dict[str, Any] = {}
    for name, cell in row.items():
        *parts, last = name.split(".")
        here = tree
        for part in parts:
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise _clash(name, part)
        if last in here:
            raise _clash(name, f"{name}.{next(iter(here[last]))}")
        here[last] = cell
    return tree


def _clash(name: str, other: str) -> UnreadableText:
    message = f"The columns {other} and {name} cannot both be filled."
    return UnreadableText([Problem(name, "", "column-clash", message)])


def _is_list(tree: Any) -> bool:
    return isinstance(tree, dict) and bool(tree) and all(key.isdecimal() for key in tree)


def _named(tree: Any) -> Any:
    """At each place in the JSON what the columns call it, and the same inside."""
    if not isinstance(tree, dict):
        return None
    if _is_list(tree):
        return [(key, _named(tree[key])) for key in sorted(tree, key=int)]
    return {key: (key, _named(value)) for key, value in tree.items()}


def _lists(tree: Any) -> Any:
    """Mappings whose keys are all numbers as lists."""
    if not isinstance(tree, dict):
        return tree
    if _is_list(tree):
        return [_lists(tree[key]) for key in sorted(tree, key=int)]
    return {key: _lists(value) for key, value in tree.items()}


def _convert(data: dict[str, Any], error: ValidationError) -> bool:
    """Read what cells it can as what pydantic wanted there, and say whether there was one."""
    converted = [_converted(data, details) for details in error.errors(include_url=False)]
    return any(converted)


def _converted(data: dict[str, Any], details: ErrorDetails) -> bool:
    """Put a number or a truth value where pydantic wanted one and the cell's text is one."""
    text = details["input"]
    if not isinstance(text, str):
        return False
    value: int | bool | None = None
    if details["type"] == "int_type" and _is_number(text):
        value = int(text)
    elif details["type"] == "bool_type" and text.lower() in {"true", "false"}:
        value = text.lower() == "true"
    if value is None:
        return False
    *path, last = details["loc"]
    here: Any = data
    for part in path:
        here = here[part]
    here[last] = value
    return True


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LARGEST_INTEGER_DIGITS
