"""The examples that travel with a policy: each is run, and what differs is said."""

from collections.abc import Iterator

from ras.allocation.variant import Fault
from ras.assessment import Assessment, assess
from ras.errors import RasError
from ras.policy.configuration import PolicyConfiguration
from ras.policy.example import Example, ExpectedLine
from ras.statement import say


def example_faults(policy: PolicyConfiguration) -> Iterator[Fault]:
    """Every example that does not come out as it says."""
    for number, example in enumerate(policy.examples):
        for place, message in _differences(example, policy):
            yield ("examples", number, *place), "example-fails", f"“{example.name}”: {message}"


def _differences(
    example: Example, policy: PolicyConfiguration
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    try:
        result = assess(example.plan, policy, effective_on=example.on or example.plan.starts_on)
    except RasError as refusal:
        if example.expect.refused != refusal.code:
            said = "; ".join(str(problem) for problem in refusal.problems) or str(refusal)
            yield ("plan",), f"the plan is refused ({refusal.code}): {said}"
        return
    if example.expect.refused is not None:
        yield ("expect", "refused"), f"it should be refused ({example.expect.refused}), and it was scored."
        return
    headline = next(each for each in result.horizons if each.horizon is result.horizon)
    for field, found in (
        ("indicative_annual_pence", result.indicative_annual_pence),
        ("points", headline.points),
        ("points_after_resources", headline.points_after_resources),
        ("plan_cost_annual_pence", result.plan_cost_annual_pence),
    ):
        wanted = getattr(example.expect, field)
        if wanted is not None and wanted != found:
            comes_to = "there is none" if found is None else f"it comes to {found}"
            yield ("expect", field), f"expected {wanted}, and {comes_to}."
    for number, line in enumerate(example.expect.working):
        message = _missing(line, result)
        if message is not None:
            yield ("expect", "working", number), message


def _missing(wanted: ExpectedLine, result: Assessment) -> str | None:
    """What is wrong with a line that should be in the working; None where it is there."""
    horizon = wanted.horizon or result.horizon
    there = [line for line in result.working if line.rule == wanted.rule and line.horizon is horizon]
    if not there:
        return f"no line of the working follows '{wanted.rule}'."
    if wanted.result is not None and wanted.result not in [line.result.value for line in there]:
        return f"'{wanted.rule}' should come to {wanted.result}, and comes to {there[-1].result.value}."
    if wanted.says is not None and wanted.says not in [say(line) for line in there]:
        return f"'{wanted.rule}' should say “{wanted.says}”, and says “{say(there[-1])}”"
    return None
