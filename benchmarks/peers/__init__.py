"""The peers: OpenFisca and zen-engine with the same policy, each in a process of its own environment.

Nothing here imports the engine or a peer: this side runs in ours, `run_openfisca` and `run_zen` in theirs.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from benchmarks.peers.drawn import DrawnPlan
from benchmarks.peers.timing import Timed

_ROOT = Path(__file__).parents[2]
PYTHON = _ROOT / ".venv-bench" / "bin" / "python"
"""The interpreter of the environment that has the peers and not the engine."""


class PeersDiffer(Exception):
    """A peer gives other pence than ours for a plan, so that their speeds cannot be compared.

    Attributes:
        number: The plan's place.
        plan: The plan.
        pence: What each gives, by name.
    """

    def __init__(self, number: int, plan: DrawnPlan, pence: Mapping[str, int]) -> None:
        self.number, self.plan, self.pence = number, plan, pence
        super().__init__(f"plan {number} comes to {dict(pence)}: {json.dumps(plan)}")


class Peer:
    """A peer's process, which has worked out every plan and waits to be timed.

    Attributes:
        versions: Of the peer and of what it runs on, by name.
        pence: The indicative amount of every plan in turn, for each way the peer has of evaluating.
    """

    versions: dict[str, str]
    pence: dict[str, list[int]]

    def __init__(self, name: str, writes: IO[str], reads: IO[str]) -> None:
        """Read what the process says first."""
        self.name = name
        self._writes, self._reads = writes, reads
        first = self._next()
        self.versions, self.pence = first["versions"], first["pence"]

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways it has of evaluating: "plain", "trace"."""
        return tuple(self.pence)

    def measure(self, way: str, *, seconds: float) -> Timed:
        """Have it evaluate the plans one at a time, in turn, for about so many seconds."""
        self._writes.write(f"round {way} {seconds}\n")
        self._writes.flush()
        return Timed(**self._next())

    def _next(self) -> dict[str, Any]:
        line = self._reads.readline()
        assert line, f"{self.name} ended without an answer: what it wrote above says why"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def running(name: str, plans: Sequence[DrawnPlan]) -> Iterator[Peer]:
    """Run a peer until the block ends.

    Args:
        name: "openfisca" or "zen".
        plans: What it is to evaluate.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plans.json"
        path.write_text(json.dumps(plans))
        with subprocess.Popen(  # noqa: S603  the benchmark's own peers
            [PYTHON, "-m", f"benchmarks.peers.run_{name}", path],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin, "it was asked for"
            assert process.stdout, "it was asked for"
            # On leaving, its standard input is closed, which ends it.
            yield Peer(name, process.stdin, process.stdout)


def agree(plans: Sequence[DrawnPlan], ours: Sequence[int], peers: Sequence[Peer]) -> None:
    """Let the peers be measured only where each gives our pence for every plan, whichever way it evaluates.

    Raises:
        PeersDiffer: one does not, with the first such plan.
    """
    amounts = {"ours": ours} | {f"{peer.name} {way}": peer.pence[way] for peer in peers for way in peer.ways}
    for number, (plan, *pence) in enumerate(zip(plans, *amounts.values(), strict=True)):
        if len(set(pence)) > 1:
            raise PeersDiffer(number, plan, dict(zip(amounts, pence, strict=True)))
