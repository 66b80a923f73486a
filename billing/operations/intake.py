"""The acts of a payment gateway: tell of a payment, tell what became of it (BIL7, M13).

A message's effect and the answer to it are stored together, so that a gateway that heard nothing
may send it again and hears the same. What was refused left nothing behind, not even its key.
"""

from datetime import datetime

from billing.choices import PaymentState
from billing.models import IntakeAnswer, Payment
from billing.operations.payments import locked_payment, settle, take
from billing.queries.intake import answer_under, consumer_with, told_as
from billing.rules.intake import (
    ANOTHER_CURRENCY,
    KEY_IS_USED,
    NO_SUCH_ACCOUNT,
    NOT_FAILED,
    Answer,
    Delivery,
    IntakeWish,
)
from consumers import guards
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import REQUIRED
from smart360.organisation.queries import get_utility


class UnableToTakeMessage(Refusal):
    """A gateway's message names what there is not, or comes under a key that is used."""


refuses({"an_idempotency_key_is_answered_once": UnableToTakeMessage(KEY_IS_USED, is_conflict=True)})


@operation
def take_payment(*, wish: IntakeWish, sent: Delivery, at: datetime) -> Answer:
    """Take a payment as a gateway tells of it. The same message again gives the first answer.

    Raises UnableToTakeMessage, UnableToRecordPayment, UnableToSettlePayment.
    """
    if earlier := _earlier(sent):
        return earlier
    key = consumer_with(wish.account_number)
    if key is None:
        raise UnableToTakeMessage(NO_SUCH_ACCOUNT, field="account_number")
    consumer = guards.lock_consumer(key)
    if earlier := _earlier(sent):  # the same message, which came first and held the row
        return earlier
    currency = get_utility().currency
    if wish.currency != currency:
        raise UnableToTakeMessage(ANOTHER_CURRENCY.format(currency=currency), field="currency")
    has_failed = wish.state == PaymentState.FAILED
    _check_failure(wish.failure, has_failed=has_failed)
    payment = take(wish.payment(consumer.pk), consumer, by=None, at=at)
    if has_failed:
        settle(payment, consumer, has_come=False, failure=wish.failure, by=None, at=at)
    return _answer(201, payment, wish.account_number, sent=sent, at=at)


@operation
def settle_told_payment(
    *, payment: int, has_come: bool, failure: str, sent: Delivery, at: datetime
) -> Answer:
    """Settle a pending payment as a gateway tells. The same message again gives the first answer.

    Raises UnableToTakeMessage, UnableToSettlePayment.
    """
    if earlier := _earlier(sent):  # whatever became of the account since
        return earlier
    locked, consumer = locked_payment(payment, even_merged=True)
    if earlier := _earlier(sent):  # the same message, which came first and held the row
        return earlier
    guards.refuse_if_merged(consumer)
    _check_failure(failure, has_failed=not has_come)
    settle(locked, consumer, has_come=has_come, failure=failure, by=None, at=at)
    return _answer(200, locked, consumer.account_number, sent=sent, at=at)


def _check_failure(failure: str, *, has_failed: bool) -> None:
    if has_failed and not failure:
        raise UnableToTakeMessage(REQUIRED, field="failure")
    if failure and not has_failed:
        raise UnableToTakeMessage(NOT_FAILED, field="failure")


def _earlier(sent: Delivery) -> Answer | None:
    """What was answered to this message; a refusal when its key was used for another."""
    found = answer_under(sent.api_key, sent.key)
    if found is None:
        return None
    if found.body_digest != sent.digest:
        raise UnableToTakeMessage(KEY_IS_USED, is_conflict=True)
    return Answer(found.status, found.answer)


@step
def _answer(
    status: int, payment: Payment, account_number: str, *, sent: Delivery, at: datetime
) -> Answer:
    """Keep what is answered. Two messages under one key for two accounts meet here."""
    body = told_as(payment, account_number=account_number, currency=get_utility().currency)
    IntakeAnswer.objects.create(
        api_key_id=sent.api_key,
        key=sent.key,
        body_digest=sent.digest,
        status=status,
        answer=body,
        payment=payment,
        at=at,
    )
    return Answer(status, body)
