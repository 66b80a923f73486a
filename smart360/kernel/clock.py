"""The one clock: the database's.

It is read once at the edge (a view, a task, a command) and passed inwards as ``at=``, so that
every rule is a function of its inputs and a web server with a wrong clock does no harm
(quality.md, T4).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection

_read: ContextVar[datetime | None] = ContextVar("clock_as_read", default=None)


@contextmanager
def read_already(at: datetime) -> Iterator[None]:
    """``now`` is the moment ``at`` within, which a statement of the same act has brought along."""
    token = _read.set(at)
    try:
        yield
    finally:
        _read.reset(token)


def database_clock() -> datetime:
    """The database server's time, in UTC: of this moment, or as this act has read it already."""
    known = _read.get()
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


source: Callable[[], datetime] = database_clock
"""Where ``now`` asks. Only tests put another clock here."""


def now() -> datetime:
    """The moment of the act that begins now, as an aware datetime."""
    return source()
