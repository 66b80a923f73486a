"""Transactions by three words: ``operation``, ``step``, ``after_commit``.

The vocabulary is that of django-subatomic, in a few lines because that package needs a newer
Python. Nothing else in the project opens a transaction. Below them the set form of a step: many
rows by COPY.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction
from psycopg import sql

from smart360.kernel.errors import Broken, Refusal, refusing

P = ParamSpec("P")
R = TypeVar("R")

_running: ContextVar[str] = ContextVar("running_operation", default="")

REFUSALS: dict[str, Refusal] = {}
"""Constraint name → the refusal a reader gets. Each app adds its own from ``operations.py``."""


def refuses(by_constraint: Mapping[str, Refusal]) -> None:
    """Name what a reader is told when one of these constraints refuses an operation."""
    REFUSALS.update(by_constraint)


def operation(act: Callable[P, R]) -> Callable[P, R]:
    """Make ``act`` one public act in one durable transaction.

    It fails if an operation is already running: an operation never calls another. A constraint
    that refuses, also one that is checked only at commit, becomes the refusal named in
    ``REFUSALS``.
    """

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _running.get():
            raise Broken(f"{act.__qualname__} was called inside {_running.get()}")
        token = _running.set(act.__qualname__)
        try:
            with refusing(REFUSALS), transaction.atomic(durable=True):  # noqa: TID251  (the one door)
                return act(*args, **kwargs)
        finally:
            _running.reset(token)

    return run


def step(act: Callable[P, R]) -> Callable[P, R]:
    """Make ``act`` a part of an operation: it demands one and opens nothing itself."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _running.get():
            raise Broken(f"{act.__qualname__} may only run inside an operation")
        return act(*args, **kwargs)

    return run


def after_commit(act: Callable[[], None]) -> None:
    """Run ``act`` once the running operation is safely stored, and never if it is not."""
    transaction.on_commit(act)  # noqa: TID251  (the one door)


@step
def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add many rows by COPY, a value for each of ``columns`` (their names in the database).

    Every trigger and constraint speaks as it does for an INSERT. A column that is not named gets
    the database's default, not the model's.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([sql.Identifier(column) for column in columns]),
    )
    # What COPY raises once it runs goes past Django's cursor, so its errors are turned here.
    wraps_errors = connection.wrap_database_errors
    with connection.cursor() as cursor, wraps_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@step
def next_keys(model: type[models.Model], count: int) -> list[int]:
    """So many new primary keys, in rising order, for rows that point to each other."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(series.name) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) AS series",
            [count, table, column],
        )
        return sorted(row[0] for row in cursor.fetchall())
