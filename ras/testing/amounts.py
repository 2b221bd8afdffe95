"""What a made-up policy says around its table: what is already there, modifiers, uprating, bounds, rates."""

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction

from hypothesis import strategies as st

from ras.allocation import Variant
from ras.allocation.composite import Composite
from ras.money import MoneyPeriod
from ras.testing.draws import (
    Data,
    Draw,
    codes,
    decimals,
    factors,
    kinds,
    maybe,
    one_of,
    pence,
    rising,
    sometimes,
    titles,
    whole,
    yes_or_no,
)
from ras.testing.needs import Asking, Way, conditions, maybe_when


def _worth(field: str, numbers: st.SearchStrategy[str]) -> Callable[[Draw, int], list[Data]]:
    """Contributions that say how much in text, from the least to the most."""
    return lambda draw, count: [{field: text} for text in rising(draw(numbers) for _ in range(count))]


WORTH: dict[str, Callable[[Draw, int], list[Data]]] = {
    "points": _worth("points", decimals(20)),
    "fraction": _worth("fraction", one_of("0.25", "0.3", "0.5", "0", "1", "1.0")),
    "hours": _worth("hours", decimals(20)),
    "carer-sum": lambda draw, count: [{"carer_pence": n} for n in sorted(draw(pence) for _ in range(count))],
}
"""By mode, how much each contribution gives."""


@st.composite
def resources_present(draw: Draw, allocation: Variant) -> Data:
    """One of the modes that count with an allocation; those that take something off more often."""
    modes = sorted(allocation.resource_modes())
    off = [mode for mode in modes if mode in {"points", "fraction", "hours"}]
    mode = draw(st.sampled_from([*modes, *off, *off]))
    given = draw(codes(1, 3))
    worth = WORTH[mode](draw, len(given)) if mode in WORTH else [{} for _ in given]
    return {
        "mode": mode,
        "source": "Resources present",
        "contributions": [
            {"code": code, "title": draw(titles), **how_much}
            for code, how_much in zip(given, worth, strict=True)
        ],
    }


MODIFIERS = ["add", "multiply", "subtract", "add-on-root-scale", "age-taper"]


@st.composite
def modifiers(draw: Draw, asking: Asking, allocation: Variant, *, mode: str, stage: str) -> list[Data]:
    """Up to three, each so conditioned that it helps more need no less than less."""
    chosen = [*MODIFIERS, *["add-for-each"] * bool(asking.counting())]
    wanted = [(code, draw(st.sampled_from(chosen))) for code in draw(codes(1, 3))]
    if has_a_clear_staff_part(allocation) and draw(yes_or_no):
        # Where every line is rounded, only the first modifier knows the staff part to the penny.
        place = 0 if stage == "each-line" else draw(whole(0, len(wanted) - 1))
        if all(kind != "add-on-root-scale" for _, kind in wanted[:place]):
            wanted[place] = (wanted[place][0], "staff-ratio")
    return [draw(_modifiers(asking, code, kind, mode)) for code, kind in wanted]


def has_a_clear_staff_part(allocation: Variant) -> bool:
    """Whether more need never means a smaller part for hours of staff, nor a smaller rest.

    Of several parts the most can be now one and now another: then it can.
    """
    if not isinstance(allocation, Composite):
        return allocation.pays_staff_hours()
    by_facts = all(part.when is None or not _is_on_needs(part.when) for part in allocation.parts)
    return (
        allocation.pays_staff_hours()
        and allocation.how != "max"
        and by_facts
        and all(
            has_a_clear_staff_part(part.allocation)
            for part in allocation.parts
            if part.allocation.pays_staff_hours()
        )
    )


def _is_on_needs(when: object) -> bool:
    return any(getattr(when, field, None) for field in ("score", "answers", "reached"))


@st.composite
def _modifiers(draw: Draw, asking: Asking, code: str, kind: str, mode: str) -> Data:
    says, way = draw(_effects(asking, kind))
    counted = {"counts_support_from": [draw(kinds).value]} if draw(sometimes) else {}
    return {
        "kind": kind,
        "code": code,
        "title": draw(titles),
        "because": draw(titles),
        **draw(maybe_when(asking, way)),
        **({} if mode in {"points", "fraction", "hours"} else counted),
        **says,
        "source": f"Modifier {code}",
    }


@st.composite
def _effects(draw: Draw, asking: Asking, kind: str) -> tuple[Data, Way | None]:
    """What a modifier does, and which way a condition on needs may go with it."""
    match kind:
        case "add":
            return {"amount_pence": draw(pence)}, Way.UPWARDS
        case "add-for-each":
            counted = draw(st.sampled_from(asking.counting()))
            each = {
                "circumstance": counted,
                "amount_pence": draw(pence),
                **maybe(draw, "at_most", whole(0, 5)),
            }
            return each, Way.UPWARDS
        case "subtract":
            return {"amount_pence": draw(pence)}, Way.DOWNWARDS
        case "add-on-root-scale":
            return {"added": draw(decimals(20))}, Way.UPWARDS
        case "age-taper":
            ages = sorted(draw(st.lists(whole(0, 25), min_size=2, max_size=4, unique=True)))
            return {"factors": [{"age": age, "factor": draw(factors)} for age in ages]}, None
        case _:
            field = "ratio" if kind == "staff-ratio" else "factor"
            factor = draw(factors)
            return {field: factor}, Way.UPWARDS if Fraction(factor) >= 1 else Way.DOWNWARDS


