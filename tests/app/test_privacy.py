"""What is held about a person: shown whole, held for a court, and erased for good in its time."""

import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.access import Role
from app.audit.checkpoint import Checkpoint
from app.audit.export import checkpoint, written_out
from app.audit.verification import verify
from app.columns import Row
from app.privacy.held import ABOUT_NOBODY, held_about
from app.privacy.repository import ERASABLE_WORDS, STAYS
from app.privacy.subject_access import TITLES
from tests.app.letters import story
from tests.app.lives import Data, Life, at, awarded, new_life
from tests.app.service import Person, Service, add_person, enter, good

IN_2057 = "2057-06-15"
"""The child of the tests is 42 then, and nothing was done for thirty years."""
MARK = "Marigold"
"""What the tests look for: a word that is in everything that is written about one child."""
REASON = "The plan was gone through with the family"


def whole_life(service: Service, *, reference: str = "EX-0001") -> Life:
    """A child about whom something of every kind is written, whose budget has ended."""
    life, _ = story(service, reference=reference)
    path, words = f"/v1/people/{life.id}", f"{MARK} of {reference}"
    life.share("health")
    asked = {"asked_on": "2026-09-14", "asked_by": "parent", "plan_stage": "ehc-plan", "person_id": life.id}
    asked = good(life.worker.post("/v1/requests", asked))
    settled = {"decided_on": "2026-09-21", "outcome": "accepted", "reasons": words}
    request = f"/v1/requests/{asked['id']}"
    etag = {"If-Match": life.worker.get(request).headers["ETag"]}
    good(life.worker.post(f"{request}/outcome", settled, headers=etag))
    good(life.worker.put(f"{path}/monitoring", {"ethnic_group": MARK.lower()}))
    life.revise_plan(words={"family_views": words})
    life.find("consent", "given", on="2027-01-20", recipient="parent", notes=words)
    agreed = {"person_id": life.id, "annual_pence": 900_00, "reasons": words}
    good(service.acting_as("demo-partner").post("/v1/component-agreements", agreed))
    terms = {**life.decided[-1]["terms"], "ends_before": "2027-03-01"}
    proposed = {"person_id": life.id, "addressed_to": "team-manager", "terms": terms, "reasons": words}
    good(life.worker.post("/v1/proposals", proposed))
    held = {"person_id": life.id, "held_on": "2027-01-15", "with_ehc_review": False, "outcome": "unchanged"}
    good(life.worker.post("/v1/reviews", {**held, "notes": words}))
    good(service.acting_as("demo-auditor").post(f"{path}/break-glass", {"reason": words}))
    for is_held in (True, False):
        good(life.manager.put(f"{path}/legal-hold", {"held": is_held, "reason": words}))
    return life


def erase(life: Life, **what: Any) -> Data:
    """Erase something; it has to go well."""
    done: Data = good(life.manager.post(f"/v1/people/{life.id}/erasures", what))
    return done


def refusal(life: Life, **what: Any) -> str:
    """The code of a refusal to erase something."""
    answer = life.manager.post(f"/v1/people/{life.id}/erasures", what)
    assert not answer.is_success, answer.text
    return str(answer.json()["code"])


