"""What changed between two assessments of one child, in plain sentences made of their two workings.

A sentence holds no number and no name that is not in a step it points at. Where the workings do not
explain a lower amount, that is said too: the written reasons have to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from ras.allocation import VARIANTS
from ras.assessment import Assessment
from ras.costing import CostedLine
from ras.records import Line, Record, Told
from ras.working import Horizon, Quantity, Step

SENTENCES = {
    "horizon": "The amount before was for the {was}. The new amount is for the {now}.",
    "rules": (
        "The rules changed. Before: {was_title}, version {was}. Now: {now_title}, version {now}."
    ),
    "level": "{domain}: the answer was “{was_level}”, {was}. Now it is “{now_level}”, {now}.",
    "level-points": "{domain}: the answer “{level}” gave {was} before. Now it gives {now}.",
    "weight": "{domain}: its points were multiplied by {was} before. Now they are multiplied by {now}.",
    "asked": "{domain}: this was not asked before. Now it is: “{level}”, {now}.",
    "not-asked": "{domain}: the answer was “{level}”, {was}. Now this is not asked.",
    "scale": "All areas together were multiplied by {was} before. Now they are multiplied by {now}.",
    "present": (
        "{domain}: what is already there took off {was} before ({was_givers}). Now it takes off {now} "
        "({now_givers})."
    ),
    "present-new": (
        "{domain}: nothing was taken off before. Now what is already there ({givers}) takes off {now}."
    ),
    "present-gone": "{domain}: what was already there ({givers}) took off {was}. Now nothing is taken off.",
    "table": "For {points} the table gave {was} before. Now it gives {now}.",
    "group": "For {points} the amount was {was} before ({was_group}). Now it is {now} ({now_group}).",
    "price-per-point": "Each point was worth {was} before. Now each is worth {now}.",
    "points": (
        "The score was {was_points} before, which gave {was}. Now it is {now_points}, which gives {now}."
    ),
    "modifier": "{title}: before, {was}. Now, {now}.",
    "modifier-new": "{title}: this did not apply before. Now {now}, because {because}.",
    "modifier-gone": "{title}: before, {was}. Now this does not apply.",
    "modifier.add": "{added} was added",
    "modifier.add, now": "{added} is added",
    "modifier.multiply": "the amount was multiplied by {factor}",
    "modifier.multiply, now": "the amount is multiplied by {factor}",
    "bounds": "{was} {now}",
    "bounds.floor": "Before, the amount was raised to the lowest one of the policy, {floor}.",
    "bounds.floor, now": "Now it is raised to the lowest one of the policy, {floor}.",
    "bounds.hard-cap": "Before, the amount was cut to the highest one of the policy, {hard_cap}.",
    "bounds.hard-cap, now": "Now it is cut to the highest one of the policy, {hard_cap}.",
    "bounds.free": "Before, no lowest or highest amount changed it.",
    "bounds.free, now": "Now no lowest or highest amount changes it.",
    "times": "The amount was counted {was} times a year before. Now it is counted {now} times a year.",
    "rounding": (
        "The amount was rounded to a multiple of {was}, {was_mode}. Now it is rounded to a multiple of "
        "{now}, {now_mode}."
    ),
    "price": "{item} {counted}: the price of each was {was} before. Now it is {now}.",
    "on-costs": "{item}: what comes on top of the price was {was} before. Now it is {now}.",
    "quantity": "{item} {counted}: the plan had {was} before. Now it has {now}.",
    "line-new": "{item} {counted}: this is new in this part of the plan. It costs {now}.",
    "line-gone": "{item} {counted}: this is no longer in this part of the plan. It cost {was}.",
    "plan-cost": "The support in the plan cost {was} before. Now it costs {now}.",
    "no-workings": "There are no two workings to compare. The written reasons say why the amount is lower.",
    "nothing-changed": (
        "Nothing in how the amount was worked out has changed. The written reasons say why it is lower."
    ),
    "not-explained": (
        "These changes alone do not make the amount lower. The written reasons say why it is lower."
    ),
}
"""For each difference, the sentence a family reads."""

_ALLOCATIONS = frozenset(kind for variant in VARIANTS for kind in variant.sentences)
_BINDING = frozenset({"bounds.floor", "bounds.hard-cap"})


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


Horizons = tuple[Horizon, Horizon]
"""The horizon of the old assessment and that of the new one."""


def differences(
    old: Assessment, new: Assessment, *, horizons: Horizons | None = None
) -> tuple[Difference, ...]:
    """Everything that makes the yearly figures of two assessments differ. Support bought once is no part.

    Args:
        old: The assessment of the amount before.
        new: The assessment of the amount after.
        horizons: The horizon of each that is compared; left out, the two headlines.
    """
    was, now = horizons or (old.horizon, new.horizon)
    sides = _Sides(_Side(old, was), _Side(new, now))
    points = [*_needs(sides), *_resources(sides)]
    return (
        *_horizon(sides),
        *_policy(sides),
        *points,
        *_allocation(sides, points),
        *_modifiers(sides),
        *_bounds(sides),
        *_period_and_rounding(sides),
        *_plan_cost(sides),
    )


def explained(
    old: Assessment | None, new: Assessment | None, *, horizons: Horizons | None = None
) -> tuple[Difference, ...]:
    """Why an amount is lower: the differences, and where they do not say it, that the reasons have to."""
    if old is None or new is None:
        return (_decision("no-workings"),)
    found = differences(old, new, horizons=horizons)
    if not found:
        return (_decision("nothing-changed"),)
    was, now = horizons or (old.horizon, new.horizon)
    before, after = _figures(old, was), _figures(new, now)
    is_lower = any(less < more for less, more in zip(after, before, strict=True))
    return found if is_lower else (*found, _decision("not-explained"))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A step, and where it stands."""

    pointer: str
    step: Step

    @property
    def named(self) -> dict[str, Quantity]:
        """Its inputs by name."""
        return {given.name: given for given in self.step.inputs}

    def __getitem__(self, name: str) -> Quantity:
        return self.named[name]


