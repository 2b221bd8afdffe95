"""Legal holds, erasure, and whose time is over."""

from dataclasses import dataclass
from uuid import UUID

from app.budget.derive import budget_of
from app.budget.repository import records_of
from app.errors import NothingToErase, NotYetErasable, OnLegalHold
from app.idempotency import take_answers_back
from app.person.repository import Person, find_monitoring, seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.person.tables import ErasureRow, LegalHoldRow
from app.privacy import repository
from app.privacy.schemas import (
    Erasure,
    ErasureOf,
    Erasures,
    Expired,
    Ground,
    LegalHold,
    MonitoringErasure,
    NewErasure,
    NewLegalHold,
    RecordErasure,
    RetentionQuery,
    WordsErasure,
)
from app.resources import LARGEST_PAGE, Kept, Page, page_of
from app.review.derive import is_payable_from
from app.words import add_words, find_words
from app.work import Work
from ras.dates import add_months, age_on


@dataclass(frozen=True, slots=True)
class Retention:
    """How long records are kept; the later of the two counts, as this installation sets them.

    Attributes:
        age: Until this birthday.
        years_after_last_act: And for so many whole years after the last act on the case.
    """

    age: int
    years_after_last_act: int


def hold(work: Work, person_id: UUID, new: NewLegalHold) -> LegalHold:
    """Keep what is held about a person whatever its time, or no longer.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person_to_change(work, person_id)
    before = repository.find_hold(work.session, person.id)
    row = LegalHoldRow(
        id=work.new_id(),
        person_id=person.id,
        number=before.number + 1 if before else 1,
        held=new.held,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    row.reason_commitment = add_words(work.session, {"reason": new.reason}, record=row.id, person=person.id)
    repository.add_hold(work.session, row)
    act = "legal-hold-placed" if row.held else "legal-hold-lifted"
    work.record_act(chain_of(person.id), act, record=row.id, content={"reason": row.reason_commitment})
    return show_hold(work, person.id)


def show_hold(work: Work, person_id: UUID) -> LegalHold:
    """Whether a legal hold keeps what is held about a person.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person(work, person_id)
    row = repository.find_hold(work.session, person.id)
    words = find_words(work.session, row.id) if row and work.reads_words else {}
    return LegalHold(
        person_id=person.id,
        held=row is not None and row.held,
        reason=words.get("reason"),
        written=Kept(by=row.written_by, at=row.written_at) if row else None,
    )


def erase(work: Work, person_id: UUID, new: NewErasure, retention: Retention) -> Erasure:
    """Erase a whole record whose time is over, the words of one record, or the monitoring.

    The audit log stays whole: it says that something was erased, by whom and when, and of what was done
    before, that it was done.

    Raises:
        NotFound: there is no such person for this caller.
        OnLegalHold: a legal hold keeps it.
        NotYetErasable: the record's time is not over.
        NothingToErase: nothing is there that could be erased.
    """
    person, known = get_person_to_change(work, person_id)
    if _is_held(work, person.id):
        raise OnLegalHold
    row = ErasureRow(
        id=work.new_id(),
        person_id=person.id,
        what=new.what,
        record_id=new.record_id if isinstance(new, WordsErasure) else None,
        ground=new.ground,
        team=known.team,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_erasure(work.session, row)
    match new:
        case RecordErasure():
            if not _is_expired(work, (person, known), retention):
                raise NotYetErasable
            repository.delete_record(work.session, person.id)
        case WordsErasure():
            is_erasable = repository.is_record_with_erasable_words(work.session, new.record_id, person.id)
            if not is_erasable or not repository.erase_words(work.session, new.record_id, at=work.now):
                raise NothingToErase
        case MonitoringErasure():
            if find_monitoring(work.session, person.id) is None:
                raise NothingToErase
            repository.delete_monitoring(work.session, person.id)
    take_answers_back(work.session, person.id)
    content = {"what": row.what, "record": str(row.record_id), "ground": row.ground}
    work.record_act(chain_of(person.id), f"{row.what}-erased", record=row.id, content=content)
    return _view(row)


def list_erasures(work: Work, person_id: UUID) -> Erasures:
    """What was erased about a person, also where that was everything.

    Raises:
        NotFound: there was never such a person for this caller.
    """
    rows = repository.list_erasures(work.session, person_id)
    whole = next((row for row in rows if row.what == ErasureOf.RECORD), None)
    if whole is None:
        get_person(work, person_id)
    else:
        work.caller.refuse_unless_sees(whole.team)
        work.seen.people.add(person_id)
    return Erasures(items=tuple(map(_view, rows)))


def list_expired(work: Work, query: RetentionQuery, retention: Retention) -> Page[Expired]:
    """A page of the people about whom nothing need be held any longer, by their keys."""
    found: list[Person] = []
    after = query.after
    while len(found) <= query.limit:
        old = repository.list_old(
            work.session,
            born_until=add_months(work.today, -12 * retention.age),
            after=after,
            seen=seen_by(work.caller),
            limit=LARGEST_PAGE,
        )
        found += [each for each in old if _is_expired(work, each, retention)]
        if len(old) < LARGEST_PAGE:
            break
        after = old[-1][0].id
    return page_of(work, found, query, lambda each: _expired(work, each))


def _is_held(work: Work, person_id: UUID) -> bool:
    latest = repository.find_hold(work.session, person_id)
    return latest is not None and latest.held


def _is_expired(work: Work, found: Person, retention: Retention) -> bool:
    """Whether a person is old enough, the last act long enough ago, and nothing payable from today on."""
    person, known = found
    last_on = work.local(repository.last_act_at(work.session, person.id)).date()
    return (
        age_on(known.born_on, work.today) >= retention.age
        and age_on(last_on, work.today) >= retention.years_after_last_act
        and not is_payable_from(budget_of(records_of(work.session, person.id), work.working_days), work.today)
    )


def _expired(work: Work, found: Person) -> Expired:
    person, known = found
    return Expired(
        id=person.id,
        revision=known.revision,
        reference=person.reference,
        team=known.team,
        adult_for_years=age_on(known.born_on, work.today) - 18,
        last_act_on=work.local(repository.last_act_at(work.session, person.id)).date(),
        on_hold=_is_held(work, person.id),
    )


def _view(row: ErasureRow) -> Erasure:
    return Erasure(
        id=row.id,
        person_id=row.person_id,
        what=ErasureOf(row.what),
        record_id=row.record_id,
        ground=Ground(row.ground),
        written=Kept(by=row.written_by, at=row.written_at),
    )
