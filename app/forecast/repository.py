"""The SQL of what finance is shown: of each person with a budget, the team and the date of birth."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.budget.tables import DecisionRow
from app.person.tables import PersonRevisionRow


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person now.

    Attributes:
        team: Their team.
        born_on: Their date of birth, which no answer to finance holds.
    """

    team: str
    born_on: date


_LATEST = (
    select(PersonRevisionRow.person_id, func.max(PersonRevisionRow.revision).label("revision"))
    .where(PersonRevisionRow.person_id.in_(select(DecisionRow.person_id)))
    .group_by(PersonRevisionRow.person_id)
    .subquery()
)
_KNOWN = select(PersonRevisionRow.person_id, PersonRevisionRow.team, PersonRevisionRow.born_on).join(
    _LATEST,
    and_(
        _LATEST.c.person_id == PersonRevisionRow.person_id,
        _LATEST.c.revision == PersonRevisionRow.revision,
    ),
)


def known_of_everyone(session: Session) -> dict[UUID, Known]:
    """The latest of what is known of everyone for whom anything was decided, by person."""
    return {row[0]: Known(row[1], row[2]) for row in session.execute(_KNOWN)}
