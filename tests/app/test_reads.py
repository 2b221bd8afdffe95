"""Every read of a person's record is in the audit log, and on disk before the answer leaves."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from fastapi.testclient import TestClient

from app.access import ACCESS, Role
from app.audit.checkpoint import Checkpoint
from app.audit.reads import Reads
from app.audit.verification import verify
from tests.app.service import Person, Service, add_person, enter, good
from tests.app.test_access import PUBLIC, Told, told_on_both  # noqa: F401  a fixture
from tests.app.test_commit import Watched

ABOUT_NOBODY = {
    *("get_me", "list_policies", "get_policy", "get_policy_in_force", "check_policy"),
    *("get_policy_findings", "get_policy_changes", "list_calendars"),
    *("get_audit_key", "get_audit_checkpoint"),
    "try_assessment",  # of a plan that is sent with it, and about nobody who is kept
    *("get_commitments", "get_forecast", "get_roll_out"),  # sums
}
"""Operations that read and show nobody's record."""
READING = {name for name, rule in ACCESS.items() if not rule.keeps} - PUBLIC - ABOUT_NOBODY | {"get_calendar"}
READ = """
SELECT person_id, operation, purpose, broke_glass, actor, client, at, chain, act
FROM read_of_person JOIN audit_entry ON audit_entry.id = read_of_person.entry_id
ORDER BY sequence, person_id
"""


