"""Notices' SQL. What budgets are derived from is read in `app.budget.repository`."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.budget.derive import NoticeAct
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


def list_open(session: Session, *, served_after: datetime) -> list[Notice]:
    """Every notice that is a draft, is issued, or whose service was written down after a moment."""
    last = (
        select(NoticeEventRow.notice_id, func.max(NoticeEventRow.sequence).label("sequence"))
        .group_by(NoticeEventRow.notice_id)
        .subquery()
    )
    is_open = or_(
        NoticeEventRow.id.is_(None),
        NoticeEventRow.kind == NoticeAct.ISSUED,
        and_(NoticeEventRow.kind == NoticeAct.SERVED, NoticeEventRow.written_at > served_after),
    )
    wanted = (
        _NOTICES.outerjoin(last, last.c.notice_id == NoticeRow.id)
        .outerjoin(
            NoticeEventRow,
            and_(NoticeEventRow.notice_id == NoticeRow.id, NoticeEventRow.sequence == last.c.sequence),
        )
        .where(is_open)
    )
    found = session.execute(wanted).all()
    events: dict[UUID, list[NoticeEventRow]] = defaultdict(list)
    ids = wanted.with_only_columns(NoticeRow.id)
    of_these = select(NoticeEventRow).where(NoticeEventRow.notice_id.in_(ids))
    for event in session.scalars(of_these.order_by(NoticeEventRow.sequence)):
        events[event.notice_id].append(event)
    return [Notice(row[0], tuple(events[row[0].id]), row[1]) for row in found]


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
