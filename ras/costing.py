"""The plan's cost: every line of additional support priced from the rate card.

Resources present are shown beside the cost and never subtracted from it. Each line is rounded to
whole pence once, so that lines, domains and horizons add up to the penny.
"""

from collections import defaultdict
from datetime import date
from fractions import Fraction

from ras.money import believable
from ras.plan import Frequency, PlanLine
from ras.policy.configuration import PolicyConfiguration
from ras.records import Code, Exact, Pence, Record, Whole, exact, tidy
from ras.working import Horizon, Plainer, Step, Unit, step

SENTENCES = {
    "cost.line": (
        "Line {line}, {item}: {quantity} {counted} {how_often}, {times} times a year, at {price} each and "
        "{on_costs} on top for {on_cost_names}, costs {result}."
    ),
    "cost.line-once": (
        "Line {line}, {item}: {quantity} {counted}, once, at {price} each and {on_costs} on top for "
        "{on_cost_names}, costs {result}."
    ),
    "cost.total": "In the {horizon_title}, the support in the plan costs {result}.",
    "cost.total-once": "Support bought once costs {result} in all.",
}

PLAINER = {
    "cost.line": Plainer(
        "on_costs",
        "0",
        "Line {line}, {item}: {quantity} {counted} {how_often}, {times} times a year, at {price} each, costs "
        "{result}.",
    ),
    "cost.line-once": Plainer(
        "on_costs", "0", "Line {line}, {item}: {quantity} {counted}, once, at {price} each, costs {result}."
    ),
}

MONTHS_A_YEAR = 12


class CostedLine(Record):
    """What one plan line costs."""

    line: Whole
    """Its number in the plan, from 1."""
    domain: Code
    """The domain whose outcome it serves."""
    item: Code
    """The rate card item."""
    horizons: tuple[Horizon, ...]
    """The horizons at which it is wanted."""
    annual_pence: Pence | None = None
    """Its cost in pence a year; left out for support bought once."""
    one_off_pence: Pence | None = None
    """Its cost in pence, for support bought once; never annualised."""


class DomainCost(Record):
    """What one domain's lines cost at one horizon."""

    domain: Code
    """The domain."""
    horizon: Horizon
    """The horizon."""
    annual_pence: Pence
    """Pence a year."""


class HorizonCost(Record):
    """What all lines cost at one horizon."""

    horizon: Horizon
    """The horizon."""
    annual_pence: Pence
    """Pence a year."""


class PlanCost(Record):
    """What the plan's additional support costs, by line, outcome and horizon."""

    lines: tuple[CostedLine, ...]
    """Each line, in the plan's order."""
    by_domain: tuple[DomainCost, ...]
    """Each domain at each horizon; they add up to `by_horizon`."""
    by_horizon: tuple[HorizonCost, ...]
    """Each horizon."""
    one_off_pence: Pence
    """Everything bought once, in pence; apart from the annual figures."""
    working: tuple[Step, ...]
    """How each figure was worked out."""

    def at(self, horizon: Horizon) -> int:
        """The annual cost at a horizon, in pence."""
        return next(cost.annual_pence for cost in self.by_horizon if cost.horizon is horizon)


