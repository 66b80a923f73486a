"""Keeping what was made for a case: its receipt."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from smart360.cases.models import Case
from smart360.documents.models import StoredFile
from smart360.documents.store import store_pdf
from smart360.kernel.db import step
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record


class HasReceipt(Protocol):
    """What a case is about, with the receipt of it once that is made."""

    receipt: StoredFile | None
    receipt_id: UUID | None

    def save(self, *, update_fields: list[str]) -> None:
        """Store the row."""


@step
def keep_receipt(
    case: Case, about: HasReceipt, *, body: bytes, by: Person | None, at: datetime
) -> None:
    """Keep the receipt of a locked case. A second one changes nothing: the consumer has the first.

    Raises UnableToStore of ``documents.store``.
    """
    if about.receipt_id is not None:
        return
    about.receipt = store_pdf(title=f"Receipt {case.number}", body=body, by=by, at=at)
    about.save(update_fields=["receipt"])
    record(
        Event.DOCUMENT_MADE,
        by=by.pk if by else None,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        new={"document": "receipt", "sha256": about.receipt.sha256},
    )