def reads(service: Service) -> list[dict[str, Any]]:
    """Every read of everybody, as a stranger to the service finds it in the database."""
    engine = sa.create_engine(service.database.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [
            {**row, "person_id": str(row["person_id"]).replace("-", "")}
            for row in connection.execute(sa.text(READ)).mappings()
        ]


def test_every_operation_that_shows_somebodys_record_writes_it_down(told_on_both: Told) -> None:  # noqa: F811
    found = reads(told_on_both.service)

    assert {each["operation"] for each in found} == READING - {"get_audit_log"}
    assert {(each["chain"], each["act"]) for each in found} == {("reads", "records-read")}
    people = {each["person_id"] for each in found}
    by = {(each["operation"], each["person_id"]) for each in found}
    for name, exchange in told_on_both.heard.items():
        text = json.dumps(exchange).replace("-", "")
        if not ACCESS[name].keeps and name != "get_audit_log":
            named = {person for person in people if person in text}
            assert {(name, person) for person in named} <= by, name


def test_nothing_that_only_reads_is_about_nobody_by_mistake(told_on_both: Told) -> None:  # noqa: F811
    people = {each["person_id"] for each in reads(told_on_both.service)}
    for name in ABOUT_NOBODY:
        text = json.dumps(told_on_both.heard[name]).replace("-", "")
        assert not [person for person in people if person in text], name
        assert "EX-0" not in json.dumps(told_on_both.heard[name]["response"]), name


def test_a_read_names_who_read_for_whom_what_and_when(service: Service) -> None:
    child = add_person(service.assessor)
    system = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")
    good(system.get(f"/v1/people/{child['id']}"))

    (read,) = reads(service)
    assert (read["actor"], read["client"]) == ("demo-assessor", "demo-case-system")
    assert (read["operation"], read["purpose"]) == ("get_person", None)
    assert not read["broke_glass"]
    assert str(read["at"])[:16] == service.clock.now.isoformat(sep=" ")[:16]
    shown = good(service.acting_as("demo-team-manager").get(f"/v1/people/{child['id']}/reads"))
    assert [each["by"] for each in shown["items"]] == ["demo-assessor"]
    again = good(service.acting_as("demo-auditor").get(f"/v1/people/{child['id']}/reads"))
    assert [each["operation"] for each in again["items"]] == ["get_person", "get_reads"]
    rest = {"after": str(again["items"][0]["sequence"]), "limit": "1"}
    page = good(service.acting_as("demo-auditor").get(f"/v1/people/{child['id']}/reads", params=rest))
    assert [each["sequence"] for each in page["items"]] == [again["items"][1]["sequence"]]


def test_a_list_is_a_read_of_everyone_on_the_page_and_of_nobody_else(service: Service) -> None:
    for number in range(1, 4):
        add_person(service.assessor, reference=f"EX-{number:04}")
    add_person(service.acting_as("demo-assessor-south"), reference="EX-0009", team="south")
    page = good(service.assessor.get("/v1/people", params={"limit": "2"}))["items"]

    assert len(page) == 2
    assert [each["person_id"] for each in reads(service)] == [each["id"].replace("-", "") for each in page]


def test_what_is_refused_was_not_read(service: Service) -> None:
    child = add_person(service.assessor)
    path = f"/v1/people/{child['id']}"
    assert service.acting_as("demo-assessor-south").get(path).status_code == 404
    assert service.acting_as("demo-finance").get(path).status_code == 403
    assert service.public.get(path).status_code == 401
    assert service.assessor.get(f"{path}?limit=2").status_code in {200, 422}
    assert {each["actor"] for each in reads(service)} <= {"demo-assessor"}


def test_it_is_on_disk_before_the_first_byte_leaves(service: Service) -> None:
    child = add_person(service.assessor)

    def look() -> list[str]:
        return [each["operation"] for each in reads(service)]

    watched = Watched(service.app, look)
    assessor = Person(TestClient(watched, raise_server_exceptions=False), service.assessor.headers)
    good(assessor.get(f"/v1/people/{child['id']}"))
    assert watched.seen == [["get_person"]]


def test_where_it_cannot_be_written_nothing_is_shown(service: Service) -> None:
    child = add_person(service.assessor)
    with service.database.writing.begin() as connection:
        connection.exec_driver_sql("DROP TABLE read_of_person")
    for path in (f"/v1/people/{child['id']}", "/v1/people", "/v1/events"):
        refused = service.assessor.get(path)
        assert refused.status_code == 503
        assert "EX-0001" not in refused.text
        assert "2015-06-14" not in refused.text
    assert service.assessor.get("/v1/me").status_code == 200


def test_reads_that_wait_together_are_written_together_each_as_its_own(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = add_person(service.assessor)
    at_once, holding = [], Event()
    write = Reads._write  # noqa: SLF001

    def slowly(reads: Reads, batch: list[Any]) -> None:
        at_once.append(len(batch))
        holding.wait(2)
        write(reads, batch)

    monkeypatch.setattr(Reads, "_write", slowly)
    who = service.assessor
    with ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(who.get, f"/v1/people/{child['id']}") for _ in range(12)]
        holding.wait(0.5)
        holding.set()
        assert {answer.result().status_code for answer in answers} == {200}

    assert sum(at_once) == 12
    assert len(at_once) < 12, "some were written together"
    assert len(reads(service)) == 12


def test_the_log_of_acts_and_reads_is_whole_and_verifies_offline(told_on_both: Told) -> None:  # noqa: F811
    auditor = told_on_both.service.acting_as("demo-auditor")
    whole, path = b"", "/v1/audit/log?purpose=external-audit&limit=25"
    while path:
        part = auditor.get(path)
        assert part.headers["content-type"] == "application/x-ndjson"
        whole += part.content
        path = part.links["next"]["url"] if "next" in part.links else ""

    found = verify(whole.splitlines())
    assert found.faults == []
    assert found.checkpoints == 1
    assert found.acts > 100
    assert b"records-read" in whole
    for secret in (b"EX-0001", b"Evenings", b'"content"', b'"salt"'):
        assert secret not in whole
    cut = verify(whole.splitlines()[:-3] + whole.splitlines()[-1:])
    assert cut.faults
    exports = "SELECT content FROM audit_content WHERE content LIKE '%external-audit%'"
    with told_on_both.service.database.read() as session:
        assert session.execute(sa.text(exports)).all(), "what the log was written out for is in it"


def test_a_log_is_not_written_out_for_no_purpose(service: Service) -> None:
    auditor = service.acting_as("demo-auditor")
    for query in ({}, {"purpose": "because"}, {"purpose": ""}, {"purpose": "complaint", "limit": "0"}):
        assert auditor.get("/v1/audit/log", params=query).status_code == 422


def test_a_checkpoint_is_signed_with_the_key_that_is_shown(service: Service) -> None:
    auditor = service.acting_as("demo-auditor")
    made = Checkpoint.model_validate(auditor.get("/v1/audit/checkpoint").json())
    key: Any = load_pem_public_key(auditor.get("/v1/audit/key").content)
    assert made.is_signed_by(key)
    key_file = service.app.state.settings.audit_key_path
    key_file.write_text("no key")
    for path in ("/v1/audit/key", "/v1/audit/checkpoint", "/v1/audit/log?purpose=complaint"):
        refused = auditor.get(path)
        assert (refused.status_code, refused.json()["code"]) == (503, "audit-key-unavailable")


def test_behind_broken_glass_an_auditor_reads_one_persons_words_for_an_hour(told_on_both: Told) -> None:  # noqa: F811
    service = told_on_both.service
    auditor = service.acting_as("demo-auditor")
    heard = told_on_both.heard
    child = heard["add_person"]["response"]["body"]["id"]
    other = heard["get_hand_over"]["request"]["parameters"]["person_id"]
    plan, person = heard["get_plan"]["request"]["path"], f"/v1/people/{child}"
    assert "Evenings are the hardest" not in auditor.get(plan).text
    assert good(auditor.get(person))["born_on"] is None

    why = {"reason": "A complaint about what the plan left out, CO-12."}
    broken = good(auditor.post(f"{person}/break-glass", why))
    assert "CO-12" not in json.dumps(broken)
    assert "Evenings are the hardest" in auditor.get(plan).text
    assert good(auditor.get(person))["born_on"] == "2015-06-14"
    assert good(auditor.get(f"/v1/people/{other}"))["born_on"] is None, "nobody else's"
    assert "Evenings are the hardest" not in auditor.get("/v1/plans").text, "nor in lists"
    found = [(each["operation"], each["broke_glass"]) for each in reads(service)][-5:]
    assert ("get_plan", True) in found
    assert ("list_plans", True) not in found
    manager = service.acting_as("demo-team-manager")
    shown = good(manager.get("/v1/events", params={"after": "60", "limit": "200"}))
    assert "glass-broken" in [each["act"] for each in shown["items"]], "the team sees that it was done"

    second = service.acting_as("demo-auditor")
    service.clock.now += timedelta(minutes=61)
    second = service.acting_as("demo-auditor")
    assert "Evenings are the hardest" not in second.get(plan).text
    assert good(second.get(person))["born_on"] is None


@pytest.mark.parametrize(
    "subject", ["demo-assessor", "demo-team-manager", "demo-panel-chair", "demo-finance"]
)
def test_nobody_but_an_auditor_breaks_the_glass_and_never_without_a_reason(
    service: Service, subject: str
) -> None:
    path = f"/v1/people/{add_person(service.assessor)['id']}/break-glass"
    assert service.acting_as(subject).post(path, {"reason": "I am curious."}).status_code == 403
    auditor = service.acting_as("demo-auditor")
    for body in ({}, {"reason": ""}, {"reason": " \n "}, {"reason": "\u200b"}):
        assert auditor.post(path, body).status_code == 422
    unknown = path.replace(path.split("/")[3], "0" * 8 + "-0000-7000-8000-" + "0" * 12)
    assert auditor.post(unknown, {"reason": "Who is this?"}).status_code == 404


def test_the_glass_is_open_for_the_auditor_who_broke_it_alone(service: Service) -> None:
    child = add_person(service.assessor)
    path = f"/v1/people/{child['id']}"
    good(service.acting_as("demo-auditor").post(f"{path}/break-glass", {"reason": "CO-12"}))
    second = enter(service, "second-auditor", role=Role.AUDITOR)
    assert good(second.get(path))["born_on"] is None
    was_auditor = enter(service, "demo-auditor", role=Role.FINANCE)
    assert was_auditor.get(path).status_code == 403
