"""Reads about one consumer: what it is supplied with, who holds it, what guards it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from consumers.choices import AccountHoldKind, SupplyState
from consumers.models import Consumer, Guard, Premise, ProfileLock
from consumers.queries.figures import AccountFigures
from consumers.rules.profiles import ConnectionFacts, LockFacts, search_text_of
from consumers.rules.protections import is_close, lost_certificate
from smart360.kernel.prepared import planned_once
from smart360.staff.models import Person

MOST_MERGED = 12
CONNECTIONS = """
SELECT sc.id, sc.utility_type, sc.supply_state, sc.connected_on, p.address, p.area,
       coalesce(m.number, ''), coalesce(d.number, ''), coalesce(m.meter_type, ''),
       coalesce(m.model, ''), coalesce(m.condition, ''), coalesce(m.unit, ''),
       last.value, last.read_on, lower(a.during), m.installed_on, p.id
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
 ORDER BY sc.supply_state = 'MOVED_OUT', sc.id
"""


def connection_facts(consumer: int) -> list[ConnectionFacts]:
    """What the consumer is supplied with, each with its meter, device and last reading."""
    rows = planned_once(CONNECTIONS, consumer)
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
            premise=row[16],
        )
        for row in rows
    ]


HEAD = """
SELECT ARRAY(SELECT g.placed_by FROM consumers_guard g WHERE g.consumer_id = c.id ORDER BY g.id),
       f.consumer_id, f.balance, f.deposit, f.last_billed_on, f.oldest_due_on, f.health_score,
       l.holder_id, p.full_name, l.purpose, l.token, l.taken_at, l.expires_at,
       h.kinds, h.names, h.sources, h.from_ons, h.to_ons, h.states, h.are_withdrawn,
       m.account_number, m.made_at, m.full_name,
       ARRAY(SELECT x.account_number FROM consumers_accountmerge a
               JOIN consumers_consumer x ON x.id = a.merged_id
              WHERE a.survivor_id = c.id AND a.undone_at IS NULL
              ORDER BY a.made_at, a.id LIMIT %s),
       c.archived_at IS NOT NULL,
       ARRAY(SELECT s.supply_state FROM consumers_serviceconnection s WHERE s.consumer_id = c.id)
  FROM consumers_consumer c
  LEFT JOIN consumers_consumerfigures f ON f.consumer_id = c.id
  LEFT JOIN consumers_profilelock l ON l.consumer_id = c.id AND l.expires_at > %s
  LEFT JOIN staff_person p ON p.id = l.holder_id
 CROSS JOIN LATERAL (
       SELECT array_agg(s.kind ORDER BY s.id) AS kinds, array_agg(k.name ORDER BY s.id) AS names,
              array_agg(s.source ORDER BY s.id) AS sources,
              array_agg(s.from_on ORDER BY s.id) AS from_ons,
              array_agg(s.to_on ORDER BY s.id) AS to_ons,
              array_agg(coalesce(d.state, '') ORDER BY s.id) AS states,
              array_agg(d.withdrawn_at IS NOT NULL ORDER BY s.id) AS are_withdrawn
         FROM consumers_accounthold s LEFT JOIN consumers_protectionkind k ON k.id = s.protection_id
         LEFT JOIN consumers_consumerdocument d ON d.id = s.certificate_id
        WHERE s.consumer_id = c.id AND s.lifted_at IS NULL AND s.from_on <= %s
          AND (s.to_on IS NULL OR s.to_on >= %s)) AS h
  LEFT JOIN LATERAL (
       SELECT s.account_number, a.made_at, w.full_name
         FROM consumers_accountmerge a
         JOIN consumers_consumer s ON s.id = a.survivor_id
         JOIN staff_person w ON w.id = a.made_by_id
        WHERE a.merged_id = c.id AND a.undone_at IS NULL) AS m ON true
 WHERE c.id = %s
"""


@dataclass(frozen=True, slots=True)
class StandingHold:
    """One hold that protects an account today; ``kind`` in words.

    ``is_close`` when only those who need to know may read more than that there is one; ``lost``
    says what became of the certificate that it rests on, if it holds no more.
    """

    kind: str
    source: str
    from_on: date
    to_on: date | None
    is_close: bool
    lost: str = ""


@dataclass(frozen=True, slots=True)
class MergedFacts:
    """Into which account this one was merged, when and by whom."""

    account: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """What the head of every tab asks of an account.

    ``guards``  the numbers of the open requests that keep its data as it is
    ``lock``    who holds the profile; None when nobody does
    ``holds``   what protects the account today, oldest first
    ``merged``  the account that goes on instead; None for one that goes on itself
    ``also``    the numbers of the accounts that were merged into this one, a dozen at most
    ``supply``  the states of its services, in no order
    """

    guards: list[str]
    figures: AccountFigures
    lock: LockFacts | None
    holds: list[StandingHold]
    merged: MergedFacts | None = None
    also: Sequence[str] = ()
    is_archived: bool = False
    supply: Sequence[str] = ()


def head_facts(consumer: int, *, to: Person, at: datetime, today: date) -> HeadFacts:
    """Who holds the profile at ``at``, what guards and protects it, what it owes; one statement."""
    (row,) = planned_once(HEAD, MOST_MERGED, at, today, today, consumer)
    holder, name, purpose, token, taken_at, expires_at = row[7:13]
    lock = LockFacts(
        holder=name,
        holder_id=holder,
        purpose=purpose,
        token=token,
        taken_at=taken_at,
        expires_at=expires_at,
        is_own=holder == to.pk,
    )
    figures = AccountFigures(*row[2:7]) if row[1] else AccountFigures()
    holds = [
        StandingHold(
            name or AccountHoldKind(kind).label, source, from_on, to_on, is_close(kind, name),
            lost_certificate(state, is_withdrawn=is_withdrawn),
        )
        for kind, name, source, from_on, to_on, state, is_withdrawn in zip(
            *(column or () for column in row[13:20]), strict=True
        )
    ]  # fmt: skip
    merged = MergedFacts(*row[20:23]) if row[20] else None
    return HeadFacts(row[0], figures, lock if holder else None, holds, merged, *row[23:])


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


def search_text_now(consumer: Consumer) -> str:
    """What the search finds an account by: its name, where it is supplied, where its bills go."""
    places = Premise.objects.filter(connections__consumer=consumer).order_by("connections__id")
    addresses = places.values_list("address", flat=True)
    return search_text_of(consumer.name, [*addresses, consumer.billing_address])


def accounts_at(premise: int, *, but: int) -> list[str]:
    """The other accounts that are or were supplied at a premise; at most a dozen.

    Without those that take no act any more: no line of their timelines tells of the address.
    """
    others = Consumer.objects.filter(connections__premise=premise, merged_into=None, erased_at=None)
    others = others.exclude(pk=but).distinct()
    return list(others.order_by("account_number").values_list("account_number", flat=True)[:12])


def guards_at(premise: int) -> list[str]:
    """The numbers of the open requests that keep the address of a premise as it is."""
    found = Guard.objects.filter(consumer__connections__premise=premise).distinct()
    return list(found.order_by("id").values_list("placed_by", flat=True))
