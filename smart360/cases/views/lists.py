"""A list of cases as a page: rows, filters, tabs, saved views; each kind adds what it has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from smart360.cases.access import WORK
from smart360.cases.choices import CaseStatus, Priority
from smart360.cases.filters import (
    ListAddress,
    ListWish,
    address_with,
    chosen_of,
    read_wish,
    sent_values,
)
from smart360.cases.queries.finding import TOO_MANY, find_fitting
from smart360.cases.queries.lists import ENDED_SLA_WORDS, SLA_IN_FILE, F, Facts
from smart360.cases.queries.pages import FOUND_CAP, list_cases
from smart360.kernel import clock
from smart360.kernel.text import normalise
from smart360.organisation.context import zone_in_use
from smart360.staff.access import people_who_may, signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.htmx import is_fragment
from smart360.web.paging import Page
from smart360.web.shown import Link, ListedCase


@dataclass(frozen=True, slots=True)
class Around:
    """What a kind shows around the rows of its list.

    ``open`` and ``history`` are how many there are in all; ``late`` how many of the open are
    breached or at risk and ``mine`` how many one works on, both counted up to the cap. ``offered``
    are the options of filters that are found with them, by the filter's name; ``views`` the saved
    views that only this kind has.
    """

    open: int
    history: int
    mine: int
    late: int
    context: Mapping[str, Any]
    offered: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    views: Sequence[Link] = ()


@dataclass(frozen=True)
class ListPage(Generic[F]):
    """How the list of one kind is shown.

    ``fragment``  the part of ``template`` that htmx swaps: the rows
    ``url_name``  of the list's address
    ``tabs``      what the current cases and those of the past are called
    ``mine``      what the saved view of one's own cases is called
    ``heads``     the columns, each with the order that its head leads to, or ``""``
    ``rows_of``   the lines, with only what the reader may see
    ``around``    what stands around the rows; asked for the whole page alone
    ``more``      what the rows need besides, of the page and of its fragment
    """

    template: str
    fragment: str
    url_name: str
    tabs: tuple[str, str]
    mine: str
    heads: tuple[tuple[str, str], ...]
    address: ListAddress[F]
    rows_of: Callable[[Sequence[Facts], Person, datetime], Sequence[ListedCase]]
    around: Callable[[HttpRequest, ListWish[F], Person, datetime], Around]
    more: Callable[[Person], Mapping[str, Any]]


class InFile(NamedTuple):
    """What every line of an export says of its case, in words."""

    requested: str
    status: str
    priority: str
    sla: str
    due: str


def in_file(row: ListedCase, zone: ZoneInfo) -> InFile:
    """What stands in a file of one line of a list.

    Lines are read while the answer is sent, after the request's zone has gone: it is given.
    """
    with timezone.override(zone):
        requested = formats.shown_datetime(row.requested_at)
        due = formats.shown_datetime(row.due_at) if row.due_at else ""
    status, priority = CaseStatus(row.status).label, Priority(row.priority).label
    return InFile(requested, status, priority, SLA_IN_FILE[row.sla], due)


def list_response(request: HttpRequest, shown: ListPage[F]) -> HttpResponse:
    """The list; htmx gets only its rows."""
    me = signed_in_person(request)
    address = shown.address
    wish = read_wish(address, request.GET, me=me.pk)
    at, zone = clock.now(), zone_in_use()
    if wish.looks_for.words:
        looks_for = wish.looks_for
        found = find_fitting(address.kind, looks_for.words, to=me, is_history=looks_for.is_history)
        wish.looks_for = replace(looks_for, consumers=found)
    page = list_cases(
        address.kind,
        me,
        wish.looks_for,
        sort=wish.sort,
        cursor=wish.cursor,
        at=at,
        zone=zone,
        is_counted=is_fragment(request) or not wish.looks_for.is_whole,
    )
    context: dict[str, Any] = {
        "now": at,
        "wish": wish,
        "problems": _problems(address, wish),
        "rows": shown.rows_of(page.rows, me, at),
        "previous_url": _at_page(address, request, page.previous_cursor),
        "next_url": _at_page(address, request, page.next_cursor),
        "heads": _heads(shown, request, wish),
        "clear_url": _clear_address(shown, wish),
        **shown.more(me),
    }
    around = None
    if not is_fragment(request):
        around = shown.around(request, wish, me, at)
        context |= _whole_list(shown, request, wish, around, me)
    context["words"] = _page_words(shown, _found(page, around, wish), wish, page)
    template = shown.template if around else f"{shown.template}#{shown.fragment}"
    response = render(request, template, context, status=422 if wish.is_too_long else 200)
    response["Vary"] = "HX-Request"
    return response


def _found(page: Page[Facts], around: Around | None, wish: ListWish[Any]) -> int:
    """How many there are in all, as the tab says it where nothing narrows the list."""
    if around and wish.looks_for.is_whole:
        return around.history if wish.looks_for.is_history else around.open
    return len(page.rows) if page.is_all or page.found is None else page.found


def _whole_list(
    shown: ListPage[F], request: HttpRequest, wish: ListWish[F], around: Around, me: Person
) -> dict[str, Any]:
    """What stands around the rows of every list."""
    address = shown.address
    return {
        "tabs": _tabs(shown, wish, around),
        "views": [*_saved_views(shown, wish, around, me), *around.views],
        "selects": [*_selects(address, wish, around), _assignees(address, wish, me)],
        "days": _days(address, wish),
        "kept": _kept_values(address, wish),
        "month_kept": sent_values(address, request.GET, without=("month", "cursor")),
        "list_url": reverse(shown.url_name),
        **around.context,
    }


def _problems(address: ListAddress[Any], wish: ListWish[Any]) -> list[str]:
    """What is wrong in the address, each with the control that it is about."""
    labels = {days.first: f"{days.label} from: " for days in address.days}
    labels |= {days.last: f"{days.label} to: " for days in address.days}
    return [f"{labels.get(name, '')}{sentence}" for name, sentence in wish.errors.items()]


def _at_page(address: ListAddress[Any], request: HttpRequest, cursor: str) -> str:
    """The list's address at another page, or ``""``."""
    return address_with(address, request.GET, cursor=cursor) if cursor else ""


