"""The fixed text that people read can be read by most of them at thirteen: short sentences, plain words."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import pyphen  # type: ignore[import-untyped]  # it has none
import pytest

import app
import ras
from app.request.schemas import RIGHT_TO_REVIEW
from ras.policy.finding import OTHERWISE, REASONS
from ras.statement import PLAINER, ROUNDED, SENTENCES

HARDEST = 8
"""The Flesch-Kincaid grade of all the text together: years of school, so a reading age of about 13."""
LONGEST = 30
"""The most words in a sentence."""
ENGINE = Path(ras.__file__).parent
SOURCES = [
    *(ENGINE / "statement.py", ENGINE / "notice.py"),
    *sorted((ENGINE / "letter").glob("*.py")),
    *sorted((ENGINE / "differences").glob("*.py")),
    *(ENGINE / f"{name}.py" for name in ("scoring", "present", "modifiers", "uprating", "bounds")),
    *(ENGINE / f"{name}.py" for name in ("indicative", "costing", "assessment", "sensitivity")),
    *sorted((ENGINE / "allocation").glob("*.py")),
    *(ENGINE / "policy" / f"{name}.py" for name in ("in_words", "finding")),
    *sorted((ENGINE / "policy").glob("change*.py")),
]
"""Where what families read is written, and what a council reads of its policy: how it works, what was found
in it, what changed. Every sentence in these files counts, however it is put together."""
NOT_READ_BY_FAMILIES = {"faults", "first_match_faults", "level_faults", "_level_faults", "_codes"}
"""Functions of the variants that say to a policy's author what is wrong with a table."""
STANDS_IN = "money"
"""In place of what comes from a record or a working: a word of two syllables."""


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_GB")


def syllables(word: str) -> int:
    """How many syllables a word has: as hyphenation counts them, or its groups of vowels if they are more."""
    letters = re.sub("[^a-z]", "", word.lower())
    groups = len(re.findall("[aeiouy]+", re.sub("(?<=[^aeiouyl])e$|(?<=[^td])ed$", "", letters)))
    return max(1, groups, len(_hyphens().positions(letters)) + 1)


def words(sentence: str) -> list[str]:
    """The words of a sentence."""
    return re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", sentence)


def sentences(text: str) -> list[str]:
    """The sentences of a text. A colon ends none: it is read in one breath."""
    return [part for part in re.split(r"(?<=[.?!])\s+", text.strip()) if words(part)]


@dataclass(frozen=True)
class Measured:
    """How hard a text is to read."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> Fraction:
        """The Flesch-Kincaid grade."""
        long_sentences = Fraction(39, 100) * Fraction(self.words, self.sentences)
        long_words = Fraction(118, 10) * Fraction(self.syllables, self.words)
        return long_sentences + long_words - Fraction(1559, 100)


def measured(texts: Iterable[str]) -> Measured:
    """How hard texts are to read together."""
    found = [words(sentence) for text in texts for sentence in sentences(text)]
    every = [word for sentence in found for word in sentence]
    return Measured(len(found), len(every), sum(map(syllables, every)))


def too_long(texts: Iterable[str]) -> list[str]:
    """The sentences with too many words."""
    return [part for text in texts for part in sentences(text) if len(words(part)) > LONGEST]


def written(source: str) -> Iterator[str]:
    """Every sentence that a file of Python holds, docstrings apart."""
    yield from _written(ast.parse(source))


def _written(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise():
            return
        case ast.FunctionDef(name=name) if name in NOT_READ_BY_FAMILIES:
            return
        case ast.Constant(value=str() as text):
            yield from _if_sentence(text)
            return
        case ast.JoinedStr(values=values):
            fixed = (str(v.value) if isinstance(v, ast.Constant) else STANDS_IN for v in values)
            yield from _if_sentence("".join(fixed))
            return
    for child in ast.iter_child_nodes(node):
        yield from _written(child)


def _if_sentence(text: str) -> Iterator[str]:
    text = re.sub(r"\{[^}]*\}", STANDS_IN, text).strip()
    if " " in text and text[-1] in ".!?:":
        yield text


@cache
def fixed_text() -> tuple[str, ...]:
    """Everything fixed that a family reads."""
    found = [text for path in SOURCES for text in written(path.read_text("utf-8"))]
    return (*found, RIGHT_TO_REVIEW)


def test_the_text_is_read_at_thirteen() -> None:
    grade = measured(fixed_text()).grade

    assert grade <= HARDEST, f"the grade is {float(grade):.2f}: shorten sentences, choose plainer words"


@pytest.mark.parametrize(
    "part",
    [
        *("statement.py", "notice.py", "letter", "differences", "allocation", "policy", "sensitivity.py"),
        *("scoring.py", "present.py", "modifiers.py", "uprating.py", "bounds.py", "indicative.py"),
        "costing.py",
    ],
)
def test_each_part_of_the_text_is_read_at_thirteen(part: str) -> None:
    texts = [t for path in SOURCES if part in path.parts for t in written(path.read_text("utf-8"))]

    assert texts
    assert measured(texts).grade <= HARDEST, float(measured(texts).grade)


def test_no_sentence_is_long() -> None:
    assert too_long(fixed_text()) == []


def test_all_that_families_read_is_measured() -> None:
    text = "\n".join(fixed_text())

    assert len(fixed_text()) > 150
    plainer = [shorter.sentence for shorter in PLAINER.values()]
    found = [part for reason in (*REASONS.values(), OTHERWISE) for part in reason]
    for sentence in (*SENTENCES.values(), *plainer, *found, ROUNDED.strip()):
        assert re.sub(r"\{[^}]*\}", STANDS_IN, sentence) in text
    for said in (
        f"it counts as served on {STANDS_IN}",
        "You can ask us to look at this decision again.",
        "SENDIASS",
        f"From the birthday on {STANDS_IN}",
        "No amount can change.",
        "The first of these that fits your child gives the level:",
        "The points that are left become money by the table below.",
    ):
        assert said in text


def test_a_hard_text_is_caught() -> None:
    hard = (
        "Notwithstanding the aforementioned determination, the authority retains discretion to disregard "
        "representations that are received subsequent to the expiry of the applicable notification period, "
        "irrespective of any extenuating circumstances communicated by the recipient."
    )

    assert measured([hard]).grade > HARDEST
    assert too_long([hard]) == [hard]
    one_in_eight = [hard] * (len(fixed_text()) // 8)
    assert measured([*fixed_text(), *one_in_eight]).grade > HARDEST


@pytest.mark.parametrize(
    "source",
    [
        'SENTENCES = {"x": "It is {what} now."}',
        'x = f"It is {what} now."',
        'def f():\n    return "It is now."',
    ],
)
def test_a_sentence_is_found_wherever_it_is_written(source: str) -> None:
    assert [text.replace(STANDS_IN, "").replace("  ", " ") for text in written(source)] == ["It is now."]


def test_a_docstring_is_not_what_families_read() -> None:
    assert list(written('"""A module of words."""\nx = 1\n"""What x is."""\n')) == []


@pytest.mark.parametrize(
    ("word", "count"),
    [("money", 2), ("decision", 3), ("the", 1), ("agreed", 2), ("reconsideration", 6), ("amount", 2)],
)
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_service_writes_no_letters_of_its_own() -> None:
    """What families read is written in the engine, where it is measured."""
    letters = sorted(Path(app.__file__).parent.glob("*/letter.py"))

    assert len(letters) == 3
    assert [text for path in letters for text in written(path.read_text("utf-8"))] == []
