"""What is committed, month by month: derived from everyone's records when it is asked for."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.budget.contents import EndTerms
from app.budget.derive import budget_of, content_of
from app.budget.repository import Records, records_of_everyone
from app.forecast import repository
from app.forecast.repository import Known
from app.forecast.schemas import (
    CommitmentRow,
    Commitments,
    CommitmentsQuery,
    CommitmentTotal,
    FallRow,
    Forecast,
    ForecastRow,
    ForecastTotal,
    MonthsQuery,
)
from app.work import Work
from ras.budget import Timeline, Why
from ras.component import Component, Delivery
from ras.dates import Period
from ras.ending import EndGround, eighteenth_birthday
from ras.forecast import (
    Both,
    Fall,
    Held,
    Row,
    falls_in,
    forecast,
    months,
    rows_of,
    totals,
    year_in_words,
    yearly,
)

NOTES = (
    "No actual figures are here: this release does not record payments.",
    "The committed figures follow from what is decided, the notices that run and the ends that are agreed.",
    "The run-rate is the rate payable today, gone on without end; an estimate, not a commitment.",
)
ACTS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet would work out; the last four are as wide as Chinese letters."""


def show_commitments(work: Work, query: CommitmentsQuery) -> Commitments:
    """What is committed in a run of months."""
    everyone = _everyone(work)
    run = _run(work, query)
    rows, falls = rows_of(everyone, run), falls_in(everyone, run)
    whole = totals(rows, lambda _: "", [""])[""]
    years = [year_in_words(month.first_day) for month in run]
    return Commitments(
        first_month=run[0].first_day,
        months=len(run),
        committed_pence=whole.committed,
        if_ended_at_18_pence=whole.if_ended_at_18,
        rows=tuple(map(_row, rows)),
        by_month=_totals(totals(rows, lambda row: str(row.month), [str(month.first_day) for month in run])),
        by_financial_year=_totals(totals(rows, lambda row: row.financial_year, years)),
        by_component=_totals(totals(rows, lambda row: row.component, Component)),
        by_delivery=_totals(totals(rows, lambda row: row.delivery, Delivery)),
        by_team=_totals(totals(rows, lambda row: row.team, sorted({row.team for row in rows}))),
        ends=tuple(map(_fall, falls.ends)),
        notices_running=tuple(map(_fall, falls.notices)),
    )


def show_forecast(work: Work, query: MonthsQuery) -> Forecast:
    """Actual, committed and run-rate for a run of months."""
    run = _run(work, query)
    figures = forecast(_everyone(work), run, on=work.today)
    return Forecast(
        first_month=run[0].first_day,
        months=len(run),
        run_rate_on=work.today,
        rows=tuple(
            ForecastRow(
                month=figure.month,
                financial_year=figure.financial_year,
                kind=figure.kind,
                pence=figure.pence,
            )
            for figure in figures
        ),
        by_financial_year=tuple(
            ForecastTotal(financial_year=year, kind=kind, pence=pence)
            for (year, kind), pence in yearly(figures).items()
        ),
        notes=NOTES,
    )


def as_csv(rows: Iterable[CommitmentRow]) -> str:
    """Rows as CSV: their fields' names in the first line, lines that end as RFC 4180 says.

    Every cell is in quotation marks, so that none is two where a spreadsheet looks for semicolons.
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, CSV_COLUMNS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: inert(str(cell)) for name, cell in row.model_dump(mode="json").items()})
    return file.getvalue()


CSV_COLUMNS = (
    *("month", "financial_year", "component", "delivery", "team"),
    *("committed_pence", "if_ended_at_18_pence"),
)


def inert(cell: str) -> str:
    """A cell that no spreadsheet works out.

    >>> inert("=1+1"), inert("north")
    ("'=1+1", 'north')
    """
    return f"'{cell}" if cell.startswith(ACTS_IN_A_SPREADSHEET) else cell


def _everyone(work: Work) -> tuple[Held, ...]:
    """Everyone's budgets. It takes one pass over the records, however many people there are."""
    known = repository.known_of_everyone(work.session)
    return tuple(
        _held(work, records, known[person]) for person, records in records_of_everyone(work.session).items()
    )


def _held(work: Work, records: Records, known: Known) -> Held:
    timelines = budget_of(records, work.working_days).timelines
    return Held(
        team=known.team,
        timelines=timelines,
        adult_on=eighteenth_birthday(known.born_on),
        adult_decided=frozenset(each.component for each in timelines if _is_adult_decided(each, records)),
    )


def _is_adult_decided(timeline: Timeline, records: Records) -> bool:
    """Whether what is payable of a component ends by an adult decision, and nothing restarts it."""
    last = timeline.spans[-1]
    if last.why is not Why.ENDED or last.set_by is None:
        return False
    terms = content_of(records.decision(UUID(last.set_by))).terms
    return isinstance(terms, EndTerms) and terms.ground is EndGround.ADULT_DECISION


def _run(work: Work, query: MonthsQuery) -> tuple[Period, ...]:
    first = date.fromisoformat(f"{query.first_month}-01") if query.first_month else work.today
    return months(first, query.months)


def _row(row: Row) -> CommitmentRow:
    return CommitmentRow(
        month=row.month,
        financial_year=row.financial_year,
        component=row.component,
        delivery=row.delivery,
        team=row.team,
        committed_pence=row.pence.committed,
        if_ended_at_18_pence=row.pence.if_ended_at_18,
    )


def _totals(found: dict[str, Both]) -> tuple[CommitmentTotal, ...]:
    return tuple(
        CommitmentTotal(of=group, committed_pence=both.committed, if_ended_at_18_pence=both.if_ended_at_18)
        for group, both in found.items()
    )


def _fall(fall: Fall) -> FallRow:
    return FallRow(
        month=fall.month,
        component=fall.component,
        team=fall.team,
        count=fall.count,
        annual_pence=fall.annual_pence,
    )
