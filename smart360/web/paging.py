"""Keyset paging: the next page begins after the last row seen, however deep it lies.

No OFFSET and no exact count: page 1,000 costs what page 1 costs (stack.md).
"""

import base64
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.expressions import OrderBy
from django.db.models.sql.compiler import SQLCompiler

from smart360.kernel.prepared import Key, Prepared, Shelf, keeping_its_plan, prepared

Row = TypeVar("Row")


@dataclass(frozen=True)
class Sort:
    """An order that a list offers: its name in the address, its columns, and its label.

    ``columns`` end with a unique one; a leading ``-`` means descending. Where all go the same way,
    an index on them serves every page alike.
    """

    name: str
    label: str
    columns: tuple[str, ...]

    def reversed(self) -> "Sort":
        """The same columns the other way round."""
        turned = tuple(c[1:] if c.startswith("-") else f"-{c}" for c in self.columns)
        return Sort(self.name, self.label, turned)

    @property
    def ordering(self) -> list[OrderBy]:
        """For ``order_by``."""
        return [F(c[1:]).desc() if c.startswith("-") else F(c).asc() for c in self.columns]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows with the way forward and back.

    ``found`` is how many there are in all, where that was asked for.
    """

    rows: Sequence[Row]
    next_cursor: str = ""
    previous_cursor: str = ""
    found: int | None = field(default=None, compare=False)

    @property
    def is_all(self) -> bool:
        """Whether there is no other page."""
        return not self.next_cursor and not self.previous_cursor

    def urls(self, at: str = "", *, name: str = "cursor", **kept: str) -> dict[str, str]:
        """The addresses of the pages before and after, ``""`` for one that is not there.

        ``at`` is the list's own path where the page may be shown at another one; ``kept`` is what
        was asked of the list.
        """
        asked = {key: value for key, value in kept.items() if value}
        cursors = {"next_url": self.next_cursor, "previous_url": self.previous_cursor}
        return {
            word: f"{at}?{urlencode(asked | {name: cursor})}" if cursor else ""
            for word, cursor in cursors.items()
        }


def page_of(
    rows: QuerySet[Any, Row],
    *,
    sort: Sort,
    cursor: str = "",
    size: int = 25,
    value: Callable[[Row, str], Any] | None = None,
) -> Page[Row]:
    """The ``size`` rows after (or before) ``cursor`` in the order of ``sort``.

    Every column of ``sort`` must be non-null for the rows given, or be listed last-null by the
    caller with a coalesced annotation. A cursor that is not ours, or of another order, means the
    first page.
    """

    def ask(order: Sort, keys: Sequence[Any] | None) -> list[Row]:
        return list(_stretch(rows, order, keys, size=size))

    return _page(ask, sort=sort, cursor=cursor, size=size, read=value or _attribute)


def page_of_several(
    sources: Sequence[QuerySet[Any, Any]],
    *,
    sort: Sort,
    cursor: str = "",
    size: int = 25,
) -> Page[dict[str, Any]]:
    """As ``page_of``, of rows that lie in several tables; one statement for each.

    They are plain values under the same names, and all columns of ``sort`` go the same way. A
    column's text must compare here as it does in the database.
    """
    is_falling = sort.columns[0].startswith("-")

    def ask(order: Sort, keys: Sequence[Any] | None) -> list[dict[str, Any]]:
        found = [row for rows in sources for row in _stretch(rows, order, keys, size=size)]
        found.sort(
            key=lambda row: [row[column.lstrip("-")] for column in order.columns],
            reverse=is_falling == (order == sort),
        )
        return found[: size + 1]

    return _page(ask, sort=sort, cursor=cursor, size=size, read=_attribute)


def page_prepared(
    rows: Callable[[], QuerySet[Any, Any]],
    *,
    sort: Sort,
    cursor: str,
    size: int,
    shelf: Shelf,
    about: Hashable,
    given: Mapping[Any, Any],
    first: Callable[[], Prepared] | None = None,
    dressed: Callable[[QuerySet[Any]], QuerySet[Any, dict[str, Any]]] | None = None,
    keeps_plan: bool = False,
) -> Page[dict[str, Any]]:
    """As ``page_of``, with the statement from a shelf, and its plan if it ``keeps_plan``.

    ``about`` names all that ``rows()`` depends on but what is ``given``, for which something
    stands in, such as ``A_MOMENT``. ``first`` puts together the first page's statement where it
    is another. ``dressed`` gives a page of ``rows()``, then nothing but which ones, all that is
    shown of them: the many rows between are passed over without it. A column ``found`` says how
    many rows there are in all.
    """

    def ask(order: Sort, keys: Sequence[Any] | None) -> list[dict[str, Any]]:
        stand_ins = keys and [Key(place) for place in range(len(keys))]

        known = {**given, **dict(zip(stand_ins or (), keys or (), strict=True))}

        def put_together() -> Prepared:
            if first is not None and keys is None:
                whole = first()
            else:
                shown = _stretch(rows(), order, stand_ins, size=size)
                if dressed is not None:
                    shown = dressed(shown.values("pk")).order_by(*order.ordering)
                whole = prepared(shown)
            return keeping_its_plan(whole, known) if keeps_plan else whole

        return shelf.keep((about, order, keys is None, size), put_together).rows(known)

    page = _page(ask, sort=sort, cursor=cursor, size=size, read=_attribute)
    found = {row.pop("found", None) for row in page.rows}
    return replace(page, found=found.pop()) if found else page


def _stretch(
    rows: QuerySet[Any, Row], order: Sort, keys: Sequence[Any] | None, *, size: int
) -> QuerySet[Any, Row]:
    """The rows after ``keys``, and one more, which says whether there is another page."""
    after = rows if keys is None else rows.filter(_after(order.columns, keys))
    return after.order_by(*order.ordering)[: size + 1]


def _page(
    ask: Callable[[Sort, Sequence[Any] | None], list[Row]],
    *,
    sort: Sort,
    cursor: str,
    size: int,
    read: Callable[[Row, str], Any],
) -> Page[Row]:
    direction, keys = _decode(cursor, sort)
    found = ask(sort.reversed() if direction == "before" else sort, keys)
    more = len(found) > size
    found = found[:size]
    if direction == "before":
        found.reverse()
    if not found:
        return Page(rows=found)
    has_next = more if direction != "before" else True
    has_previous = more if direction == "before" else keys is not None
    return Page(
        rows=found,
        next_cursor=_encode("after", found[-1], sort, read) if has_next else "",
        previous_cursor=_encode("before", found[0], sort, read) if has_previous else "",
    )


class CappedCount(Subquery):
    """How many rows a sliced queryset has, as a column of another statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


