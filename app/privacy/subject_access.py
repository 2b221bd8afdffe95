"""Everything that is held about one person, to be handed over (UK GDPR Article 15)."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from app.audit.tables import AuditEntryRow
from app.person.service import get_person
from app.privacy import repository
from app.privacy.schemas import HeldIn, SubjectAccess
from app.resources import Kept
from app.work import Work

PURPOSE = "subject-access"
TITLES = {
    "person": "The person's reference",
    "person_revision": "What was known of the person, and from when",
    "monitoring": "What the family told for equality monitoring",
    "share": "Whom the case was shared with",
    "budget_request": "Requests for a budget",
    "request_outcome": "How requests were settled",
    "plan": "Support plans",
    "plan_version": "Versions of support plans",
    "assessment": "Assessments: how plans were scored, step by step",
    "finding": "What workers found",
    "component_agreement": "What partners agreed",
    "proposal": "What was proposed to whoever decides",
    "decision": "Decisions",
    "notice": "Notices",
    "notice_event": "What happened to notices",
    "reconsideration": "Requests to look at a decision again",
    "reconsideration_event": "What happened to those requests",
    "review": "Reviews that were held",
    "review_due": "When the next review is due",
    "words": "What was written in people's own words, by the record it belongs to",
    "legal_hold": "Whether everything is kept for a court or a complaint",
    "erasure": "What was erased",
    "broken_glass": "When an auditor read more than auditors do",
    "audit_entry": "Everything that was done, by whom and when",
    "audit_content": "What was written into the log of what was done",
    "event": "The place of each act in the order of all",
    "read_of_person": "Who read the record, when and what for",
    "idempotency_key": "Answers kept for a day, in case a request is repeated",
}
"""What each table holds, in words, in the order in which they are shown."""
NOTES = (
    "This is everything that the service holds about one person. Names are not held here: the council's case "
    "system holds them under the same reference.",
    "Before it is handed over, take out what is about somebody else and may not be disclosed (Data "
    "Protection Act 2018, Schedule 2, Part 3), and what would cause serious harm (Schedule 3).",
    "Moments are in UTC; amounts are whole pence in the JSON, and pounds on the page. Left out: random salts "
    "and hashes.",
)
LEFT_OUT = ("salt", "hash", "previous_hash", "commitment", "key", "headers", "request_sha256")
"""Columns that say nothing about anybody."""


def show_everything(work: Work, person_id: UUID) -> SubjectAccess:
    """Everything that is held about one person.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person(work, person_id)
    work.seen.purpose = PURPOSE
    return SubjectAccess(
        person_id=person.id,
        made=Kept(by=work.caller.subject, at=work.now),
        notes=NOTES,
        held=_held(work, person.id),
    )


def _held(work: Work, person_id: UUID) -> tuple[HeldIn, ...]:
    found = [
        _held_in(work, table, rows) for table, rows in repository.rows_about(work.session, person_id) if rows
    ]
    return tuple(sorted(found, key=lambda each: list(TITLES).index(each.table)))


def _held_in(work: Work, table: Table, rows: list[dict[str, Any]]) -> HeldIn:
    if table.name == "read_of_person":
        rows = [row | _who_and_when(work, row["entry_id"]) for row in rows]
    return HeldIn(
        table=table.name,
        title=TITLES[table.name],
        rows=tuple({name: _plain(cell) for name, cell in row.items() if _tells(name)} for row in rows),
    )


def _who_and_when(work: Work, entry_id: UUID) -> dict[str, Any]:
    wanted = select(AuditEntryRow).where(AuditEntryRow.id == entry_id)
    entry = work.session.scalars(wanted).one()
    return {"actor": entry.actor, "client": entry.client, "at": entry.at}


def _tells(column: str) -> bool:
    return column not in LEFT_OUT and not column.endswith(("_commitment", "_sha256", "_salt"))


def _plain(cell: Any) -> Any:
    """A cell as JSON data; text that is JSON as what it says."""
    if isinstance(cell, bytes):
        cell = cell.decode()
    if isinstance(cell, str) and cell[:1] in {"{", "["}:
        return json.loads(cell)
    if isinstance(cell, datetime):
        return cell.isoformat()
    return cell if isinstance(cell, bool | int | str | None) else str(cell)
