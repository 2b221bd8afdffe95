"""Plans that fit a policy, whichever it is, and the small changes that laws speak of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from hypothesis import strategies as st

from ras.assessment import Assessment, assess
from ras.canonical import as_written
from ras.conditions import Facts
from ras.dates import add_months
from ras.fit import domains_asked, facts_of
from ras.plan import NO_NEED, NOT_APPLICABLE, NOT_KNOWN, Frequency, Plan
from ras.policy.configuration import PolicyConfiguration
from ras.policy.questions import Domain
from ras.policy.rate_card import RateCardItem
from ras.reading import validated
from ras.records import FIRST_DAY, LAST_DAY, exact
from ras.testing.draws import (
    Data,
    Draw,
    decimals,
    frequencies,
    kinds,
    maybe,
    mostly,
    one_of,
    pence,
    some_horizons,
    whole,
    yes_or_no,
)

YEARS = 16
"""Where a policy has no end: for how many years from its first day plans are made."""
MOST_COUNTED = 9
"""Where a question that asks how many has no largest number."""
FIRST_YEAR_OF_BIRTH = 1901
SURELY_IN_A_MONTH = 24
"""A month is longer than so many days, also where its end was cut off by three."""


@dataclass(frozen=True)
class Case:
    """A policy, as a document and as a record, and a plan that it can score on a day."""

    document: Data
    policy: PolicyConfiguration
    plan: Plan
    on: date

    def assess(self) -> Assessment:
        """The assessment."""
        return assess(self.plan, self.policy, effective_on=self.on)

    def with_plan(self, data: Data) -> "Case":
        """The same policy and day with another plan, given as plain data."""
        return Case(document=self.document, policy=self.policy, plan=plan_of(data), on=self.on)

    def asked(self) -> list[Domain]:
        """The domains that are asked of the child, in the policy's order."""
        codes = domains_asked(self.policy, self.facts())
        return [domain for domain in self.policy.domains if domain.code in codes]

    def facts(self) -> Facts:
        """The child's age and circumstances on the day."""
        return facts_of(self.plan, on=self.on)

    def __repr__(self) -> str:
        return f"Case(policy={self.document!r}, plan={plan_data(self.plan)!r}, on={self.on})"

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        """How Hypothesis shows it: as documents, that can be copied, and not as records."""
        printer.text(repr(self))


def plan_data(plan: Plan) -> Data:
    """A plan as plain data."""
    return plan.model_dump(mode="json", exclude_unset=True)


def plan_of(data: Data) -> Plan:
    """A plan from plain data."""
    return validated(Plan, data)


def answers_to(domain: Domain) -> list[str]:
    """Every answer that a domain has, from the least help to the most."""
    no_need = [NO_NEED] if domain.no_need is not None else []
    return [*no_need, *(level.code for level in domain.levels)]


@st.composite
def answers_about_needs(draw: Draw, policy: PolicyConfiguration, plan: Data, on: date) -> list[Data]:
    """An answer at each horizon for each domain that is asked; nothing, or not-applicable, for the rest."""
    asked = domains_asked(policy, facts_of(plan_of({**plan, "needs": []}), on=on))
    needs = []
    for domain in policy.domains:
        answers = st.sampled_from(answers_to(domain))
        if domain.code in asked:
            given = {rule.horizon.value: draw(answers) for rule in policy.horizons}
            needs.append(
                {"domain": domain.code, "levels": given, **maybe(draw, "family_levels", st.just(dict(given)))}
            )
        elif draw(yes_or_no):
            given = {rule.horizon.value: NOT_APPLICABLE for rule in policy.horizons}
            needs.append({"domain": domain.code, "levels": given})
    return draw(st.permutations(needs))


