"""Roots and powers of e are those of another algorithm, place by place, and never fall."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ras import irrational
from tests.ras import arithmetic

PLACE = Fraction(1, 10**12)

numbers = st.fractions(min_value=0, max_value=10**15, max_denominator=10**8)
powers = st.fractions(min_value=-60, max_value=60, max_denominator=10**8)


@given(numbers)
def test_a_root_is_that_of_newtons_method(value: Fraction) -> None:
    found = irrational.root(value)

    assert found == arithmetic.root(value)
    assert found * found <= value < (found + PLACE) ** 2


@given(numbers)
def test_the_root_of_a_square_is_exact(value: Fraction) -> None:
    assert irrational.root(value * value) == arithmetic.root(value * value) == value


@given(powers)
def test_a_power_of_e_is_that_of_its_series(power: Fraction) -> None:
    assert irrational.exp(power) == arithmetic.exp(power)


@given(powers, powers)
def test_a_larger_number_never_has_a_smaller_root_or_power(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))

    assert irrational.exp(low) <= irrational.exp(high)
    assert irrational.root(low + 60) <= irrational.root(high + 60)


def test_a_power_over_thirty_counts_as_thirty() -> None:
    assert irrational.exp(31) == irrational.exp(30) == arithmetic.exp(Fraction(31))
    assert irrational.exp(30) > 10**13
    assert irrational.exp(-5000) == arithmetic.exp(Fraction(-5000)) == 0
