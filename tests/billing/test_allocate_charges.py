"""Payments meet the oldest charge first; what is open follows from the balance."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.allocation import Allocation, Bucket, Charge, allocate, bucket_of

TODAY = date(2024, 12, 10)


def charge(key: int, amount: str, days_overdue: int, *, is_invoice: bool = True) -> Charge:
    due_on = TODAY - timedelta(days=days_overdue)
    return Charge(key, f"INV-{key:06d}", Decimal(amount), due_on, is_invoice=is_invoice)


NEWEST_FIRST = [
    charge(3, "100.00", -10),
    charge(2, "50.00", 20),
    charge(1, "80.00", 51),
]


def test_the_newest_stay_unpaid() -> None:
    found = allocate(NEWEST_FIRST, Decimal("120.00"))
    assert [(each.charge.key, each.amount, each.paid) for each in found.unpaid] == [
        (3, Decimal("100.00"), Decimal("0.00")),
        (2, Decimal("20.00"), Decimal("30.00")),
    ]
    assert found.oldest_due_on == date(2024, 11, 20)
    assert found.latest_due_on == date(2024, 12, 20)
    assert found.unpaid_of(1) == 0


@pytest.mark.parametrize("balance", ["0.00", "-30.00"])
def test_nothing_owed_is_nothing_unpaid(balance: str) -> None:
    found = allocate(NEWEST_FIRST, Decimal(balance))
    assert found == Allocation()
    assert (found.oldest_due_on, found.latest_due_on) == (None, None)


def test_a_fee_has_no_due_date_that_is_shown() -> None:
    found = allocate([charge(4, "5.00", 0, is_invoice=False), *NEWEST_FIRST], Decimal("30.00"))
    assert found.latest_due_on == NEWEST_FIRST[0].due_on


def test_what_is_older_than_all_that_was_read_is_as_old_as_the_oldest() -> None:
    found = allocate(NEWEST_FIRST, Decimal("240.00"))
    assert found.older == Decimal("10.00")
    assert found.aged(TODAY) == {
        Bucket.CURRENT: Decimal("100.00"),
        Bucket.UP_TO_30: Decimal("50.00"),
        Bucket.UP_TO_60: Decimal("90.00"),
        Bucket.UP_TO_90: 0,
        Bucket.OVER_90: 0,
    }


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-5, Bucket.CURRENT),
        (0, Bucket.CURRENT),
        (1, Bucket.UP_TO_30),
        (30, Bucket.UP_TO_30),
        (31, Bucket.UP_TO_60),
        (60, Bucket.UP_TO_60),
        (61, Bucket.UP_TO_90),
        (90, Bucket.UP_TO_90),
        (91, Bucket.OVER_90),
    ],
)
def test_the_edges_of_the_buckets(days: int, bucket: Bucket) -> None:
    assert bucket_of(TODAY - timedelta(days=days), TODAY) == bucket


CHARGES = st.lists(
    st.builds(
        charge,
        st.integers(1, 9),
        st.decimals(min_value="0.01", max_value=900, places=2).map(str),
        st.integers(-30, 200),
    ),
    max_size=8,
)
BALANCES = st.decimals(min_value=-500, max_value=9_000, places=2)


@given(CHARGES, BALANCES)
def test_what_is_unpaid_is_what_is_owed(charges: list[Charge], balance: Decimal) -> None:
    found = allocate(charges, balance)
    owed = max(balance, Decimal(0))
    assert sum(each.amount for each in found.unpaid) + found.older == owed
    assert sum(found.aged(TODAY).values()) == owed
    assert all(0 < each.amount <= each.charge.amount for each in found.unpaid)
    # only the oldest of those that are open may be paid in part
    assert all(each.paid == 0 for each in found.unpaid[:-1])
