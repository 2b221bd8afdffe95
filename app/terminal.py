"""What the `ras` command says to a person, and how it ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

REFUSED, UNAVAILABLE = 1, 3

OnProgress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

tell = Console(stderr=True, highlight=False)


def refuse(why: str, problems: list[str] | None = None) -> NoReturn:
    """End because what was given cannot be used, and say why."""
    tell.print(why, markup=False, soft_wrap=True)
    for problem in problems or ():
        tell.print(f"  {problem}", markup=False, soft_wrap=True)
    raise typer.Exit(REFUSED)


def unavailable(what: str) -> NoReturn:
    """End because something that is needed cannot be had, and say what."""
    tell.print(what, markup=False, soft_wrap=True)
    raise typer.Exit(UNAVAILABLE)


def bytes_of(path: Path) -> bytes:
    """A file's bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        unavailable(f"{path}: {error.strerror}.")


def text_of(path: Path) -> str:
    """A file's text, which is UTF-8."""
    try:
        return bytes_of(path).decode()
    except UnicodeDecodeError:
        refuse(f"{path}: the file is not UTF-8.")


@contextmanager
def progress() -> Iterator[OnProgress]:
    """A bar on standard error while long work goes on; gives the function that moves it."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=tell, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def on_progress(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done)

        yield on_progress
