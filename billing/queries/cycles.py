"""What a billing run reads, many consumers at a time: services, meters, readings, tariffs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from billing.choices import LineKind, ReadingBasis
from billing.models import BillingRun, Tariff
from billing.rules.consumption import Billed, MeterThen, Readings, Shown
from billing.rules.cycles import Account, Cycle, Facts, Service, Stretch, days_to_bill, metered
from billing.rules.rating import Rates, Slab, Tax
from consumers.models import MeterAssignment

# By index section_by_service: the last section of each service, and what was estimated since the
# last true reading on a bill. A final bill whose request is still open closes the service already:
# nothing is billed after it until the request has ended or the service has come back.
SERVICES = f"""
SELECT c.id, c.category_id, c.status, coalesce(f.balance, 0), coalesce(f.deposit, 0),
       f.oldest_due_on, s.id, s.utility_type, s.supply_state, s.connected_on,
       s.billing_frozen_at IS NOT NULL OR coalesce(last.is_closing, false),
       last.to_on, last.meter_id, last.last_reading, last.true_on, last.basis,
       guessed.units, guessed.cost
  FROM consumers_consumer c
  LEFT JOIN consumers_consumerfigures f ON f.consumer_id = c.id
  LEFT JOIN consumers_serviceconnection s ON s.consumer_id = c.id
  LEFT JOIN LATERAL (
       SELECT n.to_on, n.meter_id, n.last_reading, n.basis,
              CASE n.basis WHEN 'READ' THEN n.read_on ELSE n.previous_on END AS true_on,
              closing.ended_at IS NULL AND i.kind = 'FINAL' AND s.connected_on <= n.to_on
              AS is_closing
         FROM billing_invoicesection n JOIN billing_invoice i ON i.id = n.invoice_id
         LEFT JOIN cases_case closing ON closing.id = i.case_id
        WHERE n.service_connection_id = s.id
          AND i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL
        ORDER BY n.to_on DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (
       SELECT sum(n.consumption) AS units, sum(
              (SELECT sum(l.amount) FROM billing_invoiceline l
                WHERE l.section_id = n.id AND l.kind = '{LineKind.USAGE.value}')) AS cost
         FROM billing_invoicesection n JOIN billing_invoice i ON i.id = n.invoice_id
        WHERE last.basis = '{ReadingBasis.ESTIMATED.value}'
          AND n.service_connection_id = s.id AND n.meter_id = last.meter_id
          AND n.basis = '{ReadingBasis.ESTIMATED.value}'
          AND n.to_on > coalesce((
              SELECT r.to_on FROM billing_invoicesection r
                JOIN billing_invoice v ON v.id = r.invoice_id
               WHERE r.service_connection_id = s.id AND r.meter_id = last.meter_id
                 AND r.basis = 'READ'
                 AND v.state IN ('ISSUED', 'APPROVED') AND v.taken_back_at IS NULL
               ORDER BY r.to_on DESC LIMIT 1), '-infinity')
          AND i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL
       ) guessed ON true
 WHERE c.id = ANY(%(consumers)s)
 ORDER BY c.id, s.id
"""  # noqa: S608  (put together from our own words)

# By the index of one_reading_a_day_per_meter, four steps into it for each meter.
READINGS = """
SELECT asked.meter, asked.from_on,
       coalesce(before.value, after.value), coalesce(before.read_on, after.read_on),
       newest.value, newest.read_on, year_ago.value, year_ago.read_on
  FROM unnest(%(meters)s::bigint[], %(from)s::date[], %(to)s::date[])
       AS asked (meter, from_on, to_on)
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = asked.meter AND verification = 'VERIFIED' AND read_on <= asked.from_on
        ORDER BY read_on DESC LIMIT 1) before ON true
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = asked.meter AND verification = 'VERIFIED' AND read_on > asked.from_on
          AND read_on <= asked.to_on
        ORDER BY read_on LIMIT 1) after ON true
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = asked.meter AND verification = 'VERIFIED' AND read_on <= asked.to_on
        ORDER BY read_on DESC LIMIT 1) newest ON true
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = asked.meter AND verification = 'VERIFIED'
          AND read_on >= newest.read_on - 365
        ORDER BY read_on LIMIT 1) year_ago ON true
"""


def accounts_of(consumers: Sequence[int]) -> list[Account]:
    """These consumers with their services, by key; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SERVICES, {"consumers": list(consumers)})
        return accounts_from(cursor.fetchall())


