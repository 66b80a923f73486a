"""The ledger keeps its sums, its balances and its past (M1, M2, M3)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from billing.ledger import UnableToPost
from billing.models import LedgerEntry, LedgerTransaction
from billing.queries.accounts import balances_of
from consumers.models import BalanceChange, Consumer, ConsumerFigures
from smart360.kernel.errors import Refusal
from tests.billing.posting import charge, deposit, post_at_once, post_now, reverse_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MakeConsumer = Callable[..., Consumer]


def test_a_posting_moves_balance_figures_and_total(
    make_consumer: MakeConsumer, at: datetime
) -> None:
    consumer = make_consumer()
    post_now(charge(consumer, "456.78"), deposit(consumer, "200.00"), at=at)
    found = balances_of(consumer.pk)
    assert (found.outstanding, found.deposit) == (Decimal("456.78"), Decimal("200.00"))
    figures = ConsumerFigures.objects.get(consumer=consumer)
    assert (figures.balance, figures.deposit) == (Decimal("456.78"), Decimal("200.00"))
    assert sum(each.change for each in BalanceChange.objects.all()) == Decimal("456.78")


def test_many_at_once_post_what_one_by_one_would(make_consumer: MakeConsumer, at: datetime) -> None:
    first, second = make_consumer(), make_consumer()
    keys = post_at_once(charge(first, "10.00"), charge(second, "0.01"), at=at)
    assert list(LedgerTransaction.objects.order_by("pk").values_list("pk", flat=True)) == keys
    assert balances_of(first.pk).outstanding == Decimal("10.00")
    assert balances_of(second.pk).outstanding == Decimal("0.01")


def test_a_reversal_mirrors_and_happens_once(make_consumer: MakeConsumer, at: datetime) -> None:
    consumer = make_consumer()
    (posted,) = post_now(charge(consumer, "75.25"), at=at)
    reverse_now(posted, at=at)
    assert balances_of(consumer.pk).outstanding == 0
    with pytest.raises(DatabaseError, match="reverses_id"):
        reverse_now(posted, at=at)


def test_a_deposit_covers_what_is_taken(make_consumer: MakeConsumer, at: datetime) -> None:
    consumer = make_consumer()
    post_now(deposit(consumer, "200.00"), at=at)
    (given,) = LedgerTransaction.objects.all()
    with pytest.raises(Refusal) as refused:
        post_now(deposit(consumer, "-200.01"), at=at)
    assert isinstance(refused.value, UnableToPost)
    assert LedgerTransaction.objects.get() == given


@pytest.mark.parametrize("amount", ["1.00", "-75.25", "75.25"])
def test_nothing_is_added_to_an_old_posting(
    make_consumer: MakeConsumer, at: datetime, amount: str
) -> None:
    consumer = make_consumer()
    (posted,) = post_now(charge(consumer, "75.25"), at=at)
    account = posted.entries.get(account__consumer=consumer).account
    with pytest.raises(DatabaseError, match="does not balance"):
        LedgerEntry.objects.bulk_create(
            [
                LedgerEntry(transaction=posted, account=account, amount=Decimal(each))
                for each in (amount, f"{-Decimal(amount)}")
            ]
        )
    assert balances_of(consumer.pk).outstanding == Decimal("75.25")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_ledgeraccount SET balance = 0",
        "UPDATE billing_ledgerentry SET amount = 1",
        "DELETE FROM billing_ledgerentry",
        "UPDATE billing_ledgertransaction SET reference = 'x'",
        "TRUNCATE billing_ledgerentry",
        "UPDATE consumers_consumerfigures SET balance = 0",
        "UPDATE consumers_consumerfigures SET deposit = 9",
        "DELETE FROM consumers_consumerfigures",
        "SELECT smart360_entry_moves_balance()",
    ],
)
def test_sql_by_hand_moves_no_money(
    make_consumer: MakeConsumer, at: datetime, statement: str
) -> None:
    consumer = make_consumer()
    post_now(charge(consumer, "75.25"), deposit(consumer, "5.00"), at=at)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
    assert balances_of(consumer.pk).outstanding == Decimal("75.25")
