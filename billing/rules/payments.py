"""What can be a payment, a refund, a deposit: amounts, days, and how much there is to give back."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.choices import PaymentMethod, PaymentSource, PaymentState, RefundFrom
from smart360.kernel.money import CENT
from smart360.web.amounts import TOO_LARGE

NOT_POSITIVE = "Enter an amount above 0.00"
TOO_PRECISE = "Ensure that there are no more than 2 decimal places."
NOT_A_NUMBER = "Enter a number."
IN_THE_FUTURE = "Payment date cannot be in the future"
TOO_OLD = "Payment date is more than a year ago"
WITHOUT_REFERENCE = "Enter the reference by which the bank knows this payment"
LONGEST_REFERENCE = 60
A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PaymentWish:
    """A payment as it was told to us.

    ``has_come`` is False for a cheque that has not cleared: nothing is posted until it has.
    """

    consumer: int
    amount: Decimal
    method: str
    paid_on: date
    reference: str = ""
    has_come: bool = True
    source: str = PaymentSource.DESK

    @property
    def state(self) -> PaymentState:
        """At the desk only a cheque can be waited for; a gateway may announce any payment."""
        may_wait = self.method == PaymentMethod.CHEQUE or self.source == PaymentSource.GATEWAY
        return PaymentState.PENDING if may_wait and not self.has_come else PaymentState.PROCESSED

    @property
    def needs_reference(self) -> bool:
        """Whether somebody else keeps this payment under a reference of theirs: all but cash."""
        return self.method != PaymentMethod.CASH or self.source != PaymentSource.DESK


@dataclass(frozen=True, slots=True)
class RefundWish:
    """Money to give back, as somebody proposes it."""

    consumer: int
    source: str
    amount: Decimal
    method: str
    reason: str


@dataclass(frozen=True, slots=True)
class DepositWish:
    """A security deposit as it was paid."""

    consumer: int
    amount: Decimal
    received_on: date


def why_not_amount(amount: Decimal, *, limit: Decimal) -> str:
    """The sentence that refuses ``amount`` as a sum to pay, or ``""`` (bad-inputs.md 62 to 67)."""
    if not amount.is_finite():
        return NOT_A_NUMBER
    if amount > limit:
        return TOO_LARGE
    if amount <= 0:
        return NOT_POSITIVE
    return "" if amount == amount.quantize(CENT) else TOO_PRECISE


def why_not_paid_on(day: date, *, today: date) -> str:
    """The sentence that refuses ``day`` as the day of a payment, or ``""``."""
    if day > today:
        return IN_THE_FUTURE
    return TOO_OLD if day < today - A_YEAR else ""


def more_than_there_is(source: str, shown: str) -> str:
    """The sentence for a refund of more than there is; ``shown`` is what there is."""
    what = "deposit" if source == RefundFrom.DEPOSIT else "credit"
    return f"Refund is more than the {what} of {shown}"
