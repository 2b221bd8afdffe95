"""Importing a file row by row, each in a savepoint of the file's one transaction."""

from collections.abc import Callable, Iterable
from uuid import UUID

import app.review.service  # noqa: F401  it follows what is imported
from app.bulk.rows import Numbered, by_column, record_of
from app.bulk.schemas import ImportReport, Keep, MonitoringLine, PlanLine, RowReport
from app.errors import NotFound, RowsRefused, ServiceError
from app.person import repository as people
from app.person import service as person
from app.person.schemas import Monitoring, NewPerson
from app.plan import service as plan
from app.plan.schemas import NewPlan
from app.problems import listed
from app.work import Work
from ras.canonical import as_written
from ras.errors import Problem, RasError
from ras.reading import UnreadableText

ImportRow = Callable[[Work, dict[str, str]], UUID]
Progress = Callable[[int], None]


def import_rows(
    work: Work,
    rows: Iterable[Numbered],
    import_row: ImportRow,
    *,
    keep: Keep,
    max_rows: int | None = None,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import rows.

    Args:
        work: The transaction that all of them are part of.
        rows: Each with the number of its line.
        import_row: What to do with a row: one of `IMPORTS`.
        keep: Whether one bad row refuses the file, or the good rows are kept.
        max_rows: The most rows allowed, and the most problems in them.
        on_progress: Told how many rows have been read, now and then.

    Raises:
        UnreadableText: what the rows are read from is not what it should be.
        RowsRefused: some rows are bad, and all or nothing was asked for; each is reported.
    """
    reports: list[RowReport] = []
    problems = 0
    for line, row in rows:
        if max_rows is not None and len(reports) == max_rows:
            message = f"A file may have {max_rows:,} rows at most."
            raise RowsRefused(problems=[Problem(f"line {line}", "", "too-many-rows", message)])
        reports.append(_import_row(work, line, row, import_row))
        problems += len(reports[-1].problems)
        if max_rows is not None and problems > max_rows:
            message = f"Reading stopped at line {line}: there are too many problems, and nothing was kept."
            raise RowsRefused(message, _problems(reports))
        if on_progress is not None:
            on_progress(len(reports))
    bad = [report for report in reports if report.problems]
    if bad and keep is Keep.ALL_OR_NOTHING:
        raise RowsRefused(f"{len(bad)} of {len(reports)} rows cannot be kept, so none was.", _problems(bad))
    return ImportReport(kept=len(reports) - len(bad), refused=len(bad), rows=tuple(reports))


def import_person(work: Work, row: dict[str, str]) -> UUID:
    """Add the person of a row."""
    return person.add_person(work, record_of(NewPerson, row)).id


def import_plan(work: Work, row: dict[str, str]) -> UUID:
    """Add the plan of a row to the person with its reference."""
    given = record_of(PlanLine, row)
    fields = as_written(given)
    fields["person_id"] = _person_id(work, fields.pop("person_reference"))
    return plan.add_plan(work, NewPlan.model_validate(fields)).id


def import_monitoring(work: Work, row: dict[str, str]) -> UUID:
    """Keep what the family of a row told for monitoring."""
    given = record_of(MonitoringLine, row)
    fields = as_written(given)
    person_id = _person_id(work, fields.pop("person_reference"))
    person.put_monitoring(work, person_id, Monitoring.model_validate(fields))
    return person_id


IMPORTS: dict[str, ImportRow] = {
    "people": import_person,
    "plans": import_plan,
    "monitoring": import_monitoring,
}
"""What can be imported, by the name of its file."""


def _person_id(work: Work, reference: str) -> UUID:
    found = people.find_person_by_reference(work.session, reference)
    if found is None or not work.caller.sees(found[1].team):
        raise NotFound("There is no person with this reference, or they are not in your team.")
    return found[0].id


def _import_row(work: Work, line: int, row: dict[str, str], import_row: ImportRow) -> RowReport:
    reference = row.get("reference" if import_row is import_person else "person_reference")
    try:
        with work.session.begin_nested():
            made = import_row(work, row)
    except UnreadableText as error:
        problems = error.problems
    except (ServiceError, RasError) as error:
        whole = Problem("", "", error.code, str(error).partition("\n")[0])
        problems = by_column(error.problems, row) or [whole]
    else:
        return RowReport(line=line, reference=reference, id=made, problems=())
    return RowReport(line=line, reference=reference, id=None, problems=listed(problems))


def _problems(bad: list[RowReport]) -> list[Problem]:
    return [
        Problem(
            path=f"line {report.line}" + (f", {problem.path}" if problem.path else ""),
            pointer=problem.pointer,
            code=problem.code,
            message=problem.message,
        )
        for report in bad
        for problem in report.problems
    ]
