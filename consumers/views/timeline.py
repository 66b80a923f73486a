"""The Timeline tab of a consumer's profile: everything that happened, newest first (CON4, CON5)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from consumers import access, ports, queries
from consumers.rules.timeline import GROUP_CHOICES
from consumers.views.profiles import found_consumer, shell
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment

TIMELINE = "consumers/consumer_timeline.html"


@require_GET
@requires(Permission.VIEW_CONSUMER)
def consumer_timeline(request: HttpRequest, account: str) -> HttpResponse:
    """The record of the consumer and its cases, narrowed to a group of kinds or to one case."""
    consumer, person = found_consumer(request, account), signed_in_person(request)
    hidden = ports.hidden_cases(consumer.pk, person.pk)
    cases = queries.cases_told_of(consumer.pk, hidden=hidden)
    asked_group, asked_case = request.GET.get("group", ""), request.GET.get("case", "")
    group = asked_group if asked_group in dict(GROUP_CHOICES) else ""
    case = asked_case if asked_case in cases else ""
    page = queries.list_timeline(
        consumer.pk,
        to=person,
        hidden=hidden,
        group=group,
        case=case,
        cursor=request.GET.get("cursor", ""),
    )
    context: dict[str, Any] = {
        "lines": page.rows,
        "groups": GROUP_CHOICES,
        "cases": cases,
        "group": group,
        "case": case,
        "has_unknown": (group, case) != (asked_group, asked_case),
        **page.urls(group=group, case=case),
    }
    if not is_fragment(request):
        context |= shell(request, access.shown(consumer, to=person), tab="Timeline")
    return page_or_fragment(request, TIMELINE, "timeline-lines", context)
