"""Write a Parquet file from standard input as the CSV file that it would be. Run as a program of its own.

What reads Parquet is a large library in C++, and a small file can unpack to more than any memory. So this
runs apart, without the settings and secrets of the service, and is stopped by the operating system where it
takes more memory or time than any honest file. It imports nothing of the service.

The first line of the output is the number of rows, the second names the columns.
"""

import csv
import resource
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

MOST_MEMORY, MOST_SECONDS = 1_000_000_000, 900
"""Bytes of address space, a fifth of which the library takes for itself, and seconds of a processor."""
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS, MOST_IN_CELL = 1_000_000, 5_000, 1_000_000, 100_000
"""Rows and columns of a file, characters of a row and of a cell: more than any plan has."""
ROWS_AT_ONCE = 200
MAGIC = (b"PAR1", b"PARE")
"""How a Parquet file begins: the second is encrypted."""
DAMAGE = (OSError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError)
"""What damage raises beside the library's own errors."""
REFUSED = 3


class Refused(Exception):
    """The file cannot be used; the message says why."""


def main() -> None:
    """Write standard input, which is a file, to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415  within the limits; it has no types

    try:
        with open(1, "w", encoding="utf-8", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_lines(pa))
    except Refused as refused:
        _end(str(refused))
    except MemoryError:  # which Arrow's own is, too
        _end("It unpacks to more than can be read at once. Write it in smaller row groups.")
    except (pa.ArrowException, *DAMAGE) as error:
        _end(_in_words(error))


def _in_words(error: Exception) -> str:
    if any(word in str(error).lower() for word in ("encrypt", "decrypt")):
        return "It is encrypted. Write it without encryption."
    return "It is damaged, cut off or of another kind."


def _end(why: str) -> NoReturn:
    sys.stderr.write(why)
    sys.exit(REFUSED)


def _lines(pa: Any) -> Iterator[list[Any]]:
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    pa.set_cpu_count(1)
    if sys.stdin.buffer.read(4) not in MAGIC:
        raise Refused("It does not begin as a Parquet file does.")
    file = pq.ParquetFile(sys.stdin.buffer, pre_buffer=False, buffer_size=65_536)
    if file.metadata.num_columns > MOST_COLUMNS:
        raise Refused(f"It has {file.metadata.num_columns:,} columns; {MOST_COLUMNS:,} is the most.")
    if file.metadata.num_rows > MOST_ROWS:
        raise Refused(f"It has {file.metadata.num_rows:,} rows; {MOST_ROWS:,} is the most.")
    schema = file.schema_arrow
    for number, field in enumerate(schema, 1):
        _refuse_unless_readable(pa, f"Column {number} ({_shown(field.name)})", field.type)
    yield [file.metadata.num_rows]
    yield list(schema.names)
    done = 0
    for batch in file.iter_batches(ROWS_AT_ONCE, use_threads=False):
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            done += 1
            if done > MOST_ROWS:
                raise Refused(f"It has more than {MOST_ROWS:,} rows.")
            cells = [_cell(value) for value in row]
            if sum(map(len, cells)) > MOST_CHARACTERS or max(map(len, cells)) > MOST_IN_CELL:
                raise Refused(f"Row {done + 1:,} holds more text than any record may have.")
            yield cells
    if done != file.metadata.num_rows:
        raise Refused("It says that it has another number of rows than it has.")


def _refuse_unless_readable(pa: Any, column: str, kind: Any) -> None:
    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_floating(kind):
        raise Refused(
            f"{column} holds {kind}, which is not exact. Write whole numbers, decimals or text there."
        )
    if types.is_timestamp(kind):
        raise Refused(f"{column} holds moments. Write days there, as dates or as text.")
    if types.is_nested(kind):
        raise Refused(f"{column} holds lists or fields. Give each a column of its own, as needs.1.domain.")
    known = (
        *(types.is_string, types.is_large_string, types.is_integer, types.is_boolean, types.is_decimal),
        *(types.is_date, types.is_null),
    )
    if not any(fits(kind) for fits in known):
        raise Refused(f"{column} holds {str(kind)[:60]}. Write text, numbers, days, true or false there.")


def _cell(value: Any) -> str:
    """What stands in the same cell of a CSV file."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _shown(name: str) -> str:
    return ascii(name[:60])


if __name__ == "__main__":
    main()
