"""Every case of tests/cases/dates comes out as its practitioner says."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.working_days import working_days
from ras.component import Component
from ras.notice import Method, NoticeMonths, NoticeRules, PostalRule, Sent, notice_dates

Data = dict[str, Any]

FILE = Path(__file__).parents[1] / "cases" / "dates" / "notice.toml"
CASES: list[Data] = tomllib.loads(FILE.read_text("utf-8"))["case"]
LONDON = ZoneInfo("Europe/London")
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


@every_case
def test_the_notice_runs_as_the_case_says(case: Data) -> None:
    stream = NoticeMonths(component=Component.SOCIAL_CARE, months=case.get("months", 3), source="Policy 7")
    found = notice_dates(
        Component.SOCIAL_CARE,
        Sent.at(Method(case["method"]), case["sent"].replace(tzinfo=LONDON)),
        NoticeRules(postal_rule=PostalRule(case["rule"]), streams=(stream,), source="Policy 7"),
        working_days(),
    )

    expected = {"provisional": False, **case["expect"]}
    assert {word: getattr(found, word) for word in expected} == expected


@every_case
def test_the_case_is_whole_and_says_which_rule_it_follows(case: Data) -> None:
    assert case["name"].strip()
    assert case["why"].startswith(("8.1: ", "8.3: "))
    assert isinstance(case["sent"], datetime)
    assert set(case) - {"months"} == {"name", "why", "sent", "method", "rule", "expect"}
    days = {word: day for word, day in case["expect"].items() if word != "provisional"}
    assert set(days) == {"served_on", "last_day", "lower_from"}
    assert all(type(day) is date for day in days.values())


def test_no_two_cases_have_one_name_and_every_way_and_rule_has_some() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert {case["method"] for case in CASES} == set(Method)
    assert {case["rule"] for case in CASES if case["method"] == Method.POST} == set(PostalRule)
