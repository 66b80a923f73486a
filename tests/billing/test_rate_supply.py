"""What supply costs: each line explains itself, is rounded once, and the sum is the sum (M12)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.choices import LineKind
from billing.rules.rating import (
    Correction,
    NoTariff,
    RatedLine,
    RatedSection,
    Rates,
    Tax,
    months_between,
    rate,
)
from smart360.kernel.money import rounded
from tests.billing.rates import rates

DAY = timedelta(days=1)
SLABS = (("0", "0.10"), ("200", "0.15"))
VAT = Tax("VAT", Decimal(7))


def december(**given: Any) -> tuple[RatedSection, ...]:
    """What is charged for a whole December."""
    return rate(from_on=date(2024, 12, 1), to_on=date(2024, 12, 31), **given)


def amounts(section: RatedSection) -> list[tuple[str, Decimal]]:
    return [(line.words, line.amount) for line in section.lines]


def test_a_whole_month() -> None:
    (section,) = december(
        tariffs=[rates("12.50", *SLABS, taxes=(VAT,))], consumption=Decimal(250), unit="kWh"
    )
    assert section.lines == (
        RatedLine(
            LineKind.FIXED, "Fixed charge, December 2024", Decimal(31), Decimal(31),
            Decimal("12.50"), Decimal("12.50"),
        ),
        RatedLine(
            LineKind.USAGE, "Consumption up to 200 kWh", Decimal(200), None, Decimal("0.10"),
            Decimal("20.00"),
        ),
        RatedLine(
            LineKind.USAGE, "Consumption above 200 kWh", Decimal(50), None, Decimal("0.15"),
            Decimal("7.50"),
        ),
        RatedLine(LineKind.TAX, "VAT", None, Decimal("40.00"), Decimal(7), Decimal("2.80")),
    )  # fmt: skip
    assert section.amount == Decimal("42.80")


def test_parts_of_months_are_charged_by_days() -> None:
    (section,) = rate(
        tariffs=[rates("31.00", *SLABS)],
        from_on=date(2024, 11, 16), to_on=date(2024, 12, 10),
        consumption=Decimal(250), unit="kWh",
    )  # fmt: skip
    # 15 of 30 days and 10 of 31; the slab ends at 200 × (15/30 + 10/31) = 164.516 units
    assert amounts(section) == [
        ("Fixed charge, November 2024", Decimal("15.50")),
        ("Fixed charge, December 2024", Decimal("10.00")),
        ("Consumption up to 164.516 kWh", Decimal("16.45")),
        ("Consumption above 164.516 kWh", Decimal("12.82")),
    ]


@pytest.mark.parametrize(
    ("from_on", "to_on", "months"),
    [
        (date(2024, 2, 1), date(2024, 2, 29), "1"),
        (date(2023, 2, 1), date(2023, 2, 14), "1/2"),
        (date(2024, 1, 1), date(2024, 12, 31), "12"),
        (date(2024, 6, 30), date(2024, 6, 30), "1/30"),
    ],
)
def test_length_in_months(from_on: date, to_on: date, months: str) -> None:
    assert str(months_between(from_on, to_on)) == months


def test_a_new_tariff_splits_the_section_and_shares_consumption_by_days() -> None:
    old = rates("10.00", ("0", "0.10"), key=1, until=date(2024, 12, 11))
    new = rates("20.00", ("0", "0.20"), key=2, from_on=date(2024, 12, 11))
    sections = december(tariffs=[new, old], consumption=Decimal(100), unit="kWh")
    assert [(each.tariff, each.from_on, each.to_on, each.consumption) for each in sections] == [
        (1, date(2024, 12, 1), date(2024, 12, 10), Decimal("32.258")),
        (2, date(2024, 12, 11), date(2024, 12, 31), Decimal("67.742")),
    ]
    assert [each.amount for each in sections] == [Decimal("6.46"), Decimal("27.10")]


def test_a_day_without_tariff_is_told() -> None:
    ended = rates("10.00", until=date(2024, 12, 24))
    with pytest.raises(NoTariff) as raised:
        december(tariffs=[ended], consumption=None)
    assert raised.value.on == date(2024, 12, 24)


def test_a_tax_is_on_what_it_says() -> None:
    taxes = (
        Tax("City", Decimal(10), is_on_usage=False),
        Tax("State", Decimal("2.5"), is_on_fixed=False),
    )
    (section,) = december(
        tariffs=[rates("10.00", ("0", "1"), taxes=taxes)], consumption=Decimal(40)
    )
    assert amounts(section)[2:] == [("City", Decimal("1.00")), ("State", Decimal("1.00"))]


def test_without_a_meter_nothing_is_said_of_consumption() -> None:
    (section,) = december(tariffs=[rates("10.00", *SLABS)], consumption=None)
    assert [line.kind for line in section.lines] == [LineKind.FIXED]


def test_no_consumption_is_a_line() -> None:
    (section,) = december(tariffs=[rates("0", *SLABS)], consumption=Decimal(0), unit="kWh")
    assert amounts(section) == [("Consumption up to 200 kWh", Decimal("0.00"))]


def test_an_estimate_says_so() -> None:
    (section,) = december(
        tariffs=[rates("0", ("0", "1"))], consumption=Decimal(3), unit="m³", is_estimated=True
    )
    assert amounts(section) == [("Estimated consumption, m³", Decimal("3.00"))]


def test_what_an_estimate_took_too_much_comes_back_with_its_tax() -> None:
    (section,) = december(
        tariffs=[rates("10.00", *SLABS, taxes=(VAT,))],
        consumption=Decimal(0),
        correction=Correction(Decimal(-30), Decimal("0.125")),
        unit="kWh",
    )
    assert amounts(section) == [
        ("Fixed charge, December 2024", Decimal("10.00")),
        ("Correction of an estimate, kWh", Decimal("-3.75")),
        ("Consumption up to 200 kWh", Decimal("0.00")),
        ("VAT", Decimal("0.44")),
    ]


def test_half_a_cent_goes_up() -> None:
    (section,) = december(tariffs=[rates("0", ("0", "0.005"))], consumption=Decimal(1))
    assert section.amount == Decimal("0.01")


# ------------------------------------------------------------------ properties
CENTS = st.decimals(min_value=0, max_value=5_000, places=2)
PRICES = st.decimals(min_value=0, max_value=100, places=6)
UNITS = st.decimals(min_value=0, max_value=100_000, places=3)
DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))
LENGTHS = st.integers(0, 400)
BOUNDS = st.sets(st.decimals(min_value=0, max_value=5_000, places=3), max_size=4)
TAXES = st.lists(
    st.builds(
        Tax, st.just("A tax"), st.decimals(min_value=0, max_value=100, places=3),
        st.booleans(), st.booleans(),
    ),
    max_size=2,
)  # fmt: skip


@st.composite
def tariffs(draw: st.DrawFn) -> list[Rates]:
    """One to three versions that follow each other."""
    changes = sorted(draw(st.sets(DAYS, max_size=2)))
    begins = [date(2000, 1, 1), *changes]
    ends = [*changes, None]
    return [
        rates(
            str(draw(CENTS)),
            *[(str(above), str(draw(PRICES))) for above in draw(BOUNDS)],
            taxes=tuple(draw(TAXES)),
            key=key,
            from_on=from_on,
            until=until,
        )
        for key, (from_on, until) in enumerate(zip(begins, ends, strict=True))
    ]


@given(tariffs(), DAYS, LENGTHS, UNITS)
def test_nothing_is_lost_and_nothing_negative(
    versions: list[Rates], from_on: date, length: int, consumption: Decimal
) -> None:
    to_on = from_on + length * DAY
    sections = rate(tariffs=versions, from_on=from_on, to_on=to_on, consumption=consumption)
    assert sections[0].from_on == from_on
    assert sections[-1].to_on == to_on
    for one, other in pairwise(sections):
        assert other.from_on == one.to_on + DAY
    assert sum(each.consumption for each in sections) == consumption
    for section in sections:
        assert section.amount == sum(line.amount for line in section.lines)
        usage = [line for line in section.lines if line.kind == LineKind.USAGE]
        version = versions[section.tariff]
        if version.slabs:
            assert sum(line.quantity or 0 for line in usage) == section.consumption
        for line in section.lines:
            assert line.amount >= 0
            assert line.amount == rounded(line.amount)
            assert str(line.amount) != "-0.00"


@given(tariffs(), DAYS, LENGTHS, st.data())
def test_a_split_moves_the_fixed_charge_by_a_cent_at_most(
    versions: list[Rates], from_on: date, length: int, data: st.DataObject
) -> None:
    to_on = from_on + (length + 1) * DAY
    split = data.draw(st.dates(from_on, to_on - DAY))

    def fixed(start: date, end: date) -> Decimal:
        sections = rate(tariffs=versions, from_on=start, to_on=end, consumption=None)
        return sum((each.amount_of(LineKind.FIXED) for each in sections), Decimal(0))

    parts = fixed(from_on, split) + fixed(split + DAY, to_on)
    assert abs(parts - fixed(from_on, to_on)) <= Decimal("0.01")


@given(tariffs(), DAYS, LENGTHS, UNITS, st.integers(1, 10_000))
def test_more_consumption_never_costs_less(
    versions: list[Rates], from_on: date, length: int, consumption: Decimal, more: int
) -> None:
    def cost(units: Decimal) -> Decimal:
        to_on = from_on + length * DAY
        sections = rate(tariffs=versions, from_on=from_on, to_on=to_on, consumption=units)
        return sum((each.amount for each in sections), Decimal(0))

    assert cost(consumption) <= cost(consumption + more)