def accounts_from(rows: Iterable[tuple[Any, ...]]) -> list[Account]:
    """The accounts of what ``SERVICES`` gave."""
    services: dict[int, list[Service]] = defaultdict(list)
    heads: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        heads[row[0]] = row[:6]
        if row[6] is not None:
            services[row[0]].append(_service(row[6:]))
    return [_account(head, services[key]) for key, head in heads.items()]


def _account(head: tuple[Any, ...], services: list[Service]) -> Account:
    key, category, status, outstanding, deposit, oldest_due_on = head
    return Account(
        key, category, status, outstanding, deposit, oldest_due_on, services=tuple(services)
    )


def _service(row: tuple[Any, ...]) -> Service:
    key, utility, state, connected_on, is_frozen, to_on, meter, value, true_on, basis = row[:10]
    units, cost = row[10:]
    billed = None
    if value is not None:
        billed = Billed(
            value=value,
            read_on=true_on,
            to_on=to_on,
            is_estimated=basis == ReadingBasis.ESTIMATED,
            estimated=units or Decimal(0),
            cost=cost or Decimal(0),
        )
    return Service(key, utility, state, connected_on, is_frozen, to_on, meter, billed)


def facts_of(accounts: Sequence[Account], cycle: Cycle, *, zone: ZoneInfo) -> Facts:
    """Meters, readings and prices of all these accounts, for a cycle; five statements."""
    days = {
        service.key: found
        for account in accounts
        for service in account.services
        if isinstance(found := days_to_bill(account, service, cycle), Stretch)
    }
    stretches = meters_of(days, zone=zone)
    asked = {
        (stretch.meter.key, stretch.from_on, stretch.read_to)
        for service, whole in days.items()
        for stretch in metered(whole, stretches.get(service, ()))
        if stretch.meter is not None
    }
    return Facts(stretches, readings_of(asked), tariffs_until(cycle.to_on))


def meters_of(services: Iterable[int], *, zone: ZoneInfo) -> dict[int, list[Stretch]]:
    """The meters of these services with the days on which each measured, in order; one statement.

    The day of a change is the new meter's.
    """
    found = (
        MeterAssignment.objects.filter(service_connection__in=list(services))
        .order_by("service_connection", "during")
        .values_list(
            "service_connection", "during", "meter", "meter__number", "meter__device__number",
            "meter__meter_type", "meter__unit",
        )
    )  # fmt: skip
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for service, during, key, number, device, kind, unit in found:
        meter = MeterThen(key, number, device or "", kind, unit)
        from_on = during.lower.astimezone(zone).date() if during.lower else date.min
        to_on = during.upper.astimezone(zone).date() if during.upper else date.max
        stretches[service].append(Stretch(from_on, to_on, meter))
    return stretches


def readings_of(asked: Iterable[tuple[int, date, date]]) -> dict[tuple[int, date], Readings]:
    """Of each (meter, first day, last day): the readings that its bill needs; one statement."""
    wanted = list(asked)
    values: dict[str, Any] = {
        "meters": [meter for meter, _, _ in wanted],
        "from": [from_on for _, from_on, _ in wanted],
        "to": [to_on for _, _, to_on in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(READINGS, values)
        return {
            (meter, from_on): Readings(*(_shown(rest, at) for at in (0, 2, 4)))
            for meter, from_on, *rest in cursor.fetchall()
        }


def _shown(row: Sequence[Any], at: int) -> Shown | None:
    return Shown(row[at], row[at + 1]) if row[at + 1] is not None else None


def tariffs_until(to_on: date) -> Mapping[tuple[str, int], list[Rates]]:
    """Every version that had begun by a day, by utility and category; three statements."""
    found = Tariff.objects.filter(valid__startswith__lte=to_on)
    tariffs: dict[tuple[str, int], list[Rates]] = defaultdict(list)
    for tariff in found.prefetch_related("slabs", "taxes").order_by("valid"):
        tariffs[tariff.utility_type, tariff.category_id].append(rates_of(tariff))
    return tariffs


def rates_of(tariff: Tariff) -> Rates:
    """A tariff as rating takes it."""
    slabs = sorted(tariff.slabs.all(), key=lambda slab: slab.above)
    taxes = sorted(tariff.taxes.all(), key=lambda tax: tax.pk)
    return Rates(
        key=tariff.pk,
        from_on=tariff.valid.lower,
        until=tariff.valid.upper,
        fixed_charge=tariff.fixed_charge,
        slabs=tuple(Slab(slab.above, slab.rate) for slab in slabs),
        taxes=tuple(Tax(t.name, t.percent, t.is_on_fixed, t.is_on_usage) for t in taxes),
    )


def first_cycle_on() -> date | None:
    """The first day of the first cycle of all; None before any run."""
    return BillingRun.objects.order_by("period_from").values_list("period_from", flat=True).first()
