"""Valid policies of every variant, lawful by the way they are made: more need never means less money."""

from dataclasses import replace

from hypothesis import strategies as st
from pydantic import TypeAdapter

from ras.allocation import Allocation, Variant
from ras.policy.document import policy_of
from ras.reading import validated
from ras.testing.allocations import ALLOCATIONS
from ras.testing.amounts import (
    bounds,
    calibrations,
    deflators,
    modifiers,
    one_offs,
    put_limits_on_the_steps,
    rate_cards,
    resources_present,
    roundings,
    upratings,
)
from ras.testing.draws import (
    CODES,
    Data,
    Draw,
    factors,
    maybe,
    one_of,
    pence,
    some_horizons,
    sometimes,
    titles,
    whole,
    yes_or_no,
)
from ras.testing.needs import Asking, circumstance_questions, domains, questionnaires
from ras.testing.plans import Case, cases_of
from ras.working import Horizon

_ALLOCATION: TypeAdapter[Variant] = TypeAdapter(Allocation)


@st.composite
def policy_documents(draw: Draw, variant: str | None = None) -> Data:
    """A valid policy as plain data, of one variant or of any."""
    questions = draw(circumstance_questions())
    asked = draw(domains(questions))
    asking = Asking(questions, asked, draw(questionnaires(questions, asked)))
    made = ALLOCATIONS[variant or draw(st.sampled_from(sorted(ALLOCATIONS)))]
    allocation = draw(made(asking, pence))
    priced = validated(_ALLOCATION, allocation)
    asking = replace(asking, is_scored=priced.uses_score())
    if not asking.is_scored:
        draw(_without_points(asked))
    resources = draw(resources_present(priced))
    stage = draw(one_of("total", "total", "each-line"))
    policy: Data = {
        **draw(_openings()),
        **({"circumstances": questions} if questions else {}),
        "domains": asked,
        **({"questionnaires": asking.questionnaires} if asking.questionnaires else {}),
        "scoring": {**maybe(draw, "scale", factors), "source": "Scoring"},
        "resources_present": resources,
        "allocation": allocation,
        **(draw(_around(asking, priced, resources["mode"], stage)) if priced.gives_money() else {}),
        **({"one_offs": draw(one_offs(asking))} if draw(sometimes) else {}),
        "rounding": {**draw(roundings("Rounding")), **({"stage": stage} if stage == "each-line" else {})},
        "rate_card": draw(rate_cards()),
        "scope": {
            "purposes": [
                {"code": effect, "title": draw(titles), "effect": effect, "source": "Scope"}
                for effect in ("allowed", "needs-reason", "refused")
            ]
        },
    }
    put_limits_on_the_steps(policy)
    return policy


@st.composite
def _around(draw: Draw, asking: Asking, priced: Variant, mode: str, stage: str) -> Data:
    """What changes an amount; where there is a level and no amount, there is none of it."""
    return {
        **maybe(draw, "modifiers", modifiers(asking, priced, mode=mode, stage=stage)),
        **({"uprating": draw(upratings())} if draw(sometimes) else {}),
        **({"deflator": draw(deflators())} if draw(sometimes) else {}),
        **maybe(draw, "bounds", bounds(asking)),
        **({"calibration": draw(calibrations())} if draw(sometimes) else {}),
    }


@st.composite
def _openings(draw: Draw) -> Data:
    """Whose policy it is, for whom, for when, and in what money."""
    horizons = draw(some_horizons)
    from_age = draw(whole(0, 17))
    return {
        "calculation": "1",
        "authority": {"code": "exampleshire", "name": draw(titles)},
        "code": draw(st.sampled_from(CODES)),
        "version": draw(one_of("2026.1", "1", "1e5", "0x10", "2026-04-01")),
        "title": draw(titles),
        **maybe(draw, "illustrative", titles),
        "source": "The policy",
        "valid_from": "2019-04-01",
        **maybe(draw, "valid_before", one_of("2019-04-02", "2050-04-01", "2050-04-01")),
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
    }


@st.composite
def _without_points(draw: Draw, asked: list[Data]) -> None:
    """Take the points from some domains: nobody adds them up."""
    for domain in asked:
        if draw(yes_or_no):
            for level in domain["levels"]:
                del level["points"]


@st.composite
def cases(draw: Draw, variant: str | None = None) -> Case:
    """A policy, a plan that fits it, and the day."""
    document = draw(policy_documents(variant))
    return draw(cases_of(policy_of(document), document))
