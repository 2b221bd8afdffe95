"""Policies and plans made up to try laws on: a tool for testing one's own policy, or the engine.

It needs Hypothesis (`pip install ras[fuzz]`); nothing else of the engine imports it.
"""

from ras.testing.allocations import ALLOCATIONS
from ras.testing.draws import CODES, TITLES
from ras.testing.laws import LAWS, Law, LawBroken, changes, hold_to
from ras.testing.plans import (
    Case,
    cases_of,
    circumstances,
    in_another_order,
    lines,
    plan_data,
    plan_documents,
    plan_of,
    plans,
    resources,
    with_an_answer_missing,
    with_more_need,
    with_more_present,
)
from ras.testing.policies import cases, policy_documents
from ras.testing.trying import Broken, check_policy

__all__ = [
    "ALLOCATIONS",
    "CODES",
    "LAWS",
    "TITLES",
    "Broken",
    "Case",
    "Law",
    "LawBroken",
    "cases",
    "cases_of",
    "changes",
    "check_policy",
    "circumstances",
    "hold_to",
    "in_another_order",
    "lines",
    "plan_data",
    "plan_documents",
    "plan_of",
    "plans",
    "policy_documents",
    "resources",
    "with_an_answer_missing",
    "with_more_need",
    "with_more_present",
]
