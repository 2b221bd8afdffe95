"""No day on which less is payable than the rules allow, whatever happens and in whatever order.

Random histories are played through the API and compared, after every step, with what the rules say day by
day (`tests.app.entitlement`). The histories are the same on every run. To play other and more of them:

    HISTORIES=10 HISTORIES_SEED=12345 .venv/bin/pytest tests/app/test_no_unlawful_cut.py

Where a history fails, the smallest one found that still fails is printed, with what was decided in it and
with the two variables that play it again. Looking for the smallest takes up to five minutes.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.budget.contents import Served
from app.budget.derive import NoticeAct
from app.clock import LONDON
from tests.app import entitlement as rules
from tests.app.entitlement import (
    CPR,
    DAYS,
    ONE_DAY,
    SECOND_WORKING_DAY,
    Amounts,
    Award,
    Awarded,
    Decision,
    End,
    Letter,
    SecondLook,
    Sending,
    Stop,
    Timeline,
    months_after,
    total,
)
from tests.app.lives import ONCE, REASONS, Life, at, component, new_life, problems, publish
from tests.app.service import Person, Service, good, new_service, policy_document, template_of
from tests.conftest import sqlite_copy
from tests.postgres import drop_database, new_database

COMPONENTS = ("social-care", "health", "sen-top-up")
PARTNERS = {"health": "demo-partner", "sen-top-up": "demo-sen-partner"}
BEGINNING = date(2026, 11, 23)
LAST_START, LAST_TODAY = date(2028, 8, 31), date(2028, 6, 30)
BOUGHT_ON = date(2026, 12, 1)
PLAN_COST = 5_171_45
YEARS = {2027: ("2027-04-01", "2028-04-01"), 2028: ("2028-04-01", None)}
CHILDREN = 3

TIMES = int(os.environ.get("HISTORIES", "1"))
SEED = int(os.environ.get("HISTORIES_SEED", "20260401"))


@dataclass(frozen=True)
class Rules:
    """The values of a policy that the machine changes."""

    months: dict[str, int]
    postal_rule: str = SECOND_WORKING_DAY
    while_pending: str = "hold"

    def document(self) -> dict[str, Any]:
        """What a policy's document says with them, at its top level."""
        budget = policy_document()["budget"]
        notice = budget["notice"]
        streams = [self._stream(each) for each in notice["streams"]]
        return {
            "budget": {
                **budget,
                "notice": {**notice, "postal_rule": self.postal_rule, "streams": streams},
                "reconsideration": {**budget["reconsideration"], "while_pending": self.while_pending},
            }
        }

    def _stream(self, stream: dict[str, Any]) -> dict[str, Any]:
        months = self.months[stream["component"]]
        short = months < 3 and stream["component"] != "health"
        return {**stream, "months": months, **({"shorter_because": "cabinet, 1 March"} if short else {})}


PLAIN = Rules({"social-care": 3, "health": 1, "sen-top-up": 3})
POLICIES = (
    PLAIN,
    Rules({"social-care": 4, "health": 2, "sen-top-up": 2}),
    Rules({"social-care": 1, "health": 1, "sen-top-up": 3}, postal_rule=CPR),
    Rules({"social-care": 3, "health": 3, "sen-top-up": 3}, while_pending="run"),
)


@dataclass
class Start:
    """Where every history starts: children with assessed plans, and nothing decided."""

    folder: Path
    copy: Callable[[Path], AbstractContextManager[str]]
    children: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]


