"""What is owed and held at the go-live comes with the accounts, and the books balance (CON15)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from billing.choices import LedgerKind, PostingKind
from billing.models import DepositReceipt, LedgerAccount, LedgerEntry, LedgerTransaction
from billing.queries.accounts import balances_of
from billing.queries.ageing import allocation_of
from consumers.models import BalanceChange, Consumer, ConsumerFigures
from smart360.trail.models import Entry
from tests.custody.files import Values, WriteFile, numbered, refused, run
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)

MONEY = ("opening_balance", "balance_on", "balance_due_on", "deposit", "deposit_on")


def with_money(serial: int, **values: str) -> dict[str, str]:
    """An account with only what is named here of money."""
    return numbered(serial) | dict.fromkeys(MONEY, "") | values


def one(write: WriteFile, **values: str) -> Consumer:
    """The account that an import of one with these values made."""
    run(write([with_money(1, **values)]))
    return Consumer.objects.get()


def test_a_credit_and_a_debt(write: WriteFile) -> None:
    owes = {"opening_balance": "84.20", "balance_on": "2024-11-30"}
    has = {"opening_balance": "-12.5", "balance_on": "2024-11-30", "balance_due_on": "2024-11-01"}
    run(write([with_money(1, **owes, balance_due_on="2024-11-15"), with_money(2, **has)]))
    debtor, creditor = Consumer.objects.order_by("pk")
    assert balances_of(debtor.pk).outstanding == Decimal("84.20")
    assert balances_of(creditor.pk).outstanding == Decimal("-12.50")
    assert ConsumerFigures.objects.get(pk=debtor.pk).oldest_due_on == date(2024, 11, 15)
    assert ConsumerFigures.objects.get(pk=creditor.pk).oldest_due_on is None
    assert allocation_of(debtor.pk).oldest_due_on == date(2024, 11, 15)
    assert_sound()


def test_the_books_balance_after_it(write: WriteFile) -> None:
    """M1, M3: each posting has its other side in the account of opening balances."""
    consumer = one(
        write,
        opening_balance="84.20",
        balance_on="2024-11-30",
        deposit="150",
        deposit_on="2024-01-15",
    )
    balances = balances_of(consumer.pk)
    assert (balances.outstanding, balances.deposit) == (Decimal("84.20"), Decimal("150.00"))
    opening = LedgerAccount.objects.get(kind=LedgerKind.OPENING)
    amounts = LedgerEntry.objects.filter(account=opening).order_by("amount")
    assert [each.amount for each in amounts] == [Decimal("-84.20"), Decimal("150.00")]
    kinds = LedgerTransaction.objects.order_by("valued_on").values_list("kind", "valued_on")
    assert list(kinds) == [
        (PostingKind.DEPOSIT_RECEIVED, date(2024, 1, 15)),
        (PostingKind.OPENING_BALANCE, date(2024, 11, 30)),
    ]
    receipt = DepositReceipt.objects.get()
    assert (receipt.amount, receipt.received_on) == (Decimal(150), date(2024, 1, 15))
    assert sum(each.change for each in BalanceChange.objects.all()) == Decimal("84.20")
    assert Entry.objects.get().new == {
        "line": 2,
        "services": 1,
        "balance": "84.20",
        "deposit": "150.00",
    }
    assert_sound()


def test_without_money_nothing_is_posted(write: WriteFile) -> None:
    """Nothing, and a balance or deposit of nothing, is the same."""
    run(write([with_money(1), with_money(2, opening_balance="0", deposit="0.00")]))
    assert Consumer.objects.count() == 2
    assert not LedgerTransaction.objects.exists()
    assert not LedgerAccount.objects.filter(consumer__isnull=False).exists()


@pytest.mark.parametrize(
    ("values", "column", "sentence"),
    [
        ({"opening_balance": "84.20"}, "balance_on", "Needed when opening_balance"),
        ({"balance_on": "2024-11-30"}, "opening_balance", "Needed when balance_on"),
        ({"balance_due_on": "2024-11-30"}, "opening_balance", "Needed when balance_due_on"),
        ({"deposit": "1"}, "deposit_on", "Needed when deposit"),
        ({"deposit_on": "2024-01-15"}, "deposit", "Needed when deposit_on"),
        ({"opening_balance": "1,000.00"}, "opening_balance", "Enter an amount"),
        ({"opening_balance": "1.005"}, "opening_balance", "at most two decimals"),
        ({"opening_balance": "NaN"}, "opening_balance", "Enter an amount"),
        ({"opening_balance": "1e9"}, "opening_balance", "Enter an amount"),
        ({"opening_balance": "٨٤"}, "opening_balance", "Enter an amount"),
        ({"opening_balance": "1", "balance_on": "9999-12-31"}, "balance_on", "in the future"),
        (
            {"opening_balance": "1", "balance_on": "2024-11-30", "balance_due_on": "9999-12-31"},
            "balance_due_on",
            "more than a year",
        ),
        ({"deposit": "-5", "deposit_on": "2024-01-15"}, "deposit", "A deposit is not below 0."),
        ({"deposit": "5", "deposit_on": "9999-01-15"}, "deposit_on", "in the future"),
    ],
)
def test_wrong_money_keeps_the_account_out(
    write: WriteFile, values: Values, column: str, sentence: str
) -> None:
    said = refused(write([with_money(1, **values), with_money(2)]))
    assert f"line 2, ACC-000001, {column}: " in said
    assert sentence in said
    assert [each.account_number for each in Consumer.objects.all()] == ["ACC-000002"]
    assert not LedgerTransaction.objects.exists()


def test_other_money_of_an_account_that_is_here(write: WriteFile) -> None:
    first = {"opening_balance": "84.20", "balance_on": "2024-11-30", "deposit": "5"}
    run(write([with_money(1, **first, deposit_on="2024-01-15")]))
    again = with_money(1, **first, deposit_on="2024-01-15")
    assert "1 here already and the same" in run(write([again]))
    said = refused(write([again | {"opening_balance": "84.21", "deposit": "6"}]))
    assert "other data (opening_balance, deposit). Not changed." in said
    assert LedgerTransaction.objects.count() == 2
    assert_sound()


def test_a_dry_run_posts_nothing(write: WriteFile) -> None:
    path: Path = write([numbered(serial) for serial in range(1, 6)])
    assert "5 accounts new" in run(path, dry_run=True)
    assert not LedgerTransaction.objects.exists()
    assert not LedgerAccount.objects.filter(consumer__isnull=False).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM custody_importrow")
        assert cursor.fetchone() == (0,)
