"""Valid policies of every kind, plans that fit them, and the small changes that laws speak of."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import strategies as st

from ras import Assessment, Plan, PolicyConfiguration, assess
from ras.dates import add_months
from ras.fit import asked, facts_of
from ras.money import MoneyPeriod
from ras.plan import NOT_APPLICABLE, Frequency, ResourceKind
from ras.policy.document import policy_of
from ras.reading import validated
from ras.records import exact
from ras.working import Horizon

Data = dict[str, Any]
Draw = st.DrawFn

CODES = [
    *("washing", "friends", "play", "nights", "school", "town", "village", "siblings", "much", "some"),
    # Codes that mean something else to a computer, and may not here.
    *("scale", "result", "amount", "for", "min", "max", "line-1", "score", "horizon", "numbers"),
    *("1", "n-1", "1e5", "no", "on", "null", "true", "0", "2026-04-01", "x" * 60),
]
TITLES = [
    *("Washing and dressing", "Friends", "A little", "All the time", "Être à l'aise", "睡眠"),
    # Words that mean something else to a computer, to YAML or to whoever looks for numbers.
    *("no", "null", "1e5", "_1", "--1.5", "0o17", "12:30", "2026-04-01", "~", "{result}", "%s", "# no"),
    *("a: b", "- a", "'", '"', "\\", "*a", "&a", "!a", "x\x85y", "x\u2028y", "\ufeffx", "😀", "x" * 300),
    *("3 points is worth £5 a year", "Less 4 points.", "Rounded once, up, to £2", "about 7"),
]

yes_or_no = st.booleans()
mostly = st.sampled_from([True, True, True, False])
titles = st.sampled_from(TITLES)
every_horizon = st.sampled_from(list(Horizon))
some_horizons = st.lists(every_horizon, min_size=1, max_size=3, unique=True)
kinds = st.sampled_from(list(ResourceKind))
frequencies = st.sampled_from(list(Frequency))
pence = st.one_of(st.integers(0, 3_000_00), st.integers(0, 50_000_00))


@dataclass(frozen=True)
class Case:
    """A policy, as a document and as a record, and a plan that it can score on a day."""

    document: Data
    policy: PolicyConfiguration
    plan: Plan
    on: date

    def assess(self) -> Assessment:
        """The assessment."""
        return assess(self.plan, self.policy, effective_on=self.on)

    def __repr__(self) -> str:
        return f"Case(policy={self.document!r}, plan={plan_data(self.plan)!r}, on={self.on})"


def plan_data(plan: Plan) -> Data:
    """A plan as plain data."""
    return plan.model_dump(mode="json", exclude_unset=True)


def plan_of(data: Data) -> Plan:
    """A plan from plain data."""
    return validated(Plan, data)


# Strategies that are asked for again and again are made once: making one takes longer than drawing from it.


@cache
def whole(least: int, most: int) -> st.SearchStrategy[int]:
    """A whole number; both ends are inside."""
    return st.integers(least, most)


@cache
def one_of(*choices: Any) -> st.SearchStrategy[Any]:
    """One of a few things."""
    return st.sampled_from(choices)


@cache
def codes(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Codes, each once."""
    return st.lists(st.sampled_from(CODES), min_size=least, max_size=most, unique=True)


@cache
def decimals(most: int) -> st.SearchStrategy[str]:
    """A number that is not negative, written as text."""
    return st.builds(
        decimal_text, whole(0, most - 1), one_of("", "", ".5", ".25", ".125", ".10", ".3", ".00000001")
    )


def decimal_text(units: int, part: str) -> str:
    """A number of so many units and a part."""
    return f"{units}{part}"


def rising(numbers: Iterable[str]) -> list[str]:
    """Numbers in order."""
    return sorted(numbers, key=Fraction)


def maybe(draw: Draw, field: str, strategy: st.SearchStrategy[Any]) -> Data:
    """A field that may be left out."""
    return {field: draw(strategy)} if draw(yes_or_no) else {}


@st.composite
def circumstance_questions(draw: Draw) -> list[Data]:
    """Questions with choices and questions that ask how many."""
    questions = []
    for code in draw(codes(0, 3)):
        asks: Data = {"code": code, "title": draw(titles), "question": "Which?", "why_asked": "So."}
        if draw(yes_or_no):
            asks["choices"] = [{"code": choice, "title": draw(titles)} for choice in draw(codes(2, 4))]
        else:
            asks |= maybe(draw, "at_most", whole(1, 9))
        questions.append({**asks, "source": f"Question {code}"})
    return questions


