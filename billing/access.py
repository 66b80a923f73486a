"""The only doors to money for a person: whose payments, refunds and bills they may open."""

from django.db.models import Q, QuerySet

from billing.choices import InvoiceKind, InvoiceState
from billing.models import Arrangement, CreditNote, Invoice, Payment, Refund, Reversal
from billing.models.invoices import SEALED
from consumers.access import visible_consumers
from consumers.models import Consumer
from smart360.cases.access import visible_cases
from smart360.cases.models import Case
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


def visible_payments(person: Person) -> QuerySet[Payment]:
    """The payments that this person may open: those of the consumers they may open."""
    if not person.has_permission(Permission.VIEW_MONEY):
        return Payment.objects.none()
    return Payment.objects.filter(consumer__in=visible_consumers(person))


def get_payment(number: str, *, to: Person) -> Payment | None:
    """The payment with this number, or None when there is none for this person."""
    found = visible_payments(to).select_related("consumer", "receipt")
    return found.filter(number=number).first()


def visible_refunds(person: Person) -> QuerySet[Refund]:
    """The refunds that this person may see."""
    if not person.has_permission(Permission.VIEW_MONEY):
        return Refund.objects.none()
    return Refund.objects.filter(consumer__in=visible_consumers(person))


def get_refund(number: str, *, to: Person) -> Refund | None:
    """The refund with this number, or None when there is none for this person."""
    return visible_refunds(to).filter(number=number).first()


def visible_reversals(person: Person) -> QuerySet[Reversal]:
    """The reversals, waiting or decided, of the payments that this person may open."""
    if not person.has_permission(Permission.VIEW_MONEY):
        return Reversal.objects.none()
    return Reversal.objects.filter(payment__consumer__in=visible_consumers(person))


def get_reversal(number: str, *, to: Person) -> Reversal | None:
    """The reversal with this number and its payment, or None when there is none for this person."""
    return visible_reversals(to).select_related("payment").filter(number=number).first()


# ------------------------------------------------------------------ final bills
def get_case(number: str, *, to: Person) -> Case | None:
    """The request with this number whose settlement this person may see, or None."""
    if not to.has_permission(Permission.VIEW_BALANCE):
        return None
    found = visible_cases(to).filter(number=number, consumer__isnull=False)
    return found.select_related("consumer__category", "ended_by").first()


def get_credit_note(number: str, *, case: int, to: Person) -> CreditNote | None:
    """The credit note with this number for a bill of a request, or None."""
    if not to.has_permission(Permission.VIEW_MONEY):
        return None
    return CreditNote.objects.filter(number=number, invoice__case=case).first()


def visible_final_bills(person: Person) -> QuerySet[Invoice]:
    """The final bills that this person may print: those of the requests they may see."""
    if not person.has_permission(Permission.PRINT_BILL):
        return Invoice.objects.none()
    return Invoice.objects.filter(kind=InvoiceKind.FINAL, case__in=visible_cases(person))


def get_final_bill_of(case: str, *, to: Person) -> Invoice | None:
    """The live final bill of the request with this number, or None when there is none for them."""
    live = Q(state__in=(InvoiceState.DRAFT, InvoiceState.APPROVED), taken_back_at__isnull=True)
    found = visible_final_bills(to).select_related("pdf", "case").filter(live)
    return found.filter(case__number=case).first()


# ------------------------------------------------------------------ invoices and arrangements
def get_invoice(number: int, *, to: Person) -> Invoice | None:
    """The issued or approved invoice with this number, or None when there is none for them."""
    if not to.has_permission(Permission.VIEW_MONEY):
        return None
    sealed = Invoice.objects.filter(consumer__in=visible_consumers(to), state__in=SEALED)
    found = sealed.select_related("pdf", "case", "consumer__category")
    return found.filter(number=number).first()


def get_note_for(invoice: Invoice, number: str, *, to: Person) -> CreditNote | None:
    """The credit note with this number for an invoice, or None for this person."""
    if not to.has_permission(Permission.VIEW_MONEY):
        return None
    return CreditNote.objects.filter(number=number, invoice=invoice).first()


def get_arrangement(number: str, *, of: Consumer, to: Person) -> Arrangement | None:
    """The payment arrangement of this consumer with this number, or None for this person."""
    if not to.has_permission(Permission.VIEW_MONEY):
        return None
    return Arrangement.objects.filter(consumer=of, number=number).first()
