"""The workers' side of bills, final and regular: their PDF (BIL6, BIL9, M16)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from billing.operations.final_bills import attach_paper
from billing.queries.final_bills import bill_paper, has_paper
from smart360.documents.render import to_pdf
from smart360.organisation.queries import get_logo, get_utility

LOGO = "logo"


def make_paper(about: Mapping[str, Any], at: datetime) -> None:
    """Make the PDF of the sealed bill that ``about`` names, once however often it is tried."""
    invoice: int = about["invoice"]
    if has_paper(invoice):
        return
    attach_paper(invoice=invoice, body=bill_pdf(invoice, at), by=None, at=at)


def bill_pdf(invoice: int, at: datetime) -> bytes:
    """A bill on the utility's paper; the draft of a final one says DRAFT on it."""
    utility, logo, paper = get_utility(), get_logo(), bill_paper(invoice)
    with timezone.override(utility.zone):
        html = render_to_string(
            "billing/final_bill.html",
            {
                "paper": "documents/pdf.html",
                "bill": paper,
                "content": paper.content,
                "sums": paper.content.sums,
                "utility": utility,
                "logo_url": f"memory:{LOGO}",
                "printed_at": at,
            },
        )
    return to_pdf(html, paper_size=utility.paper_size, images={LOGO: logo} if logo else None)
