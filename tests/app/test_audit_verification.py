"""The log written out is verified offline: what was done to it is found, a clean one is left alone (P7)."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from app.audit import export
from app.audit.checkpoint import Checkpoint, sign
from app.audit.repository import FIRST_HASH
from app.audit.service import HASHED
from app.audit.verification import verify
from app.cli import cli
from ras.canonical import canonical, sha256
from tests.app.journey import Story
from tests.app.service import Service, add_person
from tests.figures import Figure

KEY, ANOTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
AT = datetime(2026, 11, 27, tzinfo=UTC)
Lines = list[dict[str, Any]]


def taken(service: Service) -> Checkpoint:
    with service.database.read() as session:
        return export.checkpoint(session, at=AT, key=KEY)


def written_out(service: Service, *, with_content: bool = True) -> Lines:
    last = taken(service)
    with service.database.read() as session:
        return [json.loads(line) for line in export.written_out(session, last, with_content=with_content)]


def faults(lines: Lines, *held: Checkpoint, key: Ed25519PrivateKey = KEY) -> list[str]:
    return verify([canonical(line) for line in lines], held=held, key=key.public_key()).faults


def test_a_log_that_nobody_touched_is_left_alone(told: Service) -> None:
    early = taken(told)
    add_person(told.assessor, reference="EX-0999")
    late = taken(told)
    lines = written_out(told)

    found = verify([canonical(line) for line in lines], held=[late, early], key=KEY.public_key())

    assert found.faults == []
    assert found.acts == len(lines) - 1 == late.acts == early.acts + 1
    assert found.contents == found.acts - 1, "somebody's record was erased, and with it one act's content"
    assert found.checkpoints == 3
    assert found.heads.keys() == {line["chain"] for line in lines[:-1]}
    assert faults(written_out(told, with_content=False), early, late) == []


def test_what_was_erased_leaves_the_log_whole(told: Service) -> None:
    held = taken(told)
    with told.database.writing.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_content")
    lines = written_out(told)

    found = verify([canonical(line) for line in lines], held=[held], key=KEY.public_key())

    assert (found.faults, found.contents) == ([], 0)
    assert "EX-0001" not in json.dumps(lines)


def rebuilt(lines: Lines, key: Ed25519PrivateKey = KEY) -> Lines:
    """The log with every number and hash made anew, as somebody would who may write everything."""
    heads: dict[str, tuple[int, str]] = {}
    made: Lines = []
    for number, line in enumerate((line for line in lines if "checkpoint" not in line), 1):
        sequence, last = heads.get(line["chain"], (0, FIRST_HASH))
        new = {**line, "event": number, "sequence": sequence + 1, "previous_hash": last}
        new["hash"] = sha256({name: new[name] for name in HASHED})
        heads[line["chain"]] = (new["sequence"], new["hash"])
        made.append(new)
    last_checkpoint = sign([line["hash"] for line in made], at=AT, key=key)
    return [*made, {"checkpoint": last_checkpoint.model_dump(mode="json")}]


MIDDLE = 12


def without(lines: Lines, *places: int) -> Lines:
    return [line for place, line in enumerate(lines) if place not in places]


def with_other(lines: Lines, place: int, **other: Any) -> Lines:
    return [{**line, **other} if n == place else line for n, line in enumerate(lines)]


def swapped(lines: Lines, one: int, other: int) -> Lines:
    order = list(range(len(lines)))
    order[one], order[other] = other, one
    return [lines[place] for place in order]


def a_chain(lines: Lines) -> list[int]:
    """The places of the entries of a person's chain."""
    return [n for n, line in enumerate(lines) if line.get("chain", "").startswith("person:")]


def hashed_anew(lines: Lines, place: int) -> Lines:
    """Another act in its place with a hash that is right, and all that follows as it was."""
    other = {**lines[place], "act": "nothing"}
    other["hash"] = sha256({name: other[name] for name in HASHED})
    return [*lines[:place], other, *lines[place + 1 :]]


# By what was done: (how, what is said of it). These are found in the log itself.
TAMPERED: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "another actor": (lambda lines: with_other(lines, MIDDLE, actor="somebody"), "not what was hashed"),
    "another moment": (
        lambda lines: with_other(lines, MIDDLE, at="2020-01-01T00:00:00+00:00"),
        "not what was hashed",
    ),
    "another act, hashed anew": (lambda lines: hashed_anew(lines, a_chain(lines)[1]), "does not follow"),
    "another content": (
        lambda lines: with_other(lines, MIDDLE, content={"it": "was never so"}),
        "not what it commits to",
    ),
    "another salt": (lambda lines: with_other(lines, MIDDLE, salt=32 * "0"), "not what it commits to"),
    "one taken out": (lambda lines: without(lines, MIDDLE), "is due"),
    "the first of a chain taken out": (
        lambda lines: without(lines, a_chain(lines)[0]),
        "entry 1 of the",
    ),
    "a whole chain taken out": (lambda lines: without(lines, *a_chain(lines)), "is due"),
    "two of a chain in another order": (
        lambda lines: swapped(lines, *a_chain(lines)[1:3]),
        "does not follow",
    ),
    "one twice": (lambda lines: [*lines[:MIDDLE], lines[MIDDLE], *lines[MIDDLE:]], "is due"),
    "the end cut off before the checkpoint": (lambda lines: without(lines, len(lines) - 2), "acts there"),
    "acts with other numbers": (lambda lines: with_other(lines, MIDDLE, event=99999), "is due"),
    "a checkpoint by another key": (lambda lines: rebuilt(lines, ANOTHER), "not signed with the key"),
    "a checkpoint of more": (
        lambda lines: with_other(
            lines, len(lines) - 1, checkpoint={**lines[-1]["checkpoint"], "acts": len(lines)}
        ),
        "not signed with the key",
    ),
    "a line of rubbish": (lambda lines: [*lines[:MIDDLE], {"x": 1}, *lines[MIDDLE:]], "cannot be read"),
    "a line with something more": (lambda lines: with_other(lines, MIDDLE, more=1), "cannot be read"),
    "a number that is none": (lambda lines: with_other(lines, MIDDLE, sequence="1"), "cannot be read"),
}


