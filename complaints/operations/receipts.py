"""Keeping the receipt of a complaint."""

from datetime import datetime

from complaints.models import Complaint
from smart360.cases import handling
from smart360.cases.store import keep_receipt
from smart360.kernel.db import operation
from smart360.staff.models import Person


@operation
def attach_receipt(*, case: int, body: bytes, by: Person | None, at: datetime) -> Complaint:
    """Keep a complaint's receipt. A second one changes nothing: the customer has the first.

    Raises UnableToStore of ``documents.store``.
    """
    locked = handling.lock_case(case)
    made = Complaint.objects.get(pk=case)
    keep_receipt(locked, made, body=body, by=by, at=at)
    return made
