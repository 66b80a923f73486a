"""Refunds: proposed by one person, decided by another, never more than there is (M15)."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from billing.choices import LedgerKind, PostingKind, ProposalState
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction, Refund
from billing.operations.refunds import (
    UnableToDecideRefund,
    UnableToProposeRefund,
    approve_refund,
    propose_refund,
    reject_refund,
)
from billing.queries.accounts import balances_of
from billing.queries.refunds import list_waiting
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.billing.paying import deposit, owe, pay, propose, refund_wish
from tests.billing.posting import DAY, post_now
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums

pytestmark = pytest.mark.django_db


def test_a_proposal_posts_nothing_and_waits(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    pay(consumer, "150.00", by=by, at=at)
    made = propose(consumer, "30.00", by=by, at=at)
    assert made.number.startswith("REF-2024-")
    assert (made.state, made.needs_second_person) == (ProposalState.PROPOSED, False)
    assert balances_of(consumer.pk).credit == Decimal("150.00")
    entry = Entry.objects.get(consumer=consumer, kind=Event.REFUND_PROPOSED)
    assert entry.new == {
        "refund": made.number, "amount": "30.00", "source": "CREDIT", "method": "BANK_TRANSFER",
    }  # fmt: skip
    (row,) = list_waiting(Refund.objects.all(), to=by).rows
    assert (row.number, row.amount, row.is_own) == (made.number, Decimal("30.00"), True)


@pytest.mark.parametrize(("amount", "needs"), [("50.00", False), ("50.01", True)])
def test_above_the_policys_limit_it_takes_two(
    amount: str, needs: bool, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    pay(consumer, "150.00", by=by, at=at)
    assert propose(consumer, amount, by=by, at=at).needs_second_person is needs


def test_a_large_sum_in_small_pieces_takes_two(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Within thirty days they count together, for one person and one account."""
    boss, other = person(Role.SUPERVISOR), person(Role.RECOVERY)
    one, two = make_consumer(), make_consumer()
    for consumer in (one, two):
        pay(consumer, "500.00", by=other, at=at)
    small = propose(one, "50.00", by=boss, at=at)
    approve_refund(refund=small.pk, by=boss, at=at)
    piece = propose(one, "0.01", by=boss, at=at + timedelta(days=29))
    assert piece.needs_second_person
    with pytest.raises(UnableToDecideRefund, match="Somebody else"):
        approve_refund(refund=piece.pk, by=boss, at=at + timedelta(days=29))
    assert not propose(two, "50.00", by=boss, at=at).needs_second_person
    assert not propose(one, "50.00", by=other, at=at).needs_second_person
    reject_refund(refund=piece.pk, reason="Twice", by=person(Role.SUPERVISOR), at=at)
    assert not propose(one, "50.00", by=boss, at=at + timedelta(days=30)).needs_second_person


def test_an_approved_refund_is_posted_and_the_credit_smaller(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by, boss = make_consumer(), person(Role.RECOVERY), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=by, at=at)
    made = approve_refund(refund=propose(consumer, "150.00", by=by, at=at).pk, by=boss, at=at)
    assert (made.state, made.decided_by) == (ProposalState.APPROVED, boss)
    assert balances_of(consumer.pk).outstanding == 0
    assert made.posting is not None
    assert made.posting.kind == PostingKind.REFUND
    legs = {each.account.kind: each.amount for each in made.posting.entries.all()}
    assert legs == {"RECEIVABLE": Decimal("150.00"), "CASH": Decimal("-150.00")}
    entry = Entry.objects.get(consumer=consumer, kind=Event.REFUND_APPROVED)
    assert entry.actor == boss
    assert list_waiting(Refund.objects.all(), to=boss).rows == []


def test_a_deposit_goes_back(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> None:
    consumer, by, boss = make_consumer(), person(Role.RECOVERY), person(Role.SUPERVISOR)
    deposit(consumer, "200.00", by=by, at=at)
    asked = propose(consumer, "200.00", by=by, at=at, source="DEPOSIT")
    made = approve_refund(refund=asked.pk, by=boss, at=at)
    assert made.posting is not None
    assert made.posting.kind == PostingKind.DEPOSIT_REFUNDED
    assert balances_of(consumer.pk).deposit == 0


@pytest.mark.parametrize(
    ("wish", "field", "sentence"),
    [
        ({"amount": "150.01"}, "amount", "Refund is more than the credit of $150.00"),
        (
            {"amount": "200.01", "source": "DEPOSIT"},
            "amount",
            "Refund is more than the deposit of $200.00",
        ),
        ({"amount": "0"}, "amount", "Enter an amount above 0.00"),
        ({"amount": "NaN"}, "amount", "Enter a number."),
        ({"amount": "1.005"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"source": "ELSEWHERE"}, "source", "Select a valid choice."),
        ({"method": "GOLD"}, "method", "Select a valid choice."),
        ({"reason": ""}, "reason", "This field is required."),
    ],
)
def test_a_wrong_proposal_is_refused(
    wish: dict[str, Any],
    field: str,
    sentence: str,
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
) -> None:
    """Row 80, and what no refund can be."""
    consumer, by = make_consumer(), person(Role.RECOVERY)
    pay(consumer, "150.00", by=by, at=at)
    deposit(consumer, "200.00", by=by, at=at)
    before = checksums()
    with pytest.raises(UnableToProposeRefund) as refused:
        propose(consumer, by=by, at=at, **wish)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)
    assert refused.value.http_status == 422
    assert checksums() == before


