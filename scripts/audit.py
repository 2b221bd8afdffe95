"""Ask an advisory database about everything that a lock installs here, and say what was learnt.

    python scripts/audit.py requirements.lock [ADDRESS OF AN OSV SERVICE]

Exit codes: 0 it was asked about everything and knows of nothing; 1 it knows of something, which is listed;
3 it could not be asked about everything, so that nothing follows. `pip-audit` itself ends with 0 where it
could ask about nothing, and with 1 where nobody answered.
"""

import json
import subprocess
import sys
from typing import Any

OSV = "https://api.osv.dev/v1/query"
CLEAN, KNOWN, UNASKED = 0, 1, 3


def asked(lock: str, address: str) -> tuple[str, str]:
    """What pip-audit writes as JSON, and what it says besides."""
    run = subprocess.run(  # noqa: S603  our own tool
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip"),
            *("--vulnerability-service", "osv", "--osv-url", address),
            *("--format", "json", "--progress-spinner", "off"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout, run.stderr


def told(answer: str, complaint: str) -> tuple[int, list[str]]:
    """The exit code, and the lines to print."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        why = (complaint.strip().splitlines() or ["no reason was given"])[-1]
        return UNASKED, [f"The advisory database could not be asked, so nothing is known: {why}"]
    skipped = [each["name"] for each in packages if "vulns" not in each]
    if skipped or not packages:
        which = ", ".join(skipped) or "any package"
        return UNASKED, [f"The advisory database could not be asked about {which}, so nothing is known."]
    found = [
        f"{each['name']} {each['version']}: {known['id']}, put right in {versions_of(known)}"
        for each in packages
        for known in each["vulns"]
    ]
    if found:
        return KNOWN, found
    return CLEAN, [f"Asked about {len(packages)} packages: no vulnerability of any is known."]


def versions_of(known: dict[str, Any]) -> str:
    """Where a vulnerability is put right."""
    return ", ".join(known["fix_versions"]) or "no version yet"


def main() -> None:
    """Ask, print and end."""
    lock, address = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else OSV  # noqa: PLR2004
    code, lines = told(*asked(lock, address))
    print(*lines, sep="\n", file=sys.stdout if code == CLEAN else sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
