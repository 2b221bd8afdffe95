"""The engine's page tells the truth: its notebook is run, and its links lead somewhere."""

import ast
import doctest
import re
from pathlib import Path

import ras

README = Path(ras.__file__).parent / "README.md"
TEXT = README.read_text("utf-8")


def notebook() -> doctest.DocTest:
    """The page's Python blocks, one after another: those with prompts show what comes out."""
    examples: list[doctest.Example] = []
    for block in re.finditer(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        line = TEXT[: block.start()].count("\n") + 1
        if ">>>" not in block[1]:
            statements = [ast.get_source_segment(block[1], node) for node in ast.parse(block[1]).body]
            examples += [doctest.Example(statement or "", "", lineno=line) for statement in statements]
            continue
        for example in doctest.DocTestParser().get_examples(block[1]):
            example.lineno += line
            examples.append(example)
    return doctest.DocTest(examples, {}, "ras/README.md", str(README), 0, TEXT)


def test_the_notebook_gives_what_it_shows() -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    runner.run(notebook(), out=told.append)

    assert runner.tries > 5
    assert not told, "".join(told)


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)

    assert len(links) > 10
    assert [link for link in links if not (README.parent / link).exists()] == []


def test_every_module_of_the_calculation_has_its_place_on_the_page() -> None:
    modules = {path.name for path in README.parent.glob("*.py")} - {"__init__.py", "plan.py"}

    assert {name for name in modules if f"]({name})" not in TEXT} == set()


def test_the_page_is_short() -> None:
    assert TEXT.count("\n") < 200
