"""Security deposits: received, held, and a year's interest on them once (BIL3, M7)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing.choices import PostingKind
from billing.models import BillingPolicy, DepositReceipt, LedgerTransaction
from billing.operations import deposits as acts
from billing.operations.deposits import UnableToReceiveDeposit, add_interest, receive_deposit
from billing.queries.accounts import balances_of
from billing.rules.deposits import Move, interest
from billing.rules.payments import DepositWish
from billing.tasks.deposits import add_deposit_interest
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import DAY, deposit
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2025, 1, 2, 15, tzinfo=UTC)


def test_a_deposit_is_held_and_owes_nothing_less(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.BILLING)
    made = deposit(consumer, "200.00", by=by, at=at)
    balances = balances_of(consumer.pk)
    assert balances.deposit == Decimal("200.00")
    assert balances.outstanding == 0
    assert made.posting.kind == PostingKind.DEPOSIT_RECEIVED
    assert made.posting.reference.startswith("DEP-2024-")
    entry = Entry.objects.get(consumer=consumer, kind=Event.DEPOSIT_RECEIVED)
    assert entry.new == {"deposit": made.posting.reference, "amount": "200.00"}


@pytest.mark.parametrize(
    ("amount", "day", "field"),
    [
        ("0", DAY, "amount"),
        ("-1", DAY, "amount"),
        ("NaN", DAY, "amount"),
        ("10000000000", DAY, "amount"),
        ("1", DAY + timedelta(days=1), "received_on"),
    ],
)
def test_a_wrong_deposit_is_refused(
    amount: str, day: date, field: str, make_consumer: MakeConsumer, person: MakePerson,
    at: datetime,
) -> None:  # fmt: skip
    consumer, by = make_consumer(), person(Role.BILLING)
    before = checksums()
    with pytest.raises(UnableToReceiveDeposit) as refused:
        receive_deposit(wish=DepositWish(consumer.pk, Decimal(amount), day), by=by, at=at)
    assert refused.value.field == field
    assert checksums() == before


def test_the_same_form_has_one_effect(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by, key = make_consumer(), person(Role.BILLING), uuid4()
    wish = DepositWish(consumer.pk, Decimal("200.00"), DAY)
    first = receive_deposit(wish=wish, by=by, at=at, form_key=key)
    assert receive_deposit(wish=wish, by=by, at=at, form_key=key) == first
    assert DepositReceipt.objects.count() == 1
    assert balances_of(consumer.pk).deposit == Decimal("200.00")


# ------------------------------------------------------------------ interest
@pytest.mark.parametrize(
    ("held", "percent", "year", "since", "wanted"),
    [
        ("200.00", "2.5", 2025, date(2024, 1, 15), "5.00"),  # the whole year
        ("200.00", "2.5", 2025, date(2025, 1, 1), "5.00"),
        ("200.00", "2.5", 2025, date(2025, 7, 2), "2.51"),  # 183 of 365 days
        ("200.00", "2.5", 2024, date(2024, 12, 31), "0.01"),  # one of 366
        ("200.00", "2.5", 2024, date(2025, 1, 1), "0.00"),
        ("0.20", "2.5", 2025, date(2024, 1, 1), "0.01"),  # half a cent goes up
        ("0.00", "2.5", 2025, date(2024, 1, 1), "0.00"),
    ],
)
def test_interest_is_simple_and_by_days(
    held: str, percent: str, year: int, since: date, wanted: str
) -> None:
    found = interest([Move(since, Decimal(held))], percent=Decimal(percent), year=year)
    assert found == Decimal(wanted)


@pytest.mark.parametrize(
    ("moves", "wanted"),
    [
        ([(date(2020, 1, 1), 100), (date(2025, 12, 31), 900)], "10.25"),  # 100 + 900/365 at 10 %
        ([(date(2020, 1, 1), 100), (date(2026, 1, 1), 900)], "10.00"),
        ([(date(2020, 1, 1), 100), (date(2025, 7, 2), -60)], "4.00"),
        ([(date(2020, 1, 1), 100), (date(2026, 1, 1), -60)], "4.00"),
        ([(date(2020, 1, 1), 100), (date(2021, 1, 1), -100), (date(2025, 12, 31), 365)], "0.10"),
        ([(date(2025, 6, 1), -100), (date(2020, 1, 1), 100)], "0.00"),
        ([(date(2025, 6, 1), 0), (date(2020, 1, 1), 0)], "0.00"),
        ([], "0.00"),
    ],
)
def test_interest_counts_what_was_held_and_stayed(
    moves: list[tuple[date, int]], wanted: str
) -> None:
    said = [Move(on, Decimal(amount)) for on, amount in moves]
    assert interest(said, percent=Decimal(10), year=2025) == Decimal(wanted)


@pytest.fixture
def held(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> list[Any]:
    """Three deposits of $200, one of them given back since, and an account without."""
    consumers = [make_consumer() for _ in range(4)]
    early = at.replace(month=1)
    for each in consumers[:3]:
        wish = DepositWish(each.pk, Decimal("200.00"), date(2024, 1, 1))
        receive_deposit(wish=wish, by=person(Role.BILLING), at=early)
    return consumers


def test_each_deposit_gets_a_years_interest_once(
    held: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often a worker begins, in pieces of any size."""
    BillingPolicy.objects.update(deposit_interest=Decimal("2.5"))
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    for _ in range(2):
        after: int | None = 0
        while after is not None:
            after = add_interest(year=2024, after=after, at=NEW_YEAR)
    assert [balances_of(each.pk).deposit for each in held] == [
        Decimal("205.00"), Decimal("205.00"), Decimal("205.00"), 0,
    ]  # fmt: skip
    assert LedgerTransaction.objects.filter(kind=PostingKind.DEPOSIT_INTEREST).count() == 3
    entries = Entry.objects.filter(kind=Event.DEPOSIT_RECEIVED, actor=None)
    assert [each.new for each in entries] == [{"interest_for": 2024, "amount": "5.00"}] * 3


def test_no_interest_without_a_rate_or_before_the_year_is_over(held: list[Any]) -> None:
    assert add_interest(year=2024, after=0, at=NEW_YEAR) is None
    BillingPolicy.objects.update(deposit_interest=Decimal("2.5"))
    assert add_interest(year=2025, after=0, at=NEW_YEAR) is None
    assert not LedgerTransaction.objects.filter(kind=PostingKind.DEPOSIT_INTEREST).exists()


def test_the_worker_pays_last_year(held: list[Any], stands: SetClock) -> None:
    BillingPolicy.objects.update(deposit_interest=Decimal("2.5"))
    stands.at = NEW_YEAR
    add_deposit_interest()
    add_deposit_interest()
    assert balances_of(held[0].pk).deposit == Decimal("205.00")


def test_what_came_since_earns_nothing_for_last_year(
    held: list[Any], person: MakePerson, stands: SetClock
) -> None:
    BillingPolicy.objects.update(deposit_interest=Decimal("2.5"))
    stands.at = NEW_YEAR
    wish = DepositWish(held[0].pk, Decimal("10000.00"), date(2025, 1, 1))
    receive_deposit(wish=wish, by=person(Role.BILLING), at=NEW_YEAR)
    add_deposit_interest()
    assert balances_of(held[0].pk).deposit == Decimal("10205.00")
