"""What makes two indicative amounts differ: horizon, rules, needs, resources present, table, modifiers."""

from collections.abc import Iterator
from itertools import zip_longest

from ras.differences.difference import SENTENCES, Difference, DifferenceKind, Placed, Side, Sides, says
from ras.working import Quantity

_BINDING = frozenset({"bounds.floor", "bounds.hard-cap"})


def amount_differences(sides: Sides) -> Iterator[Difference]:
    """Everything that makes the indicative amounts differ, in the order of the working."""
    points = [*_needs(sides), *_resources(sides)]
    yield from _horizon(sides)
    yield from _policy(sides)
    yield from points
    yield from _allocation(sides, points)
    yield from _modifiers(sides)
    yield from _bounds(sides)
    yield from _period_and_rounding(sides)


def _horizon(sides: Sides) -> Iterator[Difference]:
    if sides.old.horizon is not sides.new.horizon:
        was, now = sides.old.total_cost(), sides.new.total_cost()
        titles = {"was": was["horizon_title"], "now": now["horizon_title"]}
        yield says(DifferenceKind.HORIZON, "horizon", was, now, **titles)


def _policy(sides: Sides) -> Iterator[Difference]:
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


def _needs(sides: Sides) -> Iterator[Difference]:
    (*old_domains, before), (*new_domains, after) = sides.old.family("score"), sides.new.family("score")
    was, now = _by_code(old_domains), _by_code(new_domains)
    for code in dict.fromkeys([*was, *now]):
        yield from _need(was.get(code), now.get(code))
    if before["scale"] != after["scale"]:
        changed = {"was": before["scale"], "now": after["scale"]}
        yield says(DifferenceKind.RULES, "scale", before, after, **changed)


def _by_code(steps: list[Placed]) -> dict[str, Placed]:
    """By the code that the rule's path names: of a domain, or of a modifier."""
    return {placed.step.rule.split(".")[1]: placed for placed in steps}


def _need(was: Placed | None, now: Placed | None) -> Iterator[Difference]:
    before = was if was and was.step.kind == "score.domain" else None
    after = now if now and now.step.kind == "score.domain" else None
    kind = DifferenceKind.CIRCUMSTANCES if was and now else DifferenceKind.RULES
    if before and after:
        yield from _level(before, after)
    elif after:
        points = {"level": after["level"], "now": after.step.result}
        yield says(kind, "asked", was, now, domain=after["domain"], **points)
    elif before:
        points = {"level": before["level"], "was": before.step.result}
        yield says(kind, "not-asked", was, now, domain=before["domain"], **points)


