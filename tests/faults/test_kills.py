"""No acknowledged write is lost, and nothing is half-kept, when the service is killed (P1, P2).

SIGKILL leaves no time to tidy up. What the operating system has not written to the disk yet survives it:
that each answer waits for its flush is `test_flush`'s to show.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.breaking import acknowledge_before_commit, forget_keys
from tests.faults.killable import Killable
from tests.faults.ledger import Ledger
from tests.faults.writing import writing
from tests.figures import Figure

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("KILLS_SEED", str(random.randrange(10**6))))  # noqa: S311  chance, no secret
LONGEST_SECONDS = 0.6


def kill_again_and_again(service: Killable, *, kills: int, seed: int) -> Ledger:
    """Write at once from several sides, kill at a moment nobody chose, and hold the database to account."""
    chance = random.Random(seed)  # noqa: S311
    engine = sa.create_engine(service.database_url, poolclass=sa.NullPool)
    ledger = Ledger(engine)
    for _ in range(kills):
        service.start()
        with service.client() as client:
            ledger.replay(client, chance)
        with writing(service, ledger):
            time.sleep(chance.uniform(0.02, LONGEST_SECONDS))
        ledger.reconcile()
    if service.database_url.startswith("sqlite"):
        with engine.connect() as connection:
            assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    return ledger


def test_no_acknowledged_write_is_lost_when_the_service_is_killed(
    database_url: str, tmp_path: Path, figure: Figure
) -> None:
    ledger = kill_again_and_again(Killable(database_url, tmp_path), kills=KILLS, seed=SEED)

    figure("kills survived by the service", KILLS)
    figure("acknowledged writes reconciled after kills", len(ledger.acknowledged))
    figure("writes in doubt at a kill, each there whole or not at all", ledger.doubted)
    figure("keys replayed after kills", ledger.replayed)
    assert len(ledger.acknowledged) > KILLS
    assert ledger.doubted > 0


@pytest.mark.parametrize("broken", [acknowledge_before_commit, forget_keys])
def test_a_service_that_breaks_the_promise_is_found(
    database_url: str, tmp_path: Path, broken: Callable[[], None]
) -> None:
    with pytest.raises(AssertionError):
        kill_again_and_again(Killable(database_url, tmp_path, prepare=broken), kills=10, seed=SEED)
