"""The page of all consumers: cards, the list, the search as one types (CON1, CON2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from consumers import access, queries
from consumers.choices import AccountStatus
from consumers.filters import (
    ARCHIVED,
    LEAST,
    MOST,
    PROTECTED,
    STATUSES,
    VIP,
    ConsumerWish,
    Reach,
    read_wish,
)
from consumers.queries.figures import AccountsInAll
from consumers.queries.lists import BY_ACCOUNT, SORTS, SORTS_BY_MONEY, Facts, Offered
from consumers.rules.searching import TOO_LONG, SearchHit, read_search
from smart360.kernel import clock
from smart360.kernel.money import ZERO
from smart360.organisation.context import zone_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.choices import SavedPage
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.staff.queries import view_links, views_address
from smart360.web import formats
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment
from smart360.web.paging import Page
from smart360.web.shown import ListedAccount

MOST_FOUND = 50
MOST_FITTING = 200
NOBODY_FOUND = (
    "No customer found. Check the spelling, or try another name, the phone number, the address"
    " or a part of the account number."
)
"""What else to try, for somebody who may also enter the customer by hand."""
TOO_MANY = f"Very many consumers fit: these are of the best {MOST_FITTING}; type more for the rest"
NONE_OF_THE_BEST = f"None of the best {MOST_FITTING} matches fits the filters"
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


def reach_of(person: Person) -> Reach:
    """What this person may narrow the list by."""
    return Reach(
        sees_balance=person.has_permission(Permission.VIEW_BALANCE),
        knows_protection=access.sees_protection(person),
    )


@require_GET
@requires(Permission.SEARCH_CONSUMERS)
def consumer_list(request: HttpRequest) -> HttpResponse:
    """Every account, searched as one types and filtered; above it how many stand how."""
    me, at = signed_in_person(request), clock.now()
    reach = reach_of(me)
    wish = read_wish(request.GET, reach)
    page, is_cut = _page(wish, me, at)
    in_all = None
    if wish.is_tallied or not is_fragment(request):
        sees_money = me.has_permission(Permission.VIEW_MONEY) and not is_fragment(request)
        in_all = queries.accounts_in_all(with_balance=sees_money)
    offered = None
    if not is_fragment(request) or wish.looks_for.categories:
        offered = queries.offered_filters()
    names = {str(key): name for key, name in offered.categories} if offered else {}
    context: dict[str, Any] = {
        "wish": wish,
        "chips": wish.chips(names),
        "problems": list(wish.errors.values()),
        "rows": page.rows,
        "words": _page_words(wish, page, in_all, is_cut=is_cut),
        "none_of_the_best": NONE_OF_THE_BEST if is_cut else "",
        "heads": _heads(wish, reach),
        "sees_balance": reach.sees_balance,
        "next_url": wish.address(cursor=page.next_cursor) if page.next_cursor else "",
        "previous_url": wish.address(cursor=page.previous_cursor) if page.previous_cursor else "",
        "list_url": reverse("consumer_list"),
        "can_register": me.has_permission(Permission.EDIT_CONSUMER),
        "save_url": _save_address(wish),
    }
    if in_all is not None and offered is not None and not is_fragment(request):
        context |= _around(wish, me, in_all, offered, reach)
    status = 422 if wish.problem == TOO_LONG else 200
    return page_or_fragment(
        request, "consumers/consumer_list.html", "consumers", context, status=status
    )


# ------------------------------------------------------------------ rows
def _page(wish: ConsumerWish, me: Person, at: datetime) -> tuple[Page[ListedAccount], bool]:
    """The rows, and whether they are of only the best that the words fit."""
    if wish.problem:
        return Page(rows=[]), False
    if wish.is_plain_search:
        hits = queries.search(
            wish.typed, MOST_FOUND, statuses=wish.looks_for.statuses, at=at, asker=me.pk
        )
        return Page(rows=_found_accounts(hits, me), found=len(hits)), False
    looks_for, is_cut = wish.looks_for, False
    if wish.searched:
        fitting = queries.fitting(wish.typed, most=MOST_FITTING + 1, asker=me.pk)
        is_cut = len(fitting) > MOST_FITTING
        looks_for = replace(
            looks_for,
            consumers=tuple(fitting[:MOST_FITTING]),
            archived=looks_for.archived or "with",
        )
    page = queries.list_accounts(
        access.visible_consumers(me),
        looks_for,
        sort=wish.sort,
        cursor=wish.cursor,
        at=at,
        today=at.astimezone(zone_in_use()).date(),
    )
    rows = _listed_accounts(page.rows, wish, me)
    return Page(rows, page.next_cursor, page.previous_cursor), is_cut


def _listed_accounts(rows: Sequence[Facts], wish: ConsumerWish, me: Person) -> list[ListedAccount]:
    currency = get_utility().currency
    shown = [access.shown_account(facts, me, currency=currency) for facts in rows]
    says_since = wish.sort.name == "due"
    return [
        replace(row, request_url=_request_url(row.request), since=row.since if says_since else "")
        for row in shown
    ]


def _found_accounts(hits: Sequence[SearchHit], me: Person) -> list[ListedAccount]:
    """What a search found, with what each owes for those who may see it."""
    balances = None
    if me.has_permission(Permission.VIEW_BALANCE):
        balances = queries.balances_by_consumer([hit.consumer for hit in hits])
    currency = get_utility().currency
    return [
        ListedAccount(
            number=hit.account_number,
            name=hit.name,
            is_vip=hit.is_vip,
            phone=hit.phone,
            address=hit.address,
            status=hit.status,
            request=hit.open_request,
            request_url=_request_url(hit.open_request),
            held_by=hit.lock_holder,
            merged_into=hit.merged_into,
            outstanding=None
            if balances is None
            else formats.shown_money(balances.get(hit.consumer, ZERO), currency),
        )
        for hit in access.shown_hits(hits, to=me)
    ]


def _request_url(number: str) -> str:
    return reverse("disconnection_detail", args=[number]) if number else ""


def _page_words(
    wish: ConsumerWish, page: Page[ListedAccount], in_all: AccountsInAll | None, *, is_cut: bool
) -> str:
    """``25 of 46, by account number``; how many fit where the tallies know it, or all are here."""
    if wish.is_plain_search:
        return _found_words(len(page.rows))
    looks_for, found, left_out = wish.looks_for, "", ""
    if is_cut:
        pass  # among all that fit there may be more of them
    elif in_all is not None and wish.is_tallied:
        found = f"{in_all.fitting(looks_for.statuses, looks_for.archived):,}"
        if in_all.archived and not looks_for.archived:
            left_out = ", without archived accounts"
    elif page.is_all:
        found = f"{len(page.rows):,}"
    words = f"{len(page.rows)} of {found}" if found else _part_words(page)
    words = f"{words}, {wish.sort.label}{left_out}"
    return f"{words}. {TOO_MANY}." if is_cut else words


def _part_words(page: Page[ListedAccount]) -> str:
    """Of how many is not known."""
    number = f"{len(page.rows)}" if len(page.rows) > 1 else "one"
    if page.is_all:
        return _capital(number)
    if not page.previous_cursor:
        return f"The first {number}"
    return _capital(f"{number} more") if page.next_cursor else f"The last {number}"


def _heads(wish: ConsumerWish, reach: Reach) -> dict[str, dict[str, str]]:
    """The heads that sort: where they lead and which way they go now."""
    now = wish.sort.name
    orders = {"account": ("account", "-account")}
    if reach.sees_balance:
        orders["outstanding"] = ("-balance", "balance")
    heads = {}
    for column, (first, other) in orders.items():
        way = "descending" if now.startswith("-") else "ascending"
        heads[column] = {
            "url": wish.address(sort=other if now == first else first),
            "direction": way if now in (first, other) else "",
        }
    return heads


# ------------------------------------------------------------------ around the rows
def _around(
    wish: ConsumerWish, me: Person, in_all: AccountsInAll, offered: Offered, reach: Reach
) -> dict[str, Any]:
    """What stands around the rows."""
    can_export = any(
        me.has_permission(each)
        for each in (Permission.EXPORT_CONSUMERS, Permission.EXPORT_COLLECTION)
    )
    return {
        "cards": _cards(in_all, wish),
        "total_balance": in_all.balance,
        "selects": _selects(wish, offered, reach),
        "amounts": _amounts(wish) if reach.sees_balance else [],
        "kept": [
            (name, value)
            for name, values in wish.asked.items()
            if len(values) > 1
            for value in values
        ],
        "clear_url": reverse("consumer_list"),
        "exports": _exports(wish) if can_export else [],
        "views": view_links(me.pk, SavedPage.CONSUMERS, QueryDict(wish.address()[1:])),
    }


def _cards(in_all: AccountsInAll, wish: ConsumerWish) -> list[Card]:
    """All accounts, and so many of them by status; archived accounts count in each."""
    archived = f"{in_all.archived:,} of them archived" if in_all.archived else ""
    cards = [_card("Total Accounts", in_all.total, archived, (), wish)]
    for label, statuses, words in CARDS:
        count = in_all.having(*statuses)
        said = " · ".join(filter(None, (formats.shown_share(count, in_all.total), words)))
        cards.append(_card(label, count, said, statuses, wish))
    return cards


def _card(
    label: str, count: int, words: str, statuses: Collection[str], wish: ConsumerWish
) -> Card:
    asked = {"status": tuple(statuses)} if statuses else {}
    leads_to = ConsumerWish(asked=asked | {"archived": ("with",)})
    is_current = not wish.searched and dict(wish.asked) == leads_to.asked
    return Card(label, f"{count:,}", words, leads_to.address(), is_current)


def _selects(wish: ConsumerWish, offered: Offered, reach: Reach) -> list[dict[str, Any]]:
    """The filters that choose one value; one with several chosen values is a chip instead."""
    categories = {str(key): name for key, name in offered.categories}
    choices: list[tuple[str, str, str, Mapping[str, str]]] = [
        ("status", "Status", "Any status", STATUSES),
        ("category", "Category", "Any category", categories),
        ("area", "Area", "Any area", {area: area for area in offered.areas}),
        ("vip", "VIP", "VIP or not", VIP),
    ]
    if reach.knows_protection:
        choices.append(("protected", "Protection", "Protected or not", PROTECTED))
    choices.append(("archived", "Archived accounts", "Archived if sought", ARCHIVED))
    selects = [
        {
            "name": name,
            "label": label,
            "any": unset,
            "options": list(words.items()),
            "chosen": "".join(wish.asked.get(name, ())),
        }
        for name, label, unset, words in choices
        if len(wish.asked.get(name, ())) < 2
    ]
    return [*selects, _sorts(wish, reach)]


def _sorts(wish: ConsumerWish, reach: Reach) -> dict[str, Any]:
    offered = [
        (name, _capital(sort.label))
        for name, sort in SORTS.items()
        if sort != BY_ACCOUNT and (reach.sees_balance or name not in SORTS_BY_MONEY)
    ]
    return {
        "name": "sort",
        "label": "Order",
        "any": _capital(BY_ACCOUNT.label),
        "options": offered,
        "chosen": "" if wish.sort == BY_ACCOUNT else wish.sort.name,
    }


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _amounts(wish: ConsumerWish) -> list[dict[str, Any]]:
    """Both ends of the balance, as they were typed."""
    return [
        {"name": name, "label": label, "value": wish.amounts[name], "is_wrong": name in wish.errors}
        for name, label in ((LEAST, "Balance from"), (MOST, "Balance to"))
    ]


def _save_address(wish: ConsumerWish) -> str:
    """Where the list as it is asked for is kept as a view; nowhere, where nothing is asked for."""
    query = wish.address()[1:]
    return views_address(SavedPage.CONSUMERS, query=query) if query else ""


def _exports(wish: ConsumerWish) -> list[tuple[str, str]]:
    """What the list can be taken away as: a word, and its address."""
    query = wish.address()
    return [
        ("CSV", f"{reverse('consumer_export')}{query}"),
        ("Excel", f"{reverse('consumer_export_xlsx')}{query}"),
    ]


# ------------------------------------------------------------------ as one types
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
    if hit.merged_into:
        return "merged"
    if hit.lock_holder_id not in (None, person.pk):
        return "held"
    return ""


def _found_words(count: int, *, most: int = MOST_FOUND) -> str:
    if count >= most:
        return f"The {most} best matches; type more to narrow the search"
    return f"{count} consumer{'' if count == 1 else 's'} found"
