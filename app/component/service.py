"""What partners agree to fund: each enters its own component, and nobody else's."""

from uuid import UUID

from app.access import Role
from app.component import repository
from app.component.schemas import (
    ComponentAgreementsQuery,
    ComponentAgreementView,
    NewComponentAgreement,
)
from app.component.tables import ComponentAgreementRow
from app.errors import NotFound
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.resources import Kept, Page, page_of
from app.words import add_words, find_words
from app.work import Work
from ras.component import Component


def add_agreement(work: Work, new: NewComponentAgreement) -> ComponentAgreementView:
    """Enter and agree the caller's own component.

    Raises:
        NotFound: the case is not shared with this partner.
    """
    person, _ = get_person_to_change(work, new.person_id)
    component = Component(work.caller.team or "")
    latest = repository.latest_agreements(work.session, person.id).get(component)
    row = ComponentAgreementRow(
        id=work.new_id(),
        person_id=person.id,
        component=component,
        number=latest.number + 1 if latest else 1,
        annual_pence=new.annual_pence,
        one_off_pence=new.one_off_pence,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    committed = add_words(work.session, {"reasons": new.reasons}, record=row.id, person=person.id)
    row.reasons_commitment = committed or ""
    repository.add_agreement(work.session, row)
    content = {
        "component": row.component,
        "annual_pence": row.annual_pence,
        "one_off_pence": row.one_off_pence,
        "reasons": committed,
    }
    work.record_act(chain_of(person.id), "component-agreed", record=row.id, content=content)
    return _view(work, row)


def show_agreement(work: Work, agreement_id: UUID) -> ComponentAgreementView:
    """An agreement.

    Raises:
        NotFound: there is none for this caller.
    """
    row = repository.get_agreement(work.session, agreement_id)
    get_person(work, row.person_id)
    if (_own(work) or row.component) != row.component:
        raise NotFound
    return _view(work, row)


def list_agreements(work: Work, query: ComponentAgreementsQuery) -> Page[ComponentAgreementView]:
    """A page of agreements the caller may see."""
    rows = repository.list_agreements(work.session, query, seen=seen_by(work.caller), component=_own(work))
    return page_of(work, rows, query, lambda row: _view(work, row))


def agreed_by_partners(work: Work, person_id: UUID) -> dict[Component, tuple[int, int]]:
    """What each partner agreed last, in pence a year and once."""
    return {
        Component(row.component): (row.annual_pence, row.one_off_pence)
        for row in repository.latest_agreements(work.session, person_id).values()
    }


def _own(work: Work) -> str | None:
    """A partner's own component, the only one it sees; None for who sees them all."""
    return work.caller.team if work.caller.role is Role.PARTNER else None


def _view(work: Work, row: ComponentAgreementRow) -> ComponentAgreementView:
    reads = work.reads_words or work.caller.role is Role.PARTNER
    words = find_words(work.session, row.id) if reads else {}
    return ComponentAgreementView(
        id=row.id,
        revision=1,
        person_id=row.person_id,
        component=Component(row.component),
        number=row.number,
        annual_pence=row.annual_pence,
        one_off_pence=row.one_off_pence,
        reasons=words.get("reasons"),
        written=Kept(by=row.written_by, at=row.written_at),
    )
