"""`ras audit`: checkpoints to keep elsewhere, the log written out, and verifying it offline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.terminal import bytes_of, refuse, tell, unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from app.audit.checkpoint import Checkpoint

audit = typer.Typer(help="The audit log: checkpoints, export, verification.", no_args_is_help=True)


@audit.command()
def key() -> None:
    """The public key of the checkpoints. Keep it where the service cannot write."""
    from app import installation
    from app.audit.export import public_pem

    print(public_pem(installation.audit_key()), end="")


@audit.command()
def checkpoint() -> None:
    """Sign what the log is now: a line to keep where the service cannot write, every day."""
    from app import installation
    from app.audit import export
    from app.clock import system_clock
    from ras.canonical import canonical

    with installation.database() as database, database.read() as session:
        made = export.checkpoint(session, at=system_clock(), key=installation.audit_key())
    print(canonical(made.model_dump(mode="json")).decode())


@audit.command(name="export")
def write_out(
    path: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    with_content: Annotated[
        bool, typer.Option("--with-content", help="What each act commits to as well: personal data.")
    ] = False,
) -> None:
    """Write the log out as lines of JSON, with a checkpoint at its end."""
    from app import installation
    from app.audit import export
    from app.clock import system_clock

    with installation.database() as database, database.read() as session:
        last = export.checkpoint(session, at=system_clock(), key=installation.audit_key())
        try:
            with path.open("xb") as file:
                path.chmod(0o600)
                file.writelines(export.written_out(session, last, with_content=with_content))
        except OSError as error:
            unavailable(f"{path}: {error.strerror}.")
    tell.print(f"{last.acts:,} acts")


@audit.command()
def verify(
    path: Annotated[Path, typer.Argument(help="A log that `ras audit export` wrote.")],
    held: Annotated[
        Path | None, typer.Option(help="Checkpoints that were kept elsewhere, a line for each.")
    ] = None,
    with_key: Annotated[
        Path | None, typer.Option("--key", help="The public key, kept elsewhere, that they are signed with.")
    ] = None,
) -> None:
    """Check every entry of a log, offline, and whether it still agrees with checkpoints kept elsewhere."""
    from app.audit.verification import verify

    kept = _held(held) if held else []
    public = public_key(with_key) if with_key else None
    found = verify(bytes_of(path).splitlines(), held=kept, key=public)
    if found.faults:
        refuse(f"{path}: this log was changed, or is not whole.", found.faults)
    print(f"{path}: {found.acts:,} acts in {found.chains:,} chains are what was written, in that order")
    print(f"contents checked against what their acts commit to: {found.contents:,}")
    print(f"checkpoints met: {found.checkpoints:,}, of which kept elsewhere: {len(kept):,}")
    if public is None:
        tell.print("No --key was given: no signature was checked.")
    if not kept:
        tell.print(
            "No --held checkpoints were given: one cut short, or written anew as a whole, looks the same."
        )


def _held(path: Path) -> "list[Checkpoint]":
    from pydantic import ValidationError

    from app.audit.checkpoint import Checkpoint

    try:
        return [Checkpoint.model_validate_json(line) for line in bytes_of(path).splitlines() if line.strip()]
    except ValidationError:
        refuse(f"{path}: this is not a line of `ras audit checkpoint` for each checkpoint.")


def public_key(path: Path) -> "Ed25519PublicKey":
    """The key in a file that `ras audit key` printed."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        found = serialization.load_pem_public_key(bytes_of(path))
    except ValueError:
        found = None
    if not isinstance(found, Ed25519PublicKey):
        refuse(f"{path}: this is not what `ras audit key` prints.")
    return found
