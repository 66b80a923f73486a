"""The workers' side of complaints."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import shared_task

from complaints import operations
from complaints.queries.receipts import has_receipt, receipt_facts
from smart360.documents.render import on_paper
from smart360.documents.rules import qr_code
from smart360.kernel import clock


def make_receipt(about: Mapping[str, Any], at: datetime) -> None:
    """Make the receipt of the complaint that ``about`` names, once however often it is tried."""
    case: int = about["case"]
    if has_receipt(case):
        return
    operations.attach_receipt(case=case, body=receipt_pdf(case, at), by=None, at=at)


def receipt_pdf(case: int, at: datetime) -> bytes:
    """A complaint's receipt on the utility's paper."""
    receipt = receipt_facts(case)
    context = {"receipt": receipt, "qr": qr_code(receipt.tracking_url)}
    return on_paper("complaints/receipt.html", context, at=at)


@shared_task(name="complaints.sweep_drafts")
def sweep_drafts() -> int:
    """Each night: forget drafts that nobody goes on with, so many in one transaction; how many."""
    at, gone = clock.now(), 0
    while batch := operations.sweep_drafts(at=at):
        gone += batch
    return gone
