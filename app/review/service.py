"""Reviews: writing them down, keeping when the next is due, and showing that to teams and calendars."""

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access import Caller, Role
from app.audit.reads import Read, Seen
from app.audit.service import hold_chain
from app.budget import repository as budgets
from app.budget.derive import budget_of
from app.db import Database
from app.errors import NoSuchAddress, RequestInvalid, WrongState
from app.person import repository as people
from app.person.service import chain_of, get_person, get_person_to_change
from app.plan.repository import list_plans
from app.plan.schemas import PlansQuery
from app.policy.service import rules_in_force
from app.resources import LARGEST_PAGE, Kept, Page, PageQuery, page_of, refuse_future
from app.review import calendar, repository
from app.review.derive import due_of, is_payable_from, roll_out_of
from app.review.repository import Calendar, Due
from app.review.schemas import (
    CalendarView,
    DueReview,
    DueReviews,
    DueReviewsQuery,
    DueState,
    NewCalendarView,
    NewReview,
    ReviewOutcome,
    ReviewsQuery,
    ReviewView,
    RollOut,
    RollOutQuery,
)
from app.review.tables import CalendarRevocationRow, CalendarRow, ReviewDueRow, ReviewRow
from app.words import add_words, find_words
from app.work import AFTER_ACT, Work
from ras.canonical import as_written, sha256
from ras.errors import NoBudgetRules, NoPolicyInForce, Problem

MOVES_REVIEWS = frozenset(
    {
        *("decision-made", "notice-served", "notice-withdrawn"),
        *("reconsideration-asked", "reconsideration-answered", "reconsideration-answer-served"),
        *("person-revised", "plan-written", "review-held"),
    }
)
"""The acts on which the next review's day, or whose it is, depends."""
LISTED_AHEAD = timedelta(days=28)
"""How far ahead the list of due reviews looks where nobody says how far."""
CALENDARS = "calendars"
"""The audit chain of all calendars."""
SECRET_BYTES = 32
MOST_EVENTS = 5_000
"""So many due reviews a calendar shows at most, the soonest: more than a team can hold in a year."""


