"""Queries on owed work that must return no row."""

from datetime import datetime, timedelta

from smart360.kernel.oracle import Oracle
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork

TOO_LONG = timedelta(minutes=15)


def work_that_waits_too_long(at: datetime) -> list[str]:
    """N2: nothing waits longer than a quarter of an hour past its time unnoticed."""
    late = OwedWork.objects.filter(state=OwedState.WAITING, next_at__lt=at - TOO_LONG)
    return [f"{work.kind} {work.dedupe_key}" for work in late[:50]]


ORACLES: tuple[Oracle, ...] = (
    Oracle(
        "N2",
        "owed work that has waited for over 15 minutes",
        work_that_waits_too_long,
        needs_moment=True,
        is_alarm=True,
    ),
)
