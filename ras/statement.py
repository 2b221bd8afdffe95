"""What a family is told: an assessment in plain sentences, every number from its working."""

from collections.abc import Iterator

from ras import assessment, bounds, costing, indicative, modifiers, present, scoring, uprating
from ras.allocation import VARIANTS
from ras.assessment import Assessment, HorizonAmount
from ras.dates import day_in_words
from ras.plan import NO_NEED, NOT_APPLICABLE, NOT_KNOWN, Plan
from ras.policy.configuration import PolicyConfiguration
from ras.records import Line, Record, Told
from ras.working import Mark, Plainer, Quantity, Step, Unit

SENTENCES: dict[str, str] = {
    kind: sentence
    for source in (
        scoring.SENTENCES,
        present.SENTENCES,
        *(variant.sentences for variant in VARIANTS),
        modifiers.SENTENCES,
        uprating.SENTENCES,
        bounds.SENTENCES,
        indicative.SENTENCES,
        costing.SENTENCES,
        assessment.SENTENCES,
    )
    for kind, sentence in source.items()
}
"""For each kind of step, the sentence a family reads. Rendered, never kept."""

PLAINER: dict[str, Plainer] = {
    kind: plainer
    for source in (
        scoring.PLAINER,
        present.PLAINER,
        *(variant.plainer for variant in VARIANTS),
        modifiers.PLAINER,
        indicative.PLAINER,
        costing.PLAINER,
    )
    for kind, plainer in source.items()
}
"""Shorter sentences, for steps in which an input changes nothing."""

ROUNDED = " This is rounded {mode}, to a multiple of {step}."
"""What is said of a line of money where the policy rounds each of them."""
ROUND_IN_THEIR_WORDS = frozenset({"rounding", "resources.carer-sum"})

MARKS = {
    Mark.ABOVE_SOFT_CAP: "This amount is above the level at which the panel looks at every case.",
    Mark.CUT_TO_HARD_CAP: (
        "This amount was cut to the policy's highest amount. It cannot be settled until a person has "
        "looked at your child's needs and written down the reasons."
    ),
    Mark.LEVEL_ONLY: (
        "The council's rules give a level and no amount. A person has to work out what your child's support "
        "costs."
    ),
    Mark.ZERO: "The amount is nothing. That cannot be settled without a person's written reasons.",
    Mark.NEEDS_NOT_CAPTURED: (
        "Your plan says there are needs that these questions do not capture. The person who decides "
        "has to take them into account."
    ),
}

WHAT_YOU_CAN_DO = (
    "You can ask the person who wrote the plan with you to go through this, and to change an answer that "
    "is not right.",
    "You can ask the council to look at a decision again when one is made.",
    "You can get free, independent advice from your local SEND information, advice and support service "
    "(SENDIASS).",
)

MOST_REMEMBERED = 20_000
_SAID: dict[int, tuple[Step, str]] = {}
"""What was said of a line, and the line: the same ones come back (`ras.compiled`)."""

NOT_AN_OFFER = (
    "This is an indicative amount: where talking about your child's budget begins. It is not a promise "
    "and not a limit. A named person or panel decides the amount, and writes down why."
)


class Section(Record):
    """A heading and what stands under it."""

    heading: Told
    """The heading."""
    paragraphs: tuple[Told, ...]
    """Sentences, one or more to each."""


class Statement(Record):
    """A statement for a family."""

    title: Line
    """The title."""
    opening: tuple[Line, ...] = ()
    """For a letter: who it is to, who it is from, and its day."""
    illustrative: Line | None = None
    """Words that must be seen first, where the policy is no council's."""
    summary: tuple[Told, ...]
    """What it comes to."""
    sections: tuple[Section, ...]
    """How it was worked out."""


def say(line: Step) -> str:
    """The sentence for a line of working, made of its inputs and its result alone."""
    known = _SAID.get(id(line))
    if known is not None and known[0] is line:
        return known[1]
    if len(_SAID) >= MOST_REMEMBERED:
        _SAID.clear()
    said = _say(line)
    _SAID[id(line)] = (line, said)
    return said


def _say(line: Step) -> str:
    quantities: dict[str, Quantity] = {given.name: given for given in line.inputs}
    plainer = PLAINER.get(line.kind)
    is_plain = plainer is not None and quantities[plainer.unless].value == plainer.value
    sentence = plainer.sentence if plainer is not None and is_plain else SENTENCES[line.kind]
    said = sentence.format(result=line.result, **quantities)
    is_rounded_here = line.kind not in ROUND_IN_THEIR_WORDS and "step" in quantities and "mode" in quantities
    return said + ROUNDED.format(**quantities) if is_rounded_here else said


def family_statement(plan: Plan, policy: PolicyConfiguration, result: Assessment) -> Statement:
    """Write an assessment for the family.

    Args:
        plan: The plan that was scored.
        policy: The policy applied, for the words of its questions.
        result: The assessment.
    """
    return Statement(
        title="How your indicative personal budget was worked out",
        illustrative=result.policy.illustrative,
        summary=tuple(_summary(result)),
        sections=tuple(_sections(plan, policy, result)),
    )


def as_text(statement: Statement) -> str:
    """The statement as plain text."""
    lines = [statement.title, "=" * len(statement.title), ""]
    if statement.opening:
        lines += [*statement.opening, ""]
    if statement.illustrative:
        lines += [f"[{statement.illustrative}]", ""]
    for paragraph in statement.summary:
        lines += [paragraph, ""]
    for section in statement.sections:
        lines += [section.heading, "-" * len(section.heading)]
        lines += [f"- {paragraph}" for paragraph in section.paragraphs]
        lines.append("")
    return "\n".join(lines)


