"""The `ras` command.

Exit codes: 0 done; 1 what was given was refused, and why is said; 2 the command was not understood;
3 something it needs cannot be had.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.access import Role
from app.audit_commands import audit
from app.policy_commands import PlanFile, PolicyFile, commands, plan_in, policy_in
from app.terminal import REFUSED, bytes_of, progress, refuse, tell, unavailable
from ras.assessment import Assessment, assess
from ras.canonical import canonical
from ras.errors import ListsProblems, RasError
from ras.plan import Plan
from ras.policy.configuration import PolicyConfiguration
from ras.statement import as_text, family_statement

if TYPE_CHECKING:
    from app.bulk.rows import Numbered
    from app.db import Database

cli = typer.Typer(
    help="A Resource Allocation System for personal budgets: a support plan in, an explained "
    "indicative amount out, by the council's own published rules.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
staff = typer.Typer(help="The staff register: who may use the service.", no_args_is_help=True)
cli.add_typer(commands)
cli.add_typer(audit, name="audit")
cli.add_typer(staff, name="staff")

EffectiveOn = Annotated[
    datetime | None,
    typer.Option(
        "--on",
        formats=["%Y-%m-%d"],
        help="The day the figures are for. Left out: the day the plan starts.",
    ),
]


HOURS = 12
"""How long a token of the local issuer lasts, unless said otherwise."""


class Kind(StrEnum):
    """What a file holds."""

    PEOPLE = "people"
    PLANS = "plans"
    MONITORING = "monitoring"


@cli.command()
def score(
    policy: PolicyFile,
    plan: PlanFile,
    on: EffectiveOn = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole result as canonical JSON.")] = False,
) -> None:
    """Score a plan: the indicative amount and the plan's cost."""
    _, _, result = _assessed(policy, plan, on)
    if as_json:
        sys.stdout.buffer.write(canonical(result) + b"\n")
        return
    for name, pence in (
        ("indicative", result.indicative_annual_pence),
        ("plan cost", result.plan_cost_annual_pence),
        ("bought once", result.plan_cost_one_off_pence),
    ):
        period = "" if name == "bought once" else " a year"
        print(f"{name:<12} £{pence // 100:>10,}.{pence % 100:02}{period}")
    if result.policy.illustrative:
        print(result.policy.illustrative)


@cli.command()
def explain(policy: PolicyFile, plan: PlanFile, on: EffectiveOn = None) -> None:
    """Score a plan and explain every step, as the family would read it, and what would change the amount."""
    from ras.sensitivity import sensitivity, sensitivity_in_words

    rules, given, result = _assessed(policy, plan, on)
    print(as_text(family_statement(given, rules, result)))
    heading = "What would change the amount"
    print(f"{heading}\n{'-' * len(heading)}")
    for sentence in sensitivity_in_words(sensitivity(given, rules, effective_on=result.effective_on)):
        print(f"- {sentence}")


@cli.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")] = Path("demo"),
    size: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many children.")] = 111,
    seed: Annotated[int, typer.Option(help="Which caseload: the same seed, the same children.")] = 2017,
) -> None:
    """Write a made-up caseload as CSV, and say what the example policy would do to it."""
    from app.clock import london_day, system_clock
    from app.demonstration.caseload import Change, Child, caseload, change
    from app.demonstration.files import write_csv
    from app.demonstration.load import example_policy

    policy, today = example_policy(), london_day(system_clock())
    counts, package, indicative = dict.fromkeys(Change, 0), 0, 0

    with progress() as on_progress:

        def counted() -> Iterator[Child]:
            nonlocal package, indicative
            drawn = caseload(
                policy,
                as_at=today,
                seed=seed,
                size=size,
                on_progress=lambda done: on_progress("drawing the caseload", done, size),
            )
            for child in drawn:
                amount = assess(child.plan, policy, effective_on=today).indicative_annual_pence
                was = child.current_package_annual_pence
                counts[change(package_annual_pence=was, indicative_annual_pence=amount)] += 1
                package, indicative = package + was, indicative + amount
                yield child

        paths = write_csv(
            folder, counted(), on_progress=lambda done: on_progress("writing files", done, size)
        )
    for path in paths:
        print(path)
    print(f"{size} children; packages today £{package // 100:,} a year")
    print(f"under the example policy £{indicative // 100:,} a year ({_percent(indicative, package)})")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    print(policy.illustrative)


