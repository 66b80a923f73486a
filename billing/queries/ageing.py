"""What one consumer has not paid yet, and since when: bounded reads, never a sum over entries."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.choices import LedgerKind, PostingKind
from billing.models import Invoice
from billing.models.invoices import SEALED
from billing.queries.accounts import balances_of
from billing.rules.allocation import Allocation, Charge, allocate

CHARGES = (
    PostingKind.OPENING_BALANCE,
    PostingKind.INVOICE,
    PostingKind.FINAL_BILL,
    PostingKind.FEE,
    PostingKind.RECONNECTION_FEE,
    PostingKind.ADJUSTMENT,
    PostingKind.FINAL_ADJUSTMENT,
)
INVOICES = (PostingKind.INVOICE, PostingKind.FINAL_BILL)
MOST_CHARGES = 200
"""Sixteen years of monthly invoices. What is owed beyond them counts as old as the oldest."""

# A charge without a due date (a fee, an opening balance) is due on its day.
NEWEST_CHARGES = """
SELECT t.id, t.kind, t.reference, e.amount, coalesce(t.due_on, t.valued_on)
  FROM billing_ledgertransaction t
  JOIN billing_ledgerentry e ON e.transaction_id = t.id
  JOIN billing_ledgeraccount a ON a.id = e.account_id AND a.kind = %(receivable)s
 WHERE t.consumer_id = %(consumer)s AND t.kind = ANY(%(kinds)s) AND e.amount > 0
   AND NOT EXISTS (SELECT 1 FROM billing_ledgertransaction r WHERE r.reverses_id = t.id)
 ORDER BY t.id DESC LIMIT %(most)s
"""


def newest_charges(consumer: int, *, most: int = MOST_CHARGES) -> list[Charge]:
    """A consumer's charges that nothing has reversed, newest first; one statement."""
    values: dict[str, Any] = {
        "consumer": consumer,
        "receivable": LedgerKind.RECEIVABLE.value,
        "kinds": [kind.value for kind in CHARGES],
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_CHARGES, values)
        return [
            Charge(key, reference, amount, due_on, is_invoice=kind in INVOICES)
            for key, kind, reference, amount, due_on in cursor.fetchall()
        ]


def allocation_of(consumer: int) -> Allocation:
    """What of the consumer's charges is unpaid now; two statements, one when nothing is owed."""
    return allocation_with(consumer, outstanding=balances_of(consumer).outstanding)


def allocation_with(consumer: int, *, outstanding: Decimal) -> Allocation:
    """The same for who has read what is owed; one statement, none when nothing is."""
    if outstanding <= 0:
        return Allocation()
    return allocate(newest_charges(consumer), outstanding)


def last_billed_on(consumer: int) -> date | None:
    """The day of the consumer's newest invoice that was not taken back; one statement."""
    sealed = Invoice.objects.filter(
        consumer=consumer, state__in=SEALED, taken_back_at__isnull=True
    ).order_by("-number")
    return sealed.values_list("issued_on", flat=True).first()
