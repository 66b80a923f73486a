"""The acts on completion reports: keep one, let it be made again."""

from datetime import datetime

from smart360.documents.store import store_pdf
from smart360.fieldwork import orders
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.queries.reports import report_key
from smart360.kernel.db import operation
from smart360.owed.book import owe_again
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record


@operation
def attach_report(*, service_order: int, body: bytes, at: datetime) -> ServiceOrder:
    """Keep the report that a worker made. A second one changes nothing.

    Raises UnableToStore of ``documents.store``.
    """
    locked = orders.lock_order(service_order, even_merged=True)
    if locked.report_id is not None:
        return locked
    stored = store_pdf(title=f"Report {locked.number}", body=body, by=None, at=at)
    locked.report = stored
    locked.save(update_fields=["report"])
    record(
        Event.DOCUMENT_MADE,
        by=None,
        at=at,
        case=locked.case_id,
        consumer=locked.consumer_id,
        new={"document": "report", "order": locked.number, "sha256": stored.sha256},
    )
    return locked


@operation
def retry_report(*, service_order: int, by: Person, at: datetime) -> None:
    """Let a worker try again. Raises UnableToRetry of ``owed.book`` when it has not failed."""
    locked = orders.lock_order(service_order, even_merged=True)
    owe_again(report_key(locked.number), at=at)
    record(
        Event.DOCUMENT_RETRIED,
        by=by.pk,
        at=at,
        case=locked.case_id,
        consumer=locked.consumer_id,
        new={"document": "report", "order": locked.number},
    )
