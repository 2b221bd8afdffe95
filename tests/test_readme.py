"""The README's commands are run, in order, against a service that was really started."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.servers import free_port, running

ROOT = Path(__file__).parent.parent
COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "--- end of a command ---"


def told() -> list[tuple[str, str]]:
    """Each command of the README, and what it says the command prints."""
    pairs: list[tuple[str, str]] = []
    for block in BLOCK.findall((ROOT / "README.md").read_text()):
        _, *parts = COMMAND.split(block)
        pairs += [(parts[n], parts[n + 1].strip("\n")) for n in range(0, len(parts), 2)]
    return pairs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a checkout after `make run`."""
    for name in ("app", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    command = tmp_path / ".venv" / "bin" / "ras"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m app.cli "$@"\n')
    command.chmod(0o700)
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """The service of `make run`, on a free port."""
    port = free_port()
    settings = {"RAS_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    command = ["-m", "app.cli", "serve", "--demo", "--port", str(port)]
    with running(command, port, "/readyz", **settings):
        yield port


def test_the_readme_commands_print_what_the_readme_says(folder: Path, port: int) -> None:
    commands = told()
    assert len(commands) > 15
    script = "".join(f"{command}\nprintf '\\n%s\\n' '{END}'\n" for command, _ in commands)

    run = subprocess.run(  # noqa: S603  the README's own commands
        ["/bin/bash", "-e", "-o", "pipefail", "-c", script.replace("127.0.0.1:8000", f"127.0.0.1:{port}")],
        cwd=folder,
        env={**os.environ, "RAS_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )

    assert run.returncode == 0, run.stderr
    heard = [part.strip("\n") for part in run.stdout.split(END)[:-1]]
    assert list(zip([c for c, _ in commands], heard, strict=True)) == commands
