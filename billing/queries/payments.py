"""Payments as pages show them: the last one, the history, and what a receipt says."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from billing.choices import PaymentMethod, PaymentState
from billing.models import Payment
from billing.queries.accounts import Balances, balances_of
from consumers.access import shown
from consumers.models import ConsumerFigures
from smart360.kernel.prepared import A_KEY, Shelf
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, page_of

PREPARED = Shelf()
LAST = ("amount", "paid_on", "method")
NEWEST_FIRST = Sort("newest", "Newest first", ("-paid_on", "-id"))
REVERSED = "REVERSED"


@dataclass(frozen=True, slots=True)
class LastPayment:
    """The latest payment that has come and was not taken back (M17)."""

    amount: Decimal
    paid_on: date
    method: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment of a consumer's history (CON9). ``state`` is REVERSED for one taken back."""

    id: int
    number: str
    paid_on: date
    reference: str
    amount: Decimal
    method: str
    state: str
    why: str


class ReceiptState(StrEnum):
    """How far the PDF of a payment's receipt is."""

    READY = "READY"
    BEING_MADE = "BEING_MADE"
    FAILED = "FAILED"
    NOT_YET = "NOT_YET"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One payment as its receipt tells it. What the reader may not see is empty."""

    id: int
    number: str
    amount: Decimal
    method: str
    reference: str
    paid_on: date
    state: str
    why: str
    recorded_at: datetime
    recorded_by: str
    settled_at: datetime | None
    reversed_at: datetime | None
    reversed_by: str
    account_number: str
    name: str
    email: str
    outstanding: Decimal

    @property
    def has_come(self) -> bool:
        """Whether it counts: the money is there, and was not taken back."""
        return self.state == PaymentState.PROCESSED

    @property
    def is_pending(self) -> bool:
        """Whether it still has to clear."""
        return self.state == PaymentState.PENDING

    @property
    def owed(self) -> Decimal:
        """What the consumer owes now, or zero."""
        return max(Decimal("0.00"), self.outstanding)

    @property
    def credit(self) -> Decimal:
        """What the consumer has paid too much, or zero."""
        return max(Decimal("0.00"), -self.outstanding)


def last_payment(consumer: int) -> LastPayment | None:
    """The consumer's last payment, or None, which pages show as ``--``; one statement."""
    rows = PREPARED.rows("last", lambda: _come(A_KEY).values(*LAST)[:1], {A_KEY: consumer})
    return next((_last(tuple(row.values())) for row in rows), None)


def balances_and_last_payment(consumer: int) -> tuple[Balances, LastPayment | None]:
    """The same with how the account stands; one statement."""
    last = _come(OuterRef("consumer"))[:1]
    found = ConsumerFigures.objects.filter(consumer=consumer).values_list(
        "balance", "deposit", *(Subquery(last.values(column)) for column in LAST)
    )
    row = found.first()
    if row is None:
        return Balances(), last_payment(consumer)
    return Balances(*row[:2]), _last(row[2:]) if row[2] is not None else None


def _come(consumer: int | OuterRef) -> QuerySet[Payment]:
    """A consumer's payments that have come and were not taken back, newest first."""
    come = Payment.objects.filter(
        consumer=consumer, state=PaymentState.PROCESSED, reversed_at__isnull=True
    )
    return come.order_by("-paid_on", "-id")


def _last(row: tuple[Any, ...]) -> LastPayment:
    amount, paid_on, method = row
    return LastPayment(amount, paid_on, PaymentMethod(method).label)


def list_payments(consumer: int, *, cursor: str = "", size: int = 25) -> Page[PaymentRow]:
    """A page of the consumer's payments, newest first; one statement."""
    found = page_of(
        Payment.objects.filter(consumer=consumer), sort=NEWEST_FIRST, cursor=cursor, size=size
    )
    return Page([_row(each) for each in found.rows], found.next_cursor, found.previous_cursor)


def _row(payment: Payment) -> PaymentRow:
    return PaymentRow(
        id=payment.pk,
        number=payment.number,
        paid_on=payment.paid_on,
        reference=payment.reference,
        amount=payment.amount,
        method=payment.get_method_display(),
        state=state_of(payment),
        why=payment.reversal_reason or payment.failure,
    )


def state_of(payment: Payment) -> str:
    """The stored state, or REVERSED."""
    return REVERSED if payment.reversed_at else payment.state


def is_recorded(source: str, reference: str) -> bool:
    """Whether a payment of this source has this reference already."""
    return Payment.objects.filter(source=source, reference=reference).exists()


def payment_facts(payment: int, *, to: Person | None = None) -> PaymentFacts:
    """A payment's receipt as ``to`` may see it; None is the consumer."""
    found = Payment.objects.select_related(
        "consumer__category", "consumer__subcategory", "recorded_by", "reversed_by"
    ).get(pk=payment)
    consumer = found.consumer
    name, email = consumer.name, consumer.email
    if to is not None:
        seen = shown(consumer, to=to, addresses=())
        name, email = seen.name, seen.email
    return PaymentFacts(
        id=found.pk,
        number=found.number,
        amount=found.amount,
        method=found.get_method_display(),
        reference=found.reference,
        paid_on=found.paid_on,
        state=state_of(found),
        why=found.reversal_reason or found.failure,
        recorded_at=found.recorded_at,
        recorded_by=found.recorded_by.full_name if found.recorded_by else "",
        settled_at=found.settled_at,
        reversed_at=found.reversed_at,
        reversed_by=found.reversed_by.full_name if found.reversed_by else "",
        account_number=consumer.account_number,
        name=name,
        email=email,
        outstanding=balances_of(consumer.pk).outstanding,
    )


# ------------------------------------------------------------------ receipts
def receipt_key(number: str) -> str:
    """Under which the making of a payment's receipt is owed."""
    return f"payment-receipt:{number}"


def has_receipt(payment: int) -> bool:
    """Whether the PDF of a payment is there already."""
    return Payment.objects.filter(pk=payment, receipt__isnull=False).exists()


def receipt_state(payment: Payment) -> ReceiptState:
    """Whether the PDF is there, will be, could not be made, or waits for the money."""
    if payment.receipt_id is not None:
        return ReceiptState.READY
    if payment.state != PaymentState.PROCESSED:
        return ReceiptState.NOT_YET
    failed = OwedWork.objects.filter(dedupe_key=receipt_key(payment.number), state=OwedState.FAILED)
    return ReceiptState.FAILED if failed.exists() else ReceiptState.BEING_MADE