@st.composite
def resources(draw: Draw, policy: PolicyConfiguration) -> Data:
    """Something already present, that counts or not."""
    return {
        "domain": draw(st.sampled_from([domain.code for domain in policy.domains])),
        "kind": draw(kinds).value,
        "contribution": draw(st.sampled_from(list(policy.contributions))),
        **maybe(draw, "horizons", some_horizons),
        "willing_and_able": draw(mostly),
        "will_last": draw(mostly),
        **maybe(draw, "cost_annual_pence", pence),
    }


@st.composite
def circumstances(draw: Draw, policy: PolicyConfiguration) -> list[Data]:
    """Every question answered."""
    given = []
    for question in policy.circumstances:
        answer: Data = {"circumstance": question.code}
        if question.choices is None:
            answer["count"] = draw(
                whole(0, question.at_most if question.at_most is not None else MOST_COUNTED)
            )
        else:
            answer["choice"] = draw(st.sampled_from([choice.code for choice in question.choices]))
        given.append(answer)
    return draw(st.permutations(given))


def items_priced(policy: PolicyConfiguration, on: date) -> list[RateCardItem]:
    """The items of the rate card that have a price on a day."""
    return [item for item in policy.rate_card.items if item.price_on(on) is not None]


def purposes_allowed(policy: PolicyConfiguration) -> dict[str, bool]:
    """The purposes that support may be for, and whether each needs a person's reason."""
    return {
        purpose.code: purpose.effect == "needs-reason"
        for purpose in policy.scope.purposes
        if purpose.effect != "refused"
    }


@st.composite
def lines(draw: Draw, policy: PolicyConfiguration, on: date) -> Data:
    """Wanted support that may be bought and has a price; the policy must have such (`can_buy`)."""
    item = draw(st.sampled_from(items_priced(policy, on)))
    price = item.price_on(on)
    per = draw(frequencies)
    purposes = purposes_allowed(policy)
    purpose = draw(st.sampled_from(list(purposes)))
    weeks = ceil(exact(policy.money.weeks_per_year))
    scored = [rule.horizon for rule in policy.horizons]
    return {
        "domain": draw(st.sampled_from([domain.code for domain in policy.domains])),
        "item": item.code,
        "purpose": purpose,
        "quantity": draw(decimals(40).filter(_is_not_nothing)),
        "per": per.value,
        **(maybe(draw, "weeks", whole(1, weeks)) if per is Frequency.WEEK else {}),
        **maybe(draw, "horizons", st.lists(st.sampled_from(scored), min_size=1, unique=True)),
        "provision": "H1.1",
        **({"quoted_price_pence": draw(pence)} if price and price.price_pence is None else {}),
        **({"reason_given": True} if purposes[purpose] else {}),
    }


def _is_not_nothing(text: str) -> bool:
    return exact(text) != 0


def can_buy(policy: PolicyConfiguration, on: date) -> bool:
    """Whether there is anything on the rate card that day, for a purpose that is allowed."""
    return bool(items_priced(policy, on) and purposes_allowed(policy))


@st.composite
def plan_documents(draw: Draw, policy: PolicyConfiguration) -> tuple[Data, date]:
    """A plan that fits a policy, as plain data, and a day of the policy on which it does."""
    months = sum(rule.months for rule in policy.horizons)
    first, last = _days(policy, months)
    on = first + timedelta(days=draw(whole(0, (last - first).days)))
    starts_on = draw(_starts(on, months))
    ages = policy.eligibility
    oldest = min(ages.before_age - 1, on.year - FIRST_YEAR_OF_BIRTH)
    born_on = add_months(on, -12 * draw(whole(ages.from_age, oldest))) - timedelta(days=draw(whole(0, 300)))
    plan: Data = {
        "born_on": born_on.isoformat(),
        "starts_on": starts_on.isoformat(),
        "resources": draw(st.lists(resources(policy), max_size=4)),
        "circumstances": draw(circumstances(policy)),
        "lines": draw(st.lists(lines(policy, on), max_size=3)) if can_buy(policy, on) else [],
        **maybe(draw, "needs_not_captured", yes_or_no),
    }
    return {**plan, "needs": draw(answers_about_needs(policy, plan, on))}, on


