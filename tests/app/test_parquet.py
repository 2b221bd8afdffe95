"""A Parquet file is imported as the CSV file that it would be; of a hostile one nothing is kept."""

import base64
import csv
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa
from pyarrow.parquet import encryption
from typer.testing import CliRunner, Result

from app.access import Role
from app.bulk import parquet, unpack
from app.bulk.parquet import read_parquet
from app.bulk.rows import read_rows
from app.bulk.schemas import ImportReport, Keep
from app.bulk.service import IMPORTS, import_rows
from app.cli import cli
from app.columns import Row
from app.demonstration.caseload import caseload
from app.demonstration.files import write_csv
from app.demonstration.load import example_policy
from app.errors import RowsRefused
from ras.reading import UnreadableText
from tests.app.service import NOW, Ids, Service, enter, good, new_service, operating
from tests.app.test_cli import DONE, REFUSED, UNAVAILABLE, Run, rows
from tests.conftest import sqlite_copy
from tests.postgres import drop_database, new_database

TYPES: dict[str, Any] = {
    "born_on": pa.date32(),
    "starts_on": pa.date32(),
    "next_ehc_review_on": pa.date64(),
    "current_package_annual_pence": pa.int64(),
    "team": pa.dictionary(pa.int8(), pa.string()),
}
"""The kinds of columns in which a caseload's Parquet differs from text; those below go by their last part."""
TYPES_OF_PARTS: dict[str, Any] = {
    "willing_and_able": pa.bool_(),
    "will_last": pa.bool_(),
    "cost_annual_pence": pa.decimal128(18, 2),
    "quoted_price_pence": pa.uint64(),
    "count": pa.int16(),
    "quantity": pa.decimal128(20, 8),
    "weeks": pa.decimal256(40, 4),
}


def table(csv_file: Path) -> pa.Table:
    """A CSV file as a table with the kinds of columns that a data warehouse would give it."""
    with csv_file.open(newline="") as file:
        lines = list(csv.DictReader(file))
    return pa.table({name: _column(name, [line[name] for line in lines]) for name in lines[0]})


def _column(name: str, cells: list[str]) -> pa.Array:
    kind = TYPES.get(name) or TYPES_OF_PARTS.get(name.rpartition(".")[2]) or pa.string()
    if pa.types.is_date(kind):
        return pa.array([date.fromisoformat(cell) if cell else None for cell in cells], kind)
    if pa.types.is_decimal(kind):
        return pa.array([Decimal(cell) if cell else None for cell in cells], kind)
    if pa.types.is_integer(kind):
        return pa.array([int(cell) if cell else None for cell in cells], kind)
    if pa.types.is_boolean(kind):
        return pa.array([cell == "true" if cell else None for cell in cells], kind)
    return pa.array([cell or None for cell in cells], kind)


