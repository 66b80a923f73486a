"""Asking too often: how many searches one person may make, counted for all processes together.

It guards against a script that runs away, not against an attacker. The count is one row per
person of an unlogged table: it costs no write to the journal, and a crash only forgets it. A search
counts its turn within its own statement (``TURN``), so that it needs no second one.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SEARCHES_A_SECOND = 10

TURN = """
INSERT INTO web_allowance AS mine (person_id, has_left, at)
VALUES (%(asker)s, %(turns)s - 1, coalesce(%(turn_at)s::timestamptz, clock_timestamp()))
ON CONFLICT (person_id) DO UPDATE SET at = excluded.at, has_left = -1 + least(%(turns)s,
       mine.has_left + greatest(0, extract(epoch FROM excluded.at - mine.at)) * %(turns)s)
 WHERE 1 <= least(%(turns)s,
       mine.has_left + greatest(0, extract(epoch FROM excluded.at - mine.at)) * %(turns)s)
RETURNING true AS is_ours, at
"""
"""Takes a turn: one row when there was one left, none when the person must wait."""


class AskedTooOften(Exception):
    """A person asked more often than ten times within a second; answered by 429."""


def turn_values(asker: int, at: datetime | None = None) -> dict[str, Any]:
    """What ``TURN`` needs; the moment is the database's if none is given."""
    return {"asker": asker, "turns": SEARCHES_A_SECOND, "turn_at": at}


def take_turn(asker: int, at: datetime | None = None) -> None:
    """Count one search.

    Raises AskedTooOften when there were ten within the last second.
    """
    with connection.cursor() as cursor:
        cursor.execute(TURN, turn_values(asker, at))
        if cursor.fetchone() is None:
            raise AskedTooOften


def too_many(request: HttpRequest) -> HttpResponse:
    """429: asked too often; try again in a second."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "1"
    return response
