"""The workers' side of complaints."""

from celery import shared_task

from complaints import operations
from smart360.kernel import clock


@shared_task(name="complaints.sweep_drafts")
def sweep_drafts() -> int:
    """Each night: forget drafts that nobody goes on with."""
    return operations.sweep_drafts(at=clock.now())
