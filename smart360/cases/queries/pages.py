"""One page of a list of cases, and how many fit in all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Generic
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from smart360.cases.models import DUE, URGENCY, Case
from smart360.cases.queries.finding import Sought, sought_in
from smart360.cases.queries.lists import (
    NOBODY,
    PAGE_SIZE,
    F,
    Facts,
    ListKind,
    facts_of_cases,
    filtered_cases,
    plain,
)
from smart360.cases.queries.states import with_pause
from smart360.kernel.errors import Broken
from smart360.kernel.prepared import A_MOMENT, Prepared, Shelf, prepared
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, capped, page_prepared

PREPARED = Shelf()
FOUND_CAP = 200
EXPORT_CAP = 50_000
FIT = "WITH fit AS MATERIALIZED ({fit}) {rows}"
HOW_MANY_FIT = "SELECT count(*) FROM fit"
KEYS = ("id", "kind", "number", "status", "created_at")
FIRST_OF_FIT = "SELECT id FROM fit ORDER BY {order} LIMIT {most}"


def list_cases(
    kind: ListKind[F],
    person: Person,
    wish: F,
    *,
    sort: Sort,
    cursor: str,
    at: datetime,
    zone: ZoneInfo,
    is_counted: bool = True,
) -> Page[Facts]:
    """One page of the list, and how many fit, in one statement; the kind may need another.

    All are counted where nothing narrows the list, else up to ``FOUND_CAP``. The statement is
    prepared: what differs from one asking to the next are the moment, who asks and what they
    typed. Its plan is kept, too, where neither moments nor typed words decide how it is read.
    """
    if not person.has_permission(kind.needs):
        raise Broken("the list is for those who may see it")
    wish = kind.ready(wish)
    words = sought_in(kind, wish)
    statements = _Statements(kind, person, plain(wish), words, sort, zone, is_counted)
    try:
        return page_prepared(
            statements.any_page,
            sort=sort,
            cursor=cursor,
            size=PAGE_SIZE,
            shelf=PREPARED,
            about=(kind.name, kind.reach(person), plain(wish), words.kind, zone, is_counted),
            given={A_MOMENT: at, NOBODY: person.pk, **words.given},
            first=statements.first_page if is_counted and statements.is_read_once else None,
            keeps_plan=wish.is_timeless and not words.kind,
        )
    except EmptyResultSet:  # such as a reason that there is not
        return Page(rows=[])


def fitting_cases(
    kind: ListKind[F], person: Person, wish: F, *, at: datetime, zone: ZoneInfo
) -> QuerySet[Case]:
    """Every case that fits, asked anew, in no order; for a file, which must be complete."""
    words = sought_in(kind, wish)
    condition = words.condition(is_prepared=False) if words.kind else None
    return filtered_cases(kind, person, kind.ready(wish), at=at, zone=zone, words=condition)


def facts_for_file(
    kind: ListKind[F], person: Person, wish: F, *, sort: Sort, at: datetime, zone: ZoneInfo
) -> Iterator[Facts]:
    """What fits, up to the cap, read from the database in pieces."""
    fitting = fitting_cases(kind, person, wish, at=at, zone=zone)
    cases = facts_of_cases(kind, fitting, with_figures=True).order_by(*sort.ordering)
    return cases[:EXPORT_CAP].iterator(chunk_size=2_000)


class _Statements(Generic[F]):
    """The statements of one list, put together when they are first asked for."""

    def __init__(
        self,
        kind: ListKind[F],
        person: Person,
        wish: F,
        words: Sought,
        sort: Sort,
        zone: ZoneInfo,
        is_counted: bool,
    ) -> None:
        self.kind, self.person, self.wish, self.words = kind, person, wish, words
        self.sort, self.zone, self.is_counted = sort, zone, is_counted
        self.is_by_day = wish.created_from is not None or wish.created_to is not None
        self.is_whole = wish.is_whole and not words.kind
        self.is_read_once = not self.is_whole and not self.is_by_day

    def fitting(self) -> QuerySet[Case]:
        """The cases that fit, in no order."""
        return filtered_cases(
            self.kind, self.person, self.wish, at=A_MOMENT, zone=self.zone, sort=self.sort,
            words=self.words.condition(is_prepared=True) if self.words.kind else None,
            reader=NOBODY,
        )  # fmt: skip

    def any_page(self) -> QuerySet[Case, Facts]:
        """Rows with their count beside them: all by the tallies, else in the order that is soonest.

        That is the page's, where its own rows were found soon, or by the days that are asked for.
        """
        rows = facts_of_cases(self.kind, self.fitting(), with_figures=True)
        if not self.is_counted:
            return rows
        if self.is_whole:
            return rows.annotate(found=self.kind.total(self.person, NOBODY, self.wish.is_history))
        order = self.kind.sorts["-requested"] if self.is_by_day else self.sort
        return rows.annotate(found=capped(self.fitting(), *order.ordering, cap=FOUND_CAP))

    def first_page(self) -> Prepared:
        """What fits is read once, as far as it is counted; the first of it are the page."""
        fit = self.fitting().order_by(*self.sort.ordering)
        keys: QuerySet[Case, Facts] = fit.values(*KEYS, due_sort=DUE, urgency=URGENCY)
        columns = self.sort.columns
        order = ", ".join(f"{c[1:]} DESC" if c.startswith("-") else c for c in columns)
        first = RawSQL(FIRST_OF_FIT.format(order=order, most=PAGE_SIZE + 1), ())  # noqa: S611  (ours)
        cases = with_pause(Case.objects.filter(pk__in=first), at=A_MOMENT)
        rows = facts_of_cases(self.kind, cases, with_figures=True)
        rows = rows.annotate(found=RawSQL(HOW_MANY_FIT, ()))  # noqa: S611  (ours)
        inner = prepared(keys[: FOUND_CAP + 1])
        outer = prepared(rows.order_by(*self.sort.ordering))
        sql = FIT.format(fit=inner.sql, rows=outer.sql)
        return Prepared(sql, (*inner.values, *outer.values), outer.names)
