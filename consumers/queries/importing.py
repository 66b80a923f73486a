"""What of a file of accounts is here already (CON15)."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from consumers.models import Consumer, Device, Meter
from consumers.rules.importing import MOST_EARLIER, ImportedAccount, ImportedService

SERVICES = """
SELECT sc.consumer_id, sc.utility_type, p.address, p.area, sc.supply_state, sc.connected_on,
       coalesce(m.number, ''), coalesce(d.number, ''), coalesce(m.meter_type, ''),
       coalesce(m.model, ''), coalesce(m.unit, ''), shown.days, shown.readings
  FROM consumers_serviceconnection sc
  JOIN consumers_premise p ON p.id = sc.premise_id
  LEFT JOIN consumers_meterassignment a
    ON a.service_connection_id = sc.id AND upper_inf(a.during)
  LEFT JOIN consumers_meter m ON m.id = a.meter_id
  LEFT JOIN consumers_device d ON d.id = m.device_id
  LEFT JOIN LATERAL (
       SELECT array_agg(read_on) AS days, array_agg(value) AS readings
         FROM (SELECT read_on, value FROM consumers_reading
                WHERE meter_id = m.id ORDER BY read_on LIMIT %(most)s) AS oldest) AS shown ON true
 WHERE sc.consumer_id = ANY(%(consumers)s)
 ORDER BY sc.id
"""


def known_accounts(numbers: Sequence[str]) -> dict[str, ImportedAccount]:
    """The accounts that are here, as a file would have them, with each meter's first readings."""
    consumers = list(
        Consumer.objects.select_related("category", "subcategory").filter(
            account_number__in=list(numbers)
        )
    )
    services: dict[int, list[ImportedService]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            SERVICES, {"consumers": [each.pk for each in consumers], "most": MOST_EARLIER + 1}
        )
        for row in cursor.fetchall():
            services.setdefault(row[0], []).append(_service_of(row))
    return {
        consumer.account_number: ImportedAccount(
            account_number=consumer.account_number,
            name=consumer.name,
            phone=consumer.phone,
            email=consumer.email,
            category=consumer.category.name,
            subcategory=consumer.subcategory.name if consumer.subcategory else "",
            is_vip=consumer.is_vip,
            status=consumer.status,
            registered_on=consumer.registered_on,
            billing_address=consumer.billing_address,
            services=tuple(services.get(consumer.pk, ())),
            lines=(),
        )
        for consumer in consumers
    }


def _service_of(row: Sequence[Any]) -> ImportedService:
    """The columns of ``SERVICES`` stand in the order of the fields, readings apart."""
    *facts, days, readings = row[1:]
    earlier = tuple(zip(days or (), readings or (), strict=True))
    return ImportedService(*(*facts, None, None, earlier))


def taken_numbers(accounts: Sequence[ImportedAccount]) -> set[tuple[str, str]]:
    """Meters and devices of these accounts that are here already; their accounts are new."""
    services = [service for account in accounts for service in account.services]
    meters = Meter.objects.filter(number__in=[each.meter_number for each in services])
    devices = Device.objects.filter(number__in=[each.device_number for each in services])
    return {("meter_number", number) for number in meters.values_list("number", flat=True)} | {
        ("device_number", number) for number in devices.values_list("number", flat=True)
    }
