"""Which policy is in force on a day. On any day a council has at most one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Generic, TypeVar

from ras.dates import Period
from ras.errors import NoPolicyInForce, PolicyOverlap

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Published(Generic[Key]):
    """A published policy: what it is called, when it is in force, and the caller's key for it."""

    name: str
    in_force: Period
    key: Key


def in_turn(published: Iterable[Published[Key]]) -> list[Published[Key]]:
    """The policies by their first day: one that has no last day of its own ends where the next begins."""
    by_day = sorted(published, key=_first_day)
    ended = [
        policy
        if policy.in_force.before
        else replace(policy, in_force=Period(_first_day(policy), _first_day(following)))
        for policy, following in pairwise(by_day)
    ]
    return ended + by_day[-1:]


def policy_in_force(published: Iterable[Published[Key]], *, on: date) -> Published[Key]:
    """The one published policy that is in force `on` a day.

    Raises:
        NoPolicyInForce: none is. Last year's policy is never used instead.
    """
    for policy in in_turn(published):
        if on in policy.in_force:
            return policy
    raise NoPolicyInForce(on=on)


def overlaps(new: Period, published: Iterable[Published[Any]], *, today: date) -> list[PolicyOverlap]:
    """The policies in whose way a new one would be.

    One without a last day gives way to a later one, from a day that has not come yet: what was in force on
    a day that has come stays so.
    """
    by_day = sorted(published, key=_first_day)
    found = []
    for other, now in zip(by_day, in_turn(by_day), strict=True):
        shared = new.overlap(now.in_force)
        gives_way = other.in_force.before is None and new.first_day > max(_first_day(other), today)
        ends_before_it = new.before is None and new.first_day < _first_day(other)
        if shared is not None and not gives_way and not ends_before_it:
            found.append(
                PolicyOverlap(first_day=shared.first_day, last_day=shared.last_day, other=other.name)
            )
    return found


def refuse_overlap(new: Period, published: Iterable[Published[Any]], *, today: date) -> None:
    """Let a policy be published only for days that no other has, or that another gives up.

    Raises:
        PolicyOverlap: another is in force on some of its days.
    """
    for overlap in overlaps(new, published, today=today):
        raise overlap


def gaps(published: Iterable[Published[Any]]) -> list[Period]:
    """The runs of days between policies on which none is in force."""
    found: list[Period] = []
    covered: date | None = None
    for period in (policy.in_force for policy in in_turn(published)):
        if covered is not None and period.first_day > covered:
            found.append(Period(covered, period.first_day))
        if period.before is None:
            break
        covered = max(covered, period.before) if covered else period.before
    return found


def _first_day(policy: Published[Any]) -> date:
    return policy.in_force.first_day
