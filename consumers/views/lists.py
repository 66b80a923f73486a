"""The page of all consumers: cards, the list, the search as one types (CON1, CON2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consumers import access, queries
from consumers.choices import AccountStatus
from consumers.filters import ConsumerFilter, read_filter
from consumers.queries.figures import AccountsInAll
from consumers.rules.searching import TOO_LONG, SearchHit, read_search
from smart360.kernel import clock
from smart360.kernel.money import ZERO
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.formats import shown_share
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment
from smart360.web.shown import Link

MOST_FOUND = 50
NOBODY_FOUND = (
    "No customer found. Check the spelling, or try another name, the phone number, the address"
    " or a part of the account number."
)
"""What else to try, for somebody who may also enter the customer by hand."""
CARDS = (
    ("Active", (AccountStatus.ACTIVE,), ""),
    ("Inactive", (AccountStatus.INACTIVE,), ""),
    ("Temporarily Disconnected", (AccountStatus.DISCONNECTED,), ""),
    ("Other", (AccountStatus.PENDING, AccountStatus.COLLECTION), "Pending and Collection"),
)
"""What stands on it, which accounts it counts, and those in words where the label does not say."""


@dataclass(frozen=True, slots=True)
class Card:
    """One figure above the list, and the address of the list of just what it counts."""

    label: str
    count: str
    words: str
    url: str
    is_current: bool


@require_GET
@requires(Permission.SEARCH_CONSUMERS)
def consumer_list(request: HttpRequest) -> HttpResponse:
    """Every account, searched as one types and filtered; above it how many stand how."""
    person = signed_in_person(request)
    asked = read_filter(request.GET)
    context: dict[str, Any] = {
        "asked": asked,
        "statuses": AccountStatus.choices,
        "sorts": [
            Link(each.label, asked.address(sort=each.name), each.name == asked.sort)
            for each in queries.SORTS.values()
        ],
    }
    if asked.searched:
        hits = queries.search(
            asked.typed,
            MOST_FOUND,
            statuses=asked.statuses,
            at=clock.now(),
            asker=person.pk,
        )
        context["rows"] = access.shown_hits(hits, to=person)
        balances = _balances_of(hits, to=person)
        context["words"] = _found_words(len(hits))
    else:
        page = queries.list_consumers(
            access.visible_consumers(person),
            statuses=asked.statuses,
            is_archived_in=asked.is_archived_in,
            sort=asked.sort,
            cursor=asked.cursor,
            at=clock.now(),
        )
        context["rows"] = [access.shown_row(row, to=person) for row in page.rows]
        balances = [vars(row)["balance"] for row in page.rows]
        context["words"] = f"{len(page.rows)} shown"
        if page.next_cursor:
            context["next_url"] = asked.address(sort=asked.sort, cursor=page.next_cursor)
        if page.previous_cursor:
            context["previous_url"] = asked.address(sort=asked.sort, cursor=page.previous_cursor)
    context["sees_balance"] = person.has_permission(Permission.VIEW_BALANCE)
    context["lines"] = list(zip(context["rows"], balances, strict=True))
    if not is_fragment(request):
        sees_money = person.has_permission(Permission.VIEW_MONEY)
        in_all = queries.accounts_in_all(with_balance=sees_money)
        context |= {"cards": _cards(in_all, asked), "total_balance": in_all.balance}
    status = 422 if asked.problem == TOO_LONG else 200
    return page_or_fragment(
        request, "consumers/consumer_list.html", "consumers", context, status=status
    )


def _cards(in_all: AccountsInAll, asked: ConsumerFilter) -> list[Card]:
    """All accounts, and so many of them by status; archived accounts count in each."""
    archived = f"{in_all.archived:,} of them archived" if in_all.archived else ""
    whole = ConsumerFilter(is_archived_in=True)
    cards = [Card("Total Accounts", f"{in_all.total:,}", archived, whole.address(), asked == whole)]
    for label, statuses, words in CARDS:
        count, only = in_all.having(*statuses), ConsumerFilter(statuses=statuses)
        parts = (shown_share(count, in_all.total), words)
        said = " · ".join(filter(None, parts))
        cards.append(Card(label, f"{count:,}", said, only.address(), asked == only))
    return cards


def _balances_of(hits: Sequence[SearchHit], *, to: Person) -> list[Decimal]:
    """What each account that was found owes, in its order, for those who may see it."""
    if not to.has_permission(Permission.VIEW_BALANCE):
        return [ZERO] * len(hits)
    found = queries.balances_by_consumer([hit.consumer for hit in hits])
    return [found.get(hit.consumer, ZERO) for hit in hits]


@require_GET
@requires(Permission.SEARCH_CONSUMERS)
def consumer_search(request: HttpRequest) -> HttpResponse:
    """What a search box shows below itself while somebody types."""
    person = signed_in_person(request)
    typed = request.GET.get("q", "")
    searched = read_search(typed)
    hits = access.shown_hits(queries.search(typed, at=clock.now(), asker=person.pk), to=person)
    purpose = request.GET.get("for", "request")
    words = _found_words(len(hits), most=10)
    if purpose == "complaint" and not hits:
        words = NOBODY_FOUND
    context = {
        "hits": [(hit, _why_not(hit, person) if purpose == "request" else "") for hit in hits],
        "searched": searched,
        "words": searched.problem or words,
        "opens_profile": purpose == "profile",
    }
    status = 422 if searched.problem == TOO_LONG else 200
    return render(request, "consumers/search_results.html", context, status=status)


def _why_not(hit: SearchHit, person: Person) -> str:
    """Why this consumer cannot be chosen for a request now, or empty."""
    if hit.lock_holder_id not in (None, person.pk):
        return "held"
    return ""


def _found_words(count: int, *, most: int = MOST_FOUND) -> str:
    if count >= most:
        return f"The {most} best matches; type more to narrow the search"
    return f"{count} consumer{'' if count == 1 else 's'} found"
