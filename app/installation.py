"""The installation on this machine, as the `ras` command has it in hand: its settings, database and keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from app.access import ACCESS, Caller, Role
from app.clock import system_clock
from app.db import Database
from app.demonstration.load import STAFF, is_empty, load_demonstration
from app.errors import NotDurable
from app.ids import new_id
from app.keys import own_key
from app.metrics import Metrics
from app.settings import Settings, read_settings
from app.staff.repository import list_staff
from app.terminal import progress, refuse, tell, unavailable
from app.tokens import LocalKeys
from app.work import Work

EVERY_SCOPE = " ".join(sorted({rule.scope for rule in ACCESS.values() if rule.scope}))
"""What a system's token names so that it may do all that its users may."""


def settings(*, port: int | None = None) -> Settings:
    """The settings of the environment; a port given at the command line goes before."""
    try:
        found = read_settings()
    except ValueError as error:
        errors = getattr(error, "errors", None)
        reasons = [f"{e['loc']}: {e['msg']}" for e in errors()] if errors else [str(error)]
        refuse("The settings cannot be used.", reasons)
    return found.model_copy(update={"port": port}) if port else found


@contextmanager
def database() -> Iterator[Database]:
    """The database, for as long as a command needs it."""
    found = settings()
    opened = Database(found.sqlalchemy_url, busy_seconds=found.busy_seconds)
    try:
        yield opened
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", error)).partition("\n")[0]
        unavailable(f"The database cannot be used: {cause} (has `ras migrate` been run?)")
    finally:
        opened.close()


@contextmanager
def work() -> Iterator[Work]:
    """The operator's work, in one transaction."""
    with database() as opened, opened.write() as session:
        yield Work(
            session=session,
            caller=Caller.operator(),
            now=system_clock(),
            make_id=new_id,
            working_days=settings().working_days,
        )


def refuse_to_lose(opened: Database) -> None:
    """Start only on a database that keeps what it acknowledges; one that is not there yet is awaited."""
    try:
        opened.refuse_to_lose()
    except NotDurable as fault:
        refuse("The database could lose what was acknowledged, so the service does not start.", [str(fault)])
    except SQLAlchemyError:
        tell.print("The database does not answer yet: until it does, every request is told to try again.")


@contextmanager
def giving_out_metrics(found: Settings, metrics: Metrics) -> Iterator[None]:
    """Give the metrics out for as long as the service runs, where a port is set for them."""
    if found.metrics_port is None:
        yield
        return
    host, port = found.metrics_host, found.metrics_port
    try:
        server, thread = start_http_server(port, addr=host, registry=metrics.registry)
    except OSError as error:
        unavailable(f"The metrics cannot be given out on {host}, port {port}: {error.strerror}")
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fill_if_empty(opened: Database) -> None:
    """Put the demonstration into a database that has nobody on its staff register."""
    if is_empty(opened):
        with progress() as on_progress:
            load_demonstration(opened, now=system_clock(), make_id=new_id, on_progress=on_progress)


def audit_key() -> Ed25519PrivateKey:
    """The key that signs checkpoints of the audit log, made the first time."""
    return own_key(settings().audit_key_path)


def issue(found: Settings, subject: str, *, hours: int, scope: str = "") -> str:
    """A token of the local issuer."""
    if found.oidc_issuer:
        refuse("An identity provider is configured: it issues the tokens.")
    return LocalKeys(found.data_dir).issue(
        subject,
        audience=found.oidc_audience,
        now=system_clock(),
        lasts=timedelta(hours=hours),
        scopes=scope,
    )


def demonstration_tokens(found: Settings, opened: Database, *, hours: int) -> Iterator[tuple[str, str]]:
    """Each of the demonstration's staff who is on the register, in words, and a token for them."""
    with opened.read() as session:
        known = [row for row in list_staff(session) if row.active and row.subject in STAFF]
    for row in known:
        team = f", team {row.team}" if row.team else ""
        scope = EVERY_SCOPE if row.role == Role.SYSTEM else ""
        yield f"{row.subject} ({row.role}{team})", issue(found, row.subject, hours=hours, scope=scope)
