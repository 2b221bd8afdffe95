"""What a policy says of the amount around its table: resources present, modifiers, uprating, bounds."""

from typing import Annotated, Literal

from pydantic import Field

from ras.conditions import Age, Requirement
from ras.money import Rounding
from ras.plan import ResourceKind
from ras.records import Code, Line, Pence, PositiveText, Record, Whole, in_form


class Contribution(Record):
    """How much something already present gives towards one outcome."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    points: PositiveText | None = None
    """In mode `points`: the points it takes off, before the domain's weight, as text."""
    fraction: (
        Annotated[
            str,
            in_form(
                r"^(0(\.[0-9]{1,8})?|1(\.0{1,8})?)$",
                'Write a part from "0" to "1" in quotation marks: "0.25".',
            ),
        ]
        | None
    ) = None
    """In mode `fraction`: the part of the domain's points it takes off, "0" to "1"."""
    hours: PositiveText | None = None
    """In mode `hours`: the hours it takes off, in the policy's money period, as text."""
    carer_pence: Pence | None = None
    """In mode `carer-sum`: pence for the carer who gives it, in the policy's money period."""


class NoResourcesPresent(Record):
    """Resources present are recorded and change nothing."""

    mode: Literal["none"]
    """`none`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, for the record."""


class InsideDescriptors(Record):
    """The levels' descriptors already say what is needed beyond what is present."""

    mode: Literal["in-descriptors"]
    """`in-descriptors`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, for the record."""


class PointsSubtracted(Record):
    """Each contribution takes points off its own domain, never below nothing."""

    mode: Literal["points"]
    """`points`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, each with its points, from the least to the most."""


class FractionSubtracted(Record):
    """Each contribution takes a part of its own domain's points off, never more than all."""

    mode: Literal["fraction"]
    """`fraction`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, each with its fraction, from the least to the most."""


class HoursSubtracted(Record):
    """Each contribution takes hours off its own domain's before they are priced, never below nothing."""

    mode: Literal["hours"]
    """`hours`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, each with its hours, from the least to the most."""


class CarerSum(Record):
    """Nothing comes off the child's amount; what family gives leads to a separate sum for the carer."""

    mode: Literal["carer-sum"]
    """`carer-sum`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, each with its sum for the carer, from the least to the most."""


ResourcesPresent = Annotated[
    NoResourcesPresent
    | InsideDescriptors
    | PointsSubtracted
    | FractionSubtracted
    | HoursSubtracted
    | CarerSum,
    Field(discriminator="mode"),
]


class BaseModifier(Record):
    """What every modifier has."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is for, as a family reads it."""
    because: Line
    """Why it applies when it does: "your child is under five"."""
    when: Requirement | None = None
    """Which children; left out, all."""
    counts_support_from: tuple[ResourceKind, ...] = ()
    """Where it takes account of what is already there: who gives that. It is then not taken off again."""
    source: Line
    """Where the policy says so."""


class Add(BaseModifier):
    """A sum added to the amount."""

    kind: Literal["add"]
    """`add`."""
    amount_pence: Pence
    """Pence added, in the policy's money period."""


class AddForEach(BaseModifier):
    """A sum added for each of something that is counted: brothers and sisters, nights, carers."""

    kind: Literal["add-for-each"]
    """`add-for-each`."""
    circumstance: Code
    """The circumstance that says how many."""
    amount_pence: Pence
    """Pence added for each, in the policy's money period."""
    at_most: Whole | None = None
    """The largest number that is counted; left out, all of them."""


class Subtract(BaseModifier):
    """A sum taken off the amount, never below nothing."""

    kind: Literal["subtract"]
    """`subtract`."""
    amount_pence: Pence
    """Pence taken off, in the policy's money period."""


class Multiply(BaseModifier):
    """The amount multiplied by a factor."""

    kind: Literal["multiply"]
    """`multiply`."""
    factor: PositiveText
    """What the amount is multiplied by, as text: "1.08"."""


class AddOnRootScale(BaseModifier):
    """A number added to the square root of the amount in pounds, which is then squared again.

    For tables that were fitted on the square root of cost.
    """

    kind: Literal["add-on-root-scale"]
    """`add-on-root-scale`."""
    added: PositiveText
    """What is added to the square root of pounds in the policy's money period, as text."""