def capped(rows: QuerySet[Any], *order: Any, cap: int) -> CappedCount:
    """How many rows there are, counted up to the cap and one more.

    Read in the order of an index that has them together, so that the cap ends it early.
    """
    ordered = rows.order_by(*order) if order else rows
    return CappedCount(ordered.values("pk")[: cap + 1])


class RowIsBeyond(Func):
    """``(a, b, c) > (1, 2, 3)``: what lies after a row in an index on a, b, c, by one descent.

    The same with ORs would read the index from its beginning.
    """

    conditional = True
    output_field = BooleanField()

    def __init__(self, *both: Any, sign: str = ">") -> None:
        super().__init__(*both, sign=sign)

    def as_sql(  # type: ignore[override]  # no template: the two rows are compared as they are
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, list[Any]]:
        """Both rows in brackets; the first half of the expressions is one, the second the other."""
        written = [compiler.compile(each) for each in self.get_source_expressions()]
        half = len(written) // 2
        columns, keys = (
            ", ".join(sql for sql, _ in part) for part in (written[:half], written[half:])
        )
        values = [value for _, values in written for value in values]
        return f"({columns}) {self.extra['sign']} ({keys})", values


def _after(columns: Sequence[str], keys: Sequence[Any]) -> Q:
    """Rows that come after the row with these key values in this order."""
    names = [column.lstrip("-") for column in columns]
    downwards = {column.startswith("-") for column in columns}
    if len(downwards) == 1:
        sign = "<" if downwards.pop() else ">"
        return Q(RowIsBeyond(*map(F, names), *map(Value, keys), sign=sign))
    condition = Q()
    equal = Q()
    for column, name, key in zip(columns, names, keys, strict=True):
        beyond = Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": key})
        condition |= equal & beyond
        equal &= Q(**{name: key})
    return condition


def _attribute(row: Any, column: str) -> Any:
    if isinstance(row, dict):
        return row[column]
    value = row
    for part in column.split("__"):
        value = getattr(value, part)
    return value


def _encode(direction: str, row: Row, sort: Sort, read: Callable[[Row, str], Any]) -> str:
    keys = [_plain(read(row, column.lstrip("-"))) for column in sort.columns]
    packed = json.dumps([direction[0], *keys], separators=(",", ":")).encode()
    return _signer(sort).sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def _signer(sort: Sort) -> Signer:
    """Signs what only we may have written: keys of the wrong kind would be a database's error.

    The order is part of it, so that a cursor of another list or order is none of ours either.
    """
    return Signer(sep=".", salt=f"web.paging {sort.name} {' '.join(sort.columns)}")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value if isinstance(value, int | str | bool) else str(value)


def _decode(cursor: str, sort: Sort) -> tuple[str, list[Any] | None]:
    try:
        packed = _signer(sort).unsign(cursor)
    except (BadSignature, UnicodeError):
        return "after", None
    direction, *keys = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    return ("before" if direction == "b" else "after"), [_rich(key) for key in keys]


def _rich(key: Any) -> Any:
    if isinstance(key, dict):
        if "at" in key:
            return datetime.fromisoformat(key["at"])
        return date.fromisoformat(key["on"])
    return key
