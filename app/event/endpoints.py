"""`/v1/events`."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.edge import Operation
from app.event import service
from app.event.schemas import Events, EventsQuery
from app.work import WorkDep

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=Operation)


@router.get("")
def list_events(query: Annotated[EventsQuery, Query()], work: WorkDep) -> Events:
    """Every act on the cases one sees, once, in the order in which they were kept.

    Keep `last_sequence` and ask again from there. A case that comes to one later (`person-revised` with
    another team, `case-shared`) is to be read whole: what was done on it before has earlier numbers.
    """
    return service.list_events(work, query)
