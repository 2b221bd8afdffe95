"""What can go wrong in the engine.

RasError
├── DocumentError             what a person wrote cannot be read; every problem is listed
│   ├── PolicyDocumentError
│   └── PlanDocumentError
├── CannotCalculate           the inputs are well formed, the rules give no answer
│   ├── PlanDoesNotFit        answers missing, not known, or not in this policy; every one is listed
│   ├── NoPolicyInForce       no published policy covers the day
│   ├── NoBudgetRules         the policy in force says nothing of budgets, notice or review
│   ├── AgeOutsidePolicy      the policy is for other ages
│   ├── DayOutsidePlan        the day is before the plan starts or after its last horizon
│   └── AmountTooLarge        a figure comes to more than any real one
└── NotAllowed                the rules are clear, and they say no
    ├── OutOfScope            a plan line asks for what a personal budget may not buy
    ├── DecisionRefused       a decision breaks rules; every one is listed
    ├── AskedTooLate          the policy's time to ask for a reconsideration has gone
    └── PolicyOverlap         two published policies would be in force on one day

A leaf has a `code` that callers may switch on and that never changes meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what a person wrote.

    Attributes:
        path: Where, in words a policy author can follow: `domains.independence.levels.some.points`.
        pointer: The same place as an RFC 6901 JSON pointer, by position: `/domains/0/levels/1/points`.
        code: What kind of mistake, for programs: never changes meaning.
        message: What is wrong and what to do, for people.
    """

    path: str
    pointer: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path or '(the whole document)'}: {self.message} [{self.code}]"


class RasError(Exception):
    """The root of the tree."""

    code: ClassVar[str]
    problems: tuple[Problem, ...] = ()
    """Each thing wrong, where there can be several."""


class ListsProblems(RasError):
    """An error whose substance is a list of problems, all of them."""

    opening: ClassVar[str]

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([self.opening, *(f"  {problem}" for problem in problems)]))


class DocumentError(ListsProblems):
    """What was written cannot be read."""


class PolicyDocumentError(DocumentError):
    """The policy document was never usable."""

    code = "policy-document-invalid"
    opening = "The policy document was refused."


class PlanDocumentError(DocumentError):
    """The plan document was never usable."""

    code = "plan-document-invalid"
    opening = "The plan document was refused."


class CannotCalculate(RasError):
    """The inputs are well formed, and the rules give no answer."""


class PlanDoesNotFit(ListsProblems, CannotCalculate):
    """The plan's answers are not complete answers to this policy's questions."""

    code = "plan-does-not-fit"
    opening = "This plan cannot be scored under this policy."


class NoPolicyInForce(CannotCalculate):
    """No published policy covers the day. Last year's is never used instead."""

    code = "no-policy-in-force"

    def __init__(self, *, on: date) -> None:
        self.on = on
        super().__init__(f"No published policy is in force on {on.isoformat()}.")


class NoBudgetRules(CannotCalculate):
    """The policy in force has no rules for decisions, notice and review."""

    code = "no-budget-rules"

    def __init__(self, *, on: date) -> None:
        self.on = on
        super().__init__(
            f"The policy in force on {on.isoformat()} scores plans and says nothing of decisions, notice and "
            "review. Publish one that has a `budget` part."
        )


class AgeOutsidePolicy(CannotCalculate):
    """The policy scores other ages than this child's on the effective date."""

    code = "age-outside-policy"

    def __init__(self, *, age: int, from_age: int, before_age: int) -> None:
        self.age = age
        super().__init__(
            f"The policy is for ages {from_age} to {before_age - 1}; on the effective date the age is {age}."
        )


class DayOutsidePlan(CannotCalculate):
    """The effective date is before the plan starts or after its last horizon has ended."""

    code = "day-outside-plan"

    def __init__(self, *, on: date, starts_on: date, last_day: date) -> None:
        self.on, self.starts_on, self.last_day = on, starts_on, last_day
        super().__init__(
            f"The plan speaks about {starts_on.isoformat()} to {last_day.isoformat()}; "
            f"{on.isoformat()} is outside it. A plan whose time has run out needs a review."
        )


class AmountTooLarge(CannotCalculate):
    """A figure comes to more than any real one: there is a slip in a quantity, price or point."""

    code = "amount-too-large"

    def __init__(self, *, what: str) -> None:
        self.what = what
        super().__init__(
            f"{what} comes to more than a thousand million pounds. Look for a slip in the plan's "
            "quantities or the policy's numbers."
        )


class NotAllowed(RasError):
    """The rules are clear, and they say no."""


class OutOfScope(ListsProblems, NotAllowed):
    """One or more plan lines ask for what a personal budget may not buy."""

    code = "line-out-of-scope"
    opening = "A personal budget may not buy this."


class DecisionRefused(ListsProblems, NotAllowed):
    """The decision breaks one or more rules."""

    code = "decision-refused"
    opening = "This cannot be decided."


class AskedTooLate(NotAllowed):
    """The policy's time to ask for a reconsideration has gone."""

    code = "asked-too-late"

    def __init__(self, *, last_day: date) -> None:
        self.last_day = last_day
        super().__init__(f"The last day to ask was {last_day.isoformat()}. The council may still grant one.")


class PolicyOverlap(NotAllowed):
    """Publishing this policy would leave two in force on one day."""

    code = "policy-overlap"

    def __init__(self, *, first_day: date, last_day: date | None, other: str) -> None:
        self.first_day, self.last_day, self.other = first_day, last_day, other
        until = f" to {last_day.isoformat()}" if last_day else " onwards"
        super().__init__(
            f"{other} is already published for {first_day.isoformat()}{until}. Change the dates of "
            "this policy, or withdraw the other before it starts. Only a policy without an end gives way, "
            "to one that begins later and after today."
        )
