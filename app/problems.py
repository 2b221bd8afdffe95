"""Problem documents (RFC 9457): the one place where an error becomes an answer.

Each has a stable `code`, every problem with its JSON pointer, and the next step in plain words. The
codes are listed in docs/errors.md.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import Field
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app.errors import (
    BodyUnreadable,
    Conflict,
    DatabaseBusy,
    Fault,
    MethodNotAllowed,
    NoSuchAddress,
    NotMigrated,
    RequestInvalid,
    ServiceError,
)
from ras.errors import CannotCalculate, DocumentError, NotAllowed, Problem, RasError
from ras.reading import UnreadableText, problem_of
from ras.records import Record

MEDIA_TYPE = "application/problem+json"
PROBLEM = "ras.problem"
"""Where a request's scope says the code of the problem that it was answered with."""
UNDEFINED_TABLE = "42P01"
"""PostgreSQL's code for a table that is not there."""
LONGEST_WORDS = 500
MOST_PROBLEMS = 1_000
"""How many problems one answer lists; who makes more has made one mistake many times."""

log = structlog.get_logger()


class ProblemItem(Record):
    """One thing that is wrong."""

    pointer: str
    """Where in the request body, as an RFC 6901 JSON pointer; for a query or header, its name."""
    path: str
    """The same place in words, with items named by their codes."""
    code: str
    """What kind of mistake; never changes meaning."""
    message: str
    """What is wrong and what to do."""


class ProblemDocument(Record):
    """What every error answers (RFC 9457)."""

    type: str
    """A name for the kind of problem."""
    title: str
    """The kind of problem in a few words."""
    status: int
    """The HTTP status."""
    code: str
    """What kind of problem, for programs; never changes meaning."""
    detail: str
    """What happened."""
    next_step: str
    """What to do now."""
    problems: tuple[ProblemItem, ...] = Field(default=())
    """Everything that is wrong, where there can be several."""


def listed(problems: Sequence[Problem]) -> tuple[ProblemItem, ...]:
    """Problems on the wire, the first of them where there are very many."""
    return tuple(
        ProblemItem(
            pointer=_printable(p.pointer),
            path=_printable(p.path),
            code=p.code,
            message=_printable(p.message),
        )
        for p in problems[:MOST_PROBLEMS]
    )


def _printable(text: str) -> str:
    """Words about what was sent, which may repeat a piece of it: no longer than a line or two, and text."""
    return text[:LONGEST_WORDS].encode(errors="replace").decode()


_ENGINE: dict[type[RasError], tuple[HTTPStatus, str]] = {
    DocumentError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Put right what each problem names; nothing was kept."),
    CannotCalculate: (
        HTTPStatus.CONFLICT,
        "Complete or correct the plan, or choose another day; nothing was kept.",
    ),
    NotAllowed: (
        HTTPStatus.CONFLICT,
        "The rules do not allow this; the detail and the problems name the rule.",
    ),
}


def meaning_of(error: type[RasError]) -> tuple[HTTPStatus, str]:
    """The status of an engine error and the next step: those of its nearest listed ancestor."""
    return next(_ENGINE[kind] for kind in error.__mro__ if kind in _ENGINE)


class ProblemAnswer(JSONResponse):
    """A problem document that leaves its code with the request, for whoever counts."""

    media_type = MEDIA_TYPE

    def __init__(self, document: ProblemDocument, headers: Mapping[str, str]) -> None:
        super().__init__(document.model_dump(mode="json"), status_code=document.status, headers=headers)
        self._code = document.code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with it."""
        scope[PROBLEM] = self._code
        await super().__call__(scope, receive, send)


def answer(error: ServiceError | RasError) -> JSONResponse:
    """The problem document of an error."""
    if isinstance(error, ServiceError):
        status, next_step, detail = error.status, error.next_step, error.detail
        headers = error.headers | ({"Retry-After": str(error.wait)} if error.wait else {})
    else:
        status, next_step = meaning_of(type(error))
        headers, detail = {}, str(error).partition("\n")[0]
    if len(error.problems) >= MOST_PROBLEMS:
        detail += f" Only the first {MOST_PROBLEMS:,} problems are listed."
    document = ProblemDocument(
        type=f"urn:ras:problem:{error.code}",
        title=(type(error).__doc__ or "").partition("\n")[0],
        status=status,
        code=error.code,
        detail=detail,
        next_step=next_step,
        problems=listed(error.problems),
    )
    return ProblemAnswer(document, headers)


def of_database(error: Exception) -> ServiceError:
    """What a database error means to a caller. Its text stays in the log of types, never in answers."""
    if isinstance(error, IntegrityError):
        return Conflict()
    if _lacks_a_table(error):
        return NotMigrated()
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return DatabaseBusy()
    return Fault()


def _lacks_a_table(error: Exception) -> bool:
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", "") == UNDEFINED_TABLE or "no such table" in str(cause)


def add_handlers(app: FastAPI) -> None:
    """Let every error of the application become a problem document."""

    @app.exception_handler(ServiceError)
    @app.exception_handler(RasError)
    async def _known(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, ServiceError | RasError):
            raise error
        return answer(error)

    @app.exception_handler(UnreadableText)
    async def _unreadable(_request: Request, error: UnreadableText) -> JSONResponse:
        return answer(BodyUnreadable(problems=error.problems))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(invalid(error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        kinds: dict[int, type[ServiceError]] = {
            HTTPStatus.NOT_FOUND: NoSuchAddress,
            HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
            HTTPStatus.BAD_REQUEST: BodyUnreadable,
        }
        response = answer(kinds.get(error.status_code, Fault)())
        response.headers.update(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(_methods(request))
        return response

    @app.exception_handler(ClientDisconnect)
    async def _gone(_request: Request, _error: Exception) -> JSONResponse:
        return answer(BodyUnreadable("The body did not come to its end."))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeout)
    async def _database(_request: Request, error: Exception) -> JSONResponse:
        meaning = of_database(error)
        log.warning("database error", kind=type(error).__name__, code=meaning.code)
        return answer(meaning)


def _methods(request: Request) -> list[str]:
    """Every method that the request's address takes: one address can be several routes."""
    return sorted(
        method
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(request.scope["path"])
        for method in route.methods or ()
    )


def invalid(error: RequestValidationError) -> RequestInvalid:
    """The problems of a request that does not have the right shape, in our words."""
    problems = []
    for details in error.errors()[:MOST_PROBLEMS]:
        place, *within = details["loc"]
        inside = {**details, "loc": tuple(within)}
        problem = problem_of(inside, error.body if place == "body" else None)  # type: ignore[arg-type]  # FastAPI's errors are pydantic's
        if place != "body":
            name = f"{place}: {'.'.join(map(str, within))}"
            problem = Problem(path=name, pointer=name, code=problem.code, message=problem.message)
        problems.append(problem)
    return RequestInvalid(problems=problems)