@dataclass(frozen=True, slots=True)
class _Side:
    assessment: Assessment
    horizon: Horizon

    def family(self, name: str) -> list[_Placed]:
        """The steps of a family, in order, at the horizon."""
        return [placed for placed in self.steps() if placed.step.kind.partition(".")[0] == name]

    def steps(self) -> Iterator[_Placed]:
        """The steps of the indicative amount at the horizon."""
        for number, step in enumerate(self.assessment.working):
            if step.horizon is self.horizon:
                yield _Placed(f"/working/{number}", step)

    def allocation(self) -> _Placed:
        """The step in which points become money."""
        return next(placed for placed in self.steps() if placed.step.kind in _ALLOCATIONS)

    def lines(self) -> Iterator[tuple[CostedLine, _Placed]]:
        """The yearly lines of the plan at the horizon, with their step."""
        cost = self.assessment.plan_cost
        for number, line in enumerate(cost.lines):
            if line.annual_pence is not None and self.horizon in line.horizons:
                yield line, _Placed(f"/plan_cost/working/{number}", cost.working[number])

    def total_cost(self) -> _Placed:
        """The step that adds the plan's lines up."""
        return next(
            _Placed(f"/plan_cost/working/{number}", step)
            for number, step in enumerate(self.assessment.plan_cost.working)
            if step.kind == "cost.total" and step.horizon is self.horizon
        )


@dataclass(frozen=True, slots=True)
class _Sides:
    old: _Side
    new: _Side

    @property
    def rules_differ(self) -> bool:
        """Whether the two were worked out by different policy documents."""
        return self.old.assessment.policy.sha256 != self.new.assessment.policy.sha256

    @property
    def by_rules(self) -> DifferenceKind:
        """Why another rule applies: another document, or other facts under the same one."""
        return DifferenceKind.RULES if self.rules_differ else DifferenceKind.CIRCUMSTANCES


def _says(
    kind: DifferenceKind, sentence: str, was: _Placed | None, now: _Placed | None, /, **values: object
) -> Difference:
    return Difference(
        kind=kind,
        old=(was.pointer,) if was else (),
        new=(now.pointer,) if now else (),
        sentence=SENTENCES[sentence].format(**values),
    )


