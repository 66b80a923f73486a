"""Reads about consumers: the search, the list, one consumer's connections, lock and guards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consumers.choices import AccountStatus, SupplyState
from consumers.models import Category, Consumer, Guard, Premise, ProfileLock, Subcategory
from consumers.rules.profiles import ConnectionFacts, LockFacts
from consumers.rules.searching import (
    LAST_TEN,
    LEAST_CHARACTERS,
    Found,
    SearchHit,
    SearchText,
    literally,
    ranked,
    read_search,
)
from consumers.rules.timeline import look_of, sentence_of
from smart360.staff.models import Person
from smart360.trail.models import Entry
from smart360.web.paging import Page, Sort, page_of
from smart360.web.shown import TimelineEntry

# One statement. Each branch stands on one index and stops after 50 rows, so that a word that
# everybody's address contains costs no more than a rare one. Ordered as the index is, a branch
# cannot be answered by reading the table until 50 rows have turned up.
ACCOUNT_BRANCHES = """
(SELECT id FROM consumers_consumer WHERE account_number LIKE %(starts)s{only}
  ORDER BY account_number USING ~<~ LIMIT 50)
UNION
(SELECT id FROM consumers_consumer WHERE reverse(account_number) LIKE %(ends)s{only}
  ORDER BY reverse(account_number) USING ~<~ LIMIT 50)
UNION
(SELECT sc.consumer_id FROM consumers_meter m
   JOIN consumers_meterassignment a ON a.meter_id = m.id AND upper_inf(a.during)
   JOIN consumers_serviceconnection sc ON sc.id = a.service_connection_id
   JOIN consumers_consumer c ON c.id = sc.consumer_id
  WHERE m.number LIKE %(starts)s{only}
  ORDER BY m.number USING ~<~ LIMIT 50)
UNION
(SELECT sc.consumer_id FROM consumers_meter m
   JOIN consumers_meterassignment a ON a.meter_id = m.id AND upper_inf(a.during)
   JOIN consumers_serviceconnection sc ON sc.id = a.service_connection_id
   JOIN consumers_consumer c ON c.id = sc.consumer_id
  WHERE reverse(m.number) LIKE %(ends)s{only}
  ORDER BY reverse(m.number) USING ~<~ LIMIT 50)
"""
PHONE_BRANCHES = """
UNION
(SELECT id FROM consumers_consumer WHERE phone_digits LIKE %(phone)s{only}
  ORDER BY phone_digits USING ~<~ LIMIT 50)
UNION
(SELECT id FROM consumers_consumer WHERE right(phone_digits, 10) LIKE %(last_ten)s{only}
  ORDER BY right(phone_digits, 10) USING ~<~ LIMIT 50)
UNION
(SELECT id FROM consumers_consumer WHERE reverse(phone_digits) LIKE %(phone_end)s{only}
  ORDER BY reverse(phone_digits) USING ~<~ LIMIT 50)
"""
TEXT_BRANCH = """
UNION
(SELECT id FROM consumers_consumer WHERE {conditions}{only} LIMIT 50)
"""
ROWS = """
SELECT c.id, c.account_number, c.name, c.phone, c.phone_digits, c.status, c.is_vip,
       coalesce(place.address, ''), coalesce(place.meter_number, ''),
       held.holder_id, coalesce(holder.full_name, ''), held.taken_at, held.expires_at,
       coalesce(guard.placed_by, '')
  FROM ({hits}) AS hit
  JOIN consumers_consumer c ON c.id = hit.id
  LEFT JOIN LATERAL (
       SELECT p.address, m.number AS meter_number
         FROM consumers_serviceconnection sc
         JOIN consumers_premise p ON p.id = sc.premise_id
         LEFT JOIN consumers_meterassignment a
           ON a.service_connection_id = sc.id AND upper_inf(a.during)
         LEFT JOIN consumers_meter m ON m.id = a.meter_id
        WHERE sc.consumer_id = c.id
        ORDER BY (m.number LIKE %(starts)s OR reverse(m.number) LIKE %(ends)s) DESC NULLS LAST,
                 sc.id
        LIMIT 1) AS place ON true
  LEFT JOIN consumers_profilelock held ON held.consumer_id = c.id AND held.expires_at > {now}
  LEFT JOIN staff_person holder ON holder.id = held.holder_id
  LEFT JOIN LATERAL (
       SELECT placed_by FROM consumers_guard WHERE consumer_id = c.id ORDER BY id LIMIT 1
       ) AS guard ON true
