"""A support plan as the engine sees it: needs, resources present, wanted support. No names.

Everything is said in the codes of a policy. What families and workers write in their own words
is kept elsewhere and never enters the calculation.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, TypeAdapter

from ras.errors import PlanDocumentError
from ras.reading import UnreadableText, read_document, validated
from ras.records import Code, Day, Flag, Pence, PositiveText, Record, Whole, in_form
from ras.working import Horizon

NOT_KNOWN = "not-known"
"""The answer of someone who does not know yet. It is never worth 0: it has to be found out."""
NOT_APPLICABLE = "not-applicable"
"""The answer for a domain that the policy does not ask of this child."""
NO_NEED = "no-need"
"""The answer of someone who has no need in a domain at all, where the policy's question allows it."""


class Levels(Record):
    """The level of need in one domain, at each horizon the policy scores."""

    short: Code | None = None
    """The level's code at the short horizon, `no-need`, `not-known` or `not-applicable`."""
    medium: Code | None = None
    """The same at the medium horizon."""
    long: Code | None = None
    """The same at the long horizon."""

    def at(self, horizon: Horizon) -> str | None:
        """The answer for a horizon; None where there is none."""
        answer: str | None = getattr(self, horizon.value)
        return answer


class Need(Record):
    """How much help the child needs in one domain."""

    domain: Code
    """The domain's code in the policy."""
    levels: Levels
    """The worker's levels: these are scored."""
    family_levels: Levels | None = None
    """The family's own levels, kept beside the worker's and shown with them; never scored."""


class ResourceKind(StrEnum):
    """Who gives what is already there (Personal Budget Policy 7)."""

    FAMILY = "family"
    COMMUNITY = "community"
    UNIVERSAL = "universal"
    TARGETED = "targeted"


class Resource(Record):
    """Something already present that helps towards one domain's outcome."""

    domain: Code
    """The domain it helps with."""
    kind: ResourceKind
    """Who gives it: family, community, universal (school, GP) or targeted (CAMHS, physiotherapy)."""
    contribution: Code
    """How much it gives: a contribution's code in the policy."""
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1, max_length=3)] | None = None
    """The horizons at which it is there; left out, all of them."""
    willing_and_able: Flag
    """The person or service is willing and able to give it."""
    will_last: Flag
    """It will last for the horizons named. What will not last does not count."""
    cost_annual_pence: Pence | None = None
    """What it costs its giver, in pence a year: for information, never subtracted."""

    def counts_at(self, horizon: Horizon) -> bool:
        """Whether it counts towards the outcome at that horizon."""
        present = self.horizons is None or horizon in self.horizons
        return present and self.willing_and_able and self.will_last


class Circumstance(Record):
    """One fact about the child's situation that the policy asks for."""

    circumstance: Code
    """The circumstance's code in the policy."""
    choice: Code | None = None
    """The choice, where the policy offers choices."""
    count: Whole | None = None
    """The number, where the policy asks how many."""


class Frequency(StrEnum):
    """How often a line's quantity is wanted."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


class WantedSupport(Record):
    """One piece of additional support, in the rate card's terms."""

    domain: Code
    """The domain whose outcome it serves."""
    item: Code
    """The item's code on the rate card."""
    purpose: Code
    """What it is for: a purpose's code in the policy's scope rules."""
    quantity: PositiveText
    """How many of the item's unit, each time: "3", "1.5"."""
    per: Frequency
    """How often: a week, a month, a year, or once."""
    weeks: Annotated[int, Field(strict=True, ge=1, le=53)] | None = None
    """For weekly support: in how many weeks of the year; left out, the policy's weeks per year."""
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1, max_length=3)] | None = None
    """The horizons at which it is wanted; left out, all of them. One-off support is bought at the first."""
    provision: Annotated[
        str, in_form(r"^[A-Za-z0-9][A-Za-z0-9 .()/-]{0,39}$", "Write the section of the plan, such as H1.2.")
    ]
    """The provision it secures: the section of the EHC or care plan, such as `H1.2`."""
    quoted_price_pence: Pence | None = None
    """The price on a written quote, where the rate card asks for one, in pence for one unit."""

    def wanted_at(self, horizon: Horizon) -> bool:
        """Whether the line is wanted at that horizon."""
        return self.horizons is None or horizon in self.horizons


class PlanLine(WantedSupport):
    """One line of a plan: support that is wanted, priced from the rate card."""

    reason_given: Flag = False
    """Whether a person has recorded the reason that the scope rules ask for."""


class Answers(Record):
    """The answers to a policy's questions, in its codes."""

    starts_on: Day
    """The day from which the plan's horizons run."""
    needs: Annotated[tuple[Need, ...], Field(max_length=100)]
    """One entry for each of the policy's domains."""
    resources: Annotated[tuple[Resource, ...], Field(max_length=200)] = ()
    """What is already present."""
    circumstances: Annotated[tuple[Circumstance, ...], Field(max_length=100)] = ()
    """The facts the policy asks for."""


class Plan(Answers):
    """A child's support plan, in a policy's codes."""

    born_on: Day
    """The child's date of birth."""
    lines: Annotated[tuple[PlanLine, ...], Field(max_length=200)] = ()
    """The additional support wanted."""
    needs_not_captured: Flag = False
    """There are needs the questions do not capture; a zero then needs a person's reason."""


_PLAN = TypeAdapter(Plan)


def read_plan(text: str) -> Plan:
    """Turn a plan document (YAML or JSON) into a plan, or say everything that is wrong with it.

    Raises:
        PlanDocumentError: one problem for each mistake, by path.
    """
    try:
        return validated(_PLAN, read_document(text))
    except UnreadableText as error:
        raise PlanDocumentError(error.problems) from None
