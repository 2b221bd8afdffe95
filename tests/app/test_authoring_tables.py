"""A table of points and money is read from a spreadsheet in one way only, or refused by row and column."""

import re
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.table import MOST_BYTES, MOST_ROWS, NOT_PUBLISHED, Shape, Table, read_table
from app.authoring.workbook import MOST_UNPACKED
from app.authoring.writing import allocation_part
from ras.money import MoneyPeriod
from ras.reading import UnreadableText, read_yaml
from tests.app.workbooks import (
    CONTENT_TYPES,
    DAY,
    MAIN,
    OWN_DAY,
    PERCENT,
    POUNDS,
    STYLES,
    cell,
    packed,
    relations,
    rows,
    unpacked,
    workbook,
)

BANDS = [(0, 10, 0), (10, 20, 850_00), (20, None, 2_850_50)]
"""What every way of writing one table comes to."""


def csv(*lines: str) -> bytes:
    return "\r\n".join([*lines, ""]).encode()


def from_csv(*lines: str) -> Table:
    return read_table(csv(*lines), name="bands.csv")


def from_sheet(sheet: str, **parts: str) -> Table:
    return read_table(workbook(sheet, **parts), name="bands.xlsx")


def bands(table: Table) -> list[tuple[Any, Any, int]]:
    return [(row.from_points, row.before_points, row.amount_pence) for row in table.rows]


def refusal(read: Callable[[], object]) -> list[str]:
    """Everything that is said of what is refused."""
    with pytest.raises(UnreadableText) as error:
        read()
    return [f"{problem.path}: {problem.message}" for problem in error.value.problems]


@pytest.mark.parametrize(
    "lines",
    [
        ("from,below,amount", "0,10,0", "10,20,850", "20,,2850.50"),
        ("From points,Points to,£ a week", "0,9,£0", '10,19,"£850"', '20,,"£2,850.50"'),
        ("points,amount", "0,0", "10,850", "20,2850.5"),
        ("Points,Indicative annual budget (£)", "0-9,0", "10\u201319,£850.00", '20+,"2,850.50"'),
        ("Score,Amount", "0 to 9 points,0", "10 to 19 points,850", "20 or more,2850.50"),
        ("points from,up to and including,amount", "0,9,0", "10,19,850", "20,,2850.50"),
        ("amount,before,points from", "0,10,0.0", "850,20,10", "2850.50,,20"),
        (" from ,amount", "", "0 , 0 ", ",", '10,"£ 850"', "20,£2850.50"),
    ],
)
def test_a_table_is_read_however_a_council_writes_it(lines: tuple[str, ...]) -> None:
    assert bands(from_csv(*lines)) == BANDS


def test_a_csv_file_of_excel_begins_with_a_mark_and_is_read() -> None:
    content = "from,£ a week\n0,0\n5,£10\n".encode("utf-8-sig")
    assert bands(read_table(content, name="BANDS.CSV")) == [(0, 5, 0), (5, None, 10_00)]


def test_a_single_score_among_ranges_is_a_range_of_one() -> None:
    assert bands(from_csv("points,amount", "0,0", "1-9,850", "10+,900"))[:2] == [(0, 1, 0), (1, 10, 850_00)]
    assert refusal(lambda: from_csv("points,amount", "0,0", "5-9,850", "10+,900")) == [
        "row 3: Row 2 ends with 0, so this one should begin at 1, and it begins at 5."
    ]


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("amount", None),
        ("£", None),
        ("£ a week", MoneyPeriod.WEEK),
        ("£ p.w.", MoneyPeriod.WEEK),
        ("£ p/w", MoneyPeriod.WEEK),
        ("Weekly budget", MoneyPeriod.WEEK),
        ("£ per 4 weeks", MoneyPeriod.FOUR_WEEKS),
        ("Four-weekly amount", MoneyPeriod.FOUR_WEEKS),
        ("Annual", MoneyPeriod.YEAR),
        ("£ p.a.", MoneyPeriod.YEAR),
    ],
)
def test_the_name_of_the_amounts_can_say_what_they_are_for(name: str, period: MoneyPeriod | None) -> None:
    assert from_csv(f"points,{name}", "0,0").period == period


