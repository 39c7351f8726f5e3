"""Random lives of tickets keep every promise. ``make soak`` runs thousands of turns; ``make test`` a few hundred.

SOAK_TURNS and SOAK_SEED say how many and which; what fails names its seed and its last turns.
"""

import os
import random
from pathlib import Path

import pytest

from tests.service import Service
from tests.soak.driver import Town

TURNS = int(os.environ.get("SOAK_TURNS", "120"))
LONG = TURNS > 500
SEEDS = [int(os.environ["SOAK_SEED"])] if "SOAK_SEED" in os.environ else [21]
if LONG and "SOAK_SEED" not in os.environ:
    SEEDS = [random.SystemRandom().randrange(10**6)]  # another town every time


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_every_ticket_keeps_its_promises(service: Service, tmp_path: Path, seed: int) -> None:
    town = Town(service, seed, tmp_path, deaths=LONG)
    try:
        for _ in range(TURNS):
            town.turn()
        town.look()
    except Exception as error:
        lines = "\n".join(town.trace[-25:])
        raise AssertionError(f"SOAK_SEED={seed}, turn {len(town.trace)}:\n{lines}\n{error}") from error
    print(f"seed {seed}: {dict(town.happened)}")  # noqa: T201 — what a long run has seen
    assert town.happened["report"] >= TURNS / 40, "a town without tickets proves nothing"
    assert town.happened["refused"] < TURNS / 4, "what is offered is mostly taken"
