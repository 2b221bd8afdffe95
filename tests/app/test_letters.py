"""Letters over HTTP: every number is a record's, nobody is named, and only who reads words gets them."""

import re
from calendar import month_name
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest

from app.access import Role
from ras.dates import day_in_words
from ras.letter.told import KEPT_APART, NO_LONGER_KEPT
from ras.money import pounds
from tests.app.letters import LESS, lowered, path_of, story
from tests.app.lives import COST, REASONS, Data, Life, at, awarded, component, new_life, problems
from tests.app.service import Person, Service, enter, good, policy_document

MONEY = re.compile(r"-?£(\d{1,3}(?:,\d{3})*(?:\.\d+)?)")
MONTHS = "|".join(month_name[1:])
DAY = re.compile(rf"\b\d{{1,2}} (?:{MONTHS}) \d{{4}}\b")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
NOT_SAID = re.compile(r"[0-9a-f-]{36}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT.*")
"""Keys, hashes and moments: their digits are no numbers that a letter could mean."""


def letter(of: Data, by: Person, kind: str = "json") -> Any:
    """A record's letter."""
    answer = by.get(path_of(of), params={"format": kind})
    assert answer.status_code == 200, answer.text
    return answer.json() if kind == "json" else answer.text


def said(of: Data, by: Person) -> str:
    """All that a letter says."""
    text: str = letter(of, by, "text")
    return text


def under(of: Data, by: Person, heading: str) -> list[str]:
    """What a letter says under a heading; nothing where it has none of it."""
    found = [each["paragraphs"] for each in letter(of, by)["sections"] if each["heading"] == heading]
    return list(found[0]) if found else []


def everything_in(value: Any) -> Iterator[Any]:
    """Every value in a document."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from everything_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everything_in(inner)
    else:
        yield value


def invented(text: str, records: Iterable[Any]) -> list[str]:
    """What a text says of money, days and numbers that is in none of the records."""
    values = [value for record in records for value in everything_in(record)]
    texts = [value for value in values if isinstance(value, str) and not NOT_SAID.fullmatch(value)]
    whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    # A quantity of a working is a number written as text; of pence it is read as pounds.
    whole += [int(each) for each in texts if re.fullmatch(r"\d+", each)]
    money = {pounds(abs(each)) for each in whole} | {m.group() for t in texts for m in MONEY.finditer(t)}
    days = {day_in_words(date.fromisoformat(t)) for t in texts if re.fullmatch(r"\d{4}-\d\d-\d\d", t)}
    days |= {d for t in texts for d in DAY.findall(t)}
    numbers = {str(each) for each in whole} | {n for t in texts for n in NUMBER.findall(t)}
    wrong = [m.group() for m in MONEY.finditer(text) if m.group() not in money]
    rest = MONEY.sub("", text)
    wrong += [d for d in DAY.findall(rest) if d not in days]
    return wrong + [n for n in NUMBER.findall(DAY.sub("", rest)) if n not in numbers]


def records_of(life: Life) -> list[Any]:
    """Every record of a child's budget, each assessment with its working, and the policy."""
    by = life.worker
    lists = ("decisions", "notices", "reconsiderations", "assessments")
    found = [
        record
        for kind in lists
        for record in good(
            by.get(f"/v1/{kind}", params={} if kind == "assessments" else {"person_id": life.id})
        )["items"]
    ]
    workings = [good(by.get(f"/v1/assessments/{each['id']}")) for each in found if "result_sha256" in each]
    return [*found, *workings, good(by.get(f"/v1/budgets/{life.id}")), policy_document(), life.person]


def test_every_number_in_every_letter_is_a_number_in_a_record_or_a_working(service: Service) -> None:
    life, letters = story(service)
    records = records_of(life)

    for name, record in letters.items():
        text = said(record, life.worker)
        assert DAY.search(text), name
        assert invented(text, records) == [], name


def test_a_number_that_is_in_no_record_is_caught(sqlite_service: Service) -> None:
    life, letters = story(sqlite_service)
    text = said(letters["notice"], life.worker)

    assert invented(text.replace("£5,000", "£5,001"), records_of(life)) != []
    assert invented(text.replace("2027", "2029"), records_of(life)) != []
    assert invented(f"{text} 77 of them", records_of(life)) == ["77"]