@st.composite
def upratings(draw: Draw) -> list[Data]:
    """Some years in a row, each with its kind of uprating."""
    first = draw(whole(2017, 2033))
    return [draw(_upratings(first + n)) for n in range(draw(whole(1, 3)))]


@st.composite
def _upratings(draw: Draw, year: int) -> Data:
    kind = draw(one_of("percent", "flat", "index", "none"))
    says: Data = {}
    if kind == "percent":
        says = {"percent": draw(decimals(20))}
    elif kind == "flat":
        says = {"amount_pence": draw(pence)}
    elif kind == "index":
        says = {"index_from": f"{draw(whole(90, 110))}", "index_to": f"{draw(whole(1, 140))}"}
    return {"kind": kind, "year": year, **says, "source": f"Prices of {year}"}


@st.composite
def one_offs(draw: Draw, asking: Asking) -> list[Data]:
    """Sums paid once; more need never loses one."""
    return [
        {
            "code": code,
            "title": draw(titles),
            "because": draw(titles),
            **draw(maybe_when(asking, Way.UPWARDS)),
            "amount_pence": draw(pence),
            "source": f"One-off {code}",
        }
        for code in draw(codes(1, 2))
    ]


@st.composite
def deflators(draw: Draw) -> Data:
    """A factor that leaves something."""
    factor = draw(one_of("0.95", "0.5", "1", "1.0", "0.33333333", "0.9", "0.8", "0.00000001"))
    return {"title": draw(titles), "factor": factor, "source": "Deflator"}


@st.composite
def calibrations(draw: Draw) -> Data:
    """A range beside the amount."""
    return {
        "cases": draw(whole(1, 4000)),
        "share_percent": draw(one_of("80", "90.5", "100", "0.1")),
        "below_annual_pence": draw(pence),
        "above_annual_pence": draw(pence),
        "source": "Calibration",
    }


LIMITS = ["floor_pence", "soft_cap_pence", "hard_cap_pence"]
ROUND = 200
"""So many steps, in any number of weeks that is drawn, are a whole number of steps a year."""


@st.composite
def bounds(draw: Draw, asking: Asking) -> Data:
    """A floor and caps in order, each of which may be left out; some groups have their own."""
    groups = [
        {"title": draw(titles), "when": draw(conditions(asking.circumstances)), **draw(_limits())}
        for _ in range(draw(one_of(0, 0, 1, 2)))
    ]
    return {**draw(_limits()), **({"groups": groups} if groups else {}), "source": "Bounds"}


@st.composite
def _limits(draw: Draw) -> Data:
    given = dict(zip(LIMITS, sorted(draw(pence) for _ in LIMITS), strict=True))
    left_out = draw(st.sets(st.sampled_from(LIMITS)))
    return {field: limit for field, limit in given.items() if field not in left_out}


def put_limits_on_the_steps(policy: Data) -> None:
    """Rounding may not take an amount past a floor or cap, so a policy with such a one is refused."""
    rounding = policy["rounding"]
    weeks = Fraction(policy["money"]["weeks_per_year"])
    times = MoneyPeriod(policy["money"]["period"]).times_a_year(weeks_per_year=weeks)
    each_line = [Fraction(1)] if rounding.get("stage") == "each-line" else []
    limits = policy.get("bounds", {})
    for each in (limits, *limits.get("groups", ())):
        given = [each[field] for field in ("floor_pence", "hard_cap_pence") if field in each]
        yearly = [limit * by for limit in given for by in (times, *each_line)]
        if any(amount % rounding["step_pence"] != 0 for amount in yearly):
            fits = ROUND * rounding["step_pence"]
            each.update({field: each[field] // fits * fits for field in LIMITS if field in each})


@st.composite
def roundings(draw: Draw, source: str) -> Data:
    """Every mode and many steps."""
    return {
        "mode": draw(one_of("half-up", "half-even", "down", "up")),
        "step_pence": draw(one_of(1, 1, 5, 100, 500, 7)),
        "source": source,
    }


@st.composite
def rate_cards(draw: Draw) -> Data:
    """Items with a price, with a price that changes in 2030, and on a written quote."""
    items = []
    for code in draw(codes(1, 3)):
        on_costs = [
            {"code": extra, "title": draw(titles), "percent": draw(decimals(20)), "source": "On top"}
            for extra in draw(codes(0, 2))
        ]
        by_quote = draw(yes_or_no)
        price: Data = {"source": f"Price of {code}", "on_costs": on_costs}
        days: list[Data] = [{"valid_from": "2000-01-01"}]
        if draw(yes_or_no):
            days = [
                {"valid_from": "2000-01-01", "valid_before": "2030-04-01"},
                {"valid_from": "2030-04-01"},
            ]
        items.append(
            {
                "code": code,
                "title": draw(titles),
                "unit": "hours",
                "prices": [
                    {
                        **day,
                        **deepcopy(price),
                        **({} if by_quote else {"price_pence": draw(whole(0, 300_00))}),
                    }
                    for day in days
                ],
            }
        )
    return {"rounding": draw(roundings("Rate card")), "items": items}
