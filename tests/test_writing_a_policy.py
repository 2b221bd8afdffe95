"""The page for policy leads is followed word by word: its commands are run, its pieces read and checked."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from app.authoring.questions import ask_for_answers
from app.authoring.scaffold import scaffold
from app.authoring.table import NOT_PUBLISHED, read_table
from benchmarks.servers import free_port, running
from ras.errors import PolicyDocumentError
from ras.policy.checker import check_policy
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_schema, read_policy
from ras.policy.finding import REASONS
from ras.reading import read_yaml

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "writing-a-policy.md").read_text("utf-8")
BLOCK = re.compile(r"^```(?P<kind>[a-z]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
FILE = re.compile(r"(Save this as|Add this to the end of) `([a-z.]+)`:\n\n\Z")
SCHEMA = policy_schema()["properties"]
END = "--- end of a command ---"
ANSWERED = re.compile(r"(?<=\]:).*\n")
"""What a person types after a question, and the end of the line."""


class Block(NamedTuple):
    """A block of code on the page.

    Attributes:
        kind: Its language.
        text: What stands in it.
        file: How and where the page says to keep it; None for all other blocks.
    """

    kind: str
    text: str
    file: tuple[str, str] | None


def blocks() -> Iterator[Block]:
    """Every block of code, in order."""
    for found in BLOCK.finditer(PAGE):
        said = FILE.search(PAGE[: found.start()])
        yield Block(found["kind"], found["text"], (said[1], said[2]) if said else None)


PIECES = [block.text for block in blocks() if block.kind == "yaml" and block.file is None]
"""The pieces of a policy; the first line of each is the name of its part."""


def told(block: str) -> list[tuple[str, str]]:
    """Each command of a block, and what it says the command prints."""
    _, *parts = COMMAND.split(block)
    return [(parts[n], parts[n + 1].strip("\n")) for n in range(0, len(parts), 2)]


def is_conversation(command: str) -> bool:
    """Whether the command asks questions."""
    return command.startswith("ras new ")


def script() -> Iterator[str]:
    """All that a reader of the page does, as a script for a shell."""
    for block in blocks():
        if block.file:
            how, name = block.file
            yield f"cat {'>' if how == 'Save this as' else '>>'} {name} <<'EOF'\n{block.text}EOF\n"
        for command, printed in told(block.text) if block.kind == "console" else ():
            typed = "".join(f"{line.strip()}\n" for line in ANSWERED.findall(printed))
            given = f" <<'EOF'\n{typed}EOF" if is_conversation(command) else ""
            yield f"{command}{given}\nprintf '\\n%s\\n' '{END}'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a checkout after `make run`."""
    for name in ("app", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, what in (("ras", f"{sys.executable} -m app.cli"), ("python", sys.executable)):
        (programs / name).write_text(f'#!/bin/sh\nexec {what} "$@"\n')
        (programs / name).chmod(0o700)
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """The service of `make run`, on a free port."""
    port = free_port()
    settings = {"RAS_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    with running(["-m", "app.cli", "serve", "--demo", "--port", str(port)], port, "/readyz", **settings):
        yield port


def test_the_commands_of_the_page_print_what_it_says(folder: Path, port: int) -> None:
    expected = [
        # The terminal shows what a person types; a pipe does not.
        (command, ANSWERED.sub(" ", printed) if is_conversation(command) else printed)
        for block in blocks()
        if block.kind == "console"
        for command, printed in told(block.text)
    ]
    assert len(expected) > 40

    run = subprocess.run(  # noqa: S603  the page's own commands
        ["/bin/bash", "-c", "exec 2>&1\n" + "".join(script()).replace("127.0.0.1:8000", f"127.0.0.1:{port}")],
        cwd=folder,
        env={**os.environ, "RAS_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )

    heard = [part.strip("\n") for part in run.stdout.split(END)[:-1]]
    # The first day that is offered is that of the next financial year.
    heard = [re.sub(r"(?<=Its first day \[)\d{4}-04-01", "2027-04-01", part) for part in heard]
    assert list(zip([command for command, _ in expected], heard, strict=True)) == expected


def the_draft() -> str:
    """The draft of the page, its sources named."""
    table = read_table((ROOT / "examples" / "bands.csv").read_bytes(), name="bands.csv")
    answers = ask_for_answers(lambda _, offered: offered, print, today=date(2024, 10, 1), table=table)
    return scaffold(answers).replace(NOT_PUBLISHED, "Fernshire policy (fictional)")


def slips() -> list[list[str]]:
    """What is right, a slip of the pen, and what is said of it."""
    (table,) = re.findall(r"^\| right \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [
        [cell.strip("`") for cell in row.strip("| ").split(" | ")[:2]] + [row.rsplit(" | ", 1)[1]]
        for row in table.splitlines()
    ]


def name_of(piece: str) -> str:
    """What a piece is about."""
    word = re.search(r"(?:variant|mode|kind): ([a-z-]+)", piece)
    return piece.partition(":")[0] + (f" {word[1]}" if word else "")


@pytest.mark.parametrize("piece", PIECES, ids=name_of)
def test_every_piece_of_the_page_fits_the_draft_and_has_no_mistake(piece: str) -> None:
    (facts,) = (piece for piece in PIECES if piece.startswith("circumstances:"))
    policy = read_policy(json.dumps({**read_yaml(the_draft()), **read_yaml(facts), **read_yaml(piece)}))

    assert check_policy(policy).errors == ()


@pytest.mark.parametrize(("right", "slip", "codes"), slips(), ids=str)
def test_a_slip_of_the_pen_is_told_as_the_page_says(right: str, slip: str, codes: str) -> None:
    draft = the_draft()
    assert right in draft

    with pytest.raises(PolicyDocumentError) as refusal:
        read_policy(draft.replace(right, slip, 1))

    assert {problem.code for problem in refusal.value.problems} >= set(re.findall(r"`([a-z-]+)`", codes))


def test_the_page_shows_every_part_that_a_policy_can_have() -> None:
    shown = {part for block in blocks() if block.kind == "yaml" for part in read_yaml(block.text)}
    copied_from_the_example, written_by_itself = {"budget"}, {"calculation"}

    assert set(PolicyConfiguration.model_fields) <= shown | copied_from_the_example | written_by_itself


def words_of_table(heading: str) -> set[str]:
    """The words marked as code in the first column of every table with this heading."""
    rows = re.findall(rf"^\| {re.escape(heading)} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    first = [line.split(" | ")[0] for table in rows for line in table.splitlines()]
    return {word for cell in first for word in re.findall(r"`([a-z-]+)`", cell)}


def shown(part: str, tag: str) -> set[str]:
    """The words that the pieces have in a part, in the field that tells its kinds apart."""
    return {piece[part][tag] for piece in map(read_yaml, PIECES) if part in piece}


def test_every_kind_of_table_has_its_sentence_and_its_piece() -> None:
    variants = set(SCHEMA["allocation"]["discriminator"]["mapping"])
    (table,) = re.findall(r"^\| your council says \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)

    assert set(re.findall(r"\[`([a-z-]+)`\]", table)) == variants
    assert shown("allocation", "variant") == variants


def test_every_mode_of_resources_present_is_told_and_shown() -> None:
    modes = set(SCHEMA["resources_present"]["discriminator"]["mapping"])

    assert words_of_table("`mode`") == modes
    assert shown("resources_present", "mode") == modes


def test_every_kind_of_modifier_is_told() -> None:
    assert words_of_table("`kind`") == set(SCHEMA["modifiers"]["items"]["discriminator"]["mapping"])


def test_every_answer_that_is_no_level_is_told() -> None:
    assert words_of_table("answer") >= {"no-need", "not-known", "not-applicable"}


def test_every_finding_is_told_and_every_one_that_is_told_exists() -> None:
    assert words_of_table("warning") | words_of_table("mistake") == set(REASONS)
