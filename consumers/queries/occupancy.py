"""Where a household is supplied, with what each meter showed last: what a move begins from."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection

from consumers.models import Consumer, Guard
from consumers.rules.occupancy import Place, ServiceThere
from consumers.rules.readings import KnownReading

SUPPLIED = """
SELECT s.premise_id, p.address, s.id, s.utility_type, s.connected_on, m.id, m.number, m.unit,
       lower(a.during), last.value, last.read_on, last.exception
  FROM consumers_serviceconnection s
  JOIN consumers_premise p ON p.id = s.premise_id
  LEFT JOIN consumers_meterassignment a
    ON a.service_connection_id = s.id AND upper_inf(a.during)
  LEFT JOIN consumers_meter m ON m.id = a.meter_id
  LEFT JOIN LATERAL (
       SELECT value, read_on, exception FROM consumers_reading
        WHERE meter_id = m.id AND verification <> 'REJECTED'
        ORDER BY read_on DESC LIMIT 1) AS last ON true
 WHERE s.consumer_id = %s AND s.supply_state = 'CONNECTED'
 ORDER BY s.premise_id, s.utility_type, s.id
"""


def supplied_places(consumer: int, *, zone: ZoneInfo) -> list[Place]:
    """Where this consumer is supplied now; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SUPPLIED, [consumer])
        rows = cursor.fetchall()
    found: dict[int, tuple[str, list[ServiceThere]]] = {}
    for premise, address, *service in rows:
        found.setdefault(premise, (address, []))[1].append(_service(*service, zone=zone))
    return [
        Place(premise, address, tuple(services)) for premise, (address, services) in found.items()
    ]


def _service(
    key: int,
    utility_type: str,
    connected_on: date,
    meter: int | None,
    number: str | None,
    unit: str | None,
    since: datetime | None,
    value: Decimal | None,
    read_on: date | None,
    exception: str | None,
    *,
    zone: ZoneInfo,
) -> ServiceThere:
    last = None
    if value is not None and read_on is not None:
        last = KnownReading(value, read_on, exception or "")
    return ServiceThere(
        id=key,
        utility_type=utility_type,
        connected_on=connected_on,
        meter=meter,
        meter_number=number or "",
        unit=unit or "",
        measured_since=since.astimezone(zone).date() if since else None,
        last=last,
    )


def guards_of_both(*consumers: int) -> list[str]:
    """The numbers of the open requests that keep one of these accounts as it is."""
    rows = Guard.objects.filter(consumer__in=consumers).order_by("placed_by")
    return list(rows.values_list("placed_by", flat=True))


def is_number_taken(account_number: str) -> bool:
    """Whether an account has this number."""
    return Consumer.objects.filter(account_number=account_number).exists()
