"""How many cases stand so, by month and in all: what is folded and what is not, at one moment."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

BY_MONTH = """
SELECT standing, kind, month, sum(n)::integer FROM (
    SELECT standing, kind, month, count AS n FROM cases_monthtally
     WHERE {among} AND month >= %s AND month < %s
     UNION ALL
    SELECT standing, kind, date_trunc('month', counts_at AT TIME ZONE u.time_zone)::date, change
      FROM cases_tallychange, organisation_utility u WHERE {among}
) AS together WHERE month >= %s AND month < %s GROUP BY 1, 2, 3
"""
"""One statement, so that one snapshot holds both: a fold is seen whole or not at all."""
IN_ALL = """
SELECT coalesce((SELECT sum(count) FROM cases_monthtally WHERE {among}), 0)::integer
     + coalesce((SELECT sum(change) FROM cases_tallychange WHERE {among}), 0)::integer
"""
AS_JSON = """
SELECT json_agg(json_build_array(standing, kind, month, n))::text
  FROM ({sql}) AS months (standing, kind, month, n)
"""

IN_EACH_TOPIC = """
SELECT standing, kind, topic, count AS n FROM cases_monthtally
 UNION ALL
SELECT standing, kind, topic, change FROM cases_tallychange
"""
"""What is folded and what is not, for statements that ask how many there are of a topic."""

Months = Counter[tuple[str, str, date]]


def tallies_by_month(
    *, standings: Collection[str], kinds: Collection[str], since: date, until: date
) -> Months:
    """How many of each standing and kind in each month, by the utility's days.

    ``since`` and ``until`` are the first days of months; that of ``until`` is not in. A month
    without any counts as 0.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_by_month(standings, kinds, since, until))
        return _months(cursor.fetchall())


def months_column(
    *, standings: Collection[str], kinds: Collection[str], since: date, until: date
) -> RawSQL:
    """What ``tallies_by_month`` says as a column of another statement; ``months_in`` reads it."""
    sql, values = _by_month(standings, kinds, since, until)
    return RawSQL(AS_JSON.format(sql=sql), values)  # noqa: S611  (ours)


def months_in(found: Iterable[tuple[str, str, str, int]] | None) -> Months:
    """The months that a ``months_column`` brought; None where nothing was tallied."""
    rows = found or ()
    return _months((standing, kind, date.fromisoformat(day), n) for standing, kind, day, n in rows)


def total_column(*, standings: Collection[str], kinds: Collection[str]) -> RawSQL:
    """How many of these standings and kinds there are in all, as a column of a statement."""
    among, values = _among(standings, kinds)
    return RawSQL(IN_ALL.format(among=among), [*values, *values], output_field=IntegerField())  # noqa: S611  (nor here)


def _by_month(
    standings: Collection[str], kinds: Collection[str], since: date, until: date
) -> tuple[str, list[Any]]:
    among, values = _among(standings, kinds)
    return BY_MONTH.format(among=among), [*values, since, until, *values, since, until]


def _among(standings: Collection[str], kinds: Collection[str]) -> tuple[str, list[str]]:
    """The condition for both tables, and its values."""
    marks = [", ".join(["%s"] * len(each)) for each in (standings, kinds)]
    return f"standing IN ({marks[0]}) AND kind IN ({marks[1]})", [*standings, *kinds]


def _months(rows: Iterable[tuple[str, str, date, int]]) -> Months:
    return Counter({(standing, kind, month): n for standing, kind, month, n in rows})
