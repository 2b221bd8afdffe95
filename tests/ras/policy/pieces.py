"""Pieces of a policy, to put into the example: tables, formulas, modifiers and limits."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from tests.ras.examples import Data, policy_data

LEVELS = ("none", "now-and-then", "regular", "frequent", "constant")
TWO = policy_data()["domains"][:2]
"""Independence and behaviour: few enough answers to see through."""
NO_RESOURCES = {"mode": "none", "source": "Case", "contributions": [{"code": "any", "title": "any"}]}
SCORE, INDEPENDENCE, BEHAVIOUR = (
    {"kind": "score"},
    {"kind": "points", "domains": ["independence"]},
    {"kind": "points", "domains": ["behaviour"]},
)


def band(begins: str, ends: str | None, pounds: int) -> Data:
    return {
        "from_points": begins,
        **({"before_points": ends} if ends else {}),
        "amount_pence": pounds * 100,
    }


def bands(*given: Data) -> Data:
    return {"variant": "banded", "source": "Case", "bands": list(given)}


def regression(*terms: tuple[str, list[Data]], link: str = "identity", intercept: str = "1000") -> Data:
    """A formula from 1,000 pounds, with coefficients and what they multiply."""
    return {
        "variant": "regression",
        "source": "Case",
        "link": link,
        "intercept": intercept,
        "terms": [
            {"title": f"Term {n}", "coefficient": coefficient, "variables": variables}
            for n, (coefficient, variables) in enumerate(terms)
        ],
    }


def modifier(kind: str, when: Data, **says: Any) -> list[Data]:
    return [
        {
            "kind": kind,
            "code": "wrong",
            "title": "Wrong",
            "because": "it is so",
            "when": when,
            **says,
            "source": "Case",
        }
    ]


def limits(*groups: Data, **all_children: Any) -> Data:
    return {**all_children, "equality_reference": "Case", "groups": list(groups), "source": "Case"}


def at_least(domain: str, level: str) -> Data:
    return {"kind": "at-least", "domain": domain, "level": level}


def matrix(*wrong: tuple[int, ...], domains: Sequence[str] = ("independence", "behaviour")) -> Data:
    """1,000 pounds more for each level up in any domain; 500 less in the rows that are wrong."""
    rows = [
        {
            "answers": [LEVELS[rank] for rank in ranks],
            "title": " and ".join(LEVELS[rank] for rank in ranks),
            "amount_pence": sum(ranks) * 1_000_00 - (1_500_00 if ranks in wrong else 0) + 5_000_00,
        }
        for ranks in product(range(5), repeat=len(domains))
    ]
    sides = [{"kind": "domain", "domain": domain} for domain in domains]
    return {"variant": "lookup-matrix", "source": "Case", "sides": sides, "rows": rows}


def table_of_levels(amounts: tuple[int, int], whens: list[Data | None], given: list[str]) -> Data:
    return {
        "variant": "level-table",
        "source": "Case",
        "levels": [
            {"code": code, "title": code.title(), "amount_pence": pounds * 100}
            for code, pounds in zip(("lower", "higher"), amounts, strict=True)
        ],
        "rules": [
            {"level": level, "because": "it is so", **({"when": when} if when else {})}
            for level, when in zip(given, whens, strict=True)
        ],
    }
