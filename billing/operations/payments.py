"""The acts on payments: record, settle, keep the receipt (BIL7)."""

import uuid
from datetime import date, datetime

from billing import ledger
from billing.choices import LedgerKind, PaymentMethod, PaymentSource, PaymentState, PostingKind
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction, Payment
from billing.notices import payment_received
from billing.operations.arrangements import bring_up_to_date
from billing.queries.accounts import balances_of
from billing.queries.payments import is_recorded, receipt_key
from billing.queries.policies import get_policy
from billing.rules.payments import (
    WITHOUT_REFERENCE,
    PaymentWish,
    why_not_amount,
    why_not_paid_on,
)
from consumers import guards
from consumers.models import Consumer
from smart360.documents.store import store_pdf
from smart360.kernel.db import operation, step
from smart360.kernel.errors import Refusal, refusing
from smart360.kernel.numbering import next_number
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import day_of
from smart360.owed.book import owe, owe_again
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

RECORD = "billing.record_payment"
SETTLE = "billing.settle_payment"
RECEIPT = "billing.payment_receipt"


class UnableToRecordPayment(Refusal):
    """The payment cannot be taken as it was told."""


class UnableToSettlePayment(Refusal):
    """The payment was settled already, or nobody said why it failed."""


@operation
def record_payment(
    *, wish: PaymentWish, by: Person | None, at: datetime, form_key: uuid.UUID | None = None
) -> Payment:
    """Take a payment: posted at once when the money has come, Pending until it has (a cheque).

    ``by`` is None for a gateway. The same form key gives the first payment again. Raises
    NoSuchConsumer, UnableToRecordPayment, and UnableToSubmitAgain when the form says something
    else than before.
    """
    consumer = guards.lock_consumer(wish.consumer)
    if by and form_key:
        earlier = _claimed(form_key, wish, by=by, at=at)
        if earlier:
            return Payment.objects.get(number=earlier)
    payment = take(wish, consumer, by=by, at=at)
    if by and form_key:
        form_keys.submitted(form_key, form="", by=by.pk, act=RECORD, result=payment.number)
    return payment


@step
def take(wish: PaymentWish, consumer: Consumer, *, by: Person | None, at: datetime) -> Payment:
    """Take a payment of ``consumer``, whose row is held: at the desk, or as a gateway told of it.

    Raises UnableToRecordPayment.
    """
    _check(wish, day_of(at))
    payment = _store(wish, consumer, by=by.pk if by else None, at=at)
    record(
        Event.PAYMENT_RECORDED,
        by=payment.recorded_by_id,
        at=at,
        consumer=consumer.pk,
        new={**_facts(payment), "method": payment.method, "state": payment.state},
    )
    if payment.state == PaymentState.PROCESSED:
        _owe_receipt(payment, consumer, at=at)
    return payment


def _claimed(form_key: uuid.UUID, wish: PaymentWish, *, by: Person, at: datetime) -> str | None:
    said = {
        "amount": f"{wish.amount:f}",
        "method": wish.method,
        "paid_on": wish.paid_on,
        "reference": wish.reference,
        "has_come": wish.has_come,
    }
    about = form_keys.with_contents(str(wish.consumer), said)
    return form_keys.claim(form_key, by=by.pk, act=RECORD, about=about, at=at)


def _check(wish: PaymentWish, today: date) -> None:
    limit = get_policy().largest_payment
    if sentence := why_not_amount(wish.amount, limit=limit):
        raise UnableToRecordPayment(sentence, field="amount")
    if wish.method not in PaymentMethod.values or wish.source not in PaymentSource.values:
        raise UnableToRecordPayment(NOT_OFFERED, field="method")
    if sentence := why_not_paid_on(wish.paid_on, today=today):
        raise UnableToRecordPayment(sentence, field="paid_on")
    if not wish.reference and wish.needs_reference:
        raise UnableToRecordPayment(WITHOUT_REFERENCE, field="reference")
    if wish.reference and is_recorded(wish.source, wish.reference):
        raise _is_recorded(wish.reference)


def _is_recorded(reference: str) -> UnableToRecordPayment:
    """M13: a reference is one payment's, whoever recorded it and for whom."""
    return UnableToRecordPayment(
        f"Payment {reference} is already recorded", field="reference", is_conflict=True
    )


def _store(wish: PaymentWish, consumer: Consumer, *, by: int | None, at: datetime) -> Payment:
    """The payment, and its posting when the money has come."""
    payment = Payment(
        number=next_number(series="PAY", year=day_of(at).year),
        consumer=consumer,
        source=wish.source,
        reference=wish.reference,
        method=wish.method,
        amount=wish.amount,
        paid_on=wish.paid_on,
        state=wish.state,
        recorded_at=at,
        recorded_by_id=by,
    )
    if payment.state == PaymentState.PROCESSED:
        payment.settled_at = at
        payment.posting = _post(payment, valued_on=wish.paid_on, by=by, at=at)
    # Somebody at another account may be storing the same reference: the index decides.
    with refusing({"a_payment_reference_is_used_once": _is_recorded(wish.reference)}):
        payment.save(force_insert=True)
    return payment


