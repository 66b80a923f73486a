"""One worker at a time: two beats do no harm."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def in_turn(name: str) -> Iterator[bool]:
    """Whether this worker has the turn for ``name``; nobody waits for it.

    A session lock of PostgreSQL: it is gone when the worker is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
        row: tuple[bool] = cursor.fetchone()
    try:
        yield row[0]
    finally:
        if row[0]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])
