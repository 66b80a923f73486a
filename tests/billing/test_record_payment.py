"""Recording a payment at the desk (BIL7, M13, bad-inputs.md 62 to 67 and 81)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing import ports
from billing.choices import PaymentState
from billing.models import BillingPolicy, LedgerTransaction, Payment
from billing.operations.payments import UnableToRecordPayment, record_payment
from billing.queries.accounts import balances_of
from billing.queries.payments import last_payment, list_payments, receipt_key
from consumers.guards import NoSuchConsumer
from consumers.rules.timeline import sentence_of
from smart360.comms.models import Message
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.billing.paying import DAY, cheque, owe, pay, payment_wish
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums

pytestmark = pytest.mark.django_db


def test_a_payment_is_posted_told_and_its_receipt_owed(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    made = pay(consumer, "150.00", by=by, at=at, reference="OB-77", method="ONLINE_BANKING")
    assert made.number.startswith("PAY-2024-")
    assert made.state == PaymentState.PROCESSED
    assert balances_of(consumer.pk).outstanding == Decimal("306.78")
    assert made.posting is not None
    legs = {each.account.kind: each.amount for each in made.posting.entries.all()}
    assert legs == {"CASH": Decimal("150.00"), "RECEIVABLE": Decimal("-150.00")}
    entry = Entry.objects.get(consumer=consumer, kind=Event.PAYMENT_RECORDED)
    assert entry.actor == by
    assert entry.new["payment"] == made.number
    assert OwedWork.objects.filter(dedupe_key=receipt_key(made.number)).count() == 1
    message = Message.objects.get(dedupe_key=f"payment.received:{made.number}")
    for words in ("$150.00", made.number, "Online Banking", "Outstanding now: $306.78"):
        assert words in message.body.text
    assert OwedWork.objects.filter(kind="comms.deliver").count() == 1


def test_without_an_address_nobody_is_written_to(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    pay(make_consumer(email=""), by=person(Role.BILLING), at=at)
    assert not Message.objects.exists()


def test_a_cheque_waits_until_it_clears(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """M4: what is pending pays nothing, and nobody thanks for it."""
    consumer = make_consumer()
    owe(consumer, "456.78", at=at)
    made = cheque(consumer, by=person(Role.BILLING), at=at)
    assert (made.state, made.posting) == (PaymentState.PENDING, None)
    assert balances_of(consumer.pk).outstanding == Decimal("456.78")
    assert last_payment(consumer.pk) is None
    assert not Message.objects.exists()
    assert not OwedWork.objects.exists()


def test_at_the_desk_only_a_cheque_waits(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    made = pay(make_consumer(), by=person(Role.BILLING), at=at, has_come=False)
    assert made.state == PaymentState.PROCESSED


@pytest.mark.parametrize(
    ("wish", "field", "sentence"),
    [
        ({"amount": "NaN"}, "amount", "Enter a number."),
        ({"amount": "Infinity"}, "amount", "Enter a number."),
        ({"amount": "-Infinity"}, "amount", "Enter a number."),
        ({"amount": "1e400"}, "amount", "Amount is above the limit"),
        ({"amount": "12.345"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": "0.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": "-5"}, "amount", "Enter an amount above 0.00"),
        ({"amount": "0"}, "amount", "Enter an amount above 0.00"),
        ({"amount": "-0"}, "amount", "Enter an amount above 0.00"),
        ({"amount": "10000000000.00"}, "amount", "Amount is above the limit"),
        ({"paid_on": DAY + timedelta(days=1)}, "paid_on", "Payment date cannot be in the future"),
        ({"paid_on": date(2023, 1, 1)}, "paid_on", "Payment date is more than a year ago"),
        ({"method": "GOLD"}, "method", "Select a valid choice."),
        ({"source": "NOWHERE"}, "method", "Select a valid choice."),
        (
            {"reference": ""},
            "reference",
            "Enter the reference by which the bank knows this payment",
        ),
    ],
)
def test_refuses_and_leaves_nothing_behind(
    wish: dict[str, Any],
    field: str,
    sentence: str,
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
) -> None:
    consumer, by = make_consumer(), person(Role.BILLING)
    before = checksums()
    with pytest.raises(UnableToRecordPayment) as refused:
        pay(consumer, by=by, at=at, **wish)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)
    assert refused.value.http_status == 422
    assert checksums() == before


def test_the_limit_is_the_policys(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Row 67: up to the limit, and not a cent more."""
    BillingPolicy.objects.update(largest_payment=Decimal("500.00"))
    consumer, by = make_consumer(), person(Role.BILLING)
    assert pay(consumer, "500.00", by=by, at=at).amount == 500
    with pytest.raises(UnableToRecordPayment, match="Amount is above the limit"):
        pay(consumer, "500.01", by=by, at=at)


