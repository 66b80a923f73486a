"""Reads about consumers: the search, the list, one consumer's connections, lock and guards."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
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
    are_common,
    can_be_indexed,
    literally,
    ranked,
    read_search,
    words_for_index,
)
from consumers.rules.timeline import look_of, sentence_of
from smart360.staff.models import Person
from smart360.trail.models import Entry
from smart360.web.paging import Page, Sort, page_of
from smart360.web.shown import TimelineEntry
from smart360.web.throttle import TURN, AskedTooOften, no_long_wait, take_turn, turn_values

# One statement. Each branch stands on one index and stops after so many rows, so that a word that
# everybody's address contains costs no more than a rare one. Ordered as the index is, a branch
# cannot be answered by reading the table row by row. Each row carries its rank.
ACCOUNT_BRANCHES = """
(SELECT id, account_number, CASE WHEN account_number = %(account)s THEN 0 ELSE 3 END AS rank
   FROM consumers_consumer WHERE account_number LIKE %(starts)s{only}
  ORDER BY account_number USING ~<~ LIMIT %(most)s)
UNION ALL
(SELECT id, account_number, 3 FROM consumers_consumer
  WHERE reverse(account_number) LIKE %(ends)s{only}
  ORDER BY reverse(account_number) USING ~<~ LIMIT %(most)s)
"""
METER_BRANCHES = """
(SELECT sc.consumer_id AS id, c.account_number,
        CASE WHEN m.number = %(account)s THEN 2 ELSE 5 END AS rank
   FROM (SELECT id, number FROM consumers_meter WHERE number LIKE %(starts)s
          ORDER BY number USING ~<~ LIMIT %(most)s) AS m
   JOIN consumers_meterassignment a ON a.meter_id = m.id AND upper_inf(a.during)
   JOIN consumers_serviceconnection sc ON sc.id = a.service_connection_id
   JOIN consumers_consumer c ON c.id = sc.consumer_id{only})
UNION ALL
(SELECT sc.consumer_id, c.account_number, 5
   FROM (SELECT id FROM consumers_meter WHERE reverse(number) LIKE %(ends)s
          ORDER BY reverse(number) USING ~<~ LIMIT %(most)s) AS m
   JOIN consumers_meterassignment a ON a.meter_id = m.id AND upper_inf(a.during)
   JOIN consumers_serviceconnection sc ON sc.id = a.service_connection_id
   JOIN consumers_consumer c ON c.id = sc.consumer_id{only})
"""
PHONE_BRANCHES = """
(SELECT id, account_number, CASE WHEN phone_digits = %(number)s THEN 1 ELSE 4 END AS rank
   FROM consumers_consumer WHERE phone_digits LIKE %(phone)s{only}
  ORDER BY phone_digits USING ~<~ LIMIT %(most)s)
UNION ALL
(SELECT id, account_number,
        CASE WHEN right(phone_digits, 10) = right(%(number)s, 10) THEN 1 ELSE 4 END
   FROM consumers_consumer WHERE right(phone_digits, 10) LIKE %(last_ten)s{only}
  ORDER BY right(phone_digits, 10) USING ~<~ LIMIT %(most)s)
UNION ALL
(SELECT id, account_number, 4 FROM consumers_consumer
  WHERE reverse(phone_digits) LIKE %(phone_end)s{only}
  ORDER BY reverse(phone_digits) USING ~<~ LIMIT %(most)s)
"""
# By the index: what its words find is kept before the other words are seen to, so that the planner
# does not count on the limit and look row by row for a word that it takes for common and is not.
TEXT_BY_INDEX = """
(WITH found AS MATERIALIZED (
      SELECT id, account_number, name, search_text FROM consumers_consumer
       WHERE {conditions}{only}{at_most})
 SELECT id, account_number, {rank} AS rank FROM found AS consumer
  WHERE {others}{guarded} LIMIT %(most)s)
"""
# Row by row: words that many have are met at once. In order, so that the next page finds the same.
TEXT_BY_ROW = """
(SELECT id, account_number, {rank} AS rank FROM consumers_consumer AS consumer
  WHERE {others}{only}{guarded}{in_order} LIMIT %(most)s)