def _days(policy: PolicyConfiguration, months: int) -> tuple[date, date]:
    """The first and the last day for which plans are made."""
    first = policy.valid_from
    ends = [add_months(first, 12 * YEARS), add_months(LAST_DAY, -months)]
    ends += [policy.valid_before] if policy.valid_before else []
    return first, max(first, min(ends) - timedelta(days=1))


@st.composite
def _starts(draw: Draw, on: date, months: int) -> date:
    """A day on which a plan of so many months can have started, if the other day is in it."""
    months_before = draw(whole(0, months - 1))
    return max(FIRST_DAY, add_months(on, -months_before) - timedelta(days=draw(whole(0, SURELY_IN_A_MONTH))))


@st.composite
def plans(draw: Draw, policy: PolicyConfiguration) -> tuple[Plan, date]:
    """A plan that fits a policy, and a day of the policy on which it does."""
    data, on = draw(plan_documents(policy))
    return plan_of(data), on


@st.composite
def cases_of(draw: Draw, policy: PolicyConfiguration, document: Data | None = None) -> Case:
    """A plan that fits a policy, with the policy and the day."""
    plan, on = draw(plans(policy))
    return Case(
        document=as_written(policy) if document is None else document, policy=policy, plan=plan, on=on
    )


@st.composite
def with_more_need(draw: Draw, case: Case) -> Case:
    """The same case with one answer further up at one horizon, where there is anywhere to go."""
    ways = list(_ways_up(case))
    if not ways:
        return case
    n, horizon, further = draw(st.sampled_from(ways))
    data = plan_data(case.plan)
    data["needs"][n]["levels"][horizon] = further[-1 if draw(yes_or_no) else 0]
    return case.with_plan(data)


def _ways_up(case: Case) -> Iterator[tuple[int, str, list[str]]]:
    """By the place of the need and the horizon, the answers of more need than the one given."""
    places = {need.domain: n for n, need in enumerate(case.plan.needs)}
    for domain in case.asked():
        answers = answers_to(domain)
        n = places[domain.code]
        for rule in case.policy.horizons:
            rank = answers.index(case.plan.needs[n].levels.at(rule.horizon) or "")
            if rank + 1 < len(answers):
                yield n, rule.horizon.value, answers[rank + 1 :]


@st.composite
def with_more_present(draw: Draw, case: Case) -> Case:
    """The same case with one more resource, most often one that counts."""
    data = plan_data(case.plan)
    added = draw(resources(case.policy))
    if draw(mostly):
        added |= {"willing_and_able": True, "will_last": True}
        added.pop("horizons", None)
    data["resources"].append(added)
    return case.with_plan(data)


@st.composite
def in_another_order(draw: Draw, case: Case) -> Case:
    """The same case with its answers in another order."""
    data = plan_data(case.plan)
    for answers in ("needs", "resources", "circumstances"):
        data[answers] = draw(st.permutations(data[answers]))
    return case.with_plan(data)


@st.composite
def with_an_answer_missing(draw: Draw, case: Case) -> Case:
    """The same case with one answer left out or not known, where any is asked."""
    data = plan_data(case.plan)
    ways = [(domain.code, rule.horizon.value) for domain in case.asked() for rule in case.policy.horizons]
    facts = [question.code for question in case.policy.circumstances]
    if facts and (not ways or draw(mostly) is False):
        left_out = draw(st.sampled_from(facts))
        data["circumstances"] = [c for c in data["circumstances"] if c["circumstance"] != left_out]
        return case.with_plan(data)
    if not ways:
        return case
    code, horizon = draw(st.sampled_from(ways))
    way = draw(one_of("no answers", "no answer", NOT_KNOWN))
    need = next(need for need in data["needs"] if need["domain"] == code)
    if way == "no answers":
        data["needs"].remove(need)
    elif way == "no answer":
        del need["levels"][horizon]
    else:
        need["levels"][horizon] = way
    return case.with_plan(data)
