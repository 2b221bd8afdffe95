"""Everyone sees and does only their own: every operation with every role, and every way in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from httpx2 import Response

from app.access import ACCESS, Role
from app.demonstration.load import STAFF
from app.edge import Operation
from app.openapi import describe
from tests.app.journey import NOT_TOLD, Exchange, Story
from tests.app.service import EVERY_SCOPE, NOW, Person, Service, add_person, enter, leave, new_service
from tests.conftest import sqlite_copy
from tests.figures import Figure

pytestmark = pytest.mark.xdist_group("access")  # the story is told once for all of them
SUBJECTS = {role: next(name for name, (its, _) in STAFF.items() if its is role) for role in Role}
PUBLIC = {"livez", "readyz", "version", "docs", "docs_asset", "get_local_offer_policy", "estimate"}
PUBLIC |= {"get_calendar"}  # its address is the secret that opens it
POLICIES = {"list_policies", "get_policy", "get_policy_in_force", "get_policy_changes"}
TEAMS_RECORDS = {
    *("get_person", "revise_person", "get_monitoring", "put_monitoring"),
    *("add_request", "get_request", "settle_request"),
    *("add_plan", "get_plan", "add_plan_version", "get_plan_version"),
    *("add_assessment", "get_assessment", "replay_assessment", "get_statement"),
    "get_sensitivity",
    *("share_case", "get_shares", "add_finding", "get_finding"),
    *("add_component_agreement", "get_component_agreement", "add_proposal", "get_proposal"),
    *("preview_decision", "add_decision", "get_decision", "get_decision_letter"),
    *("get_budget", "get_payable", "get_hand_over"),
    *("draft_notice", "get_notice", "issue_notice", "serve_notice", "withdraw_notice"),
    *("get_notice_document", "ask_reconsideration", "get_reconsideration", "get_answer_letter"),
    *("acknowledge_reconsideration", "answer_reconsideration", "serve_answer"),
    *("add_review", "get_review", "revoke_calendar", "get_reads", "put_legal_hold"),
    *("get_legal_hold", "add_erasure", "get_erasures", "get_subject_access"),
}
AMOUNTS = {"get_payable", "get_commitments", "get_forecast"}
OWN_COMPONENT = {"add_component_agreement", "get_component_agreement", "list_component_agreements"}
OVERSIGHT = {"break_glass", "get_reads", "get_audit_key", "get_audit_checkpoint", "get_audit_log"}
PRIVACY = {"list_expired", "put_legal_hold", "add_erasure", "get_erasures", "get_subject_access"}
DECIDING = {"add_decision", "answer_reconsideration"}
QUERIES = {
    "on",
    "team",
    "person_id",
    "plan_id",
    "starts_on",
    "first_month",
    "months",
    "by",
    "format",
    "since",
    "purpose",
}
RECORDS = {"person_id", "plan_id", "decision_id"}
KEYS = count()


@dataclass
class Told:
    """The service after the whole story, and what was said in it."""

    service: Service
    heard: dict[str, Exchange]

    def send(
        self, who: Person, name: str, headers: Mapping[str, str] = {}, *, instead: Mapping[str, str] = {}
    ) -> Response:
        """Send the story's request for an operation again, as someone else, perhaps of another record."""
        request = self.heard[name]["request"]
        kept = {k: v for k, v in request["parameters"].items() if k in {"If-Match", "Content-Type"}}
        query = {k: v for k, v in request["parameters"].items() if k in QUERIES}
        query = {} if any(value in request["path"] for value in query.values()) else query
        path, body = request["path"], request.get("body")
        for old, new in instead.items():
            path, query = path.replace(old, new), json.loads(json.dumps(query).replace(old, new))
            body = json.loads(json.dumps(body).replace(old, new))
        sent = {"content": body} if "Content-Type" in kept else {"json": body}
        return who.send(request["method"], path, params=query, headers={**kept, **headers}, **sent)


