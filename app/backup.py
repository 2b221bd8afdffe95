"""Backups: one file of the whole database as it was at a moment, taken while it is used.

A backup is a file and, beside it, a manifest that says what must come out of it: the file's hash, how many
rows each table holds, and a signed checkpoint of the audit log. A restored database is held to all of it.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from app.audit import export
from app.audit.checkpoint import Checkpoint
from app.contents import counted, faults_of_log, table_names
from app.db import Database
from ras.records import Record, Sha256

MANIFEST = ".manifest.json"
_BLOCK = 1 << 20


class BackupFailed(Exception):
    """A backup cannot be taken, or cannot be restored; the message says why."""


class Manifest(Record):
    """What a backup holds."""

    made_at: datetime
    """The moment it was made, in UTC."""
    database: str
    """Which kind of database it is of: sqlite or postgresql."""
    sha256: Sha256
    """SHA-256 of the file."""
    rows: dict[str, int]
    """How many rows each table holds."""
    checkpoint: Checkpoint
    """What the audit log is in it, signed."""


def back_up(database: Database, file: Path, *, at: datetime, key: Ed25519PrivateKey) -> Manifest:
    """Write the whole database into a file, as it is at one moment; others go on writing.

    Raises:
        BackupFailed: it cannot be written, or the file is there already.
    """
    if file.exists() or _manifest_of(file).exists():
        raise BackupFailed(f"{file}: there is a backup already.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)
        write = _back_up_sqlite if database.is_sqlite else _back_up_postgresql
        rows, checkpoint = write(database, unfinished, at, key)
        manifest = Manifest(
            made_at=at,
            database=database.url.get_backend_name(),
            sha256=_sha256_of(unfinished),
            rows=rows,
            checkpoint=checkpoint,
        )
        _manifest_of(file).write_text(manifest.model_dump_json(indent=2) + "\n")
        unfinished.replace(file)
    except OSError as error:
        raise BackupFailed(f"{file}: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return manifest


def restore(database: Database, file: Path, *, key: Ed25519PublicKey | None) -> Manifest:
    """Put a backup into an empty database, and hold what is there then to the manifest.

    Raises:
        BackupFailed: the backup is damaged or another's, or the database is not empty or did not come out so.
    """
    manifest = _read(file)
    if key is not None and not manifest.checkpoint.is_signed_by(key):
        raise BackupFailed(f"{file}: its manifest is not signed with the key.")
    if manifest.database != database.url.get_backend_name():
        raise BackupFailed(f"{file}: this is a backup of {manifest.database}.")
    if _sha256_of(file) != manifest.sha256:
        raise BackupFailed(f"{file}: this file is damaged, or is not the one that was written.")
    if _tables(database):
        raise BackupFailed("The database is not empty. Nothing was restored.")
    if database.is_sqlite:
        _put_sqlite(database, file)
    else:
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        _run(database, ["pg_restore", *options, f"--dbname={database.url.database}", str(file)])
    wrong = list(_differences(database, manifest))
    if wrong:
        raise BackupFailed(f"What was restored is not what was backed up: {'; '.join(wrong[:5])}.")
    return manifest


def _manifest_of(file: Path) -> Path:
    return file.with_name(file.name + MANIFEST)


def _read(file: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(_manifest_of(file).read_bytes())
    except OSError as error:
        raise BackupFailed(f"{error.filename}: {error.strerror}.") from None
    except ValidationError:
        raise BackupFailed(f"{_manifest_of(file)}: this is not the manifest of a backup.") from None


def _differences(database: Database, manifest: Manifest) -> Iterator[str]:
    with database.read() as session:
        rows = counted(session)
        for table in sorted({*rows, *manifest.rows}):
            if rows.get(table) != manifest.rows.get(table):
                yield f"{table} has {rows.get(table)} rows and not {manifest.rows.get(table)}"
        if database.is_sqlite and session.scalar(sa.text("PRAGMA integrity_check")) != "ok":
            yield "SQLite finds it damaged"
        yield from faults_of_log(session, manifest.checkpoint)


def _tables(database: Database) -> list[str]:
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return []
    with database.reading.connect() as connection:
        return table_names(connection)


def _back_up_sqlite(
    database: Database, file: Path, at: datetime, key: Ed25519PrivateKey
) -> tuple[dict[str, int], Checkpoint]:
    source = Path(database.url.database or "")
    if not source.exists():
        raise BackupFailed(f"{source}: there is no database.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(file)) as copy:
        live.backup(copy)
    with closing(Database(f"sqlite:///{file}")) as copied, copied.read() as session:
        return counted(session), export.checkpoint(session, at=at, key=key)


def _back_up_postgresql(
    database: Database, file: Path, at: datetime, key: Ed25519PrivateKey
) -> tuple[dict[str, int], Checkpoint]:
    with database.read() as session:
        found = counted(session), export.checkpoint(session, at=at, key=key)
        moment = session.scalar(sa.text("SELECT pg_export_snapshot()"))
        _run(database, ["pg_dump", "--format=custom", f"--snapshot={moment}", f"--file={file}"])
    return found


def _put_sqlite(database: Database, file: Path) -> None:
    """Copy the file into place; it is there whole or not at all."""
    target = Path(database.url.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".restoring")
    try:
        shutil.copyfile(file, beside)
        beside.chmod(0o600)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(target)
    except OSError as error:
        raise BackupFailed(f"{target}: {error.strerror}.") from None


def _environment(database: Database) -> dict[str, str]:
    """How PostgreSQL's programs find the database: never in an argument, which others on the machine see."""
    url = database.url
    named = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    return {**os.environ, **{name: str(value) for name, value in named.items() if value}}


def _run(database: Database, command: list[str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise BackupFailed(f"{command[0]} is missing: install PostgreSQL's client programs.")
    done = subprocess.run(  # noqa: S603  PostgreSQL's own programs, our arguments
        [program, *command[1:]],
        env=_environment(database),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise BackupFailed(f"{command[0]}: {said[-1]}")


def _sha256_of(file: Path) -> str:
    found = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                found.update(block)
    except OSError as error:
        raise BackupFailed(f"{file}: {error.strerror}.") from None
    return found.hexdigest()
