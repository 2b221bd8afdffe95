"""Line items: quantity x rate, added up. Ready reckoners and equivalence models are so."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation import matching
from ras.allocation.variant import BY_ANSWERS, BY_SCORE, Fault, Place, Present, Priced, Pricing, Variant
from ras.conditions import Condition, Questions, Requirement
from ras.records import Code, Exact, Flag, Line, PositiveText, Record, exact, tidy
from ras.working import Quantity, Step, Unit, decimal, step


class LevelQuantity(Record):
    """How many at one level of need."""

    level: Code
    """The level's code."""
    quantity: PositiveText
    """How many, as text."""


class ByLevel(Record):
    """A quantity that depends on one domain's answer."""

    domain: Code
    """The domain. Where it is not asked of a child, the item is left out."""
    quantities: Annotated[tuple[LevelQuantity, ...], Field(min_length=1)]
    """One for each of the domain's levels, from the least help to the most."""


class LineItem(Record):
    """One kind of support: how much of it, and what each costs."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    unit: Line
    """What is counted: "hours", "nights"."""
    when: Requirement | None = None
    """Which children have it; left out, all."""
    quantity: PositiveText | None = None
    """How many in the policy's money period, as text. One of this and `by_level` is given."""
    by_level: ByLevel | None = None
    """How many in the policy's money period, by the answer in a domain."""
    for_each: Code | None = None
    """A circumstance that asks how many: the quantity is for each of them."""
    rate_pence: PositiveText
    """Pence for one, as text."""
    staff_hours: Flag = False
    """Whether it counts hours of staff, which a staff ratio multiplies."""
    less_present_in: Code | None = None
    """In mode `hours`: the domain whose hours already there come off the quantity, never below nothing."""
    at_most: PositiveText | None = None
    """The most there can be, as text. A quantity cut to it is never settled without a person's reasons."""
    at_most_equality_reference: Line | None = None
    """The equality analysis of that limit."""


