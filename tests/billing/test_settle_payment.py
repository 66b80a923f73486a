"""What becomes of a cheque: Pending to Processed or Failed, once (CON9, M4)."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError

from billing.choices import PaymentState
from billing.models import LedgerTransaction, Payment
from billing.operations.payments import UnableToSettlePayment, settle_payment
from billing.queries.accounts import balances_of
from billing.queries.payments import last_payment, receipt_key
from smart360.comms.models import Message
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import cheque, owe, pay
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums

pytestmark = pytest.mark.django_db


def test_a_cheque_that_clears_is_posted_as_of_that_day(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.BILLING)
    owe(consumer, "456.78", at=at)
    waiting = cheque(consumer, "150.00", by=by, at=at)
    later = at + timedelta(days=3)
    made = settle_payment(payment=waiting.pk, has_come=True, by=by, at=later)
    assert made.state == PaymentState.PROCESSED
    assert made.posting is not None
    assert str(made.posting.valued_on) == "2024-12-13"
    assert balances_of(consumer.pk).outstanding == Decimal("306.78")
    entry = Entry.objects.get(consumer=consumer, kind=Event.PAYMENT_PROCESSED)
    assert (entry.old, entry.new["state"]) == ({"state": "PENDING"}, "PROCESSED")
    assert Message.objects.filter(dedupe_key=f"payment.received:{made.number}").count() == 1
    assert OwedWork.objects.filter(dedupe_key=receipt_key(made.number)).count() == 1


def test_a_cheque_that_fails_pays_nothing_and_says_why(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """M17: a failed payment newer than a good one is not the last."""
    consumer, by = make_consumer(), person(Role.BILLING)
    pay(consumer, "20.00", by=by, at=at)
    waiting = cheque(consumer, "150.00", by=by, at=at)
    made = settle_payment(
        payment=waiting.pk, has_come=False, failure="No funds", by=by, at=at + timedelta(days=3)
    )
    assert (made.state, made.failure, made.posting) == (PaymentState.FAILED, "No funds", None)
    assert balances_of(consumer.pk).credit == Decimal("20.00")
    found = last_payment(consumer.pk)
    assert found is not None
    assert found.amount == Decimal("20.00")
    entry = Entry.objects.get(consumer=consumer, kind=Event.PAYMENT_FAILED)
    assert entry.text is not None
    assert entry.text.text == "No funds"
    assert not OwedWork.objects.filter(dedupe_key=receipt_key(made.number)).exists()


def test_a_failure_says_why(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> None:
    by = person(Role.BILLING)
    waiting = cheque(make_consumer(), by=by, at=at)
    before = checksums()
    with pytest.raises(UnableToSettlePayment) as refused:
        settle_payment(payment=waiting.pk, has_come=False, by=by, at=at)
    assert (refused.value.field, refused.value.http_status) == ("failure", 422)
    assert checksums() == before


@pytest.mark.parametrize("has_come", [True, False])
def test_it_is_settled_once(
    has_come: bool, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by = person(Role.BILLING)
    waiting = cheque(make_consumer(), by=by, at=at)
    settle_payment(payment=waiting.pk, has_come=has_come, failure="No funds", by=by, at=at)
    before = checksums()
    for again in (True, False):
        with pytest.raises(UnableToSettlePayment) as refused:
            settle_payment(payment=waiting.pk, has_come=again, failure="Other", by=by, at=at)
        word = "Processed" if has_come else "Failed"
        assert refused.value.sentence == f"{waiting.number} is {word} already"
        assert refused.value.http_status == 409
    assert checksums() == before


def test_the_same_form_shows_the_result_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by, key = person(Role.BILLING), uuid4()
    waiting = cheque(make_consumer(), by=by, at=at)
    for _ in range(2):
        made = settle_payment(payment=waiting.pk, has_come=True, by=by, at=at, form_key=key)
        assert made.state == PaymentState.PROCESSED
    assert LedgerTransaction.objects.count() == 1


@pytest.mark.parametrize("changed", ["amount", "reference", "state", "posting_id", "paid_on"])
def test_what_is_settled_stays(
    changed: str, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    made = pay(make_consumer(), by=person(Role.BILLING), at=at)
    values = {
        "amount": Decimal("1.00"), "reference": "x", "state": "FAILED", "posting_id": None,
        "paid_on": "2024-12-01",
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="stays as it is"):
        Payment.objects.filter(pk=made.pk).update(**{changed: values[changed]})
