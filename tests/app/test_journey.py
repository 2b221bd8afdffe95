"""The whole story once, on both databases: every operation, as the API's examples; and one child's."""

import json
from pathlib import Path

import pytest

from app.access import ACCESS
from app.main import create_app
from app.openapi import describe
from app.settings import Settings
from tests.app.journey import DESCRIPTION, EXAMPLES, NOT_TOLD, hear, published
from tests.app.lives import ONCE, at, component, new_life
from tests.app.service import Service, good
from tests.postgres import new_database

STALE = "it differs from what the service answers: run `make openapi`, look at the change, and commit it"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_story_is_heard_the_same_on_both_databases(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_sqlite = kind == "sqlite"
    url = (
        f"sqlite:///{tmp_path / 'ras.db'}" if is_sqlite else new_database(request.getfixturevalue("postgres"))
    )
    heard = hear(url, tmp_path)

    assert heard == json.loads(EXAMPLES.read_text()), STALE


def test_the_story_leaves_no_operation_out() -> None:
    assert set(json.loads(EXAMPLES.read_text())) == set(ACCESS) - NOT_TOLD


def test_the_committed_description_is_what_the_code_says(tmp_path: Path) -> None:
    described = describe(create_app(Settings(data_dir=tmp_path)))

    assert published(described) == DESCRIPTION.read_text(), STALE


def test_a_childs_budget_from_plan_to_lower_rate(service: Service) -> None:
    """Plan, panel, direct payment, review, lower, notice over Christmas, a second look, the lower rate."""
    # A family and a social worker write a plan, and it is assessed.
    life = new_life(service, day="2026-06-22", reference="EX-2026")
    assert life.assessment["indicative_annual_pence"] == 4_617_00
    assert life.assessment["plan_cost_annual_pence"] == 5_171_45

    # The worker proposes; the panel sees the case, and agrees what the plan costs and a little more.
    life.may_be_paid(on="2026-06-19")
    care = component(direct_payment=6_000_00, once=ONCE)
    terms = life.terms(care, starts_on="2026-09-01", occasion="first-award")
    proposed = {
        "person_id": life.id,
        "addressed_to": "panel",
        "assessment_id": life.assessment["id"],
        "terms": terms,
        "reasons": "Evenings need a second pair of hands.",
    }
    proposal = good(life.worker.post("/v1/proposals", proposed))
    first = life.decide(terms, by=life.panel, proposal_id=proposal["id"])
    letter = life.worker.get(f"/v1/decisions/{first['id']}/letter", params={"format": "text"}).text
    assert "£6,000 a year" in letter
    assert [life.payable(day) for day in ("2026-08-31", "2026-09-01")] == [0, 6_000_00]

    # Six months on a review is due; it is held early, and finds that less is needed.
    due = good(life.worker.get("/v1/reviews/due", params={"by": "2027-03-31"}))["items"][0]
    assert (due["limit_on"], due["due_on"], due["hold_by"]) == ("2027-03-01", "2027-03-01", "2027-03-01")
    at(service, "2026-12-21")
    held = {
        "person_id": life.id,
        "held_on": "2026-12-18",
        "with_ehc_review": False,
        "outcome": "lower-proposed",
    }
    good(life.worker.post("/v1/reviews", held))
    due = good(life.worker.get("/v1/reviews/due", params={"by": "2027-12-31"}))["items"][0]
    assert due["limit_on"] == "2027-06-18", "the clock runs from the review that was held"

    # Before anything is decided, everybody sees the earliest day on which it could be lower.
    lower = life.terms(component(direct_payment=5_400_00), starts_on="2027-01-01")
    earliest = {each["method"]: each["dates"]["lower_from"] for each in life.preview(lower)["earliest"]}
    assert earliest["post"] == "2027-03-24"
    decided = life.decide(lower)
    assert life.payable("2028-01-01") == 6_000_00, "deciding lowers nothing"

    # The letter is posted on Christmas Eve. Christmas, the weekend and the substitute day move service.
    drafted = life.draft(decided)
    good(life.act(drafted, "issue", by=life.manager))
    at(service, "2026-12-24", hour=15)
    notice = life.serve(drafted, method="post")
    dates = notice["running"][0]["dates"]
    assert (dates["served_on"], dates["last_day"], dates["lower_from"]) == (
        "2026-12-30",
        "2027-03-30",
        "2027-03-31",
    )
    told = life.worker.get(f"/v1/notices/{notice['id']}/document", params={"format": "text"}).text
    assert "goes from £6,000 a year to £5,400 a year" in told
    assert "31 March 2027" in told

    # The family asks again. It is in time, so nothing goes lower while someone else looks.
    at(service, "2027-03-29")
    asked = life.ask(decided, on="2027-03-29", representations="The bus home comes at six.")
    assert asked["holds"]
    at(service, "2027-04-20")
    assert life.payable("2027-04-20") == 6_000_00

    # The answer upholds it, and is served by e-mail on a Tuesday. The lower rate starts the day after.
    answered = life.answer(asked, "upheld")
    assert answered["answer"]["served_on"] == "2027-04-20"
    assert [life.payable(day) for day in ("2027-04-20", "2027-04-21")] == [6_000_00, 5_400_00]

    # Finance sees it coming, month by month, and nobody can tell it apart from what was decided.
    months = {"first_month": "2027-04", "months": "12"}
    year = good(service.acting_as("demo-finance").get("/v1/commitments", params=months))
    assert year["committed_pence"] == round_half_up(6_000_00 * 20 + 5_400_00 * 346, 366)


def round_half_up(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)
