"""The laws that every policy and every plan must keep, each as a plain function of a case.

A law that is broken says so in a sentence for whoever wrote the policy: what was changed, and the two
amounts. `ras.testing.trying` tries them all on made-up plans of one policy.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from ras.assessment import Assessment, HorizonAmount
from ras.canonical import canonical
from ras.errors import AmountTooLarge, PlanDoesNotFit, RasError
from ras.plan import NO_NEED
from ras.policy.configuration import PolicyConfiguration
from ras.records import Exact, exact
from ras.testing.arithmetic import evaluate, gives_its_result, inputs_of
from ras.testing.draws import Draw
from ras.testing.plans import (
    Case,
    in_another_order,
    with_an_answer_missing,
    with_more_need,
    with_more_present,
)
from ras.working import Horizon, Quantity, Step, Unit

Holds: TypeAlias = Callable[[Case, Case], None]
Change: TypeAlias = Callable[[Case], st.SearchStrategy[Case]]

MISSING = frozenset({"unanswered-domain", "answer-not-known", "unanswered-circumstance"})
"""The codes with which a plan is refused for what it does not say."""
OWN_FIGURES = frozenset({"resources.carer-sum"})
"""Lines whose figure is no part of the amount, and is rounded by itself."""


class LawBroken(AssertionError):
    """A law does not hold; the sentence says what was done and what came of it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Law:
    """A law.

    Attributes:
        code: Its name for programs.
        says: The law as a sentence.
        change: The small changes to a case that it speaks of; the case itself where it speaks of none.
        holds: Raises `LawBroken` unless it holds for a case and the changed one.
    """

    code: str
    says: str
    change: Change
    holds: Holds


def every_plan_gets_an_answer(case: Case, _same: Case) -> None:
    """A plan that answers every question is never refused."""
    try:
        case.assess()
    except RasError as refusal:
        raise LawBroken(f"A plan that answers every question is refused: {refusal}") from refusal


def more_need_never_means_less_money(case: Case, worse: Case) -> None:
    """With one answer one step up, nothing that the policy gives is less."""
    for what, before, after in _given(case.assess(), worse.assess()):
        if exact(after.value) < exact(before.value):
            raise LawBroken(f"{_need_that_rose(case, worse)}, and {what} fell from {before} to {after}.")


def more_present_never_means_more_money(case: Case, helped: Case) -> None:
    """With one more thing that is already there, nothing that the policy gives is more."""
    for what, before, after in _given(case.assess(), helped.assess()):
        if exact(after.value) > exact(before.value):
            raise LawBroken(f"{_what_was_added(helped)}, and {what} rose from {before} to {after}.")


def what_is_present_never_changes_the_plans_cost(case: Case, helped: Case) -> None:
    """What is already there is shown beside the cost and never taken off it."""
    before, after = case.assess().plan_cost, helped.assess().plan_cost
    if before != after:
        raise LawBroken(f"{_what_was_added(helped)}, and what the plan costs changed.")


def what_is_missing_is_refused(case: Case, unfinished: Case) -> None:
    """An answer that is left out or not known is refused, and never worth nothing."""
    if unfinished.plan == case.plan:  # there is nothing to leave out
        return
    try:
        answer = unfinished.assess()
    except PlanDoesNotFit as refusal:
        if not {problem.code for problem in refusal.problems} <= MISSING:
            raise LawBroken(f"An answer is missing, and the refusal says something else: {refusal}") from None
        return
    told = Quantity.of(answer.indicative_annual_pence, Unit.PENCE_A_YEAR)
    raise LawBroken(f"An answer is missing or not known, and the plan was not refused: it came to {told}.")


def any_order_gives_the_same_bytes(case: Case, reordered: Case) -> None:
    """The order in which answers are written changes nothing, to the byte."""
    if canonical(case.assess()) != canonical(reordered.assess()):
        raise LawBroken("The same answers in another order gave another result.")


def parts_sum_to_the_whole(case: Case, _same: Case) -> None:
    """The plan's lines add up to its domains, its horizons and its one-off cost, to the penny."""
    cost = case.assess().plan_cost
    by_horizon: dict[Horizon, int] = defaultdict(int)
    by_domain: dict[tuple[Horizon, str], int] = defaultdict(int)
    for line in cost.lines:
        for horizon in line.horizons:
            by_horizon[horizon] += line.annual_pence or 0
            by_domain[horizon, line.domain] += line.annual_pence or 0
    whole = (
        {each.horizon: each.annual_pence for each in cost.by_horizon}
        == {rule.horizon: by_horizon[rule.horizon] for rule in case.policy.horizons}
        and all(each.annual_pence == by_domain[each.horizon, each.domain] for each in cost.by_domain)
        and sum(each.annual_pence for each in cost.by_domain) == sum(by_domain.values())
        and cost.one_off_pence == sum(line.one_off_pence or 0 for line in cost.lines)
        and len(cost.lines) == len(case.plan.lines)
    )
    if not whole:
        raise LawBroken("The lines of the plan's cost do not add up to the whole.")


