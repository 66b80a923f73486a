"""The one clock: the database's.

It is read once at the edge (a view, a task, a command) and passed inwards as ``at=``, so that
every rule is a function of its inputs and a web server with a wrong clock does no harm
(quality.md, T4).
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection


def database_clock() -> datetime:
    """The database server's time of this moment, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


source: Callable[[], datetime] = database_clock
"""Where ``now`` asks. Only tests put another clock here."""


def put_by_hand() -> datetime | None:
    """The moment at which a test has put the clock; None when it is the database's own.

    For a read that asks the database's clock within its own statement and so saves one.
    """
    return None if source is database_clock else source()


def now() -> datetime:
    """The moment of the act that begins now, as an aware datetime."""
    return source()