class StaffRatio(BaseModifier):
    """How many staff there are to one child: it multiplies what pays for hours of staff, and nothing else."""

    kind: Literal["staff-ratio"]
    """`staff-ratio`."""
    ratio: PositiveText
    """Staff to one child, as text: "2" for two to one, "0.5" for one to two children."""


class AgeFactor(Record):
    """What the amount is multiplied by from an age on."""

    age: Age
    """Completed years."""
    factor: PositiveText
    """The factor on that birthday, as text."""


class AgeTaper(BaseModifier):
    """A factor that changes with age in proportion, month by month, so that no birthday is a cliff."""

    kind: Literal["age-taper"]
    """`age-taper`."""
    factors: Annotated[tuple[AgeFactor, ...], Field(min_length=2, max_length=40)]
    """From the youngest to the oldest. Before the first and after the last the factor stays as it is."""


Modifier = Annotated[
    Add | AddForEach | Subtract | Multiply | AddOnRootScale | StaffRatio | AgeTaper,
    Field(discriminator="kind"),
]


class Uprating(Record):
    """What prices rose by in one financial year."""

    kind: Literal["percent", "flat", "index", "none"]
    """How the amount changes: by a percentage, a flat sum, an index, or not at all."""
    year: Annotated[int, Field(strict=True, ge=1990, le=2199)]
    """The calendar year in which the financial year begins: 2026 for 1 April 2026 to 31 March 2027."""
    percent: PositiveText | None = None
    """With `percent`: what is added, in per cent, as text: "3.2"."""
    amount_pence: Pence | None = None
    """With `flat`: pence added, in the policy's money period."""
    index_from: PositiveText | None = None
    """With `index`: the index before, as text."""
    index_to: PositiveText | None = None
    """With `index`: the index after, as text."""
    source: Line
    """Where the figure is published."""


class OneOffSum(Record):
    """A sum paid once beside the yearly amount: setting up, or starting with a personal assistant."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is for, as a family reads it."""
    because: Line
    """Why it applies when it does."""
    when: Requirement | None = None
    """Which children; left out, all."""
    amount_pence: Pence
    """Pence, once: never for a year, and nothing is taken off it."""
    source: Line
    """Where the policy says so."""


class Deflator(Record):
    """What every indicative amount is multiplied by, so that a contingency is kept back."""

    title: Line
    """What it is for, as a family reads it: "Kept back for what cannot be foreseen"."""
    factor: Annotated[
        str,
        in_form(r"^(0\.[0-9]{1,8}|1(\.0{1,8})?)$", 'Write a factor up to "1" in quotation marks: "0.95".'),
    ]
    """What the amount is multiplied by, over "0" and up to "1", as text."""
    source: Line
    """Where it is published."""


class Calibration(Record):
    """How far past packages were from what the table would have given: the range beside an amount."""

    cases: Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
    """How many packages it was set on."""
    share_percent: PositiveText
    """The share of those packages that cost within the range, in per cent, as text: "80"."""
    below_annual_pence: Pence
    """How far below the amount the range begins, in pence a year."""
    above_annual_pence: Pence
    """How far above the amount it ends, in pence a year."""
    source: Line
    """Where the calibration is published."""


class Bounds(Record):
    """The least and the most. All in pence in the policy's money period."""

    floor_pence: Pence | None = None
    """The least for a child with any points left after resources present."""
    soft_cap_pence: Pence | None = None
    """Above this the amount stands and is shown to the panel."""
    hard_cap_pence: Pence | None = None
    """The most. An amount cut to it can never be settled without a person's reasons."""
    equality_reference: Line | None = None
    """The equality analysis of the caps."""
    groups: Annotated[tuple["GroupBounds", ...], Field(max_length=50)] = ()
    """Groups of children that have a least and a most of their own: the first that fits is used, whole."""
    source: Line
    """Where the policy says so."""


class GroupBounds(Record):
    """The least and the most for one group of children."""

    title: Line
    """The group in plain words."""
    when: Requirement
    """Which children."""
    floor_pence: Pence | None = None
    """The least for a child with any points left after resources present."""
    soft_cap_pence: Pence | None = None
    """Above this the amount stands and is shown to the panel."""
    hard_cap_pence: Pence | None = None
    """The most."""


class AmountRounding(Rounding):
    """How the indicative amount becomes whole pence."""

    stage: Literal["total", "each-line"] = "total"
    """Whether the yearly total is rounded, once, or each line of money as it is written, once each."""
