"""Who is who: tokens and on-behalf-of are checked against the register, never believed by themselves."""

import re

from sqlalchemy.orm import Session

from app.access import Caller, Role
from app.errors import NotOnStaffRegister, OnBehalfOfNeeded
from app.staff import repository
from app.staff.tables import StaffRow
from app.tokens import Claims
from app.work import Work

TEAM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NEEDS_TEAM = frozenset({Role.ASSESSOR, Role.TEAM_MANAGER, Role.PARTNER})
PARTNERS = frozenset({"health", "sen-top-up"})
"""For a partner the team is the component it funds."""


def identify(session: Session, claims: Claims, on_behalf_of: str | None) -> Caller:
    """The caller behind a verified token.

    Raises:
        NotOnStaffRegister: the token's subject, or the user named, is not on the register.
        OnBehalfOfNeeded: a system names nobody, or someone who is not a system names somebody.
    """
    own = _active(session, claims.subject)
    if own.role != Role.SYSTEM:
        if on_behalf_of is not None:
            raise OnBehalfOfNeeded
        return Caller(subject=own.subject, role=Role(own.role), team=own.team, client=own.subject)
    if on_behalf_of is None:
        raise OnBehalfOfNeeded
    user = _active(session, on_behalf_of)
    if user.role == Role.SYSTEM:
        raise OnBehalfOfNeeded
    return Caller(
        subject=user.subject,
        role=Role(user.role),
        team=user.team,
        client=own.subject,
        scopes=claims.scopes,
    )


def _active(session: Session, subject: str) -> StaffRow:
    # PostgreSQL has no text with a NUL in it.
    row = repository.find_staff(session, subject) if subject.isprintable() else None
    if row is None or not row.active:
        raise NotOnStaffRegister
    return row


def put_on_register(work: Work, subject: str, *, role: Role, team: str | None) -> None:
    """Put someone on the register, or change what they are.

    Raises:
        ValueError: the role needs a team, or the team's name is not one.
    """
    if role in NEEDS_TEAM and not team:
        raise ValueError(f"a {role} belongs to a team")
    if role is Role.PARTNER and team not in PARTNERS:
        raise ValueError("a partner's team is the component it funds: health or sen-top-up")
    if team and not TEAM.fullmatch(team):
        raise ValueError(f"'{team}' is not a team's name: use lower case, digits and hyphens")
    _add(work, subject, role=role, team=team, active=True)


def take_off_register(work: Work, subject: str) -> None:
    """Let someone use the service no longer.

    Raises:
        NotOnStaffRegister: they are not on it.
    """
    row = _active(work.session, subject)
    _add(work, subject, role=Role(row.role), team=row.team, active=False)


def _add(work: Work, subject: str, *, role: Role, team: str | None, active: bool) -> None:
    latest = repository.find_staff(work.session, subject)
    row = StaffRow(
        id=work.new_id(),
        subject=subject,
        revision=latest.revision + 1 if latest else 1,
        role=role,
        team=team,
        active=active,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_staff(work.session, row)
    work.record_act(
        "staff-register",
        "put-on-register" if active else "taken-off-register",
        record=row.id,
        content={"subject": subject, "role": role.value, "team": team},
    )
