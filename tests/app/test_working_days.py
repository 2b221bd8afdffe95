"""The working days of the service: the list on GOV.UK, what was proclaimed since, and what that moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.settings import read_settings
from app.working_days import LISTED_UNTIL, bank_holidays, working_days
from tests.app.lives import Life, at, awarded, component, days
from tests.app.service import Service, good, new_service
from tests.conftest import sqlite_copy
from tests.ras import oracle

Data = dict[str, Any]

ONE_OFF = {
    "2020-05-08": "75 years of VE Day, in place of 4 May",
    "2022-06-02": "the spring holiday, in place of 30 May",
    "2022-06-03": "the Platinum Jubilee",
    "2022-09-19": "the funeral of Queen Elizabeth II",
    "2023-05-08": "the Coronation",
}
ORDINARY = ("2020-05-04", "2022-05-30", "2021-12-24", "2023-05-09", "2028-12-27")
FULL, LESS = 6_000_00, 5_200_00


def test_the_bank_holidays_are_those_of_gov_uk_on_every_day_of_the_list() -> None:
    """A holiday on a weekend is a day off either way: GOV.UK lists the day on which it is kept instead."""
    listed = oracle.days("2020-01-01", str(LISTED_UNTIL))
    found = {str(day) for day in bank_holidays()}
    weekend = {"Saturday", "Sunday"}
    wrong = [day for day in listed if (day in found) != (day in oracle.PUBLISHED)]

    assert len(listed) == 3288
    assert [day for day in wrong if oracle.name_of(day) not in weekend] == []
    assert all(day in found for day in wrong), "no day of GOV.UK is left out"
    assert [
        day for day in listed if (date.fromisoformat(day) in working_days()) != oracle.is_working_day(day)
    ] == []


def test_the_list_was_compared_up_to_the_end_of_its_last_year() -> None:
    last = max(oracle.PUBLISHED)
    assert last[:4] == str(LISTED_UNTIL.year)
    assert (LISTED_UNTIL.month, LISTED_UNTIL.day) == (12, 31)
    assert min(oracle.PUBLISHED) < "2020-01-01"


@pytest.mark.parametrize("day", ONE_OFF, ids=ONE_OFF.get)
def test_a_one_off_holiday_is_no_working_day(day: str) -> None:
    assert day in oracle.PUBLISHED
    assert date.fromisoformat(day) in bank_holidays()
    assert date.fromisoformat(day) not in working_days()


@pytest.mark.parametrize("day", ORDINARY)
def test_a_holiday_that_was_moved_or_never_was_is_a_working_day(day: str) -> None:
    assert date.fromisoformat(day) in working_days()


@pytest.mark.parametrize("year", [2029, 2035, 2050])
def test_the_regular_holidays_go_on_after_the_list(year: int) -> None:
    kept = {day for day in bank_holidays() if day.year == year and day.weekday() < 5}
    assert len(kept) == 8
    assert all(working_days().is_provisional(day) for day in kept)


def test_what_was_proclaimed_since_the_release_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    friday, next_friday = date(2030, 5, 3), date(2030, 6, 7)
    assert {friday, next_friday} & read_settings().working_days.holidays == set()
    assert read_settings().working_days == working_days()

    monkeypatch.setenv("RAS_BANK_HOLIDAYS_ADDED", "2030-05-03,2030-06-07")
    monkeypatch.setenv("RAS_BANK_HOLIDAYS_LISTED_UNTIL", "2030-12-31")
    found = read_settings().working_days

    assert found.holidays == bank_holidays() | {friday, next_friday}
    assert friday not in found
    assert str(found.on_or_after(friday)) == "2030-05-07", "Monday 6 May is a bank holiday anyway"
    assert not found.is_provisional(date(2030, 12, 31))
    assert found.is_provisional(date(2031, 1, 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("added", "soon"),
        ("added", "2030-5-3"),
        ("added", "03/05/2030"),
        ("added", "2030-05-03;2030-06-07"),
        ("added", "2030-05-03, 2030-06-07"),
        ("added", "2030-05-03,"),
        ("added", ",2030-05-03"),
        ("added", "2030-05-03T00:00"),
        ("added", "2030-02-30"),
        ("added", "2030-05-03,2030-13-01"),
        ("added", "203\uff10-05-03"),
        ("listed_until", "soon"),
        ("listed_until", "2030"),
        ("listed_until", "2030-02-30"),
        ("listed_until", "31/12/2030"),
        ("listed_until", ""),
        ("listed_until", "0"),
        ("listed_until", "86400"),
    ],
)
def test_rubbish_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"RAS_BANK_HOLIDAYS_{name.upper()}", value)
    with pytest.raises(ValueError, match=f"bank_holidays_{name}"):
        read_settings()


# A holiday that is proclaimed after a letter was served: two services on one database.


@contextmanager
def again(url: str, folder: Path, *, on: str = "2026-12-30", **settings: Any) -> Iterator[Service]:
    """The service started once more on the same database."""
    with new_service(url, folder, **settings) as made:
        at(made, on)
        yield made


@pytest.fixture
def kept(database_url: str, tmp_path: Path) -> tuple[str, Path]:
    return database_url, tmp_path


def posted(service: Service) -> tuple[Life, Data]:
    """A cut, posted on Monday 21 December 2026, so that it is served on Wednesday the 23rd."""
    life = awarded(service, annual_pence=FULL)
    at(service, "2026-12-21")
    decided = life.award(component(direct_payment=LESS), starts_on="2026-12-21")
    return life, life.notice(decided, method="post")


def told(service: Service, life: Life, notice: Data) -> tuple[str, str, str, bool]:
    seen = good(service.assessor.get(f"/v1/notices/{notice['id']}"))
    running = seen["running"][0]
    dates = running["dates"]
    assert running["lower_from"] == dates["lower_from"]
    budget = good(service.assessor.get(f"/v1/budgets/{life.id}"))
    assert budget["notices"][0]["dates"][0] == dates
    return dates["served_on"], dates["last_day"], dates["lower_from"], dates["provisional"]


def first_lower_day(service: Service, life: Life) -> str:
    moved = Life(service, life.person, life.plan, life.assessment)
    rates = {str(day): moved.payable(day) for day in days("2027-03-20", 9)}
    assert set(rates.values()) == {FULL, LESS}
    return min(day for day, rate in rates.items() if rate == LESS)


def test_a_holiday_added_later_moves_a_served_notice_later_and_its_money_with_it(
    kept: tuple[str, Path],
) -> None:
    with new_service(*kept) as first:
        life, notice = posted(first)
        before = told(first, life, notice)
        assert before == ("2026-12-23", "2027-03-23", "2027-03-24", False)
        assert first_lower_day(first, life) == "2027-03-24"
    with again(*kept, bank_holidays_added="2026-12-22") as second:
        assert told(second, life, notice) == ("2026-12-24", "2027-03-24", "2027-03-25", False)
        assert first_lower_day(second, life) == "2027-03-25"
    with again(*kept, bank_holidays_added="2026-12-22,2026-12-23,2026-12-24") as third:
        assert told(third, life, notice) == ("2026-12-30", "2027-03-30", "2027-03-31", False)
    with again(*kept, bank_holidays_added="2026-12-24,2027-03-23,2027-03-24") as fourth:
        assert told(fourth, life, notice) == before, "a holiday after service moves nothing"


def test_a_holiday_struck_off_later_makes_a_served_notice_no_earlier(kept: tuple[str, Path]) -> None:
    with new_service(*kept, bank_holidays_added="2026-12-22") as first:
        life, notice = posted(first)
        before = told(first, life, notice)
        assert before == ("2026-12-24", "2027-03-24", "2027-03-25", False)
    with again(*kept) as second:
        assert told(second, life, notice) == before
        assert first_lower_day(second, life) == "2027-03-25"


def test_a_notice_that_had_ended_runs_again_where_a_holiday_moves_its_last_day(
    kept: tuple[str, Path],
) -> None:
    with new_service(*kept) as first:
        _, notice = posted(first)
        at(first, "2027-03-24")
        assert good(first.assessor.get(f"/v1/notices/{notice['id']}"))["state"] == "ended"
    with again(*kept, on="2027-03-24", bank_holidays_added="2026-12-22") as second:
        assert good(second.assessor.get(f"/v1/notices/{notice['id']}"))["state"] == "running"


def test_past_the_list_a_served_notice_says_that_it_is_provisional(
    sqlite_template: Path, tmp_path: Path
) -> None:
    url = sqlite_copy(sqlite_template, tmp_path)
    with new_service(url, tmp_path, bank_holidays_listed_until=date(2026, 12, 22)) as first:
        life, notice = posted(first)
        assert told(first, life, notice) == ("2026-12-23", "2027-03-23", "2027-03-24", True)
        running = good(first.assessor.get(f"/v1/notices/{notice['id']}"))["running"][0]
        assert running["working"][-1] == (
            "Bank holidays are not yet published for that day, so these dates may still become later."
        )
    with again(url, tmp_path, bank_holidays_listed_until=date(2026, 12, 23)) as second:
        assert told(second, life, notice) == ("2026-12-23", "2027-03-23", "2027-03-24", False)


def test_sent_again_the_clock_starts_no_earlier_than_a_holiday_added_later_has_moved_it(
    kept: tuple[str, Path],
) -> None:
    with new_service(*kept) as first:
        life, notice = posted(first)
    with again(*kept, on="2026-12-23", bank_holidays_added="2026-12-22") as second:
        moved = Life(second, life.person, life.plan, life.assessment)
        emailed = {"method": "electronic", "sent_at": second.clock.now.isoformat()}
        refused = moved.act(notice, "serve", emailed, by=moved.worker)
        assert refused.status_code == 422
        assert [problem["code"] for problem in refused.json()["problems"]] == ["too-early"]
        assert told(second, life, notice)[:2] == ("2026-12-24", "2027-03-24")
