"""What is unusual about readings (CON10): the rules, and what they must never do."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.choices import ReadingException
from consumers.rules.anomalies import (
    FEWEST,
    HISTORY,
    Kind,
    Period,
    SeenReading,
    anomalies_of,
    gathered,
    periods_of,
    usual_of,
    warning_before,
    why_unusual,
)

FIRST = date(2022, 1, 1)
MONTH = timedelta(30)


def months(*used: int | Decimal, step: timedelta = MONTH) -> list[Period]:
    """Periods one after the other, each with its use."""
    return [
        Period(FIRST + at * step, FIRST + (at + 1) * step, Decimal(units))
        for at, units in enumerate(used)
    ]


def shown(*values: int, step: timedelta = MONTH) -> list[SeenReading]:
    """What one meter showed, month after month."""
    return [SeenReading(1, Decimal(value), FIRST + at * step) for at, value in enumerate(values)]


def kinds(readings: list[SeenReading], *, later: int = 0) -> list[Kind]:
    """What is found on the day of the last reading, or so many days ``later``."""
    today = max(each.read_on for each in readings) + timedelta(later)
    return [each.kind for each in anomalies_of(readings, today=today)]


# ------------------------------------------------------------------ consumption
def test_consumption_is_from_one_reading_that_counts_to_the_next() -> None:
    readings = shown(100, 160, 220)
    readings[1] = SeenReading(1, Decimal(999), readings[1].read_on, counts=False)
    (period,) = periods_of(readings)
    assert period.units == 120
    assert period.days == 60
    assert period.per_day == 2


def test_a_meter_that_follows_another_begins_anew() -> None:
    """What the old one showed is not what the new one began with."""
    first = SeenReading(2, Decimal(7), FIRST + 2 * MONTH)
    second = SeenReading(2, Decimal(67), FIRST + 3 * MONTH)
    assert [each.units for each in periods_of([*shown(100, 160), first, second])] == [60, 60]


def test_a_rollover_goes_on_from_nought() -> None:
    over = SeenReading(1, Decimal(20), FIRST + MONTH, ReadingException.ROLLOVER)
    assert [each.units for each in periods_of([*shown(99_980), over])] == [40]


def test_daily_readings_make_months() -> None:
    days = months(*[2] * 65, step=timedelta(1))
    found = gathered(days)
    assert [each.days for each in found] == [25, 25, 15]
    assert sum(each.units for each in found) == 130
    assert gathered(months(60, 62)) == months(60, 62)


# ------------------------------------------------------------------ what is found
def test_a_reading_below_the_one_before_is_told_whatever_became_of_it() -> None:
    rejected = SeenReading(1, Decimal(150), FIRST + 2 * MONTH, counts=False)
    (found,) = anomalies_of([*shown(100, 160), rejected], today=FIRST + 2 * MONTH)
    assert found.kind == Kind.BELOW_PREVIOUS
    assert found.sentence("kWh") == "150 kWh after 160 kWh"
    replaced = SeenReading(1, Decimal(5), FIRST + 2 * MONTH, ReadingException.REPLACEMENT)
    assert kinds([*shown(100, 160), replaced]) == [Kind.BELOW_PREVIOUS]


def test_no_consumption_after_use_is_told_once() -> None:
    """An empty home is not news every month."""
    assert kinds(shown(100, 160, 160, 160)) == [Kind.ZERO]


def test_far_outside_the_own_history_is_told_with_what_is_usual() -> None:
    readings = shown(*range(0, 60 * 13, 60), 60 * 12 + 900)
    (found,) = anomalies_of(readings, today=readings[-1].read_on)
    assert found.kind == Kind.FAR_ABOVE
    assert found.sentence("kWh") == "30 kWh a day, usually 2 kWh"
    assert kinds(shown(*range(0, 60 * 13, 60), 60 * 12 + 20)) == [Kind.FAR_BELOW]


def test_little_known_is_no_history() -> None:
    assert why_unusual(months(*[60] * FEWEST, 900)[-1], months(*[60] * (FEWEST - 1))) is None
    assert why_unusual(months(*[60] * FEWEST, 900)[-1], months(*[60] * FEWEST)) == Kind.FAR_ABOVE


def test_a_winter_is_like_the_winters_before() -> None:
    """Heating: far above the last twelve months, and what it was in each year before."""
    year = [60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 400]
    step = timedelta(days=365) / 12
    assert why_unusual(months(*year, *year, 400)[-1], []) is None
    three = months(*year, *year, *year, step=step)
    assert why_unusual(three[-1], three[:-1]) is None
    assert why_unusual(three[11], three[:11]) == Kind.FAR_ABOVE  # nobody knew yet
    summer = months(*year, *year, *year[:6], 400, step=step)
    assert why_unusual(summer[-1], summer[:-1]) == Kind.FAR_ABOVE


@pytest.mark.parametrize(("later", "found"), [(62, []), (63, [Kind.GAP])])
def test_a_meter_that_nobody_reads_is_told(later: int, found: list[Kind]) -> None:
    assert kinds(shown(100, 160), later=later) == found
    gap = [*shown(100, 160), SeenReading(1, Decimal(220), FIRST + MONTH + timedelta(later))]
    assert kinds(gap) == found


def test_before_it_is_kept_ten_times_the_average_is_enough() -> None:
    """84: a thousand times the usual is asked about, however little is known."""
    before = months(60, 60)
    period = Period(before[-1].to_on, before[-1].to_on + MONTH, Decimal(600))
    warned = warning_before(period, before)
    assert warned is not None
    assert warned.sentence("kWh") == "20 kWh a day, usually 2 kWh"
    assert warning_before(Period(period.from_on, period.to_on, Decimal(599)), before) is None
    assert warning_before(period, []) is None


# ------------------------------------------------------------------ for any consumer
uses = st.lists(st.integers(0, 5000), min_size=1, max_size=40)
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@unhurried
@given(uses, st.integers(1, 10_000))
def test_the_unit_does_not_matter(used: list[int], times: int) -> None:
    """Litres or cubic metres: the same periods are unusual."""
    plain, scaled = months(*used), months(*(each * times for each in used))
    for at in range(len(used)):
        assert why_unusual(plain[at], plain[:at]) == why_unusual(scaled[at], scaled[:at])


@unhurried
@given(st.integers(0, 5000), st.integers(1, 60), st.integers(20, 62))
def test_constant_use_is_never_unusual(use: int, count: int, days: int) -> None:
    periods = months(*[use] * count, step=timedelta(days))
    assert [why_unusual(each, periods[:at]) for at, each in enumerate(periods)] == [None] * count
    values = range(0, (use + 1) * count + 1, use + 1)
    assert kinds(shown(*values, step=timedelta(days))) == []


@unhurried
@given(uses, st.integers(0, 5000), st.integers(1, 5000))
def test_more_is_never_less_unusual(used: list[int], use: int, more: int) -> None:
    """What is far above stays it when more is used, and far below when less is."""
    before = months(*used)
    start = before[-1].to_on

    def judged(units: int) -> Kind | None:
        return why_unusual(Period(start, start + MONTH, Decimal(units)), before)

    if judged(use) == Kind.FAR_ABOVE:
        assert judged(use + more) == Kind.FAR_ABOVE
    if judged(use + more) == Kind.FAR_BELOW:
        assert judged(use) in (Kind.FAR_BELOW, Kind.ZERO)


@unhurried
@given(uses)
def test_what_lies_too_far_back_changes_nothing(used: list[int]) -> None:
    before = months(*[1] * HISTORY, *used[: HISTORY - 1], *[60] * HISTORY)
    assert usual_of(before) == 2
