"""Reads about one consumer: what it is supplied with, who holds it, what happened to it."""

from datetime import datetime

from django.db import connection

from consumers import ports
from consumers.choices import SupplyState
from consumers.models import Guard, ProfileLock
from consumers.rules.profiles import ConnectionFacts, LockFacts
from consumers.rules.timeline import look_of, sentence_of
from smart360.staff.models import Person
from smart360.trail.models import Entry
from smart360.web.shown import TimelineEntry

CONNECTIONS = """
SELECT sc.id, sc.utility_type, sc.supply_state, sc.connected_on, p.address, p.area,
       coalesce(m.number, ''), coalesce(d.number, ''), coalesce(m.meter_type, ''),
       coalesce(m.model, ''), coalesce(m.condition, ''), coalesce(m.unit, ''),
       last.value, last.read_on, lower(a.during), m.installed_on
  FROM consumers_serviceconnection sc
  JOIN consumers_premise p ON p.id = sc.premise_id
  LEFT JOIN consumers_meterassignment a
    ON a.service_connection_id = sc.id AND upper_inf(a.during)
  LEFT JOIN consumers_meter m ON m.id = a.meter_id
  LEFT JOIN consumers_device d ON d.id = m.device_id
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = m.id AND verification <> 'REJECTED'
        ORDER BY read_on DESC LIMIT 1) AS last ON true
 WHERE sc.consumer_id = %s
 ORDER BY sc.id
"""


def connection_facts(consumer: int) -> list[ConnectionFacts]:
    """What the consumer is supplied with, each with its meter, device and last reading."""
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS, [consumer])
        rows = cursor.fetchall()
    return [
        ConnectionFacts(
            id=row[0],
            utility_type=row[1],
            supply_state=row[2],
            is_connected=row[2] == SupplyState.CONNECTED,
            connected_on=row[3],
            address=row[4],
            area=row[5],
            meter_number=row[6],
            device_number=row[7],
            meter_type=row[8],
            model=row[9],
            condition=row[10],
            unit=row[11],
            reading=row[12],
            read_on=row[13],
            assigned_at=row[14],
            installed_on=row[15],
        )
        for row in rows
    ]


def lock_facts(consumer: int, *, to: Person, at: datetime) -> LockFacts | None:
    """Who holds the profile at ``at``; None when nobody does."""
    lock = (
        ProfileLock.objects.select_related("holder")
        .filter(consumer_id=consumer, expires_at__gt=at)
        .first()
    )
    return None if lock is None else hold_facts(lock, to=to)


def hold_facts(lock: ProfileLock, *, to: Person) -> LockFacts:
    """Who holds a profile, as ``to`` sees it."""
    return LockFacts(
        holder=lock.holder.full_name,
        holder_id=lock.holder_id,
        purpose=lock.purpose,
        token=lock.token,
        taken_at=lock.taken_at,
        expires_at=lock.expires_at,
        is_own=lock.holder_id == to.pk,
    )


def guards_of(consumer: int) -> list[str]:
    """The numbers of the open requests that guard the consumer's data."""
    return list(
        Guard.objects.filter(consumer_id=consumer)
        .order_by("id")
        .values_list("placed_by", flat=True)
    )


def timeline(
    consumer: int, *, to: Person, sees_words: bool, limit: int = 20
) -> list[TimelineEntry]:
    """What happened to the consumer and its cases, newest first, as far as ``to`` may know."""
    entries = Entry.objects.select_related("actor", "text", "case").filter(consumer_id=consumer)
    if hidden := ports.hidden_cases(consumer, to.pk):
        entries = entries.exclude(case__in=hidden)
    entries = entries.order_by("-at", "-id")[:limit]
    return [_line(entry, sees_words=sees_words) for entry in entries]


def _line(entry: Entry, *, sees_words: bool) -> TimelineEntry:
    icon, tone = look_of(entry.kind)
    words = entry.text.text if sees_words and entry.text else ""
    detail = entry.actor.full_name if entry.actor else "Smart360"
    number = f" ({entry.case.number})" if entry.case else ""
    return TimelineEntry(
        at=entry.at,
        sentence=sentence_of(entry.kind, entry.old, entry.new) + number,
        icon=icon,
        tone=tone,
        detail=f"{detail}: {words}" if words else detail,
    )
