"""The laws tried on made-up plans of one policy, and the simplest plan that breaks each."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from ras.canonical import as_written
from ras.policy.configuration import PolicyConfiguration
from ras.testing.draws import Data, Draw
from ras.testing.laws import LAWS, Change, Law, LawBroken, changes, hold_to
from ras.testing.plans import Case, cases_of, plan_data


@dataclass(frozen=True)
class Broken:
    """A law that a policy breaks, with the simplest plan that shows it.

    Attributes:
        law: The law.
        sentence: What was changed, and the two amounts.
        on: The day the figures are for.
        plan: The plan, as plain data.
        changed: The plan after the change, as plain data; None where the law speaks of none.
    """

    law: Law
    sentence: str
    on: date
    plan: Data
    changed: Data | None

    def __str__(self) -> str:
        """The law and what breaks it, with the plan as a document that can be scored."""
        plan = yaml.safe_dump(self.plan, sort_keys=False, allow_unicode=True, default_flow_style=None)
        return f"{self.law.code}: {self.law.says}\n{self.sentence}\nOn {self.on}, of this plan:\n\n{plan}"


def check_policy(policy: PolicyConfiguration, *, examples: int, seed: int | None) -> list[Broken]:
    """Try every law on made-up plans of one policy.

    Args:
        policy: The policy.
        examples: How many plans the laws are tried on.
        seed: The same number makes the same plans again; None makes others every time.

    Returns:
        The laws that are broken, each with the simplest plan that was found to break it.
    """
    document = as_written(policy)
    found: dict[str, Broken] = {}

    def survey(drawn: _Drawn) -> None:
        for law in LAWS:
            broken = _broken(law, drawn)
            if broken is not None:
                found.setdefault(law.code, broken)

    _try(survey, policy, document, examples=examples, seed=seed)
    for law in LAWS:
        if law.code in found:
            _try(_simplest(law, found), policy, document, examples=examples, seed=seed)
    return list(found.values())


@dataclass(frozen=True)
class _Drawn:
    """A case, and the same with each of the changes."""

    case: Case
    changed: dict[Change, Case]

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        """How Hypothesis shows it: shortly, since `Broken` says more."""
        printer.text("a case and its changes")


def _broken(law: Law, drawn: _Drawn) -> Broken | None:
    case, changed = drawn.case, drawn.changed[law.change]
    try:
        hold_to(law, case, changed)
    except LawBroken as broken:
        after = None if changed is case else plan_data(changed.plan)
        return Broken(law, broken.sentence, case.on, plan_data(case.plan), after)
    return None


def _simplest(law: Law, found: dict[str, Broken]) -> Callable[[_Drawn], None]:
    """Ask Hypothesis for simpler plans that break a law, and keep the last that did: it is the simplest."""

    def simpler(drawn: _Drawn) -> None:
        broken = _broken(law, drawn)
        if broken is not None:
            found[law.code] = broken
            raise LawBroken(broken.sentence)

    return simpler


def _try(
    ask: Callable[[_Drawn], None],
    policy: PolicyConfiguration,
    document: Data,
    *,
    examples: int,
    seed: int | None,
) -> None:
    """Ask something of so many plans; and of simpler ones, once it is broken."""

    @st.composite  # made here, so that Hypothesis need not write the whole policy out as its argument
    def cases_and_changes(draw: Draw) -> _Drawn:
        case = draw(cases_of(policy, document))
        return _Drawn(case, draw(changes(case)))

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
    )
    @given(cases_and_changes())
    def asked(drawn: _Drawn) -> None:
        ask(drawn)

    with suppress(LawBroken):
        (asked if seed is None else seeded(seed)(asked))()