def _clear_address(shown: ListPage[Any], wish: ListWish[Any]) -> str:
    """The list without any filter, on the same tab."""
    return f"{reverse(shown.url_name)}{'?tab=history' if wish.looks_for.is_history else ''}"


def _page_words(shown: ListPage[Any], found: int, wish: ListWish[Any], page: Page[Facts]) -> str:
    """``25 of 46, soonest due first``; exact where nothing narrows the list, else capped."""
    in_all = f"{found:,}" if wish.looks_for.is_whole else formats.shown_count(found, FOUND_CAP)
    words = f"{len(page.rows)} of {in_all}, {wish.sort.label}"
    consumers = wish.looks_for.consumers
    is_cut = consumers is not None and consumers.is_cut
    return f"{words}. {TOO_MANY.format(noun=shown.address.kind.noun)}." if is_cut else words


def _heads(shown: ListPage[F], request: HttpRequest, wish: ListWish[F]) -> list[dict[str, str]]:
    """The columns' heads, those that sort with where they lead and which way they go now."""
    now = wish.sort.name
    heads = []
    for label, name in shown.heads:
        direction = {name: "ascending", f"-{name}": "descending"}.get(now, "") if name else ""
        other = f"-{name}" if now == name else name
        url = address_with(shown.address, request.GET, sort=other) if name else ""
        heads.append({"label": label, "url": url, "direction": direction})
    return heads


def _tabs(shown: ListPage[F], wish: ListWish[F], around: Around) -> list[Link]:
    """What is current, and what is history."""
    base, is_history = reverse(shown.url_name), wish.looks_for.is_history
    current, history = shown.tabs
    return [
        Link(current, base, not is_history, f"{around.open:,}"),
        Link(history, f"{base}?tab=history", is_history, f"{around.history:,}"),
    ]


