"""Writing a policy without being a programmer: a first draft that always reads, made of a few answers."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.authoring.questions import ask_for_answers
from app.authoring.scaffold import RESERVED, Answers, Mode, code_of, codes_of, scaffold
from app.authoring.table import NOT_PUBLISHED, Shape, read_table
from app.authoring.writing import words
from ras.money import MoneyPeriod
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import read_policy
from ras.reading import read_yaml
from ras.records import Line
from tests.app.workbooks import rows, workbook

TODAY = date(2026, 10, 1)


def defaults(_: str, default: str) -> str:
    return default


def silent(_: str) -> None:
    """What is said to a person, and here to nobody."""


def draft(**changes: Any) -> str:
    answers = ask_for_answers(defaults, silent, today=TODAY)
    return scaffold(Answers.model_validate({**answers.model_dump(exclude_unset=True), **changes}))


def examples_in_use(text: str) -> str:
    """The draft with every example taken into use, as its first note says."""
    lines, is_example = [], False
    for line in text.splitlines():
        is_example = bool(re.match(r"#[a-z_]+:", line)) or (is_example and line.startswith("#"))
        lines.append(line[1:] if is_example else line)
    return "\n".join(lines)


def test_a_draft_of_nothing_but_enter_reads_without_mistakes() -> None:
    policy = read_policy(draft())
    assert policy.authority.name == "Our Council"
    assert policy.valid_from == date(2027, 4, 1)
    assert policy.version == "2027.1"
    assert [len(domain.levels) for domain in policy.domains] == [4, 4, 4, 4]
    assert policy.illustrative is not None
    assert policy.illustrative.startswith("DRAFT")


def test_a_draft_is_short_and_says_what_to_finish() -> None:
    text = draft()
    assert text.startswith("# A DRAFT personal budget policy for Our Council.\n")
    assert text.endswith(".\n")
    assert text.count("\n") <= 200
    assert sum(line.lstrip().startswith("#") for line in text.splitlines()) > 40
    sources = [line for line in text.splitlines() if re.search(r"\bsource:", line)]
    assert all(line.count("source: ") == line.count(f'source: "{NOT_PUBLISHED}"') for line in sources)
    assert read_policy(text).allocation.source == NOT_PUBLISHED


@pytest.mark.parametrize("period", MoneyPeriod)
@pytest.mark.parametrize("resources", Mode)
@pytest.mark.parametrize("step_pence", [1, 10, 100, 500, 1000])
def test_the_examples_in_a_draft_can_be_taken_into_use(
    period: MoneyPeriod, resources: Mode, step_pence: int
) -> None:
    text = draft(period=period, resources=resources, step_pence=step_pence)
    policy = read_policy(examples_in_use(text))
    assert read_policy(text).modifiers == ()
    assert [modifier.code for modifier in policy.modifiers] == ["far-from-a-town", "under-five"]
    assert policy.bounds is not None
    assert policy.resources_present.mode == resources
    assert policy.rounding.step_pence == step_pence


@pytest.mark.parametrize("shape", Shape)
def test_a_draft_with_the_councils_table_reads_with_that_table(shape: Shape) -> None:
    sheet = rows(("points", "£ a year"), ("0-9", 0), ("10-19", 850), ("20+", 2850.5))
    table = read_table(workbook(sheet), name="bands.xlsx")
    said: list[str] = []
    answers = ask_for_answers(defaults, said.append, today=TODAY, table=table, shape=shape)
    policy = read_policy(scaffold(answers))
    assert said == ["The amounts of the table are for: year."]
    assert policy.money.period is MoneyPeriod.YEAR
    assert policy.allocation.model_dump(exclude_unset=True, mode="json") == table.allocation(shape=shape)
    assert "INVENTED" not in scaffold(answers)
    assert "THESE AMOUNTS ARE INVENTED" in draft()


AWKWARD = st.sampled_from(
    ["no", "null", "~", "true", "1e5", "0x10", "- dash", "a: b", "a #b", '"', "'", "\\", "{a}", "[b]", "*x",
     "&y", "!z", "%", "@at", "`", "|", ">", "?", "日本語", "🎈 party", "👩\u200d🦽", "not known", "No need",
     "Not applicable", "2026-04-01", "{{ 7 * 7 }}", "{% x %}", "a\u2028b: c", "a\u0085#b",
     "b\ufeff", "b\u00a0", "=1+1", "A" * 120, "é" * 120, "not-known-2", "x-2", "x", "X"]
)  # fmt: skip
A_LINE = TypeAdapter(Line).json_schema()["pattern"]
TITLES = st.one_of(
    AWKWARD,
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters=[chr(n) for n in [*range(32), 127]]),
        min_size=1,
        max_size=120,
    ).filter(lambda text: re.fullmatch(A_LINE, text) is not None),
)
CODES = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda code: len(code) <= 60)
ANSWERS = st.fixed_dictionaries(
    {
        "council": TITLES,
        "council_code": st.one_of(CODES, st.sampled_from(["no", "null", "1e5", "2026", "y"])),
        "title": TITLES,
        "code": CODES,
        "version": st.from_regex(r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}", fullmatch=True),
        "valid_from": st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat),
        "period": st.sampled_from(MoneyPeriod),
        "areas": st.lists(TITLES, min_size=1, max_size=20),
        "levels": st.lists(TITLES, min_size=2, max_size=6),
        "resources": st.sampled_from(Mode),
        "step_pence": st.integers(1, 1_000_000),
    }
)


@given(given_answers=ANSWERS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_answers_the_draft_reads_without_mistakes_and_says_them(
    given_answers: dict[str, Any],
) -> None:
    answers = Answers.model_validate(given_answers)
    text = scaffold(answers)
    policy = read_policy(text)
    said = policy_says(policy)
    assert said == {key: value for key, value in answers.model_dump().items() if key in said}
    # Any other reader of YAML finds the same titles.
    other = yaml.safe_load(text)
    assert [domain["title"] for domain in other["domains"]] == list(answers.areas)
    for domain in policy.domains:
        assert RESERVED.isdisjoint(level.code for level in domain.levels)


def policy_says(policy: PolicyConfiguration) -> dict[str, Any]:
    return {
        "council": policy.authority.name,
        "council_code": policy.authority.code,
        "title": policy.title,
        "code": policy.code,
        "version": policy.version,
        "valid_from": policy.valid_from,
        "period": policy.money.period,
        "areas": tuple(domain.title for domain in policy.domains),
        "levels": tuple(level.title for level in policy.domains[0].levels),
        "resources": policy.resources_present.mode,
        "step_pence": policy.rounding.step_pence,
    }


@given(titles=st.lists(TITLES, min_size=1, max_size=30))
def test_codes_are_valid_unique_and_never_reserved(titles: list[str]) -> None:
    codes = codes_of(titles, otherwise="level")
    assert len(set(codes)) == len(codes) == len(titles)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) and len(code) <= 60 for code in codes)
    assert RESERVED.isdisjoint(codes)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Children's R&A Système", "childrens-r-a-systeme"),
        ("  Out -- and about! ", "out-and-about"),
        ("Not known", "area-not-known"),
        ("no need", "area-no-need"),
        ("日本", "area"),
        ("A" * 120, "a" * 60),
    ],
)
def test_a_code_is_made_of_the_title(title: str, code: str) -> None:
    assert code_of(title, otherwise="area") == code


@given(text=TITLES)
def test_words_read_back_as_they_were(text: str) -> None:
    for document in (f"key: {words(text)}\n", f"key: {{inner: {words(text)}, other: 1}}\n"):
        read = read_yaml(document)["key"]
        assert (read if isinstance(read, str) else read["inner"]) == text
        assert yaml.safe_load(document)["key"] == read


def answering(*answers: str) -> Callable[[str, str], str]:
    left = iter(answers)
    return lambda _, default: next(left) or default


def test_every_question_is_asked_once_and_its_answer_is_kept() -> None:
    asked: list[tuple[str, str]] = []
    answers = iter(
        ["Smallshire Council", "", "Budgets for children", "", "2027-09-01", "", "Year",
         "Home; ; Out and about ;", "None; A lot", "in-descriptors", "£5"]
    )  # fmt: skip

    def ask(question: str, default: str) -> str:
        asked.append((question, default))
        return next(answers) or default

    made = ask_for_answers(ask, silent, today=TODAY)
    assert made.model_dump(exclude_unset=True) == {
        "council": "Smallshire Council",
        "council_code": "smallshire-council",
        "title": "Budgets for children",
        "code": "budgets-for-children",
        "valid_from": date(2027, 9, 1),
        "version": "2027.1",
        "period": MoneyPeriod.YEAR,
        "areas": ("Home", "Out and about"),
        "levels": ("None", "A lot"),
        "resources": Mode.IN_DESCRIPTORS,
        "step_pence": 5_00,
    }
    assert len(asked) == 11
    assert read_policy(scaffold(made)).authority.code == "smallshire-council"


def test_an_answer_that_cannot_be_used_is_asked_for_again() -> None:
    said: list[str] = []
    ask = answering(
        "x" * 121, "Smallshire", "No Code!", "smallshire", "", "", "1 April", "2027-02-30", "2027-04-01",
        "v 1", "1", "decade", "week", " ; ", "Home", "7", "1", "²", "3", "some", "none", "0", "1.005",
        "a pound", "0.50",
    )  # fmt: skip
    made = ask_for_answers(ask, said.append, today=TODAY)
    assert (made.council_code, made.version, made.areas, len(made.levels)) == (
        "smallshire",
        "1",
        ("Home",),
        3,
    )
    assert (made.resources, made.step_pence) == (Mode.NONE, 50)
    assert len(said) == 14
    assert said[0] == "One line of words, of 120 letters at most."


@pytest.mark.parametrize(
    ("today", "first_day"), [(date(2027, 3, 31), date(2027, 4, 1)), (date(2027, 4, 1), date(2028, 4, 1))]
)
def test_the_first_day_offered_is_the_next_first_of_april(today: date, first_day: date) -> None:
    assert ask_for_answers(defaults, silent, today=today).valid_from == first_day


@pytest.mark.parametrize("count", range(2, 7))
def test_any_number_of_levels_from_two_to_six_has_words(count: int) -> None:
    ask = answering(*["" for _ in range(8)], str(count), "", "")
    policy = read_policy(scaffold(ask_for_answers(ask, silent, today=TODAY)))
    assert [len(domain.levels) for domain in policy.domains] == [count] * 4
    assert "To be written: what" not in scaffold(ask_for_answers(defaults, silent, today=TODAY))
