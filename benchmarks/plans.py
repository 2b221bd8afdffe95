"""One plan with its whole working, in process, beside OpenFisca and zen-engine with the same formulas."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

import ras
from benchmarks import peers
from benchmarks.peers import ours
from benchmarks.peers.drawn import draw
from benchmarks.peers.timing import Timed

COMPARED = 2_000
"""So many plans come to the same pence on every side before anything is timed."""
WARM = 20_000
"""Plans seen before the first round; no plan of a round was seen before it."""
IN_A_ROUND = 4_000
ROUNDS = 5
SECONDS = 1.0


def rows() -> Iterator[str]:
    """Check that all sides agree, time them in turn, and give the lines of a table."""
    same = draw(ours.DOMAINS, COMPARED)
    drawn = draw(ours.DOMAINS, WARM + 2 * ROUNDS * IN_A_ROUND, seed=1)
    plans = [ours.as_plan(plan) for plan in drawn]
    for plan in plans[:WARM]:
        ours.worked_out(plan)
    gc.collect()
    gc.freeze()  # nobody holds so many plans in memory: looking through them is no part of the work
    unseen = iter(plans[WARM:])
    speeds: dict[str, list[float]] = {}
    with ExitStack() as stack:
        openfisca, zen = (stack.enter_context(peers.running(name, same)) for name in ("openfisca", "zen"))
        peers.agree(same, ours.pence(same), [openfisca, zen])
        for _ in range(ROUNDS):
            for name, evaluate in (
                ("ours: the amount and its whole working", ours.worked_out),
                ("ours: the whole assessment, plan cost and record", ours.assessed),
            ):
                a_round = [next(unseen) for _ in range(IN_A_ROUND)]
                speeds.setdefault(name, []).append(_once_each(evaluate, a_round).per_second)
            for peer in (openfisca, zen):
                for way in peer.ways:
                    measured = peer.measure(way, seconds=SECONDS).per_second
                    speeds.setdefault(f"{peer.name}, {way}", []).append(measured)
    versions = {**openfisca.versions, **zen.versions}
    yield from _table(speeds, ", ".join(f"{name} {number}" for name, number in versions.items()))


def _once_each(evaluate: Callable[[ras.Plan], object], plans: list[ras.Plan]) -> Timed:
    started = time.perf_counter()
    for plan in plans:
        evaluate(plan)
    return Timed(len(plans), time.perf_counter() - started)


def _table(speeds: dict[str, list[float]], versions: str) -> Iterator[str]:
    first, *_ = speeds.values()
    yield f"{COMPARED:,} plans of 12 areas came to the same pence on every side ({versions})."
    yield f"Then one plan at a time, the median of {ROUNDS} rounds in turn; ours are plans not seen before,"
    yield f"after {WARM:,} others. OpenFisca `plain` is its fastest way for one plan (arrays, no trace),"
    yield "`situation` the documented one. The last column is how many times as fast as that row our amount"
    yield "with its whole working is."
    yield ""
    yield "| one plan, in process | plans/s | ours is |"
    yield "|---|---:|---:|"
    for name, measured in speeds.items():
        ratio = median(ours_now / theirs for ours_now, theirs in zip(first, measured, strict=True))
        yield f"| {name} | {median(measured):,.0f} | {ratio:.1f} x |"
