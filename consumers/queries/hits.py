"""The search: consumers by what somebody types of account, phone, name, address or meter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from consumers.queries.branches import MOST_OF_A_KIND, branches_for
from consumers.rules.searching import Found, SearchHit, ranked, read_search
from smart360.web.throttle import TURN, AskedTooOften, no_long_wait, take_turn, turn_values

# What a hit shows is looked up for the few that are left, each for itself: how to join so many
# tables would take longer to plan than the search takes.
ROWS = """
SELECT c.id, c.account_number, c.name, c.phone, c.phone_digits, c.status, c.is_vip,
       coalesce(place.address, ''), coalesce(place.meter_number, ''),
       held.holder_id, coalesce(held.full_name, ''), held.taken_at, held.expires_at,
       coalesce(guard.placed_by, ''),
       coalesce((SELECT account_number FROM consumers_consumer WHERE id = c.merged_into_id), '')
  FROM (SELECT id, min(rank) AS rank FROM ({hits}) AS hits
         GROUP BY id, account_number ORDER BY min(rank), account_number LIMIT %(limit)s) AS hit
  JOIN consumers_consumer c ON c.id = hit.id
  LEFT JOIN LATERAL (
       SELECT address, meter_number
         FROM (SELECT sc.id,
                      (SELECT address FROM consumers_premise WHERE id = sc.premise_id),
                      (SELECT m.number FROM consumers_meterassignment a
                         JOIN consumers_meter m ON m.id = a.meter_id
                        WHERE a.service_connection_id = sc.id AND upper_inf(a.during)),
                      sc.supply_state = 'MOVED_OUT'
                 FROM consumers_serviceconnection sc
                WHERE sc.consumer_id = c.id OFFSET 0) AS served
                      (id, address, meter_number, has_left)
        ORDER BY (meter_number LIKE %(starts)s OR reverse(meter_number) LIKE %(ends)s)
                 DESC NULLS LAST, has_left, id
        LIMIT 1) AS place ON true
  LEFT JOIN LATERAL (
       SELECT l.holder_id, p.full_name, l.taken_at, l.expires_at
         FROM consumers_profilelock l JOIN staff_person p ON p.id = l.holder_id
        WHERE l.consumer_id = c.id AND l.expires_at > {now} LIMIT 1) AS held ON true
  LEFT JOIN LATERAL (
       SELECT placed_by FROM consumers_guard WHERE consumer_id = c.id ORDER BY id LIMIT 1
       ) AS guard ON true
"""
FITTING = """
SELECT id, false FROM (SELECT id FROM ({hits}) AS hits
 GROUP BY id, account_number ORDER BY min(rank), account_number LIMIT %(limit)s) AS fitting
"""
OTHERS = "SELECT id, true FROM ({others}) AS others (id)"
EITHER = "SELECT id, is_other FROM ({either}) AS either (id, is_other)"
COLUMNS = 15
# The turn is counted in the same statement, and told by a row of its own; else nothing is searched.
IN_TURN = """
WITH turn AS ({turn})
{rows} WHERE (SELECT is_ours FROM turn)
UNION ALL
SELECT {nothing} FROM turn
"""


@dataclass(frozen=True, slots=True)
class Others:
    """A statement of whoever else the same words may fit, one id a row, and its named values."""

    sql: str
    values: Mapping[str, Any]


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
    hits, values = branches_for(searched, limit, statuses=statuses, most=MOST_OF_A_KIND)
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
    return fitting_beside(text, None, most=most, is_guarded=is_guarded, asker=asker)[0]


def fitting_beside(
    text: str,
    others: Others | None,
    *,
    most: int | None,
    is_guarded: bool = False,
    asker: int | None = None,
) -> tuple[list[int], list[int]]:
    """As ``fitting``, and the ids that ``others`` find, in the same statement."""
    searched = read_search(text)
    if searched.problem:
        return [], []
    hits, values = branches_for(searched, most, most=most, is_guarded=is_guarded)
    both = [FITTING.replace("{hits}", hits)] if hits else []
    if others is not None:
        both.append(OTHERS.replace("{others}", others.sql))
        values |= others.values
    if not both:
        if asker is not None:
            take_turn(asker)
        return [], []
    either = EITHER.replace("{either}", " UNION ALL ".join(both))
    rows = _rows(either, values, columns=2, asker=asker)
    consumers = [key for key, is_other in rows if not is_other]
    return consumers, [key for key, is_other in rows if is_other]


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
            merged_into=row[14],
        ),
        phone_digits=row[4],
        meter_number=row[8],
    )
