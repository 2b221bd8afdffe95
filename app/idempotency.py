"""Idempotency keys: the same key and request, the same answer; kept with the effect it answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi.responses import Response
from sqlalchemy import LargeBinary, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.columns import Moment, Row
from app.errors import Erased, KeyReused
from app.problems import answer

KEY_PATTERN = r"^[!-~]{1,128}$"
KEPT_FOR = timedelta(hours=24)
"""How long an answer is kept for its key. It holds what the answer held, so no longer than is useful."""
KEPT_HEADERS = ("content-type", "etag", "location")


class IdempotencyKeyRow(Row):
    """What a client's key was answered with."""

    __tablename__ = "idempotency_key"

    client: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    status: Mapped[int]
    headers: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kept_at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class Key:
    """A client's key for one request.

    Attributes:
        client: Who sent it; another client's same key is another key.
        key: What they sent.
        request_sha256: The request it stands for: method, address and canonical body.
    """

    client: str
    key: str
    request_sha256: str


def find_answer(session: Session, key: Key) -> Response | None:
    """The answer already given for a key.

    Raises:
        KeyReused: the key came before with another request.
    """
    row = session.get(IdempotencyKeyRow, (key.client, key.key))
    if row is None:
        return None
    if row.request_sha256 != key.request_sha256:
        raise KeyReused
    headers = dict(line.split(": ", 1) for line in row.headers.splitlines())
    return Response(row.body, status_code=row.status, headers={**headers, "Idempotency-Replayed": "true"})


def keep_answer(session: Session, key: Key, response: Response, *, about: UUID | None, now: datetime) -> None:
    """Keep the answer with its effect, in the same transaction, and let old ones go.

    Args:
        session: The transaction.
        key: The key.
        response: The answer.
        about: The person it is about, so that what is erased of them is not answered again.
        now: The moment of the request.
    """
    session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.kept_at < now - KEPT_FOR))
    session.add(
        IdempotencyKeyRow(
            client=key.client,
            key=key.key,
            request_sha256=key.request_sha256,
            status=response.status_code,
            headers=_kept_headers(response),
            body=bytes(response.body),
            person_id=about,
            kept_at=now,
        )
    )


def count_kept(session: Session) -> int:
    """How many answers are kept."""
    return session.scalars(select(func.count()).select_from(IdempotencyKeyRow)).one()


def take_answers_back(session: Session, person_id: UUID) -> None:
    """Forget what was answered about a person, of whom something is erased. The keys stay used."""
    gone = answer(Erased())
    session.execute(
        update(IdempotencyKeyRow)
        .where(IdempotencyKeyRow.person_id == person_id)
        .values(status=gone.status_code, headers=_kept_headers(gone), body=bytes(gone.body))
    )


def _kept_headers(response: Response) -> str:
    return "\n".join(f"{name}: {response.headers[name]}" for name in KEPT_HEADERS if name in response.headers)
