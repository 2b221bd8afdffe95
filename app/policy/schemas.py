"""Policies on the wire."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field

from app.problems import ProblemItem
from app.resources import Kept, PageQuery, Resource
from ras.policy.configuration import PolicyConfiguration
from ras.records import Day, Record


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
    sha256: str | None
    """The SHA-256 of its canonical form, where it is usable."""
    overlaps: tuple[str, ...]
    """The published policies that are in force on some of its days: it could not be published."""
    gaps: tuple[Gap, ...]
    """Days between policies on which none would be in force if it were published."""


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
    """The first day it is no longer for; null where it has no end."""
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
