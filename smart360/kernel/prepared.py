"""Statements put together once: Django takes longer over a large one than PostgreSQL does."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

A_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
"""Stands in a prepared statement for the moment at which it is asked."""


@dataclass(frozen=True, slots=True)
class Key:
    """Stands in a prepared statement for one of the values that a page begins after."""

    place: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """One statement, the values it is asked with, and what its columns are called."""

    sql: str
    values: tuple[Any, ...]
    names: tuple[str, ...]

    def rows(self, given: Mapping[Any, Any]) -> list[dict[str, Any]]:
        """Ask, with what is ``given`` for each value that only stood in for another."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [given.get(value, value) for value in self.values])
            return [dict(zip(self.names, row, strict=True)) for row in cursor.fetchall()]


def prepared(rows: QuerySet[Any, dict[str, Any]]) -> Prepared:
    """The statement of ``rows``, which are ``values()``; they come as the driver reads them."""
    query = rows.query
    sql, values = query.sql_with_params()
    return Prepared(sql, tuple(values), tuple(query.selected or ()))


@dataclass(slots=True)
class Shelf:
    """Prepared statements by all that they depend on; what was not asked for longest makes room."""

    size: int = 256
    kept: dict[Hashable, Prepared] = field(default_factory=dict)

    def get(self, key: Hashable, rows: Callable[[], QuerySet[Any, dict[str, Any]]]) -> Prepared:
        """The statement kept under ``key``, else that of ``rows()``."""
        return self.keep(key, lambda: prepared(rows()))

    def keep(self, key: Hashable, put_together: Callable[[], Prepared]) -> Prepared:
        """The statement kept under ``key``, else one that is put together now."""
        found = self.kept.pop(key, None) or put_together()
        self.kept[key] = found
        for oldest in [*self.kept][: -self.size]:
            self.kept.pop(oldest, None)
        return found