def test_a_workbook_is_read_as_its_text_and_numbers() -> None:
    sheet = rows(("Points from", "To", "£ a year"), (0, 9, 0), (10.0, 19, "£850"), (20, None, 2850.5))
    table = from_sheet(sheet)
    assert (bands(table), table.period) == (BANDS, MoneyPeriod.YEAR)


def test_blank_rows_and_formats_and_shared_texts_change_nothing() -> None:
    strings = (
        '<si><t>points</t></si><si><r><t>amo</t></r><r><t xml:space="preserve">unt </t></r>'
        '<rPh sb="0" eb="1"><t>spoken</t></rPh></si><si><t>20+</t></si>'
    )
    sheet = (
        '<row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2" t="s"><v>1</v></c></row><row r="3"/>'
        f'<row r="4">{cell("B4", "0-9")}{cell("C4", "  ")}{cell("D4", 0, POUNDS)}</row>'
        f'<row r="5"><c r="A5"/>{cell("B5", "10-19")}{cell("D5", 850, POUNDS)}</row>'
        '<row r="7"><c r="B7" t="s"><v>2</v></c>'
        '<c r="D7" s="4"><f>D5+2000.5</f><v>2850.5000000000005</v></c></row>'
    )
    assert bands(from_sheet(sheet, strings=strings)) == BANDS


def test_cells_that_do_not_say_where_they_are_stand_side_by_side() -> None:
    header = '<row><c t="str"><v>points</v></c><c t="str"><v>£</v></c></row>'
    sheet = header + "<row><c><v>0</v></c><c><v>1e2</v></c></row>"
    assert bands(from_sheet(sheet)) == [(0, None, 100_00)]


def test_a_sheet_can_be_named() -> None:
    content = workbook("", name="Front", **{"xl/worksheets/sheet2.xml": (
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows(("points", "£"), (0, 1))}</sheetData></worksheet>'
    )})  # fmt: skip
    assert bands(read_table(content, name="a.xlsx", sheet="Notes")) == [(0, None, 1_00)]
    assert refusal(lambda: read_table(content, name="a.xlsx")) == [": There is nothing on the sheet."]
    assert refusal(lambda: read_table(content, name="a.xlsx", sheet="Bands")) == [
        ": There is no such sheet in the workbook. Sheets in it: 'Front', 'Notes'."
    ]


