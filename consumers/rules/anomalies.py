"""Readings that somebody should look at (CON10). Pure; the method is told in docs/ANOMALIES.md.

Each period between two readings that count is compared with the consumer's own use a day: with the
median of the ``HISTORY`` periods before it and, once two years are known, with the same season of
the years before. How far off is measured in robust spreads: the median distance from the median
(MAD) times 1.4826, which is a standard deviation where use is normal, and at least a tenth of the
median, so that a very regular consumer is not flagged for a little. A period is far outside when
it lies ``FAR`` spreads off, which is at least half of the usual use: above or below both the last
periods and, where it is known, the season.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from statistics import median

from consumers.choices import ReadingException
from consumers.rules.readings import units_between
from smart360.web.formats import shown_reading

HISTORY = 12
"""Periods before the one that is judged: a year of monthly readings."""
FEWEST = 6
"""Periods that must be known before anything is far outside."""
FAR = Decimal(5)
"""Robust spreads from the median."""
MAD_TO_SPREAD = Decimal("1.4826")
LEAST_SPREAD = Decimal("0.1")
"""Of the median: what is taken for the spread of a consumer whose use hardly changes."""
LONGEST_GAP = 62
"""Days without a reading; two months."""
YEAR = 365
SEASON = 20
"""Days before and after the same day of another year that are the same season."""
FEWEST_IN_SEASON = 2
TWO_YEARS = 2 * YEAR
HARDLY_KNOWN = 10
"""Times the average, where fewer than ``FEWEST`` periods are known (bad-inputs.md 84)."""


class Kind(Enum):
    """What is unusual: its words and its icon."""

    BELOW_PREVIOUS = "Reading below the previous one", "arrow-down"
    FAR_ABOVE = "Consumption far above usual", "chevrons-up"
    FAR_BELOW = "Consumption far below usual", "arrow-down-left"
    ZERO = "No consumption after use", "circle-off"
    GAP = "No reading for a long time", "clock-exclamation"

    @property
    def label(self) -> str:
        """In words."""
        return self.value[0]

    @property
    def icon(self) -> str:
        """Of the sprite."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class SeenReading:
    """What one meter of a service showed on a day. One that was rejected does not count."""

    meter: int
    value: Decimal
    read_on: date
    exception: str = ReadingException.NONE
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """What was used from one reading, on ``from_on``, to the next, on ``to_on``."""

    from_on: date
    to_on: date
    units: Decimal

    @property
    def days(self) -> int:
        """How long it is; at least one."""
        return max(1, (self.to_on - self.from_on).days)

    @property
    def per_day(self) -> Decimal:
        """Units a day."""
        return self.units / self.days

    @property
    def middle(self) -> date:
        """The day that says in which season it lies."""
        return self.from_on + timedelta(days=self.days // 2)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something unusual about the reading of ``on``, with what it was judged by.

    ``a_day`` and ``usual`` are units a day, of the period and of the median; ``value`` and
    ``before`` are what the meter showed; ``days`` is how long nobody read it.
    """

    kind: Kind
    on: date
    a_day: Decimal | None = None
    usual: Decimal | None = None
    value: Decimal | None = None
    before: Decimal | None = None
    days: int = 0

    def sentence(self, unit: str) -> str:
        """What is unusual, for a reader."""
        if self.kind == Kind.BELOW_PREVIOUS and self.value is not None and self.before is not None:
            return f"{shown_reading(self.value, unit)} after {shown_reading(self.before, unit)}"
        if self.kind == Kind.GAP:
            return f"{self.days} days without a reading"
        if self.a_day is None or self.usual is None:
            return self.kind.label
        return f"{_short(self.a_day, unit)} a day, usually {_short(self.usual, unit)}"


def _short(a_day: Decimal, unit: str) -> str:
    return shown_reading(a_day.quantize(Decimal("0.01")), unit)


# ------------------------------------------------------------------ consumption
def periods_of(readings: Sequence[SeenReading]) -> list[Period]:
    """What was used between the readings that count, meter by meter, the earliest first."""
    last: dict[int, SeenReading] = {}
    periods = []
    for each in sorted(readings, key=lambda reading: reading.read_on):
        if not each.counts:
            continue
        before = last.get(each.meter)
        if before is not None:
            used = units_between(before.value, each.value, each.exception)
            periods.append(Period(before.read_on, each.read_on, used))
        last[each.meter] = each
    return periods


def gathered(periods: Sequence[Period], *, at_least: int = 25) -> list[Period]:
    """The same use in periods of ``at_least`` so many days, so that daily readings make months.

    Put together from the earliest on; what is left over at the end stays short.
    """
    found: list[Period] = []
    for each in sorted(periods, key=lambda period: period.to_on):
        last = found[-1] if found else None
        if last is not None and last.days < at_least and last.to_on == each.from_on:
            found[-1] = Period(last.from_on, each.to_on, last.units + each.units)
        else:
            found.append(each)
    return found


# ------------------------------------------------------------------ what is unusual
def anomalies_of(readings: Sequence[SeenReading], *, today: date) -> list[Anomaly]:
    """What is unusual about these readings of one service, newest first."""
    periods = periods_of(readings)
    found = _falls(readings)
    for at, period in enumerate(periods):
        if kind := why_unusual(period, periods[:at]):
            usual = usual_of(periods[:at])
            found.append(Anomaly(kind, period.to_on, a_day=period.per_day, usual=usual))
        if period.days > LONGEST_GAP:
            found.append(Anomaly(Kind.GAP, period.to_on, days=period.days))
    counted = [each.read_on for each in readings if each.counts]
    if counted and (silent := (today - max(counted)).days) > LONGEST_GAP:
        found.append(Anomaly(Kind.GAP, today, days=silent))
    return sorted(found, key=lambda anomaly: (anomaly.on, anomaly.kind.name), reverse=True)


def _falls(readings: Sequence[SeenReading]) -> list[Anomaly]:
    """Readings below the one before that counted: rejected, or accepted by an exception."""
    last: dict[int, SeenReading] = {}
    found = []
    for each in sorted(readings, key=lambda reading: reading.read_on):
        before = last.get(each.meter)
        if before is not None and each.value < before.value:
            found.append(
                Anomaly(Kind.BELOW_PREVIOUS, each.read_on, value=each.value, before=before.value)
            )
        if each.counts:
            last[each.meter] = each
    return found


def why_unusual(period: Period, before: Sequence[Period]) -> Kind | None:
    """What is unusual about a period's use after those ``before``, the earliest first."""
    known = [each.per_day for each in before]
    if period.units == 0 and known and known[-1] > 0:
        return Kind.ZERO
    if len(known) < FEWEST:
        return None
    kind = _far(period.per_day, known[-HISTORY:])
    season = season_of(period, before)
    if kind and season and _far(period.per_day, season) != kind:
        return None
    return kind


def _far(a_day: Decimal, known: Sequence[Decimal]) -> Kind | None:
    usual = median(known)
    spread = median(abs(each - usual) for each in known) * MAD_TO_SPREAD
    far = FAR * max(spread, usual * LEAST_SPREAD)
    if a_day - usual > far:
        return Kind.FAR_ABOVE
    return Kind.FAR_BELOW if usual - a_day > far else None


def season_of(period: Period, before: Sequence[Period]) -> list[Decimal]:
    """The use a day in the same season of years before; empty until two years are known."""
    if not before or (period.to_on - before[0].from_on).days < TWO_YEARS:
        return []
    found = []
    for each in before:
        years, rest = divmod((period.middle - each.middle).days + YEAR // 2, YEAR)
        if years > 0 and abs(rest - YEAR // 2) <= SEASON:
            found.append(each.per_day)
    return found if len(found) >= FEWEST_IN_SEASON else []


def usual_of(before: Sequence[Period]) -> Decimal:
    """The median use a day of the last periods; 0 when nothing is known."""
    known = [each.per_day for each in before[-HISTORY:]]
    return median(known) if known else Decimal(0)


def warning_before(period: Period, before: Sequence[Period]) -> Anomaly | None:
    """What to say before a reading is kept that would end ``period``, or None.

    Where too little is known for the rules above, ten times the average is told too.
    """
    kind = why_unusual(period, before)
    usual = usual_of(before)
    if kind is None and 0 < len(before) < FEWEST:
        units = sum((each.units for each in before), Decimal(0))
        average = units / sum(each.days for each in before)
        if average > 0 and period.per_day >= average * HARDLY_KNOWN:
            kind, usual = Kind.FAR_ABOVE, average
    if kind is None:
        return None
    return Anomaly(kind, period.to_on, a_day=period.per_day, usual=usual)
