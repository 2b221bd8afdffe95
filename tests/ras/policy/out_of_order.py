"""Policies that may be out of order: wild ones of every variant, and small ones of any shape."""

from collections.abc import Callable
from copy import deepcopy
from itertools import product
from math import prod
from typing import TypeAlias

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ras import testing as some
from ras.allocation import Allocation, Variant
from ras.errors import PolicyDocumentError
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of
from ras.reading import validated
from ras.testing.draws import Draw, decimals, one_of, pence, sometimes, whole, yes_or_no
from ras.testing.needs import Asking, Way, requirements
from tests.ras.examples import Data, policy_data

MOST_SETS = 30
"""So many sets of answers are few enough to try them all, for several children."""
Damage: TypeAlias = Callable[[Draw, Data], None]
_ALLOCATION: TypeAdapter[Variant] = TypeAdapter(Allocation)


@st.composite
def wild_requirements(draw: Draw, document: Data) -> Data:
    """A condition that may go either way: for children of more need, or of less."""
    is_scored = validated(_ALLOCATION, document["allocation"]).uses_score()
    asking = Asking(
        document.get("circumstances", ()),
        document["domains"],
        document.get("questionnaires", ()),
        is_scored=is_scored,
    )
    return draw(requirements(asking, draw(one_of(*Way))))


def another_modifier(draw: Draw, document: Data) -> None:
    """One more modifier, for whomever."""
    kind = draw(one_of("multiply", "subtract", "add", "add-on-root-scale"))
    says: Data = {"amount_pence": draw(pence)}
    if kind == "multiply":
        says = {"factor": draw(one_of("0", "0.5", "0.9", "1.5"))}
    if kind == "add-on-root-scale":
        says = {"added": draw(decimals(20))}
    wild = {
        "kind": kind,
        "code": "wild",
        "title": "Wild",
        "because": "so",
        "when": draw(wild_requirements(document)),
        **says,
        "source": "Wild",
    }
    document["modifiers"] = [*document.get("modifiers", []), wild]


def another_limit(draw: Draw, document: Data) -> None:
    """A floor or a cap for some children only."""
    field, pounds = draw(one_of("hard_cap_pence", "floor_pence")), draw(whole(0, 50))
    group = {"title": "Wild", "when": draw(wild_requirements(document)), field: pounds * 200_00}
    bounds = document.setdefault("bounds", {"source": "Bounds"})
    bounds["groups"] = [group, *bounds.get("groups", [])]


def another_table(draw: Draw, document: Data) -> None:
    """What the table gives, dealt out again; a formula with one sign turned round."""
    allocation = document["allocation"]
    dealt = {
        "lookup-matrix": ("rows", "amount_pence"),
        "level-table": ("rules", "level"),
        "weight-x-base": ("weights", "weight"),
        "composite": ("parts", "allocation"),
    }
    variant = allocation["variant"]
    if variant in dealt:
        rows, field = dealt[variant]
        given = draw(st.permutations([row[field] for row in allocation[rows]]))
        for row, value in zip(allocation[rows], given, strict=True):
            row[field] = value
    elif variant == "regression":
        term = draw(st.sampled_from(allocation["terms"]))
        was = term["coefficient"]
        term["coefficient"] = was.removeprefix("-") if was.startswith("-") or was == "0" else f"-{was}"
    elif variant == "line-items":
        draw(st.sampled_from(allocation["items"]))["when"] = draw(wild_requirements(document))
    else:
        another_modifier(draw, document)


DAMAGES: tuple[Damage, ...] = (another_modifier, another_limit, another_table, another_table)


@st.composite
def wild_policies(draw: Draw, variant: str) -> PolicyConfiguration:
    """A policy of few answers that was lawful by the way it was made, until something was done to it."""
    document = deepcopy(draw(some.policy_documents(variant)))
    assume(prod(len(d["levels"]) + ("no_need" in d) for d in document["domains"]) <= MOST_SETS)
    document["horizons"] = document["horizons"][:1]
    document["rounding"]["step_pence"] = 1
    for damage in draw(st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=2)):
        damage(draw, document)
    try:
        return policy_of(document)
    except PolicyDocumentError:
        assume(condition=False)
        raise


TITLE = {"title": "Small", "source": "Small"}
CODES = ("none", "some", "much")
DOMAINS = ("care", "play")
NUMBER = {"circumstance": "siblings"}


@st.composite
def small_requirements(draw: Draw) -> Data:
    """A condition on what a small policy asks, in one or two ways at once."""
    when: Data = {}
    for kind in draw(
        st.lists(
            one_of("answer", "answers", "reached", "score", "age", "place", "number"), min_size=1, max_size=2
        )
    ):
        match kind:
            case "answer" | "answers":
                end = draw(one_of("at_least", "at_most"))
                domains = DOMAINS if kind == "answers" else (draw(one_of(*DOMAINS)),)
                when["answers"] = [{"domain": domain, end: draw(one_of(*CODES))} for domain in domains]
            case "reached":
                when["reached"] = [{"level": draw(one_of(*CODES)), "at_least": draw(one_of(1, 2))}]
            case "score":
                ends = {"at_least": f"{draw(whole(0, 12))}"}
                when["score"] = draw(
                    st.sampled_from([ends, {"below": ends["at_least"]}, {**ends, "below": "14"}])
                )
            case "age" if "circumstances" not in when:
                when["age"] = {"from_age": draw(one_of(0, 5, 11)), "before_age": draw(one_of(12, 18))}
            case "place" if "age" not in when:
                when["circumstances"] = [
                    {"circumstance": "area", "is_one_of": [draw(one_of("town", "remote"))]}
                ]
            case "number" if "age" not in when:
                when["circumstances"] = [
                    {"circumstance": "siblings", draw(one_of("at_least", "at_most")): draw(whole(0, 3))}
                ]
            case _:
                pass
    return when


