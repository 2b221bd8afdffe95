"""Plans' SQL."""

from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
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
_PLAN = _PLANS.where(PlanRow.id == bindparam("plan_id"))
_LATEST_PLAN = _PLAN.where(PlanVersionRow.version == _LATEST)
_PLAN_VERSION = _PLAN.where(PlanVersionRow.version == bindparam("version_number"))


def get_plan(session: Session, plan_id: UUID, version: int | None = None) -> Plan:
    """A plan in one version, or in its latest.

    Raises:
        NotFound: there is none.
    """
    wanted = _LATEST_PLAN if version is None else _PLAN_VERSION
    row = session.execute(wanted, {"plan_id": plan_id, "version_number": version}).one_or_none()
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


def add_plan(session: Session, plan: PlanRow) -> None:
    """Add a plan."""
    session.add(plan)
    session.flush()


def add_version(session: Session, version: PlanVersionRow) -> None:
    """Add a version."""
    session.add(version)
    session.flush()