def test_nobody_is_named(service: Service) -> None:
    life, letters = story(service)

    for record in letters.values():
        text = said(record, life.worker)
        assert "EX-0001" in text
        assert "demo-" not in text
        assert life.id not in text
        assert life.person["born_on"] not in text


def test_the_auditor_sees_every_letter_and_no_words(service: Service) -> None:
    life, letters = story(service)
    auditor = service.acting_as("demo-auditor")

    for name, record in letters.items():
        text = said(record, auditor)
        assert REASONS in said(record, life.worker), name
        assert REASONS not in text
        assert KEPT_APART in text


@pytest.mark.parametrize("name", ["first", "lower", "notice", "answer", "stop", "end"])
def test_the_three_forms_say_the_same(sqlite_service: Service, name: str) -> None:
    life, letters = story(sqlite_service)
    data = letter(letters[name], life.worker)
    page, text = (letter(letters[name], life.worker, kind) for kind in ("html", "text"))

    for paragraph in (data["title"], *data["opening"], *data["summary"]):
        assert paragraph in text
    for section in data["sections"]:
        assert section["heading"] in page
        for paragraph in section["paragraphs"]:
            assert paragraph in text
    assert page.startswith("<!DOCTYPE html>")
    assert "<script" not in page


def test_a_letter_is_a_page_unless_another_form_is_asked_for(sqlite_service: Service) -> None:
    life = awarded(sqlite_service)
    path = path_of(life.decided[0])

    kinds = {
        kind: life.worker.get(path, params={"format": kind}).headers["content-type"]
        for kind in ("text", "json")
    }
    assert life.worker.get(path).headers["content-type"] == "text/html; charset=utf-8"
    assert kinds == {"text": "text/plain; charset=utf-8", "json": "application/json"}
    assert life.worker.get(path, params={"format": "pdf"}).status_code == 422


