"""Service orders: the list, one order's page, and what can be done with it (SO1 to SO3)."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from smart360.cases.operations import case_path
from smart360.documents.access import as_download
from smart360.fieldwork import operations
from smart360.fieldwork.access import OrderAct, allowed_acts, case_shown, get_order, visible_orders
from smart360.fieldwork.choices import OrderKind, OrderStatus
from smart360.fieldwork.filters import Asked, read_filter
from smart360.fieldwork.forms import AssignForm, CancelForm, CompleteForm, PlanForm
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.queries.detail import order_detail as detail_of
from smart360.fieldwork.queries.orders import count_orders, list_orders
from smart360.fieldwork.queries.reports import ReportState, report_state
from smart360.fieldwork.queries.technicians import choices_for, technicians_known
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment
from smart360.web.shown import Link

LIST = "fieldwork/order_list.html"
PAGE = "fieldwork/order_detail.html"
WAITING = "fieldwork/order_report_waiting.html"


# ------------------------------------------------------------------ the list
@require_GET
@requires(Permission.VIEW_SERVICE_ORDERS)
def order_list(request: HttpRequest) -> HttpResponse:
    """Service orders with filters, newest first; the state is in the address."""
    person, asked = signed_in_person(request), read_filter(request.GET.dict())
    this_year = clock.now().astimezone(zone_in_use()).year
    orders = visible_orders(person)
    page = list_orders(
        orders, asked.wish, to=person, this_year=this_year, sort=asked.sort, cursor=asked.cursor
    )
    context = {
        "page": page,
        "found": count_orders(orders, asked.wish, to=person, this_year=this_year),
        "asked": asked,
        "tabs": _list_tabs(asked),
        "statuses": OrderStatus.choices,
        "kinds": OrderKind.choices,
        "technicians": technicians_known(),
        "typed": request.GET,
        "previous_url": _cursor_url(request, page.previous_cursor),
        "next_url": _cursor_url(request, page.next_cursor),
        "plans": person.has_permission(Permission.ASSIGN_SERVICE_ORDER),
    }
    return page_or_fragment(request, LIST, "orders", context)


def _list_tabs(asked: Asked) -> list[Link]:
    is_live = asked.wish.is_live
    url = reverse("order_list")
    return [
        Link("Current orders", url, is_live),
        Link("All orders", f"{url}?tab=history", not is_live),
    ]


def _cursor_url(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    query: QueryDict = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


# ------------------------------------------------------------------ one order
def found_or_404(request: HttpRequest, number: str) -> ServiceOrder:
    """The order of this number, or 404: not there and not yours look the same (X2)."""
    found = get_order(number, to=signed_in_person(request))
    if found is None:
        raise Http404
    return found


@require_GET
@requires(Permission.VIEW_SERVICE_ORDERS)
def order_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One service order: what it is about, who goes there when, and what happened."""
    return shown(request, found_or_404(request, number))


