"""Statements put together once: Django takes longer over a large one than PostgreSQL does.

Planning one that joins a dozen tables takes PostgreSQL longer in turn than reading a page by it, so
that it can keep a plan, too (``keeping_its_plan``).
"""

import re
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection
from django.db.models import QuerySet
from psycopg import sql as written

A_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
"""Stands in a prepared statement for the moment at which it is asked."""
A_KEY = -2
"""Stands in a prepared statement for the key of the row that it is asked about."""


@dataclass(frozen=True, slots=True)
class Key:
    """Stands in a prepared statement for one of the values that a page begins after."""

    place: int


class _KeepsPlans(psycopg.Cursor[Any]):
    """Prepares what it is asked for on the server, where the settings have it so."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> "_KeepsPlans":
        """As any cursor; the statement stays with the connection."""
        super().execute(query, params, prepare=True, **more)
        return self


@dataclass(frozen=True, slots=True)
class Prepared:
    """One statement, the values it is asked with, and what its columns are called.

    ``keeps_plan``: the database plans it once for each connection, whatever it is asked with.
    """

    sql: str
    values: tuple[Any, ...]
    names: tuple[str, ...] = ()
    keeps_plan: bool = False

    def rows(self, given: Mapping[Any, Any]) -> list[dict[str, Any]]:
        """Ask, with what is ``given`` for each value that only stood in for another."""
        return [dict(zip(self.names, row, strict=True)) for row in self.tuples(given)]

    def tuples(self, given: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """The same without names."""
        with connection.cursor() as cursor:
            if self.keeps_plan and not connection.queries_logged:  # a log wants it written whole
                cursor.cursor = _KeepsPlans(connection.connection)
            cursor.execute(self.sql, [given.get(value, value) for value in self.values])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def prepared(rows: QuerySet[Any, dict[str, Any]]) -> Prepared:
    """The statement of ``rows``, which are ``values()``; they come as the driver reads them."""
    query = rows.query
    sql, values = query.sql_with_params()
    return Prepared(sql, tuple(values), tuple(query.selected or ()))


def planned_once(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a statement that is always the same finds with these values; it keeps its plan."""
    return Prepared(sql, values, keeps_plan=True).tuples({})


_PLACE = re.compile("%[%s]")


def keeping_its_plan(statement: Prepared, stand_ins: Collection[Any]) -> Prepared:
    """The same with only its ``stand_ins`` open: all else is written into it.

    A plan that is kept is made without knowing what will stand there, and whether an index of some
    rows serves is then seen by what is written alone. So not for a statement whose best plan
    depends on a moment or on what was typed, such as one that asks for what is late.
    """
    values, places = iter(statement.values), []

    def write(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value = next(values)
        if value in stand_ins:
            places.append(value)
            return "%s"
        return written.Literal(value).as_string(connection.connection).replace("%", "%%")

    with connection.cursor():  # there is a connection, which knows how values are written
        sql = _PLACE.sub(write, statement.sql)
    return replace(statement, sql=sql, values=tuple(places), keeps_plan=True)


@dataclass(slots=True)
class Shelf:
    """Prepared statements by all that they depend on; what was not asked for longest makes room."""

    size: int = 256
    kept: dict[Hashable, Prepared] = field(default_factory=dict)

    def get(self, key: Hashable, rows: Callable[[], QuerySet[Any, dict[str, Any]]]) -> Prepared:
        """The statement kept under ``key``, else that of ``rows()``."""
        return self.keep(key, lambda: prepared(rows()))

    def rows(
        self,
        key: Hashable,
        rows: Callable[[], QuerySet[Any, dict[str, Any]]],
        given: Mapping[Any, Any],
        *,
        keeps_plan: bool = True,
    ) -> list[dict[str, Any]]:
        """What the statement kept under ``key`` finds with what is ``given``.

        It ``keeps_plan``, but where hardly anybody asks the same again: a connection keeps so many.
        """

        def put_together() -> Prepared:
            whole = prepared(rows())
            return keeping_its_plan(whole, given) if keeps_plan else whole

        return self.keep(key, put_together).rows(given)

    def keep(self, key: Hashable, put_together: Callable[[], Prepared]) -> Prepared:
        """The statement kept under ``key``, else one that is put together now."""
        found = self.kept.pop(key, None) or put_together()
        self.kept[key] = found
        for oldest in [*self.kept][: -self.size]:
            self.kept.pop(oldest, None)
        return found
