"""What can go wrong in the service, and the one place where an error becomes an answer.

Every error is an RFC 9457 problem document with a stable `code`, every problem with its JSON
pointer, and the next step in plain words. The codes are listed in docs/errors.md.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

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

from ras.errors import (
    CannotCalculate,
    DocumentError,
    NotAllowed,
    Problem,
    RasError,
)
from ras.reading import UnreadableText, problem_of
from ras.records import Record

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
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


class ServiceError(Exception):
    """The root of the service's own errors. A leaf has a code, a status and a next step."""

    code: ClassVar[str]
    status: ClassVar[HTTPStatus]
    next_step: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str = "", problems: Sequence[Problem] = ()) -> None:
        self.detail = detail or (self.__doc__ or "").partition("\n")[0]
        self.problems = tuple(problems)
        super().__init__(self.detail)


class BodyUnreadable(ServiceError):
    """The body is not JSON that can be read safely."""

    code = "body-unreadable"
    status = HTTPStatus.BAD_REQUEST
    next_step = "Send one JSON document in UTF-8; each problem says where it is not."


class IdempotencyKeyRequired(ServiceError):
    """A system client must send an Idempotency-Key with every write."""

    code = "idempotency-key-required"
    status = HTTPStatus.BAD_REQUEST
    next_step = "Send a fresh Idempotency-Key, and the same one again when you repeat the request."


class TokenMissing(ServiceError):
    """There is no bearer token."""

    code = "token-missing"
    status = HTTPStatus.UNAUTHORIZED
    next_step = "Send an Authorization header with a bearer token from the identity provider."
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="ras"'}


class TokenInvalid(ServiceError):
    """The bearer token cannot be trusted, has run out, or is not for this service."""

    code = "token-invalid"
    status = HTTPStatus.UNAUTHORIZED
    next_step = "Get a new token from the identity provider."
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="ras", error="invalid_token"'}


class NotOnStaffRegister(ServiceError):
    """The person or system is not on the staff register, or no longer."""

    code = "not-on-staff-register"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask whoever runs the service to put them on the staff register."


class OnBehalfOfNeeded(ServiceError):
    """A system client acts only for a named user."""

    code = "on-behalf-of-needed"
    status = HTTPStatus.FORBIDDEN
    next_step = "Name the user in a RAS-On-Behalf-Of header; only system clients may send one."


class NotAllowedForRole(ServiceError):
    """The role, or the system client's scope, does not allow this."""

    code = "not-allowed-for-role"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask someone whose role allows it; the API's description names the roles."


class OwnPolicy(ServiceError):
    """Nobody approves or publishes a policy they wrote any part of."""

    code = "own-policy"
    status = HTTPStatus.FORBIDDEN
    next_step = "Ask a second policy lead or a panel chair."


class NotFound(ServiceError):
    """There is no such record, or it is not yours to see."""

    code = "not-found"
    status = HTTPStatus.NOT_FOUND
    next_step = "Check the address and whose case it is."


class NoSuchAddress(ServiceError):
    """There is nothing at this address."""

    code = "no-such-address"
    status = HTTPStatus.NOT_FOUND
    next_step = "Look the address up in the API's description at /docs."


class MethodNotAllowed(ServiceError):
    """This address does not take this method."""

    code = "method-not-allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    next_step = "Use a method from the Allow header."


class ReferenceTaken(ServiceError):
    """Another person has this reference."""

    code = "reference-taken"
    status = HTTPStatus.CONFLICT
    next_step = "Look the person up by reference, or use another reference."


class VersionTaken(ServiceError):
    """There is a policy with this authority, code and version."""

    code = "version-taken"
    status = HTTPStatus.CONFLICT
    next_step = "Change the draft that exists, or give the new policy another version."


class WrongState(ServiceError):
    """The record is not in a state that allows this."""

    code = "wrong-state"
    status = HTTPStatus.CONFLICT
    next_step = "Read the record again and see what can follow from its state."


class PolicyHasStarted(ServiceError):
    """A policy can be withdrawn only before the day it starts."""

    code = "policy-has-started"
    status = HTTPStatus.CONFLICT
    next_step = "Publish a later policy; what has been assessed under this one stands."


class Conflict(ServiceError):
    """Something else changed at the same moment."""

    code = "conflict"
    status = HTTPStatus.CONFLICT
    next_step = "Read the record again and repeat the request if it still makes sense."


class KeyInFlight(ServiceError):
    """A request with this Idempotency-Key is being worked on."""

    code = "idempotency-key-in-flight"
    status = HTTPStatus.CONFLICT
    next_step = "Wait a moment and repeat the same request."


class PreconditionFailed(ServiceError):
    """The record has changed since you read it."""

    code = "record-has-changed"
    status = HTTPStatus.PRECONDITION_FAILED
    next_step = "Read the record again, and repeat the request with its new ETag."


class BodyTooLarge(ServiceError):
    """The body is larger than the service takes."""

    code = "body-too-large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    next_step = "Send less at a time."


class MediaTypeUnsupported(ServiceError):
    """The body is not of a kind this address takes."""

    code = "media-type-unsupported"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    next_step = "Send application/json, or text/csv where the description says so."


class RequestInvalid(ServiceError):
    """The request does not have the shape this operation takes."""

    code = "request-invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    next_step = "Put right what each problem names; nothing was kept."


class KeyReused(ServiceError):
    """This Idempotency-Key came before with another request."""

    code = "idempotency-key-reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    next_step = "Use a fresh key for a new request."


class RowsRefused(ServiceError):
    """Some rows cannot be kept, so none was."""

    code = "rows-refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    next_step = "Put the rows right and send the file again, or ask for the good ones to be kept."


class PreconditionRequired(ServiceError):
    """A change needs to say which state of the record it changes."""

    code = "if-match-required"
    status = HTTPStatus.PRECONDITION_REQUIRED
    next_step = "Send the record's ETag in an If-Match header."


class DatabaseBusy(ServiceError):
    """The database is too busy or out of reach."""

    code = "database-unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = "Repeat the request in a few seconds; nothing of it was kept."
    headers: ClassVar = {"Retry-After": str(RETRY_SECONDS)}


class NotMigrated(ServiceError):
    """The database's tables are not of this version."""

    code = "not-migrated"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = "Whoever runs the service runs `ras migrate`."
    headers: ClassVar = {"Retry-After": str(RETRY_SECONDS)}


class KeysUnavailable(ServiceError):
    """The identity provider's keys cannot be read just now."""

    code = "identity-provider-unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    next_step = "Repeat the request in a few seconds."
    headers: ClassVar = {"Retry-After": str(RETRY_SECONDS)}


class Fault(ServiceError):
    """The service made a mistake. Nothing of the request was kept."""

    code = "fault"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    next_step = "Tell whoever runs the service the X-Request-Id of this answer."


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


def status_of(error: type[RasError]) -> HTTPStatus:
    """The status of an engine error: that of its nearest listed ancestor."""
    return next(_ENGINE[kind][0] for kind in error.__mro__ if kind in _ENGINE)


def answer(error: ServiceError | RasError) -> JSONResponse:
    """The problem document of an error."""
    if isinstance(error, ServiceError):
        status, next_step, headers, detail = error.status, error.next_step, error.headers, error.detail
    else:
        kind = next(kind for kind in type(error).__mro__ if kind in _ENGINE)
        status, next_step = _ENGINE[kind]
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
    return JSONResponse(
        document.model_dump(mode="json"), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


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
