"""The demonstration caseload: its total, its shape, its plans and its files, for any seed."""

import csv
import os
import re
import statistics
import subprocess
import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

import pytest

import ras
from app.demonstration.caseload import (
    DEFAULT_SEED,
    DEFAULT_SIZE,
    TEAMS_IN_TRANSITION,
    Change,
    Child,
    caseload,
    change,
    split,
    total_annual_pence,
)
from app.demonstration.files import NOT_IN_BODY, PLAN_COLUMNS, flatten, natural_place, plan_body, write_csv
from app.demonstration.monitoring import PREFER_NOT_TO_SAY
from ras.allocation.piecewise_linear import PiecewiseLinear
from ras.dates import add_months, age_on
from ras.errors import RasError
from ras.plan import Plan
from ras.records import exact
from ras.working import Horizon

HERE = Path(__file__)
POLICY = ras.read_policy((HERE.parents[2] / "app/demonstration/exampleshire.yaml").read_text("utf-8"))
AS_AT = date(2026, 10, 1)
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REFERENCE = re.compile(r"EX-\d{6}|(EHC|CP)-\d{4}-\d{4}|[HC]\d\.\d")


@cache
def drawn(seed: int = DEFAULT_SEED, size: int = DEFAULT_SIZE) -> tuple[Child, ...]:
    """A caseload, drawn once for all tests."""
    return tuple(caseload(POLICY, as_at=AS_AT, seed=seed, size=size))


@cache
def assessed(seed: int = DEFAULT_SEED, size: int = DEFAULT_SIZE) -> tuple[ras.Assessment, ...]:
    """The assessments of a caseload, in its order."""
    return tuple(ras.assess(child.plan, POLICY, effective_on=AS_AT) for child in drawn(seed, size))


def packages(seed: int = DEFAULT_SEED, size: int = DEFAULT_SIZE) -> list[int]:
    """What the council pays today, in pence a year, the least first."""
    return sorted(child.current_package_annual_pence for child in drawn(seed, size))


seeds_and_sizes = pytest.mark.parametrize(
    ("seed", "size"), [(DEFAULT_SEED, DEFAULT_SIZE), (2, 111), (5, 111), (16, 111), (20, 111), (3, 1_000)]
)


@seeds_and_sizes
def test_the_packages_add_up_to_the_published_total_to_the_penny(seed: int, size: int) -> None:
    assert sum(packages(seed, size)) == total_annual_pence(size) == size * 420_000_00 // 111
    assert packages(seed, size)[0] > 0


