"""The list of complaints with its dashboard, and its export."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from complaints.access import complaints_past_the_door, sees_staff_complaints
from complaints.filters import ADDRESS, COMPLAINTS, ComplaintWishes
from complaints.queries.figures import Dashboard, Month, count_complaints
from complaints.queries.lists import ComplaintFilter, ComplaintRow, row_of
from smart360.cases.filters import address_with, read_wish
from smart360.cases.queries.lists import Facts
from smart360.cases.queries.pages import facts_for_file
from smart360.cases.rules import months_after
from smart360.cases.views.lists import Around, ListPage, in_file, list_response
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.export import csv_response
from smart360.web.gate import requires
from smart360.web.shown import Link

HEADS = (
    ("Complaint ID", "number"), ("Customer", ""), ("Account no", ""), ("Complaint", ""),
    ("Category", ""), ("Date", "requested"), ("Status", "status"), ("Priority", "priority"),
    ("SLA", "due"), ("Assigned to", ""),
)  # fmt: skip
EXPORT_HEAD = (
    "Complaint ID", "Customer", "VIP", "Account no", "Category", "Complaint", "Date", "Status",
    "Priority", "SLA", "Due", "Assigned to",
)  # fmt: skip


# ------------------------------------------------------------------ the list
def _rows(page: Sequence[Facts], me: Person, at: datetime) -> list[ComplaintRow]:
    return [row_of(facts, to=me, at=at) for facts in page]


def _of_the_rows(me: Person) -> Mapping[str, Any]:
    return {"can_create": me.has_permission(Permission.CREATE_COMPLAINT)}


def _around(request: HttpRequest, wish: ComplaintWishes, me: Person, at: datetime) -> Around:
    """The dashboard, and what the filters offer."""
    zone = zone_in_use()
    counts = count_complaints(
        me.pk,
        sees_staff=sees_staff_complaints(me),
        past_the_door=complaints_past_the_door,
        at=at,
        zone=zone,
    )
    asked = request.META.get("QUERY_STRING", "")
    today = at.astimezone(zone).date()
    export_url = f"{reverse('complaint_export')}{address_with(ADDRESS, request.GET, month=None)}"
    return Around(
        open=counts.open,
        history=counts.history,
        mine=counts.mine,
        late=counts.breached + counts.at_risk,
        offered={
            "category": [(each.code, each.name) for each in counts.categories],
            "subcategory": counts.subcategories,
        },
        views=_about_staff(wish, counts),
        context={
            "counts": counts,
            "cards": [_with_current(card, asked) for card in _cards(counts, today)],
            "by_category": _by_category(counts),
            "can_export": me.has_permission(Permission.EXPORT_COMPLAINTS),
            "export_url": export_url,
        },
    )


def _with_current(card: dict[str, Any], asked: str) -> dict[str, Any]:
    """A card knows whether its list is the one that is shown."""
    return card | {"current": bool(asked) and card["url"] == f"?{asked}"}


def _cards(counts: Dashboard, today: date) -> list[dict[str, Any]]:
    """The figures, each leading to the list that makes it up."""
    first, now, before = counts.first[-1], counts.months[-1], counts.months[-2]
    name, earlier = (formats.MONTHS[each.month - 1] for each in (first, counts.first[-2]))
    ended = {"ended_from": f"{first}", "ended_to": f"{months_after(first, 1) - timedelta(days=1)}"}
    today_only = {"ended_from": f"{today}", "ended_to": f"{today}"}
    averages = [hours(month.average) for month in counts.months]
    return [
        _card("Pending", f"{counts.open:,}", "open: Pending, In Progress, On Hold", {}),
        _card(
            "Resolved Today", f"{counts.resolved_today:,}", formats.shown_date(today),
            {"tab": "history", "status": "RESOLVED", **today_only},
        ),
        _card(
            "Rejected", f"{now.rejected:,}", f"in {name}; {before.rejected:,} in {earlier}",
            {"tab": "history", "status": "REJECTED", **ended},
            series=[month.rejected for month in counts.months],
        ),
        _card("SLA Breached", f"{counts.breached:,}", "open and late", {"sla": "BREACHED"}),
        _card(
            "Average resolution time", formats.shown_hours(now.average) if now.average else "--",
            f"{now.resolved:,} resolved in {name}; {_trend(now, before, earlier)}",
            {"tab": "history", "status": "RESOLVED", **ended},
            series=averages if all(month.average for month in counts.months) else (),
        ),
        _card(
            "SLA compliance", "--" if now.compliance is None else f"{now.compliance:.0f} %",
            f"{now.decided - now.missed:,} of {now.decided:,} in {name} within target",
            {"tab": "history", "sla": "ON_TRACK", **ended},
        ),
    ]  # fmt: skip


def _card(
    label: str, value: str, change: str, query: dict[str, str], *, series: Sequence[float] = ()
) -> dict[str, Any]:
    url = f"?{urlencode(query)}" if query else reverse("complaint_list")
    return {"label": label, "value": value, "change": change, "url": url, "series": series}


def hours(length: timedelta | None) -> float:
    """A length in hours, two places; 0 where there is none."""
    return round(length / timedelta(hours=1), 2) if length else 0.0


def _trend(now: Month, before: Month, earlier: str) -> str:
    """``2.50 h less than in November``."""
    if now.average is None or before.average is None:
        return f"nothing to compare with in {earlier}"
    change = now.average - before.average
    if hours(abs(change)) == 0:
        return f"as long as in {earlier}"
    less = "less" if change < timedelta() else "more"
    return f"{formats.shown_hours(abs(change))} {less} than in {earlier}"


def _by_category(counts: Dashboard) -> list[dict[str, Any]]:
    """How much of what is open each category is, the most first."""
    return [
        {
            "name": category.name,
            "count": f"{number:,}",
            "percent": round(100 * number / counts.open),
            "url": f"?{urlencode({'category': category.code})}",
        }
        for category, number in counts.by_category
    ]


def _about_staff(wish: ComplaintWishes, counts: Dashboard) -> list[Link]:
    """A view of what is about staff; its categories are there for those alone who may see them."""
    codes = tuple(each.code for each in counts.categories if each.is_about_staff)
    if not codes:
        return []
    url = f"{reverse('complaint_list')}?{urlencode([('category', code) for code in codes])}"
    is_current = set(wish.looks_for.categories) == set(codes) and wish.looks_for == (
        ComplaintFilter(categories=wish.looks_for.categories)
    )
    return [Link("About staff", url, is_current)]


LIST = ListPage[ComplaintFilter](
    template="complaints/complaint_list.html",
    fragment="complaint-rows",
    url_name="complaint_list",
    tabs=("Current Complaints", "History"),
    mine="My complaints",
    heads=HEADS,
    address=ADDRESS,
    rows_of=_rows,
    around=_around,
    more=_of_the_rows,
)


@require_GET
@requires(Permission.VIEW_COMPLAINTS)
def complaint_list(request: HttpRequest) -> HttpResponse:
    """The list with its dashboard; htmx gets only the rows."""
    return list_response(request, LIST)


# ------------------------------------------------------------------ export
@require_GET
@requires(Permission.EXPORT_COMPLAINTS)
def complaint_export(request: HttpRequest) -> StreamingHttpResponse:
    """What is filtered, as CSV; nothing that this person would not see in the list."""
    me = signed_in_person(request)
    at, zone = clock.now(), zone_in_use()
    wish = read_wish(ADDRESS, request.GET, me=me.pk)
    facts = facts_for_file(COMPLAINTS, me, wish.looks_for, sort=wish.sort, at=at, zone=zone)
    rows = (row_of(each, to=me, at=at) for each in facts)
    name = f"complaints-{at.astimezone(zone):%Y-%m-%d-%H%M}.csv"
    return csv_response(name, EXPORT_HEAD, _file_lines(rows, zone), by=me.pk)


def _file_lines(rows: Iterable[ComplaintRow], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for row in rows:
        words = in_file(row, zone)
        yield (
            row.number, row.name, "VIP" if row.is_vip else "", row.account_number, row.kind,
            row.address, words.requested, words.status, words.priority,
            words.sla, words.due, row.assigned_to or "",
        )  # fmt: skip
