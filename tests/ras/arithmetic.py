"""The evaluator of a step's arithmetic, which is published with the other tools for testing policies."""

from ras.testing.arithmetic import FUNCTIONS, NotArithmetic, evaluate, exp, inputs_of, root

__all__ = ["FUNCTIONS", "NotArithmetic", "evaluate", "exp", "inputs_of", "root"]