@st.composite
def conditions(draw: Draw, questions: Sequence[Data]) -> Data:
    """A condition on age, on circumstances of the policy, or on both."""
    condition: Data = {}
    if draw(yes_or_no):
        from_age = draw(whole(0, 20))
        condition["age"] = {"before_age": draw(whole(from_age + 1, 26))}
        condition["age"] |= {"from_age": from_age} if from_age else {}
    if len(questions) > 0 and draw(yes_or_no):
        question = draw(st.sampled_from(questions))
        test: Data = {"circumstance": question["code"]}
        if "choices" in question:
            known = [choice["code"] for choice in question["choices"]]
            test["is_one_of"] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
        else:
            test[draw(one_of("at_least", "at_most"))] = draw(whole(0, 4))
        condition["circumstances"] = [test]
    return condition


@st.composite
def domains(draw: Draw, questions: Sequence[Data]) -> list[Data]:
    """Domains whose levels rise."""
    made = []
    for code in draw(codes(1, 4)):
        levels = draw(codes(2, 4))
        points = rising(draw(decimals(30)) for _ in levels)
        made.append(
            {
                "code": code,
                "title": draw(titles),
                "question": "How much help?",
                "why_asked": "So.",
                **maybe(draw, "weight", decimals(4)),
                **maybe(draw, "applies_if", conditions(questions)),
                "levels": [
                    {"code": level, "title": draw(titles), "descriptor": "As it is.", "points": worth}
                    for level, worth in zip(levels, points, strict=True)
                ],
                "source": f"Domain {code}",
            }
        )
    return made


@st.composite
def resources_present(draw: Draw) -> Data:
    """Each of the four modes."""
    mode = draw(one_of("points", "fraction", "points", "fraction", "none", "in-descriptors"))
    given = draw(codes(1, 3))
    worth = {
        "points": lambda: [{"points": n} for n in rising(draw(decimals(9)) for _ in given)],
        "fraction": lambda: [
            {"fraction": n}
            for n in rising(draw(one_of("0.25", "0.3", "0.5", "0", "1", "1.0")) for _ in given)
        ],
    }.get(mode, lambda: [{} for _ in given])()
    return {
        "mode": mode,
        "source": "Resources present",
        "contributions": [
            {"code": code, "title": draw(titles), **how_much}
            for code, how_much in zip(given, worth, strict=True)
        ],
    }


@st.composite
def price_per_point(draw: Draw, questions: Sequence[Data]) -> Data:
    """Prices for groups; the last is for all."""
    groups = [{"when": draw(conditions(questions))} for _ in range(draw(whole(0, 2)))]
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
def banded(draw: Draw, _questions: Sequence[Data]) -> Data:
    """Bands that touch and rise."""
    begins = draw(steps_of_points(0))
    ends: list[str | None] = [*begins[1:], None]
    amounts = sorted(draw(pence) for _ in begins)
    return {
        "variant": "banded",
        "source": "Bands",
        "bands": [
            {"from_points": begin, **({"before_points": end} if end else {}), "amount_pence": amount}
            for begin, end, amount in zip(begins, ends, amounts, strict=True)
        ],
    }


@st.composite
def piecewise_linear(draw: Draw, _questions: Sequence[Data]) -> Data:
    """Knots that rise."""
    scores = draw(steps_of_points(1).filter(lambda scores: len(scores) > 1))
    amounts = sorted(draw(pence) for _ in scores)
    return {
        "variant": "piecewise-linear",
        "source": "Knots",
        "knots": [
            {"points": points, "amount_pence": amount} for points, amount in zip(scores, amounts, strict=True)
        ],
    }


ALLOCATIONS: dict[str, Callable[[Sequence[Data]], st.SearchStrategy[Data]]] = {
    "price-per-point": price_per_point,
    "banded": banded,
    "piecewise-linear": piecewise_linear,
}


@st.composite
def modifiers(draw: Draw, questions: Sequence[Data]) -> list[Data]:
    """Sums added and factors."""
    return [
        {
            "kind": kind,
            "code": code,
            "title": draw(titles),
            "because": draw(titles),
            **maybe(draw, "when", conditions(questions)),
            **({"amount_pence": draw(pence)} if kind == "add" else {"factor": draw(decimals(2))}),
            "source": f"Modifier {code}",
        }
        for code in draw(codes(0, 3))
        for kind in [draw(one_of("add", "multiply"))]
    ]


