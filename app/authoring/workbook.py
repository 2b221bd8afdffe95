"""One sheet of an Excel workbook (.xlsx), as the text that stands in its cells.

openpyxl reads it, guarded by defusedxml and within bounds, whatever the file says of itself. What a table of
points and money cannot hold (a date, a percentage, an error) comes back as `Unusable`, with the reason, so
that the cell can be named. Both libraries are the extra `ras[xlsx]`: import this only to read a workbook.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # it has no types
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import is_date_format
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from app.authoring.cells import Cell, Unusable, made_a_date, printable
from ras.errors import Problem
from ras.reading import UnreadableText

MOST_UNPACKED, MOST_MARKS = 8_000_000, 200_000
"""The bytes, and the tags and attributes, that are read of a workbook: enough for ten thousand cells."""
_HOSTILE = re.compile(
    rb"""<!DOCTYPE|\0|formatCode\s*=\s*(?:"[^"]{256}|'[^']{256})|=\s*(?:"[^"<]{8192}|'[^'<]{8192})"""
)
"""What no spreadsheet writes, and what takes far more time to read than its bytes let one expect."""
_NO_WORKBOOK = (
    "This is not an Excel workbook that can be read: it is damaged, protected by a password, or of another "
    "kind. Save it as .xlsx without a password, or as CSV UTF-8."
)
_TOO_FAR = "There is something in {0} {1:,}; a table may have {2} {0}s."
_NOT_A_NUMBER = {
    "b": "This is TRUE or FALSE, and not a number.",
    "e": "The formula here gives {}. Mend it, or type the number.",
    "f": "There is a formula here that was never worked out. Open the file in Excel and save it once.",
}
"""What is said of a cell, by openpyxl's letter for its kind."""
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),  # a ZIP that is cut, encrypted, none
    *(SyntaxError, DefusedXmlException),  # XML that is none, of either parser, or that declares entities
    *(LookupError, OverflowError, TypeError, ValueError),  # XML that is no workbook
)
"""What damage raises: openpyxl examines little beforehand, and has no error of its own for it."""


def read_sheet(
    content: bytes, *, sheet: str | None, most_rows: int, most_columns: int
) -> list[tuple[int, dict[int, Cell]]]:
    """The rows that hold something, by their numbers, each with its cells by column, both from 1.

    Args:
        content: The bytes of the file.
        sheet: The name of a sheet; None for the first.
        most_rows: The last row that may hold anything.
        most_columns: The last column that may hold anything.

    Raises:
        UnreadableText: the file is no .xlsx workbook, has no such sheet, or is larger than a table is.
    """
    rows: dict[int, dict[int, Cell]] = {}
    try:
        with warnings.catch_warnings(action="ignore"):
            for cell in _cells(content, sheet):
                if not (shown := _shown(cell)):
                    continue
                if cell.row > most_rows:
                    _refuse("too-many-rows", _TOO_FAR.format("row", cell.row, most_rows))
                if cell.column > most_columns:
                    _refuse("too-many-columns", _TOO_FAR.format("column", cell.column, most_columns))
                rows.setdefault(cell.row, {})[cell.column] = shown
    except _UNREADABLE:
        _refuse("not-xlsx", _NO_WORKBOOK)
    return sorted(rows.items())


def _cells(content: bytes, name: str | None) -> Iterator[ReadOnlyCell]:
    """The cells of a sheet; no other sheet is read."""
    book = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    if any(part.endswith("vbaProject.bin") for part in book.valid_files):
        _refuse("not-xlsx", "This workbook has macros. Save it as .xlsx, which has none.")
    book.archive = _Archive(io.BytesIO(content))
    book.read_manifest()
    book.read_strings()
    book.read_workbook()
    apply_stylesheet(book.archive, book.wb)
    sheets = {each.name: each for each in book.parser.sheets}
    name = next(iter(sheets), "") if name is None else name
    if name not in sheets:
        there = ", ".join(f"'{printable(known)}'" for known in list(sheets)[:20]) or "none"
        _refuse("unknown-sheet", f"There is no such sheet in the workbook. Sheets in it: {there}.")
    book.parser.sheets = [sheets[name]]
    [(_, relation)] = book.parser.find_sheets()
    if not relation.Type.endswith("/worksheet"):
        _refuse("unknown-sheet", f"'{printable(name)}' is not a sheet with cells.")
    book.read_worksheets()
    [worksheet] = book.wb.worksheets
    # Not the worksheet's own rows: they leave out, without a word, what does not stand in order.
    strings = dict(enumerate(book.shared_strings))  # which has no text -1
    parser = _Parser(book.archive.open(relation.Target), strings, data_only=True)
    for _, cells in parser.parse():
        for cell in cells:
            yield ReadOnlyCell(worksheet, **cell)


class _Parser(WorkSheetParser):
    """Tells a formula that has no result from an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell = super().parse_cell(element)
        # A text that is empty is a result.
        if cell["value"] is None and cell["data_type"] != "str" and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


class _Archive(zipfile.ZipFile):
    """A ZIP that stops where reading on would take more than seconds."""

    _bytes_left, _marks_left = MOST_UNPACKED, MOST_MARKS

    def open(self, name: str | zipfile.ZipInfo, *_: Any, **__: Any) -> io.BytesIO:
        """A part's bytes, counted as they are unpacked, and again each time."""
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            _refuse("not-xlsx", _NO_WORKBOOK)
        with super().open(info) as part:
            content = part.read(self._bytes_left + 1)
        self._bytes_left -= len(content)
        self._marks_left -= content.count(b"<") + content.count(b"=")
        if min(self._bytes_left, self._marks_left) < 0:
            _refuse("too-large", "The workbook is too large. Copy the table alone into a new workbook.")
        if _HOSTILE.search(content):
            _refuse("not-xlsx", _NO_WORKBOOK)
        return io.BytesIO(content)


def _shown(cell: ReadOnlyCell) -> Cell:
    """What stands in a cell; an empty text where nothing does."""
    value, kind = cell.value, cell.data_type
    if value is None and kind != "f":
        return ""
    if kind in _NOT_A_NUMBER:
        return Unusable(_NOT_A_NUMBER[kind].format(printable(str(value))))
    if kind == "d":
        return made_a_date(str(value))
    return _number(value, cell.number_format) if kind == "n" else str(value).strip()


def _number(value: Any, number_format: str) -> Cell:
    if is_date_format(number_format):
        return made_a_date(_day(value))
    if "%" in number_format:
        return Unusable("This is a percentage. Type the number itself, without %.")
    # Excel keeps fifteen digits; what stands behind them is noise of its binary numbers.
    return str(value) if isinstance(value, int) else f"{Decimal(f'{value:.15g}'):f}"


def _day(number: float) -> str:
    """The day that Excel shows for a number."""
    try:
        day = from_excel(number)
    except (OverflowError, ValueError):
        return str(number)
    return f"{day.day} {day:%B %Y}" if isinstance(day, date) else str(day)


def _refuse(code: str, message: str) -> NoReturn:
    raise UnreadableText([Problem("", "", code, message)]) from None
