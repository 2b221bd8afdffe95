"""A table of points and money, as a council keeps it in a spreadsheet, read into a policy's `allocation`.

The first row names the columns: where each row's points begin, perhaps where they end, and the amount.
Nothing is guessed: what cannot be read in one way only is refused, by row and column, in words.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise
from typing import Any, NoReturn

from app.authoring.cells import Cell, Span, Unusable, pence_of, points_of, printable, span_of
from app.authoring.columns import Column, column_of
from app.bulk.rows import read_rows
from ras.errors import Problem
from ras.money import MoneyPeriod, pounds
from ras.reading import UnreadableText
from ras.records import Exact, exact_text

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 2_000_000, 500, 50
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""How the files of Excel before 2007 begin, and those with a password."""
NOT_PUBLISHED = "not published yet: say where"
"""What stands where a policy names its published source and there is none so far, to be looked for."""

Cells = Mapping[str, Cell]
"""What stands in a row, by the name of its column."""


class Shape(StrEnum):
    """How amounts follow points: the name of a variant of `ras.allocation`."""

    BANDED = "banded"
    """Each row has its amount."""
    PIECEWISE_LINEAR = "piecewise-linear"
    """Straight lines between the points at which the rows begin."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A run of points and what it is worth."""

    from_points: Exact
    """The lowest score of the row."""
    before_points: Exact | None
    """The first score past it; None in the last row."""
    amount_pence: int
    """What it is worth, in whole pence."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of points and money that makes sense: from 0 upwards, without gaps, never falling."""

    rows: tuple[TableRow, ...]
    """From the lowest points to the highest."""
    period: MoneyPeriod | None
    """What the amounts are for, where the name of their column says so."""

    def allocation(self, *, shape: Shape = Shape.BANDED, source: str = NOT_PUBLISHED) -> dict[str, Any]:
        """The plain data of a policy's `allocation` part.

        Args:
            shape: How amounts follow points.
            source: Where the table is published.

        Raises:
            UnreadableText: straight lines were asked for, and there is one row only.
        """
        if shape is Shape.PIECEWISE_LINEAR:
            if len(self.rows) == 1:
                _refuse("too-few-rows", "A straight line has two ends: give the table another row.")
            knots = [
                {"points": exact_text(row.from_points), "amount_pence": row.amount_pence} for row in self.rows
            ]
            return {"variant": shape.value, "source": source, "knots": knots}
        bands: list[dict[str, str | int]] = []
        for row in self.rows:
            band: dict[str, str | int] = {"from_points": exact_text(row.from_points)}
            if row.before_points is not None:
                band["before_points"] = exact_text(row.before_points)
            bands.append({**band, "amount_pence": row.amount_pence})
        return {"variant": shape.value, "source": source, "bands": bands}


def read_table(content: bytes, *, name: str, sheet: str | None = None) -> Table:
    """Read a table of points and money from a CSV file or an Excel workbook.

    Args:
        content: The bytes of the file.
        name: What the file is called, to tell one kind from the other.
        sheet: Which sheet of a workbook; None for the first.

    Raises:
        UnreadableText: one problem for each mistake, by row and column: first what cannot be read, then
            what does not make sense.
    """
    if len(content) > MOST_BYTES:
        _refuse("too-large", f"A table may have {MOST_BYTES // 1_000_000} million bytes at most.")
    if not content.strip():
        _refuse("empty", "The file is empty.")
    header, rows = _cells(content, name=name, sheet=sheet)
    columns, period = _columns(header)
    if not rows:
        _refuse("no-rows", "There is no row below the one that names the columns.")
    written = _written(rows, columns)
    _refuse_if(_faults(written))
    ends = [*(after.start for after in written[1:]), None]
    made = (TableRow(row.start, end, row.amount_pence) for row, end in zip(written, ends, strict=True))
    return Table(tuple(made), period)


