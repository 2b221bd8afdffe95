"""Writing down findings: dated, by a named worker, never worked out by the machine."""

from uuid import UUID

from app.errors import RequestInvalid
from app.finding import repository
from app.finding.schemas import FindingsQuery, FindingView, NewFinding
from app.finding.tables import FindingRow
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.policy.service import rules_in_force
from app.resources import Kept, Page, page_of, refuse_future
from app.words import add_words, find_words
from app.work import Work
from ras.canonical import as_written
from ras.eligibility import ABOUT_GROUND, ABOUT_RECIPIENT, OUTCOMES, Finding
from ras.errors import Problem


def add_finding(work: Work, new: NewFinding) -> FindingView:
    """Write down what was found.

    Raises:
        NotFound: there is no such person for this caller.
        RequestInvalid: the parts of the finding do not go together.
        NoBudgetRules, NoPolicyInForce: no policy says which grounds there are.
    """
    person, _ = get_person_to_change(work, new.person_id)
    refuse_future(work, new.found_on, "found_on")
    _refuse_nonsense(work, new)
    row = FindingRow(
        id=work.new_id(),
        person_id=person.id,
        number=len(repository.list_findings_of(work.session, person.id)) + 1,
        kind=new.kind,
        outcome=new.outcome,
        found_on=new.found_on,
        recipient=new.recipient,
        ground=new.ground,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    words = {"notes": new.notes} if new.notes is not None else {}
    row.notes_commitment = add_words(work.session, words, record=row.id, person=person.id)
    repository.add_finding(work.session, row)
    content = {**as_written(_finding(row)), "notes": row.notes_commitment}
    work.record_act(chain_of(person.id), "finding-written", record=row.id, content=content)
    return _view(work, row)


def show_finding(work: Work, finding_id: UUID) -> FindingView:
    """A finding.

    Raises:
        NotFound: there is none for this caller.
    """
    row = repository.get_finding(work.session, finding_id)
    get_person(work, row.person_id)
    return _view(work, row)


def list_findings(work: Work, query: FindingsQuery) -> Page[FindingView]:
    """A page of findings the caller may see."""
    rows = repository.list_findings(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda row: _view(work, row))


def findings_of(work: Work, person_id: UUID) -> tuple[Finding, ...]:
    """Every finding about a person, in the order in which they were written."""
    return tuple(_finding(row) for row in repository.list_findings_of(work.session, person_id))


def _refuse_nonsense(work: Work, new: NewFinding) -> None:
    problems = []
    if new.outcome not in OUTCOMES[new.kind]:
        good = ", ".join(sorted(OUTCOMES[new.kind]))
        problems.append(_problem("outcome", "wrong-value", f"For {new.kind} it is one of: {good}."))
    for field, kinds in (("recipient", ABOUT_RECIPIENT), ("ground", ABOUT_GROUND)):
        given = getattr(new, field)
        if new.kind in kinds and given is None:
            problems.append(_problem(field, "missing", f"A finding of {new.kind} names its {field}."))
        if new.kind not in kinds and given is not None:
            problems.append(_problem(field, "unknown-field", f"A finding of {new.kind} names no {field}."))
    if new.ground is not None and not problems:
        _, rules = rules_in_force(work, work.today)
        known = [exclusion.code for exclusion in rules.direct_payment.exclusions]
        if new.ground not in known:
            message = f"The policy has no ground '{new.ground}'. It has: {', '.join(known)}."
            problems.append(_problem("ground", "unknown-ground", message))
    if problems:
        raise RequestInvalid(problems=problems)


def _problem(field: str, code: str, message: str) -> Problem:
    return Problem(path=field, pointer=f"/{field}", code=code, message=message)


def _finding(row: FindingRow) -> Finding:
    return Finding.model_validate(
        {
            "kind": row.kind,
            "outcome": row.outcome,
            "found_on": row.found_on,
            "recipient": row.recipient,
            "ground": row.ground,
        }
    )


def _view(work: Work, row: FindingRow) -> FindingView:
    words = find_words(work.session, row.id) if work.reads_words else {}
    return FindingView(
        id=row.id,
        revision=1,
        person_id=row.person_id,
        finding=_finding(row),
        notes=words.get("notes"),
        written=Kept(by=row.written_by, at=row.written_at),
    )