def _decision(sentence: str) -> Difference:
    return _says(DifferenceKind.DECISION, sentence, None, None)


def _figures(assessment: Assessment, horizon: Horizon) -> tuple[int, int]:
    found = next(each for each in assessment.horizons if each.horizon is horizon)
    return found.indicative_annual_pence, found.plan_cost_annual_pence


def _horizon(sides: _Sides) -> Iterator[Difference]:
    if sides.old.horizon is not sides.new.horizon:
        was, now = sides.old.total_cost(), sides.new.total_cost()
        titles = {"was": was["horizon_title"], "now": now["horizon_title"]}
        yield _says(DifferenceKind.HORIZON, "horizon", was, now, **titles)


def _policy(sides: _Sides) -> Iterator[Difference]:
    if sides.rules_differ:
        was, now = sides.old.assessment.policy, sides.new.assessment.policy
        yield Difference(
            kind=DifferenceKind.RULES,
            old=("/policy",),
            new=("/policy",),
            sentence=SENTENCES["rules"].format(
                was_title=was.title, was=was.version, now_title=now.title, now=now.version
            ),
        )


def _needs(sides: _Sides) -> Iterator[Difference]:
    (*old_domains, before), (*new_domains, after) = sides.old.family("score"), sides.new.family("score")
    was, now = _by_code(old_domains), _by_code(new_domains)
    for code in dict.fromkeys([*was, *now]):
        yield from _need(was.get(code), now.get(code))
    if before["scale"] != after["scale"]:
        changed = {"was": before["scale"], "now": after["scale"]}
        yield _says(DifferenceKind.RULES, "scale", before, after, **changed)


def _by_code(steps: list[_Placed]) -> dict[str, _Placed]:
    """By the code that the rule's path names: of a domain, or of a modifier."""
    return {placed.step.rule.split(".")[1]: placed for placed in steps}


def _need(was: _Placed | None, now: _Placed | None) -> Iterator[Difference]:
    before = was if was and was.step.kind == "score.domain" else None
    after = now if now and now.step.kind == "score.domain" else None
    kind = DifferenceKind.CIRCUMSTANCES if was and now else DifferenceKind.RULES
    if before and after:
        yield from _level(before, after)
    elif after:
        points = {"level": after["level"], "now": after.step.result}
        yield _says(kind, "asked", was, now, domain=after["domain"], **points)
    elif before:
        points = {"level": before["level"], "was": before.step.result}
        yield _says(kind, "not-asked", was, now, domain=before["domain"], **points)


def _level(was: _Placed, now: _Placed) -> Iterator[Difference]:
    domain = now["domain"]
    if was.step.rule != now.step.rule:
        yield _says(
            DifferenceKind.NEEDS,
            "level",
            was,
            now,
            domain=domain,
            was_level=was["level"],
            was=was.step.result,
            now_level=now["level"],
            now=now.step.result,
        )
    elif was["level_points"] != now["level_points"]:
        points = {"was": was["level_points"], "now": now["level_points"]}
        yield _says(
            DifferenceKind.RULES, "level-points", was, now, domain=domain, level=now["level"], **points
        )
    if was["weight"] != now["weight"]:
        weights = {"was": was["weight"], "now": now["weight"]}
        yield _says(DifferenceKind.RULES, "weight", was, now, domain=domain, **weights)


def _resources(sides: _Sides) -> Iterator[Difference]:
    was, now = _taken_off(sides.old), _taken_off(sides.new)
    modes = {placed.step.rule for side in (sides.old, sides.new) for placed in side.family("resources")}
    by_mode = "resources_present.mode" in modes and sides.rules_differ
    for domain in dict.fromkeys([*was, *now]):
        for before, after in zip_longest(was.get(domain, ()), now.get(domain, ())):
            yield from _present(domain, before, after, by_mode=by_mode)


def _taken_off(side: _Side) -> dict[str, list[_Placed]]:
    """What is taken off for each domain, by its title."""
    found: dict[str, list[_Placed]] = {}
    for placed in side.family("resources"):
        if placed.step.kind in {"resources.points", "resources.fraction"} and placed.step.result.number:
            found.setdefault(placed["domain"].value, []).append(placed)
    return found


