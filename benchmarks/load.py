"""A load of HTTP requests over kept-alive loopback connections, bounded in time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes, and the status that a good answer has."""

    content: bytes
    status: int

    @classmethod
    def of(
        cls, method: str, path: str, *, status: int, headers: dict[str, str], body: bytes = b""
    ) -> "Request":
        """Write the request out."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return cls("\r\n".join([*lines, "", ""]).encode() + body, status)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load of requests came to."""

    per_second: float
    p50_ms: float
    p99_ms: float


def measure(port: int, make: Callable[[int], Request], *, seconds: float) -> Measured:
    """Send requests over 16 connections for so many seconds, each as soon as the last is answered.

    Args:
        port: The server's port on loopback.
        make: Makes the request with a number.
        seconds: How long.

    Raises:
        AssertionError: an answer was not what it should be.
    """
    return asyncio.run(_measure(port, make, seconds))


async def _measure(port: int, make: Callable[[int], Request], seconds: float) -> Measured:
    times: list[float] = []
    number = 0
    started = time.perf_counter()

    async def one_connection() -> None:
        nonlocal number
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() - started < seconds:
            number += 1
            request = make(number)
            sent = time.perf_counter()
            writer.write(request.content)
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            assert status == request.status, (status, body[:500])
            times.append(time.perf_counter() - sent)
        writer.close()

    await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
    took = time.perf_counter() - started
    cuts = quantiles(times, n=100)
    return Measured(len(times) / took, cuts[49] * 1000, cuts[98] * 1000)
