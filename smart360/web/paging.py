"""Keyset paging: the next page begins after the last row seen, however deep it lies.

No OFFSET and no exact count: page 1,000 costs what page 1 costs (stack.md).
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Sort:
    """An order that a list offers: its name in the address, its columns, and its label.

    ``columns`` end with a unique one; a leading ``-`` means descending. Nulls come last.
    """

    name: str
    label: str
    columns: tuple[str, ...]

    def reversed(self) -> "Sort":
        """The same columns the other way round."""
        turned = tuple(c[1:] if c.startswith("-") else f"-{c}" for c in self.columns)
        return Sort(self.name, self.label, turned)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows with the way forward and back."""

    rows: Sequence[Row]
    next_cursor: str = ""
    previous_cursor: str = ""


def page_of(
    rows: QuerySet[Row],
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
    read = value or _attribute
    direction, keys = _decode(cursor, sort)
    order = sort.reversed() if direction == "before" else sort
    if keys is not None:
        rows = rows.filter(_after(order.columns, keys))
    ordering = [F(c[1:]).desc() if c.startswith("-") else F(c).asc() for c in order.columns]
    found = list(rows.order_by(*ordering)[: size + 1])
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


def _after(columns: Sequence[str], keys: Sequence[Any]) -> Q:
    """Rows that come after the row with these key values in this order."""
    condition = Q()
    equal = Q()
    for column, key in zip(columns, keys, strict=True):
        name = column.lstrip("-")
        beyond = Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": key})
        condition |= equal & beyond
        equal &= Q(**{name: key})
    return condition


def _attribute(row: Model, column: str) -> Any:
    value: Any = row
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
