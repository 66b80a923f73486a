"""Tariffs, as whoever sets them needs to know them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from billing.models import InvoiceSection, Tariff
from billing.rules.rating import Rates, Slab, Tax
from smart360.kernel.money import exact_rows

VALID_SINCE = """
SELECT t.utility_type, t.name, t.id, lower(t.valid), upper(t.valid), t.fixed_charge,
       (SELECT jsonb_agg(jsonb_build_array(s.above, s.rate) ORDER BY s.above)
          FROM billing_tariffslab s WHERE s.tariff_id = t.id),
       (SELECT jsonb_agg(jsonb_build_array(x.name, x.percent, x.is_on_fixed, x.is_on_usage)
                         ORDER BY x.id)
          FROM billing_tarifftax x WHERE x.tariff_id = t.id)
  FROM billing_tariff t
 WHERE t.category_id = %(category)s AND (upper(t.valid) IS NULL OR upper(t.valid) >= %(since)s)
 ORDER BY t.valid
"""


@dataclass(frozen=True, slots=True)
class NamedRates:
    """A version of a tariff by its name."""

    name: str
    rates: Rates

    def is_valid_on(self, day: date) -> bool:
        """Whether it is charged on this day."""
        until = self.rates.until
        return self.rates.from_on <= day and (until is None or day < until)


def rates_since(category: int, *, since: date) -> Mapping[str, list[NamedRates]]:
    """The tariffs of a category valid after a day, by utility, earliest first; one statement."""
    found: dict[str, list[NamedRates]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(VALID_SINCE, {"category": category, "since": since})
        for utility, name, key, from_on, until, fixed, slabs, taxes in cursor.fetchall():
            rates = Rates(
                key=key,
                from_on=from_on,
                until=until,
                fixed_charge=fixed,
                slabs=tuple(Slab(*each) for each in exact_rows(slabs)),
                taxes=tuple(Tax(*each) for each in exact_rows(taxes)),
            )
            found[utility].append(NamedRates(name, rates))
    return found


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
