"""Taking a payment back: the mirror is posted, and what it paid is owed again (M2, M4)."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError

from billing.choices import PostingKind
from billing.models import LedgerTransaction, Payment
from billing.operations.payments import UnableToReversePayment, attach_receipt, reverse_payment
from billing.queries.accounts import balances_of
from billing.queries.payments import REVERSED, last_payment, list_payments
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import DAY, cheque, owe, pay
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums

pytestmark = pytest.mark.django_db


def test_a_reversed_payment_is_owed_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    owe(consumer, "456.78", at=at)
    first = pay(consumer, "50.00", by=person(Role.BILLING), at=at, paid_on=DAY - timedelta(days=2))
    second = pay(consumer, "150.00", by=person(Role.BILLING), at=at)
    made = reverse_payment(payment=second.pk, reason="Wrong account", by=boss, at=at)
    assert balances_of(consumer.pk).outstanding == Decimal("406.78")
    mirror = LedgerTransaction.objects.get(kind=PostingKind.REVERSAL)
    assert (mirror.reverses, mirror.reference) == (second.posting, second.number)
    assert (made.reversed_by, made.reversal_reason) == (boss, "Wrong account")
    entry = Entry.objects.get(consumer=consumer, kind=Event.PAYMENT_REVERSED)
    assert entry.text is not None
    assert entry.text.text == "Wrong account"
    found = last_payment(consumer.pk)
    assert found is not None
    assert found.amount == first.amount
    newest = list_payments(consumer.pk).rows[0]
    assert (newest.number, newest.state, newest.why) == (second.number, REVERSED, "Wrong account")


def test_the_only_payment_reversed_leaves_none(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer = make_consumer()
    made = pay(consumer, by=person(Role.BILLING), at=at)
    reverse_payment(payment=made.pk, reason="Bounced", by=person(Role.SUPERVISOR), at=at)
    assert last_payment(consumer.pk) is None
    assert balances_of(consumer.pk).outstanding == 0


def test_refuses_and_leaves_nothing_behind(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss, by = make_consumer(), person(Role.SUPERVISOR), person(Role.BILLING)
    own = pay(consumer, by=boss, at=at)
    other = pay(consumer, by=by, at=at)
    waiting = cheque(consumer, by=by, at=at)
    gone = pay(consumer, by=by, at=at)
    reverse_payment(payment=gone.pk, reason="Bounced", by=boss, at=at)
    before = checksums()
    for payment, reason, sentence, status in (
        (own, "Mine", "Somebody else must reverse a payment that you recorded", 403),
        (other, "", "This field is required.", 422),
        (waiting, "x", f"{waiting.number} is Pending: there is nothing to reverse", 409),
        (gone, "x", f"{gone.number} was reversed by David Chen already", 409),
    ):
        with pytest.raises(UnableToReversePayment) as refused:
            reverse_payment(payment=payment.pk, reason=reason, by=boss, at=at)
        assert (refused.value.sentence, refused.value.http_status) == (sentence, status)
    assert checksums() == before


def test_the_same_form_shows_the_result_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    made = pay(make_consumer(), by=person(Role.BILLING), at=at)
    boss, key = person(Role.SUPERVISOR), uuid4()
    for _ in range(2):
        reverse_payment(payment=made.pk, reason="Bounced", by=boss, at=at, form_key=key)
    assert LedgerTransaction.objects.filter(kind=PostingKind.REVERSAL).count() == 1


def test_the_database_refuses_a_reversal_by_who_recorded_it(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by = person(Role.SUPERVISOR)
    made = pay(make_consumer(), by=by, at=at)
    taken_back = {"reversed_at": at, "reversed_by": by, "reversal_reason": "Mine"}
    with pytest.raises(IntegrityError, match="a_reversal_takes_two_people"):
        Payment.objects.filter(pk=made.pk).update(**taken_back)


def test_a_receipt_that_was_made_stays(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    made = pay(make_consumer(), by=person(Role.BILLING), at=at)
    attach_receipt(payment=made.pk, body=b"%PDF-1.7 the receipt", at=at)
    with pytest.raises(IntegrityError, match="stays as it is"):
        Payment.objects.filter(pk=made.pk).update(receipt=None)
