"""Drafting, checking, approving, publishing and withdrawing policies.

A second person approves and publishes: nobody who wrote any revision of the document. What is
published is never edited; it can be withdrawn before it starts.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.audit.service import hold_chain
from app.errors import OwnPolicy, PolicyHasStarted, PolicyNotReady, RequestInvalid, VersionTaken, WrongState
from app.policy import repository
from app.policy.repository import Policy
from app.policy.schemas import (
    AnsweredFinding,
    FindingAnswer,
    Gap,
    NewFindingAnswer,
    PoliciesQuery,
    PolicyAct,
    PolicyChanges,
    PolicyCheck,
    PolicyFindings,
    PolicyState,
    PolicySummary,
    PolicyToCheck,
    PolicyView,
    PublishedPolicy,
)
from app.policy.tables import PolicyAnswerRow, PolicyEventRow, PolicyRevisionRow, PolicyRow
from app.problems import listed
from app.resources import Kept, Page, page_of, refuse_stale
from app.work import Work
from ras.canonical import as_written, canonical
from ras.errors import NoBudgetRules, PolicyDocumentError, Problem
from ras.policy.budget_rules import BudgetRules
from ras.policy.changes import changes, in_short
from ras.policy.checker import PolicyReport
from ras.policy.checker import check_policy as look_at
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of
from ras.policy.finding import PolicyFinding
from ras.policy.register import Published, gaps, overlaps, policy_in_force, refuse_overlap
from ras.reading import read_json
from ras.records import exact

CHAIN = "policies"
"""The audit chain of all policies; holding it keeps two people from publishing at once."""


def draft_policy(work: Work, document: PolicyConfiguration) -> PolicyView:
    """Keep a new policy as a draft.

    Raises:
        PolicyDocumentError: the document does not make sense; every problem is listed.
        VersionTaken: there is a policy with its authority, code and version.
    """
    policy = _checked(document)
    identity = {"authority": policy.authority.code, "code": policy.code, "version": policy.version}
    if repository.find_policy(work.session, **identity) is not None:
        raise VersionTaken
    row = PolicyRow(id=work.new_id(), **identity)
    repository.add_policy(work.session, row)
    _add_revision(work, row, 1, policy)
    return _view(repository.get_policy(work.session, row.id))


def revise_policy(work: Work, policy_id: UUID, document: PolicyConfiguration) -> PolicyView:
    """Change a draft. An approval given before no longer counts.

    Raises:
        PolicyDocumentError: the document does not make sense; every problem is listed.
        WrongState: the policy was published, or the document is another policy's.
    """
    found = _to_change(work, policy_id, PolicyState.DRAFT, PolicyState.APPROVED)
    policy = _checked(document)
    row = found.row
    if (policy.authority.code, policy.code, policy.version) != (row.authority, row.code, row.version):
        raise WrongState("A policy keeps its authority, code and version; draft another for new ones.")
    _add_revision(work, row, found.latest.revision + 1, policy)
    return _view(repository.get_policy(work.session, policy_id))


def check_policy(work: Work, given: PolicyToCheck) -> PolicyCheck:
    """What the checks say of a document, right or wrong. Nothing is kept."""
    published = repository.list_published(work.session)
    try:
        policy = policy_of(given.document)
    except PolicyDocumentError as error:
        problems = listed(error.problems)
        return PolicyCheck(usable=False, problems=problems, report=None, sha256=None, overlaps=(), gaps=())
    overlapping = overlaps(policy.in_force, published, today=work.today)
    return PolicyCheck(
        usable=True,
        problems=(),
        report=look_at(policy, caseload=[exact(points) for points in given.caseload_points]),
        sha256=policy.sha256,
        overlaps=tuple(overlap.other for overlap in overlapping),
        gaps=_gaps([*published, Published("this policy", policy.in_force, None)]),
    )


def approve_policy(work: Work, policy_id: UUID) -> PolicyView:
    """Approve the latest document of a draft.

    Raises:
        OwnPolicy: the caller wrote some of it.
        WrongState: it is not a draft.
    """
    found = _to_change(work, policy_id, PolicyState.DRAFT)
    _refuse_own(work, found)
    _add_event(work, found, PolicyState.APPROVED)
    return _view(repository.get_policy(work.session, policy_id))


def publish_policy(work: Work, policy_id: UUID) -> PublishedPolicy:
    """Publish an approved policy. From now on it cannot be edited.

    Raises:
        OwnPolicy: the caller wrote some of it.
        WrongState: it is not approved.
        PolicyNotReady: the checker found mistakes, or warnings that nobody answered.
        PolicyOverlap: another published policy is in force on some of its days.
    """
    found = _to_change(work, policy_id, PolicyState.APPROVED)
    _refuse_own(work, found)
    _refuse_unready(work, found)
    published = repository.list_published(work.session)
    refuse_overlap(repository.policy_in(found.latest).in_force, published, today=work.today)
    _add_event(work, found, PolicyState.PUBLISHED)
    view = _view(repository.get_policy(work.session, policy_id))
    return PublishedPolicy(**dict(view), gaps=_gaps(repository.list_published(work.session)))


def list_findings(work: Work, policy_id: UUID) -> PolicyFindings:
    """What the checker finds in a policy's latest document, and what was answered.

    Raises:
        NotFound: there is no such policy.
    """
    found = repository.get_policy(work.session, policy_id)
    report = repository.report_on(found.latest)
    answers = _answers(work, policy_id)
    return PolicyFindings(
        policy_id=policy_id,
        sha256=found.latest.sha256,
        ready=not _in_the_way(report, answers),
        findings=tuple(
            AnsweredFinding(fingerprint=each.fingerprint, finding=each, answer=answers.get(each.fingerprint))
            for each in report.findings
        ),
        cliffs=report.cliffs,
        cliff_free=report.cliff_free,
    )


def answer_finding(work: Work, policy_id: UUID, new: NewFindingAnswer) -> PolicyFindings:
    """Answer a warning in writing.

    Raises:
        NotFound: there is no such policy.
        WrongState: it was published.
        RequestInvalid: no warning of its latest document has that fingerprint.
    """
    hold_chain(work.session, CHAIN)
    found = repository.get_policy(work.session, policy_id)
    if found.state not in {PolicyState.DRAFT, PolicyState.APPROVED}:
        raise WrongState(f"The policy is {found.state}; warnings are answered before it is published.")
    warnings = {each.fingerprint: each for each in repository.report_on(found.latest).warnings}
    finding = warnings.get(new.fingerprint)
    if finding is None:
        message = "No warning of the latest document has this fingerprint: read /findings again."
        raise RequestInvalid(problems=[Problem("fingerprint", "/fingerprint", "unknown-finding", message)])
    row = PolicyAnswerRow(
        id=work.new_id(),
        policy_id=policy_id,
        fingerprint=finding.fingerprint,
        code=finding.code,
        path=finding.path,
        answer=new.answer,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_answer(work.session, row)
    content = {"fingerprint": row.fingerprint, "answer": row.answer}
    work.record_act(CHAIN, "policy-finding-answered", record=row.id, content=content)
    return list_findings(work, policy_id)


def compare_policies(work: Work, policy_id: UUID, since: UUID) -> PolicyChanges:
    """What differs between a policy's latest document and another's.

    Raises:
        NotFound: there is no such policy.
    """
    new = repository.policy_in(repository.get_policy(work.session, policy_id).latest)
    old = repository.policy_in(repository.get_policy(work.session, since).latest)
    found = changes(old, new)
    return PolicyChanges(policy_id=policy_id, since=since, in_short=in_short(found), changes=found)


def withdraw_policy(work: Work, policy_id: UUID) -> PolicyView:
    """Withdraw a published policy before the day it starts.

    Raises:
        WrongState: it is not published.
        PolicyHasStarted: its first day has come.
    """
    found = _to_change(work, policy_id, PolicyState.PUBLISHED)
    if found.latest.valid_from <= work.today:
        raise PolicyHasStarted
    _add_event(work, found, PolicyState.WITHDRAWN)
    return _view(repository.get_policy(work.session, policy_id))


def show_policy(work: Work, policy_id: UUID) -> PolicyView:
    """A policy with its document.

    Raises:
        NotFound: there is none.
    """
    return _view(repository.get_policy(work.session, policy_id))


def show_policy_in_force(work: Work, on: date) -> PolicyView:
    """The policy in force on a day.

    Raises:
        NoPolicyInForce: none is.
    """
    revision = revision_in_force(work, on)
    return _view(repository.get_policy(work.session, revision.policy_id))


def revision_in_force(work: Work, on: date) -> PolicyRevisionRow:
    """The document in force on a day.

    Raises:
        NoPolicyInForce: none is.
    """
    return policy_in_force(repository.list_published(work.session), on=on).key


def rules_in_force(work: Work, on: date) -> tuple[PolicyRevisionRow, BudgetRules]:
    """The rules for budgets in force on a day, and the document they stand in.

    Raises:
        NoPolicyInForce: no policy is.
        NoBudgetRules: it has none.
    """
    revision = revision_in_force(work, on)
    rules = repository.policy_in(revision).budget
    if rules is None:
        raise NoBudgetRules(on=on)
    return revision, rules


def list_policies(work: Work, query: PoliciesQuery) -> Page[PolicySummary]:
    """A page of policies."""
    rows = [
        policy
        for policy in repository.list_policies(work.session)
        if (query.state is None or policy.state is query.state)
        and (query.after is None or policy.row.id > query.after)
    ]
    return page_of(work, rows[: query.limit + 1], query, lambda policy: PolicySummary(**_summary(policy)))


def _checked(document: PolicyConfiguration) -> PolicyConfiguration:
    """The document, once its sense is checked as well as its shape."""
    return policy_of(as_written(document))


def _to_change(work: Work, policy_id: UUID, *states: PolicyState) -> Policy:
    hold_chain(work.session, CHAIN)
    found = repository.get_policy(work.session, policy_id)
    refuse_stale(work, found.row.id, found.etag_revision)
    if found.state not in states:
        wanted = " or ".join(state.value for state in states)
        raise WrongState(f"The policy is {found.state}; this can be done while it is {wanted}.")
    return found


def _refuse_own(work: Work, found: Policy) -> None:
    if work.caller.subject in {revision.written_by for revision in found.revisions}:
        raise OwnPolicy


def _refuse_unready(work: Work, found: Policy) -> None:
    in_the_way = _in_the_way(repository.report_on(found.latest), _answers(work, found.row.id))
    if in_the_way:
        raise PolicyNotReady(problems=[Problem(f.path, f.pointer, f.code, f.what) for f in in_the_way])


def _in_the_way(report: PolicyReport, answers: Mapping[str, FindingAnswer]) -> list[PolicyFinding]:
    """The findings that keep a policy from being published."""
    return [
        *report.errors,
        *(warning for warning in report.warnings if warning.fingerprint not in answers),
    ]


def _answers(work: Work, policy_id: UUID) -> dict[str, FindingAnswer]:
    """The last answer to each finding."""
    return {
        row.fingerprint: FindingAnswer(answer=row.answer, written=Kept(by=row.written_by, at=row.written_at))
        for row in repository.list_answers(work.session, policy_id)
    }


def _add_revision(work: Work, row: PolicyRow, revision: int, policy: PolicyConfiguration) -> None:
    new = PolicyRevisionRow(
        id=work.new_id(),
        policy_id=row.id,
        revision=revision,
        sha256=policy.sha256,
        valid_from=policy.valid_from,
        valid_before=policy.valid_before,
        document=canonical(policy).decode(),
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_revision(work.session, new)
    work.record_act(CHAIN, "policy-drafted", record=new.id, content={"sha256": new.sha256})


def _add_event(work: Work, found: Policy, kind: PolicyState) -> None:
    event = PolicyEventRow(
        id=work.new_id(),
        policy_id=found.row.id,
        sequence=len(found.events) + 1,
        kind=kind,
        revision_id=found.latest.id,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_event(work.session, event)
    work.record_act(CHAIN, f"policy-{kind}", record=event.id, content={"sha256": found.latest.sha256})


def _gaps(published: Iterable[Published[Any]]) -> tuple[Gap, ...]:
    return tuple(Gap(first_day=gap.first_day, last_day=gap.last_day) for gap in gaps(published))


def _view(policy: Policy) -> PolicyView:
    return PolicyView(**_summary(policy), document=read_json(policy.latest.document))


def _summary(policy: Policy) -> dict[str, Any]:
    latest, row = policy.latest, policy.row
    revisions = {revision.id: revision.revision for revision in policy.revisions}
    return {
        "id": row.id,
        "revision": policy.etag_revision,
        "authority": row.authority,
        "code": row.code,
        "version": row.version,
        "title": read_json(latest.document)["title"],
        "state": policy.state,
        "valid_from": latest.valid_from,
        "valid_before": latest.valid_before,
        "sha256": latest.sha256,
        "document_revision": latest.revision,
        "written": Kept(by=latest.written_by, at=latest.written_at),
        "acts": tuple(
            PolicyAct(
                kind=PolicyState(event.kind),
                revision=revisions[event.revision_id],
                written=Kept(by=event.written_by, at=event.written_at),
            )
            for event in policy.events
        ),
    }
