"""Paying from a test, as a desk would."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from billing.models import DepositReceipt, Payment, Refund, Reversal
from billing.operations.deposits import receive_deposit
from billing.operations.payments import record_payment
from billing.operations.refunds import propose_refund
from billing.operations.reversals import approve_reversal, propose_reversal
from billing.rules.payments import DepositWish, PaymentWish, RefundWish
from consumers.models import Consumer
from smart360.staff.models import Person
from tests.billing.posting import charge, post_now

DAY = date(2024, 12, 10)


def payment_wish(consumer: Consumer, amount: str = "150.00", **wishes: Any) -> PaymentWish:
    """A bank transfer of today, with a reference of its own."""
    chosen: dict[str, Any] = {
        "method": "BANK_TRANSFER", "paid_on": DAY, "reference": f"BT-{uuid4().hex[:8]}",
    }  # fmt: skip
    return PaymentWish(consumer=consumer.pk, amount=Decimal(amount), **(chosen | wishes))


def pay(
    consumer: Consumer, amount: str = "150.00", *, by: Person, at: datetime, **wishes: Any
) -> Payment:
    """A payment that the desk records."""
    return record_payment(wish=payment_wish(consumer, amount, **wishes), by=by, at=at)


def cheque(consumer: Consumer, amount: str = "150.00", *, by: Person, at: datetime) -> Payment:
    """A cheque that has still to clear."""
    return pay(consumer, amount, by=by, at=at, method="CHEQUE", has_come=False)


def propose_back(
    payment: Payment, reason: str = "Bounced", *, at: datetime, by: Person | None = None
) -> Reversal:
    """A reversal that waits; who recorded the payment proposes it, unless it is said."""
    proposer = by or payment.recorded_by
    assert proposer is not None
    return propose_reversal(payment=payment.pk, reason=reason, by=proposer, at=at)


def take_back(payment: Payment, reason: str = "Bounced", *, by: Person, at: datetime) -> Payment:
    """A payment that two people take back; ``by`` approves it."""
    asked = propose_back(payment, reason, at=at)
    return approve_reversal(reversal=asked.pk, by=by, at=at).payment


def owe(consumer: Consumer, amount: str, *, at: datetime) -> None:
    """Let the consumer owe so much more."""
    post_now(charge(consumer, amount), at=at)


def refund_wish(consumer: Consumer, amount: str = "30.00", **wishes: Any) -> RefundWish:
    """A credit to give back by bank transfer."""
    chosen: dict[str, Any] = {
        "source": "CREDIT", "method": "BANK_TRANSFER", "reason": "Paid twice",
    }  # fmt: skip
    return RefundWish(consumer=consumer.pk, amount=Decimal(amount), **(chosen | wishes))


def propose(
    consumer: Consumer, amount: str = "30.00", *, by: Person, at: datetime, **wishes: Any
) -> Refund:
    """A refund that waits for somebody to decide it."""
    return propose_refund(wish=refund_wish(consumer, amount, **wishes), by=by, at=at)


def deposit(
    consumer: Consumer, amount: str = "200.00", *, by: Person, at: datetime
) -> DepositReceipt:
    """A security deposit of today."""
    wish = DepositWish(consumer=consumer.pk, amount=Decimal(amount), received_on=DAY)
    return receive_deposit(wish=wish, by=by, at=at)
