"""What a run of the tests tried, counted: `make test` and `make faults` print it at their end.

A test is given `figure` and says how many of what it tried. The numbers on docs/promises.md are from here.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

PREFIX = "figure: "
Figure = Callable[[str, int], None]
"""Says of what, and how many."""


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Count what a test tried."""

    def count(what: str, number: int) -> None:
        record_property(PREFIX + what, number)

    return count


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was counted in tests that passed."""
    totals = counted(terminalreporter.stats.get("passed", ()))
    if totals:
        terminalreporter.write_sep("=", "figures")
        for what, number in sorted(totals.items()):
            terminalreporter.write_line(f"{number:>9,} {what}")


def counted(reports: Iterable[Any]) -> Counter[str]:
    """The sums over the reports of tests."""
    totals: Counter[str] = Counter()
    for report in reports:
        for name, number in report.user_properties if report.when == "call" else ():
            if name.startswith(PREFIX):
                totals[name.removeprefix(PREFIX)] += number
    return totals