def cost_lines(lines_wanted: tuple[PlanLine, ...], policy: PolicyConfiguration, *, on: date) -> PlanCost:
    """Price every line of a plan that fits the policy, at the rate card's prices of the day."""
    scored = tuple(rule.horizon for rule in policy.horizons)
    steps: list[Step] = []
    lines: list[CostedLine] = []
    by_domain: dict[tuple[Horizon, str], int] = defaultdict(int)
    for number, line in enumerate(lines_wanted, 1):
        priced = _cost_line(line, number, policy, on=on)
        steps.append(priced)
        pence = believable(int(priced.result.number), what=f"Line {number}")
        once = line.per is Frequency.ONCE
        wanted = tuple(horizon for horizon in scored if line.wanted_at(horizon))
        lines.append(
            CostedLine(
                line=number,
                domain=line.domain,
                item=line.item,
                horizons=wanted,
                annual_pence=None if once else pence,
                one_off_pence=pence if once else None,
            )
        )
        for horizon in () if once else wanted:
            by_domain[horizon, line.domain] += pence
    for rule in policy.horizons:
        parts = {line.line: line.annual_pence for line in lines if rule.horizon in line.horizons}
        steps.append(
            _total("cost.total", {n: p for n, p in parts.items() if p is not None}, policy, rule.horizon)
        )
    bought_once = {line.line: line.one_off_pence for line in lines if line.one_off_pence is not None}
    steps.append(_total("cost.total-once", bought_once, policy, None))
    return PlanCost(
        lines=tuple(lines),
        by_domain=tuple(
            DomainCost(domain=domain.code, horizon=horizon, annual_pence=by_domain[horizon, domain.code])
            for horizon in scored
            for domain in policy.domains
        ),
        by_horizon=tuple(
            HorizonCost(
                horizon=horizon,
                annual_pence=sum(by_domain[horizon, domain.code] for domain in policy.domains),
            )
            for horizon in scored
        ),
        one_off_pence=sum(bought_once.values()),
        working=tuple(steps),
    )


def cost_nothing(policy: PolicyConfiguration) -> PlanCost:
    """What a plan without lines costs: nothing, at each horizon and in each domain, and said so."""
    return cost_lines((), policy, on=policy.valid_from)


def _cost_line(line: PlanLine, number: int, policy: PolicyConfiguration, *, on: date) -> Step:
    item = policy.items[line.item]
    price = item.price_on(on)
    once = line.per is Frequency.ONCE
    each = line.quoted_price_pence if price is None or price.price_pence is None else price.price_pence
    if price is None or each is None:
        raise AssertionError("a plan that fits has a price on every line")
    on_costs = tidy(sum(exact(on_cost.percent) for on_cost in price.on_costs))
    times = _times_a_year(line, policy)
    rounding = policy.rate_card.rounding
    return step(
        "cost.line-once" if once else "cost.line",
        rule=f"rate_card.items.{item.code}",
        source=price.source,
        words={
            "item": item.title,
            "counted": f"({item.unit})",
            "how_often": f"a {line.per.value}",
            "on_cost_names": ", ".join(on_cost.title for on_cost in price.on_costs) or "nothing",
        },
        arithmetic=f"round_{rounding.mode.replace('-', '_')}"
        "(quantity * times * price * (100 + on_costs) / 100, step)",
        result=rounding.apply(Fraction(exact(line.quantity) * times * each * (100 + on_costs)) / 100),
        unit=Unit.PENCE if once else Unit.PENCE_A_YEAR,
        numbers={
            "line": (number, Unit.NUMBER),
            "quantity": (exact(line.quantity), Unit.NUMBER),
            "times": (times, Unit.NUMBER),
            "price": (each, Unit.PENCE),
            "on_costs": (on_costs, Unit.PERCENT),
            "step": (rounding.step_pence, Unit.PENCE),
        },
    )


def _times_a_year(line: PlanLine, policy: PolicyConfiguration) -> Exact:
    match line.per:
        case Frequency.WEEK:
            return line.weeks if line.weeks is not None else exact(policy.money.weeks_per_year)
        case Frequency.MONTH:
            return MONTHS_A_YEAR
        case _:
            return 1


def _total(kind: str, parts: dict[int, int], policy: PolicyConfiguration, horizon: Horizon | None) -> Step:
    unit = Unit.PENCE_A_YEAR if horizon else Unit.PENCE
    titles = {rule.horizon: rule.title for rule in policy.horizons}
    return step(
        kind,
        horizon=horizon,
        rule="rate_card",
        source=policy.rate_card.rounding.source,
        words={"horizon_title": titles[horizon]} if horizon else None,
        arithmetic=" + ".join(f"line_{number}" for number in parts) or "0",
        result=believable(sum(parts.values()), what="The plan's cost"),
        unit=unit,
        numbers={**{f"line_{number}": (pence, unit) for number, pence in parts.items()}},
    )
