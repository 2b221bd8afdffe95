"""The two functions of published formulas whose results no fraction can hold: square roots and powers of e.

Both are worked out the same way on every machine, to so many places that no penny depends on the rest.
"""

from decimal import Context, Decimal
from fractions import Fraction
from math import isqrt

from ras.records import Exact, tidy

PLACES = 12
"""How many decimal places are kept."""
LARGEST_POWER = 30
"""e to the power of 30 is over ten million million: more than any amount."""

_SCALE = 10**PLACES
_PRECISE = Context(prec=60)


def root(value: Exact) -> Exact:
    """The square root, exactly where there is one, else cut after twelve decimal places.

    >>> root(9), root(Fraction(1, 4)), root(2)
    (3, Fraction(1, 2), Fraction(1414213562373, 1000000000000))
    """
    over = isqrt(value.numerator * value.denominator)
    if over * over == value.numerator * value.denominator:
        return tidy(Fraction(over, value.denominator))
    return Fraction(isqrt(value.numerator * value.denominator * _SCALE**2) // value.denominator, _SCALE)


def exp(value: Exact) -> Exact:
    """The number e to a power, cut after twelve decimal places. A power over 30 counts as 30.

    >>> exp(0), exp(1)
    (1, Fraction(2718281828459, 1000000000000))
    """
    power = min(Fraction(value), Fraction(LARGEST_POWER))
    exponent = _PRECISE.divide(Decimal(power.numerator), Decimal(power.denominator))
    raised = _PRECISE.multiply(_PRECISE.exp(exponent), Decimal(_SCALE))
    return tidy(Fraction(int(raised), _SCALE))