def begin(url: str, folder: Path) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Fill an empty database: staff, a policy for a year, and children."""
    template_of(url, with_policy=False)
    children = []
    with new_service(url, folder) as service:
        at(service, "2026-03-02")
        publish(service, version="2026.1", valid_before="2027-04-01", **PLAIN.document())
        for number in range(CHILDREN):
            life = new_life(service, reference=f"EX-{number:04}", day=str(BEGINNING))
            life.may_be_paid()
            for partner in PARTNERS:
                life.share(partner)
            children.append((life.person, life.plan, life.assessment))
    return children


@dataclass
class Child:
    """A child: what was done through the API, and the same for the model."""

    life: Life
    etag: str = ""
    decisions: list[Decision] = field(default_factory=list)
    etags: dict[str, str] = field(default_factory=dict)
    not_payable: set[str] = field(default_factory=set)
    entitled: dict[str, rules.Entitlement] = field(default_factory=dict)

    def forget(self) -> None:
        """Work everything out anew, after something has changed."""
        self.entitled.clear()

    def entitlement(self, name: str) -> rules.Entitlement:
        """What the rules say of a component."""
        if name not in self.entitled:
            self.entitled[name] = rules.entitlement(self.decisions, name)
        return self.entitled[name]

    def payable(self, name: str) -> Timeline:
        """What the rules say is payable of a component."""
        return self.entitlement(name).payable

    def waiting(self) -> list[tuple[Decision, dict[str, tuple[date, date]]]]:
        """The decisions without a notice that would lower something with one: of what, and when."""
        found = []
        for each in self.decisions:
            lowered = {
                name: self.entitlement(name).lowered[each.id]
                for name in COMPONENTS
                if each.is_about(name) and each.id in self.entitlement(name).lowered
            }
            if lowered and each.letter is None:
                found.append((each, lowered))
        return found


def some(found: list[Any], pick: int) -> Any:
    """One of what there is; late ones are as likely as early ones."""
    return found[pick % len(found)]


def shared_out(pence: int, weights: tuple[int, int, int]) -> Amounts:
    """An amount, over the deliveries."""
    parts = [pence * weight // sum(weights) for weight in weights]
    parts[max(range(3), key=lambda n: weights[n])] += pence - sum(parts)
    return {name: part for name, part in zip(rules.DELIVERIES, parts, strict=True) if part}


numbers = st.sampled_from([0, 0, 0, 1, 1, 2])
picks = st.integers(0, 30)
methods = st.sampled_from(["electronic", "post", "by-hand"])
social_care = st.sampled_from(
    [5_172_00, 5_172_00, 5_200_00, 5_500_00, 5_600_00, 6_000_00, 6_000_00, 6_500_00, 7_400_00, 8_200_00]
)
partners_part = st.sampled_from([100_00, 300_00, 800_00, 900_00, 1_200_00])
splits = st.sampled_from(
    [(1, 0, 0), (1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 4, 0), (3, 0, 1), (2, 3, 5)]
)
starts = st.sampled_from([-120, -40, -7, -1, 0, 0, 0, 0, 1, 9, 31, 60, 90, 92, 93, 150, 300])
lengths = st.sampled_from([None, None, None, None, 1, 20, 31, 62, 92, 130, 250])
named = st.sampled_from(
    [
        *[("social-care",)] * 7,
        *[("social-care", "health")] * 3,
        ("social-care", "sen-top-up"),
        ("health",),
        ("sen-top-up",),
        COMPONENTS,
    ]
)
one_part = st.tuples(splits, lengths, st.sampled_from([False, False, False, True]))
hours = st.sampled_from([time(0, 30), time(9, 0), time(9, 0), time(16, 29), time(16, 30), time(23, 40)])


@dataclass(frozen=True)
class Step:
    """Something that may happen: how often, when, and with what."""

    happens: Callable[..., None]
    weight: int
    when: Callable[[Any], Any]
    how: st.SearchStrategy[dict[str, Any]]


STEPS: dict[str, Step] = {}


def may(
    weight: int, *, when: Callable[[Any], Any] = bool, **how: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let something happen: so often, when something is true of the machine, with these arguments."""

    def register(happens: Callable[..., None]) -> Callable[..., None]:
        STEPS[happens.__name__] = Step(happens, weight, when, st.fixed_dictionaries(how))
        return happens

    return register


