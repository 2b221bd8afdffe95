"""Which policy is in force on a day. On any day a council has at most one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from ras.dates import Period
from ras.errors import NoPolicyInForce, PolicyOverlap

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Published(Generic[Key]):
    """A published policy: what it is called, when it is in force, and the caller's key for it."""

    name: str
    in_force: Period
    key: Key


def policy_in_force(published: Iterable[Published[Key]], *, on: date) -> Published[Key]:
    """The one published policy whose period holds `on`.

    Raises:
        NoPolicyInForce: none does. Last year's policy is never used instead.
    """
    for policy in published:
        if on in policy.in_force:
            return policy
    raise NoPolicyInForce(on=on)


def refuse_overlap(new: Period, published: Iterable[Published[Key]]) -> None:
    """Let a policy be published only for days that no other has.

    Raises:
        PolicyOverlap: another is in force on some of its days.
    """
    for other in published:
        shared = new.overlap(other.in_force)
        if shared is not None:
            raise PolicyOverlap(first_day=shared.first_day, last_day=shared.last_day, other=other.name)


def gaps(in_force: Iterable[Period]) -> list[Period]:
    """The runs of days between policies' periods on which none is in force."""
    found: list[Period] = []
    covered: date | None = None
    for period in sorted(in_force, key=lambda period: period.first_day):
        if covered is not None and period.first_day > covered:
            found.append(Period(covered, period.first_day))
        if period.before is None:
            break
        covered = max(covered, period.before) if covered else period.before
    return found