"""
AT_MOST = " LIMIT 2000"  # so many rows are looked through for signs that no index can answer
TEXT_RANK = """CASE WHEN search_text LIKE %(phrase)s THEN 6 WHEN {begin} THEN 7
        WHEN {within} THEN 8 ELSE 9 END"""
ROWS = """
SELECT c.id, c.account_number, c.name, c.phone, c.phone_digits, c.status, c.is_vip,
       coalesce(place.address, ''), coalesce(place.meter_number, ''),
       held.holder_id, coalesce(holder.full_name, ''), held.taken_at, held.expires_at,
       coalesce(guard.placed_by, '')
  FROM (SELECT id, min(rank) AS rank FROM ({hits}) AS hits
         GROUP BY id, account_number ORDER BY min(rank), account_number LIMIT %(limit)s) AS hit
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
# Asked of each row as it comes, never joined.
GUARDED = " AND (SELECT true FROM consumers_guard WHERE consumer_id = consumer.id LIMIT 1)"
FITTING = "SELECT id FROM (SELECT id FROM ("
BEST = """) AS hits
 GROUP BY id, account_number ORDER BY min(rank), account_number LIMIT %(limit)s) AS fitting
"""
MOST_OF_A_KIND = 50
COLUMNS = 14
# The turn is counted in the same statement, and told by a row of its own; else nothing is searched.
IN_TURN = """
WITH turn AS ({turn})
{rows} WHERE (SELECT is_ours FROM turn)
UNION ALL
SELECT {nothing} FROM turn
"""


def search(
    text: str,
    limit: int = 10,
    *,
    statuses: Sequence[str] = (),
    at: datetime | None = None,
    asker: int | None = None,
) -> list[SearchHit]:
    """Consumers by account, phone, name, address or meter, best first; one statement.

    At most 50 of each kind of match are fetched, never counted; the best ``limit`` of them are
    looked at further and ordered here. Nothing is asked of the database for a text that is too
    short or too long; ``read_search`` tells why. ``at`` is the moment at which a hold on a
    profile counts (default: the database's). ``asker`` is the person whose searches are counted:
    raises AskedTooOften when there were ten within the last second.
    """
    searched = read_search(text)
    if searched.problem:
        return []
    hits, values = _branches(searched, limit, statuses=statuses, most=MOST_OF_A_KIND)
    if not hits:
        return []
    now = "clock_timestamp()" if at is None else "%(at)s"
    sql = ROWS.replace("{hits}", hits).replace("{now}", now)
    rows = _rows(sql, values | {"at": at}, columns=COLUMNS, asker=asker)
    return ranked((_found(row) for row in rows), searched, limit)


def fitting(
    text: str, *, most: int | None, is_guarded: bool = False, asker: int | None = None
) -> list[int]:
    """The ids of at most so many consumers that ``search`` would find, the best of them.

    ``is_guarded`` leaves out those without an open request whose name or address has the words.
    ``most`` is None for all of them, which takes as long as it takes. Raises AskedTooOften.
    """
    searched = read_search(text)
    if searched.problem:
        return []
    hits, values = _branches(searched, most, most=most, is_guarded=is_guarded)
    if hits:
        return [row[0] for row in _rows(FITTING + hits + BEST, values, columns=1, asker=asker)]
    if asker is not None:
        take_turn(asker)
    return []


