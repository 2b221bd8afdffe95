"""Findings on the wire."""

from typing import ClassVar
from uuid import UUID

from app.resources import Kept, PageQuery, Resource
from ras.eligibility import Finding
from ras.records import Words


class NewFinding(Finding):
    """A finding to write down."""

    person_id: UUID
    """The child or young person."""
    notes: Words | None = None
    """What it rests on, in words. Kept apart, and erasable."""


class FindingView(Resource):
    """A finding."""

    collection: ClassVar = "/v1/findings"

    person_id: UUID
    """The child or young person."""
    finding: Finding
    """What was found."""
    notes: str | None
    """What it rests on; null where there are no words, and for a reader who works with figures only."""
    written: Kept
    """Who found it, and when it was written down."""


class FindingsQuery(PageQuery):
    """Which findings."""

    person_id: UUID | None = None
    """Only this person's."""
