"""The public side: anyone may ask, nothing is stored, and it knows of nobody."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from app.access import ACCESS
from app.columns import Row
from app.local_offer.repository import MADE_FROM, PublishedPolicies
from tests.app.lives import awarded
from tests.app.rows import row_counts
from tests.app.service import (
    Service,
    add_assessment,
    add_person,
    add_plan,
    good,
    new_service,
    plan_content,
)
from tests.figures import Figure

VIEW = "local_offer_policy"
ANSWERS: dict[str, Any] = {
    "age": 11,
    "needs": [
        {"domain": "independence", "level": "frequent"},
        {"domain": "behaviour", "level": "regular"},
        {"domain": "relationships", "level": "constant"},
        {"domain": "education", "level": "now-and-then"},
    ],
    "resources": [{"domain": "independence", "kind": "family", "contribution": "some"}],
    "circumstances": [
        {"circumstance": "area", "choice": "remote"},
        {"circumstance": "disabled-siblings", "count": 1},
    ],
}
PUBLIC: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "estimate": (
        ("POST", "/local-offer/v1/estimates", ANSWERS),
        ("POST", "/local-offer/v1/estimates", {**ANSWERS, "age": 30}),
        ("POST", "/local-offer/v1/estimates", {}),
    ),
    "get_local_offer_policy": (
        ("GET", "/local-offer/v1/policy", None),
        ("GET", "/local-offer/v1/policy?on=2026-11-23", None),
        ("GET", "/local-offer/v1/policy?on=1999-01-01", None),
    ),
    "get_calendar": (("GET", "/calendars/a-secret-that-was-guessed.ics", None),),
    "livez": (("GET", "/livez", None),),
    "readyz": (("GET", "/readyz", None),),
    "version": (("GET", "/version", None),),
    "docs": (("GET", "/docs", None),),
    "docs_asset": (("GET", "/docs/swagger-ui.css", None), ("GET", "/docs/nothing", None)),
}
"""Each operation that answers without a token, and how it is asked. A calendar is for who has its secret."""


def estimate(service: Service, **changes: Any) -> Response:
    return service.public.post("/local-offer/v1/estimates", {**ANSWERS, **changes})


def as_plan() -> dict[str, Any]:
    """The same answers as a plan: one level at every horizon, and what is there will last."""
    return plan_content(
        starts_on="2026-11-23",
        needs=[
            {"domain": need["domain"], "levels": dict.fromkeys(("short", "medium", "long"), need["level"])}
            for need in ANSWERS["needs"]
        ],
        resources=[{**one, "willing_and_able": True, "will_last": True} for one in ANSWERS["resources"]],
        circumstances=ANSWERS["circumstances"],
        lines=[],
    )


def test_an_estimate_is_the_same_pence_as_an_assessment_of_the_same_answers(service: Service) -> None:
    given = good(estimate(service))
    body = {"born_on": "2015-06-14", "effective_on": "2026-11-23", "content": as_plan()}
    result = good(service.assessor.post("/v1/assessments:try", body))["result"]

    assert given["indicative_annual_pence"] == result["indicative_annual_pence"] > 0
    assert given["working"] == [step for step in result["working"] if step["horizon"] == "short"]
    assert len(given["sentences"]) == len(given["working"])
    assert given["policy"]["sha256"] == result["policy"]["sha256"]
    assert "ILLUSTRATIVE ONLY" in given["policy"]["illustrative"]
    assert "not a promise" in given["meaning"]


def test_an_estimate_writes_nothing_at_all(service: Service) -> None:
    before, bytes_before = row_counts(service), _bytes(service)

    for _ in range(3):
        answer = estimate(service)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in answer.headers
    service.public.get("/local-offer/v1/policy")

    assert row_counts(service) == before
    assert _bytes(service) == bytes_before


def _bytes(service: Service) -> list[bytes]:
    """The files of an SQLite database: it, and what is not yet in it. None for PostgreSQL."""
    path = Path(str(service.database.url.database))
    files = [path, path.with_name(path.name + "-wal")] if service.database.is_sqlite else []
    return [file.read_bytes() for file in files if file.exists()]


def test_answers_that_are_not_complete_are_told_by_name(service: Service) -> None:
    refused = estimate(service, needs=ANSWERS["needs"][1:], circumstances=ANSWERS["circumstances"][:1])
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-does-not-fit")
    assert {problem["code"] for problem in refused.json()["problems"]} == {"unanswered-circumstance"}
    refused = estimate(service, needs=ANSWERS["needs"][1:])
    assert "independence" in refused.json()["problems"][0]["message"]


def test_a_name_or_a_date_of_birth_is_not_taken(service: Service) -> None:
    for more in ({"name": "Ann"}, {"born_on": "2015-06-14"}, {"reference": "EX-0001"}):
        assert estimate(service, **more).status_code == 422


@pytest.mark.parametrize("on", ["2026-03-31", "2020-01-01"])
def test_where_no_policy_is_in_force_there_is_no_estimate(service: Service, on: str) -> None:
    assert estimate(service, on=on).json()["code"] == "no-policy-in-force"
    assert service.public.get(f"/local-offer/v1/policy?on={on}").json()["code"] == "no-policy-in-force"


def test_the_policy_is_published_whole_and_in_plain_words(service: Service) -> None:
    shown = good(service.public.get("/local-offer/v1/policy"))
    in_force = good(service.assessor.get("/v1/policies/in-force?on=2026-11-23"))

    assert shown["document"] == in_force["document"]
    assert shown["policy"]["sha256"] == in_force["sha256"]
    assert shown["how_amounts_are_worked_out"]
    assert shown["table"]
    assert "demo-policy-lead" not in str(shown), "who wrote it is not published"


def test_a_draft_is_not_published(service: Service) -> None:
    before = service.public.get("/local-offer/v1/policy?on=2026-11-23")
    service.clock.now = service.clock.now.replace(month=3)
    second = service.acting_as("demo-second-policy-lead")
    policy = good(second.get("/v1/policies"))["items"][0]
    path = f"/v1/policies/{policy['id']}"
    etag = {"If-Match": second.get(path).headers["ETag"]}
    good(second.post(f"{path}/withdraw", headers=etag))

    assert before.status_code == 200
    assert service.public.get("/local-offer/v1/policy?on=2026-11-23").status_code == 409
    assert estimate(service, on="2026-11-23").status_code == 409


def test_who_has_the_policy_already_is_told_so(service: Service) -> None:
    first = service.public.get("/local-offer/v1/policy")
    etag = first.headers["ETag"]

    assert first.headers["Cache-Control"].startswith("public, max-age=")
    for known in (etag, f"W/{etag}", f'"another", {etag}', "*"):
        again = service.public.get("/local-offer/v1/policy", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    for unknown in ('"another"', etag.strip('"'), ""):
        again = service.public.get("/local-offer/v1/policy", headers={"If-None-Match": unknown})
        assert again.content == first.content


def test_any_website_may_ask_the_public_side_and_no_other_part(sqlite_service: Service) -> None:
    origin = {"Origin": "https://www.exampleshire.example"}
    shown = sqlite_service.public.get("/local-offer/v1/policy", headers=origin)
    assert shown.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in shown.headers
    asked = {
        **origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = sqlite_service.public.send("OPTIONS", "/local-offer/v1/estimates", headers=asked)
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    for path in ("/v1/me", "/v1/people", "/version", "/docs"):
        other = sqlite_service.assessor.get(path, headers=origin)
        assert "Access-Control-Allow-Origin" not in other.headers, path
        refused = sqlite_service.public.send("OPTIONS", path, headers=asked)
        assert "Access-Control-Allow-Origin" not in refused.headers, path


def test_a_token_changes_nothing(service: Service) -> None:
    for who in (service.public, service.assessor, service.acting_as("nobody-known")):
        assert (
            who.get("/local-offer/v1/policy").content == service.public.get("/local-offer/v1/policy").content
        )


FORBIDDEN = [
    "SELECT count(*) FROM {table}",
    "SELECT * FROM {table}",
    "SELECT (SELECT 1 FROM {table} LIMIT 1) FROM local_offer_policy",
    "SELECT 1 FROM local_offer_policy WHERE EXISTS (SELECT 1 FROM {table})",
    "SELECT * FROM (SELECT * FROM {table}) AS local_offer_policy",
    "DELETE FROM {table}",
]
IN_DISGUISE = "WITH local_offer_policy AS (SELECT * FROM {table}) SELECT * FROM local_offer_policy"
"""What a query calls like the view. It reaches no table but the two that the view is made from."""


@contextmanager
def public_connection(service: Service, url: str = "") -> Iterator[sa.Connection]:
    """The connection that the public side itself would use."""
    where = url or service.database.url.render_as_string(hide_password=False)
    policies = PublishedPolicies(where, busy_seconds=1)
    with policies._engine.connect() as connection:  # noqa: SLF001  its rights are what is looked at
        yield connection
    policies.close()


def test_on_sqlite_its_connection_can_read_nothing_but_the_view(sqlite_service: Service) -> None:
    with public_connection(sqlite_service) as connection:
        assert len(connection.execute(sa.text(f"SELECT * FROM {VIEW}")).all()) == 1  # noqa: S608  its name
        tables = [*Row.metadata.tables, "alembic_version", "sqlite_master"]
        for table in tables:
            for statement in FORBIDDEN if table in MADE_FROM else [*FORBIDDEN, IN_DISGUISE]:
                with pytest.raises(sa.exc.DBAPIError, match=r"prohibited|not authorized|may not"):
                    connection.exec_driver_sql(statement.format(table=table)).all()
                connection.rollback()
        for statement in ("PRAGMA database_list", "ATTACH ':memory:' AS more", "CREATE TEMP TABLE t (x)"):
            with pytest.raises(sa.exc.DBAPIError, match="not authorized"):
                connection.exec_driver_sql(statement)


LIMITED = "local_offer_reader"


@pytest.fixture
def limited_url(service: Service) -> str:
    """The database as a role that was granted the view and nothing else; on SQLite as it is."""
    if service.database.is_sqlite:
        return service.database.url.render_as_string(hide_password=False)
    name = service.database.url.database
    with service.database.writing.begin() as connection:
        known = connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": LIMITED})
        if not known:
            connection.exec_driver_sql(f"CREATE ROLE {LIMITED} LOGIN")
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO {LIMITED}")
        connection.exec_driver_sql(f"GRANT SELECT ON {VIEW} TO {LIMITED}")
    return service.database.url.set(username=LIMITED).render_as_string(hide_password=False)


def test_it_works_under_rights_to_the_view_alone(service: Service, limited_url: str, tmp_path: Path) -> None:
    url = service.database.url.render_as_string(hide_password=False)
    with new_service(url, tmp_path, local_offer_database_url=limited_url) as limited:
        for method, path, body in (each for requests in PUBLIC.values() for each in requests):
            answers = [who.public.send(method, path, json=body).content for who in (limited, service)]
            assert answers[0] == answers[1], path
        assert limited.assessor.get("/v1/people").status_code == 200


def test_on_postgresql_those_rights_reach_nothing_else(service: Service, limited_url: str) -> None:
    if service.database.is_sqlite:
        return  # shown above, by the connection itself
    with public_connection(service, limited_url) as connection:
        assert connection.execute(sa.text(f"SELECT count(*) FROM {VIEW}")).scalar() == 1  # noqa: S608  its name
        connection.rollback()
        for table in [*Row.metadata.tables, "alembic_version"]:
            for statement in [*FORBIDDEN, IN_DISGUISE]:
                with pytest.raises(sa.exc.DBAPIError, match=r"permission denied|read-only"):
                    connection.exec_driver_sql(statement.format(table=table)).all()
                connection.rollback()
        with pytest.raises(sa.exc.DBAPIError, match=r"permission denied|read-only"):
            connection.exec_driver_sql("CREATE TABLE mine (x int)")


def test_two_databases_that_differ_only_in_children_answer_the_same_bytes(
    service: Service, tmp_path: Path, figure: Figure
) -> None:
    assert PUBLIC.keys() == {name for name, rule in ACCESS.items() if rule.scope is None}
    asked = [each for requests in PUBLIC.values() for each in requests]
    before = [service.public.send(method, path, json=body) for method, path, body in asked]

    for number in range(3):
        child = add_person(service.assessor, reference=f"EX-{number:04}")
        add_assessment(service.assessor, add_plan(service.assessor, child["id"])["id"])
    awarded(service, reference="EX-2026", day="2026-11-23")
    url = service.database.url.render_as_string(hide_password=False)
    with new_service(url, tmp_path) as fresh:
        for (method, path, body), first in zip(asked, before, strict=True):
            for who in (service, fresh):
                again = who.public.send(method, path, json=body)
                assert again.content == first.content, path
                assert (again.status_code, _told(again)) == (first.status_code, _told(first)), path
    figure("public requests compared over two databases", len(asked))


def _told(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def test_a_plain_sqlite_connection_would_have_read_the_table(sqlite_service: Service) -> None:
    """So that the test above is seen to look at something that is there."""
    with closing(sqlite3.connect(str(sqlite_service.database.url.database))) as connection:
        assert connection.execute("SELECT count(*) FROM staff").fetchone()[0] > 0
