"""What whoever runs the service should know of this installation, looked at one by one."""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.clock import london_day
from app.db import Database
from app.errors import KeysUnavailable, NotDurable, NotMigrated, TokenInvalid
from app.migration import is_up_to_date
from app.policy.repository import list_published
from app.settings import Settings
from app.tokens import RemoteKeys
from ras.errors import NoPolicyInForce
from ras.policy.register import policy_in_force

LEAST_FREE_BYTES = 1_000_000_000
CLOCKS_APART = timedelta(seconds=5)
HOLIDAYS_AHEAD = timedelta(days=365)
"""A notice of today has to know the holidays of its whole length, and of a good while after."""


class Verdict(StrEnum):
    """How something was found."""

    OK = "ok"
    LOOK = "look"
    """It works, and somebody should look at it."""
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what was found."""

    what: str
    verdict: Verdict
    said: str


def examine(settings: Settings, database: Database, *, now: datetime) -> Iterator[Finding]:
    """Look at the database, its tables, the policy of today, keys, clocks, holidays and the disk."""
    yield from _database(database, now=now)
    yield _keys(settings, now=now)
    yield from _files(settings)
    yield from _moved_from(settings, database)
    yield _holidays(settings, today=london_day(now))
    yield _disk(settings)


def _database(database: Database, *, now: datetime) -> Iterator[Finding]:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if database.is_sqlite and not Path(database.url.database or "").exists():
        yield Finding("database", Verdict.BROKEN, "there is none yet: run `ras migrate`")
        return
    try:
        database.refuse_to_lose()
        yield Finding("database", Verdict.OK, f"{kind} answers, and flushes what it acknowledges")
        is_up_to_date(database)
        yield Finding("tables", Verdict.OK, "they are of this version")
        yield _clock(database, now=now)
        with database.read() as session:
            published = list_published(session)
        yield Finding("policy", Verdict.OK, policy_in_force(published, on=london_day(now)).name)
    except NotDurable as fault:
        yield Finding("database", Verdict.BROKEN, f"it could lose what was acknowledged: {fault}")
    except NotMigrated:
        yield Finding("tables", Verdict.BROKEN, "they are of another version: run `ras migrate`")
    except NoPolicyInForce:
        yield Finding("policy", Verdict.LOOK, "none is in force today: nothing can be assessed")
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", error)).partition("\n")[0]
        yield Finding("database", Verdict.BROKEN, f"it cannot be used: {cause}")


def _clock(database: Database, *, now: datetime) -> Finding:
    if database.is_sqlite:
        return Finding("clock", Verdict.OK, "the database has none of its own")
    with database.reading.connect() as connection:
        theirs: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    apart = abs(theirs - now)
    verdict = Verdict.OK if apart <= CLOCKS_APART else Verdict.BROKEN
    return Finding("clock", verdict, f"{apart.total_seconds():.0f} s apart from the database's")


def _keys(settings: Settings, *, now: datetime) -> Finding:
    if not settings.oidc_issuer:
        return Finding("tokens", Verdict.LOOK, "the local issuer signs them: for one's own machine only")
    try:
        RemoteKeys(settings.oidc_jwks_url).key(None, now)
    except KeysUnavailable:
        return Finding("tokens", Verdict.BROKEN, f"{settings.oidc_jwks_url} gives no keys")
    except TokenInvalid:  # it gave its keys, and none without a name
        pass
    return Finding("tokens", Verdict.OK, f"{settings.oidc_jwks_url} gives its keys")


def _files(settings: Settings) -> Iterator[Finding]:
    """What only its owner may read."""
    data = settings.data_dir
    secret = [*data.glob("*.pem"), *data.glob("ras.db*")]
    secret += [settings.audit_key_file] if settings.audit_key_file else []
    for file in sorted({file for file in secret if file.exists()}):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("files", Verdict.LOOK, f"others may read {file}: chmod 600")


def _moved_from(settings: Settings, database: Database) -> Iterator[Finding]:
    """A database that nothing reads any more: whoever starts the service without its setting writes there."""
    left = settings.data_dir / "ras.db"
    if not database.is_sqlite and left.exists():
        yield Finding(
            "old database", Verdict.LOOK, f"{left} is not used: once `ras move` is done, put it away"
        )


def _holidays(settings: Settings, *, today: date) -> Finding:
    listed = settings.bank_holidays_listed_until
    verdict = Verdict.OK if listed - today >= HOLIDAYS_AHEAD else Verdict.LOOK
    return Finding("bank holidays", verdict, f"the published list is known until {listed}")


def _disk(settings: Settings) -> Finding:
    there = next(
        (place for place in (settings.data_dir, *settings.data_dir.parents) if place.exists()), Path("/")
    )
    free = shutil.disk_usage(there).free
    if not os.access(there, os.W_OK):
        return Finding("disk", Verdict.BROKEN, f"{there} cannot be written")
    verdict = Verdict.OK if free >= LEAST_FREE_BYTES else Verdict.LOOK
    return Finding("disk", verdict, f"{free / 1e9:.1f} GB are free in {there}")