@cli.command()
def serve(
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with the example policy and caseload.")
    ] = False,
    port: Annotated[int | None, typer.Option(help="Instead of RAS_PORT.", min=1, max=65535)] = None,
) -> None:
    """Start the service. Settings are environment variables that begin with RAS_."""
    import uvicorn

    from app import installation, migration
    from app.logs import set_up_logs
    from app.main import create_app
    from app.server import options

    settings = installation.settings(port=port)
    set_up_logs(settings.log_level)
    app = create_app(settings)
    database: Database = app.state.database
    if database.is_sqlite:
        migration.migrate(database)
    elif not settings.local_offer_database_url:
        tell.print("RAS_LOCAL_OFFER_DATABASE_URL is not set: the public side has the service's own rights.")
    installation.refuse_to_lose(database)
    if with_demo:
        installation.fill_if_empty(database)

    address = f"http://{settings.host}:{settings.port}"
    print(f"The API to read and try   {address}/docs")
    print(f"The public policy         {address}/local-offer/v1/policy")
    if with_demo and not settings.oidc_issuer:
        print(f"\nTokens for {HOURS} hours, for this machine only (another: ras token SUBJECT):")
        for who, issued in installation.demonstration_tokens(settings, database, hours=HOURS):
            print(f"\n{who}\n{issued}")
        print()
    sys.stdout.flush()
    gc.collect()
    gc.freeze()  # what is made at the start stays: it is not looked through again and again
    with installation.giving_out_metrics(settings, app.state.metrics):
        uvicorn.run(app, **options(settings))


@cli.command()
def migrate() -> None:
    """Bring the database's tables to this version."""
    from app import installation, migration

    with installation.database() as database:
        migration.migrate(database)
    print("The database is up to date.")


@cli.command(name="move")
def move_(
    source: Annotated[
        Path | None,
        typer.Option("--from", help="The SQLite file. Left out: ras.db in the data directory."),
    ] = None,
) -> None:
    """Move everything from SQLite into the empty PostgreSQL database of RAS_DATABASE_URL.

    Stop the service first. All of it is moved and compared on both sides, or nothing. The SQLite file is not
    changed.
    """
    from contextlib import closing

    from app import installation
    from app.clock import system_clock
    from app.db import Database
    from app.move import MoveFailed, move

    file = source or installation.settings().data_dir / "ras.db"
    try:
        with (
            installation.database() as target,
            closing(Database(f"sqlite:///{file}")) as origin,
            progress() as on_progress,
        ):
            key = installation.audit_key()
            moved = move(origin, target, at=system_clock(), key=key, on_progress=on_progress)
    except MoveFailed as failure:
        refuse(str(failure))
    print(f"{sum(moved.rows.values()):,} rows and {moved.checkpoint.acts:,} acts are the same on both sides.")
    print(f"Start the service with this RAS_DATABASE_URL, and put {file} away: nothing reads it any more.")


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
) -> None:
    """Back the database up while it is used: a file, and a manifest beside it."""
    from app import installation
    from app.backup import BackupFailed, back_up
    from app.clock import system_clock

    try:
        with installation.database() as database:
            made = back_up(database, file, at=system_clock(), key=installation.audit_key())
    except BackupFailed as failure:
        unavailable(str(failure))
    print(f"{file}: {sum(made.rows.values()):,} rows, {made.checkpoint.acts:,} acts")


@cli.command()
def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `ras backup` wrote, with its manifest beside it.")
    ],
    with_key: Annotated[
        Path | None,
        typer.Option("--key", help="The public key, kept elsewhere, that manifests are signed with."),
    ] = None,
) -> None:
    """Restore a backup into an empty database, and check everything that is there then."""
    from app import installation
    from app.audit_commands import public_key
    from app.backup import BackupFailed
    from app.backup import restore as put_back

    try:
        with installation.database() as database:
            restored = put_back(database, file, key=public_key(with_key) if with_key else None)
    except BackupFailed as failure:
        refuse(str(failure))
    print(
        f"{sum(restored.rows.values()):,} rows as on {restored.made_at.isoformat()}; every act was verified"
    )


@cli.command()
def doctor() -> None:
    """Look at this installation: database, tables, policy, keys, clock, bank holidays, disk."""
    from app import installation
    from app.clock import system_clock
    from app.doctor import Verdict, examine

    settings = installation.settings()
    with installation.database() as database:
        found = list(examine(settings, database, now=system_clock()))
    for each in found:
        print(f"{each.verdict:<7} {each.what:<14} {each.said}")
    if any(each.verdict is Verdict.BROKEN for each in found):
        raise typer.Exit(REFUSED)


