"""Reviews: written down, due by team and day, pulled forward to the EHC review, and the roll-out's counts."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from httpx2 import Response

from app.bulk.rows import read_rows
from app.bulk.schemas import Keep
from app.bulk.service import IMPORTS, import_rows
from app.review.repository import due_reviews
from app.review.service import refresh_due
from app.review.tables import ReviewDueRow
from tests.app.lives import (
    ONCE,
    REASONS,
    Data,
    Life,
    at,
    awarded,
    component,
    days,
    new_life,
    problems,
    publish,
)
from tests.app.rows import row_counts
from tests.app.service import Person, Service, good, operating, policy_document

LESS = 5_200_00


def due(who: Person, **query: Any) -> list[Data]:
    """The due reviews that somebody sees; of all days unless it is said by which."""
    listed: Data = good(who.get("/v1/reviews/due", params={"by": "2199-12-31", **query}))
    return list(listed["items"])


def hold_by(life: Life) -> str | None:
    """The day by which a child's next review is to be held, where one is due."""
    auditor = life.service.acting_as("demo-auditor")
    found = [each for each in due(auditor, limit=200) if each["person_id"] == life.id]
    return str(found[0]["hold_by"]) if found else None


def hold(life: Life, on: str, *, by: Person | None = None, **more: Any) -> Response:
    """Write down that a review was held."""
    body = {"person_id": life.id, "held_on": on, "with_ehc_review": False, "outcome": "unchanged", **more}
    return (by or life.worker).post("/v1/reviews", body)


def without_ehc(life: Life) -> Life:
    """The same child with a plan that names no EHC review."""
    life.revise_plan(kind="care", next_ehc_review_on=None)
    life.assess()
    return life


def hand_over(life: Life, team: str) -> None:
    path = f"/v1/people/{life.id}"
    details = {"born_on": life.person["born_on"], "team": team}
    etag = life.worker.get(path).headers["ETag"]
    good(life.worker.put(path, details, headers={"If-Match": etag}))


def end(life: Life, on: str) -> None:
    happened = date.fromisoformat(on) - timedelta(days=1)
    terms = {
        "kind": "end",
        "ground": "family-asks",
        "asked_by": "parent",
        "happened_on": str(min(happened, life.service.clock.now.date())),
        "ends_before": on,
        "components": ["social-care"],
    }
    life.decide(terms)


def with_sen(life: Life, delivery: str = "direct_payment") -> list[Data]:
    """The components of an award with a SEN top-up, agreed by its partner."""
    life.share("sen-top-up")
    agreed = {"person_id": life.id, "annual_pence": 900_00, "reasons": "What the school cannot give."}
    good(life.service.acting_as("demo-sen-partner").post("/v1/component-agreements", agreed))
    return [
        component(direct_payment=6_000_00, once=ONCE),
        component("sen-top-up", once=0, **{delivery: 900_00}),
    ]


def test_a_package_is_to_be_reviewed_with_the_ehc_review_before_its_limit(service: Service) -> None:
    life = awarded(service)

    assert due(life.worker) == [
        {
            "person_id": life.id,
            "reference": "EX-0001",
            "team": "north",
            "due_on": "2027-03-01",
            "hold_by": "2027-03-01",
            "limit_on": "2027-06-01",
            "with_ehc_review": True,
            "state": "due",
        }
    ]


@pytest.mark.parametrize(
    ("ehc", "hold_by_day"),
    [("2027-03-14", "2027-03-12"), ("2027-06-01", "2027-06-01"), ("2027-06-02", "2027-06-01")],
)
def test_a_plan_that_names_another_ehc_review_moves_it_and_never_past_the_limit(
    sqlite_service: Service, ehc: str, hold_by_day: str
) -> None:
    life = awarded(sqlite_service)
    life.revise_plan(next_ehc_review_on=ehc)
    (found,) = due(life.worker)
    assert (found["hold_by"], found["limit_on"]) == (hold_by_day, "2027-06-01")
    assert found["with_ehc_review"] is (ehc <= "2027-06-01")