def rounding_happens_once(case: Case, _same: Case) -> None:
    """The amount is rounded once, or each line once, and each time by less than a step."""
    step_pence, stage = case.policy.rounding.step_pence, case.policy.rounding.stage
    answer = case.assess()
    for amount in answer.horizons:
        lines = [line for line in answer.working if line.horizon is amount.horizon]
        rounded = [line for line in lines if _is_rounded(line) and line.kind not in OWN_FIGURES]
        if stage == "total" and [line.kind for line in rounded] != ["rounding"]:
            raise LawBroken(f"The amount for “{amount.title}” is not rounded once, at the end.")
        for line in rounded:
            _refuse_a_whole_step(line, step_pence)
    for line in answer.plan_cost.working:
        if _is_rounded(line):
            _refuse_a_whole_step(line, case.policy.rate_card.rounding.step_pence)


def every_step_gives_its_result(case: Case, _same: Case) -> None:
    """Each line's arithmetic over its own inputs gives the line's result, exactly."""
    for line in _every_line(case.assess()):
        if not gives_its_result(line):
            raise LawBroken(
                f"The line for {line.rule} says {line.arithmetic}, and that is not {line.result}."
            )


def the_last_step_states_the_result(case: Case, _same: Case) -> None:
    """The last line states the headline amount, and each horizon's rounding states its own."""
    answer = case.assess()
    last = answer.working[-1]
    if last.kind != "result" or last.result.value != str(answer.indicative_annual_pence):
        raise LawBroken(f"The last line says {last.result}, and that is not the result.")
    for amount in answer.horizons:
        lines = [line for line in answer.working if line.horizon is amount.horizon]
        rounding = next(line for line in lines if line.kind.startswith("rounding"))
        if rounding.result.value != str(amount.indicative_annual_pence):
            raise LawBroken(f"The amount for “{amount.title}” was rounded to {rounding.result}, and is not.")


def no_amount_lands_past_a_limit(case: Case, _same: Case) -> None:
    """No amount is above the hard cap, nor below the floor of a child with needs."""
    answer, times = case.assess(), case.policy.times_a_year
    for amount in answer.horizons:
        floor, hard_cap = _limits_of(case.policy, answer, amount.horizon)
        told = Quantity.of(amount.indicative_annual_pence, Unit.PENCE_A_YEAR)
        if hard_cap is not None and amount.indicative_annual_pence > hard_cap * times:
            most = Quantity.of(hard_cap * times, Unit.PENCE_A_YEAR)
            raise LawBroken(f"The amount for “{amount.title}” is {told}, above the highest, {most}.")
        has_needs = _has_needs(case, amount)
        if floor is not None and has_needs and amount.indicative_annual_pence < floor * times:
            least = Quantity.of(floor * times, Unit.PENCE_A_YEAR)
            raise LawBroken(f"The amount for “{amount.title}” is {told}, below the lowest, {least}.")


LAWS: tuple[Law, ...] = (
    Law("answered", "Every plan that fits gets an answer.", st.just, every_plan_gets_an_answer),
    Law(
        "more-need",
        "More need never means less money.",
        with_more_need,
        more_need_never_means_less_money,
    ),
    Law(
        "more-present",
        "More that is already there never means more money.",
        with_more_present,
        more_present_never_means_more_money,
    ),
    Law(
        "cost-apart",
        "What is already there never changes what the plan costs.",
        with_more_present,
        what_is_present_never_changes_the_plans_cost,
    ),
    Law(
        "missing-refused",
        "What is not answered or not known is refused, and never worth nothing.",
        with_an_answer_missing,
        what_is_missing_is_refused,
    ),
    Law(
        "any-order",
        "The same answers in any order give the same result, to the byte.",
        in_another_order,
        any_order_gives_the_same_bytes,
    ),
    Law("parts-sum", "Parts sum to the whole.", st.just, parts_sum_to_the_whole),
    Law(
        "rounded-once",
        "Rounding happens once, and by less than one step.",
        st.just,
        rounding_happens_once,
    ),
    Law(
        "arithmetic",
        "Each step's arithmetic gives its result.",
        st.just,
        every_step_gives_its_result,
    ),
    Law("last-step", "The last step states the result.", st.just, the_last_step_states_the_result),
    Law("limits", "No amount lands past a limit.", st.just, no_amount_lands_past_a_limit),
)
"""Every law, in the order in which they are tried."""
CHANGES = tuple(dict.fromkeys(law.change for law in LAWS))
"""The changes that they speak of."""


