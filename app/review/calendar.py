"""A calendar of due reviews as calendar programs read it (RFC 5545): no names, needs or amounts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from app.review.repository import Due
from app.review.tables import ReviewDueRow
from ras.canonical import sha256

MAKER = "-//Resource Allocation System//Due reviews//EN"
ASK_AGAIN_AFTER = timedelta(hours=12)


def written(team: str, reviews: Iterable[Due], *, now: datetime) -> bytes:
    """Write a calendar: for each due review a whole day, that by which it is to be held."""
    made = Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Reviews: {team}")
    made.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for due, reference in reviews:
        made.add_component(_event(due, reference, now))
    return bytes(made.to_ical())


def _event(due: ReviewDueRow, reference: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{_name_of(due)}@ras")
    event.add("dtstamp", now)
    event.add("dtstart", due.hold_by)
    event.add("summary", f"Review {reference}" + (" with the EHC review" if due.with_ehc_review else ""))
    event.add("transp", "TRANSPARENT")
    return event


def _name_of(due: ReviewDueRow) -> str:
    """The same for a person's next review whatever day it moves to, and nobody's key."""
    return sha256(f"due review of {due.person_id}".encode())[:32]
