"""The workers' side of bills, final and regular: their PDF (BIL6, BIL9, M16)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.operations.final_bills import attach_paper
from billing.queries.final_bills import bill_paper, has_paper
from smart360.documents.render import on_paper


def make_paper(about: Mapping[str, Any], at: datetime) -> None:
    """Make the PDF of the sealed bill that ``about`` names, once however often it is tried."""
    invoice: int = about["invoice"]
    if has_paper(invoice):
        return
    attach_paper(invoice=invoice, body=bill_pdf(invoice, at), by=None, at=at)


def bill_pdf(invoice: int, at: datetime) -> bytes:
    """A bill on the utility's paper; the draft of a final one says DRAFT on it."""
    paper = bill_paper(invoice)
    context = {"bill": paper, "content": paper.content, "sums": paper.content.sums}
    return on_paper("billing/final_bill.html", context, at=at)
