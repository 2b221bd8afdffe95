"""`/livez`, `/readyz`, `/version`, `/docs`, `/v1/me`."""

from importlib.metadata import version as version_of
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse

from app.access import Role
from app.edge import Operation
from app.errors import NoSuchAddress
from app.migration import is_up_to_date
from app.operations.documentation import ASSETS, page
from app.work import WorkDep
from ras.assessment import ENGINE_VERSION
from ras.records import Record

router = APIRouter(tags=["operations"], route_class=Operation)


class Live(Record):
    """The process answers."""

    status: Literal["live"] = "live"
    """Always `live`."""


class Ready(Record):
    """The service can do its work."""

    status: Literal["ready"] = "ready"
    """Always `ready`: a service that is not answers 503."""


class Version(Record):
    """What is running."""

    service: str
    """The service's version."""
    engine: str
    """The engine's version."""


class Me(Record):
    """Who the token says you are, and what the staff register says you may do."""

    subject: str
    """Your subject on the staff register."""
    role: Role
    """Your role."""
    team: str | None
    """Your team, where the role has one."""
    client: str
    """Who sent the request: you, or the system that acts for you."""


VERSION = Version(service=version_of("ras"), engine=ENGINE_VERSION)


@router.get("/livez")
async def livez() -> Live:
    """Whether the process answers."""
    return Live()


@router.get("/readyz")
async def readyz(request: Request) -> Ready:
    """Whether the service can do its work: the database answers and is of this version."""
    database = request.app.state.database
    async with database.turn("readyz", to_write=False):
        await run_in_threadpool(is_up_to_date, database)
    return Ready()


@router.get("/version")
async def version() -> Version:
    """What is running."""
    return VERSION


@router.get("/v1/me")
def get_me(work: WorkDep) -> Me:
    """Who the token says you are, and what the staff register says you may do."""
    caller = work.caller
    return Me(subject=caller.subject, role=caller.role, team=caller.team, client=caller.client)


@router.get("/docs", include_in_schema=False)
async def docs() -> HTMLResponse:
    """The description of the API, to read and to try. It fetches nothing from elsewhere."""
    return HTMLResponse(page())


@router.get("/docs/{name}", include_in_schema=False)
async def docs_asset(name: str) -> FileResponse:
    """A part of that page."""
    if name not in ASSETS:
        raise NoSuchAddress
    return FileResponse(Path(ASSETS[name]))
