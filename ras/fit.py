"""Whether a plan answers a policy's questions: every answer, and only answers it knows.

Nothing missing, not known or misspelt is ever worth 0 by default. All that is wrong is listed,
each by its path in the plan, so that a worker can put it right in one go.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from math import ceil

from ras.canonical import as_written
from ras.conditions import Facts, KeyStage
from ras.dates import add_months, age_on, months_on, school_year_on
from ras.errors import AgeOutsidePolicy, OutOfScope, PlanDoesNotFit, Problem
from ras.plan import NO_NEED, NOT_APPLICABLE, NOT_KNOWN, Frequency, Plan, PlanLine
from ras.policy.configuration import PolicyConfiguration
from ras.policy.questions import CircumstanceQuestion, Domain, Questionnaire
from ras.reading import Location, problem_at
from ras.records import LAST_DAY, exact
from ras.working import Horizon

Misfit = tuple[Location, str, str]


def facts_of(plan: Plan, *, on: date) -> Facts:
    """The child's age on a day and the circumstances given."""
    return Facts(
        *ages_on(plan.born_on, on),
        choices={c.circumstance: c.choice for c in plan.circumstances if c.choice is not None},
        counts={c.circumstance: c.count for c in plan.circumstances if c.count is not None},
    )


@lru_cache(maxsize=4096)  # a caseload is asked about on few days
def ages_on(born_on: date, on: date) -> tuple[int, int, KeyStage]:
    """Completed years, completed months, and the stage of schooling of that school year."""
    stage = KeyStage.of_year(school_year_on(born_on, on))
    return age_on(born_on, on), months_on(born_on, on), stage


def questionnaire_for(policy: PolicyConfiguration, facts: Facts) -> Questionnaire | None:
    """The first of the policy's questionnaires that is for this child; None where it has none."""
    return next((q for q in policy.questionnaires if q.when is None or q.when.holds(facts)), None)


def domains_asked(policy: PolicyConfiguration, facts: Facts) -> frozenset[str]:
    """The codes of the domains that the policy asks of this child."""
    questionnaire = questionnaire_for(policy, facts)
    within = policy.levels.keys() if questionnaire is None else questionnaire.domains
    return frozenset(
        domain.code
        for domain in policy.domains
        if domain.code in within and (domain.applies_if is None or domain.applies_if.holds(facts))
    )


def refuse_misfit(plan: Plan, policy: PolicyConfiguration, *, on: date) -> Facts:
    """Let only a plan through that can be scored and costed whole under the policy.

    Returns:
        The facts that rules may depend on.

    Raises:
        AgeOutsidePolicy: the policy scores other ages.
        PlanDoesNotFit: answers are missing, not known or not in the policy; every one is listed.
        OutOfScope: lines ask for what may not be bought; every one is listed, with its rule.
    """
    age = age_on(plan.born_on, on)
    ages = policy.eligibility
    if not ages.from_age <= age < ages.before_age:
        raise AgeOutsidePolicy(age=age, from_age=ages.from_age, before_age=ages.before_age)
    misfits = [
        *_unknown_codes(plan, policy),
        *_circumstances_missing(plan, policy),
        *_ends_too_late(plan, policy),
    ]
    facts = facts_of(plan, on=on)
    if not misfits:
        misfits = [*_answers_missing(plan, policy, facts), *_lines_unpriced(plan, policy, on=on)]
    if misfits:
        raise PlanDoesNotFit(_problems(plan, misfits))
    refused = list(_out_of_scope(plan, policy))
    if refused:
        raise OutOfScope(_problems(plan, refused))
    return facts


def refuse_unknown_codes(plan: Plan, policy: PolicyConfiguration) -> None:
    """Let a plan through that may be unfinished, but is written in this policy's codes.

    Raises:
        PlanDoesNotFit: it names something the policy does not have; every such name is listed.
    """
    misfits = list(_unknown_codes(plan, policy))
    if misfits:
        raise PlanDoesNotFit(_problems(plan, misfits))


def _problems(plan: Plan, misfits: list[Misfit]) -> list[Problem]:
    data = as_written(plan)
    return [problem_at(place, data, code=code, message=message) for place, code, message in misfits]