def _saved_views(shown: ListPage[F], wish: ListWish[F], around: Around, me: Person) -> list[Link]:
    """The views that everybody has, as links."""
    base, looks_for, only = reverse(shown.url_name), wish.looks_for, shown.address.filter
    risky = {"AT_RISK", "BREACHED"}
    is_all = not looks_for.is_history and not wish.is_narrowed
    return [
        Link("All open", base, is_all, icon="bookmark"),
        Link(
            shown.mine,
            f"{base}?assignee=me",
            looks_for == only(assignee=me.pk),
            formats.shown_count(around.mine),
        ),
        Link(
            "At risk and breached",
            f"{base}?sla=AT_RISK&sla=BREACHED",
            set(looks_for.sla) == risky and looks_for == only(sla=looks_for.sla),
            formats.shown_count(around.late),
        ),
    ]


def _selects(address: ListAddress[F], wish: ListWish[F], around: Around) -> list[dict[str, Any]]:
    """The filters that choose one value. One with several chosen values is a chip instead."""
    selects = []
    for choice in address.several(is_history=wish.looks_for.is_history):
        chosen = chosen_of(wish, choice)
        if len(chosen) > 1:
            continue
        options = around.offered.get(choice.name)
        if options is None:
            words = choice.words
            if choice.name == "sla" and wish.looks_for.is_history:
                words = ENDED_SLA_WORDS
            options = [
                (code, word)
                for code, word in words.items()
                if choice.known is None or code in choice.known
            ]
        selects.append(
            {
                "name": choice.name,
                "label": choice.label,
                "any": f"Any {choice.label if choice.name == 'sla' else choice.label.lower()}",
                "options": options,
                "chosen": "".join(chosen),
            }
        )
    return selects


def _assignees(address: ListAddress[F], wish: ListWish[F], me: Person) -> dict[str, Any]:
    """The filter by whose work it is: oneself, and everybody else who works on such cases."""
    chosen = wish.looks_for.assignee
    work = WORK.get(address.kind.kinds[0], Permission.ASSIGN)
    others = {each.pk: each.full_name for each in people_who_may(work) if each.pk != me.pk}
    if chosen is not None and chosen not in {me.pk, *others}:  # who has left, or does other work
        others[chosen] = Person.objects.values_list("full_name", flat=True).get(pk=chosen)
    named = sorted(others.items(), key=lambda each: (normalise(each[1]), each[0]))
    is_mine = chosen == me.pk
    return {
        "name": "assignee",
        "label": "Assigned to",
        "any": "Assigned to anybody",
        "options": [("me", "Me"), *((str(key), name) for key, name in named)],
        "chosen": "me" if is_mine else "" if chosen is None else str(chosen),
    }


def _days(address: ListAddress[Any], wish: ListWish[Any]) -> list[dict[str, Any]]:
    """The filters by days that this tab has, as they were typed."""
    return [
        {
            "label": days.label,
            "ends": [
                (name, word, f"{days.label} {which}", wish.typed[name], name in wish.errors)
                for name, word, which in (
                    (days.first, days.label, "from"),
                    (days.last, "to", "to"),
                )
            ],
        }
        for days in address.days
        if days.is_on(is_history=wish.looks_for.is_history)
    ]


def _kept_values(address: ListAddress[F], wish: ListWish[F]) -> list[tuple[str, str]]:
    """What the filter form hands on unseen."""
    looks_for = wish.looks_for
    kept: list[tuple[str, str]] = []
    if looks_for.is_history:
        kept.append(("tab", "history"))
    for choice in address.several(is_history=looks_for.is_history):
        chosen = chosen_of(wish, choice)
        if len(chosen) > 1:
            kept.extend((choice.name, code) for code in chosen)
    for name, month in (("completed", looks_for.completed_in), ("month", wish.month)):
        if month is not None:
            kept.append((name, f"{month:%Y-%m}"))
    kept.append(("sort", wish.sort.name))
    return kept