def test_who_owes_has_no_credit(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "10.00", at=at)
    with pytest.raises(UnableToProposeRefund, match=r"more than the credit of \$0\.00"):
        propose(consumer, "0.01", by=by, at=at)


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_nobody_decides_their_own_large_refund(
    act: str, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """M15, X6: on the person, whatever their roles."""
    consumer, boss = make_consumer(), person(Role.SUPERVISOR, Role.BILLING)
    pay(consumer, "150.00", by=person(Role.BILLING), at=at)
    asked = propose(consumer, "50.01", by=boss, at=at)
    before = checksums()
    acts = {
        "approve": partial(approve_refund, refund=asked.pk, by=boss, at=at),
        "reject": partial(reject_refund, refund=asked.pk, reason="No", by=boss, at=at),
    }
    with pytest.raises(UnableToDecideRefund) as refused:
        acts[act]()
    assert refused.value.http_status == 403
    assert checksums() == before


def test_a_small_one_a_supervisor_decides_alone(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=boss, at=at)
    asked = propose(consumer, "50.00", by=boss, at=at)
    assert approve_refund(refund=asked.pk, by=boss, at=at).state == ProposalState.APPROVED


def test_what_is_gone_meanwhile_is_not_given_back(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Two proposals of the whole credit: the second is looked at again when it is approved."""
    consumer, by, boss = make_consumer(), person(Role.RECOVERY), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=by, at=at)
    first, second = (propose(consumer, "150.00", by=by, at=at) for _ in range(2))
    approve_refund(refund=first.pk, by=boss, at=at)
    before = checksums()
    with pytest.raises(UnableToDecideRefund) as refused:
        approve_refund(refund=second.pk, by=boss, at=at)
    assert refused.value.sentence == "Refund is more than the credit of $0.00"
    assert refused.value.http_status == 409
    assert checksums() == before


def test_it_is_decided_once(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> None:
    consumer, by, boss = make_consumer(), person(Role.RECOVERY), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=by, at=at)
    asked = propose(consumer, "30.00", by=by, at=at)
    reject_refund(refund=asked.pk, reason="Will be billed", by=boss, at=at)
    entry = Entry.objects.get(consumer=consumer, kind=Event.REFUND_REJECTED)
    assert entry.text is not None
    assert entry.text.text == "Will be billed"
    with pytest.raises(UnableToDecideRefund, match="Rejected by David Chen already"):
        approve_refund(refund=asked.pk, by=boss, at=at)
    assert balances_of(consumer.pk).credit == Decimal("150.00")


def test_a_rejection_says_why(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    pay(consumer, "150.00", by=by, at=at)
    asked = propose(consumer, by=by, at=at)
    with pytest.raises(UnableToDecideRefund) as refused:
        reject_refund(refund=asked.pk, reason="", by=person(Role.SUPERVISOR), at=at)
    assert refused.value.field == "reason"


def test_the_same_form_has_one_effect(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by, boss = make_consumer(), person(Role.RECOVERY), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=by, at=at)
    key, wish = uuid4(), refund_wish(consumer)
    first = propose_refund(wish=wish, by=by, at=at, form_key=key)
    assert propose_refund(wish=wish, by=by, at=at, form_key=key) == first
    with pytest.raises(UnableToSubmitAgain):
        propose_refund(wish=refund_wish(consumer, "31.00"), by=by, at=at, form_key=key)
    for _ in range(2):
        approve_refund(refund=first.pk, by=boss, at=at, form_key=key)
    assert Refund.objects.count() == 1
    assert LedgerTransaction.objects.filter(kind=PostingKind.REFUND).count() == 1


# ------------------------------------------------------------------ what the database refuses
def test_the_database_refuses_an_approval_beyond_the_credit(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """M15 at its lowest level: the posting is there, and still the refund is not approved."""
    consumer, by, boss = make_consumer(), person(Role.RECOVERY), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=by, at=at)
    asked = propose(consumer, "30.00", by=by, at=at)
    legs = [
        Leg(LedgerKind.RECEIVABLE, Decimal("150.01")), Leg(LedgerKind.CASH, Decimal("-150.01")),
    ]  # fmt: skip
    posting = Posting(PostingKind.REFUND, consumer.pk, "R-1", DAY, legs)
    (posted,) = post_now(posting, at=at)
    decided = {"state": "APPROVED", "decided_by": boss, "decided_at": at, "posting": posted}
    with pytest.raises(DatabaseError, match="more than the credit"):
        Refund.objects.filter(pk=asked.pk).update(**decided)


def test_the_database_refuses_a_large_refund_by_one(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    pay(consumer, "150.00", by=boss, at=at)
    asked = propose(consumer, "50.01", by=boss, at=at)
    decided = {"state": "REJECTED", "decided_by": boss, "decided_at": at, "decision": "x"}
    with pytest.raises(DatabaseError, match="takes_two_people"):
        Refund.objects.filter(pk=asked.pk).update(**decided)