@step
def _post(payment: Payment, *, valued_on: date, by: int | None, at: datetime) -> LedgerTransaction:
    """The money is in the bank, and the consumer owes so much less."""
    before = balances_of(payment.consumer_id).outstanding
    posted = ledger.post(
        Posting(
            kind=PostingKind.PAYMENT,
            consumer=payment.consumer_id,
            reference=payment.number,
            valued_on=valued_on,
            legs=[
                Leg(LedgerKind.CASH, payment.amount),
                Leg(LedgerKind.RECEIVABLE, -payment.amount),
            ],
        ),
        by=by,
        at=at,
    )
    bring_up_to_date(payment.consumer_id, before=before, by=by, at=at)
    return posted


@operation
def settle_payment(
    *,
    payment: int,
    has_come: bool,
    failure: str = "",
    by: Person | None,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Payment:
    """A pending payment has come and is posted, or has failed for the reason ``failure``.

    Raises UnableToSettlePayment.
    """
    locked, consumer = locked_payment(payment)
    said = {"has_come": has_come, "failure": failure}
    who = by.pk if by else None
    if form_keys.is_repeated(form_key, locked.number, said, by=who, act=SETTLE, at=at):
        return locked
    settle(locked, consumer, has_come=has_come, failure=failure, by=by, at=at)
    return locked


@step
def settle(
    locked: Payment,
    consumer: Consumer,
    *,
    has_come: bool,
    failure: str,
    by: Person | None,
    at: datetime,
) -> None:
    """Settle a payment whose row, and its consumer's, are held. Raises UnableToSettlePayment."""
    if locked.state != PaymentState.PENDING:
        raise UnableToSettlePayment(
            f"{locked.number} is {locked.get_state_display()} already", is_conflict=True
        )
    if not has_come and not failure:
        raise UnableToSettlePayment(REQUIRED, field="failure")
    actor = by.pk if by else None
    locked.settled_at = at
    if has_come:
        locked.state = PaymentState.PROCESSED
        locked.posting = _post(locked, valued_on=day_of(at), by=actor, at=at)
    else:
        locked.state = PaymentState.FAILED
        locked.failure = failure
    locked.save(update_fields=["state", "settled_at", "posting", "failure"])
    record(
        Event.PAYMENT_PROCESSED if has_come else Event.PAYMENT_FAILED,
        by=actor,
        at=at,
        consumer=consumer.pk,
        old={"state": PaymentState.PENDING},
        new={**_facts(locked), "state": locked.state},
        words=failure,
    )
    if has_come:
        _owe_receipt(locked, consumer, at=at)


@operation
def attach_receipt(*, payment: int, body: bytes, at: datetime) -> Payment:
    """Keep a payment's receipt. A second one changes nothing: the consumer has the first.

    Raises UnableToStore of ``documents.store``.
    """
    locked, consumer = locked_payment(payment, even_merged=True)
    if locked.receipt_id is not None:
        return locked
    locked.receipt = store_pdf(title=f"Receipt {locked.number}", body=body, by=None, at=at)
    locked.save(update_fields=["receipt"])
    record(
        Event.DOCUMENT_MADE,
        by=None,
        at=at,
        consumer=consumer.pk,
        new={**_facts(locked), "document": "receipt", "sha256": locked.receipt.sha256},
    )
    return locked


@operation
def retry_receipt(*, payment: int, by: Person, at: datetime) -> None:
    """Let a worker try again to make a receipt that could not be made.

    Raises UnableToRetry of ``owed.book`` when it has not failed.
    """
    locked, consumer = locked_payment(payment, even_merged=True)
    owe_again(receipt_key(locked.number), at=at)
    record(
        Event.DOCUMENT_RETRIED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        new={**_facts(locked), "document": "receipt"},
    )


# ------------------------------------------------------------------ steps of these acts
def locked_payment(payment: int, *, even_merged: bool = False) -> tuple[Payment, Consumer]:
    """The payment under its consumer's lock: one order for all.

    ``even_merged``: its paper alone is meant (``guards.lock_consumer``).
    """
    consumer = guards.lock_consumer(
        Payment.objects.values_list("consumer_id", flat=True).get(pk=payment),
        even_merged=even_merged,
    )
    locked = (
        Payment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("posting", "reversed_by")
        .get(pk=payment)
    )
    return locked, consumer


def _owe_receipt(payment: Payment, consumer: Consumer, *, at: datetime) -> None:
    """The paper, and a word to the consumer, once the money has come."""
    owe(RECEIPT, dedupe_key=receipt_key(payment.number), about={"payment": payment.pk}, at=at)
    payment_received(payment, consumer, outstanding=balances_of(consumer.pk).outstanding, at=at)


def _facts(payment: Payment) -> dict[str, str]:
    return {"payment": payment.number, "amount": str(payment.amount)}
