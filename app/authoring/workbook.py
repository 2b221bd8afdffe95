"""One sheet of an Excel workbook (.xlsx), as the text that stands in its cells.

An .xlsx file is a ZIP of XML, read here with the standard library and within bounds: nothing is unpacked
or counted past them, whatever the file says of itself. Numbers stay the text they are kept as and are
never a float. What a table of points and money cannot hold (a date, a percentage, an error) comes back
as `Unusable`, with the reason, so that the cell can be named.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context
from posixpath import dirname, join, normpath
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from app.authoring.cells import Cell, Unusable, made_a_date, printable
from ras.errors import Problem
from ras.reading import UnreadableText

MOST_UNPACKED, MOST_COLUMNS, DEEPEST_ELEMENT = 8_000_000, 50, 64
CHUNK = 262_144
EXCEL_DIGITS = Context(prec=15)
"""Excel keeps fifteen digits; what stands behind them is noise of its binary numbers."""
LARGEST_EXPONENT = 15
DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
PERCENT_FORMATS = frozenset({9, 10})
"""The number formats that need no definition (ECMA-376 part 1, 18.8.30)."""

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?(E[+-]?[0-9]{1,4})?", re.ASCII | re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""The parts of a number format that are no digits of a number or a date: words, colours, spaces."""
_NO_WORKBOOK = (
    "This is not an Excel workbook that can be read: it is damaged, protected by a password, or of another "
    "kind. Save it as .xlsx without a password, or as CSV UTF-8."
)
_DAMAGED = Unusable("This is not a number that can be used. Type it again.")
_NOT_WORKED_OUT = Unusable(
    "There is a formula here that was never worked out. Open the file in Excel and save it once."
)
_TRUE_OR_FALSE = Unusable("This is TRUE or FALSE, and not a number.")
_PERCENTAGE = Unusable("This is a percentage. Type the number itself, without %.")


def is_workbook(content: bytes) -> bool:
    """Whether these bytes begin as a ZIP does."""
    return content.startswith(b"PK")


