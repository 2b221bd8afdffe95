"""The parts of a budget: who funds them, how they reach the family, and what each is worth a year."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ras.records import Code, Day, Line, Pence, Record


class Component(StrEnum):
    """The part of a budget that one partner funds (Personal Budget Policy 4, 9)."""

    SOCIAL_CARE = "social-care"
    HEALTH = "health"
    SEN_TOP_UP = "sen-top-up"

    @property
    def in_words(self) -> str:
        """What letters call it."""
        return {"social-care": "social care", "health": "health", "sen-top-up": "special educational needs"}[
            self.value
        ]


class Delivery(StrEnum):
    """How money reaches the family (Personal Budget Policy 5)."""

    DIRECT_PAYMENT = "direct-payment"
    NOTIONAL = "notional"
    THIRD_PARTY = "third-party"

    @property
    def in_words(self) -> str:
        """What letters call it."""
        return {
            "direct-payment": "paid to you",
            "notional": "held by the council for you",
            "third-party": "held for you by an organisation",
        }[self.value]


class Recipient(StrEnum):
    """Who a direct payment is paid to."""

    PARENT = "parent"
    YOUNG_PERSON = "young-person"
    NOMINEE = "nominee"


class PaidEvery(StrEnum):
    """How often a direct payment is paid. It changes no yearly amount."""

    WEEK = "week"
    FOUR_WEEKS = "four-weeks"
    MONTH = "month"


class Part(Record):
    """What one delivery of a component is worth."""

    delivery: Delivery
    """How it reaches the family."""
    annual_pence: Pence
    """Pence a year."""
    recipient: Recipient | None = None
    """For a direct payment: who it is paid to."""
    paid_every: PaidEvery | None = None
    """For a direct payment: how often it is paid. The yearly amount does not depend on it."""


class OneOff(Record):
    """Something bought once. Never a yearly rate."""

    code: Code
    """What it is for: an item of the rate card."""
    delivery: Delivery
    """How it reaches the family."""
    due_on: Day
    """The day it is payable."""
    pence: Pence
    """Pence, once."""


class AgreedEnd(Record):
    """An end that was agreed and told to the family when the award was made."""

    ends_before: Day
    """The first day on which it is no longer payable."""
    because: Line
    """Why it ends then: "the summer club ends"."""


class AwardedComponent(Record):
    """What a decision sets for one component."""

    component: Component
    """Which."""
    annual_pence: Pence
    """What it is worth, in pence a year: the sum of its parts."""
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=3)]
    """How it reaches the family, each delivery at most once."""
    agreed_end: AgreedEnd | None = None
    """Left out, it goes on until a decision changes it."""
    one_offs: Annotated[tuple[OneOff, ...], Field(max_length=50)] = ()
    """What is bought once."""
    delivery_asked_for_on: Day | None = None
    """The day on which the family asked in writing for this way of delivery, where they did."""

    @property
    def one_off_pence(self) -> int:
        """All that is bought once, in pence."""
        return sum(each.pence for each in self.one_offs)


Rate = tuple[tuple[Delivery, int], ...]
"""What is payable a year by each delivery, in pence, in the order of `Delivery`; none of them is 0."""

NOTHING: Rate = ()


def rate_of(parts: Iterable[tuple[Delivery, int]]) -> Rate:
    """A rate, of parts that may repeat a delivery.

    >>> rate_of([(Delivery.NOTIONAL, 100), (Delivery.DIRECT_PAYMENT, 250), (Delivery.NOTIONAL, 50)])
    ((<Delivery.DIRECT_PAYMENT: 'direct-payment'>, 250), (<Delivery.NOTIONAL: 'notional'>, 150))
    """
    sums = dict.fromkeys(Delivery, 0)
    for delivery, pence in parts:
        sums[delivery] += pence
    return tuple((delivery, pence) for delivery, pence in sums.items() if pence)


def total(rate: Rate) -> int:
    """What a rate comes to, in pence a year."""
    return sum(pence for _, pence in rate)