def _rows(
    sql: str, values: dict[str, Any], *, columns: int, asker: int | None
) -> list[tuple[Any, ...]]:
    """What a statement of so many columns finds, within the asker's turn."""
    nothing = (None,) * columns
    if asker is not None:
        sql = IN_TURN.replace("{turn}", TURN).replace("{rows}", sql)
        sql = sql.replace("{nothing}", ", ".join(["NULL"] * columns))
        values |= turn_values(asker)
    with no_long_wait(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if asker is not None:
        if nothing not in rows:
            raise AskedTooOften
        rows.remove(nothing)
    return rows


def _branches(
    searched: SearchText,
    limit: int | None,
    *,
    statuses: Sequence[str] = (),
    most: int | None,
    is_guarded: bool = False,
) -> tuple[str, dict[str, Any]]:
    """The branches that this text can be answered by; empty when there is none."""
    values: dict[str, Any] = {
        "account": searched.account,
        "starts": literally(searched.account) + "%",
        "ends": literally(searched.account[::-1]) + "%",
        "statuses": list(statuses),
        "limit": limit,
        "most": most,
    }
    branches = []
    if searched.can_be_account:
        branches.append(ACCOUNT_BRANCHES)
    if searched.can_be_meter:
        branches.append(METER_BRANCHES)
    if searched.phone:
        branches.append(PHONE_BRANCHES)
        values["number"] = searched.phone
        values["phone"] = searched.phone + "%"
        values["last_ten"] = searched.phone[-LAST_TEN:] + "%"
        values["phone_end"] = searched.phone[::-1] + "%"
    if searched.can_be_text:
        branches.append(_text_branch(searched.words, values, is_guarded=is_guarded))
    only = " AND status = ANY(%(statuses)s)" if statuses else ""
    return "UNION ALL".join(branches).replace("{only}", only), values


NAME_IN_TEXT = "left(search_text, length(name))"  # near enough to put the hits in order


def _text_branch(words: Sequence[str], values: dict[str, Any], *, is_guarded: bool) -> str:
    """Every word must be there. The name stands first in the text."""
    values["phrase"] = literally(" ".join(words)) + "%"
    sample = _sample.read()
    by_index = set() if are_common(words, sample) else words_for_index(words, sample)
    conditions, others, begin, within = [], ["true"], [], []
    for place, word in enumerate(words):
        name = f"word{place}"
        values[f"{name}_first"] = f"{literally(word)}%"
        values[f"{name}_begins"] = f"% {literally(word)}%"
        values[f"{name}_word"] = f"(^| ){word}"
        values[name] = f"%{literally(word)}%"
        if word in by_index:
            conditions.append(_indexed_condition(name, word))
        else:
            others.append(_condition(name, word))
        begin.append(
            f"({NAME_IN_TEXT} LIKE %({name}_first)s OR {NAME_IN_TEXT} LIKE %({name}_begins)s)"
        )
        within.append(f"{NAME_IN_TEXT} LIKE %({name})s")
    rank = TEXT_RANK.replace("{begin}", " AND ".join(begin))
    is_all = values["most"] != MOST_OF_A_KIND or all(map(can_be_indexed, words))
    return (
        (TEXT_BY_INDEX if by_index else TEXT_BY_ROW)
        .replace("{guarded}", GUARDED if is_guarded else "")
        .replace("{in_order}", "" if values["most"] == MOST_OF_A_KIND else " ORDER BY id")
        .replace("{rank}", rank.replace("{within}", " OR ".join(within)))
        .replace("{conditions}", " AND ".join(conditions))
        .replace("{others}", " AND ".join(others))
        .replace("{at_most}", "" if is_all else AT_MOST)
    )


def _condition(name: str, word: str) -> str:
    """A word of one or two letters must begin a word; of more it may stand anywhere."""
    if len(word) >= LEAST_CHARACTERS:
        return f"search_text LIKE %({name})s"
    return f"(search_text LIKE %({name}_first)s OR search_text LIKE %({name}_begins)s)"


def _indexed_condition(name: str, word: str) -> str:
    """The same as the index takes it: the two ways to begin a word at once."""
    if len(word) >= LEAST_CHARACTERS:
        return f"search_text LIKE %({name})s"
    return f"search_text ~ %({name}_word)s"


# ------------------------------------------------------------------ common words
SAMPLE = """
SELECT search_text FROM consumers_consumer TABLESAMPLE SYSTEM (
       (SELECT least(100, 300000 / greatest(1, reltuples))
          FROM pg_class WHERE oid = 'consumers_consumer'::regclass)::real)
 LIMIT 4000
"""
SAMPLE_SECONDS = 3_600
LEAST_SAMPLE = 1_000  # of fewer texts the index has nothing that takes long to read


@dataclass
class _Sample:
    """Some three thousand texts, taken once an hour: how common a word is among all of them."""

    texts: Sequence[str] = ()
    until: float = 0.0

    def read(self) -> Sequence[str]:
        if time.monotonic() >= self.until:
            with connection.cursor() as cursor:
                cursor.execute(SAMPLE)
                texts = [row[0] for row in cursor.fetchall()]
            self.texts = texts if len(texts) >= LEAST_SAMPLE else ()
            self.until = time.monotonic() + SAMPLE_SECONDS
        return self.texts


_sample = _Sample()


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
