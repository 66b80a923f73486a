"""The list of accounts: what somebody looks for in it, one page of it, and how many fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consumers.models import (
    LIVED_IN_FIRST,
    AccountHold,
    Consumer,
    Guard,
    Premise,
    ServiceConnection,
)
from consumers.models.figures import NEVER_DUE
from smart360.kernel.prepared import A_MOMENT, Shelf
from smart360.web.paging import Page, Sort, page_prepared

PAGE_SIZE = 25
EXPORT_CAP = 50_000
PREPARED = Shelf()
Facts = dict[str, Any]

BY_ACCOUNT = Sort("account", "by account number", ("account_number",))
SORTS = {
    sort.name: sort
    for sort in (
        BY_ACCOUNT,
        Sort("-account", "highest account number first", ("-account_number",)),
        Sort("newest", "newest first", ("-id",)),
        Sort("-balance", "highest balance first", ("-balance", "-owner")),
        Sort("balance", "lowest balance first", ("balance", "owner")),
        Sort("due", "longest unpaid first", ("due", "owner")),
    )
}
"""Every order that the list offers; each has its index, so all columns of one go the same way."""
SORTS_BY_MONEY = frozenset({"-balance", "balance", "due"})
OFFERED = """
WITH RECURSIVE areas (area) AS (
    SELECT min(area) FROM consumers_premise WHERE area > ''
     UNION ALL
    SELECT (SELECT min(p.area) FROM consumers_premise p WHERE p.area > a.area)
      FROM areas a WHERE a.area IS NOT NULL)
SELECT NULL, area FROM areas WHERE area IS NOT NULL
 UNION ALL
SELECT id, name FROM consumers_category
"""
"""Areas from one to the next in their index: it takes as long as there are areas."""


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What somebody looks for among the accounts; as it stands here: all that is not archived.

    ``least`` and ``most``  the balance lies between them, both in
    ``is_protected``        something protects it on ``today``
    ``archived``            ``with`` archived accounts, or ``only`` these; else none is among them
    ``consumers``           those whom the words fit; None where nobody typed any
    """

    statuses: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()
    is_vip: bool | None = None
    is_protected: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    archived: str = ""
    consumers: tuple[int, ...] | None = None

    @property
    def is_tallied(self) -> bool:
        """Whether the tallies know how many fit: nothing is asked but status and archive."""
        return self == AccountFilter(statuses=self.statuses, archived=self.archived)


EVERYTHING = AccountFilter()


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filters offer: categories by key, and areas; each by name."""

    categories: Sequence[tuple[int, str]]
    areas: Sequence[str]


def offered_filters() -> Offered:
    """The categories and areas that there are; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(OFFERED)
        rows = cursor.fetchall()
    categories = sorted((name, key) for key, name in rows if key is not None)
    areas = sorted(name for key, name in rows if key is None)
    return Offered([(key, name) for name, key in categories], areas)


def list_accounts(
    consumers: QuerySet[Consumer],
    wish: AccountFilter,
    *,
    sort: Sort,
    cursor: str,
    at: datetime,
    today: date,
) -> Page[Facts]:
    """One page of the accounts that fit, 25 rows; one statement.

    Not how many fit: of filters that rarely meet, a hundred took four times as long as the page.
    """
    if consumers.query.is_empty() or wish.consumers == ():
        return Page(rows=[])

    def rows() -> QuerySet[Consumer]:
        return _sortable(_fitting(consumers, wish, today=today))

    def dressed(page: QuerySet[Consumer]) -> QuerySet[Consumer, Facts]:
        return _facts(Consumer.objects.filter(pk__in=page))

    return page_prepared(
        rows,
        dressed=dressed,
        sort=sort,
        cursor=cursor,
        size=PAGE_SIZE,
        shelf=PREPARED,
        about=(wish, today if wish.is_protected else None),
        given={A_MOMENT: at},
        keeps_plan=wish.consumers is None,
    )


