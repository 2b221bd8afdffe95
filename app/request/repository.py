"""Requests' SQL."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.request.schemas import RequestsQuery
from app.request.tables import BudgetRequestRow, RequestOutcomeRow

Request = tuple[BudgetRequestRow, RequestOutcomeRow | None]
"""A request and its outcome, if it has one."""

_REQUESTS: Select[BudgetRequestRow, RequestOutcomeRow] = select(
    BudgetRequestRow, RequestOutcomeRow
).outerjoin(RequestOutcomeRow, RequestOutcomeRow.request_id == BudgetRequestRow.id)


def get_request(session: Session, request_id: UUID) -> Request:
    """A request.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_REQUESTS.where(BudgetRequestRow.id == request_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_requests(session: Session, query: RequestsQuery, *, seen: Select[UUID] | None) -> list[Request]:
    """A page of requests and one more, oldest first."""
    wanted = _REQUESTS.order_by(BudgetRequestRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(BudgetRequestRow.person_id == query.person_id)
    if seen is not None:
        wanted = wanted.where(BudgetRequestRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(BudgetRequestRow.id > query.after)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def add_request(session: Session, row: BudgetRequestRow) -> None:
    """Add a request."""
    session.add(row)
    session.flush()


def add_outcome(session: Session, row: RequestOutcomeRow) -> None:
    """Add what was answered."""
    session.add(row)
    session.flush()
