"""Reviews: writing them down, working out when the next is due, and showing that to teams and calendars."""

import secrets
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from app.audit.service import hold_chain
from app.budget import repository as budgets
from app.budget.derive import Budget, budget_of
from app.db import Database
from app.errors import NoSuchAddress, RequestInvalid, WrongState
from app.person.repository import get_person as find_known
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.plan.repository import list_plans
from app.plan.schemas import PlansQuery
from app.policy.service import rules_in_force
from app.resources import LARGEST_PAGE, Kept, Page, PageQuery, page_of, refuse_future
from app.review import calendar, repository
from app.review.repository import Calendar, Due, Existing
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
    RollOutCounts,
    RollOutMonth,
    RollOutQuery,
    Tolerance,
)
from app.review.tables import CalendarRevocationRow, CalendarRow, ReviewDueRow, ReviewRow
from app.words import add_words, find_words
from app.work import AFTER_ACT, Work
from ras.budget import Span, Timeline
from ras.canonical import as_written, sha256
from ras.component import Component, Delivery
from ras.dates import Period, add_months
from ras.errors import NoBudgetRules, NoPolicyInForce, Problem
from ras.money import pounds
from ras.review import (
    TOLERANCE_ANNUAL_PENCE,
    TOLERANCE_PERCENT,
    Against,
    ReviewDue,
    against_package,
    review_due,
)

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
    rows = repository.list_reviews(work.session, query, seen=seen_by(work.caller))
    return page_of(rows, query, lambda row: _view(work, row))


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
    more = len(found) > query.limit
    return DueReviews(items=items, next_cursor=_cursor(items[-1]) if more else None)


def roll_out(work: Work, query: RollOutQuery) -> RollOut:
    """How many packages from before were decided, month by month, and how each compares."""
    existing = repository.list_existing(work.session, team=work.caller.only_team)
    starts = [add_months(query.starts_on, number) for number in range(query.months + 1)]
    whole = Period(starts[0], starts[-1])
    months = []
    for first_day, before in zip(starts, starts[1:], strict=False):
        counts = _counts(existing, Period(first_day, before))
        last_day = before - timedelta(days=1)
        months.append(RollOutMonth(**dict(counts), first_day=first_day, last_day=last_day))
    counts = _counts(existing, whole)
    not_yet = sum(each.decided_on is None or each.decided_on >= starts[-1] for each in existing)
    return RollOut(
        **dict(counts),
        starts_on=query.starts_on,
        last_day=starts[-1] - timedelta(days=1),
        existing=counts.decided + not_yet,
        not_yet=not_yet,
        months=tuple(months),
        tolerance=Tolerance(
            percent=TOLERANCE_PERCENT,
            annual_pence=TOLERANCE_ANNUAL_PENCE,
            in_words=f"Unchanged means that the first award differs from the package before it by no more than "
            f"{TOLERANCE_PERCENT}% of the package, or {pounds(TOLERANCE_ANNUAL_PENCE)} a year where that is "
            "more.",
        ),
    )


def refresh_due(work: Work, person_id: UUID) -> None:
    """Work out again when a person's next review is due. Where nothing is payable then, none is.

    It goes by the policy in force today. Where there is none, what was worked out last stays.
    """
    records = budgets.records_of(work.session, person_id)
    if not records.decisions:
        return
    found = budget_of(records, work.working_days)
    if found.began_on is None or not _is_payable_from(found, work.today):
        repository.take_due(work.session, person_id)
        return
    with suppress(NoPolicyInForce, NoBudgetRules):
        due = _due(work, person_id, found, found.began_on)
        if not _is_payable_from(found, due.due_on):
            repository.take_due(work.session, person_id)
            return
        _, known = find_known(work.session, person_id)
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
        refresh_due(work, UUID(chain.removeprefix(chain_of(""))))


# Each such act is written down after its rows, so it can be followed at once: the day is worked out in the
# act's own transaction or savepoint, and taken back with it.
AFTER_ACT.append(refresh_after)
