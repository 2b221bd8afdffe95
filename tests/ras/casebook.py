"""The cases of tests/cases, read into policies, plans and days."""

import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ras import Assessment, Plan, PolicyConfiguration, assess
from ras.policy.document import policy_of
from ras.reading import read_yaml, validated

CASES = Path(__file__).parents[1] / "cases"
_POLICY = read_yaml((CASES / "policy.yaml").read_text("utf-8"))
LEFT_OUT = "left out"
CHILD = {"born_on": "2016-05-01", "starts_on": "2026-09-01"}
FIELDS = {
    *("name", "why", "policy", "plan", "needs", "family", "resources", "circumstances", "lines"),
    *("born_on", "starts_on", "on", "expect"),
}

Data = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One case of one file, as it is written."""

    file: str
    written: Data

    def __str__(self) -> str:
        return f"{self.file}: {self.written['name']}"

    @property
    def on(self) -> date:
        """The day scored: the plan's first, unless the case says another."""
        return date.fromisoformat(
            str(self.written.get("on", self.written.get("starts_on", CHILD["starts_on"])))
        )

    def assess(self) -> Assessment:
        """What the engine says."""
        policy = policy_for(self.written)
        return assess(plan_for(self.written, policy), policy, effective_on=self.on)


def read_cases() -> list[Case]:
    """Every case of every file."""
    return [case for path in sorted(CASES.glob("*.toml")) for case in read_file(path)]


def read_file(path: Path) -> Iterator[Case]:
    """The cases of one file, each with what the head of the file changes in the policy of all of them."""
    written = tomllib.loads(path.read_text("utf-8"), parse_float=no_fraction)
    for case in written["case"]:
        policy = {**written.get("policy", {}), **case.get("policy", {})}
        yield Case(path.stem, {**case, "policy": policy})


def no_fraction(written: str) -> None:
    """Refuse a number that TOML would make inexact."""
    raise ValueError(f"{written}: a fraction is written in quotation marks")


def policy_for(case: Data) -> PolicyConfiguration:
    """The cases' policy with what the case changes."""
    document = deepcopy(_POLICY)
    for path, value in case.get("policy", {}).items():
        *way, last = path.split(".")
        here = document
        for part in way:
            here = inside(here, part)
        here[last] = deepcopy(value)
    return policy_of(document)


def inside(here: Any, part: str) -> Any:
    """What is at one part of a path; things in a list are named by their code or number."""
    if isinstance(here, list):
        return next(item for n, item in enumerate(here) if part in {str(n), item.get("code")})
    return here[part]


def plan_for(case: Data, policy: PolicyConfiguration) -> Plan:
    """The cases' child with what the case says about needs, resources, circumstances and lines."""
    days = {field: case.get(field, given) for field, given in CHILD.items()}
    facts = {"area": "town", "siblings": 0, **case.get("circumstances", {})}
    return validated(
        Plan,
        {
            **{field: str(day) for field, day in days.items()},
            "needs": list(needs(case, policy)),
            "resources": [
                {"kind": "family", "willing_and_able": True, "will_last": True, **resource}
                for resource in case.get("resources", [])
            ],
            "circumstances": [
                {"circumstance": code, "choice" if isinstance(answer, str) else "count": answer}
                for code, answer in facts.items()
                if answer != LEFT_OUT
            ],
            "lines": [
                {"domain": "washing", "purpose": "short-break", "quantity": "1", "provision": "H1.1", **line}
                for line in case.get("lines", [])
            ],
            **case.get("plan", {}),
        },
    )


def needs(case: Data, policy: PolicyConfiguration) -> Iterator[Data]:
    """A level for every area: what the case says, and `none` for the areas asked of every child."""
    asked_of_all = {domain.code: "none" for domain in policy.domains if domain.applies_if is None}
    scored = [rule.horizon.value for rule in policy.horizons]
    for code, level in {**asked_of_all, **case.get("needs", {})}.items():
        if level == LEFT_OUT:
            continue
        need: Data = {"domain": code, "levels": at_each(level, scored)}
        if code in case.get("family", {}):
            need["family_levels"] = at_each(case["family"][code], scored)
        yield need


def at_each(level: str | Data, horizons: list[str]) -> Data:
    """A level for each horizon."""
    return dict.fromkeys(horizons, level) if isinstance(level, str) else level
