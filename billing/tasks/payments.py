"""The workers' side of payments: receipts as PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.operations.payments import attach_receipt
from billing.queries.payments import has_receipt, payment_facts
from smart360.documents.render import on_paper
from smart360.organisation.queries import get_utility
from smart360.web.formats import shown_money


def make_receipt(about: Mapping[str, Any], at: datetime) -> None:
    """Make the receipt of the payment that ``about`` names, once however often it is tried."""
    payment: int = about["payment"]
    if has_receipt(payment):
        return
    attach_receipt(payment=payment, body=receipt_pdf(payment, at), at=at)


def receipt_pdf(payment: int, at: datetime) -> bytes:
    """A payment's receipt on the utility's paper."""
    receipt = payment_facts(payment)
    amount = shown_money(receipt.amount, get_utility().currency)
    context = {"receipt": receipt, "amount": amount}
    return on_paper("billing/payment_receipt.html", context, at=at)
