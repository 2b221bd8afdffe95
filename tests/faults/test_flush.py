"""A flush to the disk precedes every 2xx to a write (P1), as the operating system saw it.

The service and, where there is one, the database's server are traced while children are added.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.breaking import let_the_database_flush_later
from tests.faults.killable import Killable
from tests.faults.tracing import FLUSHES, processes_of, traced

WRITES = 10
LOG = {"sqlite": r"/ras\.db-wal>", "postgresql": r"/pg_wal/\w+>"}
"""The file that a commit is flushed to."""
CALLS = re.compile(
    r"^(?P<who>\d+)\s+(?:(?P<flush>f(?:data)?sync\((?P<file>.*?>))(?P<done>\)\s+=\s+0)?"
    r"|(?P<resumed><\.\.\. f(?:data)?sync resumed>\)\s+=\s+0)"
    r'|.*"HTTP/1\.1 (?P<status>\d{3}) )'
)


def flushes_and_answers(trace: str, log: str) -> Iterator[str]:
    """In order: "flush" for each flush of the log that was done, and the status of each answer that left."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        found = CALLS.match(line)
        if found is None:
            continue
        if found["status"]:
            yield found["status"]
        elif found["flush"] and not found["done"]:
            begun[found["who"]] = found["file"]
        elif re.search(log, found["file"] or begun.pop(found["who"], "")):
            yield "flush"


def trace_of_writes(service: Killable, trace: Path) -> str:
    """What the system saw while children were added one after another."""
    service.start()
    try:
        with traced(processes_of(service), FLUSHES, into=trace), service.client() as client:
            for number in range(WRITES):
                child = {"reference": f"FLUSH-{number}", "born_on": "2015-06-14", "team": "north"}
                answer = client.post("/v1/people", json=child, headers={"Idempotency-Key": f"flush-{number}"})
                assert answer.status_code == httpx.codes.CREATED
            time.sleep(0.2)  # for the tracer to write down the last of it
    finally:
        service.kill()
    return trace.read_text()


def unflushed(service: Killable, trace: Path) -> int:
    """How many answers to a write left before anything had been flushed for them."""
    kind = service.database_url.partition("+")[0].partition(":")[0]
    seen = list(flushes_and_answers(trace_of_writes(service, trace), LOG[kind]))
    answers = [place for place, what in enumerate(seen) if what == "201"]
    assert len(answers) == WRITES, seen
    starts = [0, *(place + 1 for place in answers)]
    return sum("flush" not in seen[start:end] for start, end in zip(starts, answers, strict=False))


def test_a_flush_precedes_every_answer_to_a_write(database_url: str, tmp_path: Path) -> None:
    assert unflushed(Killable(database_url, tmp_path), tmp_path / "trace") == 0


@pytest.mark.parametrize("broken", [let_the_database_flush_later])
def test_a_service_that_does_not_wait_for_the_flush_is_found(
    database_url: str, tmp_path: Path, broken: Callable[[], None]
) -> None:
    assert unflushed(Killable(database_url, tmp_path, prepare=broken), tmp_path / "trace") > 0
