"""A demonstration in an empty database: staff, the example policy and a caseload.

The caseload is imported from CSV, as a council's first import would be.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from app.access import Caller, Role
from app.bulk.rows import read_rows
from app.bulk.schemas import Keep
from app.bulk.service import IMPORTS, import_rows
from app.db import Database
from app.demonstration.caseload import DEFAULT_SEED, DEFAULT_SIZE, caseload
from app.demonstration.files import write_csv
from app.demonstration.lives import Acting, add_lives
from app.ids import NewId
from app.policy import service as policies
from app.staff.repository import list_staff
from app.staff.service import put_on_register
from app.work import Work
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import read_policy

STAFF: dict[str, tuple[Role, str | None]] = {
    "demo-assessor": (Role.ASSESSOR, "north"),
    "demo-assessor-south": (Role.ASSESSOR, "south"),
    "demo-team-manager": (Role.TEAM_MANAGER, "north"),
    "demo-second-team-manager": (Role.TEAM_MANAGER, "north"),
    "demo-panel-chair": (Role.PANEL_CHAIR, None),
    "demo-second-panel-chair": (Role.PANEL_CHAIR, None),
    "demo-finance": (Role.FINANCE, None),
    "demo-partner": (Role.PARTNER, "health"),
    "demo-sen-partner": (Role.PARTNER, "sen-top-up"),
    "demo-policy-lead": (Role.POLICY_LEAD, None),
    "demo-second-policy-lead": (Role.POLICY_LEAD, None),
    "demo-auditor": (Role.AUDITOR, None),
    "demo-case-system": (Role.SYSTEM, None),
}
"""Who is on the demonstration's staff register."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def example_policy() -> PolicyConfiguration:
    """The policy of Exampleshire, which does not exist."""
    return read_policy((files("app") / "demonstration" / "exampleshire.yaml").read_text())


def is_empty(database: Database) -> bool:
    """Whether nobody is on the staff register yet."""
    with database.read() as session:
        return not list_staff(session)


def load_demonstration(
    database: Database,
    *,
    now: datetime,
    make_id: NewId,
    size: int = DEFAULT_SIZE,
    seed: int = DEFAULT_SEED,
    on_progress: Progress | None = None,
) -> None:
    """Fill an empty database, all of it or nothing.

    Args:
        database: A migrated database.
        now: The moment; the caseload is as at its London day.
        make_id: Makes keys.
        size: How many children.
        seed: Which caseload.
        on_progress: Told how far it is.
    """
    tell = on_progress or (lambda _what, _done, _of: None)
    with database.write() as session, TemporaryDirectory() as folder:
        operator = Work(session=session, caller=Caller.operator(), now=now, make_id=make_id)
        for subject, (role, team) in STAFF.items():
            put_on_register(operator, subject, role=role, team=team)
        publish(example_policy(), session, now=now, make_id=make_id)
        children = caseload(
            example_policy(),
            as_at=operator.today,
            seed=seed,
            size=size,
            on_progress=lambda done: tell("drawing the caseload", done, size),
        )
        for path in write_csv(Path(folder), children):
            import_rows(
                operator,
                read_rows(path.read_bytes()),
                IMPORTS[path.stem],
                keep=Keep.ALL_OR_NOTHING,
                on_progress=partial(_tell_import, tell, path.stem, size),
            )
        add_lives(_acting(session, now=now, make_id=make_id))


def publish(policy: PolicyConfiguration, session: Session, *, now: datetime, make_id: NewId) -> None:
    """Draft a policy as one person, and approve and publish it as another."""
    lead = _acting(session, now=now, make_id=make_id)
    latest = policies.draft_policy(lead("demo-policy-lead"), policy)
    for act in (policies.approve_policy, policies.publish_policy):
        latest = act(lead("demo-second-policy-lead", latest.etag), latest.id)


def _acting(session: Session, *, now: datetime, make_id: NewId) -> Acting:
    """Makes the work of anyone on the demonstration's staff register."""

    def acting(subject: str, if_match: str | None = None) -> Work:
        role, team = STAFF[subject]
        caller = Caller(subject=subject, role=role, team=team, client=subject)
        return Work(session=session, caller=caller, now=now, make_id=make_id, if_match=if_match)

    return acting


def _tell_import(tell: Progress, name: str, of: int, done: int) -> None:
    tell(f"importing {name}", done, of)