def _summary(result: Assessment) -> Iterator[str]:
    amount = Quantity.of(result.indicative_annual_pence, Unit.PENCE_A_YEAR)
    cost = Quantity.of(result.plan_cost_annual_pence, Unit.PENCE_A_YEAR)
    yield f"The indicative amount for your child is {amount}."
    yield f"The support in the plan costs {cost}."
    if result.plan_cost_one_off_pence:
        once = Quantity.of(result.plan_cost_one_off_pence, Unit.PENCE)
        yield f"Support in the plan that is bought once costs {once} in all. It is not in the yearly figures."
    headline = next(h for h in result.horizons if h.horizon is result.horizon)
    yield from _beside_the_amount(headline)
    if not result.sufficient:
        yield (
            "The indicative amount is less than the plan costs. Whatever plan is agreed, the money agreed "
            "must be enough to pay for it."
        )
    yield from (MARKS[mark] for mark in headline.marks)
    yield NOT_AN_OFFER


def _beside_the_amount(headline: HorizonAmount) -> Iterator[str]:
    """What stands beside the amount and is no part of it, where a policy has such things."""
    if headline.indicative_one_off_pence:
        once = Quantity.of(headline.indicative_one_off_pence, Unit.PENCE)
        yield f"Beside the yearly amount, {once} is paid once."
    if headline.carer_annual_pence:
        carer = Quantity.of(headline.carer_annual_pence, Unit.PENCE_A_YEAR)
        yield f"There is a separate sum for the carer of {carer}. It is no part of your child's amount."
    if headline.lowest_annual_pence is not None and headline.highest_annual_pence is not None:
        lowest = Quantity.of(headline.lowest_annual_pence, Unit.PENCE_A_YEAR)
        highest = Quantity.of(headline.highest_annual_pence, Unit.PENCE_A_YEAR)
        yield f"For other children, packages were from about {lowest} to {highest} where the amount was this."


def _sections(plan: Plan, policy: PolicyConfiguration, result: Assessment) -> Iterator[Section]:
    *steps, last = result.working
    yield Section(heading="Each part of the plan", paragraphs=tuple(_parts_of_the_plan(result)))
    yours = tuple(_family_levels(plan, policy))
    if yours:
        yield Section(heading="Where you see it differently", paragraphs=yours)
    headline = [line for line in steps if line.horizon is result.horizon]
    title = next(h.title for h in result.horizons if h.horizon is result.horizon)
    yield Section(heading=f"Step by step: {title}", paragraphs=(*(say(line) for line in headline), say(last)))
    yield Section(
        heading="What the support in the plan costs",
        paragraphs=tuple(say(line) for line in result.plan_cost.working),
    )
    for other in result.horizons:
        if other.horizon is not result.horizon:
            lines = tuple(say(line) for line in steps if line.horizon is other.horizon)
            yield Section(heading=f"Step by step: {other.title}", paragraphs=lines)
    yield Section(heading="What you can do", paragraphs=WHAT_YOU_CAN_DO)
    yield Section(heading="The rules that were used", paragraphs=tuple(_rules(policy, result)))


def _parts_of_the_plan(result: Assessment) -> Iterator[str]:
    for part in result.horizons:
        amount = Quantity.of(part.indicative_annual_pence, Unit.PENCE_A_YEAR)
        cost = Quantity.of(part.plan_cost_annual_pence, Unit.PENCE_A_YEAR)
        yield (
            f"{part.title}, {day_in_words(part.first_day)} to {day_in_words(part.last_day)}: the indicative "
            f"amount is at the rate of {amount}, and the support in the plan costs {cost}."
        )
    if len(result.horizons) > 1:
        yield (
            "The amount does not change by itself when one part ends. A person has to decide it and tell you "
            "before."
        )


def _family_levels(plan: Plan, policy: PolicyConfiguration) -> Iterator[str]:
    titles = {rule.horizon: rule.title for rule in policy.horizons}
    for domain in policy.domains:
        for need in plan.needs:
            if need.domain != domain.code or need.family_levels is None:
                continue
            for horizon, title in titles.items():
                yours, workers = need.family_levels.at(horizon), need.levels.at(horizon)
                if yours is not None and yours != workers:
                    yield (
                        f"{domain.title}, {title}: you said {_level(policy, domain.code, yours)}; the worker "
                        f"said {_level(policy, domain.code, workers)}. The worker's answer was scored. The "
                        "person who decides sees both."
                    )


def _level(policy: PolicyConfiguration, domain: str, code: str | None) -> str:
    special = {NOT_KNOWN: "not known", NOT_APPLICABLE: "not applicable", NO_NEED: "no need", None: "nothing"}
    if code in special:
        return special[code]
    return f"“{policy.levels[domain][code][1].title}”" if code in policy.levels[domain] else f"“{code}”"


def _rules(policy: PolicyConfiguration, result: Assessment) -> Iterator[str]:
    since = day_in_words(policy.valid_from)
    yield f"{policy.authority.name}: {policy.title}, version {policy.version}, in force from {since}."
    yield f"It is published here: {policy.source}."
    yield (
        f"Anyone can work the figure out again from the same answers. The policy's fingerprint (SHA-256) is "
        f"{result.policy.sha256}; the calculation's version is {result.calculation}."
    )