def shown(
    request: HttpRequest, service_order: ServiceOrder, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page, or its fragment; ``more`` replaces forms that came back."""
    person = signed_in_person(request)
    acts = allowed_acts(service_order, person)
    case = case_shown(service_order, person)
    context: dict[str, Any] = {
        "detail": detail_of(service_order),
        "order": service_order,
        "case": case,
        "acts": {act.value: act in acts for act in OrderAct},
        "is_completed": service_order.status == OrderStatus.COMPLETED,
        "case_url": case_path(case) if case else "",
        "sees_contact_data": person.has_permission(Permission.SEE_CONTACT_DATA),
    }
    if OrderAct.SCHEDULE in acts:
        context["schedule_form"] = PlanForm(initial=_plan_of(service_order))
    if OrderAct.ASSIGN in acts:
        context["assign_form"] = assign_form(service_order)
    if OrderAct.COMPLETE in acts:
        context["complete_form"] = CompleteForm()
    if OrderAct.CANCEL in acts:
        context["cancel_form"] = CancelForm()
    return page_or_fragment(request, PAGE, "order", context | more, status=status)


def _plan_of(service_order: ServiceOrder) -> dict[str, Any]:
    return {
        "day": service_order.scheduled_on,
        "starts": service_order.starts,
        "ends": service_order.ends,
    }


def assign_form(
    service_order: ServiceOrder, typed: QueryDict | None = None, **more: Any
) -> AssignForm:
    """Who can go there on the order's day; nobody while it has none."""
    day = service_order.scheduled_on
    return AssignForm(typed, choices=choices_for(service_order, day) if day else [], **more)


# ------------------------------------------------------------------ acts
@require_POST
@requires(Permission.ASSIGN_SERVICE_ORDER)
def order_schedule(request: HttpRequest, number: str) -> HttpResponse:
    """Plan the visit for a day and a window."""
    found, form = found_or_404(request, number), PlanForm(request.POST)

    def act() -> ServiceOrder:
        return operations.schedule_service_order(
            service_order=found.pk,
            day=form.cleaned_data["day"],
            window=form.window(),
            **_by(request),
        )

    return _do(request, found, "schedule_form", form, act, f"{number} is planned.")


@require_POST
@requires(Permission.ASSIGN_SERVICE_ORDER)
def order_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give the order to a technician; from the day board it goes back there."""
    found = found_or_404(request, number)
    form = assign_form(found, request.POST)

    def act() -> ServiceOrder:
        return operations.assign_service_order(
            service_order=found.pk, technician=form.cleaned_data["technician"], **_by(request)
        )

    if request.POST.get("from") == "board":
        return _from_board(request, found, form, act)
    return _do(request, found, "assign_form", form, act, f"{number} is assigned.")


def _from_board(
    request: HttpRequest,
    found: ServiceOrder,
    form: forms.Form,
    act: Callable[[], ServiceOrder],
) -> HttpResponse:
    """Back to the board's day, with a word about what happened."""
    if not form.is_valid():
        messages.warning(request, f"{found.number}: choose a technician who is trained for it.")
    else:
        try:
            act()
        except Refusal as refusal:
            messages.warning(request, f"{found.number}: {refusal.sentence}")
        else:
            messages.success(request, f"{found.number} is assigned.")
    day = found.scheduled_on.isoformat() if found.scheduled_on else ""
    return HttpResponseRedirect(f"{reverse('order_board')}?day={day}")


@require_POST
@requires(Permission.ASSIGN_SERVICE_ORDER)
def order_take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Take the order from its technician."""
    found = found_or_404(request, number)

    def act() -> ServiceOrder:
        return operations.take_back_service_order(service_order=found.pk, **_by(request))

    return _do(request, found, "", None, act, f"{number} waits for a technician.")


@require_POST
@requires(Permission.UPDATE_SERVICE_ORDER)
def order_start(request: HttpRequest, number: str) -> HttpResponse:
    """The technician has begun."""
    found = found_or_404(request, number)

    def act() -> ServiceOrder:
        return operations.start_service_order(service_order=found.pk, **_by(request))

    return _do(request, found, "", None, act, f"{number} is in progress.")


@require_POST
@requires(Permission.UPDATE_SERVICE_ORDER)
def order_complete(request: HttpRequest, number: str) -> HttpResponse:
    """The work is done."""
    found, form = found_or_404(request, number), CompleteForm(request.POST)

    def act() -> ServiceOrder:
        return operations.complete_service_order(
            service_order=found.pk, words=form.cleaned_data["words"], **_by(request)
        )

    return _do(request, found, "complete_form", form, act, f"{number} is completed.")


@require_POST
@requires(Permission.ASSIGN_SERVICE_ORDER)
def order_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Call the order off."""
    found, form = found_or_404(request, number), CancelForm(request.POST)

    def act() -> ServiceOrder:
        return operations.cancel_service_order(
            service_order=found.pk, **form.cleaned_data, **_by(request)
        )

    return _do(request, found, "cancel_form", form, act, f"{number} is cancelled.")


def _by(request: HttpRequest) -> dict[str, Any]:
    """Who, when, and the form's one-time key."""
    return {
        "by": signed_in_person(request),
        "at": clock.now(),
        "form_key": form_key_if_sent(request.POST),
    }


def _do(
    request: HttpRequest,
    found: ServiceOrder,
    name: str,
    form: forms.Form | None,
    act: Callable[[], ServiceOrder],
    sentence: str,
) -> HttpResponse:
    """Do what a form or a button asks; what is refused comes back with what was typed."""
    if form is not None and not form.is_valid():
        return shown(request, found, status=422, **{name: form})
    try:
        act()
    except Refusal as refusal:
        return _refused(request, found, name, form, refusal)
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("order_detail", args=[found.number]))
    response = shown(request, found_or_404(request, found.number), toast=sentence)
    response["HX-Trigger-After-Settle"] = json.dumps({"order-changed": {}, "case-changed": {}})
    return response


def _refused(
    request: HttpRequest,
    found: ServiceOrder,
    name: str,
    form: forms.Form | None,
    refusal: Refusal,
) -> HttpResponse:
    fresh = found_or_404(request, found.number)
    if form is None or refusal.is_forbidden or (refusal.is_conflict and not refusal.field):
        return shown(request, fresh, status=refusal.http_status, refusal=refusal)
    put_beside(form, refusal, field={"window": "starts"}.get(refusal.field))
    return shown(request, fresh, status=refusal.http_status, **{name: form})


# ------------------------------------------------------------------ the report
@require_GET
@requires(Permission.VIEW_SERVICE_ORDERS)
def order_report(request: HttpRequest, number: str) -> HttpResponse:
    """The completion report as PDF, or a page that waits for it (SO2)."""
    found = found_or_404(request, number)
    state = report_state(found)
    if state is ReportState.NOT_YET:
        raise Http404
    if state is ReportState.READY and "HX-Request" not in request.headers:
        assert found.report is not None  # it is ready
        return as_download(found.report)
    is_ready = state is ReportState.READY
    context = {
        "number": number,
        "is_ready": is_ready,
        "is_being_made": state is ReportState.BEING_MADE,
    }
    return page_or_fragment(request, WAITING, "report", context, status=200 if is_ready else 202)


@require_POST
@requires(Permission.VIEW_SERVICE_ORDERS)
def order_report_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Let a worker try again to make a report that could not be made."""
    found = found_or_404(request, number)
    try:
        operations.retry_report(
            service_order=found.pk, by=signed_in_person(request), at=clock.now()
        )
    except Refusal as refusal:
        return shown(request, found, status=refusal.http_status, refusal=refusal)
    return HttpResponseRedirect(reverse("order_report", args=[number]))
