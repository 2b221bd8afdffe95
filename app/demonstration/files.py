"""A caseload as the files a council would bring: people, plans and monitoring answers, each apart.

A column of `plans.csv` is the path of a field in the API's JSON body, flattened with dots, list
items numbered from 1. An absent value is an empty cell. Everything about a child is found by the
child's reference; a date of birth is only ever in `people.csv`.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from app.demonstration.caseload import Child
from app.demonstration.monitoring import Monitoring

PEOPLE_COLUMNS: Final = ("reference", "born_on", "team", "current_package_annual_pence")
"""The columns of `people.csv`."""
MONITORING_COLUMNS: Final = ("person_reference", *(field.name for field in fields(Monitoring)))
"""The columns of `monitoring.csv`."""
PLAN_COLUMNS: Final = (
    "person_reference",
    "kind",
    "reference",
    "next_ehc_review_on",
    "starts_on",
    "needs.*.domain",
    "needs.*.levels.short",
    "needs.*.levels.medium",
    "needs.*.levels.long",
    "needs.*.family_levels.short",
    "needs.*.family_levels.medium",
    "needs.*.family_levels.long",
    "resources.*.domain",
    "resources.*.kind",
    "resources.*.contribution",
    "resources.*.horizons.*",
    "resources.*.willing_and_able",
    "resources.*.will_last",
    "resources.*.cost_annual_pence",
    "circumstances.*.circumstance",
    "circumstances.*.choice",
    "circumstances.*.count",
    "lines.*.domain",
    "lines.*.item",
    "lines.*.purpose",
    "lines.*.quantity",
    "lines.*.per",
    "lines.*.weeks",
    "lines.*.horizons.*",
    "lines.*.provision",
    "lines.*.quoted_price_pence",
)
"""The columns of `plans.csv` in their natural order; a star stands for a number from 1."""
NOT_IN_BODY: Final[Mapping[str, Any]] = {
    "born_on": True,
    "needs_not_captured": True,
    "lines": {"__all__": {"reason_given"}},
}
"""What the engine's plan has and the API's body says in another way."""


def write_csv(
    directory: Path,
    caseload: Iterable[Child],
    *,
    on_progress: Callable[[int], None] | None = None,
) -> list[Path]:
    """Write `people.csv`, `plans.csv` and `monitoring.csv`: UTF-8, lines end with a line feed.

    Children are written as they come. Plans wait in a temporary file until the columns of all are known.

    Args:
        directory: Where to; made if it is not there. Files of these names are replaced.
        caseload: The children.
        on_progress: Told how many children have been read.

    Returns:
        The files, in that order.
    """
    directory.mkdir(parents=True, exist_ok=True)
    people, plans, monitoring = (directory / f"{name}.csv" for name in ("people", "plans", "monitoring"))
    columns: set[str] = set()
    with (
        _open(people) as people_file,
        _open(monitoring) as monitoring_file,
        TemporaryFile("w+", encoding="utf-8") as waiting,
    ):
        write_person = _writer(people_file, PEOPLE_COLUMNS)
        write_monitoring = _writer(monitoring_file, MONITORING_COLUMNS)
        for number, child in enumerate(caseload, 1):
            write_person(flatten({column: getattr(child, column) for column in PEOPLE_COLUMNS}))
            write_monitoring(flatten({"person_reference": child.reference, **asdict(child.monitoring)}))
            row = flatten(plan_body(child))
            columns.update(row)
            waiting.write(json.dumps(row) + "\n")
            if on_progress:
                on_progress(number)
        waiting.seek(0)
        with _open(plans) as plans_file:
            write_plan = _writer(plans_file, sorted(columns, key=natural_place))
            for line in waiting:
                write_plan(json.loads(line))
    return [people, plans, monitoring]


def plan_body(child: Child) -> dict[str, Any]:
    """A child's plan as the API takes it. The date of birth is left out: it belongs to the person."""
    plan = child.plan.model_dump(mode="json", exclude=NOT_IN_BODY, exclude_none=True)
    return {
        "person_reference": child.reference,
        "kind": child.plan_kind,
        "reference": child.plan_reference,
        "next_ehc_review_on": child.next_ehc_review_on,
        **plan,
    }


def flatten(value: Any) -> dict[str, str]:
    """Nested mappings and lists as one row: dotted columns, list items numbered from 1, None left out.

    >>> flatten({"needs": [{"domain": "behaviour", "levels": {"short": "none"}}], "captured": True})
    {'needs.1.domain': 'behaviour', 'needs.1.levels.short': 'none', 'captured': 'true'}
    """
    return dict(_cells(value, ""))


def natural_place(column: str) -> tuple[int, tuple[int, ...], int, tuple[int, ...]]:
    """Where a column of `plans.csv` belongs: by part of the body, then by number, then by field.

    >>> sorted(["lines.2.domain", "lines.1.item", "lines.1.domain", "kind"], key=natural_place)
    ['kind', 'lines.1.domain', 'lines.1.item', 'lines.2.domain']

    Raises:
        ValueError: no plan has such a column.
    """
    numbers = tuple(int(number) for number in re.findall(r"\d+", column))
    place = PLAN_COLUMNS.index(re.sub(r"\d+", "*", column))
    part = column.partition(".")[0]
    first = next(n for n, known in enumerate(PLAN_COLUMNS) if known.partition(".")[0] == part)
    return first, numbers[:1], place, numbers[1:]


def _cells(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _cells(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value, 1):
            yield from _cells(item, f"{path}.{number}" if path else str(number))
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    elif value is not None:
        yield path, str(value)


def _open(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="")


def _writer(file: IO[str], columns: Iterable[str]) -> Callable[[Mapping[str, str]], Any]:
    writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    return writer.writerow
