"""What is done with stored files on their own account."""

from datetime import datetime

from smart360.documents import store
from smart360.kernel.db import operation


@operation
def sweep_orphans(*, at: datetime) -> int:
    """Remove files that a crash left without a row, a day after; how many."""
    return store.remove_orphans(at=at)
