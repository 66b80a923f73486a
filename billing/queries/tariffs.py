"""Tariffs, as whoever sets them needs to know them."""

from datetime import date

from billing.models import InvoiceSection, Tariff


def is_used(tariff: int) -> bool:
    """Whether an invoice was made by it; then it never changes."""
    return InvoiceSection.objects.filter(tariff=tariff).exists()


def is_used_after(tariff: int, last: date) -> bool:
    """Whether an invoice charges days after ``last`` by it."""
    return InvoiceSection.objects.filter(tariff=tariff, to_on__gt=last).exists()


def overlapping(
    *, utility_type: str, category: int, begins_on: date, until: date | None, but: int | None
) -> Tariff | None:
    """Another tariff of this utility and category that is valid on some of these days."""
    others = Tariff.objects.filter(utility_type=utility_type, category=category)
    if but is not None:
        others = others.exclude(pk=but)
    return others.filter(valid__overlap=(begins_on, until)).first()
