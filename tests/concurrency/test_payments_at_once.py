"""Payments, refunds and deposits at the same moment, with the controls that fail without guards."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from billing.choices import LedgerKind, PaymentState, PostingKind, ProposalState
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction, Payment, Refund, Reversal
from billing.operations.payments import record_payment, settle_payment
from billing.operations.refunds import approve_refund, reject_refund
from billing.operations.reversals import approve_reversal, propose_reversal, reject_reversal
from billing.oracles import ledger
from billing.oracles.ledger import postings_reversed_twice
from billing.oracles.payments import (
    form_keys_without_their_payment,
    payments_recorded_twice,
    refunds_beyond_the_credit,
    refunds_that_differ_from_the_ledger,
)
from billing.queries.accounts import balances_of
from consumers.models import Consumer, ConsumerFigures
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import cheque, deposit, pay, payment_wish, propose, propose_back
from tests.billing.posting import DAY, post_now
from tests.concurrency.racing import (
    done,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MANY = 20
FEW = 4
DECIDED = (Event.PAYMENT_REVERSED, Event.REVERSAL_REJECTED)
Amount = Callable[[int, int], int]


def unguarded(patch: pytest.MonkeyPatch) -> None:
    """Take away the consumer's lock, which every act on an account takes first."""
    patch.setattr("consumers.guards.lock_consumer", lambda key: Consumer.objects.get(pk=key))


def assert_ledger_is_sound(at: datetime) -> None:
    """Postings of tests, which no bill stands behind, are asked for by the ledger's oracles."""
    found = {each.sentence: each.rows(at) for each in ledger.ORACLES}
    assert not any(found.values()), found


# ------------------------------------------------------------------ two payments, one reference
def with_one_reference(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, count: int, reference: str
) -> list[partial[Payment]]:
    """Each at an account of its own, so that no lock stands between them."""
    by = person(Role.BILLING)
    return [
        partial(
            record_payment,
            wish=payment_wish(make_consumer(with_meters=False), reference=reference),
            by=by,
            at=at,
            form_key=uuid4(),
        )
        for _ in range(count)
    ]