@pytest.fixture(scope="module")
def told(sqlite_story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """On SQLite: who may use an operation is decided before the database is asked for a record."""
    folder = tmp_path_factory.mktemp("told")
    with new_service(sqlite_copy(sqlite_story.file, folder), folder) as service:
        yield Told(service, sqlite_story.heard)


@pytest.fixture
def told_on_both(story: Story, tmp_path: Path) -> Iterator[Told]:
    with new_service(story.url, tmp_path) as service:
        yield Told(service, story.heard)


each_operation = pytest.mark.parametrize("name", sorted(set(ACCESS) - PUBLIC))


def test_the_description_has_every_operation_of_the_table_and_no_other(sqlite_service: Service) -> None:
    operations = [
        operation["operationId"]
        for methods in describe(sqlite_service.app)["paths"].values()
        for operation in methods.values()
    ]
    assert sorted(operations) == sorted(set(ACCESS) - NOT_TOLD)


def test_what_only_reads_is_known_by_its_method_but_for_four(sqlite_service: Service) -> None:
    """These four are sent a body and keep nothing of it: they run in a transaction that cannot write."""
    reading = {
        operation["operationId"]: method
        for methods in describe(sqlite_service.app)["paths"].values()
        for method, operation in methods.items()
        if not ACCESS[operation["operationId"]].keeps
    }
    sent = {name for name, method in reading.items() if method != "get"}
    assert sent == {"try_assessment", "check_policy", "preview_decision", "estimate"}
    kept = {name for name, rule in ACCESS.items() if rule.keeps}
    assert not {name for name in kept if name.startswith(("get_", "list_", "replay_"))}


def test_the_table_says_what_the_roles_are_for() -> None:
    """The rules of who may do what, said a second time, so that a slip in the table is seen."""
    may = {role: {name for name, rule in ACCESS.items() if role in rule.roles} for role in Role}

    assert {name for name, rule in ACCESS.items() if rule.scope is None} == PUBLIC
    assert may[Role.SYSTEM] == set(), "a system acts for a user, in the user's role"
    assert may[Role.FINANCE] == {"get_me", *POLICIES, *AMOUNTS}, "never needs, scores or dates of birth"
    assert may[Role.PARTNER] == {"get_me", *POLICIES, *OWN_COMPONENT}
    written = {name for name in may[Role.AUDITOR] if ACCESS[name].keeps}
    assert written == {"break_glass"}, "an auditor writes nothing but why they read more than usual"
    assert all(ACCESS[name].roles == {Role.AUDITOR} for name in OVERSIGHT - {"get_reads"})
    managers = {"issue_notice", "withdraw_notice", "get_reads", *PRIVACY}
    assert may[Role.TEAM_MANAGER] - may[Role.ASSESSOR] == DECIDING | managers
    assert may[Role.ASSESSOR] <= may[Role.TEAM_MANAGER]
    assert {
        name for name, rule in ACCESS.items() if rule.roles & {Role.PANEL_CHAIR, Role.TEAM_MANAGER}
    } >= DECIDING
    assert all(ACCESS[name].roles == {Role.PANEL_CHAIR, Role.TEAM_MANAGER} for name in DECIDING)
    assert not {name for name in may[Role.ASSESSOR] if "policy" in name} - {
        "get_policy",
        "get_policy_in_force",
        "get_policy_changes",
    }
    for name in ("approve_policy", "publish_policy", "withdraw_policy"):
        assert ACCESS[name].roles == {Role.POLICY_LEAD, Role.PANEL_CHAIR}
    assert not {name for name in may[Role.POLICY_LEAD] if "polic" not in name} - {"get_me"}
    written = {name for name in may[Role.PANEL_CHAIR] if ACCESS[name].keeps}
    assert written == DECIDING | {"approve_policy", "publish_policy", "withdraw_policy"}
    assert not may[Role.PANEL_CHAIR] & {"get_person", "list_people", "get_monitoring", "get_hand_over"}


def test_an_operation_that_is_not_in_the_table_cannot_be_built() -> None:
    router = APIRouter(route_class=Operation)

    def peek() -> str:
        return "never served"

    with pytest.raises(KeyError, match="peek"):
        router.add_api_route("/v1/peek", peek)


def test_every_route_is_an_operation_of_the_table_but_the_description_itself(sqlite_service: Service) -> None:
    served = {
        route.name: isinstance(route.original_route, Operation)
        for route in iter_route_contexts(sqlite_service.app.routes)
    }
    assert served.pop("openapi") is False
    assert set(served) == set(ACCESS)
    assert all(served.values())


@each_operation
def test_without_a_token_every_operation_that_is_not_public_is_401(
    told: Told, name: str, figure: Figure
) -> None:
    figure("cells of operation and no token", 6)
    for authorization in (None, "", "Bearer", "Bearer ", "Basic ZGVtbzpkZW1v", "bearer x.y.z"):
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = told.send(told.service.public, name, headers)

        assert answer.status_code == 401, name
        assert answer.json()["code"] in {"token-missing", "token-invalid"}
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@each_operation
def test_each_role_may_do_what_the_table_says_and_nothing_else(told: Told, name: str, figure: Figure) -> None:
    figure("cells of operation and role", len(SUBJECTS) - 1)
    for role, subject in SUBJECTS.items():
        if role is not Role.SYSTEM:
            answer = told.send(told.service.acting_as(subject), name)
            _agrees_with_the_table(answer, name, role)


@each_operation
def test_a_system_may_do_what_its_user_and_its_own_scopes_may(told: Told, name: str, figure: Figure) -> None:
    figure("cells of operation, role and scope of a system", 2 * (len(SUBJECTS) - 1))
    rule = ACCESS[name]
    others = " ".join(scope for scope in EVERY_SCOPE.split() if scope != rule.scope)
    for role, subject in SUBJECTS.items():
        if role is Role.SYSTEM:
            continue
        key = {"Idempotency-Key": f"key-{next(KEYS)}"}
        with_scope = told.service.acting_as("demo-case-system", on_behalf_of=subject, scope=str(rule.scope))
        _agrees_with_the_table(told.send(with_scope, name, key), name, role)

        without = told.service.acting_as("demo-case-system", on_behalf_of=subject, scope=others)
        assert told.send(without, name, key).status_code == 403


@each_operation
def test_a_system_that_names_nobody_may_do_nothing(told: Told, name: str) -> None:
    answer = told.send(told.service.acting_as("demo-case-system"), name)

    assert (answer.status_code, answer.json()["code"]) == (403, "on-behalf-of-needed")


def _agrees_with_the_table(answer: Response, name: str, role: Role) -> None:
    if role in ACCESS[name].roles:
        is_refused = answer.status_code == 403 and answer.json()["code"] == "not-allowed-for-role"
        assert not is_refused, f"{role} may use {name}"
        assert answer.status_code not in {401, 500, 503}, answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed-for-role"), f"{role}: {name}"


def test_a_record_of_another_team_answers_as_one_that_is_not_there(
    told_on_both: Told, figure: Figure
) -> None:
    service = told_on_both.service
    enter(service, "south-manager", role=Role.TEAM_MANAGER, team="south")
    elsewhere = {
        Role.ASSESSOR: ("demo-assessor-south", "demo-assessor"),
        Role.TEAM_MANAGER: ("south-manager", "demo-team-manager"),
        Role.PARTNER: ("demo-sen-partner", "demo-partner"),
    }
    no_other_team = {"break_glass"}  # an auditor sees every team
    compared = set()
    for name, exchange in told_on_both.heard.items():
        records = _records_named(exchange)
        if not records or name.startswith("list_") or "polic" in name or name in no_other_team:
            continue
        role = next(role for role in elsewhere if role in ACCESS[name].roles)
        south, north = (service.acting_as(subject) for subject in elsewhere[role])
        theirs = told_on_both.send(south, name)
        absent = told_on_both.send(south, name, instead={record: str(uuid4()) for record in records})
        assert theirs.status_code == absent.status_code == 404, name
        assert theirs.content == absent.content, name
        assert _without_request_id(theirs) == _without_request_id(absent), name
        assert told_on_both.send(north, name).status_code != 404, f"{name} would be 404 for anyone"
        compared.add(name)
    assert compared == TEAMS_RECORDS
    figure("operations on another team's record", len(compared))


def test_lists_by_a_key_of_another_team_are_as_empty_as_by_an_unknown_one(told_on_both: Told) -> None:
    south = told_on_both.service.acting_as("demo-assessor-south")
    person = told_on_both.heard["get_person"]["response"]["body"]["id"]
    for path in ("/v1/requests", "/v1/plans", "/v1/assessments"):
        theirs = south.get(path, params={"person_id": person})
        absent = south.get(path, params={"person_id": str(uuid4())})
        assert theirs.content == absent.content
        assert theirs.json()["items"] == []
        assert told_on_both.service.assessor.get(path, params={"person_id": person}).json()["items"]


def _records_named(exchange: Exchange) -> list[str]:
    """The keys of records in a request's address and body."""
    request = exchange["request"]
    body = request.get("body")
    fields = body if isinstance(body, dict) else {}
    named = [value for name, value in request["parameters"].items() if name.endswith("_id")]
    return named + [value for name, value in fields.items() if name in RECORDS]


def _without_request_id(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def test_lists_show_ones_own_team_and_the_auditor_every_team(service: Service) -> None:
    south = service.acting_as("demo-assessor-south")
    add_person(service.assessor, reference="EX-0001")
    add_person(south, reference="EX-0002", team="south")

    def seen(who: Person, **query: str) -> list[str]:
        return [item["reference"] for item in who.get("/v1/people", params=query).json()["items"]]

    assert seen(service.assessor) == ["EX-0001"]
    assert seen(service.acting_as("demo-team-manager")) == ["EX-0001"]
    assert seen(south) == ["EX-0002"]
    assert sorted(seen(service.acting_as("demo-auditor"))) == ["EX-0001", "EX-0002"]
    assert seen(service.assessor, team="south") == []
    assert seen(service.assessor, reference="EX-0002") == []
    assert seen(service.acting_as("demo-auditor"), team="south") == ["EX-0002"]


def test_a_case_handed_over_is_gone_for_the_team_it_was_with(service: Service) -> None:
    person = add_person(service.assessor)
    path = f"/v1/people/{person['id']}"
    etag = {"If-Match": service.assessor.get(path).headers["ETag"]}

    service.assessor.put(path, {"born_on": "2015-06-14", "team": "south"}, headers=etag)

    assert service.assessor.get(path).status_code == 404
    assert service.acting_as("demo-assessor-south").get(path).status_code == 200


def test_the_auditor_sees_no_dates_of_birth_and_no_words(told_on_both: Told) -> None:
    auditor = told_on_both.service.acting_as("demo-auditor")
    secrets = (
        *("2015-06-14", "2013-01-31", "2011-05-02", "Evenings are the hardest", "hospital"),
        *("names social care", "grandmother", "second pair of hands", "Every line of it", "ends at five"),
        *("bus home", "hour until the bus", "no longer the one", "nursing care", "Talked through"),
    )
    for name, rule in ACCESS.items():
        if Role.AUDITOR in rule.roles and name not in {"get_me", "break_glass"}:
            seen = told_on_both.send(auditor, name)
            assert seen.status_code == 200, f"{name}: {seen.text}"
            assert not [secret for secret in secrets if secret in seen.text], name
    worker = told_on_both.service.assessor
    plans = told_on_both.send(worker, "list_plans").text
    assert "Evenings are the hardest" in plans, "the words are there for those who work with the family"
    assert "names social care" in told_on_both.send(worker, "get_request").text
    assert "2015-06-14" in told_on_both.send(worker, "get_person").text


def test_someone_taken_off_the_register_is_refused_at_once(service: Service) -> None:
    assessor = service.assessor
    system = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")
    assert assessor.get("/v1/me").status_code == system.get("/v1/me").status_code == 200

    leave(service, "demo-assessor")

    for who in (assessor, system):
        refused = who.get("/v1/me")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-on-staff-register")
    assert "demo-assessor" not in refused.text


def test_a_change_of_role_or_team_counts_at_once(service: Service) -> None:
    person = add_person(service.assessor)
    assessor = service.assessor

    enter(service, "demo-assessor", role=Role.ASSESSOR, team="south")
    assert assessor.get(f"/v1/people/{person['id']}").status_code == 404
    enter(service, "demo-assessor", role=Role.FINANCE)
    assert assessor.get(f"/v1/people/{person['id']}").json()["code"] == "not-allowed-for-role"


@pytest.mark.parametrize(
    ("sender", "named", "code"),
    [
        ("demo-case-system", "nobody-known", "not-on-staff-register"),
        ("demo-case-system", "", "not-on-staff-register"),
        ("demo-case-system", "demo-case-system", "on-behalf-of-needed"),
        ("demo-assessor", "demo-team-manager", "on-behalf-of-needed"),
        ("demo-assessor", "demo-assessor", "on-behalf-of-needed"),
        ("nobody-known", "demo-assessor", "not-on-staff-register"),
        ("nobody-known", None, "not-on-staff-register"),
    ],
)
def test_who_acts_for_whom_is_checked_against_the_register(
    service: Service, sender: str, named: str | None, code: str
) -> None:
    who = service.acting_as(sender, on_behalf_of=named or None)
    headers = {} if named is None else {"RAS-On-Behalf-Of": named}

    refused = who.get("/v1/me", headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (403, code)


def test_a_persons_scopes_mean_nothing_and_do_not_widen_their_role(service: Service) -> None:
    token = service.keys.issue(
        "demo-finance", audience="ras", now=NOW, lasts=NOW - NOW.replace(hour=9), scopes=EVERY_SCOPE
    )
    who = Person(service.client, {"Authorization": f"Bearer {token}"})

    assert who.get("/v1/me").status_code == 200
    assert who.get("/v1/people").status_code == 403


def test_the_log_of_acts_names_the_person_and_the_client(service: Service) -> None:
    system = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")
    made = system.post(
        "/v1/people",
        {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"},
        headers={"Idempotency-Key": "1"},
    )
    add_person(service.assessor, reference="EX-0002")

    rows = "SELECT actor, client FROM audit_entry WHERE act = 'person-added' ORDER BY client"
    with service.database.read() as session:
        named = [tuple(row) for row in session.execute(sa.text(rows))]
    assert named == [("demo-assessor", "demo-assessor"), ("demo-assessor", "demo-case-system")]
    assert made.json()["written"]["by"] == "demo-assessor"
    me = system.get("/v1/me").json()
    assert (me["subject"], me["client"], me["team"]) == ("demo-assessor", "demo-case-system", "north")
