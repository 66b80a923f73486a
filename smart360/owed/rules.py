"""When to try again."""

from datetime import timedelta

LEASE = timedelta(seconds=150)  # longer than a task may run, so a killed worker's work comes back
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
