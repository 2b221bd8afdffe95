"""Published figures of real systems come out of the engine to the penny."""

import tomllib
from datetime import date
from typing import Any

import pytest

from ras import Assessment, Plan, PolicyConfiguration, assess, read_policy, say
from ras.policy.document import policy_of as policy_from_data
from ras.reading import read_yaml, validated
from ras.working import Step
from tests.ras.casebook import CASES, no_fraction

PUBLISHED = CASES / "published"
DOCUMENTS = sorted(path.stem for path in PUBLISHED.glob("*.yaml"))

Figure = dict[str, Any]


def read_table(name: str) -> dict[str, Any]:
    """A file of figures."""
    return tomllib.loads((PUBLISHED / name).read_text("utf-8"), parse_float=no_fraction)


FIGURES: list[Figure] = read_table("figures.toml")["figure"]
RESPITE_ROWS: list[list[str]] = read_table("washington-respite-level.toml")["rows"]


def policy_of(document: str) -> PolicyConfiguration:
    return read_policy((PUBLISHED / f"{document}.yaml").read_text("utf-8"))


def assessment_of(figure: Figure, policy: PolicyConfiguration) -> Assessment:
    """The assessment of a plan with the figure's answers, from the figure's day on."""
    on: date = figure["on"]
    first = policy.domains[0].code
    answers = {domain.code: domain.levels[0].code for domain in policy.domains}
    answers |= {first: figure["level"]} if "level" in figure else {}
    answers |= figure.get("needs", {})
    plan = validated(
        Plan,
        {
            "born_on": str(figure.get("born_on", date(on.year - 10, 1, 1))),
            "starts_on": str(on),
            "needs": [{"domain": code, "levels": {"short": level}} for code, level in answers.items()],
            "circumstances": [
                {"circumstance": code, "choice": choice}
                for code, choice in figure.get("circumstances", {}).items()
            ],
            "lines": [
                {"domain": first, "purpose": policy.scope.purposes[0].code, "provision": "A1", **line}
                for line in figure.get("lines", [])
            ],
        },
    )
    return assess(plan, policy, effective_on=on)


def found_in(assessment: Assessment, policy: PolicyConfiguration) -> dict[str, Any]:
    """What an assessment says, in the words of the figures."""
    variant = policy.allocation.variant
    allocation = [line for line in assessment.working if line.kind.startswith(variant)][-1]
    levels = [line.result.value for line in assessment.working if line.kind == "rules.level"]
    return {
        "allocation": allocation.result.number,
        "indicative_annual_pence": assessment.indicative_annual_pence,
        "plan_cost_annual_pence": assessment.plan_cost_annual_pence,
        "marks": [mark.value for mark in assessment.horizons[0].marks],
        "value": levels[0] if levels else None,
    }


def is_line(line: Step, wanted: dict[str, str]) -> bool:
    """Whether a line of working is of the kind, has the inputs and comes to the result that are wanted."""
    known = {"kind": line.kind, "result": line.result.value, **{i.name: i.value for i in line.inputs}}
    return wanted.items() <= known.items()


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure['document']}: {figure['name']}")
def test_the_published_figure_comes_out(figure: Figure) -> None:
    policy = policy_of(figure["document"])
    assessment = assessment_of(figure, policy)
    found = found_in(assessment, policy)
    told = [say(line) for line in assessment.working]

    assert {word: found[word] for word in found if word in figure} == {
        word: figure[word] for word in found if word in figure
    }
    assert set(figure.get("sentences", [])) <= set(told)
    for wanted in figure.get("working", []):
        assert any(is_line(line, wanted) for line in assessment.working), wanted


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure['document']}: {figure['name']}")
def test_every_figure_says_what_must_come_out(figure: Figure) -> None:
    asked = {"document", "name", "on", "born_on", "level", "needs", "circumstances", "lines"}
    expected = {"allocation", "indicative_annual_pence", "plan_cost_annual_pence", "marks", "value"}
    told = {"sentences", "working"}

    assert set(figure) <= asked | expected | told
    assert set(figure) & expected


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_published_document_has_a_figure_and_says_what_it_is(document: str) -> None:
    policy = policy_of(document)

    assert any(figure["document"] == document for figure in FIGURES)
    assert policy.illustrative is not None
    assert policy.source.startswith(("https://", "http://"))
    assert f"({document}.yaml)" in (PUBLISHED / "README.md").read_text("utf-8")


def test_no_one_price_of_a_point_gives_both_of_savvas_entries() -> None:
    first, second = (figure for figure in FIGURES if figure["document"] == "savva-2010")

    assert first["allocation"] * 22 != second["allocation"] * 16


def test_without_the_cap_the_hours_assessed_in_islington_come_out_whole() -> None:
    """The judgment: 24 hours a week, 1,248 a year; the cap, and nothing else, makes half of it."""
    document = read_yaml((PUBLISHED / "islington-jl-hours-cap.yaml").read_text("utf-8"))
    del document["allocation"]["items"][0]["at_most"]
    policy = policy_from_data(document)
    figure = next(figure for figure in FIGURES if figure.get("level") == "twenty-four")

    uncapped = assessment_of(figure, policy)

    assert uncapped.indicative_annual_pence == 1_248_00
    assert uncapped.indicative_annual_pence == 2 * figure["indicative_annual_pence"]
    assert uncapped.horizons[0].marks == ()


@pytest.mark.parametrize(
    ("primary", "backup", "behavior", "level"), RESPITE_ROWS, ids=[", ".join(row) for row in RESPITE_ROWS]
)
def test_every_published_row_of_the_respite_table_comes_out(
    primary: str, backup: str, behavior: str, level: str
) -> None:
    policy = policy_of("washington-respite-level")
    needs = {"primary": primary, "backup": backup, "behavior": behavior}

    assessment = assessment_of({"on": date(2021, 1, 1), "needs": needs}, policy)

    assert found_in(assessment, policy)["value"] == level


def test_the_rows_of_the_respite_table_are_every_combination_once() -> None:
    policy = policy_of("washington-respite-level")
    combinations = 1
    for domain in policy.domains:
        combinations *= len(domain.levels)

    assert len({tuple(row[:3]) for row in RESPITE_ROWS}) == len(RESPITE_ROWS) == combinations
