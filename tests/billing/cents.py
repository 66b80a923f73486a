"""The same sums by whole numbers alone: cents, thousandths of units, millionths of prices.

Nothing of the product is used, and nothing here divides but ``half_up``.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

ALL_MONTHS = 28 * 29 * 30 * 31
"""A month is so many parts, whatever its length: days of any month are whole parts of it."""
LENGTHS = {1: 31, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def half_up(dividend: int, divisor: int) -> int:
    """The nearest whole number, a half away from zero."""
    nearest = (2 * abs(dividend) + divisor) // (2 * divisor)
    return nearest if dividend >= 0 else -nearest


@dataclass(frozen=True)
class Price:
    """A tariff: cents a month, (thousandths, millionths) per slab, (thousandths of %, on, on)."""

    begins: date
    fixed: int
    slabs: list[tuple[int, int]]
    taxes: list[tuple[int, bool, bool]]


@dataclass(frozen=True)
class Settled:
    """A settlement or bill in cents."""

    net: int
    payable: int
    refund: int
    is_cleared: bool


def settle(*, outstanding: int, deposit: int, is_on: bool) -> Settled:
    """BIL3: the whole deposit or nothing."""
    net = outstanding - deposit * is_on
    return Settled(net, max(0, net), -net if net < 0 else 0, outstanding == 0)


def bill(*, billed: int, outstanding: int, deposit: int, is_on: bool) -> tuple[int, int, int]:
    """BIL5: applied, due, refund due. Cent by cent what the deposit pays, then what is left."""
    owed = billed + outstanding
    applied = 0 if not is_on or owed < 0 else min(deposit, owed)
    rest = owed - deposit * is_on
    return applied, max(0, rest), -rest if rest < 0 else 0


def supply(prices: list[Price], from_on: date, to_on: date, units: int) -> list[list[int]]:
    """The cents of each line, section by section: fixed charges, consumption, taxes."""
    days_of: dict[int, list[date]] = {}
    total = (to_on - from_on).days + 1
    for number in range(total):
        day = from_on + timedelta(days=number)
        valid = max(which for which, price in enumerate(prices) if price.begins <= day)
        days_of.setdefault(valid, []).append(day)
    sections, gone, given = [], 0, 0
    for valid in sorted(days_of):
        gone += len(days_of[valid])
        upto = half_up(units * gone, total)
        sections.append(_section(prices[valid], days_of[valid], upto - given))
        given = upto
    return sections


def _section(price: Price, days: list[date], units: int) -> list[int]:
    months = Counter((day.year, day.month) for day in days)
    fixed = (
        [half_up(price.fixed * n, _length(*m)) for m, n in months.items()] if price.fixed else []
    )
    parts = sum(n * (ALL_MONTHS // _length(*m)) for m, n in months.items())
    bounds = [half_up(above * parts, ALL_MONTHS) for above, _ in price.slabs]
    used = []
    for which, (_, rate) in enumerate(price.slabs):
        last = which == len(bounds) - 1
        here = (units if last or units < bounds[which + 1] else bounds[which + 1]) - bounds[which]
        if here > 0 or (which == 0 and units == 0):
            used.append(half_up(max(here, 0) * rate, 10**7))
    taxes = []
    for percent, is_on_fixed, is_on_usage in price.taxes:
        base = sum(fixed) * is_on_fixed + sum(used) * is_on_usage
        if base:
            taxes.append(half_up(base * percent, 10**5))
    return [*fixed, *used, *taxes]


def _length(year: int, month: int) -> int:
    if month != 2:
        return LENGTHS[month]
    return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
