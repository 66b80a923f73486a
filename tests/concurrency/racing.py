"""Many people at once: threads behind a barrier, each on its own connection with real commits.

The servers of the tests take 150 connections and two test processes may race at the same time,
so that ``AT_ONCE`` people of each fit.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection

AT_ONCE = 50
Outcome = tuple[str, Any]

SECONDS = 300
"""Who wins is proved here, not how long a busy machine lets the others wait."""
PATIENCE = "; ".join(
    f"SET {each}_timeout = '{SECONDS}s'"
    for each in ("lock", "statement", "idle_in_transaction_session")
)


def race(acts: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """Start all ``acts`` at once; what each gave: ("done", value) or ("refused", error)."""
    barrier = Barrier(len(acts))
    outcomes: list[Outcome] = [("lost", None)] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        try:
            get_ready(barrier)
            barrier.wait(timeout=SECONDS)
            outcomes[position] = ("done", act())
        except Exception as error:  # noqa: BLE001  (the test looks at every outcome)
            outcomes[position] = ("refused", error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=2 * SECONDS)
    return outcomes


def get_ready(barrier: Barrier) -> None:
    """Take a connection; who gets none lets nobody wait for a race that will not be."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(PATIENCE)
    except DatabaseError:
        barrier.abort()
        raise


def done(outcomes: list[Outcome]) -> list[Any]:
    """What the successful ones gave."""
    return [value for word, value in outcomes if word == "done"]


def refusals(outcomes: list[Outcome]) -> list[BaseException]:
    """Why the others failed."""
    return [error for word, error in outcomes if word != "done"]


# ------------------------------------------------------------------ controls: guards taken away
def as_owner(sql: str) -> None:
    """Run ``sql`` as the owner of the tables, with a commit, and be the application again."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        try:
            cursor.execute(sql)
        finally:
            cursor.execute("SET ROLE smart360_app")


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Switch the tables' own triggers off, for a control, and on again."""
    as_owner(";".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    try:
        yield
    finally:
        as_owner(";".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """Drop a unique index, or the check of this name, for a control.

    Whatever the control stored is emptied before the guard comes back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
            "       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,"
            "              pg_get_constraintdef(oid)), conrelid::regclass::text"
            "  FROM pg_constraint WHERE conname = %s AND connamespace = 'public'::regnamespace"
            " UNION ALL "
            "SELECT format('DROP INDEX %%I', indexname), indexdef, tablename FROM pg_indexes"
            " WHERE indexname = %s AND schemaname = 'public' LIMIT 1",
            [name, name],
        )
        drop, restore, table = cursor.fetchone()
    as_owner(drop)
    try:
        yield
    finally:
        as_owner(f"TRUNCATE {table} CASCADE; {restore}")


def slowly(
    patch: pytest.MonkeyPatch, where: str, instead: Callable[..., Any] | None = None
) -> None:
    """Let everybody pause before ``where``, or after ``instead``: then all have read the same."""
    module, _, name = where.rpartition(".")
    found = import_module(module)
    act = instead or getattr(found, name)

    @wraps(act)
    def paused(*args: Any, **named: Any) -> Any:
        if instead is not None:
            answer = act(*args, **named)
            pause()
            return answer
        pause()
        return act(*args, **named)

    patch.setattr(found, name, paused)


def pause(seconds: float = 0.5) -> None:
    """Hold on, without holding the interpreter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
