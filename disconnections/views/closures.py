"""The Disconnect tab of a request: prepared, ticked, told, executed (DIS14 to DIS16)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from consumers.queries.meters import warehouses
from disconnections.choices import ClosureItem, ClosurePaper, NoticeWay
from disconnections.forms import ClosureForm, PaperForm
from disconnections.models import Execution
from disconnections.operations import closures
from disconnections.queries.closures import (
    Gathered,
    executed,
    executor,
    find_good_order,
    gather,
    orders_to_pick,
)
from disconnections.rules.closures import (
    NOT_LINKED,
    checklist,
    is_device,
    not_linked,
    what_is_missing,
)
from disconnections.rules.conditions import NO_ORDER, why_not_good
from disconnections.rules.outlook import outlook_of_closure
from disconnections.views.detail import shell, tab_or_fragment
from disconnections.views.preparing import (
    PreparingTab,
    account_of,
    do,
    found_of,
    shown_items,
    shown_missing,
    tick,
)
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment

TEMPLATE = "disconnections/request_disconnect.html"
WHOLE, STATE, PAPERS = "disconnect", "ticked", "given"
"""Fragments: the tab; what follows from a tick; the papers and what follows from them."""
ANSWERS = {WHOLE: "disconnect", STATE: "state", PAPERS: "notices"}


# ------------------------------------------------------------------ reading
@require_GET
@requires(Permission.VIEW_BALANCE)
def request_disconnect(request: HttpRequest, number: str) -> HttpResponse:
    """What is prepared, what is missing, and the button."""
    part = STATE if request.GET.get("part") == "state" else WHOLE
    return _tab(request, _found(request, number), part=part)


@require_GET
@requires(Permission.PREPARE_CLOSURE)
def closure_parts(request: HttpRequest, number: str) -> HttpResponse:
    """What follows from what was typed: meter numbers, the service order's facts, the actions."""
    case, at = _found(request, number), clock.now()
    gathered = gather(case, at=at, asks_protections=False)
    form = _form(gathered, request.GET)
    typed = str(form["service_order"].value() or "").strip()
    found = find_good_order(case, typed) if typed else None
    context: dict[str, Any] = {
        "case": case,
        "oob": True,
        "rows": [
            {"fields": row, "meter_number": _meter_number(row), "wrong": _wrong(gathered, row)}
            for row in form.rows()
        ],
        "order": _order_shown(found[0] if found else None, gathered),
        "order_wrong": _order_wrong(typed, found),
    }
    return render(request, f"{TEMPLATE}#parts", context)


def _order_wrong(typed: str, found: Any) -> str:
    if not typed:
        return ""
    if found is None:
        return NO_ORDER
    return "" if found[1].is_good_for(CaseKind.DISCONNECTION) else why_not_good(found[1])


def _meter_number(row: Any) -> str:
    typed = str(row.device.value() or "")
    return row.plan.meter_number if is_device(typed, row.plan) else ""


def _wrong(gathered: Gathered, row: Any) -> str:
    typed = str(row.device.value() or "").strip()
    if not typed or is_device(typed, row.plan):
        return ""
    return not_linked(gathered.facts.meters, row.plan.service_connection) or NOT_LINKED


# ------------------------------------------------------------------ acting
@require_POST
@requires(Permission.PREPARE_CLOSURE)
def closure_set(request: HttpRequest, number: str) -> HttpResponse:
    """Save the meter actions, the devices and the service order, once they are right."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case, at = _found(request, number), clock.now()
    form = _form(gather(case, at=at, asks_protections=False), request.POST)
    if not form.is_valid():
        return _tab(request, case, status=422, closure_form=form)
    return do(
        TAB,
        request,
        case,
        lambda: closures.set_closure(case=case.pk, wish=form.wish(), by=me, at=at, form_key=key),
        "The details are saved.",
        closure_form=form,
    )


@require_POST
@requires(Permission.PREPARE_CLOSURE)
def closure_tick(request: HttpRequest, number: str) -> HttpResponse:
    """Tick or clear one of the items 3 to 6."""
    return tick(TAB, request, number, part=STATE)


@require_POST
@requires(Permission.TICK_MONEY)
def closure_tick_money(request: HttpRequest, number: str) -> HttpResponse:
    """Tick or clear one of the first two items."""
    return tick(TAB, request, number, part=STATE)


@require_POST
@requires(Permission.PREPARE_CLOSURE)
def closure_notice_send(request: HttpRequest, number: str) -> HttpResponse:
    """Send closure notice: by e-mail, at once."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = _found(request, number)
    return do(
        TAB,
        request,
        case,
        lambda: closures.give_paper(
            case=case.pk, paper=ClosurePaper.NOTICE, way=NoticeWay.EMAIL, given_on=None,
            by=me, at=clock.now(), form_key=key,
        ),
        "The closure notice is on its way.",
        part=PAPERS,
    )  # fmt: skip