class LineItems(Variant):
    """The cost of every item, added up."""

    sentences: ClassVar = {
        "line-items.left-out": "{title} does not apply to your child, so it is left out.",
        "line-items.level": "{title} ({counted}): the answer “{level}” gives {result}.",
        "line-items.for-each": "{title} ({counted}): {quantity} for each of {count} makes {result}.",
        "line-items.present": (
            "{title} ({counted}): of {quantity} there are {present} already ({givers}), so {result} more are "
            "needed."
        ),
        "line-items.cut": (
            "{title} ({counted}): {quantity} is more than the highest number of the policy, so it becomes "
            "{result}. A person must look at this and give reasons: a limit cannot decide what a child needs."
        ),
        "line-items.item": "{title} ({counted}): {quantity} at {rate} each makes {result}.",
        "line-items": "All of these items together make {result}.",
    }

    variant: Literal["line-items"]
    """`line-items`."""
    items: Annotated[tuple[LineItem, ...], Field(min_length=1, max_length=100)]
    """What is added up, in order."""

    def price(self, given: Pricing) -> Priced:
        """Price every item, and add them up."""
        steps: list[Step] = []
        priced: dict[str, Exact] = {}
        staff: Exact = 0
        left = dict(given.hours_present or {})
        for number, item in enumerate(self.items):
            lines = list(self._item(item, given, left))
            steps += lines
            if lines[-1].kind == "line-items.item":
                priced[f"item_{number + 1}"] = lines[-1].result.number
                staff += lines[-1].result.number if item.staff_hours else 0
        total = given.money(
            "line-items",
            rule=f"{given.rule}.items",
            source=self.source,
            arithmetic=" + ".join(priced) or "0",
            result=tidy(sum(priced.values())),
            numbers={name: (pence, given.unit) for name, pence in priced.items()},
        )
        return Priced((*steps, total), staff_pence=tidy(staff), hours_left=left)

    def _item(self, item: LineItem, given: Pricing, left: dict[str, Present]) -> Iterator[Step]:
        if not self._applies(item, given):
            yield self._line("left-out", item, given, 0, words={})
            return
        quantity = exact(item.quantity or "0")
        if item.by_level is not None:
            answered = given.scored.answers[item.by_level.domain]
            by_code = {each.level: exact(each.quantity) for each in item.by_level.quantities}
            quantity = by_code[answered.code]
            yield self._line(
                "level",
                item,
                given,
                quantity,
                words={"level": answered.title},
                numbers={"quantity": quantity},
            )
        if item.for_each is not None:
            count = given.facts.counts[item.for_each]
            numbers = {"quantity": quantity, "count": count}
            quantity = tidy(quantity * count)
            yield self._line("for-each", item, given, quantity, numbers=numbers)
        there = left.get(item.less_present_in or "")
        if there is not None and there.hours:
            used = min(quantity, there.hours)
            left[item.less_present_in or ""] = Present(tidy(there.hours - used), there.givers)
            numbers = {"quantity": quantity, "present": there.hours}
            quantity = tidy(quantity - used)
            yield self._line(
                "present", item, given, quantity, words={"givers": there.givers}, numbers=numbers
            )
        if item.at_most is not None and quantity > exact(item.at_most):
            numbers = {"quantity": quantity, "most": exact(item.at_most)}
            quantity = exact(item.at_most)
            yield self._line("cut", item, given, quantity, numbers=numbers)
        rate = exact(item.rate_pence)
        yield given.money(
            "line-items.item",
            rule=f"{given.rule}.items.{item.code}",
            source=self.source,
            words={"title": item.title, "counted": item.unit},
            arithmetic="quantity * rate",
            result=quantity * rate,
            numbers={"quantity": (quantity, Unit.NUMBER), "rate": (rate, Unit.PENCE)},
        )

    def _applies(self, item: LineItem, given: Pricing) -> bool:
        is_asked = item.by_level is None or item.by_level.domain in given.scored.answers
        return is_asked and (item.when is None or item.when.meets(given.scored))

    def _line(
        self,
        kind: str,
        item: LineItem,
        given: Pricing,
        result: Exact,
        *,
        words: Mapping[str, str] | None = None,
        numbers: Mapping[str, Exact] | None = None,
    ) -> Step:
        """A line that counts, and prices nothing yet."""
        return step(
            f"line-items.{kind}",
            horizon=given.horizon,
            rule=f"{given.rule}.items.{item.code}",
            source=self.source,
            words={"title": item.title, "counted": item.unit, **(words or {})},
            arithmetic=ARITHMETIC[kind],
            result=result,
            unit=Unit.NUMBER,
            numbers={name: (value, Unit.NUMBER) for name, value in (numbers or {}).items()},
        )

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Every item says how many, of things that the policy asks."""
        for number, item in enumerate(self.items):
            here = ("items", number)
            if item.code in {other.code for other in self.items[:number]}:
                yield (*here, "code"), "repeated-code", f"'{item.code}' is there twice; codes are used once."
            if (item.quantity is None) == (item.by_level is None):
                yield here, "missing", "Give one of `quantity` and `by_level`."
            if item.by_level is not None:
                for where, code, message in _level_faults(item.by_level, asked):
                    yield (*here, "by_level", *where), code, message
            if item.for_each is not None and not asked.counts(item.for_each):
                message = f"No circumstance '{item.for_each}' asks how many."
                yield (*here, "for_each"), "unknown-reference", message
            if item.less_present_in is not None and item.less_present_in not in asked.levels:
                message = f"There is no domain '{item.less_present_in}'."
                yield (*here, "less_present_in"), "unknown-reference", message

    def conditions(self) -> Iterator[tuple[Place, Condition]]:
        """Each item's condition."""
        for number, item in enumerate(self.items):
            if item.when is not None:
                yield ("items", number, "when"), item.when

    def uses_score(self) -> bool:
        """Only where an item looks at the score."""
        return matching.uses_score([item.when for item in self.items])

    def reads_answers(self) -> bool:
        """It counts by single answers and facts."""
        return True

    def resource_modes(self) -> frozenset[str]:
        """Hours already there come off; points only where an item looks at the score."""
        takes_hours = any(item.less_present_in is not None for item in self.items)
        return (BY_SCORE if self.uses_score() else BY_ANSWERS) | ({"hours"} if takes_hours else set())

    def pays_staff_hours(self) -> bool:
        """Where an item says so."""
        return any(item.staff_hours for item in self.items)

    def thresholds(self) -> Iterator[Exact]:
        """The scores that items speak of."""
        return matching.thresholds([item.when for item in self.items])

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each item."""
        for item in self.items:
            each = Quantity.of(exact(item.rate_pence), Unit.PENCE)
            if item.by_level is None:
                yield f"{item.title}: {decimal(exact(item.quantity or '0'))} {item.unit} at {each} each."
            else:
                counts = [decimal(exact(by.quantity)) for by in item.by_level.quantities]
                several = f"from {counts[0]} to {counts[-1]} {item.unit}, by the answer"
                yield f"{item.title}: {several}, at {each} each."


ARITHMETIC = {
    "left-out": "0",
    "level": "quantity",
    "for-each": "quantity * count",
    "present": "max(0, quantity - present)",
    "cut": "min(quantity, most)",
}


def _level_faults(by_level: ByLevel, asked: Questions) -> Iterator[Fault]:
    levels = asked.levels.get(by_level.domain)
    if levels is None:
        yield ("domain",), "unknown-reference", f"There is no domain '{by_level.domain}'."
        return
    given = tuple(each.level for each in by_level.quantities)
    if given != levels:
        message = f"Give one quantity for each answer, in this order: {', '.join(levels)}."
        yield ("quantities",), "gap", message
    for number, (less, more) in enumerate(zip(by_level.quantities, by_level.quantities[1:], strict=False), 1):
        if exact(more.quantity) < exact(less.quantity):
            yield (
                ("quantities", number, "quantity"),
                "falls",
                f"'{more.level}' is more need than '{less.level}' and has fewer.",
            )