def _cells(content: bytes, *, name: str, sheet: str | None) -> tuple[list[str], list[tuple[int, Cells]]]:
    """The names of the columns, and each row that is not blank with its number."""
    if content.startswith(b"PK"):
        return _cells_of_sheet(_rows_of_sheet(content, sheet))
    if content.startswith(OLD_EXCEL):
        _refuse(
            "not-xlsx", "This workbook is of an old kind or has a password. Save it as .xlsx without one."
        )
    if not name.lower().endswith((".csv", ".txt")):
        _refuse(
            "wrong-kind", "A table is an Excel workbook (.xlsx) or a CSV file (.csv), and this is neither."
        )
    if sheet is not None:
        _refuse("unknown-sheet", "A CSV file has no sheets.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is not UTF-8. In Excel choose Save As and 'CSV UTF-8', or save it as .xlsx."
        _refuse("not-utf-8", message)
    rows = list(islice(read_rows(content), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        _refuse("too-many-rows", f"A table may have {MOST_ROWS} rows at most.")
    header = next(csv.reader(io.StringIO(text, newline="")))
    return header, [(number, {**row}) for number, row in rows if row]


def _rows_of_sheet(content: bytes, sheet: str | None) -> list[tuple[int, dict[int, Cell]]]:
    try:
        from app.authoring.workbook import read_sheet  # noqa: PLC0415  needs an extra, and only here
    except ModuleNotFoundError:
        _refuse("xlsx-missing", "openpyxl or defusedxml is missing: pip install 'ras[xlsx]'.")
    return read_sheet(content, sheet=sheet, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)


def _cells_of_sheet(rows: list[tuple[int, dict[int, Cell]]]) -> tuple[list[str], list[tuple[int, Cells]]]:
    if not rows:
        _refuse("empty", "There is nothing on the sheet.")
    (first, named), *below = rows
    names = {number: cell for number, cell in named.items() if isinstance(cell, str)}
    problems = [
        Problem(f"row {first}, column {number}", "", "unknown-column", f"This names no column. {cell.why}")
        for number, cell in named.items()
        if isinstance(cell, Unusable)
    ]
    problems += [
        Problem(f"row {row}", "", "unnamed-column", f"Column {number} has no name and something in it.")
        for row, cells in below
        for number in sorted(cells.keys() - named.keys())
    ]
    if len(set(names.values())) < len(names):
        problems.append(Problem(f"row {first}", "", "repeated-column", "Two columns have the same name."))
    _refuse_if(problems)
    return [*names.values()], [
        (row, {names[number]: cell for number, cell in cells.items()}) for row, cells in below
    ]


def _columns(header: Sequence[str]) -> tuple[dict[Column, str], MoneyPeriod | None]:
    """Which column is which, and the period that the name of the amounts' column gives."""
    names = [name for name in header if name.strip()]
    if len(names) > MOST_COLUMNS:
        _refuse("too-many-columns", f"A table may have {MOST_COLUMNS} columns at most.")
    columns: dict[Column, str] = {}
    period: MoneyPeriod | None = None
    problems: list[Problem] = []
    for name in names:
        path, found = f"column {printable(name)}", column_of(name)
        if isinstance(found, str):
            problems.append(Problem(path, "", "unknown-column", found))
            continue
        column, said = found
        if column in columns or (column.is_end and any(other.is_end for other in columns)):
            message = "This says the same as another column. Keep one of them."
            problems.append(Problem(path, "", "repeated-column", message))
            continue
        columns[column] = name
        period = said or period
    problems += [
        Problem("the names of the columns", "", "missing", f"No column is called {called}.")
        for column, called in ((Column.FROM, "'from' or 'points'"), (Column.AMOUNT, "'amount' or '£ a week'"))
        if column not in columns
    ]
    _refuse_if(problems)
    return columns, period


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it is written, before it is known how the rows fit together."""

    number: int
    start: Exact
    end: Exact | None
    """Where the row says that it ends."""
    is_end_inside: bool
    """Whether the end is the last score of the row, and not the first past it."""
    amount_pence: int

    @property
    def path(self) -> str:
        return f"row {self.number}"


def _written(rows: Sequence[tuple[int, Cells]], columns: Mapping[Column, str]) -> list[_Row]:
    """Each row's points and amount.

    Raises:
        UnreadableText: one problem for each cell that cannot be read.
    """
    problems: list[Problem] = []
    read: list[tuple[int, Span, Exact | None, int]] = []
    for number, cells in rows:
        found: dict[Column, Any] = {}
        for column, name in columns.items():
            try:
                found[column] = _read(cells.get(name, ""), column)
            except ValueError as error:
                problems.append(Problem(f"row {number}, {printable(name)}", "", "wrong-value", str(error)))
        if len(found) < len(columns):
            continue
        span, end = found[Column.FROM], found.get(Column.TO, found.get(Column.BELOW))
        if span.is_range and end is not None:
            message = "The points hold the whole range; leave the column for its end empty."
            problems.append(Problem(f"row {number}", "", "wrong-value", message))
        read.append((number, span, end, found[Column.AMOUNT]))
    _refuse_if(problems)
    if not any(span.is_range for _, span, *_ in read):
        return [_Row(n, span.start, end, Column.TO in columns, pence) for n, span, end, pence in read]
    return [
        # Among ranges a single number is a range of one: "0", "1-9", "10-19".
        _Row(
            n, span.start, span.last if span.is_range else span.start, is_end_inside=True, amount_pence=pence
        )
        for n, span, _, pence in read
    ]


def _read(cell: Cell, column: Column) -> Span | Exact | None:
    if column.is_end:
        return points_of(cell) if cell else None
    return pence_of(cell) if column is Column.AMOUNT else span_of(cell)


def _faults(rows: Sequence[_Row]) -> Iterator[Problem]:
    """What does not make sense, row by row."""
    first, last = rows[0], rows[-1]
    if first.start != 0:
        message = f"The table begins at {exact_text(first.start)} points. Give it a first row from 0."
        yield Problem(first.path, "", "gap", message)
    for row, after in pairwise(rows):
        yield from _faults_of_end(row)
        yield from _faults_between(row, after)
    yield from _faults_of_end(last)
    if last.end is not None:
        message = (
            f"Nothing is said about scores above this row. Leave its end empty, or write "
            f"{exact_text(last.start)}+, so that the highest score has an amount."
        )
        yield Problem(last.path, "", "gap", message)


def _faults_of_end(row: _Row) -> Iterator[Problem]:
    if row.end is not None and (row.end < row.start or (row.end == row.start and not row.is_end_inside)):
        message = f"The row begins at {exact_text(row.start)} and ends at {exact_text(row.end)}."
        yield Problem(row.path, "", "empty-band", message)


def _faults_between(row: _Row, after: _Row) -> Iterator[Problem]:
    """What is wrong with the second of two rows, seen from the first."""
    above, begins = f"row {row.number}", exact_text(after.start)
    if after.start <= row.start:
        message = (
            f"This row begins at {begins} and {above} at {exact_text(row.start)}: list them from low to high."
        )
        yield Problem(after.path, "", "overlap", message)
    elif row.end is not None:
        yield from _faults_of_seam(row, row.end, after)
    if after.amount_pence < row.amount_pence:
        message = (
            f"This row has more points than {above} and less money: {pounds(after.amount_pence)} and "
            f"{pounds(row.amount_pence)}."
        )
        yield Problem(after.path, "", "falls", message)


def _faults_of_seam(row: _Row, end: Exact, after: _Row) -> Iterator[Problem]:
    """Whether the second of two rows begins where the first ends."""
    above, begins, ends = f"row {row.number}", exact_text(after.start), exact_text(end)
    expected = end + 1 if row.is_end_inside else end
    if row.is_end_inside and after.start == end:
        message = (
            f"A score of {begins} is in {above} and in this one. End {above} one point sooner; or, if the "
            "end is not in the row, call its column 'below'."
        )
        yield Problem(after.path, "", "overlap", message)
    elif row.is_end_inside and expected.denominator * after.start.denominator != 1:
        message = (
            f"{above.capitalize()} ends with {ends} and this one begins at {begins}: what is between the "
            "two? Call the column for the end 'below', and write there where the next row begins."
        )
        yield Problem(after.path, "", "gap", message)
    elif after.start != expected:
        ending = f"{above.capitalize()} ends {'with' if row.is_end_inside else 'below'} {ends}"
        message = f"{ending}, so this one should begin at {exact_text(expected)}, and it begins at {begins}."
        yield Problem(after.path, "", "gap" if expected < after.start else "overlap", message)


def _refuse_if(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise UnreadableText(found)


def _refuse(code: str, message: str) -> NoReturn:
    raise UnreadableText([Problem("", "", code, message)]) from None
