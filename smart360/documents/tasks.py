"""The workers' side of stored files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import shared_task
from django.core.files.storage import default_storage

from smart360.documents import operations
from smart360.kernel import clock


def remove(about: Mapping[str, Any], at: datetime) -> None:
    """Remove the bytes of one file that was let go of; twice does no harm."""
    default_storage.delete(about["name"])


@shared_task(name="documents.sweep_orphans")
def sweep_orphans() -> int:
    """Each night: remove files that no row knows."""
    return operations.sweep_orphans(at=clock.now())
