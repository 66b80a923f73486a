"""How much was used: from readings, or by estimate where there is none (BIL9).

A section that was estimated carries the reading that the meter would show if the estimate were
right. The next bill goes on from that value: what was estimated too low is in it, what was
estimated too high comes back as a correction, at what it had cost. So every true reading brings
the sum of all bills back to what the meter measured, and no bill has to be made anew.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from billing.choices import ReadingBasis
from billing.rules.rating import UNIT, Correction

YEAR = timedelta(days=365)
RATE = Decimal("0.000001")


class ReadingIsLower(Exception):
    """The meter shows less than it did: it rolled over, was changed, or was misread."""


@dataclass(frozen=True)
class MeterThen:
    """A meter as a bill shows it."""

    key: int
    number: str
    device: str
    kind: str
    unit: str


@dataclass(frozen=True)
class Shown:
    """What a meter showed on a day."""

    value: Decimal
    on: date


@dataclass(frozen=True)
class Billed:
    """Up to where a meter's consumption is on bills.

    ``value``      the reading up to which it is; an estimate's, when ``is_estimated``
    ``read_on``    day of the last true reading; None when there never was one
    ``to_on``      the last day charged
    ``estimated``  units on bills since the last true reading, and ``cost`` what they cost
    """

    value: Decimal
    read_on: date | None
    to_on: date
    is_estimated: bool = False
    estimated: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)


@dataclass(frozen=True)
class Readings:
    """A meter's verified readings, as far as a bill needs them.

    ``first``     where measuring begins if nothing was billed: the last one on or before the
                  first day, else the first one after it
    ``newest``    the last one that counts for the period
    ``year_ago``  the first one within the twelve months before ``newest``
    """

    first: Shown | None = None
    newest: Shown | None = None
    year_ago: Shown | None = None

    @property
    def a_day(self) -> Decimal | None:
        """Average consumption of a day over the last twelve months; None when nobody knows."""
        if self.newest is None or self.year_ago is None:
            return None
        days, units = (
            (self.newest.on - self.year_ago.on).days,
            self.newest.value - self.year_ago.value,
        )
        return units / days if days > 0 and units >= 0 else None


@dataclass(frozen=True)
class Use:
    """What was used, and what the bill says of how it is known."""

    consumption: Decimal | None
    basis: ReadingBasis
    previous: Decimal | None = None
    previous_on: date | None = None
    last: Decimal | None = None
    read_on: date | None = None
    correction: Correction | None = None

    @property
    def is_estimated(self) -> bool:
        """Whether no reading stands behind it."""
        return self.basis == ReadingBasis.ESTIMATED


NO_METER = Use(consumption=None, basis=ReadingBasis.NO_METER)


def consumption_of(*, billed: Billed | None, readings: Readings, days: int) -> Use:
    """What one meter measured in a period of ``days`` since it was billed last.

    A reading counts when it is newer than the last true one; without one the consumption is the
    daily average of the last twelve months × days, or nothing when there is no average.
    Raises ReadingIsLower where the meter went back by more than an estimate explains.
    """
    start = billed or _beginning(readings)
    newest = readings.newest
    is_new = newest is not None and start is not None and (
        start.read_on is None or newest.on > start.read_on
    )  # fmt: skip
    if start is None or newest is None or not is_new:
        return _estimate(start, readings, days)
    units = newest.value - start.value
    correction = None
    if units < 0:
        if not start.is_estimated or -units > start.estimated:
            raise ReadingIsLower
        correction = Correction(units, (start.cost / start.estimated).quantize(RATE, ROUND_HALF_UP))
    return Use(
        consumption=max(units, Decimal(0)),
        basis=ReadingBasis.READ,
        previous=start.value,
        previous_on=start.to_on if start.is_estimated else start.read_on,
        last=newest.value,
        read_on=newest.on,
        correction=correction,
    )


def _beginning(readings: Readings) -> Billed | None:
    first = readings.first
    return None if first is None else Billed(first.value, first.on, first.on)


def _estimate(start: Billed | None, readings: Readings, days: int) -> Use:
    units = ((readings.a_day or Decimal(0)) * days).quantize(UNIT, ROUND_HALF_UP)
    return Use(
        consumption=units,
        basis=ReadingBasis.ESTIMATED,
        previous=start.value if start else None,
        previous_on=start.read_on if start else None,
        last=start.value + units if start else None,
    )
