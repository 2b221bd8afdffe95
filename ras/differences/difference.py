"""One difference: its sentence, made of the two steps it points at and of nothing else."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from ras.allocation import VARIANTS
from ras.assessment import Assessment
from ras.costing import CostedLine
from ras.records import Line, Record, Told
from ras.working import Horizon, Quantity, Step

ALLOCATIONS = frozenset(kind for variant in VARIANTS for kind in variant.sentences)
CHANGES_NOTHING = frozenset(
    {
        *("score.not-asked", "line-items.left-out", "modifier.left-out", "one-off.left-out"),
        *("uprating.none", "uprating.not-set"),
    }
)
"""Steps that say that a rule does nothing here. What they are compared with is new, or gone."""


class DifferenceKind(StrEnum):
    """What sort of thing changed."""

    NEEDS = "needs"
    RESOURCES = "resources"
    CIRCUMSTANCES = "circumstances"
    PRICES = "prices"
    RULES = "rules"
    PLAN = "plan"
    HORIZON = "horizon"
    DECISION = "decision"
    """No working says it: the written reasons do."""


class Difference(Record):
    """One thing that differs between two assessments."""

    kind: DifferenceKind
    """What sort of thing."""
    old: tuple[Line, ...]
    """Where it stands in the old assessment, as JSON pointers: `/working/3`."""
    new: tuple[Line, ...]
    """Where it stands in the new one."""
    sentence: Told
    """What a family reads."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A step, and where it stands."""

    pointer: str
    step: Step

    @property
    def kind(self) -> str:
        """What sort of step it is."""
        return self.step.kind

    @property
    def variant(self) -> str:
        """Of a step of an allocation: which variant wrote it."""
        return self.kind.partition(".")[0]

    @property
    def named(self) -> dict[str, Quantity]:
        """Its inputs by name."""
        return {given.name: given for given in self.step.inputs}

    def __getitem__(self, name: str) -> Quantity:
        return self.named[name]

    def say(self, sentence: str) -> str:
        """A sentence with this step's own inputs and result in it."""
        return sentence.format(result=self.step.result, **self.named)


def code_of(placed: Placed) -> str:
    """The code that the rule's path names: of a domain, a modifier, a sum paid once."""
    return placed.step.rule.split(".")[1]


