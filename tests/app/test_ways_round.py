"""Every way round the notice ends in a notice or a refusal (`docs/no-unlawful-cut.md`).

Each way is tried twice: as the service is, where it must lead nowhere; and with the guard that stands in
it taken away, where the same check must fail.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.budget import derive
from app.budget.contents import Served
from ras.budget import Award, Timeline
from ras.component import rate_of
from ras.policy.document import policy_of
from tests.app.lives import (
    ONCE,
    Life,
    at,
    awarded,
    component,
    new_life,
    problems,
    publish,
    publish_for_a_year,
)
from tests.app.service import good, new_service, policy_document
from tests.conftest import sqlite_copy

Play = Callable[[Life], None]
Guards = dict[str, Any]

NEVER = "2028-06-01"
"""A day long after: what is not lower by then is not lowered at all."""
FIRST = 6_000_00
LESS = 5_200_00


@dataclass(frozen=True)
class Way:
    """A way round: what is tried and must hold, and the guards without which it does not."""

    play: Play
    guards: Guards
    ends_with_the_year: bool = False

    def __str__(self) -> str:
        return self.play.__name__.removeprefix("_")


def stays(life: Life, annual_pence: int = FIRST, *, on: str = NEVER) -> None:
    assert life.payable(on) == annual_pence, "an amount fell"


def _a_back_dated_award(life: Life) -> None:
    at(life.service, "2027-02-01")
    decided = life.award(component(direct_payment=LESS), starts_on="2026-12-01")
    stays(life, on="2026-12-02")
    stays(life)
    assert good(life.worker.post("/v1/notices", {"decision_id": decided["id"]}))["state"] == "draft"


def _a_correction(life: Life) -> None:
    at(life.service, "2026-12-02")
    life.award(component(direct_payment=LESS), starts_on="2026-12-01", occasion="correction")
    stays(life)


def _an_end_and_a_restart(life: Life) -> None:
    at(life.service, "2027-01-10")
    end = {
        "kind": "end",
        "ground": "family-asks",
        "asked_by": "parent",
        "happened_on": "2027-01-10",
        "ends_before": "2027-01-11",
        "components": ["social-care"],
    }
    life.decide(end)
    at(life.service, "2027-02-01")
    life.award(component(direct_payment=LESS), starts_on="2027-02-01")
    stays(life, 0, on="2027-01-20")
    stays(life, on="2027-02-01")
    stays(life)


def _an_end_dated_back_and_a_restart(life: Life) -> None:
    """By the day it is decided the end is so long past that a notice would have run."""
    at(life.service, "2027-06-01")
    end = {
        "kind": "end",
        "ground": "moved-away",
        "happened_on": "2027-01-10",
        "ends_before": "2027-01-11",
        "components": ["social-care"],
    }
    life.decide(end)
    life.award(component(direct_payment=LESS), starts_on="2027-06-01", occasion="first-award")
    stays(life, on="2027-06-01")
    stays(life)


def _an_end_before_it_began(life: Life) -> None:
    at(life.service, "2027-01-10")
    for happened_on in ("1990-01-01", "2026-10-01"):
        end = {
            "kind": "end",
            "ground": "moved-away",
            "happened_on": happened_on,
            "ends_before": f"{happened_on[:-1]}2",
            "components": ["social-care"],
        }
        assert "too-early" in problems(life.try_to_decide(end))
    stays(life)


def _an_end_by_a_birthday_that_one_person_changed(life: Life) -> None:
    """Who wrote down the adult decision does not end the budget by it."""
    at(life.service, "2027-01-10")
    path = f"/v1/people/{life.id}"
    seen = life.manager.get(path)
    aged = {"born_on": "2000-01-01", "team": "north"}
    assert life.manager.put(path, aged, headers={"If-Match": seen.headers["ETag"]}).status_code == 200
    finding = {
        "person_id": life.id,
        "kind": "adult-decision",
        "outcome": "recorded",
        "found_on": "2027-01-09",
    }
    good(life.manager.post("/v1/findings", finding))
    end = {
        "kind": "end",
        "ground": "adult-decision",
        "happened_on": "2027-01-09",
        "ends_before": "2027-01-10",
        "components": ["social-care"],
    }
    assert "decided-by-assessor" in problems(life.try_to_decide(end))
    stays(life)


def _an_end_in_the_familys_name(life: Life) -> None:
    """A worker cannot say that somebody asked who may not, or that they asked for a day gone by."""
    at(life.service, "2027-01-10")
    end = {
        "kind": "end",
        "ground": "family-asks",
        "happened_on": "2027-01-10",
        "ends_before": "2026-12-15",
        "components": ["social-care"],
    }
    refused = problems(life.try_to_decide(end))
    assert set(refused) == {"too-early", "missing"}
    refused = problems(life.try_to_decide({**end, "asked_by": "young-person"}))
    assert "not-in-control" in refused


def _an_end_by_a_birthday(life: Life) -> None:
    at(life.service, "2027-01-10")
    end = {
        "kind": "end",
        "ground": "adult-decision",
        "happened_on": "2027-01-10",
        "ends_before": "2027-01-11",
        "components": ["social-care"],
    }
    assert "no-adult-decision" in problems(life.try_to_decide(end))
    stays(life)


def _a_change_of_payment_frequency(life: Life) -> None:
    """£460 every four weeks is £5,980 a year: paid monthly it is so too, and less needs a notice."""
    at(life.service, "2027-01-10")
    monthly = component(direct_payment=460_00 * 12)
    monthly["parts"][0]["paid_every"] = "month"
    life.award(monthly, starts_on="2027-02-01")
    stays(life)
    same = component(direct_payment=FIRST)
    same["parts"][0]["paid_every"] = "week"
    life.award(same, starts_on="2027-03-01")
    stays(life)


def _a_policy_with_fewer_weeks_in_a_year(life: Life) -> None:
    _next_years_policy(life, money={**policy_document()["money"], "weeks_per_year": "48"})
    at(life.service, "2027-04-02")
    stays(life)
    life.assess(on="2027-04-02")
    life.award(component(direct_payment=LESS), starts_on="2027-04-02", occasion="new-policy")
    stays(life)


def _a_new_policy(life: Life) -> None:
    knots = [{**knot, "amount_pence": knot["amount_pence"] // 2} for knot in _knots()]
    _next_years_policy(life, allocation={**policy_document()["allocation"], "knots": knots})
    at(life.service, "2027-04-02")
    before = life.assessment["indicative_annual_pence"]
    assert life.assess(on="2027-04-02")["indicative_annual_pence"] < before
    stays(life)
    life.award(component(direct_payment=LESS), starts_on="2027-04-02", occasion="new-policy")
    stays(life)


def _a_new_policy_with_shorter_notice(life: Life) -> None:
    """A notice keeps the length it was served with."""
    at(life.service, "2027-03-24")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-03-24")
    notice = life.notice(decided)
    assert notice["running"][0]["lower_from"] == "2027-06-25"
    _next_years_policy(life, budget=_one_months_notice())
    at(life.service, "2027-05-03")
    stays(life, on="2027-06-24")
    stays(life, LESS, on="2027-06-25")


def _a_changed_rate_card(life: Life) -> None:
    card = policy_document()["rate_card"]
    items = [
        {
            **item,
            "prices": [
                {**price, "price_pence": price["price_pence"] // 2} if "price_pence" in price else price
                for price in item["prices"]
            ],
        }
        for item in card["items"]
    ]
    _next_years_policy(life, rate_card={**card, "items": items})
    at(life.service, "2027-04-02")
    assert life.assess(on="2027-04-02")["plan_cost_annual_pence"] < LESS // 2 + 1_000_00
    life.award(component(direct_payment=3_000_00), starts_on="2027-04-02", occasion="new-prices")
    stays(life)


def _a_re_assessment_with_fewer_outcomes(life: Life) -> None:
    at(life.service, "2027-01-10")
    lines = life.plan["content"]["lines"]
    life.revise_plan(lines=lines[:1])
    life.assess(on="2027-01-10")
    cheap = component(direct_payment=life.assessment["plan_cost_annual_pence"])
    life.award(cheap, starts_on="2027-01-10", occasion="re-assessment")
    stays(life)


def _moving_money_between_components(life: Life) -> None:
    at(life.service, "2027-01-10")
    life.share("sen-top-up")
    _partner_agrees(life, "demo-sen-partner", 800_00)
    moved = [component(direct_payment=LESS), component("sen-top-up", notional=800_00)]
    life.award(*moved, starts_on="2027-01-10")
    stays(life, FIRST + 800_00)


def _moving_money_between_deliveries(life: Life) -> None:
    at(life.service, "2027-01-10")
    life.award(component(direct_payment=1_000_00, notional=5_000_00), starts_on="2027-01-10")
    assert _parts(life, NEVER) == {"direct-payment": FIRST}


def _a_delivery_that_the_family_asked_for_with_less(life: Life) -> None:
    at(life.service, "2027-01-10")
    asked = {**component(notional=LESS), "delivery_asked_for_on": "2027-01-09"}
    life.award(asked, starts_on="2027-01-10")
    assert _parts(life, NEVER) == {"direct-payment": FIRST}


def _a_partner_that_agrees_less(life: Life) -> None:
    at(life.service, "2027-01-10")
    life.share("sen-top-up")
    for agreed in (900_00, 100_00):
        _partner_agrees(life, "demo-sen-partner", agreed)
        life.award(
            component(direct_payment=FIRST), component("sen-top-up", notional=agreed), starts_on="2027-01-10"
        )
    stays(life, FIRST + 900_00)


def _two_small_cuts_in_a_row(life: Life) -> None:
    """The notice of the first does not serve for the second."""
    at(life.service, "2027-01-11")
    life.notice(life.award(component(direct_payment=5_600_00), starts_on="2027-01-11"))
    at(life.service, "2027-02-01")
    life.award(component(direct_payment=LESS), starts_on="2027-02-01")
    stays(life, on="2027-04-11")
    stays(life, 5_600_00, on="2027-04-12")
    stays(life, 5_600_00)


def _a_rise_and_then_a_cut_on_an_old_notice(life: Life) -> None:
    at(life.service, "2027-01-11")
    life.notice(life.award(component(direct_payment=LESS), starts_on="2027-01-11"))
    at(life.service, "2027-02-01")
    life.award(component(direct_payment=6_500_00), starts_on="2027-02-01")
    life.award(component(direct_payment=5_300_00), starts_on="2027-03-01")
    stays(life, 6_500_00)


def _taking_back_a_rise_that_was_agreed_for_later(life: Life) -> None:
    at(life.service, "2027-01-11")
    life.award(component(direct_payment=7_000_00), starts_on="2027-06-01")
    life.award(component(direct_payment=FIRST), starts_on="2027-02-01")
    stays(life, 7_000_00)


def _an_agreed_end_brought_forward(life: Life) -> None:
    at(life.service, "2027-01-11")
    _club(life, starts_on="2027-02-01", ends_before="2027-09-01")
    _club(life, starts_on="2027-02-01", ends_before="2027-04-01")
    life.award(component(direct_payment=FIRST), starts_on="2027-04-01")
    stays(life, 6_500_00, on="2027-08-31")
    stays(life, on="2027-09-01")


def _a_renewal_that_ends_without_notice(life: Life) -> None:
    at(life.service, "2027-01-11")
    _club(life, starts_on="2027-02-01", ends_before="2027-04-01")
    _club(life, starts_on="2027-04-01", ends_before="2027-06-01")
    stays(life, 6_500_00)


def _an_interim_award_that_ends_the_one_before(life: Life) -> None:
    at(life.service, "2027-01-11")
    interim = {
        "kind": "interim-award",
        "starts_on": "2027-01-11",
        "review_on": "2027-02-01",
        "components": [{**component(notional=100_00), "agreed_end": _end("2027-03-01")}],
    }
    assert problems(life.try_to_decide(interim)) == ["interim-lowers"]
    stays(life)


def _a_stop_used_as_a_cut(life: Life) -> None:
    at(life.service, "2027-01-11")
    stop = {
        "kind": "stop",
        "ground": "safeguarding",
        "component": "social-care",
        "starts_on": "2027-01-11",
        "becomes": "notional",
    }
    refused = life.try_to_decide({**stop, "annual_pence": 0})
    assert problems(refused) == ["unknown-field"]
    life.decide(stop)
    assert _parts(life, NEVER) == {"notional": FIRST}


def _a_stop_before_today(life: Life) -> None:
    at(life.service, "2027-01-11")
    stop = {
        "kind": "stop",
        "ground": "safeguarding",
        "component": "social-care",
        "starts_on": "2026-12-15",
        "becomes": "notional",
    }
    assert problems(life.try_to_decide(stop)) == ["too-early"]
    assert _parts(life, "2026-12-20") == {"direct-payment": FIRST}


def _a_stop_for_misuse_without_its_notice(life: Life) -> None:
    at(life.service, "2027-01-11")
    stop = {
        "kind": "stop",
        "ground": "misuse",
        "component": "social-care",
        "starts_on": "2027-01-11",
        "becomes": "third-party",
    }
    decided = life.decide(stop)
    assert _parts(life, NEVER) == {"direct-payment": FIRST}
    notice = life.notice(decided)
    assert notice["running"][0]["lower_from"] == "2027-04-12"
    assert _parts(life, "2027-04-11") == {"direct-payment": FIRST}
    assert _parts(life, "2027-04-12") == {"third-party": FIRST}


def _decisions_at_the_same_moment(life: Life) -> None:
    """Each was made on what the other changed: one wins, and the other has to look again."""
    at(life.service, "2027-01-11")
    etag = life.manager.get(f"/v1/budgets/{life.id}").headers["ETag"]
    bodies = [
        life.terms(component(direct_payment=pence), starts_on="2027-01-11") for pence in (6_100_00, LESS)
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda terms: life.try_to_decide(terms, match=etag), bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 412]


def _a_one_off_left_out_of_the_next_award(life: Life) -> None:
    at(life.service, "2026-11-24")
    life.award(component(direct_payment=FIRST), starts_on="2026-12-01")
    components = good(life.worker.get(f"/v1/budgets/{life.id}"))["components"]
    assert sum(each["pence"] for each in components[0]["one_offs"]) == ONCE


def _a_letter_dated_back(life: Life) -> None:
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11")
    drafted = life.draft(decided)
    good(life.act(drafted, "issue", by=life.manager))
    moments = {
        "2026-10-01T10:00:00Z": "too-early",
        "2027-01-11T09:59:59Z": "too-early",
        "2027-01-12T10:00:00Z": "day-in-future",
    }
    for sent_at, code in moments.items():
        sent = {"method": "electronic", "sent_at": sent_at}
        assert problems(life.act(drafted, "serve", sent, by=life.worker)) == [code]
    stays(life)


def _an_end_that_a_nominee_asks_for(life: Life) -> None:
    at(life.service, "2027-01-10")
    end = {
        "kind": "end",
        "ground": "family-asks",
        "asked_by": "nominee",
        "happened_on": "2027-01-10",
        "ends_before": "2027-01-11",
        "components": ["social-care"],
    }
    assert problems(life.try_to_decide(end)) == ["not-in-control"]
    stays(life)


def _a_stop_on_a_finding_about_somebody_else(life: Life) -> None:
    at(life.service, "2027-01-11")
    stop = {
        "kind": "stop",
        "ground": "consent-withdrawn",
        "component": "social-care",
        "starts_on": "2027-01-11",
        "becomes": "notional",
    }
    life.find("consent", "withdrawn", recipient="nominee", on="2027-01-10")
    assert problems(life.try_to_decide(stop)) == ["ground-not-found"]
    life.find("exclusion", "applies", ground="child-in-care", on="2027-01-09")
    life.find("exclusion-condition", "met", ground="child-in-care", on="2027-01-10")
    assert problems(life.try_to_decide({**stop, "ground": "excluded"})) == ["ground-not-found"]
    assert _parts(life, NEVER) == {"direct-payment": FIRST}


def _an_issued_notice_served_when_its_amounts_are_old(life: Life) -> None:
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11")
    drafted = life.draft(decided)
    good(life.act(drafted, "issue", by=life.manager))
    life.award(component(direct_payment=6_400_00), starts_on="2027-01-11")
    sent = {"method": "electronic", "sent_at": life.service.clock.now.isoformat()}
    assert problems(life.act(drafted, "serve", sent, by=life.worker)) == ["wrong-state"]
    stays(life, 6_400_00)


def _an_award_that_buys_the_plan_for_one_day(life: Life) -> None:
    """A first award, of a component that nothing goes on of, has to last as long as the plan costs."""
    other = new_life(life.service, reference="EX-0002", day="2027-01-11")
    short = {**component(notional=FIRST, once=ONCE), "agreed_end": _end("2027-01-12")}
    refused = other.try_to_decide(other.terms(short, starts_on="2027-01-11"))
    assert problems(refused) == ["below-plan-cost"]


def _overturning_an_award_with_its_end(life: Life) -> None:
    at(life.service, "2027-01-11")
    more = {**component(direct_payment=6_500_00), "agreed_end": _end("2027-03-01")}
    decided = life.award(more, starts_on="2027-01-11")
    life.answer(life.ask(decided, on="2027-01-11"), "overturned")
    stays(life, 6_500_00)


def _with_health(life: Life, annual_pence: int) -> dict[str, Any]:
    life.share("health")
    _partner_agrees(life, "demo-partner", annual_pence)
    parts = [component(direct_payment=FIRST), component("health", notional=annual_pence)]
    decided: dict[str, Any] = life.award(*parts, starts_on="2027-01-11")
    return decided


def _a_variation_of_what_a_partner_funds(life: Life) -> None:
    at(life.service, "2027-01-11")
    asked = life.ask(_with_health(life, 900_00), on="2027-01-11")
    varied = {
        "outcome": "varied",
        "components": [component("health", notional=950_00)],
        "reasons": "It is more.",
    }
    refused = life.act(asked, "answer", varied, by=life.other_panel)
    assert problems(refused) == ["partner-agreed-otherwise"]


def _a_variation_of_who_is_paid(life: Life) -> None:
    at(life.service, "2027-01-11")
    asked = life.ask(life.award(component(direct_payment=6_400_00), starts_on="2027-01-11"), on="2027-01-11")
    other = component(direct_payment=6_500_00)
    other["parts"][0]["recipient"] = "nominee"
    varied = {"outcome": "varied", "components": [other], "reasons": "Somebody else is paid."}
    assert problems(life.act(asked, "answer", varied, by=life.other_panel)) == ["other-delivery"]


def _a_letter_sent_again_to_shorten_the_clock(life: Life) -> None:
    at(life.service, "2027-01-11")
    notice = life.notice(life.award(component(direct_payment=LESS), starts_on="2027-01-11"), method="post")
    again = {"method": "electronic", "sent_at": life.service.clock.now.isoformat()}
    assert problems(life.act(notice, "serve", again, by=life.worker)) == ["too-early"]
    stays(life, on="2027-04-13")
    stays(life, LESS, on="2027-04-14")


def _a_notice_that_nobody_else_issued(life: Life) -> None:
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11", by=life.panel)
    drafted = good(life.manager.post("/v1/notices", {"decision_id": decided["id"]}))
    assert problems(life.act(drafted, "issue", by=life.manager)) == ["own-case"]
    stays(life)


def _a_notice_of_other_amounts(life: Life) -> None:
    """What is issued tells what is so on that day."""
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11")
    drafted = life.draft(decided)
    life.award(component(direct_payment=6_400_00), starts_on="2027-01-11")
    assert problems(life.act(drafted, "issue", by=life.manager)) == ["wrong-state"]
    stays(life, 6_400_00)


def _a_withdrawn_notice(life: Life) -> None:
    at(life.service, "2027-01-11")
    notice = life.notice(life.award(component(direct_payment=LESS), starts_on="2027-01-11"))
    why = {"reasons": "The family was told the wrong amount by telephone."}
    good(life.act(notice, "withdraw", why, by=life.manager))
    stays(life)


def _a_reduction_while_the_family_waits_for_an_answer(life: Life) -> None:
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11")
    life.notice(decided)
    at(life.service, "2027-04-11")
    asked = life.ask(decided, on="2027-04-11")
    stays(life)
    at(life.service, "2027-05-20")
    life.answer(asked, "upheld")
    stays(life, on="2027-05-20")
    stays(life, LESS, on="2027-05-21")


def _an_answer_that_lowers(life: Life) -> None:
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=6_500_00), starts_on="2027-01-11")
    asked = life.ask(decided, on="2027-01-11")
    body = {
        "outcome": "varied",
        "components": [component(direct_payment=5_300_00)],
        "reasons": "The panel looked at it again.",
    }
    assert problems(life.act(asked, "answer", body, by=life.other_panel)) == ["lower-than-decided"]
    stays(life, 6_500_00)


def _overturning_a_rise(life: Life) -> None:
    """Who asks for more does not lose what was agreed."""
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=6_500_00), starts_on="2027-01-11")
    life.answer(life.ask(decided, on="2027-01-11"), "overturned")
    stays(life, 6_500_00)


def _an_answer_by_the_same_hand(life: Life) -> None:
    at(life.service, "2027-01-11")
    decided = life.award(component(direct_payment=LESS), starts_on="2027-01-11", by=life.panel)
    life.notice(decided)
    asked = life.ask(decided, on="2027-01-11")
    body = {"outcome": "upheld", "reasons": "It was right the first time."}
    assert problems(life.act(asked, "answer", body, by=life.panel)) == ["own-case"]
    stays(life)


def _knots() -> list[dict[str, Any]]:
    return list(policy_document()["allocation"]["knots"])


def _next_years_policy(life: Life, **changes: Any) -> None:
    """Publish a policy for the next year; this year's ends before it."""
    publish(life.service, version="2027.1", valid_from="2027-04-01", **changes)