@require_POST
@requires(Permission.PREPARE_CLOSURE)
def closure_paper_give(request: HttpRequest, number: str) -> HttpResponse:
    """Note that the notice or the bill was handed over or posted."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = _found(request, number)
    form = PaperForm(request.POST, has_bill=True)
    if not form.is_valid():
        return _tab(request, case, status=422, part=PAPERS, paper_form=form)
    return do(
        TAB,
        request,
        case,
        lambda: closures.give_paper(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        ),
        f"{ClosurePaper(form.cleaned_data['paper']).label}: noted.",
        part=PAPERS,
        paper_form=form,
    )


@require_POST
@requires(Permission.EXECUTE, Permission.EXECUTE_FOR_US)
def request_execute(request: HttpRequest, number: str) -> HttpResponse:
    """Execute Disconnection: everything ends together, or nothing does."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = _found(request, number)
    return do(
        TAB,
        request,
        case,
        lambda: closures.execute_disconnection(case=case.pk, by=me, at=clock.now(), form_key=key),
        f"{number} is carried out.",
    )


# ------------------------------------------------------------------ showing
def _found(request: HttpRequest, number: str) -> Case:
    return found_of(CaseKind.DISCONNECTION, request, number)


def _form(gathered: Gathered, typed: Any = None) -> ClosureForm:
    order = gathered.service_order
    return ClosureForm(
        typed,
        plans=gathered.facts.meters,
        warehouses=warehouses(),
        order_number=order.number if order else "",
        version=gathered.version,
    )


def _tab(
    request: HttpRequest, case: Case, *, status: int = 200, part: str = WHOLE, **more: Any
) -> HttpResponse:
    """The tab, or only the part of it that changed: what is typed elsewhere stays."""
    me, at = signed_in_person(request), clock.now()
    context = closure_context(case, me, at=at) | {"answers": ANSWERS[part]} | more
    if not is_fragment(request):
        context = shell(request, case, tab="disconnect", at=at) | context
        context["answers"] = ANSWERS[WHOLE]
    response = tab_or_fragment(request, TEMPLATE, part, context)
    response.status_code = status
    return response


def closure_context(case: Case, me: Person, *, at: datetime) -> dict[str, Any]:
    """What the tab shows to one person."""
    done = executed(case.pk)
    context: dict[str, Any] = {"case": case, "done": done}
    gathered = gather(case, at=at)
    items = checklist(gathered.facts)
    context |= {
        "items": shown_items(items, gathered.ticks, me, is_open=case.is_open),
        "counter": items.counter,
        "order": _order_shown(_order_of(done, gathered), gathered),
        "plans": gathered.facts.meters,
    }
    if not case.is_open:
        return context
    may_prepare = me.has_permission(Permission.PREPARE_CLOSURE)
    if may_prepare:
        context |= {
            "closure_form": _form(gathered),
            "orders_to_pick": orders_to_pick(case),
            "paper_form": PaperForm(has_bill=_has_bill(gathered), initial={"given_on": ""}),
            "has_address": bool(case.consumer and case.consumer.email),
        }
    may_execute = me.has_permission(Permission.EXECUTE)
    if may_execute or me.has_permission(Permission.EXECUTE_FOR_US):
        missing = what_is_missing(gathered.facts, executor(me))
        context |= {"may_execute": True, "missing": shown_missing(missing, case)}
        if not missing:
            names = {each.pk: each.name for each in warehouses()}
            context["outlook"] = outlook_of_closure(gathered.facts, account_of(case), names)
    return context


def _has_bill(gathered: Gathered) -> bool:
    bill = gathered.facts.bill
    return bill is not None and bill.is_approved


def _order_of(done: Execution | None, gathered: Gathered) -> ServiceOrder | None:
    return done.service_order if done else gathered.service_order


def _order_shown(service_order: ServiceOrder | None, gathered: Gathered) -> dict[str, Any]:
    """Assigned to, completion date, approved by."""
    approval = gathered.approval
    approver = approval.decided_by if approval and approval.state == "APPROVED" else None
    technician = service_order.technician if service_order else None
    return {
        "number": service_order.number if service_order else "",
        "name": service_order.name if service_order else "",
        "technician": technician.person.full_name if technician else "",
        "completed_at": service_order.ended_at if service_order else None,
        "approved_by": approver.full_name if approver else "",
        "approved_at": approval.decided_at if approval and approver else None,
    }


TAB = PreparingTab(
    kind=CaseKind.DISCONNECTION,
    url_name="request_disconnect",
    shows=_tab,
    items=dict(ClosureItem.choices),
    ticks=closures.tick_item,
    clears=closures.clear_item,
    forms=("closure_form", "paper_form"),
)
