"""The arithmetic of a step of working, worked out again from its named inputs and nothing else.

It shares no code with the engine: its rounding, roots and powers of e are worked out another way.
"""

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

from ras.working import Step, Unit

PLACES = 10**12
"""What no fraction holds is cut after twelve decimal places."""
PRECISION = 10**60
LARGEST_POWER = 30


class NotArithmetic(Exception):
    """The text is not a sum over names, whole numbers, + - * /, brackets and the known functions."""


def round_down(value: Fraction, to: Fraction) -> Fraction:
    """Down to a multiple."""
    return value // to * to


def round_up(value: Fraction, to: Fraction) -> Fraction:
    """Up to a multiple."""
    return -(-value // to) * to


def round_half_up(value: Fraction, to: Fraction) -> Fraction:
    """To the nearest multiple; half-way goes up."""
    return round_down(value + to / 2, to)


def round_half_even(value: Fraction, to: Fraction) -> Fraction:
    """To the nearest multiple; half-way goes to the even one."""
    up = round_half_up(value, to)
    is_half_way = up - value == to / 2
    return up - to if is_half_way and up / to % 2 == 1 else up


def root(value: Fraction) -> Fraction:
    """The square root, cut after twelve places where no fraction holds it.

    >>> root(Fraction(9, 4)), root(Fraction(2))
    (Fraction(3, 2), Fraction(1414213562373, 1000000000000))
    """
    value = Fraction(value)
    exact = Fraction(_whole_root(value.numerator), _whole_root(value.denominator))
    return exact if exact * exact == value else Fraction(_whole_root(value * PLACES**2 // 1), PLACES)


def _whole_root(number: int) -> int:
    """The largest whole number whose square is not above a number, by Newton's method."""
    if number == 0:
        return 0
    guess = 1 << (number.bit_length() + 1) // 2
    while (better := (guess + number // guess) // 2) < guess:
        guess = better
    return guess


def exp(value: Fraction) -> Fraction:
    """The number e to a power, cut after twelve places, from its series. A power over 30 counts as 30.

    >>> exp(Fraction(0)), exp(Fraction(1))
    (Fraction(1, 1), Fraction(2718281828459, 1000000000000))
    """
    power = min(Fraction(value), Fraction(LARGEST_POWER))
    if power < -LARGEST_POWER:  # less than half of the last place
        return Fraction(0)
    total = term = PRECISION
    number = 0
    while term:
        number += 1
        term = term * abs(power.numerator) // (power.denominator * number)
        total += term
    raised = Fraction(total, PRECISION) if power >= 0 else Fraction(PRECISION, total)
    return Fraction(raised * PLACES // 1, PLACES)


FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "max": max,
    "min": min,
    "root": root,
    "exp": exp,
    "round_down": round_down,
    "round_up": round_up,
    "round_half_up": round_half_up,
    "round_half_even": round_half_even,
}
"""Every function that the arithmetic of a step may name."""


OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(arithmetic: str, values: dict[str, Fraction]) -> Fraction:
    """The exact result of a sum.

    >>> evaluate("max(0, points * price - deductible)", {"points": 3, "price": 2, "deductible": 7})
    Fraction(0, 1)
    >>> evaluate("round_half_up(amount / 2, 5)", {"amount": Fraction(25)})
    Fraction(15, 1)
    """
    return Fraction(_value(ast.parse(arithmetic, mode="eval").body, values))


def inputs_of(step: Step) -> dict[str, Fraction]:
    """The inputs of a step that are numbers."""
    return {given.name: Fraction(given.value) for given in step.inputs if given.unit is not Unit.TEXT}


def gives_its_result(step: Step) -> bool:
    """Whether a step's arithmetic gives its result. Words are no sum: they are those of the input named."""
    if step.result.unit is Unit.TEXT:
        words = {given.name: given.value for given in step.inputs if given.unit is Unit.TEXT}
        return words.get(step.arithmetic) == step.result.value
    return evaluate(step.arithmetic, inputs_of(step)) == Fraction(step.result.value)


def _value(node: ast.expr, values: dict[str, Fraction]) -> Fraction:
    match node:
        case ast.Constant(value=int() as whole) if not isinstance(whole, bool):
            return Fraction(whole)
        case ast.Name(id=name) if name in values:
            return Fraction(values[name])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(arg, values) for arg in args))
        case _:
            raise NotArithmetic(ast.unparse(node))