@st.composite
def bounds(draw: Draw) -> Data:
    """A floor and caps in order, each of which may be left out."""
    fields = ["floor_pence", "soft_cap_pence", "hard_cap_pence"]
    given = dict(zip(fields, sorted(draw(pence) for _ in fields), strict=True))
    left_out = draw(st.sets(st.sampled_from(fields)))
    return {**{k: v for k, v in given.items() if k not in left_out}, "source": "Bounds"}


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


@st.composite
def policy_documents(draw: Draw, variant: str | None = None) -> Data:
    """A valid policy as plain data."""
    questions = draw(circumstance_questions())
    allocation = ALLOCATIONS[variant or draw(st.sampled_from(sorted(ALLOCATIONS)))]
    horizons = draw(some_horizons)
    from_age = draw(whole(0, 17))
    effects = ["allowed", "needs-reason", "refused"]
    made: Data = {
        "calculation": "1",
        "authority": {"code": "exampleshire", "name": draw(titles)},
        "code": draw(st.sampled_from(CODES)),
        "version": draw(one_of("2026.1", "1", "1e5", "0x10", "2026-04-01")),
        "title": draw(titles),
        **maybe(draw, "illustrative", titles),
        "source": "The policy",
        "valid_from": "2019-04-01",
        **maybe(draw, "valid_before", one_of("2019-04-02", "2050-04-01")),
        "money": {
            "currency": "GBP",
            "period": draw(one_of("week", "four-weeks", "year")),
            "weeks_per_year": draw(one_of("52", "52.14", "53", "39", "50.5")),
            "source": "Money",
        },
        "eligibility": {
            "from_age": from_age,
            "before_age": draw(whole(from_age + 1, 26)),
            "source": "Ages",
        },
        "horizons": [
            {
                "horizon": horizon.value,
                "title": draw(titles),
                "months": draw(whole(1, 24)),
                "source": f"Horizon {horizon.value}",
            }
            for horizon in Horizon
            if horizon in horizons
        ],
        **({"circumstances": questions} if questions else {}),
        "domains": draw(domains(questions)),
        "scoring": {**maybe(draw, "scale", decimals(3)), "source": "Scoring"},
        "resources_present": draw(resources_present()),
        "allocation": draw(allocation(questions)),
        **maybe(draw, "modifiers", modifiers(questions)),
        **maybe(draw, "bounds", bounds()),
        "rounding": draw(roundings("Rounding")),
        "rate_card": draw(rate_cards()),
        "scope": {
            "purposes": [
                {"code": effect, "title": draw(titles), "effect": effect, "source": "Scope"}
                for effect in effects
            ]
        },
    }
    _leave_out_bounds_off_the_steps(made)
    return made


def _leave_out_bounds_off_the_steps(policy: Data) -> None:
    """Rounding may not take an amount past a floor or cap, so a policy with such a one is refused."""
    weeks = Fraction(policy["money"]["weeks_per_year"])
    times = MoneyPeriod(policy["money"]["period"]).times_a_year(weeks_per_year=weeks)
    limits = policy.get("bounds", {})
    for field in ("floor_pence", "hard_cap_pence"):
        if field in limits and limits[field] * times % policy["rounding"]["step_pence"] != 0:
            del limits[field]


@st.composite
def answers_about_needs(draw: Draw, policy: PolicyConfiguration, plan: Data, on: date) -> list[Data]:
    """A level at each horizon for each domain that is asked; nothing, or not-applicable, for the rest."""
    facts = facts_of(plan_of({**plan, "needs": []}), on=on)
    needs = []
    for domain in policy.domains:
        levels = st.sampled_from([level.code for level in domain.levels])
        if asked(domain, facts):
            given = {rule.horizon.value: draw(levels) for rule in policy.horizons}
            needs.append(
                {"domain": domain.code, "levels": given, **maybe(draw, "family_levels", st.just(dict(given)))}
            )
        elif draw(yes_or_no):
            given = {rule.horizon.value: NOT_APPLICABLE for rule in policy.horizons}
            needs.append({"domain": domain.code, "levels": given})
    return draw(st.permutations(needs))


