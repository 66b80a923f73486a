"""What is done with stored files on their own account."""

from datetime import datetime, timedelta

from smart360.documents import store
from smart360.kernel.db import operation


@operation
def sweep_orphans(*, at: datetime) -> int:
    """Remove files that a crash left without a row, a day after; how many."""
    return store.remove_orphans(at=at)


@operation
def sweep_pending(*, older_than: timedelta, at: datetime) -> int:
    """Let go of uploads of long ago that nothing points to; how many. Their bytes go a day after.

    Whoever lets people upload says how long: as long as its drafts live, and at most 90 days.
    """
    return store.drop_unowned(older_than=older_than, at=at)
