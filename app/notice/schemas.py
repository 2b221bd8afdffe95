"""Notices on the wire."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from app.budget.contents import Change
from app.budget.derive import NoticeState
from app.resources import Kept, PageQuery, Resource
from ras.component import Component
from ras.notice import Method, NoticeDates
from ras.records import Day, Record, Words


class NewNotice(Record):
    """A notice to draft. What it lowers is worked out, never given."""

    decision_id: UUID
    """The decision that lowers something."""


class NewService(Record):
    """That a letter was sent or handed over."""

    method: Method
    """How."""
    sent_at: AwareDatetime
    """The moment, with its time zone. Not before it was issued, and not in the future."""


class NewWithdrawal(Record):
    """That a notice is taken back. What was payable stays payable."""

    reasons: Annotated[Words, Field(min_length=10)]
    """Why, in words the family can read. Kept apart."""


class RunningNotice(Record):
    """How a notice runs for one component."""

    component: Component
    """Which."""
    dates: NoticeDates
    """Service, the last day, and the first day of the lower rate by the notice alone."""
    working: tuple[str, ...]
    """How they come about, in plain sentences."""
    lower_from: Day | None
    """The first day that the lower rate is payable; null while a reconsideration holds it, or for ever."""


class NoticeView(Resource):
    """A notice. The dates follow from how it was served."""

    collection: ClassVar = "/v1/notices"

    person_id: UUID
    """The child or young person."""
    decision_id: UUID
    """The decision that it is of."""
    policy_id: UUID
    """The policy whose notice rules count."""
    state: NoticeState
    """Where it is on its way."""
    starts_on: Day
    """The day that the decision says; the lower rate starts no earlier."""
    changes: tuple[Change, ...]
    """What it lowers: old and new."""
    running: tuple[RunningNotice, ...]
    """How it runs, once served."""
    issued: Kept | None
    """Who issued it, and when."""
    withdrawn: Kept | None
    """Who withdrew it, and when."""
    withdrawal_reasons: str | None
    """Why it was withdrawn."""
    written: Kept
    """Who drafted it, and when."""


class NoticesQuery(PageQuery):
    """Which notices."""

    person_id: UUID | None = None
    """Only this person's."""
    decision_id: UUID | None = None
    """Only this decision's."""