@dataclass(frozen=True, slots=True)
class Side:
    """An assessment, and the horizon of it that is compared."""

    assessment: Assessment
    horizon: Horizon

    def family(self, name: str) -> list[Placed]:
        """The steps of a family, in order, at the horizon."""
        return [placed for placed in self.steps() if placed.kind.partition(".")[0] == name]

    def only(self, name: str) -> Placed | None:
        """The one step of a family that has one at most; None where it has none."""
        return next(iter(self.family(name)), None)

    def steps(self) -> Iterator[Placed]:
        """The steps of the indicative amount at the horizon."""
        for number, step in enumerate(self.assessment.working):
            if step.horizon is self.horizon:
                yield Placed(f"/working/{number}", step)

    def allocation(self) -> list[Placed]:
        """The steps in which points or answers become money; the last has the amount."""
        return [placed for placed in self.steps() if placed.kind in ALLOCATIONS]

    def lines(self) -> Iterator[tuple[CostedLine, Placed]]:
        """The yearly lines of the plan at the horizon, with their step."""
        cost = self.assessment.plan_cost
        for number, line in enumerate(cost.lines):
            if line.annual_pence is not None and self.horizon in line.horizons:
                yield line, Placed(f"/plan_cost/working/{number}", cost.working[number])

    def total_cost(self) -> Placed:
        """The step that adds the plan's lines up."""
        return next(
            Placed(f"/plan_cost/working/{number}", step)
            for number, step in enumerate(self.assessment.plan_cost.working)
            if step.kind == "cost.total" and step.horizon is self.horizon
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """The assessment of the amount before, and that of the new one."""

    old: Side
    new: Side

    def family(self, name: str) -> tuple[list[Placed], list[Placed]]:
        """The steps of a family in each."""
        return self.old.family(name), self.new.family(name)

    def only(self, name: str) -> tuple[Placed | None, Placed | None]:
        """The one step of such a family in each."""
        return self.old.only(name), self.new.only(name)

    @property
    def rules_differ(self) -> bool:
        """Whether the two were worked out by different policy documents."""
        return self.old.assessment.policy.sha256 != self.new.assessment.policy.sha256

    @property
    def by_rules(self) -> DifferenceKind:
        """Why another rule applies: another document, or other facts under the same one."""
        return DifferenceKind.RULES if self.rules_differ else DifferenceKind.CIRCUMSTANCES

    def why(self, was: Placed | None, now: Placed | None) -> DifferenceKind:
        """Why a rule does another thing: a rule that only one document has is that document's doing."""
        if was is None or now is None:
            return DifferenceKind.RULES
        is_new_or_gone = was.kind in CHANGES_NOTHING or now.kind in CHANGES_NOTHING
        return DifferenceKind.CIRCUMSTANCES if is_new_or_gone else self.by_rules


class Said(NamedTuple):
    """What is told of a kind of step, in sentences over its own inputs and result.

    Attributes:
        before: What it said before.
        after: What it says now; it follows `before`, and two steps that say the same in it do not differ.
        new: All that is told where there was nothing like it before.
        gone: All that is told where there is nothing like it now.
        by: What two steps are compared by, where that is not all of `after`.
    """

    before: str
    after: str
    new: str = ""
    gone: str = ""
    by: str | None = None

    def compared(self, placed: Placed) -> str:
        """What must be the same in two steps for nothing to be told."""
        return placed.say(self.after if self.by is None else self.by)


Saying = Callable[[Placed], Said]
"""From a step to what is told of it."""


IN_GENERAL = Said("A step came to {result} before.", "Now it comes to {result}.")
"""What is told of a kind that no table names: a new variant has words of its own only when written."""


def by_kind(said: Mapping[str, Said]) -> Saying:
    """What is told of a step, by its kind."""
    return lambda placed: said.get(placed.kind, IN_GENERAL)


def told(
    kind: DifferenceKind, was: Placed | None, now: Placed | None, saying: Saying | Said
) -> Iterator[Difference]:
    """How two steps about one thing differ, if they do."""
    before = was if was and was.kind not in CHANGES_NOTHING else None
    after = now if now and now.kind not in CHANGES_NOTHING else None
    say = saying if callable(saying) else lambda _: saying
    if before and after:
        old, new = say(before), say(after)
        if old.compared(before) != new.compared(after):
            yield pointing(kind, was, now, f"{before.say(old.before)} {after.say(new.after)}")
    elif after:
        yield pointing(kind, was, now, after.say(say(after).new))
    elif before:
        yield pointing(kind, was, now, before.say(say(before).gone))


def pointing(kind: DifferenceKind, was: Placed | None, now: Placed | None, sentence: str) -> Difference:
    """A difference that points at the steps its sentence is made of."""
    return Difference(
        kind=kind,
        old=(was.pointer,) if was else (),
        new=(now.pointer,) if now else (),
        sentence=sentence,
    )


def pairs(
    was: Iterable[Placed], now: Iterable[Placed], *, by: Callable[[Placed], Hashable]
) -> Iterator[tuple[Placed | None, Placed | None]]:
    """The steps of each side that are about one thing, in order; None where a side has no more of them."""
    before, after = _grouped(was, by), _grouped(now, by)
    for thing in dict.fromkeys([*before, *after]):
        yield from zip_longest(before.get(thing, ()), after.get(thing, ()))


def _grouped(steps: Iterable[Placed], by: Callable[[Placed], Hashable]) -> dict[Hashable, list[Placed]]:
    found: dict[Hashable, list[Placed]] = {}
    for placed in steps:
        found.setdefault(by(placed), []).append(placed)
    return found
