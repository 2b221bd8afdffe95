"""Reviews on the wire: held, due, how far the roll-out is, and calendars."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.person.schemas import Reference
from app.resources import LARGEST_PAGE, PAGE_SIZE, InDigits, Kept, PageQuery, Resource
from ras.records import Code, Day, Flag, Line, Pence, Record, Whole, Words, in_form


class ReviewOutcome(StrEnum):
    """What a review came to. It changes no amount: that takes a decision."""

    UNCHANGED = "unchanged"
    HIGHER_PROPOSED = "higher-proposed"
    LOWER_PROPOSED = "lower-proposed"
    OTHER_SUPPORT = "other-support"


class NewReview(Record):
    """A review that was held."""

    person_id: UUID
    """The child or young person."""
    held_on: Day
    """The day. The next limit runs from it."""
    with_ehc_review: Flag
    """Whether it was held together with the EHC plan's annual review."""
    outcome: ReviewOutcome
    """What it came to."""
    notes: Words | None = None
    """What was said, in words. Kept apart, and erasable."""


class ReviewView(Resource):
    """A review that was held."""

    collection: ClassVar = "/v1/reviews"

    person_id: UUID
    """The child or young person."""
    held_on: Day
    """The day."""
    with_ehc_review: Flag
    """Whether it was held together with the EHC plan's annual review."""
    outcome: ReviewOutcome
    """What it came to."""
    notes: str | None
    """What was said; null where there are no words, and for a reader who works with figures only."""
    written: Kept
    """Who wrote it down, and when."""


class ReviewsQuery(PageQuery):
    """Which reviews."""

    person_id: UUID | None = None
    """Only this person's."""


class DueState(StrEnum):
    """Whether a review can still be held in time."""

    DUE = "due"
    OVERDUE = "overdue"


Place = tuple[date, UUID]
"""Where something stands in the list of due reviews: its hold-by day, then the person's key."""


def _place_in(cursor: str) -> Place:
    return date.fromisoformat(cursor[:8]), UUID(hex=cursor[8:])


def _is_place(cursor: str) -> str:
    _place_in(cursor)
    return cursor


Cursor = Annotated[
    str,
    in_form(
        r"^(19|2[012])[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9a-f]{32}$",
        "Give the `next_cursor` of a page.",
    ),
    AfterValidator(_is_place),
]


class DueReviewsQuery(Record):
    """Which due reviews, and which page of them."""

    by: Day | None = None
    """Only those to be held by this day, itself inside; left out, within the next 28 days."""
    team: Code | None = None
    """Only this team's."""
    state: DueState | None = None
    """Only those that are overdue, or only those that are not."""
    limit: Annotated[int, InDigits, Field(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE
    """How many at most."""
    cursor: Cursor | None = None
    """Where the page before ended: `next_cursor` of that page."""

    @property
    def after(self) -> Place | None:
        """The place of the last one of the page before."""
        return _place_in(self.cursor) if self.cursor else None


class DueReview(Record):
    """A review that is due."""

    person_id: UUID
    """The child or young person."""
    reference: Reference
    """The pseudonymous reference."""
    team: Code
    """The team whose case it is."""
    due_on: date
    """The day it is due: the limit, or the EHC review before it."""
    hold_by: date
    """The last working day on or before the due day."""
    limit_on: date
    """The last day by which it has to be held, counted from the last one."""
    with_ehc_review: Flag
    """Whether it is to be held together with the EHC plan's annual review."""
    state: DueState
    """Overdue from the day after the hold-by day."""


class DueReviews(Record):
    """A page of due reviews, the one to be held soonest first."""

    items: tuple[DueReview, ...]
    """The reviews."""
    next_cursor: str | None
    """Give this as `cursor` for the next page; null on the last one."""


class RollOutQuery(Record):
    """Over which months."""

    starts_on: Day
    """The first day of the roll-out."""
    months: Annotated[int, InDigits, Field(ge=1, le=36)] = 12
    """How many calendar months it takes."""


class RollOutCounts(Record):
    """How many packages were decided, and how each first award compares with the package before it."""

    decided: Whole
    """How many had their first award. The next three add up to it."""
    unchanged: Whole
    """How many stayed as they were, within the tolerance."""
    higher: Whole
    """How many rose."""
    lower: Whole
    """How many fell."""


class RollOutMonth(RollOutCounts):
    """One calendar month of the roll-out."""

    first_day: date
    """Its first day."""
    last_day: date
    """Its last day."""


class Tolerance(Record):
    """What counts as unchanged: a difference up to the larger of the two."""

    percent: Whole
    """So much of the package before, in per cent."""
    annual_pence: Pence
    """So many pence a year."""
    in_words: Line
    """The same in a sentence."""


class RollOut(RollOutCounts):
    """How far the roll-out is. Only packages count that had no award before its first day."""

    starts_on: Day
    """Its first day."""
    last_day: date
    """Its last day."""
    existing: Whole
    """How many packages there are: those that were decided, and those not yet."""
    not_yet: Whole
    """How many have no award up to the last day."""
    months: tuple[RollOutMonth, ...]
    """Month by month."""
    tolerance: Tolerance
    """What counts as unchanged."""


class CalendarView(Resource):
    """A team's calendar of due reviews. Its address is not kept, and cannot be shown again."""

    collection: ClassVar = "/v1/calendars"

    team: Code
    """Whose due reviews it shows."""
    revoked: Kept | None
    """Who let its address answer no longer, and when; null while it answers."""
    written: Kept
    """Who made it, and when."""


class NewCalendarView(CalendarView):
    """A calendar that was just made, with its address."""

    address: Annotated[str, Field(pattern=r"^/calendars/[A-Za-z0-9_-]{43}\.ics$")]
    """Where calendar programs find it. Whoever knows it can read it; it is shown this once."""