def _partner_agrees(life: Life, partner: str, annual_pence: int) -> None:
    agreed = {
        "person_id": life.id,
        "annual_pence": annual_pence,
        "reasons": "What the partner funds of the plan.",
    }
    good(life.service.acting_as(partner).post("/v1/component-agreements", agreed))


def _end(day: str) -> dict[str, str]:
    return {"ends_before": day, "because": "the club ends"}


def _club(life: Life, *, starts_on: str, ends_before: str) -> None:
    """Half a thousand more for a while, on top of what goes on."""
    more = {**component(direct_payment=6_500_00), "agreed_end": _end(ends_before)}
    life.award(more, starts_on=starts_on)


def _parts(life: Life, on: str) -> dict[str, int]:
    seen = good(life.worker.get(f"/v1/budgets/{life.id}/payable", params={"on": on}))
    return {part["delivery"]: part["annual_pence"] for part in seen["components"][0]["parts"]}


def _one_months_notice() -> dict[str, Any]:
    rules = policy_document()["budget"]
    streams = [
        {**stream, "months": 1, "shorter_because": "Exampleshire cabinet (fictional), 1 March 2027"}
        for stream in rules["notice"]["streams"]
    ]
    return {**rules, "notice": {**rules["notice"], "streams": streams}}


def _nothing(*_: Any, **__: Any) -> None:
    """A guard that lets everything through."""


