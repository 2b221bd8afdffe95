"""What finance is shown: commitments to the penny, an 18th birthday both ways, and nobody in it."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from app.access import Role
from app.demonstration.load import STAFF
from tests.app.lives import ONCE, Life, at, awarded, component, days, new_life
from tests.app.service import Service, good

Data = dict[str, Any]
YEAR = {"first_month": "2027-04", "months": "12"}
REST_OF_YEAR = {"first_month": "2026-12", "months": "4"}
COLUMNS = "month,financial_year,component,delivery,team,committed_pence,if_ended_at_18_pence"
HEADER = ",".join(f'"{name}"' for name in COLUMNS.split(","))
GROUPS = {
    "by_month": "month",
    "by_financial_year": "financial_year",
    "by_component": "component",
    "by_delivery": "delivery",
    "by_team": "team",
}
SUMS = ("committed_pence", "if_ended_at_18_pence")


def commitments(service: Service, **query: str) -> Data:
    found: Data = good(service.acting_as("demo-finance").get("/v1/commitments", params=query))
    return found


def forecast(service: Service, **query: str) -> Data:
    found: Data = good(service.acting_as("demo-finance").get("/v1/forecasts", params=query))
    return found


def by_month(found: Data, which: str = "committed_pence") -> dict[str, int]:
    return {each["of"][:7]: each[which] for each in found["by_month"]}


def walked(*rates: tuple[str, int]) -> int:
    """What so many days at rates of so many pence come to in the financial year 2027-28: half up, once."""
    weighted = 0
    for (first, pence), (before, _) in zip(rates, [*rates[1:], ("2028-04-01", 0)], strict=True):
        weighted += pence * (date.fromisoformat(before) - date.fromisoformat(first)).days
    return (2 * weighted + 366) // (2 * 366)


def lowered(life: Life) -> None:
    """Agree £5,200 a year from 1 February, and serve its notice on 4 January 2027."""
    at(life.service, "2027-01-04")
    life.revise_plan()
    life.assess(on="2027-01-04")
    cut = life.award(component(direct_payment=5_200_00, once=ONCE), starts_on="2027-02-01", occasion="review")
    life.notice(cut)


def adult_decision(life: Life, *, ends_before: str, on: str) -> Data:
    """End social care on the adult decision of a day."""
    life.find("adult-decision", "recorded", on=on)
    end = {
        "kind": "end",
        "ground": "adult-decision",
        "happened_on": on,
        "ends_before": ends_before,
        "components": ["social-care"],
    }
    return life.decide(end)


def test_a_year_comes_to_the_rate_and_what_is_bought_once_is_in_its_month(service: Service) -> None:
    awarded(service)

    assert commitments(service, **YEAR)["committed_pence"] == 6_000_00
    first = commitments(service, **REST_OF_YEAR)
    assert by_month(first)["2026-12"] == 509_59 + ONCE  # 6,000 x 31 / 365
    assert [row["delivery"] for row in first["rows"] if row["month"] == "2026-12-01"] == [
        "direct-payment",
        "notional",
    ]


def test_every_month_is_what_is_payable_on_each_of_its_days(service: Service) -> None:
    life = awarded(service)
    lowered(life)

    found = by_month(commitments(service, **YEAR))
    through = 0
    for month, length in (("2027-04", 30), ("2027-05", 31), ("2027-06", 30)):
        through += sum(life.payable(day) for day in days(f"{month}-01", length))
        so_far = (2 * through + 366) // (2 * 366)
        assert sum(found[each] for each in found if each <= month) == so_far


def test_a_running_notice_lowers_from_its_day_and_is_told_in_its_month(service: Service) -> None:
    life = awarded(service)
    before = commitments(service, **YEAR)
    assert before["notices_running"] == []

    lowered(life)
    found = commitments(service, **YEAR)
    assert [life.payable(day) for day in ("2027-04-04", "2027-04-05")] == [6_000_00, 5_200_00]
    assert found["committed_pence"] == walked(("2027-04-01", 6_000_00), ("2027-04-05", 5_200_00))
    assert found["notices_running"] == [
        {
            "month": "2027-04-01",
            "component": "social-care",
            "team": "north",
            "count": 1,
            "annual_pence": 800_00,
        }
    ]
    assert found["ends"] == []


def test_a_lower_amount_without_its_notice_lowers_nothing_that_is_committed(service: Service) -> None:
    life = awarded(service)
    before = commitments(service, **YEAR)
    at(service, "2027-01-04")
    life.award(component(direct_payment=5_200_00, once=ONCE), starts_on="2027-02-01")
    assert commitments(service, **YEAR) == before


def test_an_agreed_end_ends_and_is_told_without_its_reason(service: Service) -> None:
    life = new_life(service)
    life.decide(summer(6_000_00))

    found = commitments(service, **YEAR)
    assert found["committed_pence"] == walked(("2027-06-01", 6_000_00), ("2027-08-16", 0))
    assert [month for month, pence in by_month(found).items() if pence] == [f"2027-0{n}" for n in range(6, 9)]
    told = {"month": "2027-08-01", "component": "social-care", "team": "north"}
    assert found["ends"] == [{**told, "count": 1, "annual_pence": 6_000_00}]
    assert "agreed" not in json.dumps(found)


def test_an_18th_birthday_is_shown_both_ways_and_ends_nothing(service: Service) -> None:
    awarded(service, delivery="notional", born_on="2009-07-15")

    found = commitments(service, **YEAR)
    assert found["committed_pence"] == 6_000_00
    assert found["if_ended_at_18_pence"] == walked(("2027-04-01", 6_000_00), ("2027-08-01", 0))
    with_it, without = by_month(found), by_month(found, "if_ended_at_18_pence")
    assert all(without[month] == (with_it[month] if month <= "2027-07" else 0) for month in with_it)
    assert found["ends"] == []


def test_sen_top_up_goes_on_after_18_both_ways(service: Service) -> None:
    life = new_life(service, born_on="2009-07-15")
    agreed = {"person_id": life.id, "annual_pence": 900_00, "reasons": "An hour of support in each lesson."}
    life.share("sen-top-up")
    good(life.service.acting_as("demo-sen-partner").post("/v1/component-agreements", agreed))
    parts = [component(notional=6_000_00, once=ONCE), component("sen-top-up", notional=900_00)]
    life.award(*parts, starts_on="2026-12-01")

    found = {each["of"]: each for each in commitments(service, **YEAR)["by_component"]}
    assert found["sen-top-up"] == {
        "of": "sen-top-up",
        "committed_pence": 900_00,
        "if_ended_at_18_pence": 900_00,
    }
    assert found["social-care"]["if_ended_at_18_pence"] < found["social-care"]["committed_pence"]


def test_what_an_adult_decision_ends_is_the_same_both_ways(service: Service) -> None:
    life = awarded(service, delivery="notional", born_on="2009-01-15")
    at(service, "2027-02-01")
    before = commitments(service, **YEAR)
    assert (before["committed_pence"], before["if_ended_at_18_pence"]) == (6_000_00, 0)

    adult_decision(life, ends_before="2027-05-11", on="2027-01-20")
    found = commitments(service, **YEAR)
    assert found["committed_pence"] == walked(("2027-04-01", 6_000_00), ("2027-05-11", 0))
    assert found["if_ended_at_18_pence"] == found["committed_pence"]
    assert [(each["month"], each["annual_pence"]) for each in found["ends"]] == [("2027-05-01", 6_000_00)]


def test_finance_sees_nobody(service: Service) -> None:
    life = awarded(service, delivery="notional", born_on="2009-01-15")
    at(service, "2027-02-01")
    adult_decision(life, ends_before="2027-05-11", on="2027-01-20")
    finance = service.acting_as("demo-finance")
    needs = [need["domain"] for need in life.plan["content"]["needs"]]
    secret = [
        *(life.id, life.plan["id"], life.assessment["id"], *(each["id"] for each in life.decided)),
        *("EX-0001", "2009-01-15", "2027-01-15", "2027-01-20", "2027-05-11", "01-15", "born"),
        *("adult", "ground", "agreed-end", "because", "why", "reason", "score", "points", *needs),
    ]
    for path in ("/v1/commitments", "/v1/commitments?format=csv", "/v1/forecasts"):
        query = {"first_month": "2026-12", "months": "24"}
        answer = finance.get(path, params={**query, **({"format": "csv"} if "csv" in path else {})})
        assert answer.is_success, answer.text
        told = answer.text.lower()
        assert "2027-05" in told
        assert [word for word in secret if word.lower() in told] == []


def test_only_finance_and_the_auditor_see_it(service: Service) -> None:
    awarded(service)
    seen = {}
    for path in ("/v1/commitments", "/v1/commitments?format=csv", "/v1/forecasts"):
        for subject, (role, _) in STAFF.items():
            if role is not Role.SYSTEM:
                seen[subject] = service.acting_as(subject).get(path).status_code
        allowed = {subject for subject, status in seen.items() if status == 200}
        assert allowed == {"demo-finance", "demo-auditor"}
        assert {status for subject, status in seen.items() if subject not in allowed} == {403}


def summer(annual_pence: int) -> dict[str, Any]:
    """An interim award for a summer, with its agreed end."""
    ends = {"ends_before": "2027-08-16", "because": "the summer club closes"}
    return {
        "kind": "interim-award",
        "starts_on": "2027-06-01",
        "review_on": "2027-07-15",
        "components": [{**component(notional=annual_pence), "agreed_end": ends}],
    }


def several(service: Service) -> None:
    """Three children in two teams: a notice, an agreed end, an 18th birthday."""
    lowered(awarded(service))
    awarded(service, reference="EX-0002", delivery="notional", annual_pence=7_123_45, born_on="2009-07-15")
    moved = new_life(service, reference="EX-0003")
    moved.decide(summer(6_000_01))
    path = f"/v1/people/{moved.id}"
    now = moved.worker.get(path)
    body = {"born_on": now.json()["born_on"], "team": "south"}
    good(moved.worker.put(path, body, headers={"If-Match": now.headers["ETag"]}))


def test_every_total_is_the_sum_of_its_rows_and_all_totals_agree(service: Service) -> None:
    several(service)

    found = commitments(service, first_month="2026-11", months="30")
    assert {row["team"] for row in found["rows"]} == {"north", "south"}
    assert [each["of"] for each in found["by_financial_year"]] == [
        *("2026-27", "2027-28", "2028-29", "2029-30")
    ]
    assert len(found["by_month"]) == found["months"] == 30
    for group, field in GROUPS.items():
        for which in SUMS:
            assert sum(each[which] for each in found[group]) == found[which]
            for each in found[group]:
                mine = [row[which] for row in found["rows"] if row[field] == each["of"]]
                assert sum(mine) == each[which]


def test_csv_is_the_rows_of_the_json(service: Service) -> None:
    several(service)
    query = {"first_month": "2026-11", "months": "30"}

    answer = service.acting_as("demo-finance").get("/v1/commitments", params={**query, "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="commitments-2026-11.csv"'
    assert answer.text.splitlines()[0] == HEADER
    rows = commitments(service, **query)["rows"]
    assert len(rows) > 30
    assert list(csv.DictReader(io.StringIO(answer.text))) == [
        {column: str(row[column]) for column in COLUMNS.split(",")} for row in rows
    ]


def test_csv_without_rows_is_a_header(sqlite_service: Service) -> None:
    answer = sqlite_service.acting_as("demo-finance").get("/v1/commitments", params={"format": "csv"})
    assert answer.text == f"{HEADER}\r\n"


def test_left_out_it_is_a_year_from_this_month(service: Service) -> None:
    for found in (commitments(service), forecast(service)):
        assert (found["first_month"], found["months"]) == ("2026-11-01", 12)
    at(service, "2027-04-01", hour=0)  # still March in UTC
    assert commitments(service)["first_month"] == "2027-04-01"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"first_month": "2027-13"}, "first_month"),
        ({"first_month": "2027-4"}, "first_month"),
        ({"first_month": "2027-04-01"}, "first_month"),
        ({"first_month": "1999-04"}, "first_month"),
        ({"months": "0"}, "months"),
        ({"months": "61"}, "months"),
        ({"months": "1.0"}, "months"),
        ({"format": "xlsx"}, "format"),
        ({"person_id": "x"}, "person_id"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(sqlite_service: Service, query: Data, field: str) -> None:
    answer = sqlite_service.acting_as("demo-finance").get("/v1/commitments", params=query)
    assert answer.status_code == 422
    assert field in answer.text


def test_the_last_month_that_can_be_asked_for_has_an_answer(sqlite_service: Service) -> None:
    awarded(sqlite_service)
    found = commitments(sqlite_service, first_month="2099-12", months="60")
    assert found["by_financial_year"][0]["of"] == "2099-00"
    assert found["by_financial_year"][1]["committed_pence"] == 6_000_00


def test_a_forecast_has_no_actuals_and_says_so(service: Service) -> None:
    lowered(awarded(service))

    found = forecast(service, **YEAR)
    assert {row["kind"] for row in found["rows"]} == {"committed", "run-rate"}
    assert "actual" in found["notes"][0]
    assert found["notes"][-1] == (
        "The run-rate is the rate payable today, gone on without end; an estimate, not a commitment."
    )


def test_the_run_rate_carries_the_rate_of_today_on_beside_what_is_committed(service: Service) -> None:
    lowered(awarded(service))

    found = {each["kind"]: each["pence"] for each in forecast(service, **YEAR)["by_financial_year"]}
    assert found == {"run-rate": 6_000_00, "committed": commitments(service, **YEAR)["committed_pence"]}
    at(service, "2027-04-05")
    found = {each["kind"]: each["pence"] for each in forecast(service, **YEAR)["by_financial_year"]}
    assert found["run-rate"] == 5_200_00


def test_a_forecasts_totals_are_the_sums_of_its_rows(service: Service) -> None:
    several(service)
    found = forecast(service, first_month="2026-11", months="30")
    assert len(found["rows"]) == 60
    for each in found["by_financial_year"]:
        mine = [
            row["pence"]
            for row in found["rows"]
            if (row["financial_year"], row["kind"]) == (each["financial_year"], each["kind"])
        ]
        assert sum(mine) == each["pence"]
    whole = commitments(service, first_month="2026-11", months="30")
    committed = [row["pence"] for row in found["rows"] if row["kind"] == "committed"]
    assert committed == [each["committed_pence"] for each in whole["by_month"]]
