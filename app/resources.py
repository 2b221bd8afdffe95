"""What every resource on the wire has in common: its address, its ETag, and pages of it."""

from collections.abc import Callable, Sequence
from datetime import date
from re import fullmatch
from typing import Annotated, ClassVar, Generic, TypeVar
from uuid import UUID

from fastapi import Request, Response
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field

from app.errors import PreconditionFailed, PreconditionRequired, RequestInvalid
from app.work import Work
from ras.errors import Problem
from ras.records import Record, in_form

PAGE_SIZE, LARGEST_PAGE = 50, 200


class Resource(Record):
    """A record with an address of its own."""

    collection: ClassVar[str]
    """The address of its list."""

    id: UUID
    """Its key."""
    revision: Annotated[int, Field(ge=1)]
    """Counts its changes from 1; part of its ETag."""

    @property
    def about(self) -> UUID | None:
        """The person it is about; None for what is about nobody."""
        return getattr(self, "person_id", None)

    @property
    def etag(self) -> str:
        """Names this state of it, for `If-Match`."""
        return etag_of(self.id, self.revision)


class Kept(Record):
    """Who wrote something down, and when."""

    by: str
    """The person's subject on the staff register."""
    at: AwareDatetime
    """The moment, in UTC."""


def etag_of(record: UUID, revision: int) -> str:
    """The ETag of a state of a record."""
    return f'"{record.hex[-12:]}-{revision}"'


def refuse_stale(work: Work, record: UUID, revision: int) -> None:
    """Let a change through that starts from the record's present state.

    Raises:
        PreconditionRequired: it does not say which state it starts from.
        PreconditionFailed: the record has changed since.
    """
    if work.if_match is None:
        raise PreconditionRequired
    if work.if_match.strip() != etag_of(record, revision):
        raise PreconditionFailed


R = TypeVar("R", bound=Resource)


def shown(response: Response, resource: R) -> R:
    """Answer with a resource and its ETag."""
    response.headers["ETag"] = resource.etag
    return resource


def made(response: Response, resource: R) -> R:
    """Answer with a resource that was just made, its ETag and its address."""
    response.headers["Location"] = f"{resource.collection}/{resource.id}"
    return shown(response, resource)


def _in_digits(value: object) -> object:
    if isinstance(value, str) and not fullmatch("[0-9]{1,9}", value):
        raise ValueError("a whole number is written in digits")
    return value


InDigits = BeforeValidator(_in_digits)
"""For a whole number in an address: `1.0`, `+1` and `1_0` are not one."""


class PageQuery(Record):
    """Which page of a list."""

    limit: Annotated[int, InDigits, Field(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE
    """How many at most."""
    cursor: Annotated[str, in_form(r"^[0-9a-f]{32}$", "Give the `next_cursor` of a page.")] | None = None
    """Where the page before ended: `next_cursor` of that page."""

    @property
    def after(self) -> UUID | None:
        """The key of the last record of the page before."""
        return UUID(hex=self.cursor) if self.cursor else None


T = TypeVar("T")
Item = TypeVar("Item", bound=Resource)


class Page(Record, Generic[Item]):
    """A page of a list, oldest first."""

    # pydantic would look for what is written below a field once more for each kind of page, 20 ms each.
    model_config = ConfigDict(use_attribute_docstrings=False)

    items: Annotated[tuple[Item, ...], Field(description="The records.")]
    next_cursor: Annotated[
        str | None,
        Field(description="Give this as `cursor` for the next page; null on the last one."),
    ]


def page_of(work: Work, rows: Sequence[T], query: PageQuery, view: Callable[[T], Item]) -> Page[Item]:
    """Make a page of rows, of which one more was read than the page holds. Whom it is about is noted."""
    items = tuple(view(row) for row in rows[: query.limit])
    work.seen.people.update(item.about for item in items if item.about is not None)
    more = len(rows) > query.limit
    return Page(items=items, next_cursor=items[-1].id.hex if more else None)


def linked(request: Request, response: Response, page: Page[Item]) -> Page[Item]:
    """Answer with a page and the address of the next one (RFC 8288)."""
    if page.next_cursor:
        following = request.url.include_query_params(cursor=page.next_cursor)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return page


def refuse_future(work: Work, day: date, field: str) -> None:
    """Let through a day that has come.

    Raises:
        RequestInvalid: it has not.
    """
    if day > work.today:
        message = f"{day} is still to come; today is {work.today}."
        raise RequestInvalid(problems=[Problem(field, f"/{field}", "day-in-future", message)])