@st.composite
def small_tables(draw: Draw) -> Data:
    """A table or formula that may be in order or not."""
    match draw(one_of("banded", "lookup-matrix", "level-table", "regression", "regression", "line-items")):
        case "banded":
            return {
                "variant": "banded",
                "source": "Small",
                "bands": [
                    {"from_points": "0", "before_points": "6", "amount_pence": 0},
                    {"from_points": "6", "before_points": "12", "amount_pence": 500_00},
                    {"from_points": "12", "amount_pence": 900_00},
                ],
            }
        case "lookup-matrix":
            lower = draw(st.sets(whole(0, 8), max_size=1))
            return {
                "variant": "lookup-matrix",
                "source": "Small",
                "sides": [{"kind": "domain", "domain": domain} for domain in DOMAINS],
                "rows": [
                    {
                        "answers": [CODES[one], CODES[other]],
                        "title": f"{one}, {other}",
                        "amount_pence": 1_000_00
                        + 100_00 * (one + other)
                        - 101_00 * (3 * one + other in lower),
                    }
                    for one, other in product(range(3), repeat=2)
                ],
            }
        case "level-table":
            return {
                "variant": "level-table",
                "source": "Small",
                "levels": [
                    {"code": code, "title": code, "amount_pence": pounds * 100}
                    for code, pounds in (("low", 100), ("high", 300))
                ],
                "rules": [
                    {
                        "level": draw(one_of("low", "high")),
                        "because": "so",
                        "when": draw(small_requirements()),
                    },
                    *(
                        {"level": level, "because": "so", "when": draw(small_requirements())}
                        for level in ("low", "high")
                    ),
                    {"level": draw(one_of("low", "high")), "because": "so"},
                ],
            }
        case "regression":
            return {
                "variant": "regression",
                "source": "Small",
                "link": draw(one_of("identity", "square-root", "log")),
                "intercept": "2",
                "terms": [draw(small_terms()) for _ in range(draw(whole(1, 3)))],
            }
        case _:
            quantities = [{"level": code, "quantity": f"{n}"} for n, code in enumerate(CODES)]
            return {
                "variant": "line-items",
                "source": "Small",
                "items": [
                    {
                        "code": domain,
                        "title": domain,
                        "unit": "hours",
                        "when": draw(small_requirements()),
                        "by_level": {"domain": domain, "quantities": quantities},
                        "rate_pence": "10000",
                    }
                    for domain in DOMAINS
                ],
            }


@st.composite
def small_terms(draw: Draw) -> Data:
    """A coefficient of either sign, on one thing that is asked or the product of two."""
    needs: list[Data] = [{"kind": "score"}]
    needs += [{"kind": "points", "domains": [domain]} for domain in DOMAINS]
    needs += [{"kind": "at-least", "domain": domain, "level": level} for domain in DOMAINS for level in CODES]
    facts: list[Data] = [
        {"kind": "count", **NUMBER},
        {"kind": "age"},
        {"kind": "when", "when": {"age": {"before_age": 12}}},
    ]
    variables = [draw(st.sampled_from(needs)), *draw(st.lists(st.sampled_from([*needs, *facts]), max_size=1))]
    tenths = draw(whole(-2, 12))
    return {"title": "Term", "coefficient": f"{'-' * (tenths < 0)}0.{abs(tenths):02}", "variables": variables}


@st.composite
def small_policies(draw: Draw) -> PolicyConfiguration:
    """A policy with two areas of three levels, in order or not."""
    example = policy_data()
    domain, level = example["domains"][0], example["domains"][0]["levels"][0]
    table = draw(small_tables())
    document = {
        **example,
        "circumstances": [
            example["circumstances"][0],
            {**example["circumstances"][1], "code": "siblings", "at_most": 4},
        ],
        "domains": [
            {
                **domain,
                "code": code,
                "levels": [
                    {**level, "code": each, "points": points}
                    for each, points in zip(CODES, draw(one_of("038", "005", "225")), strict=True)
                ],
                **({"no_need": "Nothing"} if table["variant"] == "regression" and draw(yes_or_no) else {}),
            }
            for code in DOMAINS
        ],
        "resources_present": {
            "mode": "none",
            "source": "Small",
            "contributions": [{"code": "any", "title": "any"}],
        },
        "allocation": table,
        "modifiers": [],
        "rounding": {**example["rounding"], "step_pence": 1},
    }
    document["eligibility"] = {**example["eligibility"], "from_age": 9}
    del document["bounds"]
    if draw(sometimes):
        another = {"kind": "multiply", "factor": draw(one_of("0.5", "1.5"))}
        if draw(yes_or_no):
            another = {"kind": draw(one_of("add", "subtract")), "amount_pence": draw(whole(1, 999_00))}
        document["modifiers"] = [
            {**another, **TITLE, "code": "small", "because": "so", "when": draw(small_requirements())}
        ]
    if draw(sometimes):
        limit = {draw(one_of("floor_pence", "hard_cap_pence")): draw(whole(0, 9)) * 100_00}
        document["bounds"] = {
            "source": "Small",
            "groups": [{"title": "Small", "when": draw(small_requirements()), **limit}],
        }
    try:
        return policy_of(document)
    except PolicyDocumentError:
        assume(condition=False)
        raise
