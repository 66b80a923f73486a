"""Keeping scores in set form."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from smart360.kernel.db import step

KEEP = """
INSERT INTO insights_healthscore AS h (consumer_id, month, score, version, scored_at)
SELECT consumer, %(month)s, score, %(version)s, %(at)s
  FROM unnest(%(consumers)s::bigint[], %(scores)s::smallint[]) AS new (consumer, score)
    ON CONFLICT (consumer_id, month) DO UPDATE
   SET score = excluded.score, version = excluded.version, scored_at = excluded.scored_at
 WHERE (h.score, h.version) <> (excluded.score, excluded.version)
"""


@step
def keep_month(scores: Mapping[int, int], *, month: date, version: int, at: datetime) -> None:
    """Keep the score of each consumer for a month; one that is the same already is not touched."""
    values: dict[str, Any] = {
        "consumers": list(scores),
        "scores": list(scores.values()),
        "month": month,
        "version": version,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