def _present(domain: str, was: _Placed | None, now: _Placed | None, *, by_mode: bool) -> Iterator[Difference]:
    kind = DifferenceKind.RULES if by_mode else DifferenceKind.RESOURCES
    if was is None and now is not None:
        found = {"givers": now["givers"], "now": now.step.result}
        yield _says(kind, "present-new", was, now, domain=domain, **found)
    elif now is None and was is not None:
        found = {"givers": was["givers"], "was": was.step.result}
        yield _says(kind, "present-gone", was, now, domain=domain, **found)
    elif was and now and was.step.result != now.step.result:
        is_worth_other = was["givers"] == now["givers"] and was["present"] != now["present"]
        yield _says(
            DifferenceKind.RULES if is_worth_other else DifferenceKind.RESOURCES,
            "present",
            was,
            now,
            domain=domain,
            was_givers=was["givers"],
            was=was.step.result,
            now_givers=now["givers"],
            now=now.step.result,
        )


def _allocation(sides: _Sides, earlier: list[Difference]) -> Iterator[Difference]:
    was, now = sides.old.allocation(), sides.new.allocation()
    amounts = {"was": was.step.result, "now": now.step.result}
    if was["points"] != now["points"]:
        kind = earlier[0].kind if earlier else DifferenceKind.RULES
        points = {"was_points": was["points"], "now_points": now["points"]}
        yield _says(kind, "points", was, now, **points, **amounts)
        yield from _table(sides, was, now)
    elif was.step.result != now.step.result:
        groups = [placed.named.get("group") for placed in (was, now)]
        if not sides.rules_differ and all(groups):
            named = {"was_group": groups[0], "now_group": groups[1]}
            yield _says(
                DifferenceKind.CIRCUMSTANCES, "group", was, now, points=now["points"], **named, **amounts
            )
        else:
            yield _says(sides.by_rules, "table", was, now, points=now["points"], **amounts)


def _table(sides: _Sides, was: _Placed, now: _Placed) -> Iterator[Difference]:
    """Where the points differ too: what the steps show of a table that changed."""
    before, after = was.named, now.named
    if "price" in before and "price" in after and before["price"] != after["price"]:
        prices = {"was": before["price"], "now": after["price"]}
        yield _says(sides.by_rules, "price-per-point", was, now, **prices)
    known = dict(_known_points(was))
    for points, amount in _known_points(now):
        if points in known and known[points] != amount:
            changed = {"was": known[points], "now": amount}
            yield _says(sides.by_rules, "table", was, now, points=points, **changed)


def _known_points(placed: _Placed) -> Iterator[tuple[Quantity, Quantity]]:
    """The scores whose amount a step shows, besides its own."""
    named = placed.named
    for points, amount in (("lower_points", "lower_amount"), ("upper_points", "upper_amount")):
        if points in named:
            yield _plain(named[points]), _plain(named[amount])
    if "from_points" in named:
        yield _plain(named["from_points"]), placed.step.result


def _plain(given: Quantity) -> Quantity:
    return Quantity(value=given.value, unit=given.unit)


def _modifiers(sides: _Sides) -> Iterator[Difference]:
    was, now = _by_code(sides.old.family("modifier")), _by_code(sides.new.family("modifier"))
    for code in dict.fromkeys([*was, *now]):
        yield from _modifier(was.get(code), now.get(code))


def _modifier(was: _Placed | None, now: _Placed | None) -> Iterator[Difference]:
    before = was if was and was.step.kind != "modifier.left-out" else None
    after = now if now and now.step.kind != "modifier.left-out" else None
    kind = DifferenceKind.CIRCUMSTANCES if was and now else DifferenceKind.RULES
    if before and after:
        if _does(before) != _does(after):
            does = {"was": _does(before), "now": _does(after, ", now")}
            yield _says(DifferenceKind.RULES, "modifier", was, now, title=after["title"], **does)
    elif after:
        why = {"title": after["title"], "because": after["because"]}
        yield _says(kind, "modifier-new", was, now, now=_does(after, ", now"), **why)
    elif before:
        yield _says(kind, "modifier-gone", was, now, title=before["title"], was=_does(before))


