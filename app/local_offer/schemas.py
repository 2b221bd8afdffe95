"""The public side on the wire."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from ras.plan import Circumstance, ResourceKind
from ras.records import Code, Day, Pence, Record
from ras.working import Mark, Step

FIRST_DAY = date(2000, 1, 1)
"""No policy here is older, and nobody who is 99 then was born before days can be written."""


class EstimatedNeed(Record):
    """How much help is needed in one domain."""

    domain: Code
    """The domain's code in the policy."""
    level: Code
    """The level's code."""


class EstimatedResource(Record):
    """Something already present that will last, from someone willing and able."""

    domain: Code
    """The domain it helps with."""
    kind: ResourceKind
    """Who gives it."""
    contribution: Code
    """How much it gives: a contribution's code in the policy."""


class NewEstimate(Record):
    """Anonymous answers. Nothing of them is stored."""

    on: Annotated[Day, Field(ge=FIRST_DAY)] | None = None
    """The day to estimate for, from 2000 on; left out, today."""
    age: Annotated[int, Field(strict=True, ge=0, le=99)]
    """The child's age in completed years."""
    needs: Annotated[tuple[EstimatedNeed, ...], Field(max_length=100)]
    """One answer for each domain."""
    resources: Annotated[tuple[EstimatedResource, ...], Field(max_length=100)] = ()
    """What is already there."""
    circumstances: Annotated[tuple[Circumstance, ...], Field(max_length=100)] = ()
    """The facts the policy asks for."""


class PolicyName(Record):
    """Which policy was applied."""

    authority: str
    """The council."""
    title: str
    """What the policy is called."""
    version: str
    """Its version."""
    sha256: str
    """SHA-256 of its canonical document."""
    illustrative: str | None
    """For a policy that is no council's: the words that say so."""


class Estimate(Record):
    """An anonymous indicative estimate. It was not stored."""

    policy: PolicyName
    """The policy applied."""
    on: Day
    """The day it is for."""
    indicative_annual_pence: Pence
    """The indicative amount, in pence a year."""
    meaning: str
    """What the amount is and is not."""
    marks: tuple[Mark, ...]
    """What a person would have to look at."""
    working: tuple[Step, ...]
    """Every step; the last states the result."""
    sentences: tuple[str, ...]
    """The same in plain sentences, one for each step."""


class PublishedQuery(Record):
    """On which day."""

    on: Day | None = None
    """The day; left out, today."""


class PublishedPolicy(Record):
    """The policy in force, as the Local Offer publishes it."""

    policy: PolicyName
    """Which policy."""
    valid_from: Day
    """Its first day."""
    valid_before: Day | None
    """The first day past it; null where it lasts until another begins."""
    how_amounts_are_worked_out: tuple[str, ...]
    """A plain description of the calculation, in order."""
    table: tuple[str, ...]
    """What points are worth, in plain sentences."""
    document: dict[str, Any]
    """The whole policy document: anyone can work an amount out from it."""
