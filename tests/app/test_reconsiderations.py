"""A second look at a decision: what asking holds, what an answer changes, and what is owed."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.app.lives import REASONS, Life, at, awarded, component, problems, publish
from tests.app.service import Service, good, new_service, policy_document, template_of

FIRST, LESS = 6_000_00, 5_200_00
C, LOWER = "2027-04-11", "2027-04-12"


def lowered(service: Service) -> tuple[Life, dict[str, Any]]:
    """A child whose amount falls from 12 April 2027, by a notice served on 11 January."""
    life = awarded(service, annual_pence=FIRST)
    at(service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11")
    life.notice(decided)
    return life, decided


def test_asked_by_c_it_holds_until_the_day_after_the_answer_is_served(service: Service) -> None:
    life, decided = lowered(service)
    at(service, C)
    asked = life.ask(decided, on=C)
    assert asked["holds"]
    assert life.payable("2028-01-01") == FIRST
    at(service, "2027-05-28", hour=17)  # a Friday, after 16:30: served on Tuesday, the Monday is a holiday
    body = {"outcome": "upheld", "reasons": REASONS}
    good(life.act(asked, "answer", body, by=life.other_panel))
    assert life.payable("2028-01-01") == FIRST, "the answer is written and not served"

    served = life.serve(asked)

    assert served["answer"]["served_on"] == "2027-06-01"
    assert [life.payable(day) for day in ("2027-06-01", "2027-06-02")] == [FIRST, LESS]
    assert served["answer"]["arrears_pence"] == 0


def test_upheld_before_c_the_notice_runs_as_it_was(service: Service) -> None:
    life, decided = lowered(service)
    life.answer(life.ask(decided, on="2027-01-11"), "upheld")
    assert [life.payable(day) for day in (C, LOWER)] == [FIRST, LESS]


def test_asked_after_c_it_does_not_hold_and_success_brings_arrears_from_c_plus_1(service: Service) -> None:
    life, decided = lowered(service)
    at(service, "2027-05-11")
    asked = life.ask(decided, on="2027-05-11")
    assert not asked["holds"]
    assert life.payable(LOWER) == LESS

    answered = life.answer(asked, "overturned")

    assert life.payable(LOWER) == FIRST
    days = 30  # 12 April to 11 May, both in the financial year of 366 days
    owed = Fraction((FIRST - LESS) * days, 366)
    assert abs(answered["answer"]["arrears_pence"] - owed) <= 1


def test_varied_after_c_arrears_are_the_difference_to_what_it_becomes(service: Service) -> None:
    life, decided = lowered(service)
    at(service, "2027-05-11")
    answered = life.answer(life.ask(decided, on="2027-05-11"), "varied", component(direct_payment=5_600_00))

    assert life.payable(LOWER) == 5_600_00
    assert abs(answered["answer"]["arrears_pence"] - Fraction(400_00 * 30, 366)) <= 1


def test_varied_while_it_holds_the_new_rate_starts_the_day_after_it_is_served(service: Service) -> None:
    life, decided = lowered(service)
    at(service, "2027-04-09")
    asked = life.ask(decided, on="2027-04-09")
    at(service, "2027-05-12")
    life.answer(asked, "varied", component(direct_payment=5_600_00))
    assert [life.payable(day) for day in ("2027-05-12", "2027-05-13")] == [FIRST, 5_600_00]


def test_where_the_policy_runs_it_starts_and_success_brings_arrears(tmp_path: Path) -> None:
    with _running(tmp_path, while_pending="run") as service:
        life, decided = lowered(service)
        at(service, "2027-04-09")
        asked = life.ask(decided, on="2027-04-09")
        assert (asked["while_pending"], asked["holds"]) == ("run", False)
        assert life.payable(LOWER) == LESS
        at(service, "2027-05-11")
        assert life.answer(asked, "overturned")["answer"]["arrears_pence"] > 0
        assert life.payable(LOWER) == FIRST


def test_a_time_to_ask_is_kept_only_where_the_policy_sets_one(tmp_path: Path) -> None:
    with _running(tmp_path, ask_within_months=2) as service:
        life, decided = lowered(service)
        at(service, "2027-03-12")
        body = {"decision_id": decided["id"], "asked_by": "parent", "received_on": "2027-03-12"}
        late = life.worker.post("/v1/reconsiderations", body)
        assert (late.status_code, late.json()["code"]) == (409, "asked-too-late")
        assert "2027-03-11" in late.json()["detail"]
        granted = {**body, "granted_because": "The family was in hospital with the child for weeks."}
        assert good(life.worker.post("/v1/reconsiderations", granted))["holds"]


def test_one_is_owed_and_more_may_be_granted(service: Service) -> None:
    life, decided = lowered(service)
    first = life.ask(decided, on="2027-01-11")
    body = {"decision_id": decided["id"], "asked_by": "parent", "received_on": "2027-01-11"}
    assert life.worker.post("/v1/reconsiderations", body).json()["code"] == "wrong-state", "one is pending"
    life.answer(first, "upheld")
    assert problems(life.worker.post("/v1/reconsiderations", body)) == ["missing"]
    second = life.ask(decided, on="2027-01-11", granted_because="There is a new letter of the school.")
    assert (second["number"], second["holds"]) == (2, True)


def test_it_is_acknowledged_answered_and_served_in_that_order_and_once(service: Service) -> None:
    life, decided = lowered(service)
    asked = life.ask(decided, on="2027-01-11", representations="The bus home comes at six.")
    assert asked["state"] == "asked"
    assert asked["answer_aimed_by"] == "2027-02-08"
    sent = {"method": "post", "sent_at": service.clock.now.isoformat()}
    assert problems(life.act(asked, "serve", sent, by=life.worker)) == ["wrong-state"]
    assert good(life.act(asked, "acknowledge", by=life.worker))["state"] == "acknowledged"
    assert problems(life.act(asked, "acknowledge", by=life.worker)) == ["wrong-state"]
    body = {"outcome": "upheld", "reasons": REASONS}
    answered = good(life.act(asked, "answer", body, by=life.other_panel))
    assert (answered["state"], answered["answer"]["written"]["by"]) == ("answered", "demo-second-panel-chair")
    assert problems(life.act(asked, "answer", body, by=life.other_panel)) == ["wrong-state"]
    served = good(life.act(asked, "serve", sent, by=life.worker))
    assert (served["state"], served["answer"]["served_on"]) == ("served", "2027-01-13")
    assert "Ombudsman" in served["complaint"]
    assert "SENDIASS" in served["who_helps"][0]


@pytest.mark.parametrize("who", ["demo-team-manager", "demo-assessor"])
def test_whoever_made_or_assessed_it_does_not_answer(service: Service, who: str) -> None:
    life, decided = lowered(service)
    asked = life.ask(decided, on="2027-01-11")
    body = {"outcome": "upheld", "reasons": REASONS}
    refused = life.act(asked, "answer", body, by=service.acting_as(who))
    assert refused.status_code == 403
    assert problems(refused)[0] in {"own-case", "not-allowed-for-role"}


@pytest.mark.parametrize(
    ("outcome", "components", "code"),
    [
        ("upheld", [component(direct_payment=LESS)], "unknown-field"),
        ("varied", [], "missing"),
        ("varied", [component(direct_payment=LESS - 1)], "lower-than-decided"),
        ("varied", [component(direct_payment=LESS, notional=1)], "other-delivery"),
        ("varied", [component("health", notional=1)], "unknown-component"),
        ("varied", [{**component(direct_payment=LESS), "annual_pence": 1}], "sums-differ"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(
    sqlite_service: Service, outcome: str, components: list[dict[str, Any]], code: str
) -> None:
    life, decided = lowered(sqlite_service)
    asked = life.ask(decided, on="2027-01-11")
    body = {"outcome": outcome, "components": components, "reasons": REASONS}
    assert problems(life.act(asked, "answer", body, by=life.other_panel)) == [code]
    assert life.payable("2028-01-01") == FIRST


def test_it_cannot_be_asked_before_the_decision_or_tomorrow(sqlite_service: Service) -> None:
    life, decided = lowered(sqlite_service)
    for day, code in (("2027-01-10", "too-early"), ("2027-01-12", "day-in-future")):
        body = {"decision_id": decided["id"], "asked_by": "parent", "received_on": day}
        assert problems(life.worker.post("/v1/reconsiderations", body)) == [code]


def test_two_answers_at_the_same_moment_have_one_winner(service: Service) -> None:
    life, decided = lowered(service)
    asked = life.ask(decided, on="2027-01-11")
    etag = life.other_panel.get(f"/v1/reconsiderations/{asked['id']}").headers["ETag"]
    path, body = f"/v1/reconsiderations/{asked['id']}/answer", {"outcome": "upheld", "reasons": REASONS}
    first = life.other_panel.post(path, body, headers={"If-Match": etag})
    second = life.panel.post(path, {**body, "outcome": "overturned"}, headers={"If-Match": etag})
    assert (first.status_code, second.status_code) == (200, 412)


def _running(folder: Path, **changes: Any) -> Any:
    """The service under a policy with other rules for reconsiderations."""
    url = f"sqlite:///{folder / 'ras.db'}"
    template_of(url, with_policy=False)
    rules = policy_document()["budget"]
    budget = {**rules, "reconsideration": {**rules["reconsideration"], **changes}}
    with new_service(url, folder) as service:
        publish(service, budget=budget)
    return new_service(url, folder)


def test_a_second_variation_is_not_lower_than_the_first(sqlite_service: Service) -> None:
    life, decided = lowered(sqlite_service)
    life.answer(life.ask(decided, on="2027-01-11"), "varied", component(direct_payment=5_800_00))
    again = life.ask(decided, on="2027-01-11", granted_because="There is a new letter of the school.")
    body = {"outcome": "varied", "components": [component(direct_payment=5_600_00)], "reasons": REASONS}
    assert problems(life.act(again, "answer", body, by=life.other_panel)) == ["lower-than-decided"]
    life.answer(again, "varied", component(direct_payment=5_900_00))
    assert life.payable(LOWER) == 5_900_00
