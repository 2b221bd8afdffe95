"""Rows of a Parquet file as records, by the rules for CSV: the file is read as the CSV file that it would be.

`app.bulk.unpack` writes that CSV, in a process of its own and within bounds. Needs `ras[parquet]`.
"""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NoReturn, cast

from app.bulk.rows import Numbered, rows_of
from app.bulk.unpack import MAGIC, REFUSED
from ras.errors import Problem
from ras.reading import UnreadableText

PROGRAM = Path(__file__).with_name("unpack.py")
TOO_MUCH = "It is damaged, or takes more memory or time than any file of this kind needs."


@dataclass(frozen=True, slots=True)
class ParquetRows:
    """What a Parquet file holds."""

    number: int
    """How many rows it says it has."""
    rows: Iterator[Numbered]
    """Each with its number; as in a spreadsheet the first below the names of the columns is row 2."""


def is_parquet(path: Path) -> bool:
    """Whether a path is of a file that is Parquet, by its name or by how it begins."""
    try:
        with path.open("rb") as file:
            return path.is_file() and (path.suffix.lower() == ".parquet" or file.read(4) in MAGIC)
    except OSError:
        return False


def is_readable() -> bool:
    """Whether the library that reads Parquet is there."""
    return find_spec("pyarrow") is not None


@contextmanager
def read_parquet(path: Path) -> Iterator[ParquetRows]:
    """Read a Parquet file row group by row group, for as long as its rows are wanted.

    Raises:
        UnreadableText: it is no such file, or not one that can be read as CSV could. This can also come
            while its rows are read.
    """
    with path.open("rb") as file, TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603  this Python, our own program, no shell
            [sys.executable, "-I", str(PROGRAM)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=said,
            # Nothing of the service's own environment: it holds passwords.
            env={"ARROW_DEFAULT_MEMORY_POOL": "system", "LC_ALL": "C.UTF-8"},
        )
        try:
            out = io.TextIOWrapper(cast("IO[bytes]", program.stdout), "utf-8", newline="")
            written = csv.reader(out, strict=True)
            first = next(written, None)
            if first is None:
                _refuse(program, said)
            yield ParquetRows(int(first[0]), _rows(written, program, said))
        finally:
            program.kill()
            program.wait()
            cast("IO[bytes]", program.stdout).close()


def _rows(
    written: Iterator[list[str]], program: "subprocess.Popen[bytes]", said: IO[bytes]
) -> Iterator[Numbered]:
    numbers = count(2)
    try:
        yield from rows_of(written, lambda: next(numbers))
    except csv.Error:  # it was stopped in the middle of a row
        program.kill()
        _refuse(program, said)
    if program.wait() != 0:
        _refuse(program, said)


def _refuse(program: "subprocess.Popen[bytes]", said: IO[bytes]) -> NoReturn:
    """Say what the program said; one that was stopped, or broke down, says nothing that could be used."""
    program.wait()
    said.seek(0)
    why = said.read(1_000).decode(errors="replace") if program.returncode == REFUSED else ""
    message = f"The Parquet file cannot be read. {why or TOO_MUCH}"
    raise UnreadableText([Problem("", "", "not-parquet", message)]) from None
