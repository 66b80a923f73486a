"""The Reconnect tab of a request: prepared, ticked, executed (DIS17)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from disconnections.choices import ReconnectionItem
from disconnections.forms.reconnections import ReconnectionForm
from disconnections.operations import reconnections
from disconnections.queries.closures import executor
from disconnections.queries.reconnections import (
    Gathered,
    gather,
    meters_to_pick,
    orders_to_pick,
    reconnected,
)
from disconnections.rules.outlook import outlook_of_return
from disconnections.rules.reconnections import (
    MeterFact,
    reconnection_checklist,
    what_a_reconnection_misses,
)
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
from smart360.kernel import clock
from smart360.organisation.queries import day_of
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment

TEMPLATE = "disconnections/request_reconnect.html"


@dataclass(frozen=True)
class ToPick:
    """The meters that one service can be measured with, for the list below its field."""

    service_connection: int
    meters: list[MeterFact]


# ------------------------------------------------------------------ reading
@require_GET
@requires(Permission.VIEW_BALANCE)
def request_reconnect(request: HttpRequest, number: str) -> HttpResponse:
    """What is prepared, what is missing, and the button."""
    return _tab(request, _found(request, number))


# ------------------------------------------------------------------ acting
@require_POST
@requires(Permission.PREPARE_CLOSURE)
def reconnection_set(request: HttpRequest, number: str) -> HttpResponse:
    """Save the meters, their opening readings and the service order, once they are right."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case, at = _found(request, number), clock.now()
    form = _form(gather(case, at=at), request.POST, at=at)
    if not form.is_valid():
        return _tab(request, case, status=422, return_form=form)
    return do(
        TAB,
        request,
        case,
        lambda: reconnections.set_reconnection(
            case=case.pk, wish=form.wish(), by=me, at=at, form_key=key
        ),
        "The details are saved.",
        return_form=form,
    )


@require_POST
@requires(Permission.PREPARE_CLOSURE)
def reconnection_tick(request: HttpRequest, number: str) -> HttpResponse:
    """Tick or clear one of the items 2 to 4."""
    return tick(TAB, request, number)


@require_POST
@requires(Permission.TICK_MONEY)
def reconnection_tick_money(request: HttpRequest, number: str) -> HttpResponse:
    """Tick or clear the first item."""
    return tick(TAB, request, number)


@require_POST
@requires(Permission.EXECUTE)
def request_bring_back(request: HttpRequest, number: str) -> HttpResponse:
    """Execute Reconnection: everything comes back together, or nothing does."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = _found(request, number)
    return do(
        TAB,
        request,
        case,
        lambda: reconnections.execute_reconnection(
            case=case.pk, by=me, at=clock.now(), form_key=key
        ),
        f"{number} is carried out.",
    )


# ------------------------------------------------------------------ showing
def _found(request: HttpRequest, number: str) -> Case:
    return found_of(CaseKind.RECONNECTION, request, number)


def _form(gathered: Gathered, typed: Any = None, *, at: datetime) -> ReconnectionForm:
    order = gathered.service_order
    return ReconnectionForm(
        typed,
        services=gathered.facts.services,
        typed=gathered.typed,
        today=day_of(at),
        order_number=order.number if order else "",
        version=gathered.version,
    )


def _tab(request: HttpRequest, case: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    me, at = signed_in_person(request), clock.now()
    context = reconnection_context(case, me, at=at) | more
    if not is_fragment(request):
        context = shell(request, case, tab="reconnect", at=at) | context
    response = tab_or_fragment(request, TEMPLATE, "reconnect", context)
    response.status_code = status
    return response


def reconnection_context(case: Case, me: Person, *, at: datetime) -> dict[str, Any]:
    """What the tab shows to one person."""
    gathered, done = gather(case, at=at), reconnected(case.pk)
    facts = gathered.facts
    found = reconnection_checklist(facts)
    service_order = done.service_order if done else gathered.service_order
    context: dict[str, Any] = {
        "case": case,
        "done": done,
        "facts": facts,
        "undoes": gathered.asked.undoes,
        "items": shown_items(found, gathered.ticks, me, is_open=case.is_open),
        "counter": found.counter,
        "service_order": service_order,
        "technician": service_order.technician if service_order else None,
        "completed_at": service_order.ended_at if service_order else None,
    }
    if not case.is_open:
        return context
    if me.has_permission(Permission.PREPARE_CLOSURE):
        context |= {
            "return_form": _form(gathered, at=at),
            "orders_to_pick": orders_to_pick(case),
            "to_pick": [
                ToPick(each.service_connection, meters_to_pick(each))
                for each in facts.services
                if each.running is None
            ],
        }
    if me.has_permission(Permission.EXECUTE):
        missing = what_a_reconnection_misses(facts, executor(me))
        context |= {"may_execute": True, "missing": shown_missing(missing, case)}
        if not missing:
            context["outlook"] = outlook_of_return(facts, account_of(case))
    return context


TAB = PreparingTab(
    kind=CaseKind.RECONNECTION,
    url_name="request_reconnect",
    shows=_tab,
    items=dict(ReconnectionItem.choices),
    ticks=reconnections.tick_reconnection_item,
    clears=reconnections.clear_reconnection_item,
    forms=("return_form",),
)
