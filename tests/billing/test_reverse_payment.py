"""Taking a payment back by two people: its mirror is posted, it is owed again (M2, M4)."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError

from billing.choices import PostingKind, ProposalState
from billing.models import LedgerTransaction, Payment, Reversal
from billing.operations.payments import attach_receipt
from billing.operations.reversals import (
    UnableToDecideReversal,
    UnableToProposeReversal,
    approve_reversal,
    propose_reversal,
    reject_reversal,
)
from billing.queries.accounts import balances_of
from billing.queries.payments import REVERSED, last_payment, list_payments
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import DAY, cheque, owe, pay, propose_back, take_back
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums, put_back

pytestmark = pytest.mark.django_db
REVERSALS = (Event.REVERSAL_PROPOSED, Event.REVERSAL_REJECTED, Event.PAYMENT_REVERSED)


def lines(consumer: int) -> list[tuple[str, str]]:
    """Kind and words of what the timeline says of reversals, in order."""
    found = Entry.objects.filter(consumer=consumer, kind__in=REVERSALS).order_by("pk")
    return [(each.kind, each.text.text if each.text else "") for each in found]


def test_a_reversed_payment_is_owed_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    owe(consumer, "456.78", at=at)
    first = pay(consumer, "50.00", by=person(Role.BILLING), at=at, paid_on=DAY - timedelta(days=2))
    second = pay(consumer, "150.00", by=person(Role.BILLING), at=at)
    asked = propose_back(second, "Wrong account", at=at)
    assert balances_of(consumer.pk).outstanding == Decimal("256.78"), "nothing is posted yet"
    done = approve_reversal(reversal=asked.pk, by=boss, at=at)
    assert balances_of(consumer.pk).outstanding == Decimal("406.78")
    mirror = LedgerTransaction.objects.get(kind=PostingKind.REVERSAL)
    assert (mirror.reverses, mirror.reference) == (second.posting, second.number)
    assert (done.state, done.posting, done.decided_by) == ("APPROVED", mirror, boss)
    second.refresh_from_db()
    assert (second.reversed_by, second.reversal_reason) == (boss, "Wrong account")
    assert lines(consumer.pk) == [
        (Event.REVERSAL_PROPOSED, "Wrong account"),
        (Event.PAYMENT_REVERSED, "Wrong account"),
    ]
    found = last_payment(consumer.pk)
    assert found is not None
    assert found.amount == first.amount
    newest = list_payments(consumer.pk).rows[0]
    assert (newest.number, newest.state, newest.why) == (second.number, REVERSED, "Wrong account")


def test_the_only_payment_reversed_leaves_none(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer = make_consumer()
    take_back(pay(consumer, by=person(Role.BILLING), at=at), by=person(Role.SUPERVISOR), at=at)
    assert last_payment(consumer.pk) is None
    assert balances_of(consumer.pk).outstanding == 0


def test_a_rejected_one_leaves_the_payment_and_may_be_followed(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    made = pay(consumer, by=person(Role.BILLING), at=at)
    asked = propose_back(made, at=at)
    done = reject_reversal(reversal=asked.pk, reason="It has come", by=boss, at=at)
    assert (done.state, done.decision) == (ProposalState.REJECTED, "It has come")
    assert balances_of(consumer.pk).credit == Decimal("150.00")
    assert lines(consumer.pk) == [
        (Event.REVERSAL_PROPOSED, "Bounced"), (Event.REVERSAL_REJECTED, "It has come"),
    ]  # fmt: skip
    take_back(made, by=boss, at=at)
    assert balances_of(consumer.pk).credit == 0


def test_refuses_to_propose_and_leaves_nothing_behind(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss, by = make_consumer(), person(Role.SUPERVISOR), person(Role.BILLING)
    other = pay(consumer, by=by, at=at)
    waiting = cheque(consumer, by=by, at=at)
    gone, asked = pay(consumer, by=by, at=at), pay(consumer, by=by, at=at)
    take_back(gone, by=boss, at=at)
    propose_back(asked, at=at)
    before = checksums()
    for payment, reason, sentence, status in (
        (other, "", "This field is required.", 422),
        (waiting, "x", f"{waiting.number} is Pending: there is nothing to reverse", 409),
        (gone, "x", f"{gone.number} was reversed by David Chen already", 409),
        (asked, "x", "A reversal of this payment was proposed already", 409),
    ):
        with pytest.raises(UnableToProposeReversal) as refused:
            propose_reversal(payment=payment.pk, reason=reason, by=by, at=at)
        assert (refused.value.sentence, refused.value.http_status) == (sentence, status)
    assert checksums() == before


def test_refuses_to_decide_and_leaves_nothing_behind(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """X6: neither who proposed it, nor who recorded the payment; and once."""
    consumer, boss, by = make_consumer(), person(Role.SUPERVISOR), person(Role.BILLING)
    proposed = propose_back(pay(consumer, by=by, at=at), by=boss, at=at)
    recorded = propose_back(pay(consumer, by=boss, at=at), by=by, at=at)
    other = propose_back(pay(consumer, by=by, at=at), at=at)
    gone = propose_back(pay(consumer, by=by, at=at), at=at)
    approve_reversal(reversal=gone.pk, by=boss, at=at)
    before = checksums()
    for reversal, sentence in (
        (proposed, "Somebody else must decide a reversal that you proposed"),
        (recorded, "Somebody else must reverse a payment that you recorded"),
        (gone, "Approved by David Chen already"),
    ):
        with pytest.raises(UnableToDecideReversal, match=sentence):
            approve_reversal(reversal=reversal.pk, by=boss, at=at)
    for reversal, reason, sentence in (
        (proposed, "x", "Somebody else must decide a reversal that you proposed"),
        (other, "", "This field is required."),
        (gone, "x", "Approved by David Chen already"),
    ):
        with pytest.raises(UnableToDecideReversal, match=sentence):
            reject_reversal(reversal=reversal.pk, reason=reason, by=boss, at=at)
    assert checksums() == before


def test_the_same_form_shows_the_result_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """R4: each of the three acts."""
    by, boss = person(Role.BILLING), person(Role.SUPERVISOR)
    made, key = pay(make_consumer(), by=by, at=at), uuid4()
    (first,) = {
        propose_reversal(payment=made.pk, reason="No", by=by, at=at, form_key=key).pk
        for _ in range(2)
    }
    for _ in range(2):
        reject_reversal(reversal=first, reason="It has come", by=boss, at=at, form_key=key)
    second = propose_back(made, at=at)
    for _ in range(2):
        approve_reversal(reversal=second.pk, by=boss, at=at, form_key=key)
    assert LedgerTransaction.objects.filter(kind=PostingKind.REVERSAL).count() == 1
    assert len(lines(made.consumer_id)) == 4


# ------------------------------------------------------------------ what the database refuses
@pytest.mark.database
@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"decided_by": "proposed_by"}, "a_reversal_is_decided_by_another"),
        ({"posting": None}, "an_approved_reversal_is_posted"),
        ({"decided_by": None}, "a_decided_reversal_says_by_whom"),
        ({"reason": "Another"}, "reversals_are_decided_once"),
    ],
)
def test_the_database_itself_takes_two_people(
    changes: dict[str, str | None], constraint: str, make_consumer: MakeConsumer,
    person: MakePerson, at: datetime,
) -> None:  # fmt: skip
    by, boss = person(Role.BILLING), person(Role.SUPERVISOR)
    made, other = (pay(make_consumer(), by=by, at=at) for _ in range(2))
    asked = propose_back(made, at=at)
    decided = {
        "state": ProposalState.APPROVED, "decided_at": at, "decided_by": boss.pk,
        "posting": other.posting_id,
    }  # fmt: skip
    right = {**decided, **changes}
    if right["decided_by"] == "proposed_by":
        right["decided_by"] = by.pk
    with put_back(), pytest.raises(IntegrityError, match=constraint):
        Reversal.objects.filter(pk=asked.pk).update(**right)


@pytest.mark.database
def test_a_payment_is_not_taken_back_past_its_reversal(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Neither without one, nor while it waits."""
    made, boss = pay(make_consumer(), by=person(Role.BILLING), at=at), person(Role.SUPERVISOR)
    for _ in range(2):
        with put_back(), pytest.raises(IntegrityError, match="is taken back by two people"):
            Payment.objects.filter(pk=made.pk).update(
                reversed_at=at, reversed_by=boss, reversal_reason="Alone"
            )
        if not made.reversals.exists():
            propose_back(made, at=at)


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
