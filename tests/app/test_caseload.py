"""The demonstration caseload goes through the service, and every figure comes out again the same.

The replays run in processes of their own, under other hash seeds, time zones and locales.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.access import Caller, Role
from app.assessment.schemas import NewAssessment
from app.assessment.service import add_assessment
from app.assessment.tables import AssessmentRow
from app.clock import london_day
from app.db import Database
from app.demonstration.lives import HOW_MANY
from app.demonstration.load import load_demonstration
from app.ids import new_id
from app.migration import migrate
from app.person.tables import PersonRow
from app.plan.tables import PlanRow
from app.staff.service import put_on_register
from app.work import Work
from ras.canonical import canonical, sha256
from ras.reading import read_json
from tests.app.service import NOW, Service, new_service
from tests.postgres import new_database

TEAMS = ("north", "south", "early-help", "transitions")
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8"},
)
LARGE = 400


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, on each of the two."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ras.db'}"
    return new_database(request.getfixturevalue("postgres"))


def filled(url: str, *, size: int) -> Database:
    """A database with a demonstration caseload of so many children."""
    database = Database(url)
    migrate(database)
    load_demonstration(database, now=NOW, make_id=new_id, size=size)
    return database


def everyone(service: Service, path: str) -> Iterator[dict[str, Any]]:
    """Every record of a list, page by page, as each team sees its own."""
    for team in TEAMS:
        following: str | None = f"{path}?limit=200"
        while following:
            page = service.acting_as(f"assessor-{team}").get(following)
            yield from ({**item, "as": f"assessor-{team}"} for item in page.json()["items"])
            following = page.links["next"]["url"] if "next" in page.links else None


def test_the_whole_caseload_is_scored_kept_explained_and_replayed_through_the_api(
    empty_url: str, tmp_path: Path
) -> None:
    database = filled(empty_url, size=111)
    with database.write() as session:
        operator = Work(session=session, caller=Caller.operator(), now=NOW, make_id=new_id)
        for team in TEAMS:
            put_on_register(operator, f"assessor-{team}", role=Role.ASSESSOR, team=team)
    database.close()

    with new_service(empty_url, tmp_path) as service:
        total = 0
        for plan in everyone(service, "/v1/plans"):
            assessor = service.acting_as(plan["as"])
            body = {"plan_id": plan["id"], "effective_on": NOW.date().isoformat()}
            kept = assessor.post("/v1/assessments", body).json()
            total += kept["indicative_annual_pence"]

            path = f"/v1/assessments/{kept['id']}"
            assert assessor.get(path).json() == kept
            assert sha256(kept["result"]) == kept["result_sha256"]
            assert len(kept["sentences"]["working"]) == len(kept["result"]["working"])
            assert kept["sentences"]["working"][-1] in assessor.get(f"{path}/statement?format=text").text
            assert assessor.get(f"{path}/replay").json()["equal"]
        assert len(list(everyone(service, "/v1/assessments"))) == 111 + HOW_MANY
    assert abs(total - 420_000_00) < 420_000_00 * 2 // 100


def test_hundreds_of_assessments_replay_to_the_same_bytes_anywhere(tmp_path: Path, postgres: str) -> None:
    kept = assessed(filled(f"sqlite:///{tmp_path / 'ras.db'}", size=LARGE))
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(kept))

    for environment in ENVIRONMENTS:
        run = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "tests.app.replay", str(file)],
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
            text=True,
        )
        assert run.stdout == f"{LARGE} equal, 0 different\n", run.stderr

    elsewhere = assessed(filled(new_database(postgres), size=LARGE))
    assert {who: it["result"] for who, it in elsewhere.items()} == {
        who: it["result"] for who, it in kept.items()
    }


def test_a_changed_byte_does_not_replay(tmp_path: Path) -> None:
    kept = assessed(filled(f"sqlite:///{tmp_path / 'ras.db'}", size=3))
    first = next(iter(kept))
    kept[first]["result"] = kept[first]["result"].replace('"sufficient":', '"sufficient" :')
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(kept))

    run = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "tests.app.replay", str(file)], capture_output=True, check=False, text=True
    )

    assert run.stdout == "2 equal, 1 different\n", run.stderr


def assessed(database: Database) -> dict[str, dict[str, str]]:
    """Assess every plan of a database; what was kept, by the child's reference."""
    with database.write() as session:
        work = Work(session=session, caller=Caller.operator(), now=NOW, make_id=new_id)
        for plan_id in list(session.scalars(select(PlanRow.id))):
            add_assessment(work, NewAssessment(plan_id=plan_id, effective_on=london_day(NOW)))
        rows = session.execute(
            select(PersonRow.reference, AssessmentRow.inputs, AssessmentRow.result).join(
                AssessmentRow, AssessmentRow.person_id == PersonRow.id
            )
        )
        kept = {row.reference: {"inputs": row.inputs, "result": row.result} for row in rows}
    database.close()
    assert all(canonical(read_json(it["result"])).decode() == it["result"] for it in kept.values())
    assert date.fromisoformat(read_json(kept["EX-000001"]["inputs"])["effective_on"]) == london_day(NOW)
    return kept