class Histories(RuleBasedStateMachine):
    """What may happen to some children's budgets, each time in another order."""

    start: ClassVar[Start]
    seen: ClassVar[Counter[str]]
    samples: ClassVar[int] = 1

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory(dir=self.start.folder)))
        url = self.stack.enter_context(self.start.copy(folder))
        self.service: Service = self.stack.enter_context(new_service(url, self.start.folder))
        self.today, self.hour = BEGINNING, time(9, 0)
        self._set_clock()
        self.children = [Child(Life(self.service, *each)) for each in self.start.children]
        self.policies = {2026: PLAIN}
        self.touched = set(range(CHILDREN))
        self.steps = 0
        self.is_over = False

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.is_over = True
                self.touched = set(range(CHILDREN))
                self.payable_is_what_the_rules_say()
        finally:
            self.stack.close()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        """One of all that may happen now; hypothesis' own choice of rules would leave out too many."""
        possible = [name for name, step in STEPS.items() if step.when(self) for _ in range(step.weight)]
        name = data.draw(st.sampled_from(possible), label="what happens")
        STEPS[name].happens(self, **data.draw(STEPS[name].how, label="how"))

    # Time and policies

    def _set_clock(self) -> None:
        self.service.clock.now = datetime.combine(self.today, self.hour, LONDON).astimezone(UTC)

    @property
    def policy(self) -> Rules:
        """The policy in force."""
        return self.policies[self.today.year if self.today.month >= 4 else self.today.year - 1]

    @may(5, days=st.sampled_from([1, 1, 2, 3, 5, 10, 20, 30, 31, 60, 91, 92]), hour=hours)
    def days_go_by(self, days: int, hour: time) -> None:
        self._go_to(self.today + timedelta(days=days), hour)

    @may(2, when=lambda it: it.last_days(), past=st.integers(0, 2), hour=hours)
    def a_notice_runs_out(self, past: int, hour: time) -> None:
        self._go_to(self.last_days()[0] + timedelta(days=past), hour)

    def last_days(self) -> list[date]:
        """The days still to come that are a notice's last."""
        ends = [letter.last_of_all for _, letter in self.letters(issued=True)]
        return sorted(end for end in ends if end is not None and end > self.today)

    def _go_to(self, day: date, hour: time) -> None:
        day = min(day, LAST_TODAY)
        for year in sorted(YEARS):
            if day >= date.fromisoformat(YEARS[year][0]):
                self._publish(year, PLAIN)
        if day > self.today:
            self.today, self.hour = day, hour
        self._set_clock()
        self.touched.add(self.steps % CHILDREN)

    @may(1, when=lambda it: len(it.policies) <= len(YEARS), policy=st.sampled_from(POLICIES))
    def the_next_policy_is_published(self, policy: Rules) -> None:
        self._publish(next(year for year in sorted(YEARS) if year not in self.policies), policy)
        self.touched.add(self.steps % CHILDREN)

    def _publish(self, year: int, policy: Rules) -> None:
        if year in self.policies:
            return
        valid_from, valid_before = YEARS[year]
        until = {"valid_before": valid_before} if valid_before else {}
        publish(self.service, version=f"{year}.1", valid_from=valid_from, **until, **policy.document())
        self.policies[year] = policy
        self._count("a policy published")

    # Decisions

    @may(
        7,
        number=numbers,
        names=named,
        care=social_care,
        partners=st.tuples(partners_part, partners_part),
        parts=st.tuples(one_part, one_part, one_part),
        start=starts,
        same_again=st.sampled_from([False, False, False, False, True]),
        way=st.sampled_from(["alone"] * 8 + ["stale", "raced"]),
    )
    def an_award_is_made(
        self,
        *,
        number: int,
        names: tuple[str, ...],
        care: int,
        partners: tuple[int, int],
        parts: tuple[Any, Any, Any],
        start: int,
        same_again: bool,
        way: str,
    ) -> None:
        child = self.children[number]
        starts_on = self._day(start)
        pence = dict(zip(COMPONENTS, (care, *partners), strict=True))
        awarded = {}
        for name, (weights, length, asked_for) in zip(COMPONENTS, parts, strict=True):
            if name not in names:
                continue
            amounts = shared_out(pence[name], weights)
            if same_again:
                amounts = child.payable(name)[starts_on] or amounts
            ends_before = None if length is None else starts_on + timedelta(days=length)
            awarded[name] = Awarded(amounts, ends_before, asked_for)
        others = [name for name in COMPONENTS if name not in awarded]
        agreed = sum(total(each.amounts) for each in awarded.values())
        if agreed + sum(total(child.payable(name)[starts_on]) for name in others) < PLAN_COST:
            return
        wire = self._wire(child, awarded)
        due = {"code": "equipment", "delivery": "notional", "due_on": str(BOUGHT_ON), "pence": ONCE}
        wire[0]["one_offs"] = [due]
        first = next(iter(awarded))
        awarded[first] = replace(awarded[first], buys_on=BOUGHT_ON)
        terms = child.life.terms(*wire, starts_on=str(starts_on), occasion="review")
        self._agreed_by_partners(child, awarded, bought_with=names[0])
        made = self._decide(number, terms, way=way, may_break=("below-plan-cost",))
        if made is not None:
            self._add(child, Award(**self._made(made), starts_on=starts_on, components=awarded))

    @may(
        1,
        number=numbers,
        name=st.sampled_from(["social-care", "social-care", "health"]),
        pence=st.sampled_from([0, 100_00, 900_00, 6_200_00]),
        weights=splits,
        start=starts,
        length=st.integers(2, 88),
    )
    def an_interim_award_is_made(
        self, *, number: int, name: str, pence: int, weights: tuple[int, int, int], start: int, length: int
    ) -> None:
        child = self.children[number]
        starts_on = self._day(start)
        ends_before = starts_on + timedelta(days=length)
        if ends_before <= self.today + ONE_DAY:
            return
        awarded = {name: Awarded(shared_out(pence, weights), ends_before)}
        terms = {
            "kind": "interim-award",
            "starts_on": str(starts_on),
            "review_on": str(self.today + ONE_DAY),
            "components": self._wire(child, awarded),
        }
        self._agreed_by_partners(child, awarded)
        made = self._decide(number, terms, may_break=("interim-lowers",))
        last = Award(**self._made(made or {"id": "refused"}), starts_on=starts_on, components=awarded)
        lowers = last.id in rules.entitlement([*child.decisions, last], name).lowered
        assert lowers is (made is None) or rules.is_renewal(last, child.decisions, name)
        if made is not None:
            self._add(child, last)

    @may(
        1,
        number=numbers,
        names=st.sampled_from([("social-care",), ("social-care",), ("health",), COMPONENTS]),
        ground=st.sampled_from(["family-asks", "moved-away"]),
        ago=st.sampled_from([0, 0, 1, 20, 100]),
        later=st.sampled_from([1, 1, 2, 30, 100]),
    )
    def the_family_asks_for_an_end(
        self, *, number: int, names: tuple[str, ...], ground: str, ago: int, later: int
    ) -> None:
        child = self.children[number]
        if not child.decisions:
            return
        happened_on = self.today - timedelta(days=ago)
        ends_before = max(happened_on + timedelta(days=later), rules.FIRST_DAY)
        terms = {
            "kind": "end",
            "ground": ground,
            "happened_on": str(happened_on),
            "ends_before": str(ends_before),
            "components": list(names),
            **({"asked_by": "parent"} if ground == "family-asks" else {}),
        }
        payable = [day for name in names for day, amounts in child.payable(name).items() if amounts]
        payable += [day for name in names for day in rules.bought(child.decisions, name)]
        is_too_early = ends_before < min(payable, default=ends_before)
        made = self._decide(number, terms, may_break=("too-early",) if is_too_early else ())
        assert (made is None) is is_too_early, "nothing ends before it began, and anything may end after"
        if made is not None:
            end = End(**self._made(made), ends_before=ends_before, components=frozenset(names))
            self._add(child, end)

    @may(
        1,
        number=numbers,
        name=st.sampled_from(["social-care", "social-care", "social-care", "health"]),
        ground=st.sampled_from(
            ["consent-withdrawn", "excluded", "not-able-to-manage", "safeguarding", "misuse", "misuse"]
        ),
        start=st.sampled_from([0, 0, 1, 30, 100]),
        becomes=st.sampled_from(["notional", "third-party"]),
    )
    def a_direct_payment_is_stopped(
        self, *, number: int, name: str, ground: str, start: int, becomes: str
    ) -> None:
        child = self.children[number]
        starts_on = self._day(start)
        if "direct-payment" not in child.payable(name)[starts_on]:
            return
        if (name, ground) == ("health", "excluded"):
            return
        on = str(self.today)
        match ground:
            case "consent-withdrawn":
                child.life.find("consent", "withdrawn", on=on, recipient="parent")
            case "excluded":
                child.life.find("exclusion", "applies", on=on, ground="alcohol-treatment")
            case "not-able-to-manage":
                child.life.find("ability-to-manage", "not-able", on=on, recipient="parent")
        if ground not in {"safeguarding", "misuse"}:
            child.not_payable.add(ground)
        terms = {
            "kind": "stop",
            "ground": ground,
            "component": name,
            "starts_on": str(starts_on),
            "becomes": becomes,
        }
        made = self._decide(number, terms)
        stop = Stop(
            **self._made(made),
            starts_on=starts_on,
            component=name,
            becomes=becomes,
            needs_notice=ground == "misuse",
        )
        self._add(child, stop)

    def _day(self, offset: int) -> date:
        return min(max(self.today + timedelta(days=offset), rules.FIRST_DAY), LAST_START)

    def _wire(self, child: Child, awarded: dict[str, Awarded]) -> list[dict[str, Any]]:
        """Components as the API has them, once whatever a direct payment needs is found."""
        wire = []
        for name, each in awarded.items():
            if "direct-payment" in each.amounts:
                self._may_be_paid(child)
            amounts = each.amounts or {"notional": 0}
            made = component(
                name, **{delivery.replace("-", "_"): pence for delivery, pence in amounts.items()}
            )
            if each.ends_before is not None:
                made["agreed_end"] = {"ends_before": str(each.ends_before), "because": "the club ends"}
            if each.asked_for:
                made["delivery_asked_for_on"] = str(self.today)
            wire.append(made)
        return wire

    def _may_be_paid(self, child: Child) -> None:
        on = str(self.today)
        for ground in sorted(child.not_payable):
            match ground:
                case "consent-withdrawn":
                    child.life.find("consent", "given", on=on, recipient="parent")
                case "excluded":
                    child.life.find("exclusion", "lifted", on=on, ground="alcohol-treatment")
                case "not-able-to-manage":
                    child.life.find("ability-to-manage", "able", on=on, recipient="parent")
        child.not_payable.clear()

    def _agreed_by_partners(
        self, child: Child, awarded: dict[str, Awarded], *, bought_with: str | None = None
    ) -> None:
        for name, partner in PARTNERS.items():
            if name in awarded:
                agreed = {
                    "person_id": child.life.id,
                    "annual_pence": total(awarded[name].amounts),
                    "one_off_pence": ONCE if name == bought_with else 0,
                    "reasons": REASONS,
                }
                good(self.service.acting_as(partner).post("/v1/component-agreements", agreed))

    def _decide(
        self, number: int, terms: dict[str, Any], *, way: str = "alone", may_break: tuple[str, ...] = ()
    ) -> Any:
        child = self.children[number]

        def decide(match: str) -> Response:
            return child.life.try_to_decide(terms, by=child.life.panel, match=match)

        self.touched.add(number)
        if way == "stale":
            self._count("a decision on what has changed since")
            old = child.etag[:-2] + ("9" if child.etag[-2] != "9" else "8") + '"'
            assert decide(old).status_code == 412
            return None
        if way == "raced":
            with ThreadPoolExecutor(2) as pool:
                answers = sorted(pool.map(decide, [child.etag] * 2), key=lambda each: each.status_code)
        else:
            answers = [decide(child.etag)]
        if not answers[0].is_success and set(problems(answers[0])) <= set(may_break):
            self._count(f"{terms['kind']} refused: {problems(answers[0])[0]}")
            return None
        if way == "raced":
            assert [each.status_code for each in answers] == [201, 412]
        self._count(f"{terms['kind']}, {way}")
        return good(answers[0])

    def _made(self, decision: dict[str, Any]) -> dict[str, Any]:
        return {"id": decision["id"], "made_on": self.today, "notice_months": self.policy.months}

    def _add(self, child: Child, decision: Decision) -> None:
        child.decisions.append(decision)
        child.forget()

    # Notices

    def waiting(self) -> list[Any]:
        return [(n, *found) for n, child in enumerate(self.children) for found in child.waiting()]

    def letters(self, *, issued: bool) -> list[tuple[int, Letter]]:
        """The notices that were not withdrawn."""
        return [
            (n, letter)
            for n, child in enumerate(self.children)
            for decision in child.decisions
            for letter in decision.letters
            if not letter.withdrawn and issued is (letter.issued_at is not None)
        ]

    def _draft(self, pick: int) -> tuple[int, Letter] | None:
        number, decision, lowered = some(self.waiting(), pick)
        child = self.children[number]
        answer = child.life.worker.post("/v1/notices", {"decision_id": decision.id})
        self.touched.add(number)
        if not answer.is_success:
            self._count(f"a draft refused: {problems(answer)[0]}")
            if decision.is_overturned:
                assert problems(answer) == ["wrong-state"]
            else:
                assert problems(answer) == ["nothing-to-notice"]
                if any(last > months_after(self.today, 6) for _, last in lowered.values()):
                    self._count("a draft refused, though it would lower something")
            return None
        drafted = answer.json()
        named = frozenset(change["component"] for change in drafted["changes"])
        assert named <= set(lowered)
        letter = Letter(
            drafted["id"],
            named,
            self.policy.months,
            self.policy.postal_rule,
            holds=self.policy.while_pending == "hold",
        )
        decision.letters.append(letter)
        child.etags[letter.id] = answer.headers["ETag"]
        self._count("a notice drafted")
        return number, letter

    def _issue(self, number: int, letter: Letter) -> bool:
        answer = self._act(number, letter.id, "notices", "issue", None, by=self.children[number].life.manager)
        if not answer.is_success:
            assert problems(answer) == ["wrong-state"]
            self._count("an issue refused, for it tells what is no longer so")
            return False
        letter.issued_at = self.now
        return True

    def _serve(self, number: int, letter: Letter, method: str, ago: int) -> None:
        child = self.children[number]
        sending = self._sending(letter.issued_at, method, ago, letter.postal_rule)
        last = letter.last_of_all
        sent = self._sent(sending)
        answer = self._act(number, letter.id, "notices", "serve", sent, by=child.life.worker)
        if last is not None and self.today > last:
            assert problems(answer) == ["wrong-state"]
            return
        if letter.sendings and sending.served_on < letter.sendings[-1].served_on:
            assert problems(answer) == ["too-early"]
            return
        if not letter.sendings and not answer.is_success:
            assert problems(answer) == ["wrong-state"]
            self._count("a service refused, for it tells what is no longer so")
            return
        served = good(answer)
        letter.sendings.append(sending)
        child.forget()
        for running in served["running"]:
            dates = running["dates"]
            assert dates["served_on"] == str(sending.served_on)
            assert dates["last_day"] == str(letter.last_day(running["component"]))
        self._count(f"a notice served {'again ' if len(letter.sendings) > 1 else ''}by {method}")

    @property
    def now(self) -> datetime:
        """The London moment."""
        return datetime.combine(self.today, self.hour)

    def _sending(self, since: datetime | None, method: str, ago: int, postal_rule: str) -> Sending:
        """A letter sent so many days ago, or as soon as it was written."""
        sent_at = self.now - timedelta(days=ago)
        return Sending(method, max(sent_at, since or sent_at), postal_rule)

    def _sent(self, sending: Sending) -> dict[str, Any]:
        return {"method": sending.method, "sent_at": sending.sent_at.replace(tzinfo=LONDON).isoformat()}

    def _act(
        self, number: int, key: str, kind: str, act: str, body: dict[str, Any] | None, *, by: Person
    ) -> Response:
        child = self.children[number]
        etag = child.etags[key]
        answer = by.post(f"/v1/{kind}/{key}/{act}", body, headers={"If-Match": etag})
        self.touched.add(number)
        if answer.is_success:
            child.etags[key] = answer.headers["ETag"]
        return answer

    @may(5, when=lambda it: it.waiting(), pick=picks, method=methods)
    def notice_is_given(self, *, pick: int, method: str) -> None:
        drafted = self._draft(pick)
        if drafted is not None:
            assert self._issue(*drafted)
            self._serve(drafted[0], drafted[1], method, 0)

    @may(1, when=lambda it: it.waiting(), pick=picks)
    def a_notice_is_drafted(self, *, pick: int) -> None:
        self._draft(pick)

    @may(1, when=lambda it: it.letters(issued=False), pick=picks)
    def a_notice_is_issued(self, *, pick: int) -> None:
        self._issue(*some(self.letters(issued=False), pick))

    @may(
        2,
        when=lambda it: it.letters(issued=True),
        pick=picks,
        method=methods,
        ago=st.sampled_from([0, 0, 1, 3, 10]),
    )
    def a_notice_is_served(self, *, pick: int, method: str, ago: int) -> None:
        number, letter = some(self.letters(issued=True), pick)
        self._serve(number, letter, method, ago)

    @may(
        2,
        when=lambda it: it.letters(issued=True),
        pick=picks,
        issued=st.sampled_from([True, True, True, False]),
    )
    def a_notice_is_withdrawn(self, *, pick: int, issued: bool) -> None:
        number, letter = some(self.letters(issued=issued) or self.letters(issued=True), pick)
        child = self.children[number]
        body = {"reasons": "The family was told the wrong amount."}
        good(self._act(number, letter.id, "notices", "withdraw", body, by=child.life.manager))
        letter.withdrawn = True
        child.forget()
        self._count("a notice withdrawn")

    # Reconsiderations

    def decided(self) -> list[tuple[int, Decision]]:
        return [(n, each) for n, child in enumerate(self.children) for each in child.decisions]

    def _decided(self, about: str) -> list[tuple[int, Decision]]:
        fits: dict[str, Callable[[Decision], bool]] = {
            "a notice": lambda each: each.letter is not None,
            "an end": lambda each: isinstance(each, End | Stop),
        }
        return [found for found in self.decided() if fits.get(about, bool)(found[1])]

    def looks(self, *, answered: bool) -> list[tuple[int, Decision, SecondLook]]:
        """The reconsiderations of which no answer was served."""
        return [
            (n, decision, look)
            for n, decision in self.decided()
            for look in decision.looks
            if look.sending is None and answered is (look.outcome is not None)
        ]

    @may(
        4,
        when=lambda it: it.decided(),
        pick=picks,
        ago=st.sampled_from([0, 0, 1, 7, 40]),
        after_notice=st.sampled_from([None, 0, 1]),
        about=st.sampled_from([*["a notice"] * 5, "an end", "anything"]),
    )
    def the_family_asks_for_a_second_look(
        self, *, pick: int, ago: int, after_notice: int | None, about: str
    ) -> None:
        number, decision = some(self._decided(about) or self.decided(), pick)
        child = self.children[number]
        received_on = max(self.today - timedelta(days=ago), decision.made_on)
        last = decision.letter.last_of_all if decision.letter else None
        if (
            last is not None
            and after_notice is not None
            and last + timedelta(days=after_notice) <= self.today
        ):
            received_on = last + timedelta(days=after_notice)
        body = {"decision_id": decision.id, "asked_by": "parent", "received_on": str(received_on)}
        if decision.looks:
            body["granted_because"] = "The family has something new to say."
        answer = child.life.worker.post("/v1/reconsiderations", body)
        self.touched.add(number)
        if any(look.outcome is None for look in decision.looks):
            assert problems(answer) == ["wrong-state"]
            return
        asked = good(answer)
        look = SecondLook(asked["id"], received_on, self.policy.postal_rule)
        child.etags[look.id] = answer.headers["ETag"]
        decision.looks.append(look)
        child.forget()
        when = "before a notice runs" if last is None else "in time" if received_on <= last else "too late"
        self._count(f"a second look asked for {when}")

    @may(
        3,
        when=lambda it: it.looks(answered=False),
        pick=picks,
        outcome=st.sampled_from(["upheld", "upheld", "upheld", "varied", "overturned"]),
        more=st.sampled_from([0, 100_00, 500_00, 900_00]),
        into=picks,
        served_by=st.sampled_from([None, "electronic", "post"]),
    )
    def a_second_look_is_answered(
        self, *, pick: int, outcome: str, more: int, into: int, served_by: str | None
    ) -> None:
        number, decision, look = some(self.looks(answered=False), pick)
        child = self.children[number]
        becomes = {}
        if outcome == "varied":
            becomes = self._variation(decision, more, into)
            if not becomes:
                outcome = "upheld"
        wire = []
        for name, amounts in becomes.items():
            given = decision.components[name]
            self._agreed_by_partners(child, {name: Awarded(amounts)})
            made = self._wire(child, {name: Awarded(amounts, given.ends_before)})[0]
            wire.append(
                {**self._as_decided(child, decision, name), **{k: made[k] for k in ("annual_pence", "parts")}}
            )
        body = {"outcome": outcome, "components": wire, "reasons": REASONS}
        by = child.life.other_panel
        good(self._act(number, look.id, "reconsiderations", "answer", body, by=by))
        look.outcome, look.becomes, look.answered_at = outcome, becomes, self.now
        child.forget()
        self._count(f"a second look: {outcome}")
        if served_by:
            self._serve_answer(number, look, served_by, 0)

    def _variation(self, decision: Decision, more: int, into: int) -> dict[str, Amounts]:
        if not isinstance(decision, Award):
            return {}
        name = some(list(decision.components), into)
        amounts = decision.components[name].amounts if more < 200_00 else decision.amounts(name)
        if not amounts:
            return {}
        delivery = some(list(amounts), into)
        return {name: {**amounts, delivery: amounts[delivery] + more}}

    def _as_decided(self, child: Child, decision: Decision, name: str) -> dict[str, Any]:
        """A component as it was decided."""
        found = good(child.life.worker.get(f"/v1/decisions/{decision.id}"))["terms"]["components"]
        return dict(next(each for each in found if each["component"] == name))

    @may(
        3,
        when=lambda it: it.looks(answered=True),
        pick=picks,
        method=methods,
        ago=st.sampled_from([0, 0, 2, 9]),
    )
    def an_answer_is_served(self, *, pick: int, method: str, ago: int) -> None:
        number, _, look = some(self.looks(answered=True), pick)
        self._serve_answer(number, look, method, ago)

    def _serve_answer(self, number: int, look: SecondLook, method: str, ago: int) -> None:
        child = self.children[number]
        sending = self._sending(look.answered_at, method, ago, look.postal_rule)
        sent = self._sent(sending)
        served = good(self._act(number, look.id, "reconsiderations", "serve", sent, by=child.life.worker))
        assert served["answer"]["served_on"] == str(sending.served_on)
        look.sending = sending
        child.forget()
        self._count("an answer served")

    # What has to be so after every step

    @invariant()
    def payable_is_what_the_rules_say(self) -> None:
        self.steps += 1
        self._count("steps")
        for number in sorted(self.touched):
            child = self.children[number]
            answer = child.life.worker.get(f"/v1/budgets/{child.life.id}")
            spans = good(answer)
            child.etag = answer.headers["ETag"]
            told = {each["component"]: _by_day(each["spans"]) for each in spans["components"]}
            once = {each["component"]: _once(each["one_offs"]) for each in spans["components"]}
            for name in COMPONENTS:
                self._same_on_every_day(child, name, told.get(name) or {day: {} for day in DAYS})
                assert once.get(name, []) == rules.bought(child.decisions, name), f"{name}, bought once"
            for day in self._some_days(child):
                self._same_on(child, day)
        self.touched.clear()

    def _same_on_every_day(self, child: Child, name: str, told: Timeline) -> None:
        owed = child.payable(name)
        if told != owed:
            day = next(day for day in DAYS if told[day] != owed[day])
            raise AssertionError(
                f"{name} on {day}: {told[day]} is payable, and by the rules {owed[day]}, after\n"
                + "\n".join(str(each) for each in child.decisions)
            )
        for day, next_day in pairwise(DAYS):
            if total(told[next_day]) < total(told[day]):
                self._count("a day on which less is payable")
                assert self._may_be_lower(child, name, next_day), f"{name} falls on {next_day}"

    def _may_be_lower(self, child: Child, name: str, day: date) -> bool:
        """Whether there is anything at all by which less may be payable from a day on."""
        for decision in child.decisions:
            if not decision.is_about(name):
                continue
            if isinstance(decision, End) and decision.ends_before == day:
                return True
            if isinstance(decision, Award) and decision.components[name].ends_before == day:
                return True
            last_day = decision.letter.last_day(name) if decision.letter else None
            if last_day is not None and last_day < day:
                self._count("a day on which a notice lets less be payable")
                return True
        return False

    def _some_days(self, child: Child) -> list[date]:
        """Days about which to ask: where anything changes and next to it; all of them in the end."""
        days = {DAYS[0], self.today, months_after(self.today, 3), DAYS[-1]}
        for name in COMPONENTS:
            owed = child.payable(name)
            for day, next_day in pairwise(DAYS):
                if owed[day] != owed[next_day]:
                    days |= {day, next_day}
        found = sorted(days & set(DAYS))
        if self.is_over:
            return found[:: 1 + len(found) // 20]
        return [found[(self.steps * 5 + n * 7) % len(found)] for n in range(self.samples)]

    def _same_on(self, child: Child, day: date) -> None:
        path = f"/v1/budgets/{child.life.id}/payable"
        told = good(child.life.worker.get(path, params={"on": str(day)}))
        owed = {name: child.payable(name)[day] for name in COMPONENTS}
        seen = {each["component"]: _amounts(each["parts"]) for each in told["components"]}
        assert {name: seen.get(name, {}) for name in COMPONENTS} == owed, f"on {day}"
        assert told["annual_pence"] == sum(total(each) for each in owed.values())
        if self.is_over and day == self.today:
            again = good(child.life.worker.get(path, params={"on": str(day)}))
            assert again == told, "asked again, the answer is another"

    def _count(self, what: str) -> None:
        self.seen[what] += 1


def _amounts(parts: list[dict[str, Any]]) -> Amounts:
    return {part["delivery"]: part["annual_pence"] for part in parts if part["annual_pence"]}


def _once(one_offs: list[dict[str, Any]]) -> list[date]:
    return [date.fromisoformat(each["due_on"]) for each in one_offs]


def _by_day(spans: list[dict[str, Any]]) -> Timeline:
    """What a budget's spans say of every day."""
    found: Timeline = {day: {} for day in DAYS}
    for span in spans:
        first = max(date.fromisoformat(span["first_day"]), DAYS[0])
        last = min(date.fromisoformat(span["last_day"] or "9999-12-31"), DAYS[-1])
        for day in DAYS[(first - DAYS[0]).days : (last - DAYS[0]).days + 1]:
            found[day] = _amounts(span["parts"])
    return found


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Histories on SQLite."""
    folder = tmp_path_factory.mktemp("histories")
    template = folder / "start.db"
    children = begin(f"sqlite:///{template}", folder)

    @contextmanager
    def copy(to: Path) -> Iterator[str]:
        yield sqlite_copy(template, to)

    return Start(folder, copy, children)


@pytest.fixture(scope="module")
def on_postgres(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Histories on PostgreSQL."""
    folder = tmp_path_factory.mktemp("histories")
    template = new_database(postgres)
    children = begin(template, folder)

    @contextmanager
    def copy(_to: Path) -> Iterator[str]:
        url = new_database(postgres, template=template)
        yield url
        drop_database(postgres, url)

    return Start(folder, copy, children)


MUST_HAPPEN = (
    "award, raced",
    "a decision on what has changed since",
    "interim-award, alone",
    "end, alone",
    "stop, alone",
    "a policy published",
    "a day on which a notice lets less be payable",
    "a notice withdrawn",
    "a second look asked for in time",
    "a second look: upheld",
    "a second look: varied",
    "a second look: overturned",
    "an answer served",
)
"""What the histories would be worth little without."""


def play(
    start: Start,
    *,
    histories: int,
    steps: int,
    number: int = 0,
    shrink: bool = True,
) -> Counter[str]:
    """Play histories, and count what happened in them."""
    seen: Counter[str] = Counter()
    machine = type("Histories", (Histories,), {"start": start, "seen": seen})
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    set_up = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        phases=phases,
        verbosity=Verbosity.normal,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    try:
        run_state_machine_as_test(seed(SEED + number)(machine), settings=set_up)
    except BaseException as error:
        error.add_note(f"To play it again: HISTORIES={TIMES} HISTORIES_SEED={SEED} and the same test.")
        raise
    return seen


@pytest.mark.parametrize("number", range(2))
def test_no_day_has_less_than_the_rules_allow(on_sqlite: Start, number: int) -> None:
    seen = play(on_sqlite, histories=14 * TIMES, steps=50, number=number)
    assert seen["steps"] > 600 * TIMES
    assert not set(MUST_HAPPEN) - set(seen)


def test_no_day_has_less_than_the_rules_allow_on_postgresql(on_postgres: Start) -> None:
    play(on_postgres, histories=4 * TIMES, steps=40, number=100)


def _ninety_days(day: date, months: int) -> date:
    return day + timedelta(days=30 * months)


def _from_its_day(_component: Any, decision: Any, _records: Any, _days: Any) -> date:
    return date.fromisoformat(str(decision.starts_on))


def _whatever_became_of_it(last_day: date, starts_on: date, _asked: Any, _while_pending: Any) -> date:
    return max(starts_on, last_day + ONE_DAY)


def _withdrawn_or_not(notice: Any) -> Served | None:
    kept = [event.content for event in notice.events if event.kind == NoticeAct.SERVED]
    return Served.model_validate_json(kept[-1]) if kept else None


def _never(*_: Any, **__: Any) -> bool:
    return False


BROKEN = {
    "a fall needs no notice": ("app.budget.derive.may_lower_from", _from_its_day),
    "ninety days are three months": ("ras.notice.add_months", _ninety_days),
    "a withdrawn notice counts": ("app.budget.derive.service_of", _withdrawn_or_not),
    "asking holds nothing": ("app.budget.derive.lower_from", _whatever_became_of_it),
    "an end and a restart may cut": ("ras.budget._is_taken_up", _never),
    "a renewal ends as agreed": ("ras.budget.renews", _never),
}
"""What can be wrong with the service: where, and what stands there instead."""


@pytest.mark.parametrize("fault", BROKEN)
def test_a_service_that_breaks_a_rule_is_found_out(
    on_sqlite: Start, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*BROKEN[fault])
    with pytest.raises(AssertionError):
        play(on_sqlite, histories=40, steps=60, shrink=False)
