"""Plans' SQL."""

from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
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


def find_latest_plan(session: Session, person_id: UUID) -> Plan | None:
    """A person's latest plan, in its latest version."""
    wanted = _PLANS.where(PlanRow.person_id == person_id, PlanVersionRow.version == _LATEST)
    row = session.execute(wanted.order_by(PlanRow.id.desc()).limit(1)).one_or_none()
    return (row[0], row[1]) if row else None


def list_plans(session: Session, query: PlansQuery, *, seen: Select[UUID] | None) -> list[Plan]:
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
    if seen is not None:
        wanted = wanted.where(PlanRow.person_id.in_(seen))
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