def _drops_what_was_paid(rate: Any, _becomes: Any) -> Any:
    return rate_of((delivery, pence) for delivery, pence in rate if delivery != "direct-payment")


def _overturned_is_forgotten(*given: Any) -> Any:
    component_, row, decided, records, days = given
    awards = list(_AWARD(component_, row, decided, records, days))
    return [] if derive.is_overturned(records, row) else awards


def _counts_withdrawn(notice: Any) -> Any:
    kept = [event.content for event in notice.events if event.kind == derive.NoticeAct.SERVED]
    return Served.model_validate_json(kept[-1]) if kept else None


def _at_once(last_day: Any, starts_on: Any, _asked: Any, _while_pending: Any) -> Any:
    return max(starts_on, last_day + timedelta(days=1))


def _keeps_no_one_offs(component_: Any, spans: Any, _bought: Any) -> Timeline:
    return Timeline(component_, spans, ())


def _renewed_ends_count(award: Award, _before: Any) -> bool:
    del award
    return False


_AWARD = derive._award  # noqa: SLF001  to be put back with its guard taken out
NO_FALL = {"ras.budget.is_fall": lambda *_, **__: False}
WITHOUT_RESTART = {"ras.budget._is_taken_up": lambda *_: False}

WAYS = [
    Way(_a_back_dated_award, NO_FALL),
    Way(_a_correction, NO_FALL),
    Way(_an_end_and_a_restart, WITHOUT_RESTART),
    Way(
        _an_end_dated_back_and_a_restart,
        {"app.budget.derive._counts_from": lambda end, _row: end.ends_before},
    ),
    Way(_an_end_before_it_began, {"ras.ending._ground": lambda _: ()}),
    Way(
        _an_end_by_a_birthday_that_one_person_changed,
        {"app.decision.examine._involved": lambda *_: frozenset()},
    ),
    Way(_an_end_in_the_familys_name, {"ras.ending._ground": lambda _: ()}),
    Way(_an_end_by_a_birthday, {"ras.ending._adult": lambda _: ()}),
    Way(_a_change_of_payment_frequency, NO_FALL),
    Way(_a_policy_with_fewer_weeks_in_a_year, NO_FALL, ends_with_the_year=True),
    Way(_a_new_policy, NO_FALL, ends_with_the_year=True),
    Way(
        _a_new_policy_with_shorter_notice,
        {
            "app.budget.derive.rules_of": lambda _: (
                policy_of(policy_document(budget=_one_months_notice())).budget
            )
        },
        ends_with_the_year=True,
    ),
    Way(_a_changed_rate_card, NO_FALL, ends_with_the_year=True),
    Way(_a_re_assessment_with_fewer_outcomes, NO_FALL),
    Way(_moving_money_between_components, NO_FALL),
    Way(_moving_money_between_deliveries, NO_FALL),
    Way(_a_delivery_that_the_family_asked_for_with_less, NO_FALL),
    Way(_a_partner_that_agrees_less, NO_FALL),
    Way(_two_small_cuts_in_a_row, NO_FALL),
    Way(_a_rise_and_then_a_cut_on_an_old_notice, NO_FALL),
    Way(_taking_back_a_rise_that_was_agreed_for_later, NO_FALL),
    Way(_an_agreed_end_brought_forward, NO_FALL),
    Way(_a_renewal_that_ends_without_notice, {"ras.budget.renews": _renewed_ends_count}),
    Way(_an_interim_award_that_ends_the_one_before, {"ras.decision._interim": lambda *_: ()}),
    Way(_an_end_that_a_nominee_asks_for, {"ras.ending._asked": lambda _: ()}),
    Way(_a_stop_on_a_finding_about_somebody_else, {"ras.ending._stop_ground": lambda *_: ()}),
    Way(_an_issued_notice_served_when_its_amounts_are_old, {"app.notice.service._refuse_changed": _nothing}),
    Way(_an_award_that_buys_the_plan_for_one_day, {"app.decision.examine._left": lambda *_: ()}),
    Way(_overturning_an_award_with_its_end, {"app.budget.derive.is_overturned": lambda *_: False}),
    Way(_a_variation_of_what_a_partner_funds, {"app.reconsideration.examine._not_agreed": _nothing}),
    Way(_a_variation_of_who_is_paid, {"app.reconsideration.examine._way": lambda part: part.delivery}),
    Way(_a_stop_used_as_a_cut, {"ras.budget.stopped": _drops_what_was_paid}),
    Way(_a_stop_before_today, {"ras.ending._stop_ground": lambda *_: ()}),
    Way(_a_stop_for_misuse_without_its_notice, {"app.decision.examine.refuse_stop": lambda *_: False}),
    Way(_decisions_at_the_same_moment, {"app.decision.service.refuse_stale": _nothing}),
    Way(_a_letter_dated_back, {"app.notice.service.refuse_wrong_moment": _nothing}),
    Way(_a_letter_sent_again_to_shorten_the_clock, {"app.notice.service._refuse_earlier": _nothing}),
    Way(_a_notice_that_nobody_else_issued, {"app.notice.service._refuse_own": _nothing}),
    Way(_a_notice_of_other_amounts, {"app.notice.service._refuse_changed": _nothing}),
    Way(_a_withdrawn_notice, {"app.budget.derive.service_of": _counts_withdrawn}),
    Way(_a_reduction_while_the_family_waits_for_an_answer, {"app.budget.derive.lower_from": _at_once}),
    Way(_an_answer_that_lowers, {"app.reconsideration.examine._wrong_variation": _nothing}),
    Way(_overturning_a_rise, {"app.budget.derive._award": _overturned_is_forgotten}),
    Way(_an_answer_by_the_same_hand, {"app.reconsideration.examine._involved": lambda *_: set()}),
    Way(_a_one_off_left_out_of_the_next_award, {"ras.budget.Timeline": _keeps_no_one_offs}),
]

every_way = pytest.mark.parametrize("way", WAYS, ids=str)


@every_way
def test_this_way_round_leads_nowhere(way: Way, database_url: str, tmp_path: Path) -> None:
    with _life(way, database_url, tmp_path) as life:
        way.play(life)


@every_way
def test_without_its_guard_the_same_check_fails(
    way: Way, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _life(way, sqlite_copy(sqlite_template, tmp_path), tmp_path) as life:
        for target, instead in way.guards.items():
            monkeypatch.setattr(target, instead)
        with pytest.raises(AssertionError):
            way.play(life)


@contextmanager
def _life(way: Way, url: str, folder: Path) -> Iterator[Life]:
    """A child with an award; where another policy is to follow, under one that ends with the year."""
    with new_service(url, folder) as service:
        if way.ends_with_the_year:
            publish_for_a_year(service)
        yield awarded(service, annual_pence=FIRST)
