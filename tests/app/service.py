"""The service under test: an application, a clock that tests move, and people to act as."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.access import ACCESS, Caller, Role
from app.db import Database
from app.demonstration.load import STAFF, example_policy, publish
from app.ids import new_id
from app.main import create_app
from app.migration import migrate
from app.settings import Settings
from app.staff.service import put_on_register, take_off_register
from app.tokens import LocalKeys
from app.work import Work
from ras.canonical import as_written

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""When tests begin, unless they say otherwise: a Monday."""

EVERY_SCOPE = " ".join(
    f"{what}.{how}"
    for what in sorted({rule.scope.partition(".")[0] for rule in ACCESS.values() if rule.scope})
    for how in ("read", "write")
)


@dataclass
class Clock:
    """A clock that says what it is told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Ids:
    """Keys that come out the same every time: the moment and a count."""

    count: int = 0

    def __call__(self, now: datetime) -> UUID:
        self.count += 1
        milliseconds = int(now.timestamp() * 1000)
        return UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | self.count)


@dataclass
class Person:
    """Someone who calls the service."""

    client: TestClient
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> Response:
        return self.send("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> Response:
        return self.send("POST", path, json=json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> Response:
        return self.send("PUT", path, json=json, **more)

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Response:
        return self.client.request(method, path, headers={**self.headers, **(headers or {})}, **more)


@dataclass
class Service:
    """The service, its clock, and everyone on the demonstration's staff register."""

    app: FastAPI
    client: TestClient
    clock: Clock
    keys: LocalKeys

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    @property
    def public(self) -> Person:
        """Somebody without a token."""
        return Person(self.client)

    def acting_as(self, subject: str, *, on_behalf_of: str | None = None, scope: str = EVERY_SCOPE) -> Person:
        """Someone with a good token. A system names the user it acts for."""
        token = self.keys.issue(
            subject,
            audience="ras",
            now=self.clock.now,
            lasts=timedelta(hours=1),
            scopes=scope if on_behalf_of else "",
        )
        headers = {"Authorization": f"Bearer {token}"}
        if on_behalf_of:
            headers["RAS-On-Behalf-Of"] = on_behalf_of
        return Person(self.client, headers)

    @property
    def assessor(self) -> Person:
        """A social worker in team north."""
        return self.acting_as("demo-assessor")


@contextmanager
def new_service(
    url: str, folder: Path, *, clock: Clock | None = None, ids: Ids | None = None, **settings: Any
) -> Iterator[Service]:
    """The service on a migrated database. Its public side looks at every request what is published.

    However much a test asks, it is not too much, and a machine that has other work is waited for, unless the
    test says otherwise.
    """
    clock = clock or Clock()
    settings = {
        "local_offer_fresh_seconds": 0,
        "rate_per_client": "",
        "rate_per_address": "",
        "busy_seconds": 30,
        **settings,
    }
    app = create_app(
        Settings(data_dir=folder, database_url=url, **settings), clock=clock, make_id=ids or new_id
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Service(app=app, client=client, clock=clock, keys=LocalKeys(folder))


def template_of(url: str, *, with_policy: bool = True) -> None:
    """Migrate a database, and put the demonstration's staff and, if wanted, its policy into it."""
    database = Database(url)
    migrate(database)
    with database.write() as session:
        fill_register(Work(session=session, caller=Caller.operator(), now=NOW, make_id=new_id))
        if with_policy:
            publish(example_policy(), session, now=NOW, make_id=new_id)
    database.close()


def fill_register(work: Work) -> None:
    """Put the demonstration's staff on the register."""
    for subject, (role, team) in STAFF.items():
        put_on_register(work, subject, role=role, team=team)


@contextmanager
def operating(service: Service) -> Iterator[Work]:
    """The operator's work on the service's database, as `ras staff` does it."""
    with service.database.write() as session:
        yield Work(session=session, caller=Caller.operator(), now=service.clock.now, make_id=new_id)


def enter(service: Service, subject: str, *, role: Role, team: str | None = None) -> Person:
    """Put someone on the register, or change what they are, and act as them."""
    with operating(service) as work:
        put_on_register(work, subject, role=role, team=team)
    return service.acting_as(subject)


def leave(service: Service, subject: str) -> None:
    """Take someone off the register."""
    with operating(service) as work:
        take_off_register(work, subject)


def policy_document(**changes: Any) -> dict[str, Any]:
    """The example policy's document, changed at the top level.

    Its prices begin with it, so that none is old; the examples, which hold for it alone, are left out.
    """
    document = {**as_written(example_policy()), "examples": [], **changes}
    if not document["examples"]:
        del document["examples"]
    if "rate_card" not in changes:
        for item in document["rate_card"]["items"]:
            for price in item["prices"]:
                price["valid_from"] = document["valid_from"]
    return document


def plan_content(**changes: Any) -> dict[str, Any]:
    """The body of a good plan, without whose it is, changed at the top level."""
    written = (files("app") / "demonstration" / "example-plan.yaml").read_text()
    plan = yaml.load(written, Loader=yaml.BaseLoader)  # noqa: S506  it makes nothing but text
    del plan["born_on"]
    for resource in plan["resources"]:
        for flag in ("willing_and_able", "will_last"):
            resource[flag] = resource[flag] == "true"
    for answered in plan["circumstances"]:
        if "count" in answered:
            answered["count"] = int(answered["count"])
    for line in plan["lines"]:
        for number in ("weeks", "quoted_price_pence"):
            if number in line:
                line[number] = int(line[number].replace("_", ""))
    return {
        "kind": "ehc",
        "reference": "EHC-2026-0001",
        "next_ehc_review_on": "2027-03-01",
        **plan,
        **changes,
    }


def add_person(person: Person, **changes: Any) -> dict[str, Any]:
    """Add a made-up child to team north."""
    body = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north", **changes}
    made: dict[str, Any] = good(person.post("/v1/people", body))
    return made


def add_plan(person: Person, person_id: str, **changes: Any) -> dict[str, Any]:
    """Add a good plan for a child."""
    made: dict[str, Any] = good(person.post("/v1/plans", {**plan_content(**changes), "person_id": person_id}))
    return made


def add_assessment(person: Person, plan_id: str, **changes: Any) -> dict[str, Any]:
    """Assess a plan as of today."""
    body = {"plan_id": plan_id, "effective_on": "2026-11-23", **changes}
    made: dict[str, Any] = good(person.post("/v1/assessments", body))
    return made


def good(response: Response) -> Any:
    """The body of an answer that has to be a 2xx."""
    assert response.is_success, f"{response.status_code}: {response.text}"
    return response.json()
