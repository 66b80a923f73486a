"""Which days of a service a run bills, and how much is known of what was used."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.choices import LeftOut, ReadingBasis
from billing.rules.consumption import (
    Billed,
    MeterThen,
    ReadingIsLower,
    Readings,
    Shown,
    consumption_of,
)
from billing.rules.cycles import Account, Cycle, Service, Stretch, days_to_bill, metered

DAY = timedelta(days=1)
CYCLE = Cycle(date(2024, 12, 1), date(2024, 12, 31), first=date(2024, 6, 1))
OCTOBER, NOVEMBER, DECEMBER = date(2024, 10, 31), date(2024, 11, 30), date(2024, 12, 31)


def account(status: str = "ACTIVE") -> Account:
    return Account(1, 1, status, Decimal(0), Decimal(0), None, ())


def service(
    connected_on: date = date(2020, 1, 1),
    billed_to: date | None = None,
    *,
    is_frozen: bool = False,
) -> Service:
    return Service(1, "WATER", "CONNECTED", connected_on, billed_to=billed_to, is_frozen=is_frozen)


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        (service(), date(2024, 6, 1)),
        (service(connected_on=date(2024, 12, 9)), date(2024, 12, 9)),
        (service(billed_to=date(2024, 11, 30)), date(2024, 12, 1)),
        (service(billed_to=date(2024, 12, 30)), date(2024, 12, 31)),
        (service(billed_to=date(2024, 6, 30)), date(2024, 7, 1)),
        (service(connected_on=date(2024, 12, 9), billed_to=date(2024, 6, 30)), date(2024, 12, 9)),
    ],
)
def test_days_begin_where_the_bills_end(given: Service, begins: date) -> None:
    assert days_to_bill(account(), given, CYCLE) == Stretch(begins, CYCLE.to_on, None)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (service(billed_to=date(2024, 12, 31)), LeftOut.BILLED),
        (service(billed_to=date(2025, 1, 31)), LeftOut.BILLED),
        (service(connected_on=date(2025, 1, 1)), LeftOut.NOT_SUPPLIED),
        (service(is_frozen=True), LeftOut.FROZEN),
    ],
)
def test_or_there_are_none(given: Service, reason: LeftOut) -> None:
    assert days_to_bill(account(), given, CYCLE) == reason


def test_an_inactive_account_has_no_days() -> None:
    assert days_to_bill(account("INACTIVE"), service(), CYCLE) == LeftOut.ENDED


METERS = st.lists(
    st.dates(date(2024, 11, 1), date(2025, 1, 31)), min_size=0, max_size=6, unique=True
)


@given(METERS, st.booleans())
def test_every_day_is_measured_once(changes: list[date], is_open: bool) -> None:
    ends = sorted(changes)
    meters = [
        Stretch(begin, end, MeterThen(key, str(key), "", "", ""))
        for key, (begin, end) in enumerate(itertools.pairwise(ends))
        if key % 3 != 2  # now and then there is none
    ]
    if is_open and ends:
        meters.append(Stretch(ends[-1], date.max, MeterThen(9, "9", "", "", "")))
    days = Stretch(CYCLE.from_on, CYCLE.to_on, None)
    found = list(metered(days, meters))
    assert (found[0].from_on, found[-1].to_on) == (days.from_on, days.to_on)
    for one, other in itertools.pairwise(found):
        assert other.from_on == one.to_on + DAY
    for piece in found:
        there = [each for each in meters if each.from_on <= piece.from_on < each.to_on]
        assert [each.meter for each in there] == ([piece.meter] if piece.meter else [])
        assert piece.read_to in (piece.to_on, piece.to_on + DAY)


# ------------------------------------------------------------------ what was used
def shown(value: str, on: date) -> Shown:
    return Shown(Decimal(value), on)


YEAR = shown("100", date(2023, 12, 31))


def test_from_the_last_reading_to_the_new_one() -> None:
    use = consumption_of(
        billed=Billed(Decimal(100), NOVEMBER, NOVEMBER),
        readings=Readings(newest=shown("130.5", DECEMBER)),
        days=31,
    )
    assert (use.consumption, use.basis, use.previous_on) == (
        Decimal("30.5"), ReadingBasis.READ, NOVEMBER,
    )  # fmt: skip


def test_a_reading_that_was_billed_already_is_not_new() -> None:
    use = consumption_of(
        billed=Billed(Decimal(460), NOVEMBER, NOVEMBER),
        readings=Readings(newest=shown("460", NOVEMBER), year_ago=YEAR),
        days=31,
    )
    assert use.basis == ReadingBasis.ESTIMATED
    assert use.consumption == Decimal("33.313")  # 360 in 335 days
    assert (use.last, use.read_on, use.previous_on) == (Decimal("493.313"), None, NOVEMBER)


@pytest.mark.parametrize(
    "readings",
    [
        Readings(),
        Readings(first=shown("5", NOVEMBER), newest=shown("5", NOVEMBER)),
        Readings(newest=shown("5", NOVEMBER), year_ago=shown("900", OCTOBER)),  # it rolled over
    ],
)
def test_where_nobody_knows_nothing_is_charged(readings: Readings) -> None:
    use = consumption_of(billed=None, readings=readings, days=31)
    assert (use.consumption, use.basis) == (Decimal(0), ReadingBasis.ESTIMATED)


def test_a_meter_does_not_go_back() -> None:
    with pytest.raises(ReadingIsLower):
        consumption_of(
            billed=Billed(Decimal(100), NOVEMBER, NOVEMBER),
            readings=Readings(newest=shown("99.999", DECEMBER)),
            days=31,
        )


GUESSED = Billed(
    Decimal(130), OCTOBER, NOVEMBER, is_estimated=True, estimated=Decimal(30), cost=Decimal("4.00")
)


def test_an_estimate_comes_back_at_what_it_cost() -> None:
    use = consumption_of(billed=GUESSED, readings=Readings(newest=shown("110", DECEMBER)), days=31)
    assert use.correction is not None
    assert (use.correction.units, use.correction.rate) == (Decimal(-20), Decimal("0.133333"))
    assert (use.consumption, use.previous_on) == (Decimal(0), NOVEMBER)


def test_an_estimate_explains_no_more_than_it_was() -> None:
    with pytest.raises(ReadingIsLower):
        consumption_of(billed=GUESSED, readings=Readings(newest=shown("99.999", DECEMBER)), days=31)


UNITS = st.decimals(min_value=0, max_value=10_000, places=3)


@given(st.lists(st.tuples(UNITS, st.booleans()), min_size=1, max_size=12))
def test_true_readings_bring_the_sum_of_all_bills_to_what_was_measured(
    months: list[tuple[Decimal, bool]],
) -> None:
    """Month after month a meter is read or not; after each reading all bills add up to it."""
    register, charged = Decimal(0), Decimal(0)
    day = date(2023, 1, 31)
    billed = Billed(Decimal(0), day, day)
    newest, year_ago = Shown(Decimal(0), day), Shown(Decimal(0), day)
    for units, is_read in months:
        register += units
        day += 30 * DAY
        if is_read:
            newest = Shown(register, day)
        readings = Readings(newest=newest, year_ago=year_ago)
        use = consumption_of(billed=billed, readings=readings, days=30)
        correction = use.correction.units if use.correction else Decimal(0)
        assert use.consumption is not None
        charged += use.consumption + correction
        assert use.last is not None
        guessed = billed.estimated if use.is_estimated else Decimal(0)
        billed = Billed(
            use.last,
            newest.on,
            day,
            is_estimated=use.is_estimated,
            estimated=guessed + (use.consumption if use.is_estimated else 0),
            cost=Decimal(1),
        )
        assert charged == use.last
        if is_read:
            assert charged == register