@pytest.fixture
def ras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with a migrated database in a folder of its own."""
    monkeypatch.setenv("RAS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    assert run("migrate").exit_code == DONE
    return run


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """The service on two databases of one kind, with the same moments and the same keys to come."""
    with ExitStack() as stack:
        made = []
        for name in ("csv", "parquet"):
            folder = tmp_path / name
            folder.mkdir()
            if request.param == "sqlite":
                url = sqlite_copy(request.getfixturevalue("sqlite_template"), folder)
            else:
                server = request.getfixturevalue("postgres")
                url = new_database(server, template=request.getfixturevalue("postgres_template"))
                stack.callback(drop_database, server, url)
            made.append(stack.enter_context(new_service(url, folder, ids=Ids())))
        yield made[0], made[1]


def bring(service: Service, kind: str, file: Path, keep: Keep = Keep.ALL_OR_NOTHING) -> ImportReport:
    """Import a file as `ras import` does."""
    with operating(service) as plain, ExitStack() as stack:
        work = replace(plain, make_id=service.app.state.new_id)
        if file.suffix == ".parquet":
            given = stack.enter_context(read_parquet(file)).rows
        else:
            given = read_rows(file.read_bytes())
        return import_rows(work, given, IMPORTS[kind], keep=keep)


def test_the_same_caseload_as_csv_and_as_parquet_gives_the_same_records_and_amounts(
    two: tuple[Service, Service], tmp_path: Path
) -> None:
    children = list(caseload(example_policy(), as_at=NOW.date(), seed=11, size=30))
    as_csv = write_csv(tmp_path / "files", children)
    as_parquet = [file.with_suffix(".parquet") for file in as_csv]
    for file, written in zip(as_csv, as_parquet, strict=True):
        pq.write_table(table(file), written, row_group_size=7)

    reports = [
        [bring(service, file.stem, file) for file in files]
        for service, files in zip(two, (as_csv, as_parquet), strict=True)
    ]

    assert reports[0] == reports[1]
    assert [report.kept for report in reports[1]] == [30, 30, 30]
    assert _kept(two[0]) == _kept(two[1])
    amounts = [_amounts(service, reports[0][1], [child.team for child in children]) for service in two]
    assert amounts[0] == amounts[1]
    assert len(set(amounts[1])) > 10


def _amounts(service: Service, plans: ImportReport, teams: list[str]) -> list[tuple[str, int]]:
    workers = {team: enter(service, f"worker-{team}", role=Role.ASSESSOR, team=team) for team in set(teams)}
    found = []
    for row, team in zip(plans.rows, teams, strict=True):
        asked = {"plan_id": str(row.id), "effective_on": "2026-11-23"}
        answer = good(workers[team].post("/v1/assessments", asked))
        found.append((answer["result_sha256"], answer["indicative_annual_pence"]))
    return found


def _kept(service: Service) -> dict[str, list[str]]:
    """Every row that an import writes, but for the log with its salts."""
    with service.database.read() as session:
        return {
            name: sorted(map(repr, session.execute(sa.select(Row.metadata.tables[name]))))
            for name in ("person", "person_revision", "plan", "plan_version", "monitoring")
        }


HEADER = ("reference", "born_on", "team")


def write_both(folder: Path, columns: dict[str, list[str | None]]) -> tuple[Path, Path]:
    """The same cells as CSV and as Parquet."""
    as_csv, as_parquet = folder / "people.csv", folder / "people.parquet"
    with as_csv.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*([cell or "" for cell in cells] for cells in columns.values()), strict=True))
    pq.write_table(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), as_parquet
    )
    return as_csv, as_parquet


@pytest.mark.parametrize("keep", Keep)
def test_bad_rows_are_told_as_those_of_the_same_csv_file(
    two: tuple[Service, Service], tmp_path: Path, keep: Keep
) -> None:
    columns: dict[str, list[str | None]] = {
        "reference": ["EX-0001", "EX-0002", None, "ann other", "EX-0001", " EX-0003 ", "EX-0004", "EX-0005"],
        "born_on": [
            "2015-06-14",
            "14.06.2015",
            None,
            "2015-06-14",
            "2015-06-14",
            "2015-06-14",
            None,
            "2015-06-14",
        ],
        "team": ["north", "north", None, "north", "north", "north", "north", "north"],
        "surname": [None, None, None, None, None, None, None, "Other"],
        "current_package_annual_pence": ["1", "2", None, "3", "4", "12", "x", "1"],
    }
    told: list[ImportReport | tuple[str, Any]] = []
    for service, file in zip(two, write_both(tmp_path, columns), strict=True):
        try:
            told.append(bring(service, "people", file, keep))
        except RowsRefused as refused:
            told.append((str(refused), refused.problems))

    assert told[0] == told[1]
    assert _kept(two[0]) == _kept(two[1])
    if isinstance(told[1], ImportReport):
        assert [(row.line, len(row.problems)) for row in told[1].rows] == [
            *((2, 0), (3, 1), (5, 1), (6, 1), (7, 0), (8, 2), (9, 1)),
        ]


NAMES = {
    "reference": ["EX-0001", "EX-0002"],
    "born_on": ["2015-06-14", "2014-02-01"],
    "team": ["north", "north"],
}


def written(
    path: Path, *, name: str = "people.parquet", how: dict[str, Any] | None = None, **more: Any
) -> Path:
    """A good file of two people, with other columns beside them or instead."""
    pq.write_table(pa.table({**NAMES, **more}), path / name, **(how or {}))
    return path / name


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.int8(), pa.int64(), pa.uint16(), pa.decimal128(20, 6), pa.decimal256(60, 0), pa.string()),
        *(pa.large_string(), pa.dictionary(pa.int32(), pa.string())),
    ],
    ids=str,
)
def test_pence_are_exact_in_whatever_kind_of_column_they_come(
    ras: Run, tmp_path: Path, kind: pa.DataType
) -> None:
    exact = 100 if kind == pa.int8() else 54_320 if kind == pa.uint16() else 99_999_999_900
    value: Any = str(exact) if pa.types.is_string(kind) or pa.types.is_large_string(kind) else exact
    if pa.types.is_decimal(kind):
        value = Decimal(exact)
    elif pa.types.is_dictionary(kind):
        value = str(exact)
    file = written(tmp_path, current_package_annual_pence=pa.array([value, None], kind))

    done = ras("import", "people", file)

    assert (done.exit_code, done.stdout) == (DONE, "2 kept, 0 refused\n")
    assert kept_pence(tmp_path) == [exact, None]


def kept_pence(folder: Path) -> list[int | None]:
    with closing(sqlite3.connect(folder / "data" / "ras.db")) as connection:
        asked = """SELECT current_package_annual_pence FROM person_revision
            JOIN person ON person.id = person_id ORDER BY reference"""
        return [pence for (pence,) in connection.execute(asked)]


def test_half_a_penny_is_no_pence(ras: Run, tmp_path: Path) -> None:
    half = pa.array([Decimal("1.50"), None], pa.decimal128(10, 2))
    refused = ras("import", "people", written(tmp_path, current_package_annual_pence=half))
    assert refused.exit_code == REFUSED
    assert "line 2, current_package_annual_pence" in refused.stderr
    assert rows(tmp_path, "person") == 0


UNUSABLE = {
    "binary fractions": (pa.array([1.0, None]), "holds double, which is not exact"),
    "small binary fractions": (pa.array([1.0, None], pa.float32()), "holds float, which is not exact"),
    "moments": (pa.array([datetime(2026, 1, 1, tzinfo=UTC), None]), "holds moments"),
    "lists": (pa.array([["a"], None]), "holds lists or fields"),
    "fields": (pa.array([{"a": 1}, None]), "holds lists or fields"),
    "maps": (pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int8())), "holds lists or fields"),
    "bytes": (pa.array([b"a", None]), "holds binary"),
    "durations": (pa.array([1, None], pa.duration("s")), "holds duration"),
    "times": (pa.array([1, None], pa.time32("s")), "holds time32"),
}


@pytest.mark.parametrize(("column", "told"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_column_of_a_kind_that_is_not_exact_or_no_cell_is_named(
    ras: Run, tmp_path: Path, column: pa.Array, told: str
) -> None:
    refused = ras("import", "people", written(tmp_path, current_package_annual_pence=column))
    assert_refused(refused, tmp_path, f"Column 4 ('current_package_annual_pence') {told}")


def assert_refused(refused: Result, folder: Path, why: str) -> None:
    """It ends with 1, in two lines that say why, and nothing is kept."""
    assert refused.exit_code == REFUSED, refused.output
    assert refused.stdout == ""
    first, *rest = filter(None, map(str.strip, refused.stderr.splitlines()))
    assert first.endswith(": nothing was kept.")
    assert len(rest) == 1
    assert why in rest[0]
    assert "Traceback" not in refused.stderr
    assert rows(folder, "person") == 0


def test_a_column_twice_is_refused(ras: Run, tmp_path: Path) -> None:
    columns = [pa.array(cells) for cells in (*NAMES.values(), ["south", "south"])]
    pq.write_table(pa.table(columns, names=[*NAMES, "team"]), tmp_path / "people.parquet")
    refused = ras("import", "people", tmp_path / "people.parquet")
    assert_refused(refused, tmp_path, "Columns are named once; these are there twice: team.")


def test_an_unknown_column_is_named_for_each_row_that_fills_it(ras: Run, tmp_path: Path) -> None:
    refused = ras("import", "people", written(tmp_path, surname=[None, "Other"]))
    assert_refused(refused, tmp_path, "line 3, surname: There is no such field")
    assert "Other" not in refused.stderr


def encrypted(folder: Path, *, plaintext_footer: bool) -> Path:
    class Keys(encryption.KmsClient):  # type: ignore[misc]  # it has no types
        def wrap_key(self, key_bytes: bytes, _master: str) -> bytes:
            return base64.b64encode(key_bytes)

        def unwrap_key(self, wrapped: bytes, _master: str) -> bytes:
            return base64.b64decode(wrapped)

    factory = encryption.CryptoFactory(lambda _: Keys())
    how = encryption.EncryptionConfiguration(
        footer_key="f", column_keys={"k": ["born_on"]}, plaintext_footer=plaintext_footer
    )
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), how)
    return written(folder, how={"encryption_properties": properties})


@pytest.mark.parametrize("plaintext_footer", [False, True])
def test_an_encrypted_file_is_called_so(ras: Run, tmp_path: Path, plaintext_footer: bool) -> None:  # noqa: FBT001
    file = encrypted(tmp_path, plaintext_footer=plaintext_footer)
    assert_refused(ras("import", "people", file), tmp_path, "It is encrypted.")


def test_what_is_no_parquet_file_is_told_by_its_name_and_parquet_under_another_name_by_how_it_begins(
    ras: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.parquet").write_text(",".join(HEADER))
    assert_refused(ras("import", "people", tmp_path / "a.parquet"), tmp_path, "It does not begin as")
    (tmp_path / "b.parquet").write_bytes(b"")
    assert_refused(ras("import", "people", tmp_path / "b.parquet"), tmp_path, "It does not begin as")
    done = ras("import", "people", written(tmp_path, name="people.data"))
    assert done.exit_code == DONE


def test_a_file_that_is_cut_off_anywhere_is_refused(sqlite_service: Service, tmp_path: Path) -> None:
    whole = written(tmp_path).read_bytes()
    for cut in (4, 8, 100, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        (tmp_path / "cut.parquet").write_bytes(whole[:cut])
        with pytest.raises(UnreadableText, match="It is damaged, cut off or of another kind"):
            bring(sqlite_service, "people", tmp_path / "cut.parquet")


def test_a_damaged_byte_is_told_in_words_and_never_by_a_fault(tmp_path: Path) -> None:
    """One byte after another is turned round. What can still be read is two rows, one with a wrong cell."""
    whole = written(tmp_path, how={"compression": "none", "use_dictionary": False}).read_bytes()
    chance = random.Random(5)  # noqa: S311  the same places each time
    told: list[str] = []
    for place in chance.sample(range(4, len(whole)), 25):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / "damaged.parquet").write_bytes(damaged)
        try:
            with read_parquet(tmp_path / "damaged.parquet") as held:
                assert len(list(held.rows)) <= 2
        except UnreadableText as refused:
            told += [problem.code for problem in refused.problems]
    assert len(told) > 10
    assert set(told) <= {"not-parquet", "unknown-column", "repeated-column"}


def repeated(folder: Path, text: str, *, times: int) -> Path:
    """A file that says the same over and over, and is small all the same."""
    once = pa.array([text], pa.large_string())
    column = pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), once)
    file = folder / "bomb.parquet"
    pq.write_table(pa.table([column], names=["reference"]), file, compression="zstd")
    assert file.stat().st_size < 200_000
    return file


BOMBS = {
    "a cell that unpacks to more than memory": (
        (300_000_000, 1),
        "It unpacks to more than can be read",
    ),
    "a long text in every row": ((100_001, 50), "Row 2 holds more text than any record may have"),
    "more rows than a caseload has": (
        (0, unpack.MOST_ROWS + 1),
        "It has 1,000,001 rows; 1,000,000 is the most",
    ),
}


@pytest.mark.parametrize(("made", "told"), BOMBS.values(), ids=BOMBS.keys())
def test_a_small_file_that_unpacks_to_a_great_deal_is_stopped(
    ras: Run, tmp_path: Path, made: tuple[int, int], told: str
) -> None:
    length, times = made
    file = repeated(tmp_path, "a" * length, times=times)
    assert_refused(ras("import", "people", file), tmp_path, told)


def test_more_columns_than_any_plan_has_are_refused(ras: Run, tmp_path: Path) -> None:
    more: dict[str, Any] = {
        f"needs.{number}.domain": ["behaviour", None] for number in range(unpack.MOST_COLUMNS)
    }
    refused = ras("import", "people", written(tmp_path, **more))
    assert_refused(refused, tmp_path, "It has 5,003 columns; 5,000 is the most.")


_BEGUN = b"2\nreference,born_on,team\nEX-1,2015-06-14,"
BREAKDOWNS = {
    "before it says anything": "os.kill(os.getpid(), 11)",
    "after a row": f"os.write(1, {_BEGUN!r} + b'north\\n'); os.kill(os.getpid(), 9)",
    "in a row": f"os.write(1, {_BEGUN!r} + b'\"nor'); os.kill(os.getpid(), 9)",
    "with a traceback": "raise ValueError('secret')",
}


@pytest.mark.parametrize("program", BREAKDOWNS.values(), ids=BREAKDOWNS.keys())
def test_nothing_is_kept_where_what_reads_the_file_is_stopped_or_breaks_down(
    ras: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    (tmp_path / "breaks.py").write_text(f"import os\n{program}\n")
    monkeypatch.setattr(parquet, "PROGRAM", tmp_path / "breaks.py")
    refused = ras("import", "people", written(tmp_path), "--keep-good")
    assert_refused(refused, tmp_path, f"The Parquet file cannot be read. {parquet.TOO_MUCH}")
    assert "secret" not in refused.stderr


def test_what_reads_the_file_is_told_no_setting_and_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAS_DATABASE_URL", "postgresql://ras:secret@db.example/ras")
    (tmp_path / "tells.py").write_text("import os\nprint('1\\nname')\nfor name in os.environ: print(name)\n")
    monkeypatch.setattr(parquet, "PROGRAM", tmp_path / "tells.py")
    with read_parquet(written(tmp_path)) as held:
        assert {row["name"] for _, row in held.rows} == {"ARROW_DEFAULT_MEMORY_POOL", "LC_ALL"}


def test_it_is_known_beforehand_how_many_rows_there_are(tmp_path: Path) -> None:
    with read_parquet(written(tmp_path)) as held:
        assert held.number == 2
        assert [number for number, _ in held.rows] == [2, 3]


def test_a_missing_library_is_named_and_a_csv_file_needs_none(
    ras: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused = ras("import", "people", file)
    assert (refused.exit_code, refused.stderr) == (
        UNAVAILABLE,
        "pyarrow is missing: pip install 'ras[parquet]'.\n",
    )
    (tmp_path / "people.csv").write_text("reference,born_on,team\nEX-0001,2015-06-14,north\n")
    assert ras("import", "people", tmp_path / "people.csv").exit_code == DONE
