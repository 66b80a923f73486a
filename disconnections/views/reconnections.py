"""The Reconnect tab of a request: prepared, ticked, executed (DIS17)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from disconnections.choices import ReconnectionItem
from disconnections.forms.reconnections import ReconnectionForm
from disconnections.operations import reconnections
from disconnections.operations.preparing import may_tick
from disconnections.queries.closures import executor
from disconnections.queries.reconnections import (
    Gathered,
    gather,
    meters_to_pick,
    orders_to_pick,
    reconnected,
)
from disconnections.rules.closures import tones
from disconnections.rules.conditions import Checklist, Missing, Need
from disconnections.rules.outlook import outlook_of_return
from disconnections.rules.reconnections import (
    MeterFact,
    reconnection_checklist,
    what_a_reconnection_misses,
)
from disconnections.views.closures import ShownItem, ShownMissing, account_of
from disconnections.views.detail import found_or_404, shell, tab_or_fragment
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import day_of
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment

TAB = "disconnections/request_reconnect.html"
ON_DETAILS = (Need.APPROVAL, Need.OTHER_PERSON)


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
    return _do(
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
    return _tick(request, number)


@require_POST
@requires(Permission.TICK_MONEY)
def reconnection_tick_money(request: HttpRequest, number: str) -> HttpResponse:
    """Tick or clear the first item."""
    return _tick(request, number)


def _tick(request: HttpRequest, number: str) -> HttpResponse:
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case, item = _found(request, number), request.POST.get("item", "")[:20]
    is_ticked = request.POST.get("is_ticked") == "on"
    act = (
        reconnections.tick_reconnection_item if is_ticked else reconnections.clear_reconnection_item
    )
    label = dict(ReconnectionItem.choices).get(item, "")
    return _do(
        request,
        case,
        lambda: act(case=case.pk, item=item, by=me, at=clock.now(), form_key=key),
        f"{label}: {'ticked' if is_ticked else 'cleared'}.",
        wrong_item=item,
    )


@require_POST
@requires(Permission.EXECUTE)
def request_bring_back(request: HttpRequest, number: str) -> HttpResponse:
    """Execute Reconnection: everything comes back together, or nothing does."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = _found(request, number)
    return _do(
        request,
        case,
        lambda: reconnections.execute_reconnection(
            case=case.pk, by=me, at=clock.now(), form_key=key
        ),
        f"{number} is carried out.",
    )


def _do(
    request: HttpRequest, case: Case, act: Callable[[], object], sentence: str, **more: Any
) -> HttpResponse:
    """One act; what is wrong stands at its field, what is not possible at the top of the tab."""
    try:
        act()
    except Refusal as refusal:
        form = more.get("return_form")
        if form is not None and refusal.field in form.fields:
            form.add_error(refusal.field, refusal.sentence)
            return _tab(request, case, status=refusal.http_status, **more)
        fresh = _found(request, case.number)
        kept = {"wrong_item": more.get("wrong_item", "")}
        return _tab(request, fresh, status=refusal.http_status, refusal=refusal, **kept)
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("request_reconnect", args=[case.number]))
    response = _tab(request, _found(request, case.number), toast=sentence)
    response["HX-Trigger-After-Settle"] = '{"case-said": {}}'
    return response


# ------------------------------------------------------------------ showing
def _found(request: HttpRequest, number: str) -> Case:
    case = found_or_404(request, number)
    if case.kind != CaseKind.RECONNECTION:
        raise Http404
    return case


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
    response = tab_or_fragment(request, TAB, "reconnect", context)
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
        "items": _items(found, gathered, me, is_open=case.is_open),
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
        context |= {"may_execute": True, "missing": _missing(missing, case)}
        if not missing:
            context["outlook"] = outlook_of_return(facts, account_of(case))
    return context


def _items(found: Checklist, gathered: Gathered, me: Person, *, is_open: bool) -> list[ShownItem]:
    shown = []
    for line in found.lines:
        tone, icon = tones(line)
        shown.append(
            ShownItem(
                line=line,
                tick=gathered.ticks.get(line.item),
                may_tick=is_open and not line.does_not_apply and may_tick(line.item, me),
                tone=tone,
                icon=icon,
            )
        )
    return shown


def _missing(missing: tuple[Missing, ...], case: Case) -> list[ShownMissing]:
    details = reverse("request_detail", args=[case.number])
    return [
        ShownMissing(
            each.sentence,
            details if each.need in ON_DETAILS else f"#{each.anchor}" if each.anchor else "",
        )
        for each in missing
    ]
