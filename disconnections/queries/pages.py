"""One page of the list of requests, and how many fit in all."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from disconnections.queries.counts import capped, total
from disconnections.queries.finding import Sought, find_reasons, sought
from disconnections.queries.requests import (
    PAGE_SIZE,
    SORTS,
    Facts,
    RequestFilter,
    facts_of,
    filtered,
    plain,
)
from smart360.cases.models import DUE, URGENCY, Case
from smart360.cases.queries.states import with_pause
from smart360.kernel.errors import Broken
from smart360.kernel.prepared import A_MOMENT, Prepared, Shelf, prepared
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Page, Sort, page_prepared

PREPARED = Shelf()
FOUND_CAP = 200
FIT = "WITH fit AS MATERIALIZED ({fit}) {rows}"
HOW_MANY_FIT = "SELECT count(*) FROM fit"
KEYS = ("id", "kind", "number", "status", "created_at")
FIRST_OF_FIT = "SELECT id FROM fit ORDER BY {order} LIMIT {most}"


def list_requests(
    person: Person,
    wish: RequestFilter,
    *,
    sort: Sort,
    cursor: str,
    at: datetime,
    zone: ZoneInfo,
    is_counted: bool = True,
) -> Page[Facts]:
    """One page of the list, and how many fit, in one statement; the reasons take another.

    All are counted where nothing narrows the list, else up to ``FOUND_CAP``. The statement is
    prepared: what differs from one asking to the next are the moment and what somebody typed.
    """
    if not person.has_permission(Permission.VIEW_REQUESTS):
        raise Broken("the list is for those who may see it")
    if wish.reasons:
        wish = wish.with_reasons(find_reasons(wish.reasons))
    words = sought(wish.words, wish.consumers)
    statements = _Statements(person, plain(wish), words, sort, zone, is_counted)
    try:
        return page_prepared(
            statements.any_page,
            sort=sort,
            cursor=cursor,
            size=PAGE_SIZE,
            shelf=PREPARED,
            about=(plain(wish), words.kind, zone, is_counted),
            given={A_MOMENT: at, **words.given},
            first=statements.first_page if is_counted and statements.is_read_once else None,
        )
    except EmptyResultSet:  # such as a reason that there is not
        return Page(rows=[])


class _Statements:
    """The statements of one list, put together when they are first asked for."""

    def __init__(
        self,
        person: Person,
        wish: RequestFilter,
        words: Sought,
        sort: Sort,
        zone: ZoneInfo,
        is_counted: bool,
    ) -> None:
        self.person, self.wish, self.words = person, wish, words
        self.sort, self.zone, self.is_counted = sort, zone, is_counted
        self.is_by_day = wish.created_from is not None or wish.created_to is not None
        self.is_whole = wish.is_whole and not words.kind
        self.is_read_once = not self.is_whole and not self.is_by_day

    def fitting(self) -> QuerySet[Case]:
        """The requests that fit, in no order."""
        return filtered(
            self.person, self.wish, at=A_MOMENT, zone=self.zone, sort=self.sort,
            words=self.words.condition(is_prepared=True) if self.words.kind else None,
        )  # fmt: skip

    def any_page(self) -> QuerySet[Case, Facts]:
        """Rows with their count beside them: all by the tallies, else in the order that is soonest.

        That is the page's, where its own rows were found soon, or by the days that are asked for.
        """
        rows = facts_of(self.fitting(), with_balance=True)
        if not self.is_counted:
            return rows
        if self.is_whole:
            return rows.annotate(found=total(is_history=self.wish.is_history))
        order = SORTS["-requested"] if self.is_by_day else self.sort
        return rows.annotate(found=capped(self.fitting(), *order.ordering, cap=FOUND_CAP))

    def first_page(self) -> Prepared:
        """What fits is read once, as far as it is counted; the first of it are the page."""
        fit = self.fitting().order_by(*self.sort.ordering)
        keys: QuerySet[Case, Facts] = fit.values(*KEYS, due_sort=DUE, urgency=URGENCY)
        columns = self.sort.columns
        order = ", ".join(f"{c[1:]} DESC" if c.startswith("-") else c for c in columns)
        first = RawSQL(FIRST_OF_FIT.format(order=order, most=PAGE_SIZE + 1), ())  # noqa: S611  (ours)
        cases = with_pause(Case.objects.filter(pk__in=first), at=A_MOMENT)
        rows = facts_of(cases, with_balance=True)
        rows = rows.annotate(found=RawSQL(HOW_MANY_FIT, ()))  # noqa: S611  (ours)
        inner = prepared(keys[: FOUND_CAP + 1])
        outer = prepared(rows.order_by(*self.sort.ordering))
        sql = FIT.format(fit=inner.sql, rows=outer.sql)
        return Prepared(sql, (*inner.values, *outer.values), outer.names)