@seeds_and_sizes
def test_many_packages_are_small_and_few_are_large(seed: int, size: int) -> None:
    costs = packages(seed, size)
    mean, deviation = statistics.fmean(costs), statistics.pstdev(costs)
    skewness = statistics.fmean(((cost - mean) / deviation) ** 3 for cost in costs)
    assert statistics.median(costs) < 0.7 * mean
    assert skewness > 1.5
    assert 0.35 < sum(costs[-(size // 10) :]) / sum(costs) < 0.50


@seeds_and_sizes
def test_most_packages_are_unchanged_some_lower_and_some_higher(seed: int, size: int) -> None:
    changes = Counter(
        change(
            package_annual_pence=child.current_package_annual_pence,
            indicative_annual_pence=assessment.indicative_annual_pence,
        )
        for child, assessment in zip(drawn(seed, size), assessed(seed, size), strict=True)
    )
    assert 0.60 < changes[Change.UNCHANGED] / size < 0.80
    assert changes[Change.LOWER] / size > 0.08
    assert changes[Change.HIGHER] / size > 0.08


@seeds_and_sizes
def test_the_indicative_amounts_come_within_two_per_cent_of_the_total(seed: int, size: int) -> None:
    indicative = sum(assessment.indicative_annual_pence for assessment in assessed(seed, size))
    assert abs(indicative - total_annual_pence(size)) < 0.02 * total_annual_pence(size)


@seeds_and_sizes
def test_hardly_any_amount_is_zero_and_all_are_those_of_the_first_six_months(seed: int, size: int) -> None:
    assert sum(a.indicative_annual_pence == 0 for a in assessed(seed, size)) <= 2 * size / 111
    assert {a.horizon for a in assessed(seed, size)} == {Horizon.SHORT}


@seeds_and_sizes
def test_plans_cost_about_what_the_policy_gives_and_a_few_cost_more(seed: int, size: int) -> None:
    shares = [a.plan_cost_annual_pence / max(1, a.indicative_annual_pence) for a in assessed(seed, size)]
    assert sum(0.70 <= share <= 1.05 for share in shares) / size > 0.75
    assert 0.02 < sum(share > 1.05 for share in shares) / size < 0.20


def test_the_table_rises_ever_more_steeply_and_never_falls() -> None:
    assert isinstance(POLICY.allocation, PiecewiseLinear)
    rises = [
        (above.amount_pence - below.amount_pence) / (exact(above.points) - exact(below.points))
        for below, above in pairwise(POLICY.allocation.knots)
    ]
    assert min(rises) > 0
    assert rises == sorted(rises)


def test_every_plan_of_a_larger_caseload_fits_the_policy() -> None:
    misfits: list[RasError] = []
    for child in islice(caseload(POLICY, as_at=AS_AT, seed=9, size=2_000), 600):
        try:
            ras.assess(child.plan, POLICY, effective_on=AS_AT)
        except RasError as error:
            misfits.append(error)
        assert 1 <= len(child.plan.lines) <= 5
        needed = {need.domain for need in child.plan.needs if need.levels.short != "none"}
        assert {line.domain for line in child.plan.lines} <= needed
        assert {need.domain for need in child.plan.needs} == {domain.code for domain in POLICY.domains}
    assert misfits == []


@pytest.mark.parametrize("as_at", [AS_AT, date(2028, 2, 29), date(2027, 3, 31)])
def test_nobody_is_eighteen_within_the_plans_first_half_year(as_at: date) -> None:
    for child in caseload(POLICY, as_at=as_at, seed=4, size=400):
        assert 2 <= age_on(child.born_on, as_at) <= 17
        assert add_months(as_at, -5) <= child.plan.starts_on <= as_at
        assert age_on(child.born_on, add_months(child.plan.starts_on, 6)) < 18
        review_on = child.next_ehc_review_on
        assert review_on is None or as_at < review_on <= add_months(as_at, 12)
        assert review_on is not None or child.plan_kind == "care"


def test_older_children_are_mostly_with_the_transitions_team_and_younger_ones_never() -> None:
    teams = [(age_on(child.born_on, AS_AT), child.team) for child in drawn(3, 1_000)]
    older = [team for age, team in teams if age >= 16]
    assert older.count("transitions") > 0.7 * len(older)
    assert set(older) <= set(TEAMS_IN_TRANSITION)
    assert {team for age, team in teams if age < 16} == {"north", "south", "early-help"}


def test_plans_have_everything_a_plan_can_say() -> None:
    resources = [resource for child in drawn(3, 1_000) for resource in child.plan.resources]
    needs = [need for child in drawn(3, 1_000) for need in child.plan.needs]
    assert {resource.kind.value for resource in resources} == {"family", "community", "universal", "targeted"}
    assert any(not resource.willing_and_able for resource in resources)
    assert any(not resource.will_last for resource in resources)
    assert any(need.family_levels and need.family_levels != need.levels for need in needs)
    assert any(need.levels.long != need.levels.short for need in needs)
    assert any(child.plan.needs_not_captured for child in drawn(3, 1_000))
    for field in fields(drawn()[0].monitoring):
        given = {getattr(child.monitoring, field.name) for child in drawn(3, 1_000)}
        assert PREFER_NOT_TO_SAY in given or field.name == "sex"


def test_nothing_in_a_caseload_is_a_name_or_free_text() -> None:
    for child in drawn():
        cells = [*flatten(plan_body(child)).values(), child.team, *asdict(child.monitoring).values()]
        for cell in cells:
            is_number_or_day = re.fullmatch(r"[\d.-]+", cell)
            assert is_number_or_day or CODE.fullmatch(cell) or REFERENCE.fullmatch(cell), cell


def test_the_same_seed_gives_the_same_bytes_on_another_machine(tmp_path: Path) -> None:
    here = write_csv(tmp_path / "here", drawn())
    program = (
        "import sys; from datetime import date; from pathlib import Path; import ras;"
        "from app.demonstration.caseload import caseload; from app.demonstration.files import write_csv;"
        "policy = ras.read_policy(Path(sys.argv[1]).read_text('utf-8'));"
        "write_csv(Path(sys.argv[2]), caseload(policy, as_at=date(2026, 10, 1)))"
    )
    elsewhere = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    source = HERE.parents[2] / "app/demonstration/exampleshire.yaml"
    subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", program, str(source), str(tmp_path / "there")],
        env=elsewhere,
        cwd=HERE.parents[2],
        check=True,
    )
    assert [path.name for path in here] == ["people.csv", "plans.csv", "monitoring.csv"]
    for path in here:
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes()
    assert drawn() != drawn(1)


def test_files_keep_dates_of_birth_money_and_monitoring_apart_from_plans(tmp_path: Path) -> None:
    people, plans, monitoring = write_csv(tmp_path, drawn())
    headers = {
        path.name: path.read_text("utf-8").split("\n")[0].split(",") for path in (people, plans, monitoring)
    }
    assert headers["people.csv"] == ["reference", "born_on", "team", "current_package_annual_pence"]
    assert headers["monitoring.csv"][:2] == ["person_reference", "ethnic_group"]
    assert not [column for column in headers["plans.csv"] if "born" in column or "package" in column]
    assert headers["plans.csv"][:7] == [
        "person_reference",
        "kind",
        "reference",
        "next_ehc_review_on",
        "starts_on",
        "needs.1.domain",
        "needs.1.levels.short",
    ]
    assert headers["plans.csv"][-1].startswith("lines.")
    assert b"\r" not in plans.read_bytes()


def test_a_plan_is_read_back_from_its_row(tmp_path: Path) -> None:
    plans = write_csv(tmp_path, drawn())[1]
    with plans.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == DEFAULT_SIZE
    for child, row in zip(drawn(), rows, strict=True):
        assert {column: cell for column, cell in row.items() if cell} == flatten(plan_body(child))


def test_every_field_of_a_plan_has_a_column() -> None:
    known = {column.split(".")[0] for column in PLAN_COLUMNS}
    assert set(Plan.model_fields) - set(NOT_IN_BODY) <= known
    assert natural_place("lines.10.item") > natural_place("lines.9.weeks")
    with pytest.raises(ValueError, match="not in"):
        natural_place("lines.1.born_on")


def test_flattened_lists_count_from_one_and_absent_values_are_left_out() -> None:
    assert flatten({"a": [{"b": True, "c": None}, {"b": 7}], "d": {"e": date(2026, 4, 1)}, "f": []}) == {
        "a.1.b": "true",
        "a.2.b": "7",
        "d.e": "2026-04-01",
    }


def test_a_large_caseload_comes_as_a_stream_and_says_how_far_it_is() -> None:
    told: list[int] = []
    children = caseload(POLICY, as_at=AS_AT, size=3_000, on_progress=told.append)
    assert isinstance(children, Iterator)
    assert told == []
    first = next(children)
    assert told == list(range(1, 3_001))
    assert first.reference == "EX-000001"
    assert [child.reference for child in islice(children, 2)] == ["EX-000002", "EX-000003"]


@pytest.mark.parametrize("size", [0, 1, 2, 19])
def test_a_small_caseload_adds_up_too(size: int) -> None:
    assert sum(packages(7, size)) == total_annual_pence(size)
    assert len(drawn(7, size)) == size


def test_a_split_gives_the_pennies_left_over_to_the_largest_remainders() -> None:
    assert list(split(10, array("q", [1, 2, 4]))) == [1, 3, 6]
    assert list(split(0, array("q", []))) == []


@pytest.mark.parametrize(
    ("package", "indicative", "expected"),
    [
        (4_000_00, 4_400_00, Change.UNCHANGED),
        (4_000_00, 4_400_01, Change.HIGHER),
        (4_000_00, 3_599_99, Change.LOWER),
        (1_000_00, 1_250_00, Change.UNCHANGED),
        (1_000_00, 1_250_01, Change.HIGHER),
        (1_000_00, 749_99, Change.LOWER),
    ],
)
def test_the_tolerance_is_ten_per_cent_or_250_pounds_a_year(
    package: int, indicative: int, expected: Change
) -> None:
    assert change(package_annual_pence=package, indicative_annual_pence=indicative) is expected
