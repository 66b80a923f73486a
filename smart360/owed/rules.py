"""When to try again."""

from datetime import timedelta

LEASE = timedelta(seconds=150)
"""Longer than a task may run. A claim ends before it when its worker's database session does."""
FIRST_WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=1),
    # Five times: a server that is back after 25 minutes is met by 30 (N5).
    *(timedelta(minutes=5),) * 5,
    timedelta(minutes=10),
    timedelta(minutes=30),
)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after this many failed attempts (1 or more)."""
    return FIRST_WAITS[min(attempts, len(FIRST_WAITS)) - 1]


def wait_after_an_end(attempts: int) -> timedelta:
    """How long work waits whose worker ended in the middle of it: not at all, the first time.

    From the second time on as after a failure: the work itself may be what ends workers.
    """
    return timedelta() if attempts <= 1 else wait_after(attempts - 1)
