"""Every case gives the same bytes under any hash seed, time zone and language."""

import os
import subprocess
import sys

import pytest

from tests.ras.casebook import read_cases
from tests.ras.digest import digest
from tests.ras.examples import ROOT


@pytest.fixture(scope="module")
def here() -> str:
    """The digest in this process."""
    return digest(read_cases())


@pytest.mark.parametrize(
    ("seed", "zone", "language"),
    [
        ("0", "UTC", "C"),
        ("1", "Pacific/Kiritimati", "tr_TR.UTF-8"),
        ("4294967295", "America/St_Johns", "de_DE.ISO-8859-1"),
    ],
)
def test_every_case_gives_the_same_bytes_in_another_process(
    here: str, seed: str, zone: str, language: str
) -> None:
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.ras.digest"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert elsewhere.stdout == here
