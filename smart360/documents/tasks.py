"""The workers' side of stored files."""

from celery import shared_task

from smart360.documents import operations
from smart360.kernel import clock


@shared_task(name="documents.sweep_orphans")
def sweep_orphans() -> int:
    """Each night: remove files that no row knows."""
    return operations.sweep_orphans(at=clock.now())
