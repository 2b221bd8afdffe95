"""Examples that travel with a policy: answers, and what must come of them."""

from ras.plan import Plan
from ras.records import Code, Day, Line, Pence, PositiveText, Record, Told
from ras.working import Horizon


class ExpectedLine(Record):
    """A line of working that must be there."""

    rule: Line
    """The path of the rule it follows: `allocation.bands.2`."""
    horizon: Horizon | None = None
    """Its horizon; left out, the headline's."""
    result: Told | None = None
    """What it must come to, exactly, as text: "37", "450000"; in pence where it is money."""
    says: Told | None = None
    """The sentence a family must read."""


class Expected(Record):
    """What must come of an example. What is left out is not asked."""

    indicative_annual_pence: Pence | None = None
    """The indicative amount, in pence a year."""
    points: PositiveText | None = None
    """The score before resources present, as text."""
    points_after_resources: PositiveText | None = None
    """The score after resources present, as text."""
    plan_cost_annual_pence: Pence | None = None
    """The plan's cost, in pence a year."""
    refused: Code | None = None
    """For a plan that must be refused: the code of the error."""
    working: tuple[ExpectedLine, ...] = ()
    """Lines of working that must be there."""


class Example(Record):
    """A plan and what must come of it under this policy."""

    name: Line
    """What it shows, as a sentence."""
    why: Line
    """Why it must be so: the rule or the published figure."""
    on: Day | None = None
    """The day the figures are for; left out, the day the plan starts."""
    plan: Plan
    """The answers."""
    expect: Expected
    """What must come of them."""