@given(
    pounds_and_pence=st.lists(st.integers(0, 10_000_000), min_size=1, max_size=30).map(sorted),
    steps=st.lists(st.integers(1, 50), min_size=30, max_size=30),
)
@settings(max_examples=40, deadline=None)
def test_csv_and_workbook_say_the_same_and_lose_no_penny(
    pounds_and_pence: list[int], steps: list[int]
) -> None:
    starts = [sum(steps[:number]) for number in range(len(pounds_and_pence))]
    amounts = [f"{pence // 100}.{pence % 100:02}" for pence in pounds_and_pence]
    table = from_csv(
        "from,amount", *(f"{start},{amount}" for start, amount in zip(starts, amounts, strict=True))
    )
    numbers = [(start, float(amount)) for start, amount in zip(starts, amounts, strict=True)]
    assert from_sheet(rows(("from", "amount"), *numbers)) == table
    assert [row.amount_pence for row in table.rows] == pounds_and_pence
    assert [row.from_points for row in table.rows] == starts


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("from,to,amount", "0,9,0", "11,,5"), "row 3: Row 2 ends with 9, so this one should begin at 10"),
        (("from,to,amount", "0,9,0", "9,,5"), "row 3: A score of 9 is in row 2 and in this one"),
        (("from,to,amount", "0,10,0", "10,,5"), "call its column 'below'"),
        (("from,to,amount", "0,9,0", "8,,5"), "row 3: Row 2 ends with 9, so this one should begin at 10"),
        (("from,to,amount", "0,9.5,0", "10,,5"), "row 3: Row 2 ends with 9.5 and this one begins at 10"),
        (("from,below,amount", "0,10,0", "11,,5"), "row 3: Row 2 ends below 10, so this one should begin"),
        (("from,below,amount", "0,0,0", "5,,5"), "row 2: The row begins at 0 and ends at 0."),
        (("points,amount", "0-9,0", "15-10,5", "16+,6"), "row 3: The row begins at 15 and ends at 10."),
        (("points,amount", "0-9,0", "10-19,5"), "row 3: Nothing is said about scores above this row."),
        (("points,amount", "1,0", "10,5"), "row 2: The table begins at 1 points."),
        (("points,amount", "0,0", "10,5", "5,6"), "row 4: This row begins at 5 and row 3 at 10"),
        (("points,amount", "0,10", "10,5"), "row 3: This row has more points than row 2 and less money: £5"),
        (("points,to,amount", "0-9,9,10", "10+,,5"), "row 2: The points hold the whole range"),
        (("points,amount", "0,", "10,5"), "row 2, amount: Nothing is here."),
        (("points,amount", "0,10.005"), "row 2, amount: '10.005' has a fraction of a penny."),
        (("points,amount", "0,-5"), "row 2, amount: An amount is never less than nothing."),
        (("points,amount", "0,£-5"), "row 2, amount: An amount is never less than nothing."),
        (("points,amount", "0,(5.00)"), "row 2, amount: An amount is never less than nothing."),
        (("points,amount", "-1,5"), "row 2, points: Points are never less than nothing."),
        (("points,amount", "0,about 5"), "row 2, amount: 'about 5' is not an amount in pounds"),
        (("points,amount", '0,"1,25"'), "row 2, amount: '1,25' is not an amount in pounds"),
        (("points,amount", "0,1.250.00"), "row 2, amount: '1.250.00' is not an amount"),
        (("points,amount", "0,1e3"), "row 2, amount: '1e3' is not an amount"),
        (("points,amount", "0,٣"), "row 2, amount: '٣' is not an amount"),
        (("points,amount", "0,NaN"), "row 2, amount: 'NaN' is not an amount"),
        (("points,amount", "0,1000000000.01"), "row 2, amount: '1000000000.01' is more than a thousand"),
        (("points,amount", "Band A,5"), "row 2, points: 'Band A' is not a number of points"),
        (("points,amount", "10-Dec,5"), "row 2, points: Excel has made a date of this (10-Dec)"),
        (("points,amount", "Oct-19,5"), "row 2, points: Excel has made a date of this (Oct-19)"),
        (("points,amount", "10/12/2026,5"), "row 2, points: Excel has made a date of this (10/12/2026)"),
        (("points,amount", "2026-12-10,5"), "row 2, points: Excel has made a date of this"),
        (("points,amount", "0,\x1b[31mred"), "row 2, amount: '?[31mred' is not an amount"),
        (("points,£ per point", "0,5"), "column £ per point: A column can be called 'from', 'to'"),
        (("points,£000s", "0,5"), "column £000s: A column can be called 'from', 'to'"),
        (("points,score,amount", "0,0,5"), "column score: This says the same as another column."),
        (("from,to,below,amount", "0,9,10,5"), "column below: This says the same as another column."),
        (("points", "0"), "the names of the columns: No column is called 'amount' or '£ a week'."),
        (("0,5", "10,20"), "column 0: A column can be called 'from', 'to'"),
        (("points,amount",), "There is no row below the one that names the columns."),
        (("points,amount", "20,£1,250"), "Line 2 has 3 cells and the header 2 columns."),
        (("points,amount,amount", "0,5,6"), "Columns are named once; these are there twice: amount."),
        (("points,amount", '0,"5'), "Line 2 is not CSV"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_row_and_column(lines: tuple[str, ...], said: str) -> None:
    assert said in "\n".join(refusal(lambda: from_csv(*lines)))


def test_every_mistake_is_listed_and_not_only_the_first() -> None:
    unreadable = refusal(lambda: from_csv("points,amount", "x,y", "1,2", "z,3"))
    assert [line.partition(":")[0] for line in unreadable] == [
        "row 2, points",
        "row 2, amount",
        "row 4, points",
    ]
    senseless = refusal(lambda: from_csv("points,amount", "5-9,9", "12-14,5", "13-20,4"))
    assert [line.partition(":")[0] for line in senseless] == [
        "row 2",
        "row 3",
        "row 3",
        "row 4",
        "row 4",
        "row 4",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            cell("A2", 43757, DAY),
            "row 2, points: Excel has made a date of this (19 October 2019), as it does with",
        ),
        (cell("A2", 43757.5, OWN_DAY), "row 2, points: Excel has made a date of this (19 October 2019)"),
        (cell("A2", 999999999, DAY), "row 2, points: Excel has made a date of this (999999999)"),
        (
            '<c r="A2" t="d"><v>2026-10-19</v></c>',
            "row 2, points: Excel has made a date of this (2026-10-19)",
        ),
        (cell("A2", 0.05, PERCENT), "row 2, points: This is a percentage."),
        ('<c r="A2" t="b"><v>1</v></c>', "row 2, points: This is TRUE or FALSE"),
        ('<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "row 2, points: The formula here gives #DIV/0!."),
        ('<c r="A2"><f>1+1</f></c>', "row 2, points: There is a formula here that was never worked out."),
        ('<c r="A2" t="e"><v>#REF!</v></c>', "row 2, points: The formula here gives #REF!."),
        (
            '<c r="A2" t="e"><f>1/0</f></c>',
            "row 2, points: There is a formula here that was never worked out.",
        ),
        ('<c r="A2" t="str"><f>""</f><v></v></c>', "row 2, points: Nothing is here."),
        ('<c r="A2"><v>1e999</v></c>', "row 2, points: 'Infinity' is not a number of points"),
        ('<c r="A2"><v>1e-300</v></c>', "row 2, points: '0.0000000000"),
        (cell("A2", 0, DAY), "row 2, points: Excel has made a date of this (00:00:00)"),
        (cell("A2", -5), "row 2, points: Points are never less than nothing."),
        ("", "row 2, points: Nothing is here. A merged cell counts for its first row only"),
        (cell("A2", 0) + cell("C2", 1), "row 2: Column 3 has no name and something in it."),
    ],
)
def test_what_a_cell_of_a_workbook_cannot_be_is_said(value: str, said: str) -> None:
    header = f'<row r="1">{cell("A1", "points")}{cell("B1", "amount")}</row>'
    sheet = f'{header}<row r="2">{value}{cell("B2", 5)}</row>'
    assert said in "\n".join(refusal(lambda: from_sheet(sheet)))


