"""The working days of England and Wales, from the published list of bank holidays.

`holidays` has the published list, one-off ones included, and works out the regular ones of later years.
A test holds it equal to the list on GOV.UK. What is proclaimed after a release is a setting.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

from ras.dates import WorkingDays

FIRST_YEAR, LAST_YEAR = 2010, 2100
LISTED_UNTIL = date(2028, 12, 31)
"""The last day of the list on GOV.UK that the locked version of `holidays` was compared with."""


@cache
def bank_holidays() -> frozenset[date]:
    """The bank holidays of England and Wales."""
    from holidays import country_holidays  # noqa: PLC0415  only who needs days waits for it

    return frozenset(country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1)))


def working_days(added: Iterable[date] = (), *, listed_until: date = LISTED_UNTIL) -> WorkingDays:
    """The working days.

    Args:
        added: Bank holidays proclaimed since the release.
        listed_until: The last day that the published list speaks about.
    """
    return WorkingDays(bank_holidays() | frozenset(added), listed_until)
