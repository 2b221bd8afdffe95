"""Proposing a decision to somebody who may make it."""

from uuid import UUID

from pydantic import TypeAdapter

from app.assessment.service import get_assessment
from app.budget.contents import Terms
from app.errors import NotFound
from app.person.repository import seen_by
from app.person.schemas import SharedWith
from app.person.service import chain_of, get_person, get_person_to_change, write_share
from app.proposal import repository
from app.proposal.repository import Proposal
from app.proposal.schemas import AddressedTo, NewProposal, ProposalsQuery, ProposalView
from app.proposal.tables import ProposalRow
from app.resources import Kept, Page, page_of
from app.words import add_words, find_words
from app.work import Work
from ras.canonical import as_written, canonical, sha256
from ras.reading import read_json

_TERMS: TypeAdapter[Terms] = TypeAdapter(Terms)


def add_proposal(work: Work, new: NewProposal) -> ProposalView:
    """Propose a decision. Addressed to the panel, it shares the case with the panel.

    Raises:
        NotFound: there is no such person, or no such assessment of theirs, for this caller.
    """
    person, _ = get_person_to_change(work, new.person_id)
    if new.assessment_id is not None:
        found = get_assessment(work, new.assessment_id)
        if found.row.person_id != person.id:
            raise NotFound
    kept = canonical(
        {
            "assessment_id": str(new.assessment_id) if new.assessment_id else None,
            "terms": as_written(new.terms),
        }
    )
    row = ProposalRow(
        id=work.new_id(),
        person_id=person.id,
        addressed_to=new.addressed_to,
        content=kept.decode(),
        written_by=work.caller.subject,
        written_at=work.now,
    )
    committed = add_words(work.session, {"reasons": new.reasons}, record=row.id, person=person.id)
    row.reasons_commitment = committed or ""
    repository.add_proposal(work.session, row)
    content = {"content": sha256(kept), "reasons": committed}
    work.record_act(chain_of(person.id), "decision-proposed", record=row.id, content=content)
    if new.addressed_to is AddressedTo.PANEL:
        write_share(work, person.id, SharedWith.PANEL, shared=True)
    return _view(work, (row, None))


def get_proposal(work: Work, proposal_id: UUID) -> Proposal:
    """A proposal that the caller may see.

    Raises:
        NotFound: there is none for this caller.
    """
    found = repository.get_proposal(work.session, proposal_id)
    get_person(work, found[0].person_id)
    return found


def show_proposal(work: Work, proposal_id: UUID) -> ProposalView:
    """A proposal.

    Raises:
        NotFound: there is none for this caller.
    """
    return _view(work, get_proposal(work, proposal_id))


def list_proposals(work: Work, query: ProposalsQuery) -> Page[ProposalView]:
    """A page of the proposals the caller may see."""
    rows = repository.list_proposals(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda found: _view(work, found))


def _view(work: Work, found: Proposal) -> ProposalView:
    row, decision_id = found
    content = read_json(row.content)
    words = find_words(work.session, row.id) if work.reads_words else {}
    return ProposalView(
        id=row.id,
        revision=2 if decision_id else 1,
        person_id=row.person_id,
        addressed_to=AddressedTo(row.addressed_to),
        assessment_id=UUID(content["assessment_id"]) if content["assessment_id"] else None,
        terms=_TERMS.validate_python(content["terms"]),
        decision_id=decision_id,
        reasons=words.get("reasons"),
        written=Kept(by=row.written_by, at=row.written_at),
    )
