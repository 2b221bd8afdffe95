"""A family's reader: works a figure out again from the sentences alone. Each can mean one thing only."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from tests.ras.arithmetic import FUNCTIONS, exp, root

# How the sentences read. A number is only ever taken where it is exact: never one that says "about".
N = r"([\d,]+(?:\.\d+)?)"
ANY_N = r"(-?[\d,]+(?:\.\d+)?)"
POINTS = rf"{N} points?"
PERIOD = r"(?:a week|every four weeks|a year)"
MONEY = rf"£{N} {PERIOD}"
ONCE = rf"£{N}"
SOME_POINTS = r"(?:about )?[\d.,]+ points?"
AMOUNT = rf"(?:about )?£[\d.,]+ {PERIOD}"
"""An amount that another sentence has worked out: it may say about, and is not taken from here."""
WAY = r"(?P<way>to the nearest \(a half goes up\)|to the nearest \(a half goes to the even one\)|down|up)"
ROUNDED = rf" This is rounded {WAY}, to a multiple of {ONCE}\."
MAKES = rf"That makes {AMOUNT}\."
WHY = r".*: because .*,"
SAYS = {
    "score.questionnaire": r".*: these are the questions that are asked of your child\.",
    "score.domain": rf".*: .*\. That is {POINTS}, times a weight of {N}, which makes {SOME_POINTS}\.",
    "score.domain, plainer": rf".*: .*\. That is {POINTS}\.",
    "score.no-need": rf".*: .*\. No need here is worth {POINTS}\.",
    "score.answer": r".*: the answer is “.*”\.",
    "score.not-asked": r".* is not asked of this child, so it is left out\.",
    "score.total": rf"All areas together, times {N}, make {SOME_POINTS}\.",
    "score.total, plainer": rf"All areas together make {SOME_POINTS}\.",
    "score.left-out": r"The answers themselves are looked up, so no points are added up\.",
    "resources.none": r"What family, community and services give is recorded and changes nothing here\.",
    "resources.in-descriptors": (
        r"What family, community and services already give is part of the description of each level, "
        r"so nothing more is taken off\."
    ),
    "resources.not-counted": (
        r".*: nothing is taken off for .* \(.*\), because (?:it will not last|it is not freely and ably given"
        r"|only what family gives leads to a sum for the carer)\."
    ),
    "resources.points": (
        rf".*: what is already there \(.*\) is worth {POINTS}, times the weight of {N}\. "
        rf"It can take off no more than this area's {POINTS}\. Taken off: {SOME_POINTS}\."
    ),
    "resources.points, plainer": (
        rf".*: what is already there \(.*\) is worth {POINTS}\. "
        rf"It can take off no more than this area's {POINTS}\. Taken off: {SOME_POINTS}\."
    ),
    "resources.fraction": (
        rf".*: what is already there \(.*\) covers {N} of this area's {POINTS}, "
        rf"and never more than all of it\. Taken off: {SOME_POINTS}\."
    ),
    "resources.hours": rf".*: what is already there \(.*\) gives {N} hours?\.",
    "resources.carer": (
        rf".*: nothing is taken off for what the family gives \(.*\)\. It counts {MONEY} towards a separate "
        r"sum for the carer\."
    ),
    "resources.carer-sum": (
        rf"The separate sum for the carer is no part of your child's amount\. {AMOUNT}, {N} times a year, "
        rf"rounded {WAY}, to a multiple of {ONCE}, is {AMOUNT}\."
    ),
    "resources.carer-sum, plainer": (
        rf"The separate sum for the carer is no part of your child's amount\. {AMOUNT}, rounded {WAY}, to a "
        rf"multiple of {ONCE}, is {AMOUNT}\."
    ),
    "resources.total": rf"{SOME_POINTS}, less {SOME_POINTS} times {N} for what is already there, leaves .*\.",
    "resources.total, plainer": (
        rf"{SOME_POINTS}, less {SOME_POINTS} for what is already there, leaves {SOME_POINTS}\."
    ),
    "price-per-point": (
        rf".*: each point is worth {MONEY}\. {SOME_POINTS} at {AMOUNT} each, less {MONEY}, and never less "
        rf"than nothing, makes {AMOUNT}\."
    ),
    "banded": rf"{SOME_POINTS} is in the band from {POINTS} to below {POINTS}: {MONEY}\.",
    "banded.last": rf"{SOME_POINTS} is in the highest band, {POINTS} or more: {MONEY}\.",
    "piecewise-linear": (
        rf"{SOME_POINTS} is between {POINTS}, worth {MONEY}, and {POINTS}, worth {MONEY}\. "
        rf"In proportion between the two, that is {AMOUNT}\."
    ),
    "piecewise-linear.last": (
        rf"{SOME_POINTS} is at or above {POINTS}, worth {MONEY}, the most in the table\."
    ),
    "percentile.place": (
        rf"{SOME_POINTS} is between {POINTS}, which is place {N} of 100, and {POINTS}, which is place {N}\. "
        r"In proportion between the two, that is place .*\."
    ),
    "percentile.place-last": (
        rf"{SOME_POINTS} is at or above {POINTS}, the highest score in the table: that is place {N} of 100\."
    ),
    "percentile.place-first": (
        rf"{SOME_POINTS} is below {POINTS}, the lowest score in the table: that is place {N} of 100\."
    ),
    "percentile": (
        rf"Place .* is between place {N}, where support costs {MONEY}, and place {N}, where it costs "
        rf"{MONEY}\. In proportion between the two, that is {AMOUNT}\."
    ),
    "percentile.last": rf"Place {N} is the highest of 100, where support costs {MONEY}\.",
    "level-table.level": r"The level is “.*”, because .*\.",
    "level-table": rf"“.*” is worth {MONEY}\.",
    "rules.level": rf"The level is “.*” \({ANY_N}\), because .*\.",
    "rules": r"These rules give a level and no amount\. A person has to work the amount out\.",
    "weight-x-base": (
        rf".*: the weight is {N}\. .*: the base rate is {MONEY}\. .* times {AMOUNT} makes {AMOUNT}\."
    ),
    "lookup-matrix": rf"These answers together \(.*\) are worth {MONEY}\.",
    "line-items.left-out": r".* does not apply to your child, so it is left out\.",
    "line-items.level": rf".* \(.*\): the answer “.*” gives {N}\.",
    "line-items.for-each": rf".* \(.*\): {N} for each of {N} makes {N}\.",
    "line-items.present": (rf".* \(.*\): of {N} there are {N} already \(.*\), so {N} more are needed\."),
    "line-items.cut": (
        rf".* \(.*\): {N} is more than the highest number of the policy, so it becomes {N}\. A person must "
        r"look at this and give reasons: a limit cannot decide what a child needs\."
    ),
    "line-items.item": rf".* \(.*\): {N} at {ONCE} each makes {AMOUNT}\.",
    "line-items": rf"All of these items together make {AMOUNT}\.",
    "regression.intercept": rf"The formula starts at {ANY_N}\.",
    "regression.term": rf".*: {ANY_N} times {ANY_N} makes .*\.",
    "regression.term, plainer": r".*: this does not add anything for your child\.",
    "regression.interaction": rf".*: {ANY_N} times {ANY_N} times {ANY_N} makes .*\.",
    "regression.sum": r"All of these together make .*\.",
    "regression.identity": rf"In pounds, and never less than nothing, .* is {AMOUNT}\.",
    "regression.square-root": (
        rf".*, or 0 if it is less than nothing, times itself is a number of pounds: {AMOUNT}\."
    ),
    "regression.log": (
        rf"The number e \(about 2\.718\) to the power of .* is a number of pounds: {AMOUNT}\."
    ),
    "composite.part": rf"(?P<title>.*) comes to {AMOUNT}\.",
    "composite.sum": rf"Added up \((?P<title>.*)\), that is {AMOUNT}\.",
    "composite.max": rf"The most of these \((?P<title>.*)\) is {AMOUNT}\.",
    "composite.choose": rf".* is the part that fits your child: {AMOUNT}\.",
    "modifier.left-out": r".* does not apply to your child, so nothing changes here\.",
    "modifier.add": rf"{WHY} {MONEY} is added to {AMOUNT}\. {MAKES}",
    "modifier.add-for-each": rf"{WHY} {MONEY} is added to {AMOUNT} for each of {N}\. {MAKES}",
    "modifier.subtract": rf"{WHY} {MONEY} is taken off {AMOUNT}, and never more than all of it\. {MAKES}",
    "modifier.multiply": rf"{WHY} {AMOUNT} is multiplied by {N}\. {MAKES}",
    "modifier.add-on-root-scale": (
        rf"{WHY} {N} is added to the square root of {AMOUNT} in pounds, and the sum is multiplied by "
        rf"itself\. {MAKES}"
    ),
    "modifier.staff-ratio": (
        rf"{WHY} the part of {AMOUNT} that pays for hours of staff, {MONEY}, is multiplied by {N}\. {MAKES}"
    ),
    "modifier.age-taper": (
        rf"{WHY} {AMOUNT} is multiplied by a number between {N} and {N}, in proportion to age: {N} of {N} "
        rf"months have passed\. {MAKES}"
    ),
    "modifier.age-taper, plainer": rf"{WHY} {AMOUNT} is multiplied by {N} at this age\. {MAKES}",
    "uprating.percent": rf"From \d+/\d+, {N}% is added to {AMOUNT}\. {MAKES}",
    "uprating.flat": rf"From \d+/\d+, {MONEY} is added to {AMOUNT}\. {MAKES}",
    "uprating.index": (rf"From \d+/\d+, {AMOUNT} follows an index that went from {N} to {N}\. {MAKES}"),
    "uprating.none": rf"For \d+/\d+ prices stay as they were, so {AMOUNT} stays as it is\.",
    "uprating.not-set": rf"No uprating is set yet for \d+/\d+, so {AMOUNT} stays as it is\.",
    "one-off": rf"{WHY} {ONCE} is paid once, beside the yearly amount\.",
    "one-off.left-out": r".* does not apply to your child, so nothing is paid once for it\.",
    "deflator": rf".*: before this it was {AMOUNT}\. Multiplied by {N}, that is {AMOUNT}\.",
    "bounds.none": r"The policy sets no lowest or highest amount here\.",
    "bounds.within": rf"No lowest or highest amount of the policy changes {AMOUNT}\.",
    "bounds.floor": (
        rf"{AMOUNT} is below the lowest amount for a child who has needs, so it becomes {MONEY}\."
    ),
    "bounds.soft-cap": rf"{AMOUNT} is above {MONEY}: it stays, and the panel looks at it\.",
    "bounds.hard-cap": (
        rf"{AMOUNT} is above the highest amount of the policy, so it becomes {MONEY}\. A person must look at "
        r"this and give reasons: a limit cannot decide what a child needs\."
    ),
    "period.to-year": rf"{AMOUNT}, {N} times a year, is {AMOUNT}\.",
    "period.to-year, plainer": rf"The policy's amounts are for a year, so {AMOUNT} stays as it is\.",
    "rounding": rf"Rounded once, {WAY}, to a multiple of {ONCE}, {AMOUNT} is {AMOUNT}\.",
    "rounding.each-line": rf"Each line above was rounded as it was written, so {AMOUNT} stays as it is\.",
    "range.from": (
        rf"Of [\d,]+ packages that the table was set on, {N}% cost no less than {MONEY} below the amount\. "
        rf"From {AMOUNT}, and never less than nothing, that is {AMOUNT}\."
    ),
    "range.to": (
        rf"Of [\d,]+ packages that the table was set on, {N}% cost no more than {MONEY} above the amount\. "
        rf"From {AMOUNT}, that is {AMOUNT}\."
    ),
    "result": (
        r"The plan started on .*, and .* is in its .* \(.*\), so the indicative amount is "
        rf"{MONEY}\."
    ),
}
WAYS = {
    "to the nearest (a half goes up)": "round_half_up",
    "to the nearest (a half goes to the even one)": "round_half_even",
    "down": "round_down",
    "up": "round_up",
}


@dataclass(frozen=True)
class Rounding:
    """How a sentence says that its figure is rounded."""

    way: str
    to_pence: Fraction

    def apply(self, pence: Fraction) -> Fraction:
        """The figure, rounded."""
        return FUNCTIONS[WAYS[self.way]](pence, self.to_pence)


@dataclass(frozen=True)
class Read:
    """What a sentence says: its kind, its exact numbers, a title among them, and how it is rounded."""

    kind: str
    numbers: tuple[Fraction, ...] = ()
    title: str = ""
    rounding: Rounding | None = None


def number(text: str) -> Fraction:
    """A number as it is written."""
    return Fraction(text.replace(",", ""))


def read(sentence: str) -> Read:
    """Read one sentence as a person would: it can mean one thing only."""
    rounding = None
    if ends := re.search(rf"{ROUNDED}$", sentence):
        rounding = Rounding(ends["way"], number(ends[2]) * 100)
        sentence = sentence[: ends.start()]
    matches = [(kind, m) for kind, how in SAYS.items() if (m := re.fullmatch(how, sentence, re.DOTALL))]
    assert len(matches) == 1, (sentence, [kind for kind, _ in matches])
    ((kind, match),) = matches
    words = match.groupdict()
    numbers = tuple(number(found) for found in match.groups() if found not in words.values())
    if "way" in words:
        *numbers_before, to = numbers
        numbers, rounding = tuple(numbers_before), Rounding(words["way"], to * 100)
    return Read(kind.removesuffix(", plainer"), numbers, words.get("title", ""), rounding)


def within(at: Fraction, low: Fraction, high: Fraction, worth: Fraction) -> Fraction:
    """What a band is worth, where something is in it."""
    assert low <= at < high
    return worth


def from_there_on(at: Fraction, low: Fraction, worth: Fraction) -> Fraction:
    """What the last of a table is worth, where something is at or above it."""
    assert low <= at
    return worth


def below(at: Fraction, high: Fraction, worth: Fraction) -> Fraction:
    """What stands before a table, where something is below it."""
    assert at < high
    return worth


def between(at: Fraction, low: Fraction, least: Fraction, high: Fraction, most: Fraction) -> Fraction:
    """In proportion between two knots."""
    assert low <= at < high
    return least + (at - low) * (most - least) / (high - low)


def that(_at: Fraction, worth: Fraction) -> Fraction:
    """What a sentence says outright."""
    return worth


BY_POINTS: dict[str, Callable[..., Fraction]] = {
    "price-per-point": lambda points, price, less: max(Fraction(0), points * price - less),
    "banded": within,
    "banded.last": from_there_on,
    "piecewise-linear": between,
    "piecewise-linear.last": from_there_on,
    "level-table": that,
    "lookup-matrix": that,
    "rules": lambda _points: Fraction(0),
    "weight-x-base": lambda _points, weight, base: weight * base,
    "line-items.item": lambda _points, quantity, rate: quantity * rate,
}
"""By kind of sentence, pounds from the points and the numbers that it says."""
PLACES: dict[str, Callable[..., Fraction]] = {
    "percentile.place": between,
    "percentile.place-first": below,
    "percentile.place-last": from_there_on,
}
"""By kind of sentence, the place of 100 from the points."""
BY_PLACE: dict[str, Callable[..., Fraction]] = {"percentile": between, "percentile.last": from_there_on}
"""By kind of sentence, pounds from the place of 100."""
LINKS: dict[str, Callable[[Fraction], Fraction]] = {
    "regression.identity": lambda total: max(Fraction(0), total),
    "regression.square-root": lambda total: max(Fraction(0), total) ** 2,
    "regression.log": exp,
}
"""By kind of sentence, pounds from the sum of a formula."""
CHANGES: dict[str, Callable[..., Fraction]] = {
    "modifier.add": lambda amount, pounds: amount + pounds * 100,
    "modifier.add-for-each": lambda amount, pounds, count: amount + pounds * count * 100,
    "modifier.subtract": lambda amount, pounds: max(Fraction(0), amount - pounds * 100),
    "modifier.multiply": lambda amount, factor: amount * factor,
    "modifier.add-on-root-scale": lambda amount, added: (
        amount + (2 * root(amount / 100) + added) * added * 100  # the sum of two, times itself
    ),
    "modifier.staff-ratio": lambda amount, staff, ratio: amount + staff * (ratio - 1) * 100,
    "modifier.age-taper": lambda amount, low, *rest: amount * (taper(low, *rest) if rest else low),
    "uprating.percent": lambda amount, percent: amount * (100 + percent) / 100,
    "uprating.flat": lambda amount, pounds: amount + pounds * 100,
    "uprating.index": lambda amount, before, after: amount * after / before,
    "deflator": lambda amount, factor: amount * factor,
    "bounds.floor": lambda _amount, pounds: pounds * 100,
    "bounds.hard-cap": lambda _amount, pounds: pounds * 100,
    "period.to-year": lambda amount, times=1: amount * times,
    "rounding": lambda amount: amount,
}
"""By kind of sentence, pence from the amount so far and the numbers that it says."""
AS_SAID: dict[str, Callable[..., bool]] = {
    "line-items.for-each": lambda each, count, made: each * count == made,
    "line-items.present": lambda wanted, present, left: max(0, wanted - present) == left,
    "line-items.cut": lambda wanted, most: wanted > most,
}
"""By kind of sentence, whether its own numbers agree."""


def taper(low: Fraction, high: Fraction, passed: Fraction, months: Fraction) -> Fraction:
    """A factor in proportion to the months that have passed."""
    return low + (high - low) * passed / months


@dataclass
class Worked:
    """What a reader has worked out so far, from the sentences of one horizon. Money is in pence."""

    points: Fraction = Fraction(0)
    amount: Fraction = Fraction(0)
    once: Fraction | None = None
    carer: Fraction | None = None
    range_ends: list[Fraction] = field(default_factory=list)
    _taken_off: Fraction = Fraction(0)
    _carer_sum: Fraction = Fraction(0)
    _place: Fraction = Fraction(0)
    _items: list[Fraction] = field(default_factory=list)
    _terms: list[Fraction] = field(default_factory=list)
    _parts: list[tuple[str, Fraction]] = field(default_factory=list)

    def take(self, said: Read) -> None:
        """Take one more sentence in."""
        family = said.kind.partition(".")[0]
        if family in {"score", "resources"}:
            self._count(said)
        elif family in {"one-off", "range"}:
            self._beside(said)
        elif said.kind in PLACES:
            self._place = PLACES[said.kind](self.points, *said.numbers)
        elif said.kind in {"regression.intercept", "regression.term", "regression.interaction"}:
            self._terms.append(prod(said.numbers, start=Fraction(1 if said.numbers else 0)))
        elif said.kind in AS_SAID:
            assert AS_SAID[said.kind](*said.numbers), said
        else:
            self._money(said)

    def _money(self, said: Read) -> None:
        """The amount after one more sentence; as it was, where the sentence says no other."""
        kind, numbers = said.kind, said.numbers
        if kind in BY_POINTS:
            self.amount = BY_POINTS[kind](self.points, *numbers) * 100
        elif kind in BY_PLACE:
            self.amount = BY_PLACE[kind](self._place, *numbers) * 100
        elif kind in LINKS:
            self.amount = LINKS[kind](sum(self._terms, Fraction(0))) * 100
            self._terms.clear()
        elif kind in CHANGES:
            self.amount = CHANGES[kind](self.amount, *numbers)
        elif kind == "line-items":
            self.amount = sum(self._items, Fraction(0))
            self._items.clear()
        elif kind in {"composite.sum", "composite.max"}:
            parts = self._last_parts(said.title)
            self.amount = sum(parts, Fraction(0)) if kind == "composite.sum" else max(parts)
        if said.rounding is not None:
            self.amount = said.rounding.apply(self.amount)
        if kind == "line-items.item":
            self._items.append(self.amount)
        elif kind == "composite.part":
            self._parts.append((said.title, self.amount))

    def _last_parts(self, titles: str) -> list[Fraction]:
        """What the last parts of these titles came to; others before them are another composite's."""
        for count in range(2, len(self._parts) + 1):
            last = self._parts[-count:]
            if ", ".join(title for title, _ in last) == titles:
                del self._parts[-count:]
                return [amount for _, amount in last]
        raise AssertionError(titles)

    def _count(self, said: Read) -> None:
        match said:
            case Read("score.domain", (level_points, *weight)):
                self.points += level_points * (weight[0] if weight else 1)
            case Read("score.no-need", (nothing,)):
                self.points += nothing
            case Read("score.total", (scale,)):
                self.points *= scale
            case Read("resources.points", (present, *weight, need)):
                self._taken_off += min(need, present * (weight[0] if weight else 1))
            case Read("resources.fraction", (part, need)):
                self._taken_off += need * min(Fraction(1), part)
            case Read("resources.total", scale):
                self.points -= self._taken_off * (scale[0] if scale else 1)
            case Read("resources.carer", (pounds,)):
                self._carer_sum += pounds * 100
            case Read("resources.carer-sum", times, rounding=Rounding() as rounding):
                self.carer = rounding.apply(self._carer_sum * (times[0] if times else 1))

    def _beside(self, said: Read) -> None:
        match said:
            case Read("one-off", (pounds,)):
                self.once = (self.once or Fraction(0)) + pounds * 100
            case Read("one-off.left-out"):
                self.once = self.once or Fraction(0)
            case Read("range.from", (_, less)):
                self.range_ends.append(max(Fraction(0), self.amount - less * 100))
            case Read("range.to", (_, more)):
                self.range_ends.append(self.amount + more * 100)


def worked_out_again(sentences: list[str]) -> Worked:
    """All that the sentences of one horizon come to."""
    worked = Worked()
    for sentence in sentences:
        worked.take(read(sentence))
    return worked


def steps_by_step(text: str) -> Iterator[list[str]]:
    """The sentences under each heading "Step by step" of a statement, the headline's first."""
    for part in text.split("\n\n"):
        if part.startswith("Step by step: "):
            _, _, *bullets = part.split("\n")
            yield [bullet.removeprefix("- ") for bullet in bullets]
