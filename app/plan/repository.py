"""Plans' SQL."""

from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.person.repository import only_teams_people
from app.plan.schemas import PlansQuery
from app.plan.tables import PlanRow, PlanVersionRow

Plan = tuple[PlanRow, PlanVersionRow]
"""A plan and one of its versions."""

_other = aliased(PlanVersionRow)
_LATEST = select(func.max(_other.version)).where(_other.plan_id == PlanRow.id).scalar_subquery()
_PLANS = select(PlanRow, PlanVersionRow).join(PlanVersionRow, PlanVersionRow.plan_id == PlanRow.id)


def get_plan(session: Session, plan_id: UUID, version: int | None = None) -> Plan:
    """A plan in one version, or in its latest.

    Raises:
        NotFound: there is none.
    """
    wanted = _PLANS.where(
        PlanRow.id == plan_id, PlanVersionRow.version == (_LATEST if version is None else version)
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_plans(session: Session, query: PlansQuery, *, only_team: str | None) -> list[Plan]:
    """A page of plans in their latest versions and one more, oldest first."""
    wanted = (
        select(PlanRow, PlanVersionRow)
        .join(
            PlanVersionRow,
            and_(PlanVersionRow.plan_id == PlanRow.id, PlanVersionRow.version == _LATEST),
        )
        .order_by(PlanRow.id)
        .limit(query.limit + 1)
    )
    if query.person_id is not None:
        wanted = wanted.where(PlanRow.person_id == query.person_id)
    if only_team is not None:
        wanted = wanted.where(PlanRow.person_id.in_(only_teams_people(only_team)))
    if query.after is not None:
        wanted = wanted.where(PlanRow.id > query.after)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def get_version(session: Session, version_id: UUID) -> Plan:
    """The plan and version with that version's key.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_PLANS.where(PlanVersionRow.id == version_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def add_plan(session: Session, plan: PlanRow) -> None:
    """Add a plan."""
    session.add(plan)
    session.flush()


def add_version(session: Session, version: PlanVersionRow) -> None:
    """Add a version."""
    session.add(version)
    session.flush()
