"""Bulk import on the wire."""

from enum import StrEnum
from uuid import UUID

from app.person.schemas import Monitoring, Reference
from app.plan.schemas import PlanContent
from app.problems import ProblemItem
from ras.records import Record


class Keep(StrEnum):
    """What to do with a file that has bad rows."""

    ALL_OR_NOTHING = "all-or-nothing"
    GOOD_ROWS = "good-rows"


class ImportQuery(Record):
    """How to import."""

    keep: Keep = Keep.ALL_OR_NOTHING
    """Whether one bad row refuses the file, or the good rows are kept."""


class MonitoringLine(Monitoring):
    """A row of a monitoring file: what a family told, and whose it is."""

    person_reference: Reference
    """The person's reference."""


class PlanLine(PlanContent):
    """A row of a plans file: the fields of a plan, and whose it is."""

    person_reference: Reference
    """The person's reference."""


class RowReport(Record):
    """What became of one row."""

    line: int
    """Its line in the file; the header is line 1."""
    reference: str | None
    """The person's reference, where the row has one."""
    id: UUID | None
    """The key of the record that was kept; null for a row that was refused."""
    problems: tuple[ProblemItem, ...]
    """What is wrong with it, by column."""


class ImportReport(Record):
    """What became of a file."""

    kept: int
    """How many rows were kept."""
    refused: int
    """How many were not."""
    rows: tuple[RowReport, ...]
    """Every row, in order."""
