"""What a made-up policy asks, and conditions on the answers that keep it lawful.

A condition on needs goes one way: it keeps holding with more need (`upwards`), or with less
(`downwards`). What is given upwards never shrinks as needs grow; what is taken off downwards never
grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hypothesis import strategies as st

from ras.conditions import KeyStage
from ras.plan import NO_NEED
from ras.testing.draws import (
    Data,
    Draw,
    codes,
    decimals,
    factors,
    maybe,
    mostly,
    one_of,
    rising,
    sometimes,
    titles,
    whole,
    yes_or_no,
)


class Way(StrEnum):
    """Which way a condition on needs goes."""

    UPWARDS = "upwards"
    """It keeps holding with more need."""
    DOWNWARDS = "downwards"
    """It keeps holding with less need."""


@dataclass(frozen=True)
class Asking:
    """What a policy asks.

    Attributes:
        circumstances: The questions about circumstances.
        domains: The domains.
        questionnaires: Which domains are asked of which children, where not all of all.
        is_scored: Whether points are added up, so that rules can look at the score.
    """

    circumstances: Sequence[Data]
    domains: Sequence[Data]
    questionnaires: Sequence[Data] = field(default=())
    is_scored: bool = False

    def with_choices(self) -> list[Data]:
        """The circumstances with choices."""
        return [question for question in self.circumstances if "choices" in question]

    def counting(self) -> list[str]:
        """The circumstances that ask how many."""
        return [question["code"] for question in self.circumstances if "choices" not in question]

    def asked_of_all(self) -> list[Data]:
        """The domains that are asked of every child."""
        in_all = [each["domains"] for each in self.questionnaires]
        return [
            domain
            for domain in self.domains
            if "applies_if" not in domain and all(domain["code"] in some for some in in_all)
        ]


def answers_of(domain: Data) -> list[str]:
    """Every answer that a domain has, from the least help to the most."""
    return [*([NO_NEED] if "no_need" in domain else []), *(level["code"] for level in domain["levels"])]


@st.composite
def circumstance_questions(draw: Draw) -> list[Data]:
    """Questions with choices and questions that ask how many."""
    questions = []
    for code in draw(codes(0, 3)):
        asks: Data = {"code": code, "title": draw(titles), "question": "Which?", "why_asked": "So."}
        if draw(yes_or_no):
            asks["choices"] = [{"code": choice, "title": draw(titles)} for choice in draw(codes(2, 4))]
        else:
            asks |= maybe(draw, "at_most", whole(1, 9))
        questions.append({**asks, "source": f"Question {code}"})
    return questions


@st.composite
def conditions(draw: Draw, questions: Sequence[Data]) -> Data:
    """A condition on age, stage of schooling or circumstances of the policy."""
    condition: Data = {}
    on = draw(one_of("age", "age", "circumstances", "circumstances", "stages", "both", "nothing"))
    if on in {"age", "both"}:
        from_age = draw(one_of(0, 0, 0, 5, 11, 17))
        condition["age"] = {"before_age": draw(whole(from_age + 1, 26))}
        condition["age"] |= {"from_age": from_age} if from_age else {}
    if on == "stages":
        stages = st.lists(st.sampled_from([each.value for each in KeyStage]), min_size=1, max_size=3)
        condition["key_stages"] = draw(stages)
    if on in {"circumstances", "both"} and len(questions) > 0:
        condition["circumstances"] = [draw(circumstance_tests(draw(st.sampled_from(questions))))]
    return condition


@st.composite
def circumstance_tests(draw: Draw, question: Data) -> Data:
    """A test of one circumstance."""
    test: Data = {"circumstance": question["code"]}
    if "choices" in question:
        known = [choice["code"] for choice in question["choices"]]
        test["is_one_of"] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    else:
        test[draw(one_of("at_least", "at_most"))] = draw(whole(0, 4))
    return test


@st.composite
def domains(draw: Draw, questions: Sequence[Data]) -> list[Data]:
    """Domains whose levels rise."""
    made = []
    for code in draw(codes(1, 4)):
        levels = draw(codes(2, 4))
        points = rising(draw(decimals(30)) for _ in levels)
        made.append(
            {
                "code": code,
                "title": draw(titles),
                "question": "How much help?",
                "why_asked": "So.",
                **maybe(draw, "weight", factors),
                **({"applies_if": draw(conditions(questions))} if draw(sometimes) else {}),
                **({"no_need": draw(titles)} if draw(sometimes) else {}),
                "levels": [
                    {"code": level, "title": draw(titles), "descriptor": "As it is.", "points": worth}
                    for level, worth in zip(levels, points, strict=True)
                ],
                "source": f"Domain {code}",
            }
        )
    return made


@st.composite
def questionnaires(draw: Draw, questions: Sequence[Data], asked: Sequence[Data]) -> list[Data]:
    """None, or sets of domains by age and circumstance: every domain in one of them, the last for all."""
    if not draw(sometimes):
        return []
    known = [domain["code"] for domain in asked]
    several = st.lists(st.sampled_from(known), min_size=1, unique=True)
    chosen = [draw(several) for _ in range(draw(whole(1, 2)))]
    used = {code for each in chosen for code in each}
    left = [code for code in known if code not in used]
    chosen.append([*left, *(code for code in draw(several) if code not in left)])
    return [
        {
            "code": f"set-{number}",
            "title": draw(titles),
            **({"when": draw(conditions(questions))} if number < len(chosen) else {}),
            "domains": each,
            "source": f"Questionnaire {number}",
        }
        for number, each in enumerate(chosen, 1)
    ]


@st.composite
def requirements(draw: Draw, asking: Asking, way: Way) -> Data:
    """A condition that may look at needs, and then goes one way."""
    parts: Data = draw(conditions(asking.circumstances)) if draw(sometimes) else {}
    looks = ["answers", "answers", *(["score", "score"] if asking.is_scored else [])]
    looks += ["reached"] if way is Way.UPWARDS else []
    look = draw(st.sampled_from(looks))
    if look == "score":
        end = "at_least" if way is Way.UPWARDS else "below"
        parts["score"] = {end: draw(decimals(50))}
    elif look == "reached":
        parts["reached"] = [draw(_reached(asking))]
    else:
        parts["answers"] = [draw(_answer_tests(asking, way))]
    if look != "answers" and draw(sometimes):
        parts["answers"] = [draw(_answer_tests(asking, way))]
    return parts


@st.composite
def _answer_tests(draw: Draw, asking: Asking, way: Way) -> Data:
    domain = draw(st.sampled_from(asking.domains))
    end = "at_least" if way is Way.UPWARDS else "at_most"
    level = draw(st.sampled_from(domain["levels"]))
    return {"domain": domain["code"], end: level["code"]}


@st.composite
def _reached(draw: Draw, asking: Asking) -> Data:
    domain = draw(st.sampled_from(asking.domains))
    level = draw(st.sampled_from(domain["levels"]))
    others = st.lists(st.sampled_from([each["code"] for each in asking.domains]), max_size=2)
    within = {"domains": list(dict.fromkeys([domain["code"], *draw(others)]))} if draw(yes_or_no) else {}
    return {"level": level["code"], **within, "at_least": draw(one_of(1, 1, 2))}


@st.composite
def maybe_when(draw: Draw, asking: Asking, way: Way | None) -> Data:
    """A field `when` that may be left out: on facts alone, or on needs too where a way is given."""
    if not draw(mostly):
        return {}
    if way is not None and draw(yes_or_no):
        return {"when": draw(requirements(asking, way))}
    return {"when": draw(conditions(asking.circumstances))}


@st.composite
def first_match(draw: Draw, asking: Asking, count: int, way: Way) -> list[Data]:
    """So many conditions in order, as fields: the last is left out, so that every child meets one.

    Upwards, the first is for the most need; downwards, for the least. With more need a child meets an
    earlier one of the first kind, and a later one of the second.
    """
    return [{"when": draw(requirements(asking, way))} for _ in range(count - 1)] + [{}]