def _level(was: Placed, now: Placed) -> Iterator[Difference]:
    domain = now["domain"]
    if was.step.rule != now.step.rule:
        yield says(
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
        yield says(
            DifferenceKind.RULES, "level-points", was, now, domain=domain, level=now["level"], **points
        )
    if was["weight"] != now["weight"]:
        weights = {"was": was["weight"], "now": now["weight"]}
        yield says(DifferenceKind.RULES, "weight", was, now, domain=domain, **weights)


def _resources(sides: Sides) -> Iterator[Difference]:
    was, now = _taken_off(sides.old), _taken_off(sides.new)
    modes = {placed.step.rule for side in (sides.old, sides.new) for placed in side.family("resources")}
    by_mode = "resources_present.mode" in modes and sides.rules_differ
    for domain in dict.fromkeys([*was, *now]):
        for before, after in zip_longest(was.get(domain, ()), now.get(domain, ())):
            yield from _present(domain, before, after, by_mode=by_mode)


def _taken_off(side: Side) -> dict[str, list[Placed]]:
    """What is taken off for each domain, by its title."""
    found: dict[str, list[Placed]] = {}
    for placed in side.family("resources"):
        if placed.step.kind in {"resources.points", "resources.fraction"} and placed.step.result.number:
            found.setdefault(placed["domain"].value, []).append(placed)
    return found


def _present(domain: str, was: Placed | None, now: Placed | None, *, by_mode: bool) -> Iterator[Difference]:
    kind = DifferenceKind.RULES if by_mode else DifferenceKind.RESOURCES
    if was is None and now is not None:
        found = {"givers": now["givers"], "now": now.step.result}
        yield says(kind, "present-new", was, now, domain=domain, **found)
    elif now is None and was is not None:
        found = {"givers": was["givers"], "was": was.step.result}
        yield says(kind, "present-gone", was, now, domain=domain, **found)
    elif was and now and was.step.result != now.step.result:
        is_worth_other = was["givers"] == now["givers"] and was["present"] != now["present"]
        yield says(
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


def _allocation(sides: Sides, earlier: list[Difference]) -> Iterator[Difference]:
    was, now = sides.old.allocation(), sides.new.allocation()
    amounts = {"was": was.step.result, "now": now.step.result}
    if was["points"] != now["points"]:
        kind = earlier[0].kind if earlier else DifferenceKind.RULES
        points = {"was_points": was["points"], "now_points": now["points"]}
        yield says(kind, "points", was, now, **points, **amounts)
        yield from _table(sides, was, now)
    elif was.step.result != now.step.result:
        groups = [placed.named.get("group") for placed in (was, now)]
        if not sides.rules_differ and all(groups):
            named = {"was_group": groups[0], "now_group": groups[1]}
            yield says(
                DifferenceKind.CIRCUMSTANCES, "group", was, now, points=now["points"], **named, **amounts
            )
        else:
            yield says(sides.by_rules, "table", was, now, points=now["points"], **amounts)


def _table(sides: Sides, was: Placed, now: Placed) -> Iterator[Difference]:
    """Where the points differ too: what the steps show of a table that changed."""
    before, after = was.named, now.named
    if "price" in before and "price" in after and before["price"] != after["price"]:
        prices = {"was": before["price"], "now": after["price"]}
        yield says(sides.by_rules, "price-per-point", was, now, **prices)
    known = dict(_known_points(was))
    for points, amount in _known_points(now):
        if points in known and known[points] != amount:
            changed = {"was": known[points], "now": amount}
            yield says(sides.by_rules, "table", was, now, points=points, **changed)


def _known_points(placed: Placed) -> Iterator[tuple[Quantity, Quantity]]:
    """The scores whose amount a step shows, besides its own."""
    named = placed.named
    for points, amount in (("lower_points", "lower_amount"), ("upper_points", "upper_amount")):
        if points in named:
            yield _plain(named[points]), _plain(named[amount])
    if "from_points" in named:
        yield _plain(named["from_points"]), placed.step.result


def _plain(given: Quantity) -> Quantity:
    return Quantity(value=given.value, unit=given.unit)


def _modifiers(sides: Sides) -> Iterator[Difference]:
    was, now = _by_code(sides.old.family("modifier")), _by_code(sides.new.family("modifier"))
    for code in dict.fromkeys([*was, *now]):
        yield from _modifier(was.get(code), now.get(code))


def _modifier(was: Placed | None, now: Placed | None) -> Iterator[Difference]:
    before = was if was and was.step.kind != "modifier.left-out" else None
    after = now if now and now.step.kind != "modifier.left-out" else None
    kind = DifferenceKind.CIRCUMSTANCES if was and now else DifferenceKind.RULES
    if before and after:
        if _does(before) != _does(after):
            does = {"was": _does(before), "now": _does(after, ", now")}
            yield says(DifferenceKind.RULES, "modifier", was, now, title=after["title"], **does)
    elif after:
        why = {"title": after["title"], "because": after["because"]}
        yield says(kind, "modifier-new", was, now, now=_does(after, ", now"), **why)
    elif before:
        yield says(kind, "modifier-gone", was, now, title=before["title"], was=_does(before))


def _does(placed: Placed, when: str = "") -> str:
    return SENTENCES[placed.step.kind + when].format(**placed.named)


def _bounds(sides: Sides) -> Iterator[Difference]:
    (was,), (now,) = sides.old.family("bounds"), sides.new.family("bounds")
    if _limit(was) != _limit(now):
        said = {"was": _limit(was), "now": _limit(now, ", now")}
        yield says(DifferenceKind.RULES, "bounds", was, now, **said)


def _limit(placed: Placed, when: str = "") -> str:
    kind = placed.step.kind if placed.step.kind in _BINDING else "bounds.free"
    return SENTENCES[kind + when].format(**placed.named)


def _period_and_rounding(sides: Sides) -> Iterator[Difference]:
    (was,), (now,) = sides.old.family("period"), sides.new.family("period")
    if was["times"] != now["times"]:
        times = {"was": was["times"], "now": now["times"]}
        yield says(DifferenceKind.RULES, "times", was, now, **times)
    (was,), (now,) = sides.old.family("rounding"), sides.new.family("rounding")
    if (was["mode"], was["step"]) != (now["mode"], now["step"]):
        yield says(
            DifferenceKind.RULES,
            "rounding",
            was,
            now,
            was=was["step"],
            was_mode=was["mode"],
            now=now["step"],
            now_mode=now["mode"],
        )
