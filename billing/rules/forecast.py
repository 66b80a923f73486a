"""How much a consumer usually uses, and what the next bill will be about (CON9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from billing.rules.arrangements import months_later
from billing.rules.consumption import Shown
from billing.rules.rating import DAY, UNIT, NoTariff, Rates, rate
from smart360.kernel.money import ZERO

YEAR = timedelta(days=365)
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Usage:
    """What one meter measured: readings of about a year, the earliest first."""

    utility_type: str
    unit: str
    readings: tuple[Shown, ...]

    @property
    def a_month(self) -> Decimal | None:
        """The average of a month over the last twelve; None without two readings a month apart."""
        known = self._of_a_year()
        days = (known[-1].on - known[0].on).days if known else 0
        if days < 28:
            return None
        units = known[-1].value - known[0].value
        if units < 0:  # rolled over, or another meter's
            return None
        return (units * 365 / (MONTHS_OF_A_YEAR * days)).quantize(UNIT, ROUND_HALF_UP)

    @property
    def range_a_day(self) -> tuple[Decimal, Decimal] | None:
        """The least and the most that a day took between two readings of the last year."""
        known = self._of_a_year()
        rates = [
            (later.value - earlier.value) / (later.on - earlier.on).days
            for earlier, later in pairwise(known)
            if later.on > earlier.on and later.value >= earlier.value
        ]
        return (min(rates), max(rates)) if rates else None

    def _of_a_year(self) -> tuple[Shown, ...]:
        if not self.readings:
            return ()
        since = self.readings[-1].on - YEAR
        return tuple(each for each in self.readings if each.on >= since)


@dataclass(frozen=True, slots=True)
class NextBill:
    """What the next bill is expected to be: between the quietest and the busiest month."""

    from_on: date
    to_on: date
    least: Decimal
    most: Decimal


def next_period(billed_to: date | None, today: date) -> tuple[date, date]:
    """The calendar month that is billed next: this one, or the one after the last billed."""
    first = today.replace(day=1)
    if billed_to is not None:
        first = max(first, (billed_to + DAY).replace(day=1))
    return first, months_later(first, 1) - DAY


def next_bill(
    usages: Iterable[Usage],
    tariffs: Mapping[str, Sequence[Rates]],
    *,
    period: tuple[date, date],
) -> NextBill | None:
    """The next bill's range; None when a service has no tariff or there is nothing to go by."""
    days = (period[1] - period[0]).days + 1
    least, most, is_known = ZERO, ZERO, False
    for usage in usages:
        a_day = usage.range_a_day
        if a_day is None:
            return None
        try:
            low, high = (
                _cost(tariffs.get(usage.utility_type, ()), period, each * days) for each in a_day
            )
        except NoTariff:
            return None
        least, most, is_known = least + low, most + high, True
    return NextBill(*period, least, most) if is_known else None


def _cost(tariffs: Sequence[Rates], period: tuple[date, date], units: Decimal) -> Decimal:
    consumption = units.quantize(UNIT, ROUND_HALF_UP)
    rated = rate(tariffs=tariffs, from_on=period[0], to_on=period[1], consumption=consumption)
    return sum((section.amount for section in rated), ZERO)