def test_a_reference_is_one_payments(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M13: twenty desks at once, one of them is first; the others are told."""
    for each in range(amount(1, 50)):
        outcomes = race(with_one_reference(make_consumer, person, at, MANY, f"BT-{each}"))
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert {str(error) for error in refusals(outcomes)} == {
            f"Payment BT-{each} is already recorded"
        }
        assert Payment.objects.count() == LedgerTransaction.objects.count() == each + 1
    assert_sound()


def test_control_without_its_index_a_reference_is_used_twice(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = with_one_reference(make_consumer, person, at, FEW, "BT-1")
    slowly(monkeypatch, "billing.operations.payments._store")
    with without_index("a_payment_reference_is_used_once"):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert payments_recorded_twice() != []


# ------------------------------------------------------------------ one form, posted again
def one_form(consumer: Consumer, by: Person, at: datetime, count: int) -> list[partial[Payment]]:
    """Cash, which no reference guards: only the form's key does."""
    wish, key = payment_wish(consumer, method="CASH", reference=""), uuid4()
    return [partial(record_payment, wish=wish, by=by, at=at, form_key=key) for _ in range(count)]


def test_one_form_posted_many_times_is_one_payment(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M13, R4: everybody gets the first result."""
    by = person(Role.BILLING)
    for _ in range(amount(1, 50)):
        consumer = make_consumer(with_meters=False)
        outcomes = race(one_form(consumer, by, at, MANY))
        assert refusals(outcomes) == []
        assert len({made.pk for made in done(outcomes)}) == 1
        assert balances_of(consumer.pk).credit == Decimal("150.00")
    assert_sound()


def test_control_without_its_key_a_form_pays_each_time(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = make_consumer()
    acts = one_form(consumer, person(Role.BILLING), at, FEW)
    monkeypatch.setattr("smart360.web.form_keys.claim", lambda *key, **about: None)
    outcomes = race(acts)
    assert len(done(outcomes)) == FEW, refusals(outcomes)
    assert balances_of(consumer.pk).credit == Decimal("600.00")


def test_a_key_that_names_no_payment_is_seen(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    record_payment(
        wish=payment_wish(make_consumer()), by=person(Role.BILLING), at=at, form_key=uuid4()
    )
    assert form_keys_without_their_payment() == []
    with without_triggers("billing_payment"):
        Payment.objects.update(number="PAY-2024-999999")
        assert form_keys_without_their_payment() != []


# ------------------------------------------------------------------ settled, reversed
def test_a_cheque_clears_or_fails_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    by = person(Role.BILLING)
    for _ in range(amount(1, 50)):
        consumer = make_consumer(with_meters=False)
        waiting = cheque(consumer, by=by, at=at)
        outcomes = race(
            [
                partial(
                    settle_payment, payment=waiting.pk, has_come=bool(n % 2), failure="No funds",
                    by=by, at=at,
                )
                for n in range(MANY)
            ]
        )  # fmt: skip
        (made,) = done(outcomes)
        assert all("already" in str(error) for error in refusals(outcomes))
        is_paid = made.state == PaymentState.PROCESSED
        assert balances_of(consumer.pk).credit == (Decimal("150.00") if is_paid else 0)
    assert_sound()


def test_control_without_lock_and_trigger_a_cheque_clears_and_fails(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = person(Role.BILLING)
    waiting = cheque(make_consumer(with_meters=False), by=by, at=at)
    acts = [
        partial(
            settle_payment, payment=waiting.pk, has_come=has_come, failure="No funds", by=by, at=at
        )
        for has_come in (True, False)
    ]
    slowly(monkeypatch, "billing.operations.payments.locked_payment", read_payment)
    with without_triggers("billing_payment"):
        outcomes = race(acts)
        assert len(done(outcomes)) == 2, refusals(outcomes)


def read_payment(payment: int) -> tuple[Payment, Consumer]:
    """The payment without any lock, for controls."""
    found = Payment.objects.select_related("posting", "reversed_by").get(pk=payment)
    return found, found.consumer


def reversals(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, count: int
) -> list[partial[Reversal]]:
    """One payment, whose reversal as many supervisors approve, and two reject."""
    asked = propose_back(
        pay(make_consumer(with_meters=False), by=person(Role.BILLING), at=at), at=at
    )
    acts = [
        partial(approve_reversal, reversal=asked.pk, by=person(Role.SUPERVISOR), at=at)
        for _ in range(count - 2)
    ]
    boss = person(Role.SUPERVISOR)
    return [
        *acts,
        *[partial(reject_reversal, reversal=asked.pk, reason="No", by=boss, at=at)] * 2,
    ]


def test_a_reversal_is_decided_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M2: approved by as many as there are, and rejected: one decision, one mirror at most."""
    for _ in range(amount(1, 50)):
        outcomes = race(reversals(make_consumer, person, at, MANY))
        (decided,) = done(outcomes)
        assert all("already" in str(error) for error in refusals(outcomes))
        mirrors = LedgerTransaction.objects.filter(reverses=decided.payment.posting_id)
        assert mirrors.count() == (1 if decided.state == ProposalState.APPROVED else 0)
        said = Entry.objects.filter(consumer=decided.payment.consumer_id, kind__in=DECIDED)
        assert said.count() == 1
    assert_sound()


def test_a_payment_is_taken_back_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M2: as many supervisors as there are, one mirror."""
    for each in range(1, amount(1, 50) + 1):
        outcomes = race(reversals(make_consumer, person, at, MANY)[:-2])
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert all("already" in str(error) for error in refusals(outcomes))
        assert LedgerTransaction.objects.filter(kind=PostingKind.REVERSAL).count() == each
    assert_sound()


def read_reversal(reversal: int) -> tuple[Reversal, Payment]:
    """The reversal without any lock, for controls."""
    found = Reversal.objects.select_related("decided_by").get(pk=reversal)
    payment, _ = read_payment(found.payment_id)
    found.payment = payment
    return found, payment


def test_control_without_lock_and_index_a_payment_is_taken_back_twice(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = reversals(make_consumer, person, at, FEW)[:-2]
    slowly(monkeypatch, "billing.operations.reversals._locked", read_reversal)
    with (
        without_triggers("billing_payment", "billing_reversal"),
        without_index("billing_ledgertransaction_reverses_id_key"),
    ):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert postings_reversed_twice() != []


def test_control_without_lock_and_triggers_a_reversal_is_approved_and_rejected(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = reversals(make_consumer, person, at, FEW)[1:3]
    slowly(monkeypatch, "billing.operations.reversals._locked", read_reversal)
    with without_triggers("billing_payment", "billing_reversal"):
        outcomes = race(acts)
        assert len(done(outcomes)) == 2, refusals(outcomes)


def test_a_payment_has_one_reversal_that_waits(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    made = pay(make_consumer(with_meters=False), by=person(Role.BILLING), at=at)
    by = person(Role.BILLING)
    act = partial(propose_reversal, payment=made.pk, reason="Bounced", by=by, at=at)
    outcomes = race([act] * MANY)
    assert len(done(outcomes)) == 1, refusals(outcomes)
    assert all("proposed already" in str(error) for error in refusals(outcomes))


def test_control_without_lock_and_index_a_payment_has_two_reversals(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pay(make_consumer(with_meters=False), by=person(Role.BILLING), at=at)
    by = person(Role.BILLING)
    act = partial(propose_reversal, payment=made.pk, reason="Bounced", by=by, at=at)
    monkeypatch.setattr("billing.operations.reversals.locked_payment", read_payment)
    slowly(monkeypatch, "billing.operations.reversals.next_number")
    with without_index("a_payment_has_one_reversal"):
        outcomes = race([act] * FEW)
        assert len(done(outcomes)) > 1, refusals(outcomes)


# ------------------------------------------------------------------ refunds
def approvals(refund: Refund, person: MakePerson, at: datetime, count: int) -> list[partial[Any]]:
    return [
        partial(approve_refund, refund=refund.pk, by=person(Role.SUPERVISOR), at=at)
        for _ in range(count)
    ]


def credited(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: str = "150.00"
) -> Consumer:
    """Somebody who has paid too much."""
    consumer = make_consumer(with_meters=False)
    pay(consumer, amount, by=person(Role.BILLING), at=at)
    return consumer


def read_refund(refund: int) -> Refund:
    """The refund without any lock, for controls."""
    return Refund.objects.select_related("decided_by").get(pk=refund)


def test_a_refund_leaves_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M15: twenty supervisors approve, or reject, one refund of a part of the credit."""
    for each in range(1, amount(1, 50) + 1):
        consumer = credited(make_consumer, person, at, "900.00")
        asked = propose(consumer, "30.00", by=person(Role.BILLING), at=at)
        boss = person(Role.SUPERVISOR)
        rejections = [partial(reject_refund, refund=asked.pk, reason="No", by=boss, at=at)] * 2
        outcomes = race([*approvals(asked, person, at, MANY - 2), *rejections])
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert all("already" in str(error) for error in refusals(outcomes))
        assert Refund.objects.count() == each
    assert_sound()


def test_control_without_lock_and_trigger_a_refund_leaves_twice(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = credited(make_consumer, person, at, "900.00")
    asked = propose(consumer, "30.00", by=person(Role.BILLING), at=at)
    acts = approvals(asked, person, at, FEW)
    slowly(monkeypatch, "billing.operations.refunds._locked", read_refund)
    with without_triggers("billing_refund"):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert refunds_that_differ_from_the_ledger() != []


def whole_credit_twice(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, count: int
) -> tuple[Consumer, list[partial[Any]]]:
    """As many proposals of the whole credit as there are people to approve one each."""
    consumer = credited(make_consumer, person, at)
    asked = [propose(consumer, "150.00", by=person(Role.BILLING), at=at) for _ in range(count)]
    return consumer, [act for each in asked for act in approvals(each, person, at, 1)]


def test_a_credit_is_given_back_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M15: refund twice at once; the second is more than the credit."""
    for _ in range(amount(1, 50)):
        consumer, acts = whole_credit_twice(make_consumer, person, at, MANY)
        outcomes = race(acts)
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert {str(error) for error in refusals(outcomes)} == {
            "Refund is more than the credit of $0.00"
        }
        assert balances_of(consumer.pk).outstanding == 0
    assert_sound()


def test_the_trigger_alone_holds_a_credit(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M15 at its lowest level: nobody waits for the consumer any more."""
    consumer, acts = whole_credit_twice(make_consumer, person, at, FEW)
    slowly(monkeypatch, "billing.operations.refunds._locked", read_refund)
    slowly(monkeypatch, "billing.operations.refunds._post")
    outcomes = race(acts)
    assert len(done(outcomes)) == 1, refusals(outcomes)
    assert {str(error) for error in refusals(outcomes)} == {"Refund is more than the credit"}
    assert balances_of(consumer.pk).outstanding == 0
    assert_sound()


def test_control_without_lock_and_trigger_a_credit_is_given_back_twice(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer, acts = whole_credit_twice(make_consumer, person, at, FEW)
    slowly(monkeypatch, "billing.operations.refunds._locked", read_refund)
    slowly(monkeypatch, "billing.operations.refunds._post")
    with without_triggers("billing_refund"):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert balances_of(consumer.pk).outstanding > 0
        assert refunds_beyond_the_credit() != []


# ------------------------------------------------------------------ one's own
Own = tuple[Person, list[partial[Any]], list[partial[Any]]]


def own_refund(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> Own:
    """Who proposed a large refund, their approvals of it, and those of others."""
    boss = person(Role.SUPERVISOR)
    asked = propose(credited(make_consumer, person, at), "100.00", by=boss, at=at)
    own = [partial(approve_refund, refund=asked.pk, by=boss, at=at)] * (MANY // 2)
    return boss, own, approvals(asked, person, at, MANY // 2)


def own_reversal(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> Own:
    """The same of a payment's reversal."""
    boss = person(Role.SUPERVISOR)
    made = pay(make_consumer(with_meters=False), by=person(Role.BILLING), at=at)
    asked = propose_back(made, by=boss, at=at)
    own = [partial(approve_reversal, reversal=asked.pk, by=boss, at=at)] * (MANY // 2)
    others = [
        partial(approve_reversal, reversal=asked.pk, by=person(Role.SUPERVISOR), at=at)
        for _ in range(MANY // 2)
    ]
    return boss, own, others


OWN = pytest.mark.parametrize(
    ("propose_own", "module", "guard"),
    [
        (own_refund, "billing.operations.refunds", "a_large_refund_takes_two_people"),
        (own_reversal, "billing.operations.reversals", "a_reversal_is_decided_by_another"),
    ],
)
ProposeOwn = Callable[[MakeConsumer, MakePerson, datetime], Own]


@OWN
def test_who_proposed_never_wins_the_race(
    propose_own: ProposeOwn, module: str, guard: str, make_consumer: MakeConsumer,
    person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """X6: self-approval beside one by somebody else; also when the check alone stands there."""
    boss, own, others = propose_own(make_consumer, person, at)
    (made,) = done(race([*own, *others]))
    assert made.decided_by != boss
    monkeypatch.setattr(f"{module}._refuse_if_own", lambda *_: None)
    boss, own, others = propose_own(make_consumer, person, at)
    outcomes = race([*own, *others])
    (made,) = done(outcomes)
    assert made.decided_by != boss
    assert all(isinstance(error, Refusal) for error in refusals(outcomes))
    assert_sound()


@OWN
def test_control_without_its_check_who_proposed_wins(
    propose_own: ProposeOwn, module: str, guard: str, make_consumer: MakeConsumer,
    person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    boss, own, _ = propose_own(make_consumer, person, at)
    monkeypatch.setattr(f"{module}._refuse_if_own", lambda *_: None)
    with without_index(guard):
        (made,) = done(race(own))
        assert made.decided_by == boss


# ------------------------------------------------------------------ deposits
def application(consumer: Consumer, number: int) -> Posting:
    """The whole deposit, applied to what is owed, as a final bill does it."""
    return Posting(
        kind=PostingKind.DEPOSIT_APPLIED,
        consumer=consumer.pk,
        reference=f"INV-{number:06d}",
        valued_on=DAY,
        legs=[
            Leg(LedgerKind.DEPOSIT_HELD, Decimal("200.00")),
            Leg(LedgerKind.RECEIVABLE, Decimal("-200.00")),
        ],
    )


def applied_many_times(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, count: int
) -> tuple[Consumer, list[partial[Any]]]:
    """Postings with no lock of ours before them: the balance alone stands in their way."""
    consumer = make_consumer(with_meters=False)
    deposit(consumer, "200.00", by=person(Role.BILLING), at=at)
    return consumer, [partial(post_now, application(consumer, n), at=at) for n in range(count)]


def test_a_deposit_is_used_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """M7: applied by many and given back by one at the same moment, it covers one of them."""
    for _ in range(amount(1, 50)):
        consumer, acts = applied_many_times(make_consumer, person, at, MANY)
        by = person(Role.BILLING)
        asked = propose(consumer, "200.00", by=by, at=at, source="DEPOSIT")
        outcomes = race([*acts, *approvals(asked, person, at, 1)])
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert balances_of(consumer.pk).deposit == 0
    assert_ledger_is_sound(at)


def test_control_without_its_checks_a_deposit_is_used_twice(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, acts = applied_many_times(make_consumer, person, at, FEW)
    with (
        without_index("a_deposit_covers_what_is_taken"),
        without_index("a_deposit_is_not_negative"),
    ):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert ConsumerFigures.objects.get(consumer=consumer).deposit < 0