def test_what_was_done_to_a_log_is_found(told: Service, figure: Figure) -> None:
    lines, held = written_out(told), taken(told)
    missed = [
        what
        for what, (how, said) in TAMPERED.items()
        if not any(said in fault for fault in faults(how(lines), held))
    ]

    assert missed == []
    figure("tamperings with a log found", len(TAMPERED))


def test_every_act_is_checked_and_no_log_that_was_left_alone_is_suspected(
    told: Service, figure: Figure
) -> None:
    lines, held = written_out(told), taken(told)
    acts = range(len(lines) - 1)
    ways: tuple[Callable[[int], Lines], ...] = (
        lambda place: with_other(lines, place, actor="somebody"),
        lambda place: rebuilt(with_other(lines, place, actor="somebody")),
        lambda place: without(lines, place),
    )
    for changed in ways:
        assert [place for place in acts if not faults(changed(place), held)] == []
    figure("tamperings with a log found", 3 * len(acts))

    # The log as it was after each act, with the checkpoint that was signed then.
    assert [place for place in acts if faults(rebuilt([*lines[: place + 1], lines[-1]]))] == []
    figure("clean logs without a false alarm", len(acts))


# These were written anew as a whole by somebody who may write everything and holds the key: nothing in the
# log itself shows it, and a checkpoint that was kept elsewhere does.
REBUILT: dict[str, Callable[[Lines], Lines]] = {
    "one changed": lambda lines: rebuilt(with_other(lines, MIDDLE, actor="somebody")),
    "one taken out": lambda lines: rebuilt(without(lines, MIDDLE)),
    "a whole chain taken out": lambda lines: rebuilt(without(lines, *a_chain(lines))),
    "the end cut off": lambda lines: rebuilt(lines[: len(lines) // 2]),
    "the last act cut off": lambda lines: rebuilt(without(lines, len(lines) - 2)),
    "one put in": lambda lines: rebuilt([*lines[:MIDDLE], lines[MIDDLE], *lines[MIDDLE:]]),
    "two in another order": lambda lines: rebuilt(swapped(lines, MIDDLE, MIDDLE + 1)),
    "one put in another's place": lambda lines: rebuilt(
        [*without(lines, MIDDLE)[:-1], lines[MIDDLE], lines[-1]]
    ),
    "nothing left": lambda _: rebuilt([]),
}


def test_a_log_that_was_written_anew_is_found_by_a_checkpoint_kept_elsewhere(
    told: Service, figure: Figure
) -> None:
    figure("logs written anew found by a checkpoint kept elsewhere", len(REBUILT))
    lines, held = written_out(told), taken(told)
    assert faults(rebuilt(lines), held) == [], "writing anew what was there changes nothing"

    changed = {what: how(lines) for what, how in REBUILT.items()}

    assert [what for what, log in changed.items() if not faults(log, held)] == []
    assert [what for what, log in changed.items() if faults(log)] == [], (
        "without it they cannot be told apart"
    )


def test_the_command_writes_a_log_out_and_verifies_it(
    story_copy: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path = story_copy.file.parent
    monkeypatch.setenv("RAS_DATA_DIR", str(tmp_path))
    log, key, held = (tmp_path / name for name in ("log.jsonl", "key.pem", "held.jsonl"))

    def ras(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["audit", *map(str, arguments)])
        return done.exit_code, done.output

    key.write_text(ras("key")[1])
    held.write_text(ras("checkpoint")[1])
    assert ras("export", log)[0] == 0
    assert ras("export", log) == (3, f"{log}: File exists.\n")
    assert log.stat().st_mode & 0o777 == 0o600
    assert "born_on" not in log.read_text()

    code, said = ras("verify", log, "--key", key, "--held", held)
    assert code == 0
    assert "of which kept elsewhere: 1" in said
    assert "No --key was given" in ras("verify", log)[1]

    with sqlite3.connect(tmp_path / "ras.db") as connection:
        connection.execute("DROP TRIGGER audit_entry_refuses_update")
        connection.execute("UPDATE audit_entry SET actor = 'somebody' WHERE sequence = 2")
    connection.close()
    log.unlink()
    assert ras("export", log, "--with-content")[0] == 0
    assert "born_on" in log.read_text()
    code, said = ras("verify", log, "--key", key, "--held", held)
    assert code == 1
    assert "it is not what was hashed" in said


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff\xfe", b"[1]\n", b"null", b"1" * 5000, b"[" * 100_000])
def test_rubbish_is_told_as_such(tmp_path: Path, rubbish: bytes) -> None:
    file, key = tmp_path / "file", tmp_path / "key"
    file.write_bytes(rubbish)
    key.write_bytes(rubbish)
    for arguments in (["verify", file], ["verify", file, "--held", key], ["verify", file, "--key", key]):
        done = CliRunner().invoke(cli, ["audit", *map(str, arguments)])
        assert done.exit_code in {0, 1} if not rubbish else done.exit_code == 1
        assert done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
