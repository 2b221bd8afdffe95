"""The `ras` command's part for policy leads: writing a policy down, and looking for what is wrong with it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from app.authoring.table import Shape
from app.terminal import REFUSED, bytes_of, refuse, text_of, unavailable
from ras.errors import ListsProblems, RasError
from ras.plan import Plan, read_plan
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_schema, read_policy
from ras.records import Exact, PositiveText, exact

if TYPE_CHECKING:
    from app.authoring.table import Table

commands = typer.Typer()
_SCORE: TypeAdapter[str] = TypeAdapter(PositiveText)

PolicyFile = Annotated[
    Path, typer.Argument(metavar="POLICY", help="A policy document, YAML or JSON.", show_default=False)
]
PlanFile = Annotated[
    Path, typer.Argument(metavar="PLAN", help="A support plan, YAML or JSON.", show_default=False)
]
BandsFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A table of points and money, .xlsx or .csv.", show_default=False),
]
BandsShape = Annotated[Shape, typer.Option("--as", help="How amounts follow points.")]
Sheet = Annotated[str | None, typer.Option(help="Which sheet of a workbook. Left out: the first.")]


@commands.command()
def check(
    policy: PolicyFile,
    scores: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A caseload's scores, one a line, to weigh jumps with."),
    ] = None,
) -> None:
    """Check a policy: mistakes, falls, jumps, old prices, its own examples; why each matters, what to do."""
    from ras.policy.checker import check_policy

    found = policy_in(policy)
    report = check_policy(found, caseload=_scores(scores) if scores else ())
    if report.errors:
        print(f"{policy}: {_counted(len(report.errors), 'mistake')} found; it cannot be published")
    else:
        print(f"{policy}: no mistakes found")
    until = f" to {found.in_force.last_day}" if found.in_force.last_day else " onwards"
    print(f"{found.authority.name}: {found.title}, version {found.version}")
    print(f"in force {found.valid_from}{until}")
    print(f"sha256 {found.sha256}")
    print(f"examples run {len(found.examples)}")
    if found.illustrative:
        print(found.illustrative)
    for each in report.findings:
        print(f"\n{each}")
    if report.cliff_free is not None:
        print("\nA table without jumps that comes to the same in all (`allocation`, piecewise-linear):")
        for knot in report.cliff_free.knots:
            print(f'  - {{points: "{knot.points}", amount_pence: {knot.amount_pence}}}')
    if report.warnings:
        print(f"\n{_counted(len(report.warnings), 'warning')}: publication needs a written answer to each.")
    if report.errors:
        raise typer.Exit(REFUSED)


@commands.command()
def compare(old: PolicyFile, new: PolicyFile) -> None:
    """Say what differs between two policies, in sentences: what can change amounts first."""
    from ras.policy.changes import changes, in_short

    found = changes(policy_in(old), policy_in(new))
    print(in_short(found))
    for heading, matters in (("What can change amounts", True), ("Words and sources", False)):
        listed = [each for each in found if each.changes_amounts is matters]
        if listed:
            print(f"\n{heading}:")
        for each in listed:
            print(f"- {each.sentence}")


@commands.command()
def fuzz(
    policy: PolicyFile,
    examples: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many plans for each law.")] = 200,
    seed: Annotated[int | None, typer.Option(help="Which plans: the same seed, the same plans.")] = None,
) -> None:
    """Try the laws on plans made up for a policy: more need is never less money, and the others."""
    try:
        from ras.testing.trying import check_policy
    except ModuleNotFoundError:
        unavailable("Hypothesis is missing: pip install 'ras[fuzz]'.")

    broken = check_policy(policy_in(policy), examples=examples, seed=seed)
    for each in broken:
        print(f"{each}\n")
    if broken:
        raise typer.Exit(REFUSED)
    print(f"{policy}: every law held on {examples} plans each")


@commands.command()
def schema() -> None:
    """Print the JSON Schema of policy documents, for editors."""
    print(json.dumps(policy_schema(), indent=2, ensure_ascii=False))


@commands.command()
def new(
    file: Annotated[Path, typer.Argument(help="Where to write the draft.")] = Path("policy.yaml"),
    bands: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A table of points and money, .xlsx or .csv.")
    ] = None,
    shape: BandsShape = Shape.BANDED,
    sheet: Sheet = None,
) -> None:
    """Write the first draft of a policy from a few questions. Enter accepts the answer that is offered."""
    from app.authoring.questions import ask_for_answers
    from app.authoring.scaffold import scaffold
    from app.authoring.table import NOT_PUBLISHED
    from app.clock import london_day, system_clock
    from ras.reading import UnreadableText

    if file.exists():
        refuse(f"{file} is there already. Nothing was written.")
    table = _table(bands, sheet) if bands else None
    try:
        answers = ask_for_answers(
            lambda question, stands: str(typer.prompt(question, default=stands)),
            typer.echo,
            today=london_day(system_clock()),
            table=table,
            shape=shape,
        )
    except UnreadableText as error:
        refuse(f"{bands}: the table cannot be used.", [str(problem) for problem in error.problems])
    text = scaffold(answers)
    try:
        with file.open("x", encoding="utf-8") as draft:
            draft.write(text)
    except OSError as error:
        unavailable(f"{file}: {error.strerror}.")
    print(f"{file}: a draft. It says '{NOT_PUBLISHED}' {text.count(NOT_PUBLISHED)} times; begin there.")
    print(f"Check it as you go:  ras check {file}")


@commands.command(name="bands")
def bands_(file: BandsFile, shape: BandsShape = Shape.BANDED, sheet: Sheet = None) -> None:
    """Print the `allocation` part of a policy from a spreadsheet with the columns from, to and amount."""
    from app.authoring.writing import allocation_part
    from ras.reading import UnreadableText

    table = _table(file, sheet)
    try:
        allocation = table.allocation(shape=shape)
    except UnreadableText as error:
        refuse(f"{file}: the table cannot be used.", [str(problem) for problem in error.problems])
    if table.period:
        print(f"# The amounts are for: {table.period}. The policy's money.period must say the same.")
    print(allocation_part(allocation), end="")


def policy_in(path: Path) -> PolicyConfiguration:
    """The policy in a file; ends the command with every mistake where there are any."""
    try:
        return read_policy(text_of(path))
    except ListsProblems as error:
        refuse(f"{path}: {error.opening}", [str(problem) for problem in error.problems])


def plan_in(path: Path) -> Plan:
    """The plan in a file; ends the command with every mistake where there are any."""
    try:
        return read_plan(text_of(path))
    except ListsProblems as error:
        refuse(f"{path}: {error.opening}", [str(problem) for problem in error.problems])
    except RasError as error:
        refuse(f"{path}: {error}")


def _table(path: Path, sheet: str | None) -> "Table":
    from app.authoring.table import read_table
    from ras.reading import UnreadableText

    try:
        return read_table(bytes_of(path), name=path.name, sheet=sheet)
    except UnreadableText as error:
        refuse(f"{path}: the table cannot be used.", [str(problem) for problem in error.problems])


def _scores(path: Path) -> list[Exact]:
    """A caseload's scores, one a line."""
    found: list[Exact] = []
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(exact(_SCORE.validate_python(line.strip())))
        except ValidationError:
            refuse(
                f"{path}: line {number} is no score: {line[:40]!r}. Write one number a line, such as 12.5."
            )
    return found


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
