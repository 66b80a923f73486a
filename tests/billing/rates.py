"""Tariffs for tests: as the pure functions take them, and as rows."""

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from billing.models import Tariff, TariffSlab, TariffTax
from billing.rules.rating import Rates, Slab, Tax
from consumers.choices import UtilityType
from consumers.models import Category


def rates(
    fixed: str = "0",
    *slabs: tuple[str, str],
    taxes: tuple[Tax, ...] = (),
    key: int = 1,
    from_on: date = date(2020, 1, 1),
    until: date | None = None,
) -> Rates:
    """A tariff of ``fixed`` a month; each slab is (above, rate)."""
    return Rates(
        key=key,
        from_on=from_on,
        until=until,
        fixed_charge=Decimal(fixed),
        slabs=tuple(Slab(Decimal(above), Decimal(rate)) for above, rate in slabs),
        taxes=taxes,
    )


def make_tariff(
    utility_type: UtilityType = UtilityType.ELECTRICITY,
    *,
    fixed: str = "12.50",
    slabs: tuple[tuple[str, str], ...] = (("0", "0.10"), ("200", "0.15")),
    tax: str = "7",
    from_on: date = date(2024, 1, 1),
    until: date | None = None,
    category: str = "Residential",
) -> Tariff:
    """A tariff with its slabs and one tax, as an administrator enters it."""
    made = Tariff.objects.create(
        name=f"{category} {utility_type} {from_on}",
        utility_type=utility_type,
        category=Category.objects.get_or_create(name=category)[0],
        valid=DateRange(from_on, until),
        fixed_charge=Decimal(fixed),
    )
    for above, rate in slabs:
        TariffSlab.objects.create(tariff=made, above=Decimal(above), rate=Decimal(rate))
    if tax:
        TariffTax.objects.create(tariff=made, name="Sales tax", percent=Decimal(tax))
    return made