def test_without_an_ehc_review_it_is_due_at_the_limit(service: Service) -> None:
    life = without_ehc(awarded(service))
    (found,) = due(life.worker)
    assert (found["due_on"], found["with_ehc_review"]) == ("2027-06-01", False)


def test_the_next_limit_runs_from_the_day_a_review_was_held(service: Service) -> None:
    life = awarded(service)
    at(service, "2027-03-05")
    made = hold(life, "2027-03-01", with_ehc_review=True, outcome="higher-proposed", notes="All is well.")

    review = good(made)
    assert made.headers["Location"] == f"/v1/reviews/{review['id']}"
    assert review["written"] == {"by": "demo-assessor", "at": "2027-03-05T10:00:00Z"}
    assert life.worker.get(made.headers["Location"]).json() == review
    assert good(life.worker.get("/v1/reviews", params={"person_id": life.id}))["items"] == [review]
    auditor = service.acting_as("demo-auditor")
    assert auditor.get(made.headers["Location"]).json() == {**review, "notes": None}
    (found,) = due(life.worker)
    assert (found["limit_on"], found["with_ehc_review"]) == ("2027-09-01", False)
    events = good(auditor.get("/v1/events", params={"limit": 200}))["items"]
    assert (events[-1]["act"], events[-1]["record_id"]) == ("review-held", review["id"])


def test_a_review_is_of_a_budget_and_follows_the_last(service: Service) -> None:
    life = new_life(service)
    assert problems(hold(life, "2026-11-23")) == ["wrong-state"]

    life = awarded(service, reference="EX-0002")
    at(service, "2027-02-01")
    before = row_counts(service)
    assert problems(hold(life, "2027-02-02")) == ["day-in-future"]
    assert problems(hold(life, "2026-11-30")) == ["too-early"]
    assert problems(hold(life, "2027-02-01", outcome="lower")) == ["wrong-value"]
    assert row_counts(service) == before

    good(hold(life, "2027-01-20"))
    assert problems(hold(life, "2027-01-19")) == ["too-early"]
    good(hold(life, "2027-01-20"))
    assert len(good(life.worker.get("/v1/reviews"))["items"]) == 2


def test_a_review_that_comes_from_a_review_changes_no_amount(service: Service) -> None:
    life = awarded(service)
    at(service, "2027-03-01")
    good(hold(life, "2027-03-01", outcome="lower-proposed"))
    assert life.payable("2028-01-01") == 6_000_00


def test_another_team_sees_no_review_and_writes_none(service: Service) -> None:
    life = awarded(service)
    at(service, "2027-03-01")
    review = good(hold(life, "2027-03-01"))
    south = service.acting_as("demo-assessor-south")

    assert due(south) == []
    assert due(south, team="north") == []
    assert good(south.get("/v1/reviews"))["items"] == []
    assert south.get(f"/v1/reviews/{review['id']}").status_code == 404
    assert hold(life, "2027-03-01", by=south).status_code == 404


def test_a_case_that_is_handed_over_is_in_the_other_teams_list(service: Service) -> None:
    life = awarded(service)
    hand_over(life, "south")
    south = service.acting_as("demo-assessor-south")
    assert due(service.assessor) == []
    assert [each["person_id"] for each in due(south)] == [life.id]
    auditor = service.acting_as("demo-auditor")
    assert [each["team"] for each in due(auditor)] == ["south"]
    assert [len(due(auditor, team=team)) for team in ("north", "south")] == [0, 1]


def test_who_looks_after_figures_or_a_panel_has_no_list_of_due_reviews(service: Service) -> None:
    awarded(service)
    for subject in ("demo-finance", "demo-panel-chair", "demo-partner", "demo-policy-lead"):
        assert service.acting_as(subject).get("/v1/reviews/due").status_code == 403
        assert (
            service.acting_as(subject)
            .get("/v1/reviews/roll-out", params={"starts_on": "2026-12-01"})
            .status_code
            == 403
        )