def read_sheet(content: bytes, *, sheet: str | None, most_rows: int) -> list[tuple[int, dict[int, Cell]]]:
    """The rows that hold something, by their numbers, each with its cells by column, both from 1.

    Args:
        content: The bytes of the file.
        sheet: The name of a sheet; None for the first.
        most_rows: The last row that may hold anything.

    Raises:
        UnreadableText: the file is no .xlsx workbook, has no such sheet, or is larger than a table is.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _rows(_Book(archive).cells(sheet), most_rows=most_rows)
    except _UNREADABLE:
        _refuse("not-xlsx", _NO_WORKBOOK)


_UNREADABLE = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, RuntimeError, ValueError)
"""What the standard library says of a ZIP or an XML that is damaged, encrypted or oddly packed."""


def _rows(cells: Iterator[tuple[int, int, Cell]], *, most_rows: int) -> list[tuple[int, dict[int, Cell]]]:
    rows: dict[int, dict[int, Cell]] = {}
    for row, column, cell in cells:
        if row > most_rows:
            message = f"There is something in row {row:,}; a table may have {most_rows} rows at most."
            _refuse("too-many-rows", message)
        if column > MOST_COLUMNS:
            message = f"There is something in column {column:,}; a table may have {MOST_COLUMNS} columns."
            _refuse("too-many-columns", message)
        rows.setdefault(row, {})[column] = cell
    return sorted(rows.items())


class _Book:
    """The parts of a workbook that a table needs."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MOST_UNPACKED

    def cells(self, sheet: str | None) -> Iterator[tuple[int, int, Cell]]:
        """The cells of a sheet that hold something, with their rows and columns."""
        root = next((part for kind, part in self._relations("").values() if kind == "officeDocument"), None)
        if root is None:
            _refuse("not-xlsx", _NO_WORKBOOK)
        relations = self._relations(root)
        listed = [tag.attributes for tag in self._tags(root) if tag.name == "sheet" and tag.attributes]
        sheets = {each.get("name", ""): relations.get(each.get("id", "")) for each in listed}
        name = next(iter(sheets), "") if sheet is None else sheet
        if name not in sheets:
            there = ", ".join(f"'{printable(known)}'" for known in list(sheets)[:20]) or "none"
            _refuse("unknown-sheet", f"There is no such sheet in the workbook. Sheets in it: {there}.")
        kind, part = sheets[name] or ("", "")
        if kind != "worksheet":
            _refuse("unknown-sheet", f"'{printable(name)}' is not a sheet with cells.")
        others = dict(relations.values())
        strings = list(self._strings(others.get("sharedStrings")))
        formats = list(self._formats(others.get("styles")))
        for row, column, written in _written(self._tags(part)):
            cell = written.cell(strings, formats)
            if cell:
                yield row, column, cell

    def _part(self, name: str) -> bytes:
        """A part's bytes, counted as they are unpacked and not as the file says."""
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            _refuse("not-xlsx", _NO_WORKBOOK)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            _refuse("not-xlsx", _NO_WORKBOOK)
        with self._archive.open(info) as part:
            content = part.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            message = f"Unpacked, the workbook is larger than {MOST_UNPACKED // 1_000_000} million bytes. "
            _refuse("too-large", f"{message}Copy the table alone into a new workbook.")
        return content

    def _tags(self, part: str) -> Iterator["_Tag"]:
        return _tags(self._part(part))

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to, by id: the last word of its kind, and its name in the ZIP."""
        folder, _, name = part.rpartition("/")
        return {
            given.get("Id", ""): (
                given.get("Type", "").rpartition("/")[2],
                normpath(join("/", dirname(part), given.get("Target", ""))).lstrip("/"),
            )
            for tag in self._tags(join(folder, "_rels", f"{name}.rels"))
            if tag.name == "Relationship" and (given := tag.attributes)
        }

    def _strings(self, part: str | None) -> Iterator[str]:
        """The texts that cells refer to by number, without the pronunciation some of them give."""
        words: list[str] = []
        is_pronounced = False
        for tag in self._tags(part) if part else ():
            if tag.name == "rPh":
                is_pronounced = tag.attributes is not None
            elif tag.attributes is None and tag.name == "t" and not is_pronounced:
                words.append(tag.text)
            elif tag.attributes is None and tag.name == "si":
                yield "".join(words)
                words.clear()

    def _formats(self, part: str | None) -> Iterator[str]:
        """For each style of a cell: `date`, `percent`, or nothing."""
        defined: dict[str, str] = {}
        is_of_cells = False
        for tag in self._tags(part) if part else ():
            if tag.name == "cellXfs":
                is_of_cells = tag.attributes is not None
            elif tag.attributes is not None and tag.name == "numFmt":
                defined[tag.attributes.get("numFmtId", "")] = tag.attributes.get("formatCode", "")
            elif tag.attributes is not None and tag.name == "xf" and is_of_cells:
                number = tag.attributes.get("numFmtId", "0")
                yield _meaning(number, defined.get(number))


@dataclass(slots=True)
class _Written:
    """A cell as it is written in the sheet's XML."""

    kind: str
    style: int
    value: str = ""
    words: list[str] = field(default_factory=list)
    has_formula: bool = False

    def take(self, name: str, text: str) -> None:
        """Take in an element inside the cell."""
        match name:
            case "v":
                self.value = text.strip()
            case "t":
                self.words.append(text)
            case "f":
                self.has_formula = True
            case _:
                pass

    def cell(self, strings: Sequence[str], formats: Sequence[str]) -> Cell:
        """What stands in the cell; an empty text where nothing does."""
        match self.kind:
            case "s" | "inlineStr" | "str":
                return self._text(strings)
            case "e":
                return Unusable(
                    f"The formula here gives {printable(self.value)}. Mend it, or type the number."
                )
            case "b":
                return _TRUE_OR_FALSE
            case "d":
                return made_a_date(self.value)
            case _:
                meaning = formats[self.style] if self.style < len(formats) else ""
                return self._number(meaning)

    def _text(self, strings: Sequence[str]) -> Cell:
        if self.kind == "str":
            return self.value
        if self.kind == "inlineStr":
            return "".join(self.words).strip()
        number = _whole(self.value, otherwise=len(strings))
        return strings[number].strip() if number < len(strings) else _DAMAGED

    def _number(self, meaning: str) -> Cell:
        if not self.value:
            return _NOT_WORKED_OUT if self.has_formula else ""
        if not _NUMBER.fullmatch(self.value):
            return _DAMAGED
        number = EXCEL_DIGITS.create_decimal(self.value)
        if abs(number.adjusted()) > LARGEST_EXPONENT:
            return _DAMAGED
        if meaning == "date":
            return made_a_date(_day(int(number)))
        plain = f"{number:f}"
        return (
            _PERCENTAGE if meaning == "percent" else plain.rstrip("0").rstrip(".") if "." in plain else plain
        )