def test_a_date_in_place_of_a_columns_name_is_named() -> None:
    sheet = f'<row r="1">{cell("A1", 43757, DAY)}{cell("B1", "amount")}</row><row r="2">{cell("B2", 5)}</row>'
    assert refusal(lambda: from_sheet(sheet))[0].startswith(
        "row 1, column 1: This names no column. Excel has made"
    )


def test_a_formula_without_a_result_is_no_empty_end() -> None:
    sheet = rows(("from", "below", "amount"), (0, None, 5)).replace(
        '<c r="C2"', '<c r="B2"><f>A2+1</f></c><c r="C2"'
    )
    assert refusal(lambda: from_sheet(sheet))[0].startswith("row 2, below: There is a formula here that was")


def test_cells_and_rows_that_stand_in_no_order_are_not_lost() -> None:
    header, first, second = rows(("points", "amount"), ("0-9", 5), ("10+", 6)).split("<row")[1:]
    backwards = f'<row r="1">{cell("B1", "amount")}{cell("A1", "points")}</row>'
    assert from_sheet(f"{backwards}<row{second}<row{first}") == from_sheet(
        f"<row{header}<row{first}<row{second}"
    )


@pytest.mark.parametrize(
    ("written", "pence"),
    [
        ("1250.5", 1250_50),
        ("0.1", 10),
        ("0.30000000000000004", 30),
        ("1.1499999999999999", 1_15),
        ("12", 12_00),
    ],
)
def test_a_number_is_what_excel_shows_of_it(written: str, pence: int) -> None:
    sheet = rows(("points", "amount")) + f'<row r="2">{cell("A2", 0)}<c r="B2"><v>{written}</v></c></row>'
    assert bands(from_sheet(sheet)) == [(0, None, pence)]