def add_review(work: Work, new: NewReview) -> ReviewView:
    """Write down that a review was held.

    Raises:
        NotFound: there is no such person for this caller.
        RequestInvalid: it was held before the last one or before the budget began, or is still to come.
        WrongState: there is no budget to review.
    """
    person, _ = get_person_to_change(work, new.person_id)
    refuse_future(work, new.held_on, "held_on")
    found = budget_of(budgets.records_of(work.session, person.id), work.working_days)
    before = repository.list_reviews_of(work.session, person.id)
    _refuse_too_early(new.held_on, found.began_on, before)
    row = ReviewRow(
        id=work.new_id(),
        person_id=person.id,
        number=len(before) + 1,
        held_on=new.held_on,
        with_ehc_review=new.with_ehc_review,
        outcome=new.outcome,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    words = {"notes": new.notes} if new.notes is not None else {}
    row.notes_commitment = add_words(work.session, words, record=row.id, person=person.id)
    repository.add_review(work.session, row)
    content = {**as_written(new), "person_id": str(person.id), "notes": row.notes_commitment}
    work.record_act(chain_of(person.id), "review-held", record=row.id, content=content)
    return _view(work, row)


def show_review(work: Work, review_id: UUID) -> ReviewView:
    """A review.

    Raises:
        NotFound: there is none for this caller.
    """
    row = repository.get_review(work.session, review_id)
    get_person(work, row.person_id)
    return _view(work, row)


def list_reviews(work: Work, query: ReviewsQuery) -> Page[ReviewView]:
    """A page of reviews the caller may see."""
    rows = repository.list_reviews(work.session, query, seen=people.seen_by(work.caller))
    return page_of(work, rows, query, lambda row: _view(work, row))


def list_due(work: Work, query: DueReviewsQuery) -> DueReviews:
    """A page of the due reviews the caller may see, the one to be held soonest first."""
    by = query.by or work.today + LISTED_AHEAD
    wanted = repository.due_reviews(
        teams=frozenset(filter(None, (work.caller.only_team, query.team))),
        limit=query.limit + 1,
        from_day=work.today if query.state is DueState.DUE else None,
        by=min(by, work.today - timedelta(days=1)) if query.state is DueState.OVERDUE else by,
        after=query.after,
    )
    found = repository.list_due(work.session, wanted)
    items = tuple(_due_view(work, each) for each in found[: query.limit])
    work.seen.people.update(item.person_id for item in items)
    more = len(found) > query.limit
    return DueReviews(items=items, next_cursor=_cursor(items[-1]) if more else None)


def count_due(work: Work) -> tuple[int, int]:
    """How many reviews of all teams are overdue, and how many more are due as far ahead as the list looks."""
    overdue = repository.count_due(work.session, by=work.today - timedelta(days=1))
    due = repository.count_due(work.session, from_day=work.today, by=work.today + LISTED_AHEAD)
    return overdue, due


def show_roll_out(work: Work, query: RollOutQuery) -> RollOut:
    """How many packages from before were decided, month by month, and how each compares."""
    existing = repository.list_existing(work.session, team=work.caller.only_team)
    return roll_out_of(existing, starts_on=query.starts_on, months=query.months)


def refresh_due(work: Work, person_id: UUID) -> None:
    """Work out again when a person's next review is due. Where nothing is payable then, none is.

    It goes by the policy in force today. Where there is none, the days that were worked out last stay.
    """
    records = budgets.records_of(work.session, person_id)
    if not records.decisions:
        return
    found = budget_of(records, work.working_days)
    if not is_payable_from(found, work.today):
        repository.take_due(work.session, person_id)
        return
    _, known = people.get_person(work.session, person_id)
    try:
        _, rules = rules_in_force(work, work.today)
    except (NoPolicyInForce, NoBudgetRules):
        repository.move_due(work.session, person_id, team=known.team)
        return
    due = due_of(
        found,
        rules.review,
        work.working_days,
        held_on=[row.held_on for row in repository.list_reviews_of(work.session, person_id)],
        ehc_reviews_on=_ehc_reviews_on(work, person_id),
        today=work.today,
    )
    if due is None:
        repository.take_due(work.session, person_id)
        return
    row = ReviewDueRow(
        person_id=person_id,
        team=known.team,
        limit_on=due.limit_on,
        due_on=due.due_on,
        hold_by=due.hold_by,
        with_ehc_review=due.with_ehc_review,
    )
    repository.put_due(work.session, row)


def refresh_after(work: Work, chain: str, act: str) -> None:
    """Work out a person's next review again after an act on which it depends."""
    if act in MOVES_REVIEWS:
        refresh_due(work, UUID(chain.partition(":")[2]))


# Each of these acts is written down after its rows. So it is followed at once, in its own transaction or
# savepoint, and what was worked out is taken back with it.
AFTER_ACT.append(refresh_after)


def add_calendar(work: Work) -> NewCalendarView:
    """Make a calendar of the caller's own team. Of the secret in its address only a hash is kept."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = CalendarRow(
        id=work.new_id(),
        team=work.caller.only_team,
        secret_sha256=_hash_of(secret),
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_calendar(work.session, row)
    work.record_act(CALENDARS, "calendar-made", record=row.id, content={"team": row.team})
    return NewCalendarView(**dict(_calendar_view((row, None))), address=f"/calendars/{secret}.ics")


def list_calendars(work: Work, query: PageQuery) -> Page[CalendarView]:
    """A page of the calendars of the caller's own team."""
    rows = repository.list_calendars(work.session, query, team=work.caller.only_team)
    return page_of(work, rows, query, _calendar_view)


def revoke_calendar(work: Work, calendar_id: UUID) -> CalendarView:
    """Let a calendar's address answer no longer.

    Raises:
        NotFound: there is no such calendar for this caller.
        WrongState: it was revoked before.
    """
    hold_chain(work.session, CALENDARS)
    row, revoked = repository.get_calendar(work.session, calendar_id)
    work.caller.refuse_unless_sees(row.team)
    if revoked is not None:
        raise WrongState("The calendar was revoked before.")
    revoked = CalendarRevocationRow(calendar_id=row.id, written_by=work.caller.subject, written_at=work.now)
    repository.add_revocation(work.session, revoked)
    work.record_act(CALENDARS, "calendar-revoked", record=row.id, content={"team": row.team})
    return _calendar_view((row, revoked))


def read_calendar(database: Database, secret: str, *, now: datetime) -> tuple[bytes, Read | None]:
    """The calendar whose address has a secret in it, as it is now, and the read that this is.

    Who reads it is not known, only which calendar: that is who the log names.

    Raises:
        NoSuchAddress: there is none, or it was revoked: nobody can tell which.
    """
    with database.read() as session:
        row = repository.find_calendar_by_secret(session, _hash_of(secret))
        if row is None:
            raise NoSuchAddress
        wanted = repository.due_reviews(teams=frozenset({row.team}), limit=MOST_EVENTS)
        due = repository.list_due(session, wanted)
        reader = Caller(subject=f"calendar:{row.id}", role=Role.SYSTEM, team=row.team, client="calendar")
        read = Read(reader, "get_calendar", Seen(people={each.person_id for each, _ in due}), at=now)
        return calendar.written(row.team, due, now=now), read if due else None


def _refuse_too_early(held_on: date, began_on: date | None, before: list[ReviewRow]) -> None:
    if began_on is None:
        raise WrongState("There is no budget to review.")
    earliest = max(began_on, *(row.held_on for row in before)) if before else began_on
    if held_on < earliest:
        message = f"A review follows the last one, and the first day of the budget: {earliest} or later."
        raise RequestInvalid(problems=[Problem("held_on", "/held_on", "too-early", message)])


def _ehc_reviews_on(work: Work, person_id: UUID) -> list[date]:
    """The days of the next EHC reviews that the latest versions of a person's plans name."""
    plans = list_plans(work.session, PlansQuery(person_id=person_id, limit=LARGEST_PAGE), seen=None)
    return [version.next_ehc_review_on for _, version in plans if version.next_ehc_review_on is not None]


def _view(work: Work, row: ReviewRow) -> ReviewView:
    words = find_words(work.session, row.id) if work.reads_words else {}
    return ReviewView(
        id=row.id,
        revision=1,
        person_id=row.person_id,
        held_on=row.held_on,
        with_ehc_review=row.with_ehc_review,
        outcome=ReviewOutcome(row.outcome),
        notes=words.get("notes"),
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _due_view(work: Work, found: Due) -> DueReview:
    row, reference = found
    return DueReview(
        person_id=row.person_id,
        reference=reference,
        team=row.team,
        due_on=row.due_on,
        hold_by=row.hold_by,
        limit_on=row.limit_on,
        with_ehc_review=row.with_ehc_review,
        state=DueState.OVERDUE if row.hold_by < work.today else DueState.DUE,
    )


def _cursor(last: DueReview) -> str:
    return last.hold_by.isoformat().replace("-", "") + last.person_id.hex


def _calendar_view(found: Calendar) -> CalendarView:
    row, revoked = found
    return CalendarView(
        id=row.id,
        revision=1 if revoked is None else 2,
        team=row.team,
        revoked=Kept(by=revoked.written_by, at=revoked.written_at) if revoked else None,
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _hash_of(secret: str) -> str:
    return sha256(secret.encode(errors="replace"))
