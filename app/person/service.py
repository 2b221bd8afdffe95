"""Adding people and what is known of them."""

from datetime import timedelta
from uuid import UUID

from app.access import Role
from app.audit.service import hold_chain
from app.errors import NotFound, ReferenceTaken, RequestInvalid
from app.person import repository
from app.person.repository import Person
from app.person.schemas import (
    BreakingGlass,
    BrokenGlass,
    Monitoring,
    NewPerson,
    NewShare,
    PeopleQuery,
    PersonDetails,
    PersonView,
    Share,
    SharedWith,
    Shares,
)
from app.person.tables import BrokenGlassRow, MonitoringRow, PersonRevisionRow, PersonRow, ShareRow
from app.resources import Kept, Page, page_of, refuse_future, refuse_stale
from app.staff.repository import is_team
from app.words import add_words
from app.work import Work
from ras.canonical import as_written, canonical
from ras.errors import Problem
from ras.reading import read_json

OPEN_FOR = timedelta(hours=1)
"""How long an auditor who broke the glass reads on."""


def chain_of(person_id: UUID) -> str:
    """The audit chain of a person."""
    return f"person:{person_id}"


def get_person(work: Work, person_id: UUID) -> Person:
    """A person whom the caller may see.

    Raises:
        NotFound: there is none, or not for this caller.
    """
    person, known = repository.get_person(work.session, person_id)
    if not work.caller.sees(known.team) and not _is_shared(work, person_id):
        raise NotFound
    work.seen.people.add(person_id)
    work.seen.broke_glass = work.caller.role is Role.AUDITOR and repository.is_glass_broken(
        work.session, person_id, by=work.caller.subject, at=work.now
    )
    return person, known


def get_person_to_change(work: Work, person_id: UUID) -> Person:
    """A person about whom nobody else writes until this transaction ends: of many changes one is first.

    Raises:
        NotFound: there is none, or not for this caller.
    """
    hold_chain(work.session, chain_of(person_id))
    return get_person(work, person_id)


def add_person(work: Work, new: NewPerson) -> PersonView:
    """Add a person to the caller's own team.

    Raises:
        NotFound: the team is not the caller's.
        ReferenceTaken: another person has the reference.
    """
    work.caller.refuse_unless_sees(new.team)
    refuse_future(work, new.born_on, "born_on")
    if repository.find_person_by_reference(work.session, new.reference) is not None:
        raise ReferenceTaken
    person = PersonRow(
        id=work.new_id(), reference=new.reference, written_by=work.caller.subject, written_at=work.now
    )
    known = _revision(work, person.id, 1, new)
    repository.add_person(work.session, person, known)
    work.seen.people.add(person.id)
    work.record_act(chain_of(person.id), "person-added", record=person.id, content=as_written(new))
    return view_of(work, (person, known))


def revise_person(work: Work, person_id: UUID, details: PersonDetails) -> PersonView:
    """Write down what is known of a person from now on. A case may be handed to another team.

    Raises:
        NotFound: there is no such person for this caller.
        PreconditionRequired, PreconditionFailed: the change does not start from the latest state.
    """
    person, known = get_person_to_change(work, person_id)
    refuse_stale(work, person.id, known.revision)
    refuse_future(work, details.born_on, "born_on")
    if details.team != known.team and not is_team(work.session, details.team):
        message = f"Nobody on the staff register is in a team '{details.team}': nobody would see the case."
        raise RequestInvalid(problems=[Problem("team", "/team", "unknown-team", message)])
    revised = _revision(work, person.id, known.revision + 1, details)
    repository.add_revision(work.session, revised)
    work.record_act(chain_of(person.id), "person-revised", record=revised.id, content=as_written(details))
    return view_of(work, (person, revised))


def show_person(work: Work, person_id: UUID) -> PersonView:
    """A person.

    Raises:
        NotFound: there is none for this caller.
    """
    return view_of(work, get_person(work, person_id))


def list_people(work: Work, query: PeopleQuery) -> Page[PersonView]:
    """A page of the people the caller may see."""
    rows = repository.list_people(work.session, query, seen=repository.seen_by(work.caller))
    return page_of(work, rows, query, lambda row: view_of(work, row))