def test_a_review_is_overdue_from_the_day_after_its_hold_by_day(service: Service) -> None:
    life = awarded(service)

    def states() -> tuple[list[str], int, int]:
        states = [each["state"] for each in due(service.assessor)]
        return states, len(due(service.assessor, state="due")), len(due(service.assessor, state="overdue"))

    at(service, "2027-03-01", hour=23)
    assert states() == (["due"], 1, 0)
    at(service, "2027-03-02", hour=0)
    assert states() == (["overdue"], 0, 1)
    good(hold(life, "2027-03-02"))
    assert states() == (["due"], 1, 0)


def test_the_list_looks_four_weeks_ahead_unless_it_is_said_how_far(service: Service) -> None:
    life = awarded(service)

    def listed(**query: str) -> int:
        return len(good(life.worker.get("/v1/reviews/due", params=query))["items"])

    at(service, "2027-01-31")
    assert (listed(), listed(by="2027-03-01"), listed(by="2027-02-28")) == (0, 1, 0)
    at(service, "2027-02-01")
    assert listed() == 1
    at(service, "2027-06-01")
    assert (listed(), listed(state="overdue"), listed(by="2027-02-28", state="overdue")) == (1, 1, 0)


def test_pages_go_by_day_and_then_by_person_and_miss_nobody(service: Service) -> None:
    lives = [awarded(service, reference=f"EX-000{number}") for number in range(5)]
    for life in (lives[0], lives[3]):
        life.revise_plan(next_ehc_review_on="2027-02-01")
    whole = due(service.assessor)
    assert [each["hold_by"] for each in whole] == ["2027-02-01"] * 2 + ["2027-03-01"] * 3
    assert whole == sorted(whole, key=lambda each: (each["hold_by"], each["person_id"]))

    for limit in (1, 2, 3, 5):
        pages: list[Data] = []
        cursor: dict[str, str] = {}
        for _ in range(len(whole) + 1):
            query = {"by": "2027-12-31", "limit": limit, **cursor}
            page = good(service.assessor.get("/v1/reviews/due", params=query))
            assert len(page["items"]) <= limit
            pages += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert pages == whole


@pytest.mark.parametrize(
    "cursor", ["", "x", 32 * "0", "20270230" + 32 * "0", "20271301" + 32 * "0", "20270301" + 32 * "F"]
)
def test_a_cursor_that_is_none_is_refused(sqlite_service: Service, cursor: str) -> None:
    refused = sqlite_service.assessor.get("/v1/reviews/due", params={"cursor": cursor})
    assert refused.status_code == 422


def test_a_cursor_made_up_of_another_teams_case_shows_nothing_of_it(service: Service) -> None:
    life = awarded(service)
    hand_over(life, "south")
    cursor = "20270228" + UUID(life.id).hex
    assert due(service.assessor, cursor=cursor) == []


