"""Notices' SQL. What budgets are derived from is read in `app.budget.repository`."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.budget.repository import Notice
from app.budget.tables import NoticeEventRow, NoticeRow
from app.errors import NotFound
from app.notice.schemas import NoticesQuery
from app.policy.tables import PolicyRevisionRow

_NOTICES = select(NoticeRow, PolicyRevisionRow).join(
    PolicyRevisionRow, PolicyRevisionRow.id == NoticeRow.policy_revision_id
)


def get_notice(session: Session, notice_id: UUID) -> Notice:
    """A notice.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_NOTICES.where(NoticeRow.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound
    return _with_events(session, row[0], row[1])


def list_notices(session: Session, query: NoticesQuery, *, seen: Select[UUID] | None) -> list[Notice]:
    """A page of notices and one more, oldest first."""
    wanted = _NOTICES.order_by(NoticeRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(NoticeRow.person_id == query.person_id)
    if query.decision_id is not None:
        wanted = wanted.where(NoticeRow.decision_id == query.decision_id)
    if seen is not None:
        wanted = wanted.where(NoticeRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(NoticeRow.id > query.after)
    return [_with_events(session, row[0], row[1]) for row in session.execute(wanted).all()]


def add_notice(session: Session, row: NoticeRow) -> None:
    """Add a notice."""
    session.add(row)
    session.flush()


def add_event(session: Session, row: NoticeEventRow) -> None:
    """Add what happened to one."""
    session.add(row)
    session.flush()


def _with_events(session: Session, row: NoticeRow, policy: PolicyRevisionRow) -> Notice:
    wanted = select(NoticeEventRow).where(NoticeEventRow.notice_id == row.id)
    events = session.scalars(wanted.order_by(NoticeEventRow.sequence))
    return Notice(row, tuple(events), policy)
