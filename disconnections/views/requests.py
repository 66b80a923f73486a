"""The landing list and its export."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from disconnections.filters import ADDRESS, RequestWishes, read_list_wish
from disconnections.queries.counts import count_requests
from disconnections.queries.figures import Figure, list_figures
from disconnections.queries.requests import (
    RequestFilter,
    RequestRow,
    export_requests,
    row_of,
)
from smart360.cases.choices import Standing
from smart360.cases.filters import address_with
from smart360.cases.queries.lists import Facts
from smart360.cases.rules import months_after
from smart360.cases.views.lists import Around, ListPage, in_file, list_response
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.export import csv_response
from smart360.web.gate import requires

EXPORT_HEAD = (
    "Request ID", "Consumer", "VIP", "Account no", "Address", "Type", "Reason", "Date requested",
    "Status", "Priority", "SLA", "Due", "Assigned to", "Outstanding",
)  # fmt: skip
HEADS = (
    ("Request ID", "number"), ("Consumer", ""), ("Account no", ""), ("Address", ""),
    ("Type", ""), ("Date requested", "requested"), ("Status", "status"),
    ("Priority", "priority"), ("SLA", "due"),
)  # fmt: skip


# ------------------------------------------------------------------ the list
def _rows(page: Sequence[Facts], me: Person, at: datetime) -> list[RequestRow]:
    currency = get_utility().currency
    return [row_of(facts, to=me, at=at, currency=currency) for facts in page]


def _of_the_rows(me: Person) -> Mapping[str, Any]:
    return {
        "sees_balance": me.has_permission(Permission.VIEW_BALANCE),
        "can_create": me.has_permission(Permission.CREATE_REQUEST),
    }


def _around(request: HttpRequest, wish: RequestWishes, me: Person, at: datetime) -> Around:
    """The figures of the month, and what is offered."""
    month = wish.month or at.astimezone(zone_in_use()).date().replace(day=1)
    counts = count_requests(me, month=month, at=at)
    export_url = f"{reverse('request_export')}{address_with(ADDRESS, request.GET, month=None)}"
    return Around(
        open=counts.open,
        history=counts.history,
        mine=counts.mine,
        late=counts.breached + counts.at_risk,
        offered={"reason": [(code, f"{code} · {label}") for code, label in counts.reasons]},
        context={
            "counts": counts,
            "month": month,
            "month_words": f"{formats.MONTHS[month.month - 1]} {month.year}",
            "cards": _cards(request, month, list_figures(month, counts.months)),
            "can_export": me.has_permission(Permission.EXPORT_REQUESTS),
            "export_url": export_url,
        },
    )


def _cards(request: HttpRequest, month: date, figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """The four figures of the month, each leading to its list (decision 17)."""
    last = months_after(month, 1).toordinal() - 1
    shown = []
    for figure in figures:
        if figure.standing == Standing.OPEN:
            query = f"from={month:%Y-%m-%d}&to={date.fromordinal(last):%Y-%m-%d}"
        else:
            query = f"tab=history&completed={month:%Y-%m}"
        url = f"?type={figure.kind}&{query}&month={month:%Y-%m}"
        shown.append(
            {
                "label": figure.label,
                "value": f"{figure.value:,}",
                "change": figure.change,
                "series": figure.series,
                "url": url,
                "current": request.META.get("QUERY_STRING", "") == url[1:],
            }
        )
    return shown


LIST = ListPage[RequestFilter](
    template="disconnections/request_list.html",
    fragment="request-rows",
    url_name="request_list",
    tabs=("Current request", "Request history"),
    mine="My requests",
    heads=HEADS,
    address=ADDRESS,
    rows_of=_rows,
    around=_around,
    more=_of_the_rows,
)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_list(request: HttpRequest) -> HttpResponse:
    """The list with its figures; htmx gets only the rows."""
    return list_response(request, LIST)


# ------------------------------------------------------------------ export
@require_GET
@requires(Permission.EXPORT_REQUESTS)
def request_export(request: HttpRequest) -> StreamingHttpResponse:
    """What is filtered, as CSV: a supervisor everything, others what they made or work on."""
    me = signed_in_person(request)
    at, zone = clock.now(), zone_in_use()
    wish = read_list_wish(request.GET, me=me.pk)
    taken_part = None if me.has_permission(Permission.ASSIGN_OTHERS) else me.pk
    looks_for = wish.looks_for.only_of(taken_part)
    currency = get_utility().currency
    rows = export_requests(me, looks_for, sort=wish.sort, at=at, zone=zone, currency=currency)
    name = f"requests-{at.astimezone(zone):%Y-%m-%d-%H%M}.csv"
    return csv_response(name, EXPORT_HEAD, _file_lines(rows, zone), by=me.pk)


def _file_lines(rows: Iterable[RequestRow], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for row in rows:
        words = in_file(row, zone)
        yield (
            row.number, row.name, "VIP" if row.is_vip else "", row.account_number, row.address,
            row.kind, row.reason, words.requested, words.status,
            words.priority, words.sla, words.due, row.assignee,
            row.outstanding or "",
        )  # fmt: skip
