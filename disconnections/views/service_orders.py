"""The Service order tab of a request (004, Service order tab)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from disconnections.views.detail import REQUESTS
from smart360.fieldwork.views import case_orders
from smart360.staff.permissions import Permission
from smart360.web.gate import requires


@require_GET
@requires(Permission.VIEW_SERVICE_ORDERS)
def request_service_orders(request: HttpRequest, number: str) -> HttpResponse:
    """The orders of a request, newest first, with the form for another one."""
    return case_orders.service_orders(REQUESTS, request, number)


@require_POST
@requires(Permission.CREATE_SERVICE_ORDER)
def request_add_order(request: HttpRequest, number: str) -> HttpResponse:
    """Add Service Order: a visit of one of the types that fit this consumer (SO1)."""
    return case_orders.add_order(REQUESTS, request, number)