@st.composite
def resources(draw: Draw, policy: PolicyConfiguration) -> Data:
    """Something already present, that counts or not."""
    return {
        "domain": draw(st.sampled_from([domain.code for domain in policy.domains])),
        "kind": draw(kinds).value,
        "contribution": draw(st.sampled_from(list(policy.contributions))),
        **maybe(draw, "horizons", some_horizons),
        "willing_and_able": draw(mostly),
        "will_last": draw(mostly),
        **maybe(draw, "cost_annual_pence", pence),
    }


@st.composite
def circumstances(draw: Draw, policy: PolicyConfiguration) -> list[Data]:
    """Every question answered."""
    given = []
    for question in policy.circumstances:
        answer: Data = {"circumstance": question.code}
        if question.choices is None:
            answer["count"] = draw(whole(0, question.at_most if question.at_most is not None else 9))
        else:
            answer["choice"] = draw(st.sampled_from([choice.code for choice in question.choices]))
        given.append(answer)
    return draw(st.permutations(given))


@st.composite
def lines(draw: Draw, policy: PolicyConfiguration, on: date) -> Data:
    """Wanted support that may be bought and has a price."""
    item = draw(st.sampled_from(policy.rate_card.items))
    per = draw(frequencies)
    price = item.price_on(on)
    scored = [rule.horizon for rule in policy.horizons]
    purpose = draw(one_of("allowed", "needs-reason"))
    return {
        "domain": draw(st.sampled_from([domain.code for domain in policy.domains])),
        "item": item.code,
        "purpose": purpose,
        "quantity": draw(decimals(40).filter(lambda text: exact(text) != 0)),
        "per": per.value,
        **(maybe(draw, "weeks", whole(1, 39)) if per is Frequency.WEEK else {}),
        **maybe(draw, "horizons", st.lists(st.sampled_from(scored), min_size=1, unique=True)),
        "provision": "H1.1",
        **({"quoted_price_pence": draw(pence)} if price and price.price_pence is None else {}),
        **({"reason_given": True} if purpose == "needs-reason" else {}),
    }


@st.composite
def plan_documents(draw: Draw, policy: PolicyConfiguration) -> tuple[Data, date]:
    """A plan that fits a policy, as plain data, and a day on which it does."""
    starts_on = draw(st.dates(date(2024, 1, 1), date(2034, 12, 31)))
    ends_before = add_months(starts_on, sum(rule.months for rule in policy.horizons))
    on = starts_on + timedelta(days=draw(whole(0, (ends_before - starts_on).days - 1)))
    age = draw(whole(policy.eligibility.from_age, policy.eligibility.before_age - 1))
    born_on = add_months(on, -12 * age) - timedelta(days=draw(whole(0, 300)))
    plan: Data = {
        "born_on": born_on.isoformat(),
        "starts_on": starts_on.isoformat(),
        "resources": draw(st.lists(resources(policy), max_size=4)),
        "circumstances": draw(circumstances(policy)),
        "lines": draw(st.lists(lines(policy, on), max_size=3)),
        **maybe(draw, "needs_not_captured", yes_or_no),
    }
    return {**plan, "needs": draw(answers_about_needs(policy, plan, on))}, on


@st.composite
def cases(draw: Draw, variant: str | None = None) -> Case:
    """A policy, a plan that fits it, and the day."""
    document = draw(policy_documents(variant))
    policy = policy_of(document)
    plan, on = draw(plan_documents(policy))
    return Case(document=document, policy=policy, plan=plan_of(plan), on=on)


@st.composite
def with_more_need(draw: Draw, case: Case) -> Case:
    """The same case with one domain one level up at one horizon, where there is one to go to."""
    facts = facts_of(case.plan, on=case.on)
    ways = [
        (n, rule.horizon.value, domain.levels[place + 1].code)
        for domain in case.policy.domains
        if asked(domain, facts)
        for n, need in enumerate(case.plan.needs)
        if need.domain == domain.code
        for rule in case.policy.horizons
        for place, level in enumerate(domain.levels[:-1])
        if level.code == need.levels.at(rule.horizon)
    ]
    if not ways:
        return case
    n, horizon, level_code = draw(st.sampled_from(ways))
    data = plan_data(case.plan)
    data["needs"][n]["levels"][horizon] = level_code
    return Case(document=case.document, policy=case.policy, plan=plan_of(data), on=case.on)


@st.composite
def with_more_present(draw: Draw, case: Case) -> Case:
    """The same case with one more resource."""
    data = plan_data(case.plan)
    data["resources"].append(draw(resources(case.policy)))
    return Case(document=case.document, policy=case.policy, plan=plan_of(data), on=case.on)