@pytest.mark.parametrize("library", ["openpyxl.reader.excel", "defusedxml"])
def test_a_missing_library_is_named_and_a_csv_file_needs_none(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "app.authoring.workbook")
    monkeypatch.setitem(sys.modules, library, None)
    assert refusal(lambda: from_sheet(rows(("points", "£"), (0, 1)))) == [
        ": openpyxl or defusedxml is missing: pip install 'ras[xlsx]'."
    ]
    assert bands(from_csv("points,£", "0,1")) == [(0, None, 1_00)]


def bomb(size: int) -> bytes:
    return packed({"[Content_Types].xml": " " * size})


def with_a_password() -> bytes:
    return re.sub(rb"(PK\x01\x02....).", b"\\1\x01", workbook(GOOD), flags=re.DOTALL)


def with_a_lie_about_its_size() -> bytes:
    content = bytearray(bomb(MOST_UNPACKED * 2))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    return bytes(content)


ENTITIES = f"""<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "{"&a;" * 10}"><!ENTITY c "{"&b;" * 10}">]>
<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&c;</v></c></row></sheetData></worksheet>"""
OUTSIDE = """<!DOCTYPE x SYSTEM "file:///etc/hostname"><worksheet/>"""
FAR = cell("A1", "points") + cell("B1", "amount") + '<c r="XFD1048576"><v>1</v></c>'
SHEET = "xl/worksheets/sheet1.xml"
GOOD = rows(("points", "amount"), (0, 1))
OFFICE_WORDS, STRICT = (
    r"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument)/2006",
    r"http://purl.oclc.org/ooxml/\1",
)

HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "blanks": lambda: b" \r\n ",
    "not a ZIP at all": lambda: b"PK, and no ZIP",
    "a ZIP of nothing": lambda: b"PK\x05\x06" + 18 * b"\0",
    "a ZIP of something else": lambda: bomb(1),
    "an Excel file with a password": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + 600 * b"\0",
    "half a workbook": lambda: workbook(rows(("points", "£"), (0, 1)))[:900],
    "a bomb": lambda: bomb(MOST_UNPACKED + 1),
    "a bomb that says it is small": with_a_lie_about_its_size,
    "too many bytes": lambda: b"0" * (MOST_BYTES + 1),
    "entities that grow": lambda: workbook("", **{SHEET: ENTITIES}),
    "an entity from outside": lambda: workbook("", **{SHEET: OUTSIDE}),
    "no XML": lambda: workbook("", **{SHEET: "from,amount"}),
    "XML that stops": lambda: workbook("", **{SHEET: "<worksheet><sheetData>"}),
    "an unknown alphabet": lambda: workbook("", **{SHEET: '<?xml version="1.0" encoding="utf-x"?><a/>'}),
    "an alphabet of Python's": lambda: workbook("", **{SHEET: '<?xml version="1.0" encoding="zip"?><a/>'}),
    "UTF-16": lambda: workbook("", **{SHEET: "<worksheet/>".encode("utf-16").decode("latin-1")}),
    "XML without end": lambda: workbook("", **{SHEET: "<a>" * 100_000}),
    "a cell at the far end": lambda: workbook(f"<row>{FAR}</row>"),
    "a cell that is nowhere": lambda: workbook('<row><c r="A0"><v>1</v></c></row>'),
    "a cell past every column": lambda: workbook('<row><c r="ZZZZZZZ99999999999"><v>1</v></c></row>'),
    "thousands of columns": lambda: workbook("<row>" + 5_000 * "<c><v>1</v></c>" + "</row>"),
    "thousands of rows": lambda: workbook(5_000 * "<row><c><v>1</v></c></row>"),
    "a sheet that is not there": lambda: workbook("", **{"xl/_rels/workbook.xml.rels": relations()}),
    "a sheet outside the file": lambda: workbook(
        "", **{"xl/_rels/workbook.xml.rels": relations(("worksheet", "../../../etc/passwd"))}
    ),
    "a chart in place of a sheet": lambda: workbook(
        "", **{"xl/_rels/workbook.xml.rels": relations(("chartsheet", "worksheets/sheet1.xml"))}
    ),
    "an OpenDocument spreadsheet": lambda: packed({"mimetype": "application/x", "content.xml": "<a/>"}),
    "a workbook with macros": lambda: workbook(GOOD, **{"xl/vbaProject.bin": "macros"}),
    "a workbook of the strict kind": lambda: packed(
        {name: re.sub(OFFICE_WORDS, STRICT, text) for name, text in unpacked(workbook(GOOD)).items()}
    ),
    "parts with a password": with_a_password,
    "parts packed in another way": lambda: packed(unpacked(workbook(GOOD)), zipfile.ZIP_BZIP2),
    "wrong kinds of parts": lambda: workbook(
        GOOD, **{"[Content_Types].xml": CONTENT_TYPES.replace("main+xml", "other+xml")}
    ),
    "thousands of parts": lambda: packed({str(number): "" for number in range(5_000)}),
    "a number that is none": lambda: workbook("<row><c><v>NaN</v></c></row>"),
    "a text that is not there": lambda: workbook('<row><c t="s"><v>7</v></c></row>'),
    "a text before the first": lambda: workbook(
        '<row><c t="s"><v>-1</v></c></row>', strings="<si><t>a</t></si>"
    ),
    "no sheets": lambda: workbook("", **{"xl/workbook.xml": "<workbook/>"}),
    "two columns of one name": lambda: workbook(rows(("£", "£"), (0, 1))),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", ["bands.xlsx", "bands.csv", "bands"])
def test_a_hostile_file_is_refused_with_a_sentence(what: str, name: str) -> None:
    said = refusal(lambda: read_table(HOSTILE[what](), name=name))
    assert all(line.isprintable() and line.endswith(".") for line in said)


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        (SHEET, "<a>" + 100_000 * "<b/>" + "</a>", "The workbook is too large."),
        (SHEET, f"<!DOCTYPE a [<!ATTLIST b {9_000 * 'c CDATA # '}>]><a/>", "This is not an Excel workbook"),
        (SHEET, f"<a xmlns='{900_000 * 'x'}'>{50_000 * '<b/>'}</a>", "This is not an Excel workbook"),
        ("xl/styles.xml", STYLES.replace("mmmm", 9_000 * "["), "This is not an Excel workbook"),
    ],
)
def test_what_would_take_minutes_to_read_is_not_begun(part: str, content: str, said: str) -> None:
    assert refusal(lambda: from_sheet(GOOD, **{part: content}))[0].startswith(f": {said}")


def test_what_is_too_large_or_of_another_kind_is_told_what_to_do() -> None:
    assert refusal(lambda: read_table(bomb(MOST_UNPACKED + 1), name="a.xlsx")) == [
        ": The workbook is too large. Copy the table alone into a new workbook."
    ]
    assert refusal(lambda: from_sheet(f"<row>{FAR}</row>")) == [
        ": There is something in row 1,048,576; a table may have 500 rows."
    ]
    assert refusal(lambda: from_sheet('<row r="1"><c r="AY1"><v>1</v></c></row>')) == [
        ": There is something in column 51; a table may have 50 columns."
    ]
    assert refusal(lambda: from_sheet(GOOD, **{"xl/vbaProject.bin": "macros"})) == [
        ": This workbook has macros. Save it as .xlsx, which has none."
    ]


