"""How much a consumer usually uses, and what the next bill will be about (CON9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from billing.rules.arrangements import months_later
from billing.rules.consumption import Shown
from billing.rules.cycles import Account, Cycle, Stretch, days_to_bill
from billing.rules.rating import DAY, UNIT, NoTariff, Rates, rate
from smart360.kernel.money import ZERO

YEAR = timedelta(days=365)
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Usage:
    """What one service's meter measured: readings of about a year, the earliest first."""

    service: int
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


def ended_month(today: date) -> tuple[date, date]:
    """The calendar month that ended last: what a billing run is proposed to bill."""
    last = today.replace(day=1) - DAY
    return last.replace(day=1), last


def days_of_next_bill(
    account: Account, *, first_cycle_on: date | None, today: date
) -> dict[int, tuple[date, date]]:
    """Of each service, the days that the next run charges; the rule is the run's own.

    That run bills the month that ended last, with whatever was not billed before it; where
    nothing until then is left to bill, it is the run of this month.
    """
    ended = ended_month(today)
    this = ended[1] + DAY, months_later(ended[1] + DAY, 1) - DAY
    for from_on, to_on in (ended, this):
        cycle = Cycle(from_on, to_on, first=first_cycle_on or from_on)
        found = {each.key: days_to_bill(account, each, cycle) for each in account.services}
        days = {
            key: (each.from_on, each.to_on)
            for key, each in found.items()
            if isinstance(each, Stretch)
        }
        if days:
            return days
    return {}


def next_bill(
    usages: Iterable[Usage],
    tariffs: Mapping[str, Sequence[Rates]],
    *,
    days: Mapping[int, tuple[date, date]],
) -> NextBill | None:
    """The next bill's range; None when a service has no tariff or there is nothing to go by.

    ``days``  of each service that will be charged, as ``days_of_next_bill`` says
    """
    least, most, billed = ZERO, ZERO, []
    for usage in usages:
        if (period := days.get(usage.service)) is None:
            continue
        if (a_day := usage.range_a_day) is None:
            return None
        try:
            low, high = (_cost(tariffs.get(usage.utility_type, ()), period, each) for each in a_day)
        except NoTariff:
            return None
        least, most = least + low, most + high
        billed.append(period)
    if not billed:
        return None
    begins, ends = min(each[0] for each in billed), max(each[1] for each in billed)
    return NextBill(begins, ends, least, most)


def _cost(tariffs: Sequence[Rates], period: tuple[date, date], a_day: Decimal) -> Decimal:
    units = a_day * ((period[1] - period[0]).days + 1)
    consumption = units.quantize(UNIT, ROUND_HALF_UP)
    rated = rate(tariffs=tariffs, from_on=period[0], to_on=period[1], consumption=consumption)
    return sum((section.amount for section in rated), ZERO)