def test_what_people_wrote_is_never_markup(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.may_be_paid()
    reasons = '<script>alert("x")</script> <img src=x onerror=alert(1)> & so on'
    made = life.award(
        component(direct_payment=6_000_00, once=245_00), starts_on="2026-12-01", by=life.manager
    )
    life.assess()
    made = life.decide(
        life.terms(component(direct_payment=6_100_00), starts_on="2026-12-02"),
        by=life.manager,
        reasons=reasons,
    )
    page = letter(made, life.worker, "html")

    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert reasons in said(made, life.worker)


def test_a_first_award_tells_its_three_figures_from_the_decision(service: Service) -> None:
    life = awarded(service, annual_pence=6_000_00)
    made = life.decided[0]
    figures = under(made, life.worker, "The three figures")

    assert pounds(made["indicative_annual_pence"]) in figures[0]
    assert pounds(COST) in figures[1]
    assert "£6,000 a year" in figures[3]
    assert pounds(made["distance_annual_pence"]) in figures[4]
    assert figures[5] == "The reason by the rules is: The agreed plan costs more."
    assert letter(made, life.worker)["opening"] == [
        "To the family with the reference EX-0001",
        "From Exampleshire Council, 23 November 2026",
    ]


def test_the_letter_of_a_decision_stays_what_it_was_whatever_comes_after(service: Service) -> None:
    life, lower = lowered(service)
    before = [said(each, life.worker) for each in life.decided]
    assert "For social care, this takes away something that is payable now." in before[1]

    life.notice(lower)
    at(service, "2026-12-20")
    life.answer(life.ask(lower, on="2026-12-18"), "overturned")
    at(service, "2027-06-01")

    assert [said(each, life.worker) for each in life.decided] == before


def test_a_notice_says_which_needs_and_which_of_the_plan_changed(service: Service) -> None:
    life, lower = lowered(service)
    notice = life.notice(lower)

    assert under(notice, life.worker, "What has changed") == [
        "Independence skills: the answer was “Most of the day”, 16 points. Now it is “Every day”, 9 points.",
        "The score was 31 points before, which gave £4,275 a year. Now it is 24 points, which gives about "
        "£2,716.67 a year.",
        "The indicative amount was £4,617 a year before. Now it is £2,934 a year.",
        "Activity club with support (sessions): this is no longer in this part of the plan. It cost £702 a "
        "year.",
        "The support in the plan cost £5,171.45 a year before. Now it costs £4,469.45 a year.",
    ]
    assert letter(notice, life.worker)["summary"] == [
        "The amount for social care goes from £6,000 a year to £5,000 a year.",
        "For social care, this starts on 11 March 2027, and not before.",
    ]
    assert (
        under(notice, life.worker, "What help there is to find other ways")
        == policy_document()["budget"]["support_offered"]
    )


def test_where_no_working_says_why_the_notice_points_to_the_written_reasons(service: Service) -> None:
    life = awarded(service, annual_pence=6_000_00)
    at(service, "2026-12-10")
    lower = life.award(component(direct_payment=5_500_00), starts_on="2027-01-01", by=life.manager)

    assert under(life.draft(lower), life.worker, "What has changed") == [
        "Nothing in how the amount was worked out has changed. The written reasons say why it is lower."
    ]


def test_the_amount_before_is_the_one_that_was_set_last_before_this_decision(service: Service) -> None:
    """Where a rise came in between, the notice compares with the rise and not with the first award."""
    life = awarded(service, annual_pence=6_000_00)
    at(service, "2026-12-10")
    life.revise_plan(**LESS)
    life.assess(on="2026-12-10")
    life.award(component(direct_payment=6_500_00), starts_on="2026-12-11", by=life.manager)
    lower = life.award(component(direct_payment=5_500_00), starts_on="2027-01-01", by=life.manager)
    notice = life.draft(lower)

    assert "from £6,500 a year to £5,500 a year" in said(notice, life.worker)
    assert under(notice, life.worker, "What has changed") == [
        "Nothing in how the amount was worked out has changed. The written reasons say why it is lower."
    ]


def test_an_interim_award_has_no_working_to_compare_with(service: Service) -> None:
    life = new_life(service)
    life.may_be_paid()
    terms = life.terms(
        {
            **component(direct_payment=7_000_00, once=245_00),
            "agreed_end": {"ends_before": "2027-03-01", "because": "the plan is not costed yet"},
        },
        starts_on="2026-12-01",
    )
    interim = {k: terms[k] for k in ("starts_on", "components")}
    made = life.decide({"kind": "interim-award", "review_on": "2027-01-15", **interim}, by=life.manager)
    at(service, "2026-12-10")
    notice = life.draft(
        life.award(component(direct_payment=6_000_00), starts_on="2027-01-01", by=life.manager)
    )

    assert "We look at it again on 15 January 2027." in said(made, life.worker)
    assert under(notice, life.worker, "What has changed") == [
        "There are no two workings to compare. The written reasons say why the amount is lower."
    ]


def test_a_draft_an_issued_and_a_withdrawn_notice_say_what_they_are(service: Service) -> None:
    life, lower = lowered(service)
    notice = life.draft(lower)
    assert "This is a draft." in said(notice, life.worker)
    assert "11 March 2027" not in said(notice, life.worker)
    good(life.act(notice, "issue", by=life.manager))
    assert "This notice has not been sent yet." in said(notice, life.worker)
    life.serve(notice)
    assert "11 March 2027" in said(notice, life.worker)

    good(life.act(notice, "withdraw", {"reasons": "The plan was read wrongly."}, by=life.manager))

    assert "This notice was taken back." in said(notice, life.worker)
    assert "The plan was read wrongly." in said(notice, life.worker)
    assert "The plan was read wrongly." not in said(notice, service.acting_as("demo-auditor"))


def test_a_notice_says_that_a_request_holds_it_and_then_what_the_answer_was(service: Service) -> None:
    life, lower = lowered(service)
    notice = life.notice(lower)
    asked = life.ask(lower, on="2026-12-10")
    assert under(notice, life.worker, "What has happened since") == [
        "You asked us to look at the decision again. We are looking at it."
    ]
    held = "Until you have our answer, nothing goes lower for social care."
    assert letter(notice, life.worker)["summary"][1] == held

    at(service, "2027-04-20")
    life.answer(asked, "upheld")

    assert under(notice, life.worker, "What has happened since") == [
        "The decision was looked at again, and it stays as it was.",
        "For social care, the change now starts on 21 April 2027.",
    ]
    assert under(asked, life.worker, "What happens to the amount") == [
        "For social care, £5,000 a year is payable from 21 April 2027, and not before."
    ]


def test_an_answer_that_is_not_served_says_that_the_change_waits_for_it(service: Service) -> None:
    life, lower = lowered(service)
    life.notice(lower)
    asked = life.ask(lower, on="2026-12-10")
    at(service, "2027-04-20")
    good(life.act(asked, "answer", {"outcome": "upheld", "reasons": REASONS}, by=life.other_panel))

    assert under(asked, life.worker, "What happens to the amount") == [
        "For social care, the change cannot start before 11 March 2027. It also cannot start before the day "
        "after this letter reaches you."
    ]


def test_an_answer_to_a_decision_that_was_not_noticed_says_that_a_notice_comes_first(
    service: Service,
) -> None:
    life, lower = lowered(service)
    upheld = life.answer(life.ask(lower, on="2026-12-10"), "upheld")

    assert under(upheld, life.worker, "What happens to the amount") == [
        "For social care, nothing goes lower before a notice has run."
    ]


def test_a_variation_that_is_no_longer_lower_takes_nothing_away(service: Service) -> None:
    life, lower = lowered(service)
    life.notice(lower)
    varied = life.answer(life.ask(lower, on="2026-12-10"), "varied", component(direct_payment=6_000_00))

    assert "Nothing goes lower by the decision." in under(varied, life.worker, "What happens to the amount")
    assert under(varied, life.worker, "What is agreed") == [
        "Social care: £6,000 a year is paid to you, every four weeks."
    ]


def test_a_lower_variation_starts_when_the_answer_was_served(service: Service) -> None:
    life, lower = lowered(service)
    life.notice(lower)
    asked = life.ask(lower, on="2026-12-10")
    at(service, "2027-04-20")
    varied = life.answer(asked, "varied", component(direct_payment=5_500_00))

    assert under(varied, life.worker, "What happens to the amount")[0] == (
        "For social care, £5,500 a year is payable from 21 April 2027, and not before."
    )


def test_there_is_no_letter_before_there_is_an_answer(sqlite_service: Service) -> None:
    life, lower = lowered(sqlite_service)
    asked = life.ask(lower, on="2026-12-10")

    assert problems(life.worker.get(path_of(asked))) == ["wrong-state"]


def test_a_young_person_who_decides_is_written_to_themselves(service: Service) -> None:
    life = new_life(service, born_on="2009-06-14")
    life.find("capacity", "has-capacity")
    life.may_be_paid("young-person")
    paid = component(direct_payment=6_000_00, once=245_00)
    paid["parts"][0]["recipient"] = "young-person"
    made = life.award(paid, starts_on="2026-12-01", by=life.manager)
    text = said(made, life.worker)

    assert text.startswith("Your personal budget: what was decided")
    assert "Social care: £6,000 a year is paid to you, every four weeks." in text
    assert "your child" not in text.replace("there is for your child", "")


def test_after_a_death_it_is_the_family_that_is_written_to(service: Service) -> None:
    life = awarded(service)
    end = life.decide(
        {
            "kind": "end",
            "ground": "death",
            "happened_on": "2026-11-22",
            "ends_before": "2026-12-02",
            "components": ["social-care"],
        },
        by=life.manager,
    )

    assert letter(end, life.worker)["summary"][:2] == [
        "We are very sorry for your loss.",
        "Your child's personal budget ends. From 2 December 2026 it is no longer payable.",
    ]


def test_reasons_that_were_erased_are_told_as_no_longer_kept(sqlite_service: Service) -> None:
    life = awarded(sqlite_service)
    with sqlite_service.database.writing.begin() as connection:
        connection.exec_driver_sql("UPDATE words SET content = NULL, salt = NULL")

    assert NO_LONGER_KEPT in said(life.decided[0], life.worker)


@pytest.mark.parametrize("name", ["lower", "notice", "answer"])
def test_a_letter_is_for_whoever_sees_the_case(sqlite_service: Service, name: str) -> None:
    life, letters = story(sqlite_service)
    other_team = enter(sqlite_service, "worker-south", role=Role.ASSESSOR, team="south")
    refused = {
        who: sqlite_service.acting_as(who).get(path_of(letters[name]))
        for who in ("demo-finance", "demo-partner")
    }

    assert other_team.get(path_of(letters[name])).status_code == 404
    assert {answer.status_code for answer in refused.values()} <= {403, 404}
    for subject in ("demo-assessor", "demo-team-manager", "demo-panel-chair", "demo-auditor"):
        assert sqlite_service.acting_as(subject).get(path_of(letters[name])).status_code == 200
    life.share(shared=False)
    assert life.panel.get(path_of(letters[name])).status_code == 404