@cli.command()
def token(
    subject: Annotated[str, typer.Argument(help="Someone on the staff register, such as demo-assessor.")],
    hours: Annotated[int, typer.Option(min=1, max=24, help="How long it lasts.")] = HOURS,
    scope: Annotated[str, typer.Option(help="For a system: what it may do, such as 'plans.write'.")] = "",
) -> None:
    """Print a token of the local issuer, for one's own machine."""
    from app import installation

    print(installation.issue(installation.settings(), subject, hours=hours, scope=scope))


@cli.command(name="import")
def import_(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8, or Parquet.", show_default=False)],
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="Keep the good rows of a file that has bad ones.")
    ] = False,
) -> None:
    """Import people, plans or monitoring answers from CSV or Parquet, straight into the database.

    One bad row and nothing is kept, unless --keep-good. Columns are the paths of the API's fields.
    """
    from app import installation
    from app.bulk.schemas import Keep
    from app.bulk.service import IMPORTS, import_rows
    from app.errors import RowsRefused
    from ras.reading import UnreadableText

    try:
        with _rows_in(file) as (number, rows), installation.work() as work, progress() as on_progress:
            report = import_rows(
                work,
                rows,
                IMPORTS[kind],
                keep=Keep.GOOD_ROWS if keep_good else Keep.ALL_OR_NOTHING,
                on_progress=lambda done: on_progress(f"importing {kind}", done, number),
            )
    except (RowsRefused, UnreadableText) as error:
        refuse(f"{file}: nothing was kept.", [str(problem) for problem in error.problems])
    for row in report.rows:
        for problem in row.problems:
            tell.print(f"line {row.line}, {problem.path}: {problem.message} [{problem.code}]", markup=False)
    print(f"{report.kept} kept, {report.refused} refused")
    if report.refused:
        raise typer.Exit(REFUSED)


@contextmanager
def _rows_in(file: Path) -> Iterator[tuple[int, Iterator["Numbered"]]]:
    """How many rows a file is thought to have, and its rows."""
    from app.bulk.parquet import is_parquet, is_readable, read_parquet
    from app.bulk.rows import read_rows

    if not is_parquet(file):
        content = bytes_of(file)
        yield max(content.count(b"\n") - 1, 1), read_rows(content)
    elif not is_readable():
        unavailable("pyarrow is missing: pip install 'ras[parquet]'.")
    else:
        with read_parquet(file) as held:
            yield held.number, held.rows


@staff.command(name="list")
def list_staff() -> None:
    """Who is on the register."""
    from app import installation
    from app.staff import repository

    with installation.database() as database, database.read() as session:
        for row in repository.list_staff(session):
            standing = row.team or "-" if row.active else "no longer"
            print(f"{row.subject:<40} {row.role:<14} {standing}")


@staff.command(name="add")
def add_staff(
    subject: Annotated[str, typer.Argument(help="The `sub` of their tokens.")],
    role: Annotated[Role, typer.Option(help="What they are.")],
    team: Annotated[str | None, typer.Option(help="Their team, for an assessor or team manager.")] = None,
) -> None:
    """Put someone on the register, or change what they are."""
    from app import installation
    from app.staff.service import put_on_register

    try:
        with installation.work() as work:
            put_on_register(work, subject, role=role, team=team)
    except ValueError as error:
        refuse(str(error))
    print(f"{subject} is on the register.")


@staff.command(name="remove")
def remove_staff(subject: Annotated[str, typer.Argument(help="The `sub` of their tokens.")]) -> None:
    """Take someone off the register. What they did stays."""
    from app import installation
    from app.errors import NotOnStaffRegister
    from app.staff.service import take_off_register

    try:
        with installation.work() as work:
            take_off_register(work, subject)
    except NotOnStaffRegister:
        refuse(f"{subject} is not on the register.")
    print(f"{subject} is off the register.")


def main() -> None:
    """Run the command."""
    cli()


def _assessed(
    policy_path: Path, plan_path: Path, on: datetime | None
) -> tuple[PolicyConfiguration, Plan, Assessment]:
    policy, plan = policy_in(policy_path), plan_in(plan_path)
    try:
        return policy, plan, assess(plan, policy, effective_on=on.date() if on else plan.starts_on)
    except ListsProblems as error:
        refuse(f"{plan_path}: {error.opening}", [str(problem) for problem in error.problems])
    except RasError as error:
        refuse(f"{plan_path}: {error}")


def _percent(amount: int, of: int) -> str:
    tenths = (amount - of) * 1000 // of if of else 0
    return f"{'+' if tenths >= 0 else '-'}{abs(tenths) // 10}.{abs(tenths) % 10} %"


if __name__ == "__main__":
    main()
