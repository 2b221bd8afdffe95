"""Regression: an intercept and coefficients, through the inverse of the link they were fitted with.

Florida's iBudget is so, in its state's law: the square root of the cost is what was fitted. The
figures are those a statistician publishes: in pounds, their square roots or their logarithms.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, assert_never

from pydantic import Field

from ras.allocation.variant import BY_ANSWERS, BY_SCORE, Fault, Place, Priced, Pricing, Variant
from ras.conditions import Condition, Questions
from ras.irrational import exp
from ras.plan import NO_NEED
from ras.records import Code, DecimalText, Exact, Line, Record, exact, tidy
from ras.working import Plainer, Step, Unit, decimal, step

PENCE_IN_A_POUND = 100


class TheScore(Record):
    """The score after resources present."""

    kind: Literal["score"]
    """`score`."""


class DomainPoints(Record):
    """Weighted points of some domains, after resources present; a domain that is not asked adds nothing."""

    kind: Literal["points"]
    """`points`."""
    domains: Annotated[tuple[Code, ...], Field(min_length=1)]
    """The domains whose points are added up."""


class AtLeastLevel(Record):
    """1 where the answer is a level or one of more need, else 0."""

    kind: Literal["at-least"]
    """`at-least`."""
    domain: Code
    """The domain."""
    level: Code
    """The level."""


class Indicator(Record):
    """1 where a condition on age and circumstances holds, else 0."""

    kind: Literal["when"]
    """`when`."""
    when: Condition
    """The condition."""


class Count(Record):
    """The number given for a circumstance that asks how many."""

    kind: Literal["count"]
    """`count`."""
    circumstance: Code
    """The circumstance."""


class AgeInYears(Record):
    """Completed years of age."""

    kind: Literal["age"]
    """`age`."""


Variable = Annotated[
    TheScore | DomainPoints | AtLeastLevel | Indicator | Count | AgeInYears, Field(discriminator="kind")
]


class Term(Record):
    """A coefficient and what it multiplies: one variable, or the product of two."""

    title: Line
    """What it stands for, as a family reads it: "Help at night"."""
    coefficient: DecimalText
    """What one unit adds before the link is undone, as text; it can be negative."""
    variables: Annotated[tuple[Variable, ...], Field(min_length=1, max_length=2)]
    """One variable; or two, for an interaction or a square."""


class Regression(Variant):
    """A linear sum of terms, and the inverse of its link."""

    sentences: ClassVar = {
        "regression.intercept": "The formula starts at {result}.",
        "regression.term": "{title}: {coefficient} times {value} makes {result}.",
        "regression.interaction": (
            "{title}: {coefficient} times {value} times {other_value} makes {result}."
        ),
        "regression.sum": "All of these together make {result}.",
        "regression.identity": "In pounds, and never less than nothing, {sum} is {result}.",
        "regression.square-root": (
            "{sum}, or 0 if it is less than nothing, times itself is a number of pounds: {result}."
        ),
        "regression.log": (
            "The number e (about 2.718) to the power of {sum} is a number of pounds: {result}."
        ),
    }
    plainer: ClassVar = {
        "regression.term": Plainer("value", "0", "{title}: this does not add anything for your child."),
    }

    variant: Literal["regression"]
    """`regression`."""
    link: Literal["identity", "square-root", "log"]
    """What was fitted: pounds (`identity`), their square root, or their natural logarithm (`log`)."""
    intercept: DecimalText
    """Where the sum starts, as text."""
    terms: Annotated[tuple[Term, ...], Field(min_length=1, max_length=100)]
    """What is added."""

    def price(self, given: Pricing) -> Priced:
        """Add the terms up, and undo the link."""
        start = step(
            "regression.intercept",
            horizon=given.horizon,
            rule=f"{given.rule}.intercept",
            source=self.source,
            arithmetic="intercept",
            result=exact(self.intercept),
            unit=Unit.NUMBER,
            numbers={"intercept": (exact(self.intercept), Unit.NUMBER)},
        )
        steps = [start, *(self._term(number, given) for number in range(len(self.terms)))]
        names = ["intercept", *(f"term_{number}" for number in range(1, len(self.terms) + 1))]
        total = step(
            "regression.sum",
            horizon=given.horizon,
            rule=f"{given.rule}.terms",
            source=self.source,
            arithmetic=" + ".join(names),
            result=tidy(sum(line.result.number for line in steps)),
            unit=Unit.NUMBER,
            numbers={
                name: (line.result.number, Unit.NUMBER) for name, line in zip(names, steps, strict=True)
            },
        )
        return Priced((*steps, total, self._undo_link(total.result.number, given)))

    def _term(self, number: int, given: Pricing) -> Step:
        term = self.terms[number]
        coefficient = exact(term.coefficient)
        values = [value_of(variable, given) for variable in term.variables]
        numbers: dict[str, tuple[Exact, Unit]] = {
            "coefficient": (coefficient, Unit.NUMBER),
            "value": (values[0], Unit.NUMBER),
        }
        result, arithmetic, kind = coefficient * values[0], "coefficient * value", "regression.term"
        if len(values) > 1:
            numbers["other_value"] = (values[1], Unit.NUMBER)
            result, arithmetic = result * values[1], f"{arithmetic} * other_value"
            kind = "regression.interaction"
        return step(
            kind,
            horizon=given.horizon,
            rule=f"{given.rule}.terms.{number}",
            source=self.source,
            words={"title": term.title},
            arithmetic=arithmetic,
            result=tidy(result),
            unit=Unit.NUMBER,
            numbers=numbers,
        )

    def _undo_link(self, total: Exact, given: Pricing) -> Step:
        match self.link:
            case "identity":
                arithmetic, pounds = "max(0, sum)", max(0, total)
            case "square-root":
                arithmetic, pounds = "max(0, sum) * max(0, sum)", max(0, total) * max(0, total)
            case "log":
                arithmetic, pounds = "exp(sum)", exp(total)
            case _:
                assert_never(self.link)
        return given.money(
            f"regression.{self.link}",
            rule=f"{given.rule}.link",
            source=self.source,
            arithmetic=f"{arithmetic} * {PENCE_IN_A_POUND}",
            result=pounds * PENCE_IN_A_POUND,
            numbers={"sum": (total, Unit.NUMBER)},
        )

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Every variable is something that the policy asks."""
        for number, term in enumerate(self.terms):
            for place, variable in enumerate(term.variables):
                for field, code, message in _unknown(variable, asked):
                    yield ("terms", number, "variables", place, *field), code, message

    def conditions(self) -> Iterator[tuple[Place, Condition]]:
        """The conditions of indicators."""
        for number, term in enumerate(self.terms):
            for place, variable in enumerate(term.variables):
                if isinstance(variable, Indicator):
                    yield ("terms", number, "variables", place, "when"), variable.when

    def uses_score(self) -> bool:
        """Where a term is over points."""
        return any(isinstance(variable, TheScore | DomainPoints) for variable in self._variables())

    def reads_answers(self) -> bool:
        """Always: its terms are over single answers and facts."""
        return True

    def resource_modes(self) -> frozenset[str]:
        """What is there can count only through points."""
        return BY_SCORE if self.uses_score() else BY_ANSWERS

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each term, and one for the link."""
        yield f"The formula starts at {decimal(exact(self.intercept))}. Then these are added:"
        for term in self.terms:
            yield f"{term.title}: {decimal(exact(term.coefficient))} for each."
        yield {
            "identity": "The sum is a number of pounds, and never less than nothing.",
            "square-root": "The sum times itself is a number of pounds; a sum below 0 counts as 0.",
            "log": "The number e (about 2.718) to the power of the sum is a number of pounds.",
        }[self.link]

    def _variables(self) -> Iterator[Variable]:
        for term in self.terms:
            yield from term.variables


def value_of(variable: Variable, given: Pricing) -> Exact:
    """What a variable is for a child."""
    answers = given.scored.answers
    match variable:
        case TheScore():
            return given.points
        case DomainPoints():
            return tidy(sum(answers[code].points for code in variable.domains if code in answers))
        case AtLeastLevel():
            found = answers.get(variable.domain)
            return int(found is not None and found.rank >= found.ranks[variable.level])
        case Indicator():
            return int(variable.when.holds(given.facts))
        case Count():
            return given.facts.counts[variable.circumstance]
        case AgeInYears():
            return given.facts.age
        case _:
            assert_never(variable)


def _unknown(variable: Variable, asked: Questions) -> Iterator[Fault]:
    match variable:
        case DomainPoints():
            for number, code in enumerate(variable.domains):
                if code not in asked.levels:
                    yield ("domains", number), "unknown-reference", f"There is no domain '{code}'."
        case AtLeastLevel():
            if variable.domain not in asked.levels:
                yield ("domain",), "unknown-reference", f"There is no domain '{variable.domain}'."
            elif variable.level == NO_NEED or variable.level not in asked.levels[variable.domain]:
                message = f"'{variable.domain}' has no level '{variable.level}'."
                yield ("level",), "unknown-reference", message
        case Count():
            if not asked.counts(variable.circumstance):
                message = f"No circumstance '{variable.circumstance}' asks how many."
                yield ("circumstance",), "unknown-reference", message
        case _:
            return