def _does(placed: _Placed, when: str = "") -> str:
    return SENTENCES[placed.step.kind + when].format(**placed.named)


def _bounds(sides: _Sides) -> Iterator[Difference]:
    (was,), (now,) = sides.old.family("bounds"), sides.new.family("bounds")
    if _limit(was) != _limit(now):
        said = {"was": _limit(was), "now": _limit(now, ", now")}
        yield _says(DifferenceKind.RULES, "bounds", was, now, **said)


def _limit(placed: _Placed, when: str = "") -> str:
    kind = placed.step.kind if placed.step.kind in _BINDING else "bounds.free"
    return SENTENCES[kind + when].format(**placed.named)


def _period_and_rounding(sides: _Sides) -> Iterator[Difference]:
    (was,), (now,) = sides.old.family("period"), sides.new.family("period")
    if was["times"] != now["times"]:
        times = {"was": was["times"], "now": now["times"]}
        yield _says(DifferenceKind.RULES, "times", was, now, **times)
    (was,), (now,) = sides.old.family("rounding"), sides.new.family("rounding")
    if (was["mode"], was["step"]) != (now["mode"], now["step"]):
        yield _says(
            DifferenceKind.RULES,
            "rounding",
            was,
            now,
            was=was["step"],
            was_mode=was["mode"],
            now=now["step"],
            now_mode=now["mode"],
        )


def _plan_cost(sides: _Sides) -> Iterator[Difference]:
    was, now = _by_item(sides.old), _by_item(sides.new)
    found = [
        each
        for key in dict.fromkeys([*was, *now])
        for before, after in zip_longest(was.get(key, ()), now.get(key, ()))
        for each in _line(before, after)
    ]
    yield from found
    before, after = sides.old.total_cost(), sides.new.total_cost()
    if before.step.result != after.step.result:
        kind = found[0].kind if found else DifferenceKind.RULES
        costs = {"was": before.step.result, "now": after.step.result}
        yield _says(kind, "plan-cost", before, after, **costs)


def _by_item(side: _Side) -> Mapping[tuple[str, str], list[_Placed]]:
    """The lines by what they buy and which domain's outcome they serve."""
    found: dict[tuple[str, str], list[_Placed]] = {}
    for line, placed in side.lines():
        found.setdefault((line.item, line.domain), []).append(placed)
    return found


def _line(was: _Placed | None, now: _Placed | None) -> Iterator[Difference]:
    if was is None and now is not None:
        what = {"item": now["item"], "counted": now["counted"]}
        yield _says(DifferenceKind.PLAN, "line-new", was, now, **what, now=now.step.result)
    elif now is None and was is not None:
        what = {"item": was["item"], "counted": was["counted"]}
        yield _says(DifferenceKind.PLAN, "line-gone", was, now, **what, was=was.step.result)
    elif was and now:
        what = {"item": now["item"], "counted": now["counted"]}
        if was["price"] != now["price"]:
            prices = {"was": was["price"], "now": now["price"]}
            yield _says(DifferenceKind.PRICES, "price", was, now, **what, **prices)
        if was["on_costs"] != now["on_costs"]:
            on_top = {"was": was["on_costs"], "now": now["on_costs"]}
            yield _says(DifferenceKind.PRICES, "on-costs", was, now, item=now["item"], **on_top)
        if any(was[name] != now[name] for name in ("quantity", "how_often", "times")):
            quantities = {"was": _how_much(was, now), "now": _how_much(now, was)}
            yield _says(DifferenceKind.PLAN, "quantity", was, now, **what, **quantities)


def _how_much(placed: _Placed, other: _Placed) -> str:
    """How much of an item; how many times a year only where that is what changed."""
    often = f"{placed['quantity']} {placed['how_often']}"
    is_the_change = placed["how_often"] == other["how_often"] and placed["times"] != other["times"]
    return f"{often}, {placed['times']} times a year" if is_the_change else often
