"""What families and workers write in their own words: in a table of its own, apart and erasable.

The append-only row it belongs to keeps only a salted commitment, which tells nothing once the
words and their salt are gone.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.audit.service import commitment
from app.columns import Moment, Row
from ras.canonical import canonical
from ras.reading import read_json


class WordsRow(Row):
    """The words of one record."""

    __tablename__ = "words"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    salt: Mapped[str | None]
    content: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)


def add_words(session: Session, content: dict[str, Any], *, record: UUID, person: UUID) -> str | None:
    """Keep the words of a record.

    Returns:
        The commitment that the record itself keeps; None where there are no words.
    """
    if not content:
        return None
    salt, kept = secrets.token_hex(16), canonical(content)
    session.add(WordsRow(record_id=record, person_id=person, salt=salt, content=kept.decode()))
    return commitment(salt, kept)


def find_words(session: Session, record: UUID) -> dict[str, Any]:
    """The words of a record; none where there are none, or where they were erased."""
    row = session.get(WordsRow, record)
    words: dict[str, Any] = read_json(row.content) if row and row.content else {}
    return words
