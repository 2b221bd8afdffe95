"""What governs a budget once it is asked for: a part of a policy of its own."""

from typing import Annotated

from pydantic import Field

from ras.conditions import Age
from ras.decision import DecisionRules
from ras.eligibility import ControlRules, DirectPaymentRules
from ras.notice import NoticeRules
from ras.reconsideration import ReconsiderationRules
from ras.records import Line, Record
from ras.review import ReviewRules


class TransitionRules(Record):
    """How a young person's budget is handed over to the adults' system."""

    hand_over_from_age: Age
    """From which age a hand-over pack is made."""
    adult_from_age: Age
    """The age at which the adults' system takes over. No payment ends because of it."""
    source: Line
    """Where the policy says so."""


class BudgetRules(Record):
    """What governs a budget once it is asked for: deciding, paying, notice, reviews, reconsideration."""

    decision: DecisionRules
    """Who may agree how much, and why it may differ from the indicative amount."""
    direct_payment: DirectPaymentRules
    """Who may hold a direct payment, and when one may be stopped."""
    control: ControlRules
    """Who decides about the budget, by age."""
    notice: NoticeRules
    """How notice of a lower amount is given."""
    reconsideration: ReconsiderationRules
    """What asking for a reconsideration does."""
    review: ReviewRules
    """How often a package is reviewed."""
    transition: TransitionRules
    """How a budget is handed over to the adults' system."""
    who_helps: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10)]
    """Who helps a family, free and apart from the council (SENDIASS), and how to reach them."""
    support_offered: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10)]
    """The support the council offers to find other arrangements when an amount falls."""
    complaint: Line
    """How to complain, and to whom after that."""