def everything_kept(service: Service) -> str:
    """Every row of every table but policies', as somebody with the database in hand reads it."""
    engine = sa.create_engine(service.database.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = {
            table.name: [
                [cell.decode() if isinstance(cell, bytes) else str(cell) for cell in row]
                for row in connection.execute(sa.select(table))
            ]
            for table in Row.metadata.sorted_tables
            if not table.name.startswith("policy")
        }
    return json.dumps(rows, ensure_ascii=False)


def test_every_table_is_about_people_and_has_a_title_or_is_said_to_be_about_nobody() -> None:
    about = {table.name for table, _ in held_about(UUID(int=0))}
    assert about == set(TITLES)
    assert about | ABOUT_NOBODY == set(Row.metadata.tables)
    assert not about & ABOUT_NOBODY
    assert about > STAYS | set(ERASABLE_WORDS)


def test_all_that_is_held_is_shown_whole(service: Service) -> None:
    life = whole_life(service)
    other = whole_life(service, reference="EX-0002")
    shown = good(life.manager.get(f"/v1/people/{life.id}/subject-access"))

    tables = {each["table"]: each["rows"] for each in shown["held"]}
    assert set(TITLES) - set(tables) <= {"erasure", "review_due", "idempotency_key"}
    text = json.dumps(shown, ensure_ascii=False)
    assert "EX-0002" not in text
    assert other.id not in text
    counted = everything_kept(service).count(f"{MARK} of EX-0001")
    assert counted >= 8
    assert text.count(f"{MARK} of EX-0001") == counted
    for told in ("2015-06-14", MARK.lower(), "Nobody asked us about the nights.", "consent-withdrawn"):
        assert told in text, told
    (mine,) = [each for each in tables["person"] if each["id"] == life.id]
    assert mine["reference"] == "EX-0001"
    assert {each["actor"] for each in tables["read_of_person"]} >= {"demo-assessor", "demo-team-manager"}
    assert '"salt"' not in text
    assert len(tables["decision"]) == len(life.decided)


def test_it_is_readable_as_a_page_and_what_was_written_is_text_there(service: Service) -> None:
    life = new_life(service)
    bad = "<script>alert(1)</script> & 'so on'"
    life.find("consent", "given", on="2026-11-20", recipient="parent", notes=bad)
    page = life.manager.get(f"/v1/people/{life.id}/subject-access", params={"format": "html"})

    assert page.headers["content-type"].startswith("text/html")
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "Assessments: how plans were scored" in page.text
    assert "£4,617" in page.text, "pence are shown as pounds"


def test_handing_it_over_is_a_read_with_its_purpose(service: Service) -> None:
    life = new_life(service)
    good(life.manager.get(f"/v1/people/{life.id}/subject-access"))
    reads = good(life.manager.get(f"/v1/people/{life.id}/reads"))["items"]
    assert [each["purpose"] for each in reads if each["operation"] == "get_subject_access"] == [
        "subject-access"
    ]


def test_when_its_time_is_up_a_record_is_gone_from_everywhere(service: Service) -> None:
    life, other = whole_life(service), whole_life(service, reference="EX-0002")
    before = written(service)
    at(service, IN_2057)
    kept_before = everything_kept(service)
    listed = good(life.manager.get("/v1/retention"))["items"]
    assert {each["id"] for each in listed} == {life.id, other.id}

    done = erase(life, what="record")

    kept = everything_kept(service)
    for told in (f"{MARK} of EX-0001", "EX-0001"):
        assert told in kept_before
        assert told not in kept
    for told in ("2015-06-14", "Nobody asked us about the nights.", MARK.lower()):
        assert kept.count(told) * 2 == kept_before.count(told), "the other child's is all there"
    assert f"{MARK} of EX-0002" in kept
    for path in (
        f"/v1/people/{life.id}",
        f"/v1/plans/{life.plan['id']}",
        f"/v1/assessments/{life.assessment['id']}",
        f"/v1/decisions/{life.decided[0]['id']}",
        f"/v1/budgets/{life.id}",
        f"/v1/people/{life.id}/subject-access",
    ):
        assert life.manager.get(path).status_code == 404, path
    assert good(life.manager.get(f"/v1/people/{life.id}/erasures"))["items"] == [done]
    south = enter(service, "south-manager", role=Role.TEAM_MANAGER, team="south")
    assert south.get(f"/v1/people/{life.id}/erasures").status_code == 404
    assert good(life.manager.get("/v1/people"))["items"][0]["id"] == other.id
    assert good(other.manager.get(f"/v1/assessments/{other.assessment['id']}/replay"))["equal"]
    assert good(other.manager.get(f"/v1/budgets/{other.id}"))["components"]

    found = verify(written(service)[0].splitlines(), held=[before[1]], key=before[2])
    assert found.faults == [], "the log is whole, and is the log that it was"
    assert found.acts > before[1].acts
    feed = good(life.worker.get("/v1/events", params={"after": before[1].acts, "limit": 200}))["items"]
    assert ("record-erased", life.id) in [(each["act"], each["person_id"]) for each in feed]
    add_person(life.worker, reference="EX-0001", born_on="2050-01-01")


def written(service: Service) -> tuple[bytes, Checkpoint, Any]:
    """The log written out, its checkpoint, and the public key."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with service.database.read() as session:
        last = checkpoint(session, at=service.clock.now, key=key)
        return b"".join(written_out(session, last, with_content=True)), last, key.public_key()


def test_before_its_time_no_record_is_erased(service: Service) -> None:
    life = whole_life(service)
    for day in ("2027-02-01", "2040-06-15", "2046-06-13"):
        at(service, day)
        assert refusal(life, what="record") == "not-yet-erasable", day
        assert good(life.manager.get("/v1/retention"))["items"] == []
    at(service, "2046-06-14")  # the 31st birthday, and nineteen years after the last act
    assert [each["id"] for each in good(life.manager.get("/v1/retention"))["items"]] == [life.id]
    assert MARK in everything_kept(service)

    # Something is written down: it is kept for seven years from then.
    good(life.worker.put(f"/v1/people/{life.id}/monitoring", {}))
    at(service, "2053-06-13")
    assert refusal(life, what="record") == "not-yet-erasable"
    at(service, "2053-06-14")
    erase(life, what="record")


def test_what_is_still_paid_is_never_erased(service: Service) -> None:
    life = awarded(service)
    at(service, IN_2057)
    assert life.payable("2057-06-15") > 0
    assert refusal(life, what="record") == "not-yet-erasable"
    assert good(life.manager.get("/v1/retention"))["items"] == []


def test_a_legal_hold_keeps_everything(service: Service) -> None:
    life = whole_life(service)
    path = f"/v1/people/{life.id}/legal-hold"
    at(service, IN_2057)
    held = good(life.manager.put(path, {"held": True, "reason": "A claim, C-9."}))
    assert (held["held"], held["reason"]) == (True, "A claim, C-9.")
    review = good(life.worker.get("/v1/reviews"))["items"][0]["id"]
    for what in (
        {"what": "record"},
        {"what": "words", "record_id": review, "ground": "family-asked"},
        {"what": "monitoring", "ground": "family-asked"},
    ):
        assert refusal(life, **what) == "on-legal-hold"
    at(service, "2064-06-16")  # the hold is an act as well
    assert good(life.manager.get("/v1/retention"))["items"][0]["on_hold"]
    assert refusal(life, what="record") == "on-legal-hold"

    good(life.manager.put(path, {"held": False, "reason": "Settled."}))
    at(service, "2071-06-17")
    erase(life, what="record")


def test_words_are_erased_sooner_and_reasons_never(service: Service) -> None:
    life = whole_life(service)
    words = f"{MARK} of EX-0001"
    listed = {
        kind: good(life.worker.get(f"/v1/{kind}", params={"person_id": life.id}))["items"]
        for kind in ("reviews", "findings", "reconsiderations", "decisions", "requests")
    }
    listed["findings"] = [each for each in listed["findings"] if each["notes"]]
    records = {kind: found[0]["id"] for kind, found in listed.items()}
    version = sa.text("SELECT record_id FROM words WHERE content LIKE '%family_views%Marigold%'")
    with service.database.read() as session:
        plan = session.scalar(version)
    before = everything_kept(service).count(words)
    for record in (records["reviews"], records["findings"], str(plan)):
        done = erase(life, what="words", record_id=record, ground="family-asked")
        assert done["record_id"].replace("-", "") == record.replace("-", "")
        assert refusal(life, what="words", record_id=record, ground="family-asked") == "nothing-to-erase"
    erase(life, what="words", record_id=records["reconsiderations"], ground="written-in-error")
    kept = everything_kept(service)
    assert kept.count(words) == before - 3
    assert "Nobody asked us" not in kept
    assert good(life.worker.get(f"/v1/reviews/{records['reviews']}"))["notes"] is None
    for record in (records["decisions"], records["requests"], life.id, records["reviews"][::-1]):
        answer = life.manager.post(
            f"/v1/people/{life.id}/erasures",
            {"what": "words", "record_id": record, "ground": "family-asked"},
        )
        assert answer.status_code in {409, 422}, "reasons stay"
    assert REASON in everything_kept(service)

    erase(life, what="monitoring", ground="family-asked")
    assert MARK.lower() not in everything_kept(service)
    assert life.worker.get(f"/v1/people/{life.id}/monitoring").status_code == 404
    assert refusal(life, what="monitoring", ground="family-asked") == "nothing-to-erase"
    assert verify(written(service)[0].splitlines()).faults == []


def test_the_words_of_somebody_else_are_not_erased_by_mistake(service: Service) -> None:
    life, other = whole_life(service), whole_life(service, reference="EX-0002")
    theirs = good(life.worker.get("/v1/reviews", params={"person_id": other.id}))["items"][0]["id"]
    assert refusal(life, what="words", record_id=theirs, ground="family-asked") == "nothing-to-erase"
    assert good(life.worker.get(f"/v1/reviews/{theirs}"))["notes"]
    assert good(life.manager.get(f"/v1/people/{life.id}/erasures"))["items"] == [], "nothing half-kept"


def test_an_answer_that_is_repeated_does_not_bring_back_what_was_erased(service: Service) -> None:
    life = awarded(service)
    key = {"Idempotency-Key": "review-1"}
    at(service, "2026-12-10")
    held = {"person_id": life.id, "held_on": "2026-12-09", "with_ehc_review": False, "outcome": "unchanged"}
    held["notes"] = f"{MARK} was held at home."
    made = good(life.worker.post("/v1/reviews", held, headers=key))
    again = life.worker.post("/v1/reviews", held, headers=key)
    assert again.json() == made

    erase(life, what="words", record_id=made["id"], ground="written-in-error")

    repeated = life.worker.post("/v1/reviews", held, headers=key)
    assert (repeated.status_code, repeated.json()["code"]) == (410, "erased")
    assert repeated.headers["content-type"] == "application/problem+json"
    assert MARK not in everything_kept(service)
    assert len(good(life.worker.get("/v1/reviews"))["items"]) == 1, "nor is it done twice"


@pytest.mark.parametrize("subject", ["demo-assessor", "demo-auditor", "demo-panel-chair", "demo-finance"])
def test_nobody_but_the_teams_manager_holds_erases_or_hands_over(service: Service, subject: str) -> None:
    path = f"/v1/people/{add_person(service.assessor)['id']}"
    who: Person = service.acting_as(subject)
    hold = {"held": True, "reason": "A claim."}
    assert who.put(f"{path}/legal-hold", hold).status_code == 403
    assert who.post(f"{path}/erasures", {"what": "record"}).status_code == 403
    assert who.get(f"{path}/subject-access").status_code == 403


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"what": "everything"},
        {"what": "record", "ground": "family-asked"},
        {"what": "words", "ground": "family-asked"},
        {"what": "words", "record_id": "x", "ground": "family-asked"},
        {"what": "monitoring", "ground": "retention-over"},
    ],
)
def test_rubbish_erases_nothing(sqlite_service: Service, what: Data) -> None:
    child = add_person(sqlite_service.assessor)
    manager = sqlite_service.acting_as("demo-team-manager")
    answer = manager.post(f"/v1/people/{child['id']}/erasures", what)
    assert answer.status_code == 422
    assert answer.json()["problems"]
    assert good(manager.get(f"/v1/people/{child['id']}/erasures"))["items"] == []


def test_the_database_gives_up_only_what_belongs_to_somebody_erased(service: Service) -> None:
    life, other = whole_life(service), whole_life(service, reference="EX-0002")
    at(service, IN_2057)
    erase(life, what="record")
    with service.database.writing.connect() as connection:
        for table, condition in reversed(list(held_about(UUID(other.id)))):
            if table.name in STAYS | {"monitoring", "words", "audit_content", "review_due"}:
                continue
            with pytest.raises(sa.exc.DBAPIError, match=f"{table.name} is append-only"):
                connection.execute(sa.delete(table).where(condition))
            connection.rollback()
        person = Row.metadata.tables["person"]
        for values in ({"reference": "EX-9"}, {"written_by": "nobody"}):
            with pytest.raises(sa.exc.DBAPIError, match="person is append-only"):
                connection.execute(sa.update(person).where(person.c.reference == "EX-0002").values(values))
            connection.rollback()
        erased = sa.update(person).where(person.c.id == UUID(life.id))
        with pytest.raises(sa.exc.DBAPIError, match="person is append-only"):
            connection.execute(erased.values(written_by="nobody"))
        connection.rollback()
