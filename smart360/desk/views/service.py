"""The Service tab of a consumer's profile (CON11)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from consumers import access, ports
from consumers.views.profiles import found_consumer, shell
from smart360.desk.queries.service import KINDS, STATES, ServiceFilter, list_services
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment

SERVICE = "desk/consumer_service.html"


@require_GET
@requires(Permission.VIEW_SERVICE_ORDERS)
def consumer_service(request: HttpRequest, account: str) -> HttpResponse:
    """Service orders, requests and complaints of the consumer as one list, newest first."""
    consumer = found_consumer(request, account)
    person = signed_in_person(request)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    wish = ServiceFilter(
        state=state if state in dict(STATES) else "", kind=kind if kind in dict(KINDS) else ""
    )
    hidden = ports.hidden_cases(consumer.pk, person.pk)
    cursor = request.GET.get("cursor", "")
    page = list_services(consumer.pk, wish, to=person, hidden=hidden, cursor=cursor)
    context: dict[str, Any] = {
        "rows": page.rows,
        "wish": wish,
        "states": STATES,
        "kinds": KINDS,
        "has_unknown": (state, kind) != (wish.state, wish.kind),
        **page.urls(state=wish.state, kind=wish.kind),
    }
    if not is_fragment(request):
        context |= shell(request, access.shown(consumer, to=person), tab="Service")
        context["can_order"] = person.has_permission(Permission.CREATE_SERVICE_ORDER)
    return page_or_fragment(request, SERVICE, "service-rows", context)
