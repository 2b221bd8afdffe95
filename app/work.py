"""One piece of work for one caller: what every service function is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.access import Caller
from app.audit import service as audit
from app.audit.reads import Seen
from app.clock import LONDON, london_day
from app.ids import NewId
from app.working_days import working_days
from ras.dates import WorkingDays


@dataclass(frozen=True, slots=True)
class Work:
    """A session, who asks, and when it is.

    Attributes:
        session: The transaction, which the edge commits.
        caller: Who asks.
        now: The moment of the request, in UTC.
        make_id: Makes keys.
        if_match: The ETag that a change says it starts from.
        working_days: The working days of England and Wales.
        seen: Whose records the work reads: the edge writes it down before the answer leaves.
    """

    session: Session
    caller: Caller
    now: datetime
    make_id: NewId
    if_match: str | None = None
    working_days: WorkingDays = field(default_factory=working_days)
    seen: Seen = field(default_factory=Seen)

    @property
    def today(self) -> date:
        """The London day of the request."""
        return london_day(self.now)

    def local(self, moment: datetime) -> datetime:
        """A moment as clocks in London showed it."""
        return moment.astimezone(LONDON)

    def new_id(self) -> UUID:
        """A fresh key."""
        return self.make_id(self.now)

    @property
    def works_with_people(self) -> bool:
        """Whether dates of birth are shown: to who works with people, and under broken glass."""
        return self.caller.works_with_people or self.seen.broke_glass

    @property
    def reads_words(self) -> bool:
        """Whether what people wrote is shown: to who works with them or decides, and under broken glass."""
        return self.caller.reads_words or self.seen.broke_glass

    def record_act(self, chain: str, act: str, *, record: UUID, content: Mapping[str, Any]) -> None:
        """Add an act to the audit log, in this transaction."""
        audit.add_act(
            self.session,
            chain,
            act,
            entry_id=self.new_id(),
            record=record,
            caller=self.caller,
            at=self.now,
            content=dict(content),
        )
        for follow in AFTER_ACT:
            follow(self, chain, act)


AFTER_ACT: list[Callable[[Work, str, str], None]] = []
"""What follows every act, in its transaction, given the act's chain and name. Whoever is above the acts and
follows them puts itself here when it is imported: they know nothing of it."""


async def _work_of(request: Request) -> Work:
    work: Work = request.state.work
    return work


WorkDep = Annotated[Work, Depends(_work_of)]
"""The work of this request; the edge (`app.edge`) opened it and will commit it."""
