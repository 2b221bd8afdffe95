"""The pages on security name only what is there, and the checklist is whole, in order and added up."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path("docs/security")
PAGES = [*sorted(FOLDER.glob("*.md")), Path("SECURITY.md")]
ASVS = FOLDER / "asvs.md"
STATES = ("yes", "no", "not applicable", "the operator's")

AT_THE_TOP = {"Dockerfile", "Makefile", "SECURITY.md", "requirements.lock", "pyproject.toml", ".env.example"}
"""Files that a page may name without a folder."""

LEVELS = {
    "V1": "22 1111122223 112222222223 222 123",
    "V2": "122 112 12223 23",
    "V3": "3 113 12223 11222233 11122333 3 22333",
    "V4": "12233 23333 22 1222",
    "V5": "2 112333 113 222",
    "V6": "122 111111112222 11223333 112233 22222333 2223 33 2222",
    "V7": "222 1111 22 11222 223 22",
    "V8": "1233 1123 133 23",
    "V9": "111 1222",
    "V10": "22 223 22223 1111122222233333 22222 22 222",
    "V11": "2233 22233 11233 1222 23 23 33",
    "V12": "12233 11 22223",
    "V13": "2333 222223 2233 1222233",
    "V14": "22 12223333 122",
    "V15": "12233 12233 1222222 3333",
    "V16": "2 22222 2222 222 2223",
    "V17": "23 22223333 22",
}
"""The level of each requirement of OWASP ASVS 5.0.0, a word for each section of a chapter."""


def numbered() -> list[tuple[str, str]]:
    """Every requirement of levels 1 and 2 with its level, in the standard's order."""
    return [
        (f"{chapter}.{section}.{number}", level)
        for chapter, sections in LEVELS.items()
        for section, levels in enumerate(sections.split(), 1)
        for number, level in enumerate(levels, 1)
        if level in "12"
    ]


@dataclass(frozen=True)
class Line:
    """A line of the checklist."""

    number: str
    level: str
    about: str
    state: str
    evidence: str


def lines() -> list[Line]:
    rows = [line for line in ASVS.read_text().splitlines() if line.startswith("| V")]
    return [Line(*(cell.strip() for cell in row.strip("|").split(" | "))) for row in rows]


def paths(text: str) -> set[str]:
    """The files that a text names in code."""
    named = set(re.findall(r"`([\w.-][\w./-]*)`", text))
    return {each for each in named if "/" in each or each in AT_THE_TOP}


def test_the_standard_is_counted_as_it_counts_itself() -> None:
    """70 requirements of level 1, 183 of level 2 and 92 of level 3 (OWASP ASVS 5.0.0, May 2025)."""
    assert Counter("".join(LEVELS.values()).replace(" ", "")) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_is_there_once_in_order_and_at_its_level() -> None:
    assert [(line.number, line.level) for line in lines()] == numbered()


def test_every_line_says_something_known() -> None:
    assert {line.state for line in lines()} == set(STATES)
    assert [line.number for line in lines() if not line.about or not line.evidence] == []


def test_a_yes_has_evidence_that_is_there() -> None:
    assert [line.number for line in lines() if line.state == "yes" and not paths(line.evidence)] == []


def test_the_counts_at_the_top_add_up() -> None:
    said = dict(
        re.findall(
            r"^\| (yes|no|not applicable|the operator's) \| (\d+ \| \d+ \| \d+) \|$",
            ASVS.read_text(),
            re.MULTILINE,
        )
    )
    counted = Counter((line.state, line.level) for line in lines())
    assert said == {
        state: f"{counted[state, '1']} | {counted[state, '2']} | {counted[state, '1'] + counted[state, '2']}"
        for state in STATES
    }


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = paths(page.read_text()) - {"build/sbom.json"}
    assert sorted(name for name in named if not Path(name).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert sorted(each for each in targets if not (page.parent / each).exists()) == []


def test_each_boundary_has_its_table_and_each_threat_what_stops_it_and_shows_it() -> None:
    text = (FOLDER / "threat-model.md").read_text()
    boundaries = re.split(r"^## Boundary ", text, flags=re.MULTILINE)[1:]
    assert len(boundaries) == 6
    letters = set()
    for boundary in boundaries:
        rows = [
            [cell.strip() for cell in row.strip("|").split("|")]
            for row in boundary.splitlines()
            if re.match(r"\| [STRIDE](, [STRIDE])* \|", row)
        ]
        assert len(rows) >= 3
        letters |= {letter for kind, *_ in rows for letter in kind.split(", ")}
        assert [row for row in rows if not (row[1] and row[2] and paths(row[3]))] == []
    assert letters == set("STRIDE")
