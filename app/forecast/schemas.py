"""What is committed, on the wire. No person is in it, and nothing that one could be known by."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.resources import InDigits
from ras.component import Component, Delivery
from ras.forecast import Kind
from ras.records import Day, Record, SumPence, Told, in_form

LONGEST_RUN = 60
FinancialYear = Annotated[
    str, in_form(r"^(19|2[01])[0-9]{2}-[0-9]{2}$", "Write a financial year, such as 2026-27.")
]
"""1 April to 31 March, as `2026-27`."""


class CommitmentsFormat(StrEnum):
    """How commitments are written."""

    JSON = "json"
    CSV = "csv"


class MonthsQuery(Record):
    """Which run of months."""

    first_month: (
        Annotated[str, in_form(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", "Write a month, such as 2026-04.")] | None
    ) = None
    """The first month, `YYYY-MM`; left out, the month that today is in."""
    months: Annotated[int, InDigits, Field(ge=1, le=LONGEST_RUN)] = 12
    """How many months."""


class CommitmentsQuery(MonthsQuery):
    """Which run of months, and how it is written."""

    format: CommitmentsFormat = CommitmentsFormat.JSON
    """JSON, or the rows alone as CSV with the same names."""


class BothWays(Record):
    """An 18th birthday, both ways."""

    committed_pence: SumPence
    """Pence, as decided: a birthday ends nothing by itself."""
    if_ended_at_18_pence: SumPence
    """The same, were social care and health to end with the month of each 18th birthday, but for what an
    adult decision ends. SEN top-up goes on."""


class CommitmentRow(BothWays):
    """What a team is committed to in one month, of one component by one delivery."""

    month: Day
    """The first day of the month."""
    financial_year: FinancialYear
    """The financial year it is in."""
    component: Component
    """The part of the budget."""
    delivery: Delivery
    """How it reaches the family."""
    team: str
    """The team that holds the cases now."""


class CommitmentTotal(BothWays):
    """Rows added up."""

    of: str
    """What of: the first day of a month, a financial year, a component, a delivery or a team."""


class FallRow(Record):
    """How many rates fall in a month, and by how much."""

    month: Day
    """The first day of the month."""
    component: Component
    """The part of the budget."""
    team: str
    """The team that holds the cases now."""
    count: Annotated[int, Field(ge=1)]
    """How many children's and young people's rates of this component fall."""
    annual_pence: SumPence
    """What is payable less from then on, in pence a year."""


class Commitments(Record):
    """What is committed from budgets, notices running and agreed ends, exact to the penny."""

    first_month: Day
    """The first day of the first month."""
    months: Annotated[int, Field(ge=1, le=LONGEST_RUN)]
    """How many months."""
    committed_pence: SumPence
    """All of it."""
    if_ended_at_18_pence: SumPence
    """All of it, were social care and health to end with the month of each 18th birthday."""
    rows: tuple[CommitmentRow, ...]
    """By month, component, delivery and team; what is nothing is left out. Each is a sum of whole pence."""
    by_month: tuple[CommitmentTotal, ...]
    """The rows by month, every month of the run."""
    by_financial_year: tuple[CommitmentTotal, ...]
    """The rows by financial year, every one that the run touches."""
    by_component: tuple[CommitmentTotal, ...]
    """The rows by component."""
    by_delivery: tuple[CommitmentTotal, ...]
    """The rows by delivery."""
    by_team: tuple[CommitmentTotal, ...]
    """The rows by team."""
    ends: tuple[FallRow, ...]
    """Rates that stop, without their reason: to nothing, or at an agreed end to what goes on."""
    notices_running: tuple[FallRow, ...]
    """Rates that become lower, and not nothing, because a notice has run by then."""


class ForecastRow(Record):
    """What everyone's budgets come to in one month."""

    month: Day
    """The first day of the month."""
    financial_year: FinancialYear
    """The financial year it is in."""
    kind: Kind
    """Paid, committed, or an estimate from today's rate."""
    pence: SumPence
    """Pence in that month."""


class ForecastTotal(Record):
    """A financial year's rows of one kind added up."""

    financial_year: FinancialYear
    """The financial year: those of its months that are in the run."""
    kind: Kind
    """Paid, committed, or an estimate from today's rate."""
    pence: SumPence
    """Pence in those months."""


class Forecast(Record):
    """Actual, committed and run-rate beside one another."""

    first_month: Day
    """The first day of the first month."""
    months: Annotated[int, Field(ge=1, le=LONGEST_RUN)]
    """How many months."""
    run_rate_on: Day
    """The day whose rates the run-rate carries on: today."""
    rows: tuple[ForecastRow, ...]
    """By month and kind."""
    by_financial_year: tuple[ForecastTotal, ...]
    """The rows by financial year and kind."""
    notes: tuple[Told, ...]
    """What to know before these figures are used."""
