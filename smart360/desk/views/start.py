"""The start page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from smart360.cases.access import visible_cases
from smart360.cases.queries.approvals import waiting_approvals
from smart360.desk.queries.start import late_work, open_work
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.gate import signed_in

SHORTCUTS: tuple[tuple[str, str, str, str, Permission], ...] = (
    ("Create Request", "request_new", "", "plus", Permission.CREATE_REQUEST),
    ("My requests", "request_list", "?assignee=me", "user-check", Permission.ACKNOWLEDGE),
    ("All open requests", "request_list", "", "clipboard-list", Permission.VIEW_REQUESTS),
    ("Request history", "request_list", "?tab=history", "history", Permission.VIEW_REQUESTS),
    ("My complaints", "complaint_list", "?assignee=me", "user-check", Permission.WORK_ON_COMPLAINT),
    ("All open complaints", "complaint_list", "", "message-report", Permission.VIEW_COMPLAINTS),
    ("Day board", "order_board", "", "calendar-event", Permission.ASSIGN_SERVICE_ORDER),
    ("Find a consumer", "consumer_list", "", "users", Permission.SEARCH_CONSUMERS),
    ("Settings", "utility_change", "", "settings", Permission.CONFIGURE),
    (
        "People and roles",
        "admin:staff_person_changelist",
        "",
        "user-plus",
        Permission.MANAGE_PEOPLE,
    ),
    ("Administration", "admin:index", "", "adjustments", Permission.CONFIGURE),
)
"""Label, address, its query, icon, and who has the shortcut."""


@require_GET
@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """One's own start page: my work and what nobody works on, soonest breach first."""
    person = signed_in_person(request)
    at, zone = clock.now(), zone_in_use()
    context: dict[str, Any] = {
        "now": at,
        "greeting": greeting(at.astimezone(zone).hour, person.full_name),
        "today": formats.shown_long_date(at.astimezone(zone).date()),
        "shortcuts": shortcuts(person),
        "work": open_work(person, at=at),
        "can_create": person.has_permission(Permission.CREATE_REQUEST),
        "can_complain": person.has_permission(Permission.CREATE_COMPLAINT),
    }
    if person.has_permission(Permission.SEE_ESCALATIONS):
        context["late"] = late_work(person, at=at)
    if person.has_permission(Permission.APPROVE_REQUEST):
        context["waiting"] = waiting_approvals(visible_cases(person), to=person)
    return render(request, "desk/start.html", context)


def greeting(hour: int, full_name: str) -> str:
    """``Good morning, Sarah``"""
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return f"Good {part}, {full_name.split(' ')[0]}"


def shortcuts(person: Person) -> list[dict[str, str]]:
    """Where this person often goes."""
    return [
        {"label": label, "url": f"{reverse(name)}{query}", "icon": icon}
        for label, name, query, icon, permission in SHORTCUTS
        if person.has_permission(permission)
    ]
