"""The feed of acts."""

from app.event import repository
from app.event.repository import Found
from app.event.schemas import Events, EventsQuery, EventView
from app.work import Work


def list_events(work: Work, query: EventsQuery) -> Events:
    """The events after a number that the caller may see, in order."""
    found = repository.list_events(work.session, work.caller, after=query.after, limit=query.limit)
    work.seen.people.update(each.person.id for each in found if each.person)
    return Events(items=tuple(_view(each) for each in found), last_sequence=_last(work, query, found))


def _last(work: Work, query: EventsQuery, found: list[Found]) -> int:
    """Up to where all was looked through: what is not in the feed, such as reads, is not looked at again."""
    if len(found) == query.limit:
        return found[-1].sequence
    return max(repository.count_events(work.session), query.after)


def _view(found: Found) -> EventView:
    return EventView(
        sequence=found.sequence,
        act=found.entry.act,
        record_id=found.entry.record,
        person_id=found.person.id if found.person else None,
        person_reference=found.person.reference if found.person else None,
        at=found.entry.at,
    )
