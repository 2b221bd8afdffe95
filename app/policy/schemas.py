"""Policies on the wire."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from app.problems import ProblemItem
from app.resources import Kept, PageQuery, Resource
from ras.policy.changes import PolicyChange
from ras.policy.checker import PolicyReport
from ras.policy.cliffs import Cliff, CliffFree
from ras.policy.configuration import PolicyConfiguration
from ras.policy.finding import PolicyFinding
from ras.records import Day, PositiveText, Record, Sha256, in_form


class PolicyState(StrEnum):
    """Where a policy is on its way."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class PolicyText(Record):
    """A policy document."""

    document: PolicyConfiguration
    """The document, as JSON."""


class PolicyToCheck(Record):
    """Something that wants to be a policy document."""

    document: Annotated[dict[str, Any], Field(max_length=100)]
    """The document, as JSON, right or wrong."""
    caseload_points: Annotated[tuple[PositiveText, ...], Field(max_length=100_000)] = ()
    """Scores of a caseload after resources present, as text, to say how many children are near a jump."""


class Gap(Record):
    """Days on which no policy would be in force."""

    first_day: Day
    """The first such day."""
    last_day: Day | None
    """The last such day."""


class PolicyCheck(Record):
    """What the checks say of a document."""

    usable: bool
    """Whether it could be drafted as it is."""
    problems: tuple[ProblemItem, ...]
    """Everything that is wrong with it, by path."""
    report: PolicyReport | None
    """What the checker finds in it: mistakes refuse publication, warnings need a written answer. Null where
    the document cannot be read."""
    sha256: str | None
    """The SHA-256 of its canonical form, where it is usable."""
    overlaps: tuple[str, ...]
    """The published policies that are in force on some of its days: it could not be published."""
    gaps: tuple[Gap, ...]
    """Days between policies on which none would be in force if it were published."""


class NewFindingAnswer(Record):
    """A written answer to a warning."""

    fingerprint: Sha256
    """The finding's fingerprint, as `/findings` lists it."""
    answer: Annotated[
        str,
        in_form(
            r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*\S[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
            "Write words.",
            max_length=4000,
        ),
    ]
    """Why it is right as it is, in plain words: published with the policy."""


class FindingAnswer(Record):
    """What was answered to a finding."""

    answer: str
    """The answer."""
    written: Kept
    """Who wrote it, and when."""


class AnsweredFinding(Record):
    """A finding, and the last answer to it."""

    fingerprint: str
    """What an answer holds for: the same finding with the same figures, in any revision."""
    finding: PolicyFinding
    """The finding."""
    answer: FindingAnswer | None
    """The last answer; null where there is none."""


class PolicyFindings(Record):
    """What the checker finds in a policy's latest document, and what was answered."""

    policy_id: UUID
    """The policy."""
    sha256: str
    """The document's hash."""
    ready: bool
    """Whether it could be published as far as the checker goes: no mistakes, and every warning answered."""
    findings: tuple[AnsweredFinding, ...]
    """Mistakes first."""
    cliffs: tuple[Cliff, ...]
    """Every score at which the amount jumps."""
    cliff_free: CliffFree | None
    """A table without jumps that comes to the same in all."""


class ChangesQuery(Record):
    """Since which policy."""

    since: UUID
    """The policy to compare with."""


class PolicyChanges(Record):
    """What differs between two policies."""

    policy_id: UUID
    """The policy."""
    since: UUID
    """The one it is compared with."""
    in_short: str
    """How much differs, in a sentence."""
    changes: tuple[PolicyChange, ...]
    """What can change amounts first, then wording, in the order of the document."""


class PolicyAct(Record):
    """Something that was done with a policy."""

    kind: PolicyState
    """What state it brought."""
    revision: int
    """Which revision of the document it was done to."""
    written: Kept
    """Who did it, and when."""


class PolicySummary(Resource):
    """A policy, without its document."""

    collection: ClassVar = "/v1/policies"

    authority: str
    """The council's code."""
    code: str
    """Which of its policies."""
    version: str
    """Which version."""
    title: str
    """What it is called."""
    state: PolicyState
    """Where it is on its way."""
    valid_from: Day
    """The first day it is for."""
    valid_before: Day | None
    """The first day it is no longer for; null where it lasts until another begins."""
    sha256: str
    """SHA-256 of the canonical document."""
    document_revision: int
    """Which revision of the document this is, from 1."""
    written: Kept
    """Who wrote that revision, and when."""
    acts: tuple[PolicyAct, ...]
    """What was done with it, in order."""


class PolicyView(PolicySummary):
    """A policy with its document."""

    document: dict[str, Any]
    """The document, as it was written."""


class PublishedPolicy(PolicyView):
    """A policy that was just published."""

    gaps: tuple[Gap, ...]
    """Days between published policies on which none is in force."""


class PoliciesQuery(PageQuery):
    """Which policies."""

    state: PolicyState | None = None
    """Only those in this state."""


class InForceQuery(Record):
    """On which day."""

    on: Day
    """The day."""
