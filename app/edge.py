"""The edge: one request is one caller and one transaction, committed before the answer leaves.

Every operation of the service goes through `Operation`, in this order:

1. the token is verified, and the request counted for its client; without a good one, for its address;
2. the body is received whole, so that nobody holds the database while typing;
3. the token's subject is found on the staff register, and the operation's rule in `app.access` lets
   them in;
4. the body's text is read strictly (`app.incoming`); its fields are checked with the endpoint's;
5. a repeated idempotency key is answered from what was kept;
6. a writing operation waits its turn, and the endpoint runs;
7. the answer is kept with its key, and the transaction commits;
8. if it was only read, whose records were read is written into the audit log; and only then the answer
   leaves.
"""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime
from re import fullmatch
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from app.access import ACCESS, Caller, Rule
from app.audit.reads import Read, Reads
from app.db import Database
from app.errors import IdempotencyKeyRequired, KeyInFlight, RequestInvalid, TokenInvalid, TokenMissing
from app.idempotency import KEY_PATTERN, Key, find_answer, keep_answer
from app.incoming import StrictRequest, Takes
from app.rates import Rates
from app.staff.service import identify
from app.tokens import Claims, Verifier
from app.work import Work
from ras.canonical import sha256
from ras.errors import Problem

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

PROBES = {"livez", "readyz"}
"""Asked by what watches over the service, which must not be told to come later."""


def address_of(request: Request) -> str:
    """Who asks, as the server knows it, or as a proxy that is trusted says."""
    return request.client.host if request.client else "unknown"


class Operation(APIRoute):
    """A route that is one operation of the service, named in the table of `app.access`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **{**more, "operation_id": endpoint.__name__})

    def get_route_handler(self) -> Handler:
        """Put the edge around the endpoint."""
        rule, handle = ACCESS[self.name], super().get_route_handler()
        takes = Takes.of(self, is_public=rule.scope is None)

        async def whole(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive, takes)
            if rule.scope is None:
                if self.name not in PROBES:
                    await _rates(strict).count_address(address_of(strict))
                await strict.body()
                await strict.refuse_unreadable()
                return await handle(strict)
            return await _through_the_edge(strict, self.name, handle)

        return whole


async def _through_the_edge(request: StrictRequest, operation: str, handle: Handler) -> Response:
    rule = ACCESS[operation]
    database: Database = request.app.state.database
    claims = await _counted(request)
    await request.body()
    now: datetime = request.app.state.clock()  # again: a body can be long in coming
    async with database.turn(claims.subject, to_write=False):
        caller = await run_in_threadpool(_identify, request, database, claims)
    caller.refuse_unless_allowed(rule)
    await request.refuse_unreadable()
    work = Work(
        session=Session(database.writing if rule.keeps else database.reading, expire_on_commit=False),
        caller=caller,
        now=now,
        make_id=request.app.state.new_id,
        if_match=request.headers.get("if-match"),
        working_days=request.app.state.working_days,
    )
    key = await _key(request, caller) if rule.keeps else None
    if key is None:
        response = await _in_transaction(request, work, rule, handle)
        if not rule.keeps and (work.seen.people or work.seen.purpose):
            reads: Reads = request.app.state.reads
            await reads.keep(Read(caller, operation, work.seen, at=now))
        return response
    with _InFlight(request.app.state.keys_in_flight, key):
        async with database.turn(caller.client, to_write=False):
            answered = await run_in_threadpool(_find_answer, database, key)
        return answered or await _in_transaction(request, work, rule, handle, key)


async def _in_transaction(
    request: StrictRequest, work: Work, rule: Rule, handle: Handler, key: Key | None = None
) -> Response:
    database: Database = request.app.state.database
    request.state.work = work
    client = work.caller.client
    async with AsyncExitStack() as turns:
        if rule.takes_long:
            await turns.enter_async_context(request.app.state.long_ones.turn(client))
        await turns.enter_async_context(database.turn(client, to_write=rule.keeps))
        try:
            response = await handle(request)
            await run_in_threadpool(_commit, work, key, response)
        except BaseException:
            await run_in_threadpool(_undo, work.session)
            raise
        return response


def _commit(work: Work, key: Key | None, response: Response) -> None:
    """End the transaction; a writing one is on disk when this returns."""
    if key is not None:
        about = next(iter(work.seen.people)) if len(work.seen.people) == 1 else None
        keep_answer(work.session, key, response, about=about, now=work.now)
    work.session.commit()
    work.session.close()


def _undo(session: Session) -> None:
    """End a transaction that failed. After a commit that failed, closing alone leaves SQLite's open."""
    try:
        session.rollback()
    finally:
        session.close()


def _find_answer(database: Database, key: Key) -> Response | None:
    with database.read() as session:
        return find_answer(session, key)


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


async def _counted(request: Request) -> Claims:
    """What the token says, and the request is counted."""
    try:
        claims = await run_in_threadpool(_verify, request, request.app.state.clock())
    except (TokenMissing, TokenInvalid):
        await _rates(request).count_address(address_of(request))
        raise
    await _rates(request).count_client(claims.subject)
    return claims


def _rates(request: Request) -> Rates:
    rates: Rates = request.app.state.rates
    return rates


def _verify(request: Request, now: datetime) -> Claims:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing
    verifier: Verifier = request.app.state.verifier
    return verifier.verify(token.strip(), now=now)


def _identify(request: Request, database: Database, claims: Claims) -> Caller:
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
