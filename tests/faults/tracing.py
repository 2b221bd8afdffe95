"""Processes watched, or disturbed, between them and the operating system (strace)."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.killable import Killable

FLUSHES = "trace=fsync,fdatasync,sendto,sendmsg,write,writev"
"""See what is flushed and what is sent."""
NO_FLUSH = "inject=fsync,fdatasync:error=EIO"
"""Let every flush fail, as on a disk that dies."""


def processes_of(service: Killable) -> list[int]:
    """The service, and PostgreSQL's server with all that it has begotten for connections."""
    assert service.process is not None
    assert service.process.pid is not None
    if service.database_url.startswith("sqlite"):
        return [service.process.pid]
    engine = sa.create_engine(service.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        server = Path(f"/proc/{own}/status").read_text().partition("PPid:")[2].split()[0]
        begotten = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [service.process.pid, int(server), *(int(pid) for pid in begotten if int(pid) != own)]


@contextmanager
def traced(pids: list[int], what: str, *, into: Path) -> Iterator[None]:
    """Trace processes, all their threads and all that they beget.

    Without strace, or without the right to trace, the test is skipped: what it shows is unproven there.
    """
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not here: what this shows is unproven")
    command = [strace, "-f", "-y", "-s", "16", "-e", what, "-o", str(into)]
    attached = [part for pid in pids for part in ("-p", str(pid))]
    with subprocess.Popen([*command, *attached], stderr=subprocess.PIPE, text=True) as tracer:  # noqa: S603  ours
        try:
            _wait_until_attached(tracer, len(pids))
            yield
        finally:
            tracer.terminate()


def _wait_until_attached(tracer: subprocess.Popen[str], wanted: int) -> None:
    assert tracer.stderr is not None
    for line in tracer.stderr:
        if "ptrace" in line or "not permitted" in line:
            pytest.skip("tracing is not permitted here: what this shows is unproven")
        wanted -= bool(re.search(r"Process \d+ attached", line))
        if wanted <= 0:
            return
    raise AssertionError("the tracer ended")
