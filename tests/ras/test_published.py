"""Published figures of real systems come out of the engine to the penny."""

import tomllib
from datetime import date
from typing import Any

import pytest

from ras import Assessment, Plan, PolicyConfiguration, assess, read_policy, say
from ras.reading import validated
from tests.ras.casebook import CASES, no_fraction

PUBLISHED = CASES / "published"
DOCUMENTS = sorted(path.stem for path in PUBLISHED.glob("*.yaml"))
FIGURES: list[dict[str, Any]] = tomllib.loads(
    (PUBLISHED / "figures.toml").read_text("utf-8"), parse_float=no_fraction
)["figure"]


def policy_of(figure: dict[str, Any]) -> PolicyConfiguration:
    return read_policy((PUBLISHED / f"{figure['document']}.yaml").read_text("utf-8"))


def assessment_of(figure: dict[str, Any]) -> Assessment:
    """The assessment of a plan with one area at the figure's level, from the figure's day on."""
    policy = policy_of(figure)
    domain, purpose = policy.domains[0].code, policy.scope.purposes[0].code
    on: date = figure["on"]
    settings = [{"circumstance": "setting", "choice": figure["setting"]}] if "setting" in figure else []
    plan = validated(
        Plan,
        {
            "born_on": str(figure.get("born_on", date(on.year - 10, 1, 1))),
            "starts_on": str(on),
            "needs": [{"domain": domain, "levels": {"short": figure["level"]}}],
            "circumstances": settings,
            "lines": [
                {"domain": domain, "purpose": purpose, "provision": "A1", **line}
                for line in figure.get("lines", [])
            ],
        },
    )
    return assess(plan, policy, effective_on=on)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure['document']}: {figure['name']}")
def test_the_published_figure_comes_out(figure: dict[str, Any]) -> None:
    assessment = assessment_of(figure)
    variant = policy_of(figure).allocation.variant
    allocation = next(line for line in assessment.working if line.kind.startswith(variant))
    found = {
        "allocation": allocation.result.number,
        "indicative_annual_pence": assessment.indicative_annual_pence,
        "plan_cost_annual_pence": assessment.plan_cost_annual_pence,
        "sentence": say(allocation),
    }

    assert {word: found[word] for word in found if word in figure} == {
        word: figure[word] for word in found if word in figure
    }


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_published_document_has_a_figure_and_says_what_it_is(document: str) -> None:
    policy = policy_of({"document": document})

    assert any(figure["document"] == document for figure in FIGURES)
    assert policy.illustrative is not None
    assert policy.source.startswith("https://")
    assert f"({document}.yaml)" in (PUBLISHED / "README.md").read_text("utf-8")


def test_no_one_price_of_a_point_gives_both_of_savvas_entries() -> None:
    first, second = (figure for figure in FIGURES if figure["document"] == "savva-2010")

    assert first["allocation"] * 22 != second["allocation"] * 16
