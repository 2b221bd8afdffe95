"""Traces: each request and its statements, by operation, sent to a collector and naming nobody."""

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings
from tests.app.collector import attributes, collector
from tests.app.service import add_person, new_service

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALLERS = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "who=zebedee", "baggage": "who=zebedee"}


def test_a_request_and_its_statements_are_one_trace(database_url: str, tmp_path: Path) -> None:
    with collector() as there:
        with new_service(database_url, tmp_path, traces_endpoint=there.url) as service:
            add_person(service.assessor)
            answer = service.assessor.get("/v1/people?reference=EX-0001")
            service.assessor.get("/nowhere/EX-0001")

        requests = [span for span in there.spans if span.kind == span.SPAN_KIND_SERVER]
        assert [span.name for span in requests] == ["add_person", "list_people", "none"]
        assert attributes(requests[1]) == {
            "http.response.status_code": 200,
            "ras.request_id": answer.headers["X-Request-Id"],
        }
        of_listing = [span for span in there.spans if span.parent_span_id == requests[1].span_id]
        told = [attributes(span) for span in of_listing]
        assert {span.name for span in of_listing} - {"BEGIN"} == {"SELECT", "INSERT", "UPDATE"}
        assert any("INTO read_of_person" in str(each["db.query.text"]) for each in told), "that it was read"
        assert all(set(each) == {"db.system.name", "db.query.text"} for each in told)
        assert any("FROM person" in str(each["db.query.text"]) for each in told)
        written = [span.name for span in there.spans if span.parent_span_id == requests[0].span_id]
        assert "INSERT" in written


def test_a_statement_that_fails_ends_its_span_without_the_databases_words(
    database_url: str, tmp_path: Path
) -> None:
    with collector() as there:
        with new_service(database_url, tmp_path, traces_endpoint=there.url) as service:
            with service.database.write() as session:
                session.connection().exec_driver_sql("DROP TABLE idempotency_key")
            answer = service.assessor.post("/v1/people", {}, headers={"Idempotency-Key": "zebedee"})
            assert answer.status_code == 503

        (failed,) = [span for span in there.spans if span.status.code and span.kind == span.SPAN_KIND_CLIENT]
        assert (failed.name, failed.status.message, list(failed.events)) == ("SELECT", "", [])
        (request,) = [span for span in there.spans if span.kind == span.SPAN_KIND_SERVER]
        assert request.status.code == request.status.STATUS_CODE_ERROR


def test_a_callers_trace_goes_on_by_its_numbers_and_nothing_else(
    sqlite_template: Path, tmp_path: Path
) -> None:
    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    with collector() as there:
        with new_service("", tmp_path, traces_endpoint=there.url) as service:
            service.public.get("/livez", headers=CALLERS)
            service.public.get("/livez", headers={**CALLERS, "traceparent": "zebedee"})

        theirs, own = there.spans
        assert (theirs.trace_id.hex(), theirs.parent_span_id.hex()) == (TRACE, PARENT)
        assert own.parent_span_id == b""
        assert all(b"zebedee" not in body for body in there.bodies)


def test_without_an_endpoint_nothing_is_traced(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    with new_service("", tmp_path) as service:
        assert service.app.state.traces is None


def test_an_endpoint_needs_its_libraries_and_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        Settings(traces_endpoint="collector:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    with pytest.raises(ValidationError, match=r"pip install 'ras\[traces\]'"):
        Settings(traces_endpoint="http://127.0.0.1:4318/v1/traces")
