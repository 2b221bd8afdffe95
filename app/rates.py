"""How often somebody may ask.

Who has a good token is counted by its client, so that what one system sends is no burden on another. Who has
none, or a bad one, is counted by address, which is how the public side is asked. The library `limits` counts:
in this process, or in Redis where several processes are to count together. While Redis does not answer, each
process counts for itself: a counter that is out of reach neither closes the service nor opens it.
"""

import asyncio
from ipaddress import ip_address, ip_network
from math import ceil

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from app.clock import steady_seconds, system_clock
from app.errors import TooManyRequests

STORE_SECONDS = 0.25
"""How long a count may take in a store that others share, before it is made without it."""
APART_SECONDS = 5.0
"""How long each process then counts for itself before the store is asked again."""
IPV6_BITS = 64
"""What one household or machine has of IPv6 addresses (RFC 6177): they are counted as one."""

log = structlog.get_logger()


class Rates:
    """Counts what clients and addresses ask, and refuses what is too much."""

    def __init__(self, *, per_client: str, per_address: str, store: str) -> None:
        self._per_client, self._per_address = written(per_client), written(per_address)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _shared(store) if store else None
        self._apart_until = 0.0

    async def count_client(self, client: str) -> None:
        """Count a request of somebody with a good token.

        Raises:
            TooManyRequests: there were too many; it says when to come again.
        """
        await self._count(self._per_client, "client", client)

    async def count_address(self, address: str) -> None:
        """Count a request of somebody without.

        Raises:
            TooManyRequests: there were too many; it says when to come again.
        """
        await self._count(self._per_address, "address", counted_as(address))

    async def _count(self, limits: list[RateLimitItem], kind: str, name: str) -> None:
        for limit in limits:
            wait = await self._seconds_to_wait(limit, kind, name)
            if wait:
                raise TooManyRequests(limit=str(limit), wait=wait)

    async def _seconds_to_wait(self, limit: RateLimitItem, kind: str, name: str) -> int:
        if self._shared is not None and steady_seconds() >= self._apart_until:
            try:
                async with asyncio.timeout(STORE_SECONDS):
                    return await _hit(self._shared, limit, kind, name)
            except (StorageError, TimeoutError) as error:
                self._apart_until = steady_seconds() + APART_SECONDS
                log.warning("rates counted apart", kind=type(error).__name__)
        return await _hit(self._own, limit, kind, name)


async def _hit(counter: FixedWindowRateLimiter, limit: RateLimitItem, kind: str, name: str) -> int:
    """Count; 0, or how many seconds to wait."""
    if await counter.hit(limit, kind, name):
        return 0
    stats = await counter.get_window_stats(limit, kind, name)
    return max(1, ceil(stats.reset_time - system_clock().timestamp()))


def _shared(store: str) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(
        RedisStorage(f"async+{store}", wrap_exceptions=True, implementation="redispy")
    )


def written(limits: str) -> list[RateLimitItem]:
    """The limits that a setting writes, as `300/minute` or `10/second;300/minute`.

    >>> [str(each) for each in written("10/second;300/minute")]
    ['10 per 1 second', '300 per 1 minute']
    >>> written("")
    []
    """
    return parse_many(limits) if limits else []


def counted_as(address: str) -> str:
    """The address, or of IPv6 the network, that a request is counted for.

    >>> counted_as("192.0.2.7"), counted_as("2001:db8:1:2:3:4:5:6"), counted_as("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7')
    >>> counted_as("no address")
    'no address'
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004  the version's name
        return address
    return str(known.ipv4_mapped or ip_network((known, IPV6_BITS), strict=False))
