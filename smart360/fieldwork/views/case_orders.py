"""The Service order tab of a case: its orders, and a new one (004, Service order tab).

The gate's permission stands on the view of each kind, which calls these.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from smart360.cases.models import Case
from smart360.cases.views.kinds import KindPages
from smart360.cases.views.shell import found_or_404, shell, tab_or_fragment
from smart360.fieldwork.forms import OrderForm
from smart360.fieldwork.operations import create_service_order
from smart360.fieldwork.queries.offers import offer_for
from smart360.fieldwork.queries.orders import orders_of_case
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.htmx import is_fragment

TAB = "fieldwork/case_service_orders.html"


def service_orders(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """The orders of a case, newest first, with the form for another one."""
    return _tab(kind, request, found_or_404(kind, request, number))


def add_order(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Add Service Order: a visit of one of the types that fit this consumer (SO1)."""
    case = found_or_404(kind, request, number)
    me, key = signed_in_person(request), posted_form_key(request.POST)
    form = _form(case, request.POST)
    if not form.is_valid():
        return _tab(kind, request, case, status=422, order_form=form)
    try:
        made = create_service_order(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _tab(kind, request, case, status=refusal.http_status, order_form=form)
    sentence = f"{made.number} is {made.get_status_display().lower()}."
    if is_fragment(request):
        response = _tab(kind, request, found_or_404(kind, request, number), toast=sentence)
        response["HX-Trigger-After-Settle"] = '{"case-said": {}}'
        return response
    messages.success(request, sentence)
    return HttpResponseRedirect(kind.url("service_orders", number))


def _form(case: Case, typed: Any = None) -> OrderForm:
    """What fits this consumer; nothing while there is no account (decision 48)."""
    templates = offer_for(case.consumer, case).templates if case.consumer else ()
    initial = {"template": str(templates[0].pk)} if templates else {}
    return OrderForm(typed, templates=templates, initial=initial)


def _tab(
    kind: KindPages, request: HttpRequest, case: Case, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = shell(kind, request, case, tab="service-order", at=clock.now())
    context["orders"] = orders_of_case(case.pk)
    if context["can_order"]:
        context["order_form"] = more.get("order_form") or _form(case)
    response = tab_or_fragment(request, TAB, "service-orders", context | more)
    response.status_code = status
    return response