def _day(number: int) -> str:
    """The day that Excel shows for a number, counted from 1900."""
    try:
        day = date(1899, 12, 30) + timedelta(days=number)
    except OverflowError:
        return str(number)
    return f"{day.day} {day:%B %Y}"


def _meaning(number: str, code: str | None) -> str:
    """What a number format makes of a number."""
    if code is None:
        known = _whole(number, otherwise=0)
        return "date" if known in DATE_FORMATS else "percent" if known in PERCENT_FORMATS else ""
    shown = _NOT_SHOWN.sub("", code).lower().replace("general", "")
    if any(letter in shown for letter in "dmyhs"):
        return "date"
    return "percent" if "%" in shown else ""


def _written(tags: Iterator["_Tag"]) -> Iterator[tuple[int, int, _Written]]:
    """The cells of a sheet with their rows and columns, empty ones among them."""
    row, column = 0, 0
    cell: _Written | None = None
    for tag in tags:
        if tag.attributes is not None and tag.name == "row":
            row, column = _whole(tag.attributes.get("r"), otherwise=row + 1), 0
        elif tag.attributes is not None and tag.name == "c":
            row, column = _place(tag.attributes.get("r"), row=row, column=column)
            cell = _Written(tag.attributes.get("t", "n"), _whole(tag.attributes.get("s"), otherwise=0))
        elif tag.attributes is None and cell is not None:
            if tag.name == "c":
                yield row, column, cell
                cell = None
            else:
                cell.take(tag.name, tag.text)


def _place(written: str | None, *, row: int, column: int) -> tuple[int, int]:
    """The row and column of a cell; one that does not say stands right of the one before."""
    if written is None:
        return row, column + 1
    found = _CELL.fullmatch(written)
    if found is None:
        _refuse("not-xlsx", _NO_WORKBOOK)
    letters, digits = found.groups()
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(digits), number


def _whole(written: str | None, *, otherwise: int) -> int:
    is_number = written is not None and re.fullmatch(r"[0-9]{1,9}", written, re.ASCII)
    return int(written) if written is not None and is_number else otherwise


class _Tag(NamedTuple):
    """The beginning of an XML element or, where there are no attributes, its end with the text inside it."""

    name: str
    attributes: Mapping[str, str] | None
    text: str = ""


def _tags(xml: bytes) -> Iterator[_Tag]:
    """The beginnings and ends of elements, in order, by their names without a prefix."""
    found: list[_Tag] = []
    texts: list[list[str]] = []
    # Said beforehand, so that no file chooses one of Python's many encodings.
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        texts.append([])
        if len(texts) > DEEPEST_ELEMENT:
            _refuse("not-xlsx", _NO_WORKBOOK)
        found.append(_Tag(_local(name), {_local(key): value for key, value in attributes.items()}))

    def end(name: str) -> None:
        found.append(_Tag(_local(name), None, "".join(texts.pop())))

    def words(text: str) -> None:
        texts[-1].append(text)

    def document_type(*_: object) -> None:
        # No workbook has one, and without one there are no entities that could grow.
        _refuse("not-xlsx", _NO_WORKBOOK)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = words, document_type
    for start in range(0, len(xml), CHUNK):
        parser.Parse(xml[start : start + CHUNK])
        yield from found
        found.clear()
    parser.Parse(b"", True)  # noqa: FBT003  expat takes it by place
    yield from found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(code: str, message: str) -> NoReturn:
    raise UnreadableText([Problem("", "", code, message)]) from None
