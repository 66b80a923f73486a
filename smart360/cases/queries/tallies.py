"""How many cases stand so, by month: what is folded and what is not, at one moment."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from smart360.cases.choices import CaseKind, Standing

BY_MONTH = """
SELECT standing, kind, date_trunc('month', day)::date, sum(n) FROM (
    SELECT standing, kind, day, count AS n FROM cases_tally
     WHERE standing = ANY(%(standings)s) AND kind = ANY(%(kinds)s)
       AND day >= %(since)s AND day < %(until)s
     UNION ALL
    SELECT standing, kind, (counts_at AT TIME ZONE u.time_zone)::date, change
      FROM cases_tallychange, organisation_utility u
     WHERE standing = ANY(%(standings)s) AND kind = ANY(%(kinds)s)
) AS together WHERE day >= %(since)s AND day < %(until)s GROUP BY 1, 2, 3
"""
"""One statement, so that one snapshot holds both: a fold is seen whole or not at all."""

Months = Counter[tuple[str, str, date]]


def tallies_by_month(
    *, standings: Collection[Standing], kinds: Collection[CaseKind], since: date, until: date
) -> Months:
    """How many of each standing and kind in each month, by the utility's days.

    ``since`` and the last day before ``until`` are in. A month without any counts as 0.
    """
    values: dict[str, Any] = {
        "standings": [*standings],
        "kinds": [*kinds],
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_MONTH, values)
        rows = cursor.fetchall()
    return Counter({(standing, kind, month): int(n) for standing, kind, month, n in rows})
