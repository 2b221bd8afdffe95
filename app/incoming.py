"""A request as it comes in: read whole, up to a size, of the right kind, nothing repeated or unknown."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope

from app.errors import BodyTooLarge, BodyTooSlow, MediaTypeUnsupported, RequestInvalid
from app.settings import Settings
from ras.errors import Problem
from ras.reading import UnreadableText, read_json

JSON, CSV = "application/json", "text/csv"
PUBLIC_BYTES = 64_000
"""The largest body of somebody without a token: an estimate's answers are a tenth of it."""
LARGE_BYTES = 20_000
"""A body from this size on is read in a thread, so that everyone else's requests go on."""
MOST_COMMAS = 20_000
"""JSON with more holds more values than any plan or policy, and would keep everyone waiting."""
DIGITS = 12
"""A size of more digits than this is too large, and not worth reading as a number."""
ONCE = ("authorization", "content-type", "idempotency-key", "if-match", "ras-on-behalf-of")
"""Headers of which two would leave open which one counts."""


@dataclass(frozen=True, slots=True)
class Takes:
    """What an operation takes.

    Attributes:
        media_type: Of its body.
        is_public: Whether anyone may send it one.
        has_query: Whether it has query parameters; which ones there are is its query record's to say.
    """

    media_type: str
    is_public: bool
    has_query: bool

    @classmethod
    def of(cls, route: APIRoute, *, is_public: bool) -> "Takes":
        """What the operation of a route takes."""
        body: Any = route.body_field
        return cls(
            media_type=body.field_info.media_type if body else JSON,
            is_public=is_public,
            has_query=bool(route.dependant.query_params),
        )

    def most_bytes(self, settings: Settings) -> int:
        """The largest body."""
        if self.is_public:
            return PUBLIC_BYTES
        return settings.max_import_bytes if self.media_type == CSV else settings.max_body_bytes


class StrictRequest(Request):
    """A request that is held to what its operation takes. `ras.reading` reads its JSON."""

    def __init__(self, scope: Scope, receive: Receive, takes: Takes) -> None:
        super().__init__(scope, receive)
        self._takes = takes

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives.

        Raises:
            BodyTooLarge: it is larger than the operation takes, or says that it will be.
        """
        most = self._takes.most_bytes(self.app.state.settings)
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > DIGITS or int(announced) > most):
            raise BodyTooLarge
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > most:
                raise BodyTooLarge
            yield chunk

    async def body(self) -> bytes:
        """The body, whole.

        Raises:
            BodyTooSlow: it did not come in the time there is for it.
        """
        try:
            async with asyncio.timeout(self.app.state.settings.body_seconds):
                return await super().body()
        except TimeoutError:
            raise BodyTooSlow from None

    async def json(self) -> Any:
        """The body, strictly: JSON in UTF-8, nothing repeated, inexact, deep or unprintable."""
        if not hasattr(self, "_strict"):
            text = _utf8(await self.body())
            if text.count(",") > MOST_COMMAS:
                message = "This holds more values than any plan or policy needs."
                raise UnreadableText([Problem("", "", "too-many-values", message)])
            is_large = len(text) >= LARGE_BYTES
            self._strict = await run_in_threadpool(read_json, text) if is_large else read_json(text)
        return self._strict

    async def refuse_unreadable(self) -> None:
        """Refuse what says a thing twice, is of another kind, or cannot be read.

        Raises:
            RequestInvalid: a header or query parameter is repeated, or no query is taken.
            MediaTypeUnsupported: the body is of another kind.
            UnreadableText: the body is not JSON that can be read safely.
        """
        problems = [*self._repeated_headers(), *self._wrong_query()]
        if problems:
            raise RequestInvalid(problems=problems)
        if await self.body():
            self._refuse_other_kinds()
            if self._takes.media_type == JSON:
                await self.json()

    def _repeated_headers(self) -> Iterator[Problem]:
        for name in ONCE:
            if len(self.headers.getlist(name)) > 1:
                yield _problem(f"header: {name}", "repeated", "This header is there twice; send it once.")

    def _wrong_query(self) -> Iterator[Problem]:
        for name, times in Counter(name for name, _ in self.query_params.multi_items()).items():
            if not self._takes.has_query:
                yield _problem(f"query: {name}", "unknown-field", "This address takes no query parameters.")
            elif times > 1:
                yield _problem(f"query: {name}", "repeated", "This parameter is there twice; send it once.")

    def _refuse_other_kinds(self) -> None:
        kind, _, parameters = self.headers.get("content-type", "").lower().partition(";")
        is_utf8 = "charset" not in parameters or "utf-8" in parameters
        if kind.strip() != self._takes.media_type or not is_utf8:
            raise MediaTypeUnsupported


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise UnreadableText([Problem("", "", "not-utf-8", "The text is not UTF-8.")]) from None


def _problem(place: str, code: str, message: str) -> Problem:
    return Problem(path=place, pointer=place, code=code, message=message)
