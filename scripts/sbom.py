"""Write the bill of materials of a lock: CycloneDX 1.6 as JSON, the same bytes each time.

    python scripts/sbom.py requirements.lock build/sbom.json

Names, versions and hashes are the lock's, for every platform that it knows. A licence is what a package says
of itself where it is installed; one that another platform needs has none here.
"""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

CLASSIFIER = "License :: "
LONGEST_NAME = 100
"""What is longer is a licence's text, and not its name."""


def of_lock(lock: Path) -> dict[str, Any]:
    """The bill as it follows from a lock, checked against the schema by the tool that makes it."""
    written = subprocess.run(  # noqa: S603  our own tool
        [
            *(sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(lock)),
            *("--pyproject", "pyproject.toml", "--sv", "1.6", "--of", "JSON", "--output-reproducible"),
        ],
        stdout=subprocess.PIPE,
        check=True,
    )
    bill: dict[str, Any] = json.loads(written.stdout)
    return bill


def licences(name: str, version: str) -> list[dict[str, Any]]:
    """What a package says of its licence, where this version of it is installed."""
    try:
        known = metadata(name)
    except PackageNotFoundError:
        return []
    if known["Version"] != version:
        return []
    if "License-Expression" in known:
        return [{"expression": known["License-Expression"], "acknowledgement": "declared"}]
    names = [each for each in known.get_all("Classifier", []) if each.startswith(CLASSIFIER)]
    if "License" in known and len(known["License"]) <= LONGEST_NAME:
        names = [known["License"]]
    return [
        {"license": {"name": each.rpartition(" :: ")[2], "acknowledgement": "declared"}} for each in names
    ]


def main() -> None:
    """Write it."""
    lock, file = map(Path, sys.argv[1:])
    bill = of_lock(lock)
    for component in bill["components"]:
        if found := licences(component["name"], component["version"]):
            component["licenses"] = found
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n")
    named = sum("licenses" in component for component in bill["components"])
    print(f"{file}: {len(bill['components'])} packages, {named} with their licences")


if __name__ == "__main__":
    main()