def accounts_for_file(
    consumers: QuerySet[Consumer], wish: AccountFilter, *, sort: Sort, today: date
) -> Iterator[Facts]:
    """What fits, up to the cap, read from the database in pieces."""
    fitting = _fitting(consumers, wish, today=today)
    more = {"kind": F("category__name"), "finer": F("subcategory__name")}
    facts = _facts(fitting, at=None).annotate(area=_first_of("area"), **more)
    rows: QuerySet[Consumer, Facts] = facts.order_by(*sort.ordering)[:EXPORT_CAP]
    return rows.iterator(chunk_size=2_000)


# ------------------------------------------------------------------ which accounts
def _fitting(
    consumers: QuerySet[Consumer], wish: AccountFilter, *, today: date
) -> QuerySet[Consumer]:
    """The accounts that fit, in no order."""
    fits = _in_archive(wish.archived)
    if wish.statuses:
        fits &= Q(status__in=wish.statuses)
    if wish.categories:
        fits &= Q(category__in=wish.categories)
    if wish.is_vip is not None:
        fits &= Q(is_vip=wish.is_vip)
    if wish.least is not None:
        fits &= Q(figures__balance__gte=wish.least)
    if wish.most is not None:
        fits &= Q(figures__balance__lte=wish.most)
    if wish.areas:
        supplied = ServiceConnection.objects.filter(consumer=OuterRef("pk"), area__in=wish.areas)
        fits &= Q(Exists(supplied))
    if wish.is_protected:
        held = AccountHold.objects.filter(standing_on(today), consumer=OuterRef("pk"))
        fits &= Q(Exists(held))
    if wish.consumers is not None:
        fits &= Q(pk__in=wish.consumers)
    return consumers.filter(fits)


def _in_archive(archived: str) -> Q:
    if archived == "with":
        return Q()
    return Q(archived_at__isnull=archived != "only")


def standing_on(today: date) -> Q:
    """The holds that protect an account on this day."""
    return Q(
        Q(to_on__isnull=True) | Q(to_on__gte=today), lifted_at__isnull=True, from_on__lte=today
    )


# ------------------------------------------------------------------ rows
def _sortable(consumers: QuerySet[Consumer]) -> QuerySet[Consumer]:
    """With the columns of every order; figures are there for every account, so none is missing."""
    return consumers.filter(figures__isnull=False).annotate(
        balance=F("figures__balance"),
        owner=F("figures__consumer_id"),
        due=Coalesce(F("figures__oldest_due_on"), Value(NEVER_DUE)),
    )


def _facts(
    consumers: QuerySet[Consumer], *, at: datetime | None = A_MOMENT
) -> QuerySet[Consumer, Facts]:
    """All that a line shows, in the same statement; plain values."""
    guard = Guard.objects.filter(consumer=OuterRef("pk")).order_by("id").values("placed_by")
    survivor = Consumer.objects.filter(pk=OuterRef("merged_into")).values("account_number")
    facts: QuerySet[Consumer, Facts] = (
        _sortable(consumers)
        .annotate(
            place=_first_of("address"),
            open_request=Coalesce(Subquery(guard[:1]), Value("")),
            goes_on_as=Coalesce(Subquery(survivor[:1]), Value("")),
        )
        .values(
            *("id", "account_number", "name", "phone", "status", "is_vip"),
            *("balance", "owner", "due", "place", "open_request", "goes_on_as"),
        )
    )
    if at is None:
        return facts
    held = FilteredRelation("profile_lock", condition=Q(profile_lock__expires_at__gt=at))
    return facts.annotate(held=held, held_by_name=F("held__holder__full_name"))


def _first_of(column: str) -> Coalesce:
    """Of the first place where the consumer is supplied."""
    first = Premise.objects.filter(connections__consumer=OuterRef("pk")).order_by(*LIVED_IN_FIRST)
    return Coalesce(Subquery(first.values(column)[:1]), Value(""))
