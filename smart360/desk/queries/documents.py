"""The papers that the product made for a consumer: bills and receipts of all apps (CON13)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.urls import reverse

from billing.choices import InvoiceKind
from billing.models import Invoice, Payment
from billing.models.invoices import SEALED
from smart360.cases.models import Case
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Page, Sort, page_of_several

PAGE_SIZE = 10
NEWEST_FIRST = Sort("newest", "newest first", ("-made_at", "-paper", "-key"))
BILL, FINAL_BILL, PAYMENT, REQUEST, COMPLAINT = range(5)
Rows = QuerySet[Any, Any]
PAPERS = {
    BILL: ("Bill", "invoice_detail"),
    FINAL_BILL: ("Final bill", "final_bill_download"),
    PAYMENT: ("Payment receipt", "payment_receipt"),
    REQUEST: ("Request receipt", "receipt_print"),
    COMPLAINT: ("Complaint receipt", "complaint_receipt_print"),
}
"""What a paper is called, and the URL name of the door where it is to be had."""


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A bill or a receipt, with its own door, at which its own permission counts."""

    number: str
    what: str
    made_at: datetime
    url: str


def papers_of(
    consumer: int, *, to: Person, hidden: Collection[int], cursor: str = ""
) -> Page[MadePaper]:
    """A page of what was made for a consumer and ``to`` may open, newest first.

    At most four statements. ``hidden`` are the cases that ``to`` may not know of.
    """
    sources = [*_money(consumer, to), *_receipts(consumer, to, hidden)]
    found = page_of_several(sources, sort=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    return Page([_paper(row) for row in found.rows], found.next_cursor, found.previous_cursor)


def _paper(row: dict[str, Any]) -> MadePaper:
    what, door = PAPERS[row["paper"]]
    is_invoice = row["paper"] in (BILL, FINAL_BILL)
    number = f"INV-{row['number']:06d}" if is_invoice else row["number"]
    about = row["case__number"] if row["paper"] == FINAL_BILL else number
    return MadePaper(number, what, row["made_at"], reverse(door, args=[about]))


def _money(consumer: int, to: Person) -> list[Rows]:
    """Bills with their lines for who sees lines; the final bills for who prints them."""
    invoices = Invoice.objects.filter(consumer=consumer, state__in=SEALED)
    if not to.has_permission(Permission.VIEW_MONEY):
        if not to.has_permission(Permission.PRINT_BILL):
            return []
        return [_invoices(invoices.filter(kind=InvoiceKind.FINAL), FINAL_BILL)]
    payments = Payment.objects.filter(consumer=consumer, receipt__isnull=False)
    return [
        _invoices(invoices, BILL),
        payments.values("number", made_at=F("receipt__created_at"), paper=Value(PAYMENT),
                        key=F("pk")),
    ]  # fmt: skip


def _invoices(invoices: QuerySet[Invoice], paper: int) -> Rows:
    rows: Rows = invoices.values(
        "number", "made_at", "case__number", paper=Value(paper), key=F("pk")
    )
    return rows


def _receipts(consumer: int, to: Person, hidden: Collection[int]) -> list[Rows]:
    cases = Case.objects.filter(consumer=consumer).exclude(pk__in=hidden)
    kinds = [
        (REQUEST, Permission.VIEW_REQUESTS, "disconnection_request__receipt"),
        (COMPLAINT, Permission.VIEW_COMPLAINTS, "complaint__receipt"),
    ]
    return [
        cases.filter(**{f"{receipt}__isnull": False}).values(
            "number", made_at=F(f"{receipt}__created_at"), paper=Value(paper), key=F("pk")
        )
        for paper, permission, receipt in kinds
        if to.has_permission(permission)
    ]