@pytest.mark.parametrize("teams", [frozenset({"north"}), frozenset()])
@pytest.mark.parametrize("after", [None, (date(2027, 3, 1), UUID(int=0))])
def test_a_page_is_read_along_an_index_however_many_there_are(
    sqlite_service: Service, teams: frozenset[str], after: tuple[date, UUID] | None
) -> None:
    wanted = due_reviews(teams=teams, limit=51, by=date(2027, 12, 31), after=after)
    with sqlite_service.database.read() as session:
        sql = wanted.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        steps = [row[3] for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}"))]
    name = "ix_review_due_team_hold_by_person_id" if teams else "ix_review_due_hold_by_person_id"
    assert name in steps[0], steps
    assert not any("SCAN" in step and name not in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_no_review_is_due_of_a_budget_that_has_ended_or_ends_before(service: Service) -> None:
    life = without_ehc(awarded(service))
    at(service, "2027-01-10")
    end(life, "2027-06-02")
    assert hold_by(life) == "2027-06-01", "payable on the day it is due"

    other = without_ehc(awarded(service, reference="EX-0002"))
    at(service, "2027-01-10")
    end(other, "2027-06-01")
    assert hold_by(other) is None, "not payable any more on the day it is due"


def test_a_budget_whose_end_is_overturned_is_to_be_reviewed_again(service: Service) -> None:
    life = without_ehc(awarded(service))
    at(service, "2027-01-10")
    end(life, "2027-02-01")
    assert hold_by(life) is None
    asked = life.ask(life.decided[-1], on="2027-01-10")
    answer = {"outcome": "overturned", "components": [], "reasons": REASONS}
    good(life.act(asked, "answer", answer, by=life.other_panel))
    assert hold_by(life) == "2027-06-01"


def test_an_overdue_review_goes_with_the_end_of_its_budget(service: Service) -> None:
    life = awarded(service)
    at(service, "2027-04-01")
    assert hold_by(life) == "2027-03-01"
    end(life, "2027-04-02")
    assert hold_by(life) == "2027-03-01", "payable up to and with today"
    at(service, "2027-04-02")
    life.revise_plan(reference="EHC-2026-0002")
    assert hold_by(life) is None


def test_a_sen_direct_payment_is_first_reviewed_within_three_months_of_its_first_day(
    service: Service,
) -> None:
    life = new_life(service)
    life.may_be_paid()
    life.award(*with_sen(life), starts_on="2026-12-01", by=life.manager)
    (found,) = due(life.worker)
    assert (found["limit_on"], found["hold_by"]) == ("2027-03-01", "2027-03-01")

    at(service, "2027-01-11")
    good(hold(life, "2027-01-11"))
    assert due(life.worker)[0]["limit_on"] == "2027-07-11"


def test_a_sen_part_that_is_not_paid_directly_is_reviewed_every_six_months(service: Service) -> None:
    life = new_life(service)
    life.may_be_paid()
    life.award(*with_sen(life, "notional"), starts_on="2026-12-01", by=life.manager)
    assert due(life.worker)[0]["limit_on"] == "2027-06-01"


def no_longer_paid_directly(service: Service) -> tuple[Life, Data]:
    """A child whose SEN top-up is paid directly no more, its notice having run, and that notice."""
    life = without_ehc(new_life(service))
    life.may_be_paid()
    care, sen = with_sen(life)
    life.award(care, sen, starts_on="2026-12-01", by=life.manager)
    at(service, "2026-12-02")
    life.assess(on="2026-12-02")
    notice = life.notice(life.award(component("sen-top-up", notional=900_00), starts_on="2026-12-02"))
    at(service, "2027-03-02")
    refresh(service)
    assert hold_by(life) == "2027-03-01", "paid up to and with today"
    at(service, "2027-03-03")
    refresh(service)
    assert hold_by(life) == "2027-06-01"
    return life, notice


def test_a_notice_that_is_taken_back_brings_back_what_it_ended(service: Service) -> None:
    life, notice = no_longer_paid_directly(service)
    good(life.act(notice, "withdraw", {"reasons": "It was not right."}, by=life.manager))
    assert hold_by(life) == "2027-03-01"


def test_a_reconsideration_that_holds_a_notice_brings_back_what_it_ended(service: Service) -> None:
    life, _ = no_longer_paid_directly(service)
    life.ask(life.decided[-1], on="2027-03-01")
    assert hold_by(life) == "2027-03-01"


def test_the_policy_of_the_day_says_how_often(service: Service) -> None:
    at(service, "2026-03-02")
    second = service.acting_as("demo-second-policy-lead")
    (policy,) = good(second.get("/v1/policies"))["items"]
    path = f"/v1/policies/{policy['id']}"
    good(second.post(f"{path}/withdraw", headers={"If-Match": second.get(path).headers["ETag"]}))
    budget = policy_document()["budget"]
    often = {**budget, "review": {**budget["review"], "every_months": 4}}
    publish(service, version="2026.2", valid_before="2027-04-01", budget=often)
    life = without_ehc(awarded(service))
    assert hold_by(life) == "2027-04-01"

    at(service, "2027-04-05")
    hand_over(life, "south")
    assert due(service.assessor) == []
    assert hold_by(life) == "2027-04-01", "no policy is in force: the day that was worked out stays"
    publish(service, version="2027.1", valid_from="2027-04-01")
    refresh(service)
    assert hold_by(life) == "2027-06-01"


PLANS = (
    "person_reference,kind,reference,starts_on,next_ehc_review_on,needs.1.domain,needs.1.levels.short\n"
    "EX-0001,ehc,EHC-9,2026-11-23,2027-02-01,independence,regular\n"
)


def test_what_an_import_writes_moves_reviews_as_well(service: Service) -> None:
    life = without_ehc(awarded(service))
    with operating(service) as work:
        import_rows(work, read_rows(PLANS.encode()), IMPORTS["plans"], keep=Keep.ALL_OR_NOTHING)
    assert hold_by(life) == "2027-02-01"


def test_an_import_from_the_command_line_moves_them_too() -> None:
    """It loads what imports need and no endpoints: whoever follows acts has to be among it."""
    program = "import app.bulk.service, app.work; print(*(each.__name__ for each in app.work.AFTER_ACT))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603  ours
    assert run.stdout.split() == ["refresh_after"]


def test_what_an_import_takes_back_moves_none(service: Service) -> None:
    life = without_ehc(awarded(service))
    bad = PLANS + "EX-9999,ehc,EHC-9,2026-11-23,2027-02-01,independence,regular\n"
    sent = {"content": bad, "headers": {"Content-Type": "text/csv"}}
    assert life.worker.post("/v1/imports/plans", **sent).status_code == 422
    assert hold_by(life) == "2027-06-01"
    good(life.worker.post("/v1/imports/plans", **sent, params={"keep": "good-rows"}))
    assert hold_by(life) == "2027-02-01"


def kept(service: Service) -> list[tuple[Any, ...]]:
    """What the lists of due reviews are read from."""
    with service.database.read() as session:
        table = ReviewDueRow.__table__
        return [tuple(row) for row in session.execute(sa.select(table).order_by(table.c.person_id))]


def refresh(service: Service) -> None:
    """Work everyone's next review out again."""
    with operating(service) as work:
        for key in work.session.scalars(sa.text("SELECT id FROM person")).all():
            refresh_due(work, UUID(str(key)))


def steps(life: Life, other: Life, chance: Random) -> list[Callable[[], object]]:
    """What may happen to a child today, in no order."""
    today = life.service.clock.now.date()
    soon = str(today + timedelta(days=chance.randrange(1, 60)))
    pence = chance.choice([LESS, 5_600_00, 6_400_00, 7_000_00])
    parts = {chance.choice(["direct_payment", "notional"]): pence}

    def decided_last() -> Data:
        return life.decided[-1]

    def award(*components: Data) -> None:
        life.assess(on=str(today))
        life.award(*components, starts_on=soon)

    def cut() -> Data:
        award(component(notional=LESS))
        return life.notice(decided_last())

    def ask_and_answer(outcome: str) -> None:
        asked = life.ask(decided_last(), on=str(today), granted_because="The family wants it seen again.")
        life.answer(asked, outcome)

    return [
        lambda: award(component("social-care", once=0, **parts)),
        lambda: award(component("social-care", once=0, **parts)),
        cut,
        lambda: life.act(cut(), "withdraw", {"reasons": "It was not right."}, by=life.manager),
        lambda: ask_and_answer("upheld"),
        lambda: ask_and_answer("overturned"),
        lambda: good(hold(life, str(today))),
        lambda: good(hold(other, str(today))),
        lambda: life.revise_plan(next_ehc_review_on=str(today + timedelta(days=chance.randrange(5, 200)))),
        lambda: award(*with_sen(life)),
        lambda: end(life, soon),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_for_the_lists_is_what_would_be_worked_out_again(service: Service, seed: int) -> None:
    """After every act of a random history. Days that go by change nothing that is kept: acts do."""
    chance = Random(seed)  # noqa: S311  a history made up
    lives = [awarded(service, reference=f"EX-000{number}") for number in range(2)]
    happened = moved = 0
    for day in list(days("2026-12-02", 240))[:: chance.randrange(17, 23)]:
        at(service, day)
        refresh(service)
        chance.shuffle(lives)
        life, other = lives
        before = kept(service)
        try:
            chance.choice(steps(life, other, chance))()
        except (AssertionError, IndexError):  # it could not happen today
            continue
        happened += 1
        after = kept(service)
        moved += before != after
        refresh(service)
        assert kept(service) == after, f"seed {seed}, {day}"
    assert happened > 3
    assert moved


def test_the_roll_out_counts_what_was_decided_month_by_month(service: Service) -> None:
    packages = (6_000_00, 5_400_00, 7_000_00, None, 4_000_00, 6_600_00)
    lives = [
        new_life(service, reference=f"EX-000{number}", current_package_annual_pence=package)
        for number, package in enumerate(packages)
    ]
    for life, day in zip(lives, ("2026-12-01", "2026-12-31", "2027-01-01", "2027-01-01"), strict=False):
        at(service, day)
        life.may_be_paid()
        life.award(component(once=ONCE, direct_payment=6_000_00), starts_on="2027-02-01", by=life.manager)
    at(service, "2027-02-02")
    lives[2].award(component(direct_payment=7_000_00), starts_on="2027-03-01", by=lives[2].manager)

    def counts(found: Data) -> list[int]:
        return [found[name] for name in ("decided", "unchanged", "higher", "lower")]

    def seen(starts_on: str, who: Person = service.assessor, **query: int) -> Data:
        found: Data = good(who.get("/v1/reviews/roll-out", params={"starts_on": starts_on, **query}))
        return found

    whole = seen("2026-12-01")
    assert (whole["existing"], whole["not_yet"]) == (5, 2), "one had no package before"
    assert counts(whole) == [3, 1, 1, 1], "the first award counts, not a later one"
    assert [counts(month) for month in whole["months"]] == [[2, 1, 1, 0], [1, 0, 0, 1], *[[0] * 4] * 10]
    assert [(month["first_day"], month["last_day"]) for month in whole["months"]][:2] == [
        ("2026-12-01", "2026-12-31"),
        ("2027-01-01", "2027-01-31"),
    ]
    assert whole["last_day"] == "2027-11-30"
    assert (whole["tolerance"]["percent"], whole["tolerance"]["annual_pence"]) == (10, 250_00)

    later = seen("2026-12-31", months=1)
    assert (later["existing"], later["not_yet"]) == (4, 2), "what was decided before is none of it"
    assert counts(later) == [2, 0, 1, 1]
    first = seen("2026-12-01", months=1)
    assert (first["existing"], counts(first), first["not_yet"]) == (5, [2, 1, 1, 0], 3)
    sooner = seen("2026-11-30", months=1)
    assert (sooner["existing"], counts(sooner), sooner["not_yet"]) == (5, [1, 1, 0, 0], 4)
    assert seen("2026-12-01", service.acting_as("demo-auditor")) == whole
    south = seen("2026-12-01", service.acting_as("demo-assessor-south"))
    assert (south["existing"], south["decided"]) == (0, 0)


def test_the_roll_out_goes_by_what_is_known_of_a_case_now(service: Service) -> None:
    life = new_life(service, current_package_annual_pence=6_000_00)
    path = f"/v1/people/{life.id}"
    details = {"born_on": "2015-06-14", "team": "south", "current_package_annual_pence": 5_000_00}
    good(life.worker.put(path, details, headers={"If-Match": life.worker.get(path).headers["ETag"]}))
    for subject, existing in (("demo-assessor", 0), ("demo-assessor-south", 1), ("demo-auditor", 1)):
        query = {"starts_on": "2026-12-01"}
        found = good(service.acting_as(subject).get("/v1/reviews/roll-out", params=query))
        assert (found["existing"], found["not_yet"]) == (existing, existing)


@pytest.mark.parametrize(
    "query", [{}, {"starts_on": "2026-12-01", "months": 0}, {"starts_on": "2026-12-01", "months": 37}]
)
def test_a_roll_out_has_a_first_day_and_some_months(sqlite_service: Service, query: dict[str, Any]) -> None:
    assert sqlite_service.assessor.get("/v1/reviews/roll-out", params=query).status_code == 422


def test_a_roll_out_at_the_end_of_time_is_told_as_well(sqlite_service: Service) -> None:
    query = {"starts_on": "2199-12-31", "months": 36}
    found = good(sqlite_service.assessor.get("/v1/reviews/roll-out", params=query))
    assert found["last_day"] == "2202-12-30"
