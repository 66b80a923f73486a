"""The workers' side of payments: receipts as PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from billing.operations.payments import attach_receipt
from billing.queries.payments import has_receipt, payment_facts
from smart360.documents.render import to_pdf
from smart360.organisation.queries import get_logo, get_utility
from smart360.web.formats import shown_money

LOGO = "logo"


def make_receipt(about: Mapping[str, Any], at: datetime) -> None:
    """Make the receipt of the payment that ``about`` names, once however often it is tried."""
    payment: int = about["payment"]
    if has_receipt(payment):
        return
    attach_receipt(payment=payment, body=receipt_pdf(payment, at), at=at)


def receipt_pdf(payment: int, at: datetime) -> bytes:
    """A payment's receipt on the utility's paper."""
    utility, logo, receipt = get_utility(), get_logo(), payment_facts(payment)
    with timezone.override(utility.zone):
        html = render_to_string(
            "billing/payment_receipt.html",
            {
                "paper": "documents/pdf.html",
                "receipt": receipt,
                "amount": shown_money(receipt.amount, utility.currency),
                "utility": utility,
                "logo_url": f"memory:{LOGO}",
                "printed_at": at,
            },
        )
    return to_pdf(html, paper_size=utility.paper_size, images={LOGO: logo} if logo else None)
