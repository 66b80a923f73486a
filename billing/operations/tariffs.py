"""Tariffs: the next version of one (BIL4)."""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from billing.models import Tariff, TariffSlab, TariffTax
from billing.queries.tariffs import is_used_after, overlapping
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal

DAY = timedelta(days=1)
LONGEST_NAME = 80


class UnableToCopyTariff(Refusal):
    """There is no room for another version on these days."""


@operation
def copy_as_new_version(*, tariff: int, on: date) -> Tariff:
    """Let a tariff end and the same rates begin anew, to be changed before they are used.

    The new version begins with the first month after ``on``, or where the old one ends.
    Raises UnableToCopyTariff when another one is valid then, or bills were made beyond that day.
    """
    old = Tariff.objects.select_for_update(of=("self",), no_key=True).get(pk=tariff)
    begins = (on.replace(day=1) + 31 * DAY).replace(day=1)
    begins = max(begins, old.valid.lower + DAY)
    until = old.valid.upper
    if until is not None and until <= begins:
        begins, until = until, None
    if is_used_after(old.pk, begins - DAY):
        raise UnableToCopyTariff(f"{old.name}: bills were made by it for days after {begins}")
    other = overlapping(
        utility_type=old.utility_type,
        category=old.category_id,
        begins_on=begins,
        until=until,
        but=old.pk,
    )
    if other is not None:
        raise UnableToCopyTariff(f"{old.name}: {other.name} is valid from {other.valid.lower} on")
    old.valid = DateRange(old.valid.lower, begins)
    old.save(update_fields=["valid"])
    new = Tariff.objects.create(
        name=_next_name(old.name, begins),
        utility_type=old.utility_type,
        category_id=old.category_id,
        valid=DateRange(begins, until),
        fixed_charge=old.fixed_charge,
    )
    TariffSlab.objects.bulk_create(
        TariffSlab(tariff=new, above=slab.above, rate=slab.rate) for slab in old.slabs.all()
    )
    TariffTax.objects.bulk_create(
        TariffTax(
            tariff=new,
            name=tax.name,
            percent=tax.percent,
            is_on_fixed=tax.is_on_fixed,
            is_on_usage=tax.is_on_usage,
        )
        for tax in old.taxes.all()
    )
    return new


def _next_name(name: str, begins: date) -> str:
    """The old name with the day on which the new version begins."""
    ending = f", from {begins}"
    bare = name.partition(", from ")[0]
    return bare[: LONGEST_NAME - len(ending)] + ending
