"""The arithmetic of a step of working, worked out again from its named inputs and nothing else."""

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

from ras.working import Step, Unit


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
    return round(value / to) * to


FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "max": max,
    "min": min,
    "round_down": round_down,
    "round_up": round_up,
    "round_half_up": round_half_up,
    "round_half_even": round_half_even,
}


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