def _unknown_codes(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    yield from _unknown_in_needs(plan, policy)
    yield from _unknown_in_resources(plan, policy)
    yield from _unknown_in_circumstances(plan, policy)
    yield from _unknown_in_lines(plan, policy)


def _unknown_in_resources(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    for n, resource in enumerate(plan.resources):
        if resource.domain not in policy.levels:
            message = _no_such("domain", resource.domain, policy.levels)
            yield ("resources", n, "domain"), "unknown-domain", message
        if resource.contribution not in policy.contributions:
            message = _no_such("contribution", resource.contribution, policy.contributions)
            yield ("resources", n, "contribution"), "unknown-contribution", message


def _unknown_in_circumstances(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    questions = {question.code: question for question in policy.circumstances}
    seen: set[str] = set()
    for n, given in enumerate(plan.circumstances):
        question = questions.get(given.circumstance)
        if question is None:
            message = _no_such("circumstance", given.circumstance, questions)
            yield ("circumstances", n, "circumstance"), "unknown-circumstance", message
        elif given.circumstance in seen:
            yield ("circumstances", n), "repeated-answer", f"'{given.circumstance}' is answered twice."
        else:
            yield from _wrong_choice(("circumstances", n), question, given.choice, given.count)
        seen.add(given.circumstance)


def _unknown_in_lines(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    for n, line in enumerate(plan.lines):
        if line.domain not in policy.levels:
            yield ("lines", n, "domain"), "unknown-domain", _no_such("domain", line.domain, policy.levels)
        if line.item not in policy.items:
            yield ("lines", n, "item"), "unknown-item", _no_such("rate card item", line.item, policy.items)
        if line.purpose not in policy.purposes:
            message = _no_such("purpose", line.purpose, policy.purposes)
            yield ("lines", n, "purpose"), "unknown-purpose", message


def _unknown_in_needs(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    seen: set[str] = set()
    for n, need in enumerate(plan.needs):
        here: Location = ("needs", n)
        known = policy.levels.get(need.domain)
        if known is None:
            yield (*here, "domain"), "unknown-domain", _no_such("domain", need.domain, policy.levels)
            continue
        if need.domain in seen:
            yield here, "repeated-answer", f"'{need.domain}' is answered twice."
        seen.add(need.domain)
        for field, levels in (("levels", need.levels), ("family_levels", need.family_levels)):
            for horizon in Horizon:
                given = levels.at(horizon) if levels else None
                if given is not None and given not in {*known, NO_NEED, NOT_KNOWN, NOT_APPLICABLE}:
                    yield (*here, field, horizon.value), "unknown-level", _no_such("level", given, known)


def _wrong_choice(
    here: Location, question: CircumstanceQuestion, choice: str | None, count: int | None
) -> Iterator[Misfit]:
    if question.choices is None:
        if choice is not None or count is None:
            yield here, "wrong-answer", f"'{question.code}' asks how many: give a count."
        elif question.at_most is not None and count > question.at_most:
            yield (*here, "count"), "wrong-answer", f"'{question.code}' is {question.at_most} at most."
        return
    codes = [known.code for known in question.choices]
    if count is not None or choice not in codes:
        yield here, "wrong-answer", f"'{question.code}' is answered with a choice: {', '.join(codes)}."


def _circumstances_missing(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    given = {answered.circumstance for answered in plan.circumstances}
    for question in policy.circumstances:
        if question.code not in given:
            yield (
                ("circumstances",),
                "unanswered-circumstance",
                f"'{question.code}' is not answered: {question.question}",
            )


def _ends_too_late(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    if add_months(plan.starts_on, sum(rule.months for rule in policy.horizons)) > LAST_DAY:
        yield ("starts_on",), "too-late", f"The plan's horizons end before {LAST_DAY}, and these would not."


def _answers_missing(plan: Plan, policy: PolicyConfiguration, facts: Facts) -> Iterator[Misfit]:
    places = {need.domain: n for n, need in enumerate(plan.needs)}
    of_this_child = domains_asked(policy, facts)
    for domain in policy.domains:
        n = places.get(domain.code)
        is_asked = domain.code in of_this_child
        if n is None:
            if is_asked:
                message = f"'{domain.code}' ({domain.title}) is not answered. {domain.question}"
                yield ("needs",), "unanswered-domain", message
            continue
        for rule in policy.horizons:
            given = plan.needs[n].levels.at(rule.horizon)
            where = f"'{domain.code}' ({domain.title}), {rule.title}"
            wrong = _wrong_answer(given, domain, where, is_asked=is_asked)
            if wrong is not None:
                yield ("needs", n, "levels", rule.horizon.value), *wrong


def _wrong_answer(given: str | None, domain: Domain, where: str, *, is_asked: bool) -> tuple[str, str] | None:
    """What is wrong with one answer, as a code and a sentence."""
    if not is_asked:
        is_right = given in {None, NOT_APPLICABLE}
        return None if is_right else ("not-asked", f"{where}: the policy does not ask this of this child.")
    if given is None:
        return "unanswered-domain", f"{where} is not answered. {domain.question}"
    if given == NO_NEED and domain.no_need is not None:
        return None
    refusals = {
        NOT_KNOWN: (
            "answer-not-known",
            f"{where} is not known yet. It has to be found out: it is never 0.",
        ),
        NOT_APPLICABLE: ("not-applicable-refused", f"{where} is asked of this child: choose a level."),
        NO_NEED: (
            "no-need-refused",
            f"{where}: this question has no answer 'no-need'. Choose the level that says so.",
        ),
    }
    return refusals.get(given)


def _lines_unpriced(plan: Plan, policy: PolicyConfiguration, *, on: date) -> Iterator[Misfit]:
    for n, line in enumerate(plan.lines):
        here: Location = ("lines", n)
        item = policy.items[line.item]
        price = item.price_on(on)
        if price is None:
            yield (*here, "item"), "no-price", f"The rate card has no price for '{item.code}' on {on}."
        elif price.price_pence is None and line.quoted_price_pence is None:
            message = f"'{item.code}' is bought on a written quote: give its price."
            yield (*here, "quoted_price_pence"), "quote-needed", message
        elif price.price_pence is not None and line.quoted_price_pence is not None:
            message = f"'{item.code}' has a price on the rate card: leave the quote out."
            yield (*here, "quoted_price_pence"), "quote-not-used", message
        scored = {rule.horizon for rule in policy.horizons}
        if line.horizons is not None and scored.isdisjoint(line.horizons):
            message = "The policy scores none of these horizons: the line would cost nothing anywhere."
            yield (*here, "horizons"), "horizon-not-scored", message
        if exact(line.quantity) == 0:
            yield (*here, "quantity"), "nothing-wanted", "A line wants more than 0; leave it out instead."
        if line.weeks is not None and line.weeks > ceil(exact(policy.money.weeks_per_year)):
            message = f"The policy's year has {policy.money.weeks_per_year} weeks."
            yield (*here, "weeks"), "too-many-weeks", message
        if line.weeks is not None and line.per is not Frequency.WEEK:
            message = "Weeks are given for weekly support only."
            yield (*here, "weeks"), "weeks-not-used", message


def _out_of_scope(plan: Plan, policy: PolicyConfiguration) -> Iterator[Misfit]:
    for n, line in enumerate(plan.lines):
        misfit = _scope(line, policy)
        if misfit:
            yield ("lines", n, "purpose"), *misfit


def _scope(line: PlanLine, policy: PolicyConfiguration) -> tuple[str, str] | None:
    purpose = policy.purposes[line.purpose]
    if purpose.effect == "refused":
        return "refused-by-rule", f"{purpose.title}: a personal budget may not buy this ({purpose.source})."
    if purpose.effect == "needs-reason" and not line.reason_given:
        return "reason-needed", f"{purpose.title}: not normally offered; record a reason ({purpose.source})."
    return None


def _no_such(what: str, code: str, known: Iterable[str]) -> str:
    return f"The policy has no {what} '{code}'. It has: {', '.join(known)}."
