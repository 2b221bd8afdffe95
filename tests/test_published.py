"""What is published is what is there: errors, settings, words and links are held to the code."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from app.errors import ServiceError
from app.settings import Settings
from ras.errors import RasError
from tests.published import KEBAB, ROOT, errors, leaves, problem_codes, table

ERRORS = (ROOT / "docs" / "errors.md").read_text()
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "ras").rglob("*.md")),
]
LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)")
PLUMBING = {"__init__", "canonical", "draws", "errors", "fit", "irrational", "reading", "records"}
"""Modules of the engine that are named for what they do, not for a word of the law or the council."""
OTHER_FORM = {
    "allocations": "allocation",
    "amount": "indicative amount",
    "amount_checks": "problem",
    "amount_rules": "indicative amount",
    "amounts": "indicative amount",
    "arithmetic": "step (of the working)",
    "budget_checks": "problem",
    "budget_rules": "budget",
    "caseload": "demonstration caseload",
    "change_words": "policy change",
    "changes": "policy change",
    "checks": "problem",
    "cliffs": "cliff",
    "compiled": "compiled policy",
    "conditions": "condition",
    "configuration": "policy (document)",
    "cost": "plan cost",
    "costing": "plan cost",
    "dates": "effective date",
    "difference": "differences",
    "document": "policy (document)",
    "ending": "end",
    "example": "example (of a policy)",
    "examples": "example (of a policy)",
    "finding": "policy finding",
    "in_words": "local offer",
    "indicative": "indicative amount",
    "laws": "law (of the engine)",
    "matching": "first match",
    "modifiers": "modifier",
    "money": "four-weekly",
    "need_checks": "problem",
    "needs": "domain",
    "order": "order of needs",
    "parts": "part (of a component)",
    "plan": "support plan",
    "plans": "support plan",
    "policies": "policy (document)",
    "policy": "policy (document)",
    "present": "resources present",
    "questions": "questionnaire",
    "register": "effective date",
    "rules": "rules (level only)",
    "scoring": "score",
    "testing": "law (of the engine)",
    "told": "letter",
    "trying": "law (of the engine)",
}
"""Modules whose word stands in the glossary in another form, or under the word it belongs to."""


def test_every_error_that_is_raised_has_a_code_a_status_and_says_what_to_do() -> None:
    found = [leaf for root in (ServiceError, RasError) for leaf in leaves(root)]

    codes = [leaf.code for leaf in found]  # type: ignore[attr-defined]  # what `leaves` looks for
    assert len(set(codes)) == len(codes), "a code means one thing"
    assert all(KEBAB.fullmatch(code) for code in codes)
    for row in table():
        _, status, when, step = (cell.strip() for cell in row.strip("|").split("|"))
        assert HTTPStatus(int(status)) >= HTTPStatus.BAD_REQUEST
        assert when.endswith("."), row
        assert step.endswith("."), row


def test_an_error_without_a_code_is_only_a_branch_of_the_tree() -> None:
    for root in (ServiceError, RasError):
        for error in {root, *_all_below(root)} - set(leaves(root)):
            assert error.__subclasses__(), f"{error.__name__} is raised and has no code"


def _all_below(error: type[Exception]) -> list[type[Exception]]:
    return [one for child in error.__subclasses__() for one in (child, *_all_below(child))]


def test_the_page_of_errors_lists_exactly_the_errors_that_exist() -> None:
    listed = [line for line in ERRORS.splitlines() if re.match(r"\| `[a-z-]+` \| \d", line)]
    assert listed == table(), "run `python -m tests.published` and put its table into docs/errors.md"


def test_the_page_of_errors_lists_exactly_the_codes_of_single_problems() -> None:
    _, _, singles = ERRORS.partition("## The single problems")
    listed = re.findall(r"^\| `([a-z0-9-]+)` \| \S.*\.\S* ?.*\|$", singles, re.MULTILINE)
    assert len(set(listed)) == len(listed)
    assert set(listed) == problem_codes()


def test_the_codes_of_single_problems_are_found_wherever_they_are_made() -> None:
    """So that the search above is seen to find one of each kind."""
    assert problem_codes() >= {
        *("repeated-key", "not-json", "missing", "unknown-field", "day-in-future", "repeated"),
        *("unanswered-domain", "refused-by-rule", "falls", "empty-band", "too-many-rows"),
    }
    assert not problem_codes() & set(errors())


def test_the_example_of_settings_has_every_setting_once_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line[1:].split("=", 1) for line in lines if re.match(r"#RAS_[A-Z_]+=", line))
    named = [line.partition("=")[0] for line in lines if "RAS_" in line.partition("=")[0]]

    assert len(named) == len(given)
    assert set(given) == {f"RAS_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default:
            assert given[f"RAS_{name.upper()}"] == str(field.default), name


def _modules() -> list[str]:
    """The words that modules and packages of the engine are named for."""
    files = [path for path in (ROOT / "ras").rglob("*.py") if path.parent.name != "allocation"]
    packages = [path.parent.name for path in (ROOT / "ras").rglob("__init__.py") if path.parent.name != "ras"]
    variants = [path.stem for path in (ROOT / "ras" / "allocation").glob("*.py")]
    return sorted({*(path.stem for path in files), *packages, *variants} - PLUMBING)


@pytest.mark.parametrize("module", _modules())
def test_each_word_the_engine_is_built_of_is_in_the_glossary(module: str) -> None:
    words = re.findall(r"^- \*\*(.+?)\*\*", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    known = {part.strip().lower() for word in words for part in word.split("**, or **")}
    word = OTHER_FORM.get(module, module.replace("_", " "))
    assert word in known, f"docs/glossary.md has no entry for '{word}'"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name} points to {target}"
        if heading and there.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
            assert heading in anchors, f"{page.name} points to {target}"


def test_no_table_of_a_page_is_broken() -> None:
    """Each row of a table has as many cells as its head, or a page shows it as plain text."""
    for page in PAGES:
        width = 0
        for number, line in enumerate(page.read_text().splitlines(), 1):
            cells = len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "", line))) if line.startswith("|") else 0
            assert not (width and cells) or cells == width, f"{page.name}, line {number}"
            width = cells
