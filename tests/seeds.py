"""One seed for every random choice of a run, shown with each failure and given back like this:

SMART360_SEED=123456 ./dev test tests/cases/test_sla_states.py

State machines have Hypothesis's own seed besides (tests/machines/running.py).
"""

import os
from random import Random, SystemRandom

SEED = int(os.environ.get("SMART360_SEED") or SystemRandom().randrange(10**9))


def chance_for(what: str) -> Random:
    """Choices that the same seed repeats for ``what``, whatever else runs and in which order."""
    print(f"{what}: again by SMART360_SEED={SEED}")  # noqa: T201  (pytest shows it on failure)
    return Random(f"{SEED} {what}")
