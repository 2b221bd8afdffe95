"""One winner: many change one record at once, and one of them gets a 2xx, the rest a 412."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from httpx2 import Response

from app.openapi import STALE
from tests.app.lives import ONCE, Life, at, awarded, component, new_life
from tests.app.service import (
    Person,
    Service,
    add_person,
    add_plan,
    good,
    plan_content,
    policy_document,
)
from tests.figures import Figure

THREADS = 12
Change = Callable[[Person, Service, str | None], Response]


def _headers(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _etag(record: dict[str, Any]) -> str:
    return f'"{record["id"].replace("-", "")[-12:]}-{record["revision"]}"'


class Case:
    """A record that can be changed: how it comes about, how it is changed, and who does it."""

    def __init__(
        self,
        make: Callable[[Service], dict[str, Any]],
        change: Callable[[dict[str, Any], int], tuple[str, str, Any]],
        subject: str = "demo-assessor",
    ) -> None:
        self.make, self.change, self.subject = make, change, subject

    def send(self, service: Service, record: dict[str, Any], etag: str | None, number: int = 0) -> Response:
        method, path, body = self.change(record, number)
        return service.acting_as(self.subject).send(method, path, json=body, headers=_headers(etag))


def _request(service: Service) -> dict[str, Any]:
    body = {
        "person_id": add_person(service.assessor)["id"],
        "asked_on": "2026-09-14",
        "asked_by": "parent",
        "plan_stage": "ehc-plan",
    }
    return dict(good(service.assessor.post("/v1/requests", body)))


def _draft(service: Service, **changes: Any) -> dict[str, Any]:
    document = policy_document(version="2040.1", valid_from="2040-04-01", **changes)
    lead = service.acting_as("demo-policy-lead")
    return dict(good(lead.post("/v1/policies", {"document": document})))


def _approved(service: Service, **changes: Any) -> dict[str, Any]:
    return _act(service, _draft(service, **changes), "approve")


def _published(service: Service) -> dict[str, Any]:
    policy: dict[str, Any] = good(service.assessor.get("/v1/policies"))["items"][0]
    return policy


def _act(service: Service, policy: dict[str, Any], act: str) -> dict[str, Any]:
    second = service.acting_as("demo-second-policy-lead")
    path = f"/v1/policies/{policy['id']}/{act}"
    return dict(good(second.post(path, headers=_headers(_etag(policy)))))


CASES = {
    "a person": Case(
        lambda service: add_person(service.assessor),
        lambda record, n: (
            "PUT",
            f"/v1/people/{record['id']}",
            {"born_on": "2015-06-14", "team": "north", "current_package_annual_pence": n},
        ),
    ),
    "a plan": Case(
        lambda service: add_plan(service.assessor, add_person(service.assessor)["id"]),
        lambda record, n: (
            "POST",
            f"/v1/plans/{record['id']}/versions",
            plan_content(reference=f"EHC-{n}"),
        ),
    ),
    "a request": Case(
        _request,
        lambda record, n: (
            "POST",
            f"/v1/requests/{record['id']}/outcome",
            {"outcome": "accepted", "decided_on": "2026-09-21", "reasons": f"Reasons, number {n}."},
        ),
    ),
    "a draft's document": Case(
        _draft,
        lambda record, n: (
            "PUT",
            f"/v1/policies/{record['id']}",
            {"document": {**record["document"], "title": f"Title {n}"}},
        ),
        "demo-policy-lead",
    ),
    "a draft's approval": Case(
        _draft,
        lambda record, _: ("POST", f"/v1/policies/{record['id']}/approve", None),
        "demo-second-policy-lead",
    ),
    "a policy's withdrawal": Case(
        _published,
        lambda record, _: ("POST", f"/v1/policies/{record['id']}/withdraw", None),
        "demo-second-policy-lead",
    ),
}
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@pytest.fixture
def early(service: Service) -> Service:
    """The service on a day before the example policy starts, so that it can be withdrawn."""
    service.clock.now = datetime(2026, 3, 23, 10, 0, tzinfo=UTC)
    return service


@each
def test_a_change_has_to_say_which_state_it_starts_from(service: Service, case: Case) -> None:
    record = case.make(service)

    refused = case.send(service, record, None)

    assert refused.status_code == 428
    assert refused.json()["code"] == "if-match-required"


@each
@pytest.mark.parametrize("etag", ['"000000000000-1"', "*", "", '"é"', 'W/"a-1"'])
def test_a_change_of_another_state_is_refused(sqlite_service: Service, case: Case, etag: str) -> None:
    record = case.make(sqlite_service)
    method, path, body = case.change(record, 0)

    stale: Any = {"If-Match": etag.encode("latin-1")}
    refused = sqlite_service.acting_as(case.subject).send(method, path, json=body, headers=stale)

    assert refused.status_code == 412
    assert refused.json()["code"] == "record-has-changed"


@each
def test_of_many_changes_at_once_one_wins_and_the_rest_are_told_it_has_changed(
    early: Service, case: Case, figure: Figure
) -> None:
    figure("clients racing for one record", THREADS)
    if case is CASES["a request"]:
        early.clock.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    record = case.make(early)
    together = Barrier(THREADS)

    def change(number: int) -> Response:
        together.wait()
        return case.send(early, record, _etag(record), number)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(change, range(THREADS)))

    counts = Counter(answer.status_code for answer in answers)
    won = next(answer for answer in answers if answer.is_success)
    assert counts == {won.status_code: 1, 412: THREADS - 1}, [answer.text for answer in answers]
    assert {answer.json()["code"] for answer in answers if answer is not won} == {"record-has-changed"}
    assert _etag(won.json()) == won.headers["ETag"] != _etag(record)


Send = Callable[[int], Response]


def _decision(service: Service) -> Send:
    life = new_life(service)
    care = component(direct_payment=6_000_00, once=ONCE)
    terms = life.terms(care, starts_on="2026-12-01", occasion="first-award")
    life.may_be_paid()
    etag = life.manager.get(f"/v1/budgets/{life.id}").headers["ETag"]
    return lambda _: life.try_to_decide(terms, match=etag)


def _lowered(service: Service) -> tuple[Life, dict[str, Any]]:
    life = awarded(service, annual_pence=6_000_00)
    at(service, "2027-01-11")
    return life, life.award(component(direct_payment=5_400_00), starts_on="2027-01-11")


def _act_on(
    life: Life, record: dict[str, Any], act: str, body: dict[str, Any] | None = None, *, by: Person
) -> Send:
    """Send an act on a notice or a reconsideration as it now is."""
    path = f"/v1/{'notices' if 'changes' in record else 'reconsiderations'}/{record['id']}"
    headers = {"If-Match": life.worker.get(path).headers["ETag"]}
    return lambda _: by.post(f"{path}/{act}", body, headers=headers)


def _sent(life: Life) -> dict[str, Any]:
    return {"method": "electronic", "sent_at": life.service.clock.now.isoformat()}


def _issue(service: Service) -> Send:
    life, lower = _lowered(service)
    return _act_on(life, life.draft(lower), "issue", by=life.manager)


def _service(service: Service) -> Send:
    life, lower = _lowered(service)
    notice = life.draft(lower)
    good(life.act(notice, "issue", by=life.manager))
    return _act_on(life, notice, "serve", _sent(life), by=life.worker)


def _withdrawal(service: Service) -> Send:
    life, lower = _lowered(service)
    return _act_on(life, life.notice(lower), "withdraw", {"reasons": "It was wrong."}, by=life.manager)


def _asked(service: Service) -> tuple[Life, dict[str, Any]]:
    life, lower = _lowered(service)
    life.notice(lower)
    return life, life.ask(lower, on="2027-01-11")


def _acknowledgement(service: Service) -> Send:
    life, asked = _asked(service)
    return _act_on(life, asked, "acknowledge", by=life.worker)


def _answer(service: Service) -> Send:
    life, asked = _asked(service)
    body = {"outcome": "upheld", "components": [], "reasons": "It was looked at again."}
    return _act_on(life, asked, "answer", body, by=life.other_panel)


def _service_of_the_answer(service: Service) -> Send:
    life, asked = _asked(service)
    body = {"outcome": "upheld", "components": [], "reasons": "It was looked at again."}
    good(life.act(asked, "answer", body, by=life.other_panel))
    return _act_on(life, asked, "serve", _sent(life), by=life.worker)


IN_A_BUDGETS_LIFE: dict[str, Callable[[Service], Send]] = {
    "add_decision": _decision,
    "issue_notice": _issue,
    "serve_notice": _service,
    "withdraw_notice": _withdrawal,
    "acknowledge_reconsideration": _acknowledgement,
    "answer_reconsideration": _answer,
    "serve_answer": _service_of_the_answer,
}


@pytest.mark.parametrize("make", IN_A_BUDGETS_LIFE.values(), ids=IN_A_BUDGETS_LIFE)
def test_of_many_acts_on_one_budget_at_once_one_wins(
    service: Service, make: Callable[[Service], Send], figure: Figure
) -> None:
    send, together = make(service), Barrier(THREADS)

    def act(number: int) -> Response:
        together.wait()
        return send(number)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(act, range(THREADS)))

    won = [answer for answer in answers if answer.is_success]
    lost = [answer for answer in answers if not answer.is_success]
    assert len(won) == 1, [answer.text for answer in answers]
    assert {(answer.status_code, answer.json()["code"]) for answer in lost} == {(412, "record-has-changed")}
    figure("clients racing for one record", THREADS)


def test_everything_that_needs_the_state_it_starts_from_is_raced_for() -> None:
    others = {"revise_person", "add_plan_version", "settle_request", "revise_policy", "approve_policy"}
    others |= {"withdraw_policy", "publish_policy"}
    assert IN_A_BUDGETS_LIFE.keys() | others == STALE


def test_of_two_policies_that_overlap_and_are_published_at_once_one_wins(early: Service) -> None:
    _act(early, _published(early), "withdraw")
    two = [_approved_named(early, version) for version in ("2040.1", "2040.2")]
    together = Barrier(len(two))

    def publish(policy: dict[str, Any]) -> Response:
        second = early.acting_as("demo-second-policy-lead")
        together.wait()
        return second.post(f"/v1/policies/{policy['id']}/publish", headers=_headers(_etag(policy)))

    with ThreadPoolExecutor(len(two)) as pool:
        answers = list(pool.map(publish, two))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert lost.json()["code"] == "policy-overlap"
    published = early.assessor.get("/v1/policies?state=published").json()["items"]
    assert len(published) == 1


def test_of_two_who_add_one_reference_at_once_one_wins(service: Service) -> None:
    together = Barrier(THREADS)
    assessor = service.assessor
    child = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}

    def add(_number: int) -> Response:
        together.wait()
        return assessor.post("/v1/people", child)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(add, range(THREADS)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: THREADS - 1}
    assert len(assessor.get("/v1/people").json()["items"]) == 1


def _approved_named(service: Service, version: str) -> dict[str, Any]:
    document = policy_document(version=version, valid_from="2040-04-01", valid_before="2041-04-01")
    draft = good(service.acting_as("demo-policy-lead").post("/v1/policies", {"document": document}))
    return _act(service, draft, "approve")
