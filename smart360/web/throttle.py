"""Asking too often: how many searches one person may make, counted for all processes together.

It guards against a script that runs away, not against an attacker. The count is one row per
person of an unlogged table: it costs no write to the journal, and a crash only forgets it. A search
counts its turn within its own statement (``TURN``), so that it needs no second one. Other askers
have a table of the same shape of their own (``turn_in``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg import errors as postgres

SEARCHES_A_SECOND = 10

_TURN = """
INSERT INTO {table} AS mine ({asker}, turns_left, at)
VALUES (%(asker)s, %(turns)s - 1, coalesce(%(turn_at)s::timestamptz, clock_timestamp()))
ON CONFLICT ({asker}) DO UPDATE SET
       at = CASE WHEN excluded.at > mine.at - interval '1 minute'
                 THEN greatest(mine.at, excluded.at) ELSE excluded.at END,
       turns_left = -1 + least(%(turns)s,
       mine.turns_left + greatest(0, extract(epoch FROM excluded.at - mine.at)) * %(turns)s)
 WHERE 1 <= least(%(turns)s,
       mine.turns_left + greatest(0, extract(epoch FROM excluded.at - mine.at)) * %(turns)s)
RETURNING true AS is_ours
"""


def turn_in(table: str, asker: str) -> str:
    """The statement that takes a turn in ``table``, whose key is the column ``asker``."""
    return _TURN.format(table=table, asker=asker)


TURN = turn_in("web_allowance", "person_id")
"""Takes a turn: one row when there was one left, none when the person must wait.

A search that waited for the row has a moment of before it waited. The row keeps the later one, or
the time between would be given twice. Only a clock that was put back by more is followed.
"""


class AskedTooOften(Exception):
    """Somebody asked more often within a second than they may; answered by 429."""


def turn_values(
    asker: int, at: datetime | None = None, *, turns: int | None = None
) -> dict[str, Any]:
    """What ``TURN`` needs; the moment is the database's if none is given, the turns a search's."""
    return {"asker": asker, "turns": turns or SEARCHES_A_SECOND, "turn_at": at}


@contextmanager
def no_long_wait() -> Iterator[None]:
    """Around ``TURN``: who waits for an own earlier search as long as for any row asks too much.

    A search locks nothing but the row of its turn.
    """
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, postgres.LockNotAvailable):
            raise AskedTooOften from error
        raise


def take_turn(
    asker: int,
    at: datetime | None = None,
    *,
    statement: str = "",
    turns: int | None = None,
) -> None:
    """Count one search, or whatever another ``statement`` (of ``turn_in``) counts.

    Raises AskedTooOften when there were ``turns`` within the last second.
    """
    with no_long_wait(), connection.cursor() as cursor:
        cursor.execute(statement or TURN, turn_values(asker, at, turns=turns))
        if cursor.fetchone() is None:
            raise AskedTooOften


def too_many(request: HttpRequest) -> HttpResponse:
    """429: asked too often; try again in a second."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "1"
    return response
