"""Payment compliance: on-time payments of all that were due within a year (CON8)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.choices import LedgerKind, PostingKind
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction
from billing.queries.compliance import compliance_by_consumer, compliance_of
from billing.rules.allocation import Charge, allocate
from billing.rules.compliance import Compliance, Year
from consumers.models import Consumer
from smart360.staff.choices import Role
from tests.billing.paying import pay, take_back
from tests.billing.posting import post_now, reverse_now
from tests.billing.test_pages_financial import path, text_of
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.seeds import chance_for

TODAY = date(2024, 12, 10)
SINCE = date(2023, 12, 10)


def moved(
    consumer: Consumer, amount: str | Decimal, kind: PostingKind, on: date, due: date | None
) -> Posting:
    return Posting(
        kind=kind, consumer=consumer.pk, reference=f"{kind} {on}", valued_on=on, due_on=due,
        legs=[
            Leg(LedgerKind.RECEIVABLE, Decimal(amount)), Leg(LedgerKind.CASH, -Decimal(amount)),
        ],
    )  # fmt: skip


def bill(consumer: Consumer, amount: str, on: date, *, days: int = 20) -> Posting:
    return moved(consumer, amount, PostingKind.INVOICE, on, on + timedelta(days=days))


def opening(consumer: Consumer, amount: str, on: date, *, due: date | None = None) -> Posting:
    """What the account was taken over with, owed since ``due``; below zero a credit."""
    return moved(consumer, amount, PostingKind.OPENING_BALANCE, on, due)


def paid(consumer: Consumer, amount: str, on: date) -> Posting:
    return moved(consumer, f"-{amount}", PostingKind.PAYMENT, on, None)


# ------------------------------------------------------------------ the rule
def test_the_share_in_words_and_figures() -> None:
    assert (Compliance(12, 11, 1).percent, Compliance(12, 11, 1).paid_late) == (92, 0)
    assert (Compliance().percent, Compliance().rate) == (None, None)  # pages show --
    assert (Compliance(3, 3).percent, Compliance(3, 0, 1).percent) == (100, 0)
    assert Compliance(3, 0, 1).paid_late == 2
    assert Compliance(400, 399).percent == 99  # 100 is said of all alone


def test_a_year_before_a_day() -> None:
    assert Year.before(TODAY) == Year(SINCE, TODAY)
    assert Year.before(date(2024, 2, 29)).since == date(2023, 2, 28)


# ------------------------------------------------------------------ by the ledger
@pytest.mark.django_db
def test_what_counts(make_consumer: MakeConsumer, at: datetime) -> None:
    one, other, new = make_consumer(), make_consumer(), make_consumer()
    posted = post_now(
        bill(one, "10", date(2023, 11, 10)),  # due before the year began
        bill(one, "50", date(2024, 3, 1)),  # paid on its last day
        paid(one, "60", date(2024, 3, 21)),
        bill(one, "50", date(2024, 4, 1)),  # paid a day late
        paid(one, "50", date(2024, 4, 22)),
        bill(one, "50", date(2024, 5, 1)),  # all but a cent in time
        paid(one, "49.99", date(2024, 5, 5)),
        paid(one, "0.01", date(2024, 6, 5)),
        bill(one, "50", date(2024, 7, 1)),  # taken back: it was never due
        paid(one, "30", date(2024, 8, 1)),  # too much: the next is paid before it is made
        bill(one, "30", date(2024, 9, 1)),
        moved(one, "5", PostingKind.FEE, date(2024, 9, 2), None),  # newer than the bill: no matter
        bill(one, "40", date(2024, 11, 1)),  # never paid
        bill(one, "40", date(2024, 11, 20)),  # due today: its day has not passed
        bill(other, "40", date(2024, 10, 1)),
        paid(other, "40", date(2024, 10, 5)),
        at=at,
    )
    reverse_now(posted[8], at=at)
    found = compliance_by_consumer([one.pk, other.pk, new.pk], today=TODAY)
    assert found == {one.pk: Compliance(5, 2, 1), other.pk: Compliance(1, 1)}
    assert compliance_of(new.pk, today=TODAY) == Compliance()


TAKEN_OVER = date(2024, 10, 1)
OF_OPENINGS: dict[str, tuple[str, date | None, date | None, Compliance]] = {
    "not due yet": ("80", date(2024, 12, 10), None, Compliance()),
    "due, not paid": ("80", date(2024, 12, 9), None, Compliance(1, 0, 1)),
    "paid on its last day": ("80", date(2024, 10, 21), date(2024, 10, 21), Compliance(1, 1)),
    "paid a day late": ("80", date(2024, 10, 21), date(2024, 10, 22), Compliance(1, 0)),
    "overdue before": ("80", date(2022, 5, 1), None, Compliance(1, 0, 1)),
    "overdue before, paid at once": ("80", date(2024, 9, 30), TAKEN_OVER, Compliance(1, 0)),
    "due on its day": ("80", TAKEN_OVER, None, Compliance(1, 0, 1)),
    "due on its day, paid on it": ("80", None, TAKEN_OVER, Compliance(1, 1)),
    "a credit": ("-80", None, None, Compliance()),
}
"""What was owed at the go-live, since when, when it was paid, and how that counts."""


@pytest.mark.django_db
@pytest.mark.parametrize("case", OF_OPENINGS)
def test_what_an_account_was_taken_over_with_falls_due(
    make_consumer: MakeConsumer, at: datetime, case: str
) -> None:
    one = make_consumer()
    amount, due, paid_on, expected = OF_OPENINGS[case]
    post_now(opening(one, amount, TAKEN_OVER, due=due), at=at)
    if paid_on:
        post_now(paid(one, amount, paid_on), at=at)
    assert compliance_of(one.pk, today=TODAY) == expected
    # A bill beside it is judged as it always was; payments meet the opening balance first.
    post_now(bill(one, "50", date(2024, 11, 1)), at=at)
    both = compliance_of(one.pk, today=TODAY)
    in_credit = amount.startswith("-")
    assert both == Compliance(
        expected.due + 1, expected.on_time + in_credit, expected.unpaid + (not in_credit)
    )


@pytest.mark.django_db
def test_an_overdue_opening_balance_counts_for_a_year(
    make_consumer: MakeConsumer, at: datetime
) -> None:
    one = make_consumer()
    post_now(opening(one, "80", TAKEN_OVER, due=date(2022, 5, 1)), at=at)
    for today, due in ((TAKEN_OVER, 0), (date(2024, 10, 2), 1), (date(2025, 9, 30), 1),
                       (date(2025, 10, 1), 0)):  # fmt: skip
        assert compliance_of(one.pk, today=today).due == due, today


@pytest.mark.django_db
def test_a_payment_that_bounced_never_was(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    one = make_consumer()
    post_now(bill(one, "50", date(2024, 11, 1)), at=at)
    payment = pay(one, "50", by=person(Role.BILLING), at=at, paid_on=date(2024, 11, 10))
    assert compliance_of(one.pk, today=TODAY) == Compliance(1, 1)
    take_back(payment, by=person(Role.SUPERVISOR), at=at)
    assert compliance_of(one.pk, today=TODAY) == Compliance(1, 0, 1)


@pytest.mark.django_db
def test_the_statement_agrees_with_day_by_day(make_consumer: MakeConsumer, at: datetime) -> None:
    """Ten histories by chance, each judged by what the allocation says at the end of a due day."""
    chance = chance_for("compliance")
    expected = {}
    for _ in range(10):
        consumer, postings, day = make_consumer(with_meters=False), [], date(2023, 9, 1)
        day += timedelta(days=chance.randint(0, 200))
        since = day + timedelta(days=chance.randint(-40, 40))
        postings.append(opening(consumer, str(chance.randint(-60, 60) or 1), day, due=since))
        while day < TODAY:
            amount = str(chance.randint(1, 60))
            make = chance.choice((bill, bill, paid, paid, None))
            postings.append(
                make(consumer, amount, day)
                if make
                else moved(consumer, amount, PostingKind.FEE, day, None)
            )
            day += timedelta(days=chance.randint(1, 30))
        made = post_now(*postings, at=at)
        for each in chance.sample(made, 2):
            reverse_now(each, at=at)
        expected[consumer.pk] = _by_hand(consumer, [*zip(made, postings, strict=True)])
    found = compliance_by_consumer(list(expected), today=TODAY)
    assert {key: found.get(key, Compliance()) for key in expected} == expected


def _by_hand(consumer: Consumer, history: list[tuple[LedgerTransaction, Posting]]) -> Compliance:
    gone = set(
        LedgerTransaction.objects.filter(consumer=consumer, reverses__isnull=False).values_list(
            "reverses", flat=True
        )
    )
    kept = [(key.pk, each) for key, each in history if key.pk not in gone]

    def is_open(key: int, on: date) -> bool:
        known = [(k, each) for k, each in kept if each.valued_on <= on]
        charges = [
            Charge(k, "", each.legs[0].amount, each.due_on or each.valued_on)
            for k, each in reversed(known)
            if each.legs[0].amount > 0
        ]
        balance = sum((each.legs[0].amount for _, each in known), Decimal(0))
        return bool(allocate(charges, balance).unpaid_of(key))

    due = []
    for key, each in kept:
        is_opening = each.kind == PostingKind.OPENING_BALANCE and each.legs[0].amount > 0
        if each.due_on is None or not (is_opening or each.kind == PostingKind.INVOICE):
            continue
        on = max(each.due_on, each.valued_on) if is_opening else each.due_on
        if SINCE < on < TODAY:
            due.append((key, on, on == each.due_on))
    return Compliance(
        due=len(due),
        on_time=sum(could_be and not is_open(key, on) for key, on, could_be in due),
        unpaid=sum(is_open(key, date(2025, 12, 31)) for key, _, _ in due),
    )


# ------------------------------------------------------------------ the page
@pytest.mark.django_db
def test_the_tab_shows_it_with_its_figures(
    make_consumer: MakeConsumer,
    client_as: Callable[..., Client],
    stands: SetClock,
    at: datetime,
) -> None:
    one = make_consumer()
    reader = client_as(Role.CSE)
    assert "Payment compliance -- No bill fell due" in text_of(reader.get(path(one)))
    post_now(
        bill(one, "50", date(2024, 9, 1)),
        paid(one, "50", date(2024, 9, 2)),
        bill(one, "50", date(2024, 10, 1)),
        paid(one, "50", date(2024, 11, 30)),
        bill(one, "50", date(2024, 11, 1)),
        at=at,
    )
    for client in (reader, client_as(Role.BILLING)):
        words = text_of(client.get(path(one)))
        assert "Payment compliance 33%" in words
        assert "1 of 3 bills due in the last 12 months paid on time, 1 paid late, 1 not" in words
    with CaptureQueriesContext(connection) as statements:
        compliance_of(one.pk, today=TODAY)
    assert len(statements) == 1
