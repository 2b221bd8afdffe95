"""Made-up tables and formulas of every variant, in which more need is never worth less."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from hypothesis import strategies as st

from ras.testing.draws import (
    Data,
    Draw,
    codes,
    decimals,
    maybe,
    one_of,
    pence,
    rising,
    sometimes,
    titles,
    whole,
    yes_or_no,
)
from ras.testing.needs import Asking, Way, answers_of, conditions, first_match, maybe_when

Amounts: TypeAlias = st.SearchStrategy[int]
"""The pence that a table may hold."""
Allocations: TypeAlias = Callable[[Asking, Amounts], st.SearchStrategy[Data]]
"""From what a policy asks to allocations of one variant."""

MOST_ROWS = 48
DEEPEST = 2
"""How deep a composite may hold another."""


@st.composite
def price_per_point(draw: Draw, asking: Asking, _amounts: Amounts) -> Data:
    """Prices for groups; the last is for all."""
    groups = [{"when": draw(conditions(asking.circumstances))} for _ in range(draw(whole(0, 2)))]
    return {
        "variant": "price-per-point",
        "source": "Prices",
        "prices": [
            {
                "title": draw(titles),
                **group,
                "price_pence": draw(decimals(700_00)),
                **maybe(draw, "deductible_pence", pence),
            }
            for group in [*groups, {}]
        ],
    }


@st.composite
def steps_of_points(draw: Draw, least: int) -> list[str]:
    """Scores from 0 upwards, each once."""
    above = draw(st.lists(decimals(80), min_size=least, max_size=4, unique_by=Fraction))
    return ["0", *(points for points in rising(above) if Fraction(points) > 0)]


@st.composite
def banded(draw: Draw, _asking: Asking, amounts: Amounts) -> Data:
    """Bands that touch and rise."""
    begins = draw(steps_of_points(0))
    ends: list[str | None] = [*begins[1:], None]
    worth = sorted(draw(amounts) for _ in begins)
    return {
        "variant": "banded",
        "source": "Bands",
        "bands": [
            {"from_points": begin, **({"before_points": end} if end else {}), "amount_pence": amount}
            for begin, end, amount in zip(begins, ends, worth, strict=True)
        ],
    }


@st.composite
def piecewise_linear(draw: Draw, _asking: Asking, amounts: Amounts) -> Data:
    """Knots that rise."""
    scores = draw(steps_of_points(1).filter(lambda scores: len(scores) > 1))
    worth = sorted(draw(amounts) for _ in scores)
    return {
        "variant": "piecewise-linear",
        "source": "Knots",
        "knots": [
            {"points": points, "amount_pence": amount} for points, amount in zip(scores, worth, strict=True)
        ],
    }


@st.composite
def percentile(draw: Draw, _asking: Asking, amounts: Amounts) -> Data:
    """Two tables from place 0 to place 100; scores may be the same at several places."""
    score_places, cost_places = draw(_places()), draw(_places())
    scores = rising(draw(decimals(80)) for _ in score_places)
    costs = sorted(draw(amounts) for _ in cost_places)
    return {
        "variant": "percentile",
        "source": "Percentiles",
        "scores": [
            {"percentile": place, "points": points}
            for place, points in zip(score_places, scores, strict=True)
        ],
        "costs": [
            {"percentile": place, "amount_pence": cost}
            for place, cost in zip(cost_places, costs, strict=True)
        ],
    }


@st.composite
def _places(draw: Draw) -> list[str]:
    between = draw(st.lists(decimals(100), max_size=3, unique_by=Fraction))
    return ["0", *(place for place in rising(between) if Fraction(place) > 0), "100"]


@st.composite
def by_rules(draw: Draw, asking: Asking) -> tuple[list[str], list[Data]]:
    """Codes of levels from the least up, and rules in order that reach each of them."""
    levels = draw(codes(1, 4) if draw(sometimes) else codes(3, 4))
    way = draw(one_of(Way.UPWARDS, Way.UPWARDS, Way.DOWNWARDS))
    reached = levels[::-1] if way is Way.UPWARDS else list(levels)
    if draw(sometimes):  # two rules for one level
        again = draw(whole(0, len(reached) - 1))
        reached.insert(again, reached[again])
    asking = replace(asking, is_scored=draw(yes_or_no))
    whens = draw(first_match(asking, len(reached), way))
    rules = [
        {"level": level, "because": draw(titles), **when} for level, when in zip(reached, whens, strict=True)
    ]
    return levels, rules


@st.composite
def level_table(draw: Draw, asking: Asking, amounts: Amounts) -> Data:
    """Levels by rules, from the most need down or from the least up, each with its amount."""
    levels, rules = draw(by_rules(asking))
    worth = sorted(draw(amounts) for _ in levels)
    return {
        "variant": "level-table",
        "source": "Levels",
        "levels": [
            {"code": code, "title": draw(titles), "amount_pence": amount}
            for code, amount in zip(levels, worth, strict=True)
        ],
        "rules": rules,
    }


@st.composite
def rules(draw: Draw, asking: Asking, _amounts: Amounts) -> Data:
    """Levels by rules, and no money."""
    levels, by_need = draw(by_rules(asking))
    values = rising(draw(decimals(30)) for _ in levels)
    return {
        "variant": "rules",
        "source": "Rules",
        "levels": [
            {"code": code, "title": draw(titles), "value": value}
            for code, value in zip(levels, values, strict=True)
        ],
        "rules": by_need,
    }


@st.composite
def weight_x_base(draw: Draw, asking: Asking, _amounts: Amounts) -> Data:
    """Weights by need, and base rates by group."""
    asking = replace(asking, is_scored=draw(yes_or_no))
    way = draw(one_of(Way.UPWARDS, Way.UPWARDS, Way.DOWNWARDS))
    bands = draw(first_match(asking, draw(one_of(1, 2, 3, 4, 4)), way))
    weights = rising(draw(decimals(9)) for _ in bands)
    if way is Way.UPWARDS:
        weights.reverse()
    groups = [{"when": draw(conditions(asking.circumstances))} for _ in range(draw(whole(0, 2)))]
    return {
        "variant": "weight-x-base",
        "source": "Weights and base rates",
        "weights": [
            {"title": draw(titles), **band, "weight": weight}
            for band, weight in zip(bands, weights, strict=True)
        ],
        "base_rates": [
            {"title": draw(titles), **group, "base_pence": draw(decimals(5_000_00))}
            for group in [*groups, {}]
        ],
    }


@st.composite
def lookup_matrix(draw: Draw, asking: Asking, _amounts: Amounts) -> Data:
    """A row for every combination; each answer adds its own part, and more need adds no less."""
    possible = [
        "age",
        *["domain"] * 4 * bool(asking.asked_of_all()),
        *["choice"] * bool(asking.with_choices()),
    ]
    sides: list[Data] = []
    parts: list[dict[str, int]] = []
    rows = 1
    for kind in draw(st.lists(st.sampled_from(possible), min_size=1, max_size=3)):
        side, part = draw(_sides(asking, kind))
        if rows * len(part) <= MOST_ROWS and side not in sides:
            rows *= len(part)
            sides.append(side)
            parts.append(part)
    made = [
        {
            "answers": list(answers),
            "title": ", ".join(answers),
            "amount_pence": sum(part[answer] for part, answer in zip(parts, answers, strict=True)),
        }
        for answers in product(*parts)
    ]
    return {
        "variant": "lookup-matrix",
        "source": "Matrix",
        "sides": sides,
        "rows": made[::-1] if draw(yes_or_no) else made,
    }


@st.composite
def _sides(draw: Draw, asking: Asking, kind: str) -> tuple[Data, dict[str, int]]:
    if kind == "domain":
        domain = draw(st.sampled_from(asking.asked_of_all()))
        answers = answers_of(domain)
        worth = sorted(draw(pence) for _ in answers)
        return {"kind": "domain", "domain": domain["code"]}, dict(zip(answers, worth, strict=True))
    if kind == "choice":
        question = draw(st.sampled_from(asking.with_choices()))
        choices = [choice["code"] for choice in question["choices"]]
        return {"kind": "circumstance", "circumstance": question["code"]}, {c: draw(pence) for c in choices}
    ends = sorted(draw(st.lists(whole(1, 24), min_size=1, max_size=2, unique=True)))
    bands = [{"code": f"under-{end}", "before_age": end} for end in ends] + [{"code": "older"}]
    return {"kind": "age", "bands": bands}, {str(band["code"]): draw(pence) for band in bands}


@st.composite
def line_items(draw: Draw, asking: Asking, _amounts: Amounts) -> Data:
    """Quantities that do not fall with need, each at its rate."""
    asking = replace(asking, is_scored=draw(sometimes))
    return {
        "variant": "line-items",
        "source": "Items",
        "items": [draw(_items(asking, code)) for code in draw(codes(1, 3))],
    }


@st.composite
def _items(draw: Draw, asking: Asking, code: str) -> Data:
    domain = draw(st.sampled_from(asking.domains))
    answers = answers_of(domain)
    how_many: Data = {"quantity": draw(decimals(30))}
    if draw(yes_or_no):
        quantities = rising(draw(decimals(30)) for _ in answers)
        by_level = [{"level": a, "quantity": q} for a, q in zip(answers, quantities, strict=True)]
        how_many = {"by_level": {"domain": domain["code"], "quantities": by_level}}
    if draw(sometimes) and asking.counting():
        how_many["for_each"] = draw(st.sampled_from(asking.counting()))
    if draw(yes_or_no):
        how_many["less_present_in"] = domain["code"]
    if draw(sometimes):
        how_many |= {"at_most": draw(decimals(30)), **maybe(draw, "at_most_equality_reference", titles)}
    return {
        "code": code,
        "title": draw(titles),
        "unit": draw(one_of("hours", "nights", "trips: there and back")),
        **(draw(maybe_when(asking, Way.UPWARDS)) if draw(sometimes) else {}),
        **how_many,
        "rate_pence": draw(decimals(50_00)),
        **({"staff_hours": True} if draw(yes_or_no) else {}),
    }


LARGEST: dict[str, dict[str, int]] = {
    "identity": {"points": 20_000, "at-least": 2_000_000, "fact": 100_000, "square": 100, "start": 300_000},
    "square-root": {"points": 40, "at-least": 20_000, "fact": 900, "square": 2, "start": 20_000},
    "log": {"points": 3, "at-least": 1_000, "fact": 60, "square": 0, "start": 5_000},
}
"""By link, the largest coefficients in thousandths, so that amounts stay those of real packages."""


@st.composite
def regression(draw: Draw, asking: Asking, _amounts: Amounts) -> Data:
    """Terms over needs with coefficients that are not negative, and terms over facts with any."""
    link = draw(one_of("identity", "square-root", "log"))
    largest = LARGEST[link]
    return {
        "variant": "regression",
        "source": "Regression",
        "link": link,
        "intercept": thousandths(draw(whole(-largest["start"], largest["start"]))),
        "terms": [draw(_terms(asking, largest)) for _ in range(draw(whole(1, 3)))],
    }


def thousandths(number: int) -> str:
    """So many thousandths, as text.

    >>> thousandths(-1500), thousandths(2000), thousandths(7)
    ('-1.5', '2', '0.007')
    """
    whole_part, part = divmod(abs(number), 1000)
    fraction = f".{part:03}".rstrip("0").rstrip(".")
    return f"{'-' if number < 0 else ''}{whole_part}{fraction}"


@st.composite
def _terms(draw: Draw, asking: Asking, largest: dict[str, int]) -> Data:
    first = draw(one_of("points", "points", "at-least", "at-least", "fact"))
    second = draw(one_of("", "", "", "points", "at-least", "fact"))
    kinds = [first, *([second] if second else [])]
    most = min(largest[kind] for kind in kinds)
    if kinds.count("points") > 1 or set(kinds) == {"points", "fact"}:
        most = largest["square"]
    least = -most if set(kinds) == {"fact"} else 0
    return {
        "title": draw(titles),
        "coefficient": thousandths(draw(whole(least, most))),
        "variables": [draw(_variables(asking, kind)) for kind in kinds],
    }


@st.composite
def _variables(draw: Draw, asking: Asking, kind: str) -> Data:
    if kind == "points":
        known = [domain["code"] for domain in asking.domains]
        if draw(yes_or_no):
            return {"kind": "score"}
        some = st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)
        return {"kind": "points", "domains": draw(some)}
    if kind == "at-least":
        domain = draw(st.sampled_from(asking.domains))
        level = draw(st.sampled_from(domain["levels"]))
        return {"kind": "at-least", "domain": domain["code"], "level": level["code"]}
    ways = ["when", "age", *["count"] * bool(asking.counting())]
    match draw(st.sampled_from(ways)):
        case "when":
            return {"kind": "when", "when": draw(conditions(asking.circumstances))}
        case "count":
            return {"kind": "count", "circumstance": draw(st.sampled_from(asking.counting()))}
        case _:
            return {"kind": "age"}


TABLES: Sequence[Allocations] = (banded, piecewise_linear, percentile, level_table)
"""Those whose amounts can be kept in a range."""


@st.composite
def composite(draw: Draw, asking: Asking, amounts: Amounts, depth: int = 1) -> Data:
    """The sum or the most of others, or one of them by facts or by need."""
    how = draw(one_of("sum", "sum", "max", "choose", "choose-by-need"))
    if how == "choose-by-need":
        return draw(_chosen_by_need(asking))
    parts = []
    for number, code in enumerate(within := draw(codes(2, 3)), 1):
        is_last = number == len(within)
        when = {"when": draw(conditions(asking.circumstances))} if how == "choose" and not is_last else {}
        allocation = draw(_parts(asking, amounts, depth))
        parts.append({"code": code, "title": draw(titles), **when, "allocation": allocation})
    return {"variant": "composite", "source": "Composite", "how": how, "parts": parts}


@st.composite
def _parts(draw: Draw, asking: Asking, amounts: Amounts, depth: int) -> Data:
    if depth < DEEPEST and draw(sometimes):
        return draw(composite(asking, amounts, depth + 1))
    return draw(draw(st.sampled_from(SIMPLE))(asking, amounts))


@st.composite
def _chosen_by_need(draw: Draw, asking: Asking) -> Data:
    """The part for more need is worth no less than the part for less, whatever its table says."""
    way = draw(one_of(Way.UPWARDS, Way.DOWNWARDS))
    within = draw(codes(2, 3))
    asking = replace(asking, is_scored=draw(yes_or_no))
    ranges = [(5_000_00 * n, 5_000_00 * (n + 1)) for n in range(len(within))]
    if way is Way.UPWARDS:
        ranges.reverse()
    whens = draw(first_match(asking, len(within), way))
    return {
        "variant": "composite",
        "source": "Composite",
        "how": "choose",
        "parts": [
            {
                "code": code,
                "title": draw(titles),
                **when,
                "allocation": draw(draw(st.sampled_from(TABLES))(asking, whole(*ends))),
            }
            for code, when, ends in zip(within, whens, ranges, strict=True)
        ],
    }


ALLOCATIONS: dict[str, Allocations] = {
    "price-per-point": price_per_point,
    "banded": banded,
    "piecewise-linear": piecewise_linear,
    "level-table": level_table,
    "weight-x-base": weight_x_base,
    "percentile": percentile,
    "regression": regression,
    "lookup-matrix": lookup_matrix,
    "rules": rules,
    "line-items": line_items,
    "composite": composite,
}
"""How an allocation of each variant is made up."""
SIMPLE = tuple(made for name, made in ALLOCATIONS.items() if name not in {"composite", "rules"})
"""Those that can be a part of a composite: they come to money, and are made of no others."""