def test_the_largest_payment_there_can_be(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer = make_consumer()
    pay(consumer, "9999999999.99", by=person(Role.BILLING), at=at)
    assert balances_of(consumer.pk).credit == Decimal("9999999999.99")


def test_today_is_the_utilitys_day(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """In Springfield it is still the 10th when it is the 11th in UTC."""
    late = datetime(2024, 12, 11, 5, 30, tzinfo=UTC)
    consumer, by = make_consumer(), person(Role.BILLING)
    pay(consumer, by=by, at=late, paid_on=date(2024, 12, 10))
    with pytest.raises(UnableToRecordPayment, match="future"):
        pay(consumer, by=by, at=late, paid_on=date(2024, 12, 11))


def test_a_consumer_that_nobody_knows(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.BILLING)
    consumer.pk = 999_999
    with pytest.raises(NoSuchConsumer):
        pay(consumer, by=by, at=at)


# ------------------------------------------------------------------ once
def test_a_reference_is_used_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Row 81, M13: also for another account."""
    by = person(Role.BILLING)
    pay(make_consumer(), by=by, at=at, reference="BT-1")
    with pytest.raises(UnableToRecordPayment) as refused:
        pay(make_consumer(), by=by, at=at, reference="BT-1")
    assert refused.value.sentence == "Payment BT-1 is already recorded"
    assert refused.value.http_status == 409
    assert LedgerTransaction.objects.count() == 1


def test_cash_needs_no_reference_and_comes_as_often_as_it_comes(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.BILLING)
    for _ in range(2):
        pay(consumer, "10.00", by=by, at=at, method="CASH", reference="")
    assert balances_of(consumer.pk).credit == Decimal("20.00")


def test_the_same_form_gives_the_first_payment_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by, key = make_consumer(), person(Role.BILLING), uuid4()
    wish = payment_wish(consumer)
    first = record_payment(wish=wish, by=by, at=at, form_key=key)
    done = checksums()
    assert record_payment(wish=wish, by=by, at=at, form_key=key) == first
    assert checksums() == done
    with pytest.raises(UnableToSubmitAgain) as refused:
        record_payment(
            wish=payment_wish(consumer, "151.00", reference=wish.reference), by=by, at=at,
            form_key=key,
        )  # fmt: skip
    assert refused.value.http_status == 409
    assert Payment.objects.count() == 1


# ------------------------------------------------------------------ the port
@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What a higher app hears, once it has plugged in."""
    heard: list[dict[str, Any]] = []

    def hear(*, consumer: int, by: int | None, at: datetime) -> None:
        heard.append({"consumer": consumer, "by": by, "at": at})

    ports.ACCOUNT_SETTLED.append(hear)
    yield heard
    ports.ACCOUNT_SETTLED.remove(hear)


def test_who_pays_all_is_told_upwards_once(
    told: list[dict[str, Any]], make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """BEY2: part of it tells nobody, the rest does, and what comes after does not."""
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "100.00", at=at)
    pay(consumer, "99.99", by=by, at=at)
    assert told == []
    pay(consumer, "0.01", by=by, at=at)
    assert told == [{"consumer": consumer.pk, "by": by.pk, "at": at}]
    pay(consumer, "5.00", by=by, at=at)
    assert len(told) == 1


def test_each_payment_that_lowers_what_is_owed_is_told_upwards(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIS12: what is left may be below the least that anybody is cut off for."""
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "100.00", at=at)
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(ports, "DEBT_LOWERED", [lambda **facts: heard.append(facts)])
    for amount in ("60.00", "40.00", "5.00"):
        pay(consumer, amount, by=by, at=at)
    told = {"consumer": consumer.pk, "closing": None, "by": by.pk, "at": at}
    assert heard == [told, told], "a credit that grows lowers no debt"


def test_what_is_plugged_in_fails_the_payment(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step runs inside the act: when it cannot, nothing was paid."""
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "100.00", at=at)

    def fail(*, consumer: int, by: int | None, at: datetime) -> None:
        raise UnableToRecordPayment("The order cannot be stopped", is_conflict=True)

    monkeypatch.setattr(ports, "ACCOUNT_SETTLED", [fail])
    before = checksums()
    with pytest.raises(UnableToRecordPayment, match="cannot be stopped"):
        pay(consumer, "100.00", by=by, at=at)
    assert checksums() == before


# ------------------------------------------------------------------ what is shown of it
@pytest.mark.parametrize(
    ("kind", "new", "sentence"),
    [
        (Event.PAYMENT_RECORDED, {"payment": "PAY-1"}, "Payment recorded: PAY-1"),
        (Event.REFUND_APPROVED, {"refund": "REF-1"}, "Refund approved: REF-1"),
        (Event.DEPOSIT_RECEIVED, {"deposit": "DEP-1"}, "Security deposit received: DEP-1"),
        (
            Event.DEPOSIT_RECEIVED,
            {"interest_for": 2024},
            "Interest on the security deposit for 2024",
        ),
    ],
)
def test_a_line_says_what_it_is_about(kind: str, new: dict[str, Any], sentence: str) -> None:
    assert sentence_of(kind, {}, new) == sentence


def test_the_last_payment_is_the_latest_that_came(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """M17, row 74: nothing, then the latest; what is pending does not count."""
    consumer, by = make_consumer(), person(Role.BILLING)
    assert last_payment(consumer.pk) is None
    pay(consumer, "20.00", by=by, at=at, paid_on=DAY, method="CASH", reference="")
    pay(consumer, "30.00", by=by, at=at, paid_on=DAY - timedelta(days=9))
    cheque(consumer, "40.00", by=by, at=at)
    found = last_payment(consumer.pk)
    assert found is not None
    assert (found.amount, found.paid_on, found.method) == (Decimal("20.00"), DAY, "Cash")


def test_the_history_is_newest_first_by_pages(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, django_assert_num_queries: Any
) -> None:
    """CON9: by the day it was paid, then as it came in; one statement a page."""
    consumer, by = make_consumer(), person(Role.BILLING)
    days = [3, 1, 2, 1, 5]
    made = [
        pay(consumer, f"{n}.00", by=by, at=at, paid_on=DAY - timedelta(days=day))
        for n, day in enumerate(days, start=1)
    ]
    pay(make_consumer(), by=by, at=at)
    wanted = [made[3], made[1], made[2], made[0], made[4]]
    with django_assert_num_queries(1):
        first = list_payments(consumer.pk, size=3)
    second = list_payments(consumer.pk, size=3, cursor=first.next_cursor)
    shown = [row.number for page in (first, second) for row in page.rows]
    assert shown == [each.number for each in wanted]
    assert second.next_cursor == ""
    back = list_payments(consumer.pk, size=3, cursor=second.previous_cursor)
    assert [row.number for row in back.rows] == shown[:3]
