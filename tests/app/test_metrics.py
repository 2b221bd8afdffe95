"""What Prometheus reads: requests by operation, refusals by code, and what waits, is late or will run out."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest

from app.access import ACCESS
from app.db import Database
from app.metrics import METHODS
from app.tokens import KEPT_FOR
from tests.app.lives import REASONS, at, awarded, component
from tests.app.provider import AUDIENCE, ISSUER, provider
from tests.app.running import answer, begin, running
from tests.app.service import Service, add_person, add_plan, good, new_service
from tests.app.service import add_assessment as assess
from tests.postgres import new_database
from tests.published import ROOT

DAY = 24 * 60 * 60
LABELS = {"operation", "method", "status", "code", "result", "state", "line", "le"}
"""Every label there may be: none can hold a person, a subject, a team, an address or a key."""


def value(service: Service, name: str, **labels: str) -> float | None:
    """What a metric says now."""
    found: float | None = service.app.state.metrics.registry.get_sample_value(name, labels)
    return found


@pytest.fixture
def looked_at(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """The service, whose measures are read anew each time."""
    with new_service(database_url, tmp_path, metrics_fresh_seconds=0) as made:
        yield made


def test_a_request_is_counted_by_its_operation_and_never_its_address(sqlite_service: Service) -> None:
    made = add_person(sqlite_service.assessor)
    for path in (f"/v1/people/{made['id']}", "/v1/people/0f8fad5b-d9cb-469f-a165-70867728950e", "/Zebedee"):
        sqlite_service.assessor.get(path)
    sqlite_service.assessor.send("ZEBEDEE", "/v1/people")

    def counted(operation: str, method: str, status: str) -> float | None:
        named = {"operation": operation, "method": method, "status": status}
        return value(sqlite_service, "ras_http_requests_total", **named)

    assert counted("add_person", "POST", "2xx") == 1
    assert counted("get_person", "GET", "2xx") == counted("get_person", "GET", "4xx") == 1
    assert counted("none", "GET", "4xx") == 1
    assert value(sqlite_service, "ras_http_request_duration_seconds_count", operation="get_person") == 2
    text = generate_latest(sqlite_service.app.state.metrics.registry).decode()
    assert 'method="other"' in text
    assert "zebedee" not in text.lower()


def test_a_refusal_is_counted_by_its_code(sqlite_service: Service) -> None:
    add_person(sqlite_service.assessor)
    sqlite_service.assessor.post("/v1/people", {"reference": "EX-0001"})
    sqlite_service.assessor.post(
        "/v1/people", {"born_on": "2015-06-14", "reference": "EX-0001", "team": "north"}
    )
    sqlite_service.assessor.get("/v1/people/0f8fad5b-d9cb-469f-a165-70867728950e")
    sqlite_service.public.get("/v1/people")
    sqlite_service.assessor.get("/nowhere")
    sqlite_service.assessor.send("DELETE", "/v1/people")

    for code in (
        *("request-invalid", "reference-taken", "not-found", "token-missing", "no-such-address"),
        "method-not-allowed",
    ):
        assert value(sqlite_service, "ras_refusals_total", code=code) == 1, code
    assert value(sqlite_service, "ras_refusals_total", code="fault") == 0, "so that an alert sees the first"


def test_requests_in_hand_are_counted_until_they_are_answered(sqlite_service: Service) -> None:
    with running(sqlite_service.app) as address:
        headers = {**sqlite_service.assessor.headers, "Content-Length": "2", "Expect": "100-continue"}
        headers["Content-Type"] = "application/json"
        connection = begin(address, "POST", "/v1/people", **headers)
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        assert value(sqlite_service, "ras_http_requests_in_progress") == 1
        connection.sendall(b"{}")
        assert answer(connection).startswith("HTTP/1.1 422 ")
    assert value(sqlite_service, "ras_http_requests_in_progress") == 0


def test_a_replay_that_differs_is_counted(sqlite_service: Service) -> None:
    plan = add_plan(sqlite_service.assessor, add_person(sqlite_service.assessor)["id"])
    path = f"/v1/assessments/{assess(sqlite_service.assessor, plan['id'])['id']}/replay"
    assert good(sqlite_service.assessor.get(path))["equal"]
    with sqlite_service.database.writing.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER assessment_refuses_update")
        connection.exec_driver_sql("UPDATE assessment SET indicative_annual_pence = 1")
    assert not good(sqlite_service.assessor.get(path))["equal"]

    assert value(sqlite_service, "ras_replays_total", result="equal") == 1
    assert value(sqlite_service, "ras_replays_total", result="different") == 1


def test_a_notice_is_counted_on_its_way(looked_at: Service) -> None:
    life = awarded(looked_at)
    at(looked_at, "2027-01-11")
    decided = life.award(component(direct_payment=5_200_00), starts_on="2027-01-11")

    def states() -> list[float | None]:
        return [value(looked_at, "ras_notices", state=each) for each in ("draft", "issued", "running")]

    def oldest(state: str) -> float | None:
        return value(looked_at, "ras_notices_oldest_age_seconds", state=state)

    assert (states(), oldest("draft")) == ([0, 0, 0], 0)
    notice = life.draft(decided)
    at(looked_at, "2027-01-14")
    assert (states(), oldest("draft"), oldest("issued")) == ([1, 0, 0], 3 * DAY, 0)
    good(life.act(notice, "issue", by=life.manager))
    at(looked_at, "2027-01-15")
    assert (states(), oldest("draft"), oldest("issued")) == ([0, 1, 0], 0, DAY)
    life.serve(notice)
    assert (states(), oldest("issued")) == ([0, 0, 1], 0)
    at(looked_at, "2027-04-15")
    assert states() == [0, 0, 1], "on its last day it runs"
    at(looked_at, "2027-04-16")
    assert states() == [0, 0, 0]


def test_a_notice_that_was_withdrawn_waits_for_nobody(looked_at: Service) -> None:
    life = awarded(looked_at)
    at(looked_at, "2027-01-11")
    notice = life.notice(life.award(component(direct_payment=5_200_00), starts_on="2027-01-11"))
    assert value(looked_at, "ras_notices", state="running") == 1
    good(life.act(notice, "withdraw", {"reasons": REASONS}, by=life.manager))
    assert value(looked_at, "ras_notices", state="running") == 0


def test_a_reconsideration_is_counted_until_its_answer_is_served_and_late_after_the_councils_own_time(
    looked_at: Service,
) -> None:
    life = awarded(looked_at)
    asked = life.ask(life.decided[0], on="2026-11-23")
    aimed_by = asked["answer_aimed_by"]
    assert aimed_by is not None

    def states() -> list[float | None]:
        every = ("asked", "acknowledged", "answered")
        return [value(looked_at, "ras_reconsiderations", state=each) for each in every]

    def late() -> float | None:
        return value(looked_at, "ras_reconsiderations_overdue")

    assert (states(), late()) == ([1, 0, 0], 0)
    good(life.act(asked, "acknowledge", by=life.worker))
    at(looked_at, aimed_by)
    assert (states(), late()) == ([0, 1, 0], 0)
    looked_at.clock.now += timedelta(days=1)
    assert late() == 1
    waited = (looked_at.clock.now.date() - date(2026, 11, 23)).days
    assert value(looked_at, "ras_reconsiderations_oldest_age_days") == waited
    body = {"outcome": "upheld", "reasons": REASONS}
    good(life.act(asked, "answer", body, by=life.other_panel))
    assert (states(), late()) == ([0, 0, 1], 0)
    life.serve(asked)
    assert states() == [0, 0, 0]


def test_reviews_are_counted_as_the_list_of_due_ones_shows_them(looked_at: Service) -> None:
    awarded(looked_at)
    auditor = looked_at.acting_as("demo-auditor")
    (due,) = good(auditor.get("/v1/reviews/due?by=2199-12-31"))["items"]

    def counted() -> tuple[float | None, float | None]:
        return value(looked_at, "ras_reviews_due_soon"), value(looked_at, "ras_reviews_overdue")

    at(looked_at, due["hold_by"])
    looked_at.clock.now -= timedelta(days=29)
    assert counted() == (0, 0)
    looked_at.clock.now += timedelta(days=1)
    assert counted() == (1, 0)
    at(looked_at, due["hold_by"])
    assert counted() == (1, 0)
    looked_at.clock.now += timedelta(days=1)
    assert counted() == (0, 1)


def test_a_proposal_waits_until_it_is_decided(looked_at: Service) -> None:
    life = awarded(looked_at)
    terms = life.terms(component(direct_payment=6_500_00), starts_on="2027-01-01")
    body = {"addressed_to": "team-manager", **life.body(terms)}
    del body["saw_result_sha256"]
    proposal = good(life.worker.post("/v1/proposals", body))
    looked_at.clock.now += timedelta(days=2)
    assert value(looked_at, "ras_proposals_waiting") == 1
    assert value(looked_at, "ras_proposals_oldest_age_seconds") == 2 * DAY
    life.decide(terms, proposal_id=proposal["id"])
    assert value(looked_at, "ras_proposals_waiting") == 0
    assert value(looked_at, "ras_proposals_oldest_age_seconds") == 0


def test_acts_and_kept_keys_are_counted(looked_at: Service) -> None:
    before = value(looked_at, "ras_audit_acts")
    assert before is not None
    body = {"reference": "EX-0002", "born_on": "2015-06-14", "team": "north"}
    for _ in range(2):
        looked_at.assessor.post("/v1/people", body, headers={"Idempotency-Key": "once"})
    assert value(looked_at, "ras_audit_acts") == before + 1
    assert value(looked_at, "ras_idempotency_keys") == 1


def test_a_day_without_a_policy_and_the_end_of_the_list_of_holidays_are_told(looked_at: Service) -> None:
    assert value(looked_at, "ras_policy_in_force") == 1
    at(looked_at, "2028-12-30")
    assert value(looked_at, "ras_bank_holidays_days_left") == 1
    at(looked_at, "2020-01-01")
    assert value(looked_at, "ras_policy_in_force") == 0


def test_a_database_out_of_reach_is_told_and_fails_no_scrape(tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://postgres@/ras?host={tmp_path}"
    with new_service(nowhere, tmp_path) as service:
        text = generate_latest(service.app.state.metrics.registry).decode()
    assert "\nras_database_up 0.0\n" in text
    assert "\nras_proposals_waiting " not in text, "what is not known is not made up"
    assert "\nras_bank_holidays_days_left " in text


def test_a_database_that_makes_who_looks_wait_is_told(
    postgres: str, postgres_template: str, tmp_path: Path
) -> None:
    url = new_database(postgres, template=postgres_template)
    other = Database(url)
    with new_service(url, tmp_path, metrics_fresh_seconds=0) as service:
        with other.write() as session:
            session.execute(sa.text("LOCK TABLE proposal IN ACCESS EXCLUSIVE MODE"))
            assert value(service, "ras_database_up") == 0
        assert value(service, "ras_database_up") == 1
    other.close()


def test_what_was_read_counts_for_a_while(sqlite_service: Service) -> None:
    before = value(sqlite_service, "ras_audit_acts")
    add_person(sqlite_service.assessor)
    assert value(sqlite_service, "ras_audit_acts") == before


def test_the_identity_providers_keys_have_an_age_and_its_silence_is_told(
    sqlite_template: Path, tmp_path: Path
) -> None:
    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    issuer: dict[str, Any] = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE}
    with provider() as there, new_service("", tmp_path, oidc_jwks_url=there.url, **issuer) as service:

        def keys() -> tuple[float | None, float | None]:
            return value(service, "ras_jwks_keys_age_seconds"), value(service, "ras_jwks_up")

        assert keys() == (None, None), "nobody has come yet"
        headers = {"Authorization": f"Bearer {there.token()}"}
        good(service.public.get("/v1/me", headers=headers))
        service.clock.now += timedelta(minutes=10)
        assert keys() == (600, 1)
        there.status = there.status.SERVICE_UNAVAILABLE
        service.clock.now += KEPT_FOR
        service.public.get("/v1/me", headers=headers)
        assert keys() == (600 + KEPT_FOR.total_seconds(), 0)


def test_no_label_can_hold_anything_about_anybody(told: Service) -> None:
    for path in ("/v1/people", "/v1/nowhere", "/docs", "/local-offer/v1/policy"):
        told.assessor.get(path)
    samples = [sample for family in told.app.state.metrics.registry.collect() for sample in family.samples]
    assert {name for sample in samples for name in sample.labels} <= LABELS
    of = {name: {s.labels[name] for s in samples if name in s.labels} for name in LABELS}
    assert of["operation"] <= {*ACCESS, "none"}
    assert of["method"] <= {*METHODS, "other"}
    assert all(re.fullmatch(r"[0-5]xx", each) for each in of["status"])


def test_the_page_lists_every_metric_that_is_given_out_and_says_what_it_means(
    sqlite_service: Service,
) -> None:
    page = (ROOT / "docs" / "observability.md").read_text()
    listed = dict(re.findall(r"^\| `((?:ras|process)_[a-z_]+)` \| (\S.*\S) \|$", page, re.MULTILINE))
    given = {
        family.name + ("_total" if family.type == "counter" else ""): family.documentation
        for family in sqlite_service.app.state.metrics.registry.collect()
    }
    assert set(listed) == set(given)