"""


def search(
    text: str, limit: int = 10, *, statuses: Sequence[str] = (), at: datetime | None = None
) -> list[SearchHit]:
    """Consumers by account, phone, name, address or meter, best first; one statement.

    At most 50 of each kind of match are fetched and ranked here, never counted or sorted there.
    Nothing is asked of the database for a text that is too short or too long; ``read_search``
    tells why. ``at`` is the moment at which a hold on a profile counts (default: the database's).
    """
    searched = read_search(text)
    if searched.problem:
        return []
    sql, values = _statement(searched, statuses=statuses, at=at)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return ranked((_found(row) for row in rows), searched, limit)


def _statement(
    searched: SearchText, *, statuses: Sequence[str], at: datetime | None
) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "starts": literally(searched.account) + "%",
        "ends": literally(searched.account[::-1]) + "%",
        "statuses": list(statuses),
        "at": at,
    }
    hits = ACCOUNT_BRANCHES
    if searched.phone:
        hits += PHONE_BRANCHES
        values["phone"] = searched.phone + "%"
        values["last_ten"] = searched.phone[-LAST_TEN:] + "%"
        values["phone_end"] = searched.phone[::-1] + "%"
    conditions = []
    for place, word in enumerate(searched.words):
        conditions.append(_word_condition(place, word, values))
    hits += TEXT_BRANCH.replace("{conditions}", " AND ".join(conditions))
    hits = hits.format(only=" AND status = ANY(%(statuses)s)" if statuses else "")
    now = "clock_timestamp()" if at is None else "%(at)s"
    return ROWS.format(hits=hits, now=now), values


def _word_condition(place: int, word: str, values: dict[str, Any]) -> str:
    """A word of one or two letters has no trigram of its own: it must begin a word."""
    name = f"word{place}"
    if len(word) >= LEAST_CHARACTERS:
        values[name] = f"%{literally(word)}%"
        return f"search_text LIKE %({name})s"
    values[name] = f"{literally(word)}%"
    values[f"{name}_within"] = f"% {literally(word)}%"
    return f"(search_text LIKE %({name})s OR search_text LIKE %({name}_within)s)"


def _found(row: Sequence[Any]) -> Found:
    return Found(
        hit=SearchHit(
            consumer=row[0],
            account_number=row[1],
            name=row[2],
            phone=row[3],
            status=row[5],
            is_vip=row[6],
            address=row[7],
            matched_by="",
            lock_holder_id=row[9],
            lock_holder=row[10],
            lock_since=row[11],
            lock_until=row[12],
            open_request=row[13],
        ),
        phone_digits=row[4],
        meter_number=row[8],
    )


CONNECTIONS = """
SELECT sc.id, sc.utility_type, sc.supply_state, sc.connected_on, p.address, p.area,
       coalesce(m.number, ''), coalesce(d.number, ''), coalesce(m.meter_type, ''),
       coalesce(m.model, ''), coalesce(m.condition, ''), coalesce(m.unit, ''),
       last.value, last.read_on
  FROM consumers_serviceconnection sc
  JOIN consumers_premise p ON p.id = sc.premise_id
  LEFT JOIN consumers_meterassignment a
    ON a.service_connection_id = sc.id AND upper_inf(a.during)
  LEFT JOIN consumers_meter m ON m.id = a.meter_id
  LEFT JOIN consumers_device d ON d.id = m.device_id
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = m.id ORDER BY read_on DESC LIMIT 1) AS last ON true
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
    if lock is None:
        return None
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


BY_ACCOUNT = Sort("account", "Account number", ("account_number",))
NEWEST = Sort("newest", "Newest first", ("-id",))
SORTS = {sort.name: sort for sort in (BY_ACCOUNT, NEWEST)}


def with_list_facts(consumers: QuerySet[Consumer], *, at: datetime) -> QuerySet[Consumer]:
    """Each row with what a list shows, in the same statement."""
    held = ProfileLock.objects.filter(consumer=OuterRef("pk"), expires_at__gt=at)
    return consumers.annotate(
        place=Coalesce(
            Subquery(
                Premise.objects.filter(connections__consumer=OuterRef("pk"))
                .order_by("connections__id")
                .values("address")[:1]
            ),
            Value(""),
        ),
        open_request=Coalesce(
            Subquery(
                Guard.objects.filter(consumer=OuterRef("pk")).order_by("id").values("placed_by")[:1]
            ),
            Value(""),
        ),
        held_by=Subquery(held.values("holder_id")),
        held_by_name=Coalesce(Subquery(held.values(name=F("holder__full_name"))), Value("")),
        held_since=Subquery(held.values("taken_at")),
        held_until=Subquery(held.values("expires_at")),
    )


def list_consumers(
    consumers: QuerySet[Consumer],
    *,
    statuses: Sequence[str] = (),
    sort: str = "",
    cursor: str = "",
    at: datetime,
) -> Page[Consumer]:
    """One page of the consumer list, 25 rows."""
    known = [status for status in statuses if status in AccountStatus.values]
    if known:
        consumers = consumers.filter(status__in=known)
    return page_of(
        with_list_facts(consumers, at=at), sort=SORTS.get(sort, BY_ACCOUNT), cursor=cursor
    )


def categories(*, also: int | None = None) -> list[Category]:
    """The categories that can be chosen, by name; ``also`` one that is retired but in use."""
    return list(Category.objects.filter(Q(is_active=True) | Q(pk=also)).order_by("name"))


def subcategories(*, also: int | None = None) -> list[Subcategory]:
    """The subcategories that can be chosen, under their categories' names."""
    return list(
        Subcategory.objects.filter(Q(is_active=True, category__is_active=True) | Q(pk=also))
        .select_related("category")
        .order_by("category__name", "name")
    )


def timeline(consumer: int, *, sees_words: bool, limit: int = 20) -> list[TimelineEntry]:
    """What happened to the consumer and its requests, newest first."""
    entries = (
        Entry.objects.select_related("actor", "text", "case")
        .filter(consumer_id=consumer)
        .order_by("-at", "-id")[:limit]
    )
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