def hold_to(law: Law, case: Case, changed: Case) -> None:
    """Hold a case to a law. An amount that is too large to be any real one is the first law's matter only.

    Raises:
        LawBroken: it does not hold.
    """
    with suppress(AmountTooLarge):
        law.holds(case, changed)


@st.composite
def changes(draw: Draw, case: Case) -> dict[Change, Case]:
    """A case with each of the changes that laws speak of, by the change."""
    return {change: draw(change(case)) for change in CHANGES}


def _given(before: Assessment, after: Assessment) -> Iterator[tuple[str, Quantity, Quantity]]:
    """Everything that a policy gives at each horizon, before and after a change."""
    for one, other in zip(before.horizons, after.horizons, strict=True):
        yield (
            f"the indicative amount for “{one.title}”",
            Quantity.of(one.indicative_annual_pence, Unit.PENCE_A_YEAR),
            Quantity.of(other.indicative_annual_pence, Unit.PENCE_A_YEAR),
        )
        yield (
            f"what is paid once for “{one.title}”",
            Quantity.of(one.indicative_one_off_pence or 0, Unit.PENCE),
            Quantity.of(other.indicative_one_off_pence or 0, Unit.PENCE),
        )
    for one_level, other_level in zip(_levels(before), _levels(after), strict=False):
        yield "the level that the rules give", one_level, other_level


def _levels(answer: Assessment) -> list[Quantity]:
    """The levels that rules give where they give no money; none where the policy prices anything."""
    lines = answer.working
    is_level_only = {"rules"} == {line.kind for line in lines if line.rule == "allocation"}
    return [line.result for line in lines if line.kind == "rules.level"] if is_level_only else []


def _need_that_rose(case: Case, worse: Case) -> str:
    before = {need.domain: need.levels for need in case.plan.needs}
    for need in worse.plan.needs:
        for rule in case.policy.horizons:
            was, now = before[need.domain].at(rule.horizon), need.levels.at(rule.horizon)
            if was != now:
                domain = next(each for each in case.policy.domains if each.code == need.domain)
                titles = {level.code: level.title for level in domain.levels}
                titles[NO_NEED] = domain.no_need or ""
                return (
                    f"More need: “{domain.title}” went from “{titles[was or '']}” to “{titles[now or '']}” "
                    f"in “{rule.title}”"
                )
    return "Nothing changed"


def _what_was_added(helped: Case) -> str:
    added = helped.plan.resources[-1]
    domain = next(each for each in helped.policy.domains if each.code == added.domain)
    contribution = helped.policy.contributions[added.contribution][1]
    return f"More is already there: “{contribution.title}” from {added.kind} in “{domain.title}” was added"


def _every_line(answer: Assessment) -> tuple[Step, ...]:
    return (*answer.working, *answer.plan_cost.working)


def _is_rounded(line: Step) -> bool:
    return "round_" in line.arithmetic


def _refuse_a_whole_step(line: Step, step_pence: int) -> None:
    """What is rounded once lands on a step, less than one step away."""
    inner = line.arithmetic.partition("(")[2].removesuffix(", step)")
    moved = (
        abs(evaluate(inner, inputs_of(line)) - exact(line.result.value)) if "round_" not in inner else None
    )
    if moved is None or moved >= step_pence or exact(line.result.value) % step_pence != 0:
        raise LawBroken(f"The line for {line.rule} is not rounded once, to a step: {line.arithmetic}.")


def _limits_of(
    policy: PolicyConfiguration, answer: Assessment, horizon: Horizon
) -> tuple[Exact | None, Exact | None]:
    """The floor and the hard cap that are for this child: a group's own, or all children's."""
    if policy.bounds is None:
        return None, None
    rule = next(
        line.rule for line in answer.working if line.horizon is horizon and line.kind.startswith("bounds.")
    )
    _, *place = rule.split(".")
    limits = policy.bounds.groups[int(place[1])] if place[:1] == ["groups"] else policy.bounds
    return limits.floor_pence, limits.hard_cap_pence


def _has_needs(case: Case, amount: HorizonAmount) -> bool:
    """Whether any points are left; where none are added up, whether any answer is above the lowest."""
    if amount.points_after_resources is not None:
        return exact(amount.points_after_resources) > 0
    lowest = {
        domain.code: NO_NEED if domain.no_need is not None else domain.levels[0].code
        for domain in case.asked()
    }
    return any(
        need.levels.at(amount.horizon) != lowest[need.domain]
        for need in case.plan.needs
        if need.domain in lowest
    )
