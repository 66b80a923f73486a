"""The total of all balances is exact at every moment, folded or not (CON1, design.md §6)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from consumers.models import BalanceChange, BalanceTotal, Consumer
from consumers.operations.figures import fold_balances
from consumers.queries import accounts_in_all
from tests.billing.posting import charge, deposit, post_now, reverse_now
from tests.concurrency.racing import done, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MakeConsumer = Callable[..., Consumer]


def total_balance() -> Decimal | None:
    """What the card says."""
    return accounts_in_all(with_balance=True).balance


def test_a_fold_changes_nothing_that_is_seen(make_consumer: MakeConsumer, at: datetime) -> None:
    first, second = make_consumer(), make_consumer()
    assert total_balance() == 0
    post_now(charge(first, "10.10"), deposit(first, "99.00"), at=at)
    (back,) = post_now(charge(second, "5.00"), at=at)
    reverse_now(back, at=at)
    assert total_balance() == Decimal("10.10")
    assert fold_balances(at_once=2) == 2
    assert total_balance() == Decimal("10.10")
    assert fold_balances() == 1
    assert fold_balances() == 0
    assert BalanceTotal.objects.get().balance == total_balance() == Decimal("10.10")


def test_workers_fold_each_change_once(make_consumer: MakeConsumer, at: datetime) -> None:
    consumer = make_consumer()
    post_now(*[charge(consumer, "0.01") for _ in range(40)], at=at)
    folded = race([lambda: fold_balances(at_once=7)] * 8)
    assert len(done(folded)) == 8
    assert 7 <= sum(done(folded)) <= 40
    while fold_balances(at_once=7):
        assert total_balance() == Decimal("0.40")
    assert not BalanceChange.objects.exists()
    assert BalanceTotal.objects.get().balance == Decimal("0.40")