def put_monitoring(work: Work, person_id: UUID, monitoring: Monitoring) -> Monitoring:
    """Keep what the family told for equality monitoring, apart from everything that is scored.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person_to_change(work, person_id)
    content = canonical(monitoring).decode()
    repository.put_monitoring(
        work.session, MonitoringRow(person_id=person.id, content=content, written_at=work.now)
    )
    work.record_act(chain_of(person.id), "monitoring-kept", record=person.id, content={})
    return monitoring


def show_monitoring(work: Work, person_id: UUID) -> Monitoring:
    """What the family told for equality monitoring.

    Raises:
        NotFound: there is no such person for this caller, or nothing was told.
    """
    person, _ = get_person(work, person_id)
    row = repository.find_monitoring(work.session, person.id)
    if row is None:
        raise NotFound
    return Monitoring.model_validate(read_json(row.content))


def share_case(work: Work, person_id: UUID, share: NewShare) -> Shares:
    """Share a case with the panel or a partner, or no longer.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person_to_change(work, person_id)
    write_share(work, person.id, share.shared_with, shared=share.shared)
    return show_shares(work, person.id)


def write_share(work: Work, person_id: UUID, shared_with: SharedWith, *, shared: bool) -> None:
    """Write down that a case is shared, or no longer; nothing where that is so already."""
    latest = repository.find_share(work.session, person_id, shared_with)
    if (latest is not None and latest.shared) == shared:
        return
    row = ShareRow(
        id=work.new_id(),
        person_id=person_id,
        shared_with=shared_with,
        number=latest.number + 1 if latest else 1,
        shared=shared,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_share(work.session, row)
    act = "case-shared" if shared else "case-no-longer-shared"
    work.record_act(chain_of(person_id), act, record=row.id, content={"shared_with": shared_with.value})


def show_shares(work: Work, person_id: UUID) -> Shares:
    """Whom a case is shared with.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person(work, person_id)
    rows = {row.shared_with: row for row in repository.list_shares(work.session, person.id)}
    return Shares(
        shared_with=tuple(
            Share(
                shared_with=SharedWith(row.shared_with),
                written=Kept(by=row.written_by, at=row.written_at),
            )
            for row in rows.values()
            if row.shared
        )
    )


def break_glass(work: Work, person_id: UUID, breaking: BreakingGlass) -> BrokenGlass:
    """Let an auditor read words and dates of birth of one person for an hour. The team can see that they do.

    Raises:
        NotFound: there is no such person.
    """
    person, _ = get_person_to_change(work, person_id)
    row = BrokenGlassRow(
        id=work.new_id(),
        person_id=person.id,
        until=work.now + OPEN_FOR,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    reason = add_words(work.session, {"reason": breaking.reason}, record=row.id, person=person.id)
    row.reason_commitment = reason
    repository.add_broken_glass(work.session, row)
    content = {"until": row.until.isoformat(), "reason": reason}
    work.record_act(chain_of(person.id), "glass-broken", record=row.id, content=content)
    return BrokenGlass(
        id=row.id,
        person_id=person.id,
        until=row.until,
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _is_shared(work: Work, person_id: UUID) -> bool:
    shared_with = work.caller.sees_shared_with
    share = repository.find_share(work.session, person_id, shared_with) if shared_with else None
    return share is not None and share.shared


def view_of(work: Work, found: Person) -> PersonView:
    """A person as the caller may see them."""
    person, known = found
    return PersonView(
        id=person.id,
        revision=known.revision,
        reference=person.reference,
        born_on=known.born_on if work.works_with_people else None,
        team=known.team,
        current_package_annual_pence=known.current_package_annual_pence,
        written=Kept(by=known.written_by, at=known.written_at),
    )


def _revision(work: Work, person_id: UUID, revision: int, details: PersonDetails) -> PersonRevisionRow:
    return PersonRevisionRow(
        id=work.new_id(),
        person_id=person_id,
        revision=revision,
        born_on=details.born_on,
        team=details.team,
        current_package_annual_pence=details.current_package_annual_pence,
        written_by=work.caller.subject,
        written_at=work.now,
    )
