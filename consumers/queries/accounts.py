"""Reads for the list of accounts and for the choices of a form."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consumers.choices import AccountStatus
from consumers.models import (
    LIVED_IN_FIRST,
    Category,
    Consumer,
    Guard,
    Premise,
    ProfileLock,
    Subcategory,
)
from smart360.kernel.money import ZERO
from smart360.web.paging import Page, Sort, page_of

BY_ACCOUNT = Sort("account", "Account number", ("account_number",))
NEWEST = Sort("newest", "Newest first", ("-id",))
SORTS = {sort.name: sort for sort in (BY_ACCOUNT, NEWEST)}


def with_list_facts(consumers: QuerySet[Consumer], *, at: datetime) -> QuerySet[Consumer]:
    """Each row with what a list shows, in the same statement."""
    held = ProfileLock.objects.filter(consumer=OuterRef("pk"), expires_at__gt=at)
    return consumers.annotate(
        place=Coalesce(
            Subquery(
                Premise.objects.filter(connections__consumer=OuterRef("pk"))
                .order_by(*LIVED_IN_FIRST)
                .values("address")[:1]
            ),
            Value(""),
        ),
        open_request=Coalesce(
            Subquery(
                Guard.objects.filter(consumer=OuterRef("pk")).order_by("id").values("placed_by")[:1]
            ),
            Value(""),
        ),
        balance=Coalesce(F("figures__balance"), Value(ZERO)),
        held_by=Subquery(held.values("holder_id")),
        held_by_name=Coalesce(Subquery(held.values(name=F("holder__full_name"))), Value("")),
        held_since=Subquery(held.values("taken_at")),
        held_until=Subquery(held.values("expires_at")),
    )


def list_consumers(
    consumers: QuerySet[Consumer],
    *,
    statuses: Sequence[str] = (),
    is_archived_in: bool = False,
    sort: str = "",
    cursor: str = "",
    at: datetime,
) -> Page[Consumer]:
    """One page of the consumer list, 25 rows; archived accounts when they or a status are asked."""
    known = [status for status in statuses if status in AccountStatus.values]
    if known:
        consumers = consumers.filter(status__in=known)
    elif not is_archived_in:
        consumers = consumers.filter(archived_at__isnull=True)
    return page_of(
        with_list_facts(consumers, at=at), sort=SORTS.get(sort, BY_ACCOUNT), cursor=cursor
    )


def categories(*, also: int | None = None) -> list[Category]:
    """The categories that can be chosen, by name; ``also`` one that is retired but in use."""
    return list(Category.objects.filter(Q(is_active=True) | Q(pk=also)).order_by("name"))


def subcategories(*, also: int | None = None) -> list[Subcategory]:
    """The subcategories that can be chosen, under their categories' names."""
    return list(
        Subcategory.objects.filter(Q(is_active=True, category__is_active=True) | Q(pk=also))
        .select_related("category")
        .order_by("category__name", "name")
    )