def test_a_hostile_csv_file_is_refused_with_a_sentence() -> None:
    files = [
        "from,amount\n0,£5\n".encode("cp1252"),
        "from,amount\n0,5\n".encode("utf-16"),
        b"\n\n\n",
        b",,,\n,,,\n",
        b"from;amount\n0;5\n",
        b"\x00,amount\n0,5\n",
        b",".join(b"c%d" % number for number in range(4_000)) + b"\n1\n",
        b"from,amount\n" + 200_000 * b"x" + b"\n",
        b"from,amount\n" + b"".join(b"%d,5\n" % number for number in range(MOST_ROWS + 1)),
    ]
    for content in files:
        assert refusal(partial(read_table, content, name="bands.csv"))


def test_the_kind_of_file_is_named_where_it_is_another() -> None:
    assert "In Excel choose Save As and 'CSV UTF-8'" in refusal(
        lambda: read_table("from,amount\n0,£5\n".encode("cp1252"), name="bands.csv")
    )[0]  # fmt: skip
    assert refusal(lambda: read_table(b"%PDF-1.7", name="bands.pdf")) == [
        ": A table is an Excel workbook (.xlsx) or a CSV file (.csv), and this is neither."
    ]
    assert refusal(lambda: read_table(csv("from,amount", "0,5"), name="a.csv", sheet="Bands")) == [
        ": A CSV file has no sheets."
    ]


def test_five_hundred_rows_are_enough_and_read() -> None:
    lines = [f"{number},{number}" for number in range(MOST_ROWS)]
    assert len(from_csv("from,amount", *lines).rows) == MOST_ROWS


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    sheet = rows(("points", "amount"), ("0-9", 0), ("10+", 5.5))
    is_packed = data.draw(st.booleans())
    if is_packed:
        content = bytearray(workbook(sheet))
    else:  # damage that reaches the XML
        content = bytearray(f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    damaged = bytes(content) if is_packed else workbook("", **{SHEET: bytes(content).decode("latin-1")})
    try:
        starts = [row.from_points for row in read_table(damaged, name="bands.xlsx").rows]
    except UnreadableText:
        return
    assert starts == sorted({0, *starts})


def test_a_table_becomes_bands_or_knots() -> None:
    table = from_csv("points,amount", "0-9,0", "10-19,850", "20+,2850.50")
    assert table.allocation(source="Schedule B") == {
        "variant": "banded",
        "source": "Schedule B",
        "bands": [
            {"from_points": "0", "before_points": "10", "amount_pence": 0},
            {"from_points": "10", "before_points": "20", "amount_pence": 850_00},
            {"from_points": "20", "amount_pence": 2_850_50},
        ],
    }
    assert table.allocation(shape=Shape.PIECEWISE_LINEAR) == {
        "variant": "piecewise-linear",
        "source": NOT_PUBLISHED,
        "knots": [
            {"points": "0", "amount_pence": 0},
            {"points": "10", "amount_pence": 850_00},
            {"points": "20", "amount_pence": 2_850_50},
        ],
    }


def test_a_straight_line_has_two_ends() -> None:
    table = from_csv("points,amount", "0,5")
    assert refusal(lambda: table.allocation(shape=Shape.PIECEWISE_LINEAR)) == [
        ": A straight line has two ends: give the table another row."
    ]


def test_an_allocation_is_written_as_a_person_would_and_reads_back() -> None:
    allocation = from_csv("points,amount", "0,0", "7.5,0.05", "20,2850.50").allocation(source="Schedule: B")
    text = allocation_part(allocation)
    assert text == (
        "allocation:\n"
        "  variant: banded\n"
        '  source: "Schedule: B"\n'
        "  bands:\n"
        '    - {from_points: "0", before_points: "7.5", amount_pence: 0}  # £0\n'
        '    - {from_points: "7.5", before_points: "20", amount_pence: 5}  # £0.05\n'
        '    - {from_points: "20", amount_pence: 2_850_50}  # £2,850.50\n'
    )
    assert read_yaml(text) == {"allocation": allocation}
