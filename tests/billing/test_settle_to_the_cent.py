"""Settlements and bills by the product and by whole cents, with nothing in common (M5, M6, M12)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from billing.rules.rating import Tax, rate
from billing.rules.settlement import Settlement, bill_sums, uses_deposit_by_default
from tests.billing import cents
from tests.billing.rates import rates
from tests.seeds import chance_for

pytestmark = pytest.mark.timeout(7200)  # a million of them, by night
Amount = Callable[[int, int], int]


def money(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def in_cents(amount: Decimal) -> int:
    assert amount == amount.quantize(Decimal("0.01"))
    return int(amount.scaleb(2))


def some_sum(chance: Random, *, lowest: int) -> int:
    """Cents: often nothing, small or equal to another one, sometimes as large as it gets."""
    highest = chance.choice((0, 9, 500, 45_678, 999_999, 999_999_999_999))
    return chance.randint(max(lowest, -highest), highest)


def test_every_settlement_and_bill_is_right_to_the_cent(amount: Amount) -> None:
    chance = chance_for("settlements")
    for _ in range(amount(20_000, 1_000_000)):
        outstanding, deposit = some_sum(chance, lowest=-(10**12)), some_sum(chance, lowest=0)
        billed = chance.choice((some_sum(chance, lowest=-(10**12)), deposit - outstanding))
        is_on = chance.random() < 0.5
        settled = Settlement(money(outstanding), money(deposit), uses_deposit=is_on)
        assert cents.settle(outstanding=outstanding, deposit=deposit, is_on=is_on) == cents.Settled(
            in_cents(settled.net),
            in_cents(settled.payable),
            in_cents(settled.refund_due),
            settled.is_cleared,
        ), (outstanding, deposit, is_on)
        sums = bill_sums(
            billed=money(billed),
            outstanding=money(outstanding),
            deposit=money(deposit),
            uses_deposit=is_on,
        )
        found = (in_cents(sums.applied), in_cents(sums.due), in_cents(sums.refund_due))
        case = (billed, outstanding, deposit, is_on)
        assert found == cents.bill(
            billed=billed, outstanding=outstanding, deposit=deposit, is_on=is_on
        ), case
        # M5, as it is written
        assert found[1] - found[2] == billed + outstanding - (deposit if is_on else 0), case
        assert min(found[1:]) == 0, case
        assert 0 <= found[0] <= deposit, case
        by_default = uses_deposit_by_default(outstanding=money(outstanding), deposit=money(deposit))
        assert by_default == (outstanding > 0 and deposit > 0), case


def some_price(chance: Random, begins: date) -> cents.Price:
    bounds = sorted(chance.sample(range(900_000), chance.randint(0, 3)))
    return cents.Price(
        begins=begins,
        fixed=chance.choice((0, 1250, chance.randint(0, 99_999))),
        slabs=[(above, chance.randint(0, 3_000_000)) for above in (0, *bounds[1:])],
        taxes=[
            (chance.randint(0, 30_000), chance.random() < 0.7, chance.random() < 0.7)
            for _ in range(chance.randint(0, 2))
        ],
    )


def test_every_bill_of_supply_is_right_to_the_cent(amount: Amount) -> None:
    chance = chance_for("bills of supply")
    for _ in range(amount(20_000, 1_000_000)):
        from_on = date(2023, 1, 1) + timedelta(days=chance.randint(0, 1_400))
        to_on = from_on + timedelta(days=chance.choice((0, 9, 27, 29, 30, 30, 31, 60)))
        units = chance.choice((0, 250_000, chance.randint(0, 2_000_000)))
        prices = [some_price(chance, date(2000, 1, 1))]
        if chance.random() < 0.3:
            prices.append(some_price(chance, from_on + timedelta(days=chance.randint(1, 40))))
        versions = [
            rates(
                str(money(price.fixed)),
                *[(str(Decimal(a).scaleb(-3)), str(Decimal(r).scaleb(-6))) for a, r in price.slabs],
                taxes=tuple(
                    Tax("Tax", Decimal(percent).scaleb(-3), on_fixed, on_usage)
                    for percent, on_fixed, on_usage in price.taxes
                ),
                key=key,
                from_on=price.begins,
                until=prices[key + 1].begins if key + 1 < len(prices) else None,
            )
            for key, price in enumerate(prices)
        ]
        sections = rate(
            tariffs=versions,
            from_on=from_on,
            to_on=to_on,
            consumption=Decimal(units).scaleb(-3),
        )
        found = [[in_cents(line.amount) for line in section.lines] for section in sections]
        assert found == cents.supply(prices, from_on, to_on, units), (prices, from_on, to_on, units)


# ------------------------------------------------------------------ the sample of 004 §8
@pytest.mark.parametrize(
    ("outstanding", "deposit", "is_on", "payable", "refund"),
    [
        ("456.78", "200.00", True, "256.78", "0.00"),
        ("456.78", "200.00", False, "456.78", "0.00"),
        ("456.78", "500.00", True, "0.00", "43.22"),
        ("-30.00", "200.00", False, "0.00", "30.00"),
        ("0.00", "0.00", False, "0.00", "0.00"),
    ],
)
def test_the_sample(outstanding: str, deposit: str, is_on: bool, payable: str, refund: str) -> None:
    found = Settlement(Decimal(outstanding), Decimal(deposit), uses_deposit=is_on)
    assert (found.payable, found.refund_due) == (Decimal(payable), Decimal(refund))
    assert found.is_cleared == (outstanding == "0.00")
