"""No personal data in the exhaust: not in log, metrics or traces, not in an answer to a mistake."""

import json
import subprocess
import sys
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.app.collector import attributes, spans_in
from tests.app.exhaust import MARKS, requests
from tests.app.service import Service
from tests.postgres import new_database

WHO = ("demo-assessor", "north", "bearer")
OF_REQUEST, OF_STATEMENT = (
    {"http.response.status_code", "ras.request_id"},
    {"db.system.name", "db.query.text"},
)
"""All that a span of each kind says besides its name and its times."""
pytestmark = pytest.mark.xdist_group("logs")  # one process is started for all of them


@dataclass
class Exhaust:
    """What came out of the service.

    Attributes:
        lines: Its log.
        answers: Its answers.
        metrics: What Prometheus read, of each database.
        traces: What the collector was sent, as it came.
        learnt: What must be in none of them and was not known before: keys of records, parts of tokens.
    """

    lines: list[str]
    answers: list[dict[str, Any]]
    metrics: list[str]
    traces: list[bytes]
    learnt: list[str]

    @property
    def spans(self) -> list[Span]:
        return [span for body in self.traces for span in spans_in(body)]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture(scope="module")
def exhaust(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, postgres: str, postgres_template: str
) -> Exhaust:
    folder = tmp_path_factory.mktemp("exhaust")
    (folder / "ras.db").write_bytes(sqlite_template.read_bytes())
    urls = [f"sqlite:///{folder / 'ras.db'}", new_database(postgres, template=postgres_template)]
    run = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-W", "error", "-m", "tests.app.exhaust", str(folder), *urls],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return Exhaust(
        lines=run.stderr.splitlines(),
        answers=[json.loads(line) for line in run.stdout.splitlines()],
        metrics=[path.read_text() for path in folder.glob("*.metrics")],
        traces=[path.read_bytes() for path in folder.glob("*.spans")],
        learnt=json.loads((folder / "learnt.json").read_text()),
    )


def test_every_line_of_the_log_is_one_json_object(exhaust: Exhaust) -> None:
    for event in exhaust.events:
        assert {"event", "level", "at"} <= set(event), event
        assert event["at"].endswith("+00:00")


def test_every_request_has_its_line(exhaust: Exhaust) -> None:
    lines = [event for event in exhaust.events if event["event"] == "request"]
    assert len(lines) == len(exhaust.answers) > 2 * len(list(requests()))
    assert [event["status"] for event in lines] == [answer["status"] for answer in exhaust.answers]
    for event in lines:
        assert set(event) == {
            *("event", "level", "at", "method", "operation", "status", "milliseconds", "request_id")
        }


def test_what_was_sent_was_good_bad_and_unforeseen(exhaust: Exhaust) -> None:
    """So that the search below looks at every kind of answer."""
    statuses = {answer["status"] for answer in exhaust.answers}
    assert statuses >= {200, 201, 400, 401, 403, 404, 409, 415, 422, 500}
    unforeseen = [
        answer["status"] for answer in exhaust.answers if answer["what"] in {"a fault", "a conflict"}
    ]
    assert unforeseen == [500, 409] * 2


def test_no_name_reference_or_date_of_birth_is_in_any_line(exhaust: Exhaust) -> None:
    found = [line for line in exhaust.lines if any(mark.lower() in line.lower() for mark in MARKS)]
    assert found == []


def test_no_metric_says_anything_of_what_was_sent_of_who_sent_it_or_of_where(exhaust: Exhaust) -> None:
    assert len(exhaust.metrics) == 2
    for text in exhaust.metrics:
        assert 'ras_http_requests_total{method="POST",operation="add_plan",status="2xx"} 1.0' in text
        assert 'ras_http_requests_total{method="other",operation="' in text
        assert 'ras_refusals_total{code="fault"} 1.0' in text
        assert "\nras_database_up 1.0\n" in text
        found = [mark for mark in (*MARKS, *exhaust.learnt, *WHO, "/v1") if mark.lower() in text.lower()]
        assert found == []


def test_no_span_says_anything_of_what_was_sent_of_who_sent_it_or_of_where(exhaust: Exhaust) -> None:
    requests_traced = [span for span in exhaust.spans if span.kind == Span.SPAN_KIND_SERVER]
    assert len(requests_traced) == len(exhaust.answers)
    assert {"add_plan", "add_finding", "replay_assessment", "none"} <= {span.name for span in requests_traced}
    for span in exhaust.spans:
        assert set(attributes(span)) in (OF_REQUEST, OF_STATEMENT)
        assert not span.events
        assert not span.status.message
        assert not span.trace_state
    for body in exhaust.traces:
        text = body.decode("latin-1").lower()
        assert [mark for mark in (*MARKS, *exhaust.learnt, *WHO) if mark.lower() in text] == []


def test_no_line_of_the_log_has_the_key_of_a_record_or_a_part_of_a_token(exhaust: Exhaust) -> None:
    assert len(exhaust.learnt) >= 2 * (len(("payload", "signature")) + len(("child", "plan", "assessment")))
    assert [line for line in exhaust.lines if any(mark in line for mark in exhaust.learnt)] == []


def test_a_request_may_bring_an_id_of_its_own_if_it_can_be_nobodys_name(sqlite_service: Service) -> None:
    for own in ("0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5bd9cb469fa16570867728950e"):
        answer = sqlite_service.public.get("/livez", headers={"X-Request-Id": own})
        assert answer.headers["X-Request-Id"] == own
    for other in ("Zebedee", "EX-0001", "2015-06-14", "9434765919", "", "a" * 31):
        answer = sqlite_service.public.get("/livez", headers={"X-Request-Id": other})
        assert len(answer.headers["X-Request-Id"]) == 32
        assert answer.headers["X-Request-Id"] != other


def test_a_fault_is_told_by_its_kind_and_its_place(exhaust: Exhaust) -> None:
    faults = [event for event in exhaust.events if "RuntimeError" in json.dumps(event)]
    assert faults
    assert any("exhaust.py" in json.dumps(event) for event in faults), "where it happened is in the log"


def test_no_problem_document_says_again_what_was_sent(exhaust: Exhaust) -> None:
    found = {
        answer["what"]: answer["body"]
        for answer in exhaust.answers
        if answer["status"] >= HTTPStatus.BAD_REQUEST and any(mark in answer["body"] for mark in MARKS)
    }
    assert found == {}
