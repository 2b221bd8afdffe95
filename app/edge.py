"""The edge: one request is one caller and one transaction, committed before the answer leaves.

Every operation of the service goes through `Operation`, in this order:

1. the body is read whole and strictly, so that nobody holds the database while typing;
2. the token is verified and its subject found on the staff register;
3. the operation's rule in `app.access` lets the caller in;
4. a writing operation waits its turn, and answers a repeated idempotency key from what was kept;
5. the endpoint runs;
6. the answer is kept with its key, the transaction commits, and only then the answer leaves.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from re import fullmatch
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from app.access import ACCESS, Caller, Rule
from app.db import Database
from app.errors import IdempotencyKeyRequired, KeyInFlight, MediaTypeUnsupported, RequestInvalid, TokenMissing
from app.idempotency import KEY_PATTERN, Key, find_answer, keep_answer
from app.staff.service import identify
from app.work import Work
from ras.canonical import sha256
from ras.errors import Problem
from ras.reading import read_json

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON is read by `ras.reading`: nothing repeated, inexact, deep or unprintable."""

    async def json(self) -> Any:
        """The body, strictly."""
        if not hasattr(self, "_strict"):
            self._strict = read_json(await self.body())
        return self._strict


class Operation(APIRoute):
    """A route that is one operation of the service, named in the table of `app.access`."""

    def get_route_handler(self) -> Handler:
        """Put the edge around the endpoint."""
        rule, handle = ACCESS[self.name], super().get_route_handler()

        async def whole(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if rule.scope is None:
                return await handle(strict)
            return await _through_the_edge(strict, rule, handle)

        return whole


async def _through_the_edge(request: StrictRequest, rule: Rule, handle: Handler) -> Response:
    database: Database = request.app.state.database
    now: datetime = request.app.state.clock()
    if await request.body():
        await _refuse_unreadable(request)
    caller = await run_in_threadpool(_identify, request, database, now)
    caller.refuse_unless_allowed(rule)
    key = await _key(request, caller) if rule.keeps else None

    async with database.turn(to_write=rule.keeps):
        engine = database.writing if rule.keeps else database.reading
        work = Work(
            session=Session(engine, expire_on_commit=False),
            caller=caller,
            now=now,
            make_id=request.app.state.new_id,
            if_match=request.headers.get("if-match"),
        )
        try:
            return await _in_transaction(request, work, key, handle)
        finally:
            await run_in_threadpool(work.session.close)


async def _in_transaction(request: StrictRequest, work: Work, key: Key | None, handle: Handler) -> Response:
    request.state.work = work
    if key is None:
        response = await handle(request)
        await run_in_threadpool(work.session.commit)
        return response
    with _InFlight(request.app.state.keys_in_flight, key):
        answered = await run_in_threadpool(find_answer, work.session, key)
        if answered is not None:
            return answered
        response = await handle(request)
        await run_in_threadpool(_commit_with_answer, work, key, response)
        return response


def _commit_with_answer(work: Work, key: Key, response: Response) -> None:
    keep_answer(work.session, key, response, now=work.now)
    work.session.commit()


class _InFlight:
    """One request for one key at a time in this process; across processes the table's key decides."""

    def __init__(self, keys: set[tuple[str, str]], key: Key) -> None:
        self._keys, self._name = keys, (key.client, key.key)

    def __enter__(self) -> None:
        if self._name in self._keys:
            raise KeyInFlight
        self._keys.add(self._name)

    def __exit__(self, *_: object) -> None:
        self._keys.discard(self._name)


async def _refuse_unreadable(request: StrictRequest) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        await request.json()
    elif kind != "text/csv":
        raise MediaTypeUnsupported


def _identify(request: Request, database: Database, now: datetime) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing
    claims = request.app.state.verifier.verify(token.strip(), now=now)
    with database.read() as session:
        return identify(session, claims, request.headers.get("ras-on-behalf-of"))


async def _key(request: StrictRequest, caller: Caller) -> Key | None:
    sent = request.headers.get("idempotency-key")
    if sent is None:
        if caller.is_through_system:
            raise IdempotencyKeyRequired
        return None
    if not fullmatch(KEY_PATTERN, sent):
        problem = Problem(
            path="header: Idempotency-Key",
            pointer="header: Idempotency-Key",
            code="wrong-value",
            message="A key is 1 to 128 printable ASCII characters without spaces.",
        )
        raise RequestInvalid(problems=[problem])
    return Key(client=caller.client, key=sent, request_sha256=await _request_sha256(request, caller))


async def _request_sha256(request: StrictRequest, caller: Caller) -> str:
    """The request a key stands for; the same JSON in another order is the same request."""
    is_json = "json" in request.headers.get("content-type", "")
    body = await request.body()
    return sha256(
        {
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "subject": caller.subject,
            "if_match": request.headers.get("if-match", ""),
            "body": await request.json() if body and is_json else sha256(body),
        }
    )
