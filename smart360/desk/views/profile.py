"""The Overview of a consumer's profile, and holding or freeing the profile from there (CON4)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from billing.queries.payments import last_payment
from consumers import access, operations, ports, queries
from consumers.choices import AccountStatus
from consumers.forms import BreakForm
from consumers.guards import LockIsHeld
from consumers.models import Consumer
from consumers.views.profiles import EDIT, found_consumer, shell
from smart360.desk.queries.profile import live_orders_of, open_cases_of
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires

OVERVIEW = "desk/profile.html"
NEWEST = 5


@require_GET
@requires(Permission.VIEW_CONSUMER)
def consumer_detail(request: HttpRequest, account: str) -> HttpResponse:
    """Everything in brief: who, how the account stands, what is supplied, what is under way."""
    return _overview(request, found_consumer(request, account))


@require_POST
@requires(*EDIT)
def profile_hold(request: HttpRequest, account: str) -> HttpResponse:
    """Take the profile in order to change it; people who need no hold go straight on."""
    consumer = found_consumer(request, account)
    try:
        operations.begin_change(consumer=consumer.pk, by=signed_in_person(request), at=clock.now())
    except LockIsHeld as refusal:
        return _overview(request, consumer, refusal=refusal, status=409)
    return HttpResponseRedirect(resolve_url("consumer_edit", account))


@require_POST
@requires(Permission.BREAK_PROFILE_LOCK)
def profile_break(request: HttpRequest, account: str) -> HttpResponse:
    """End somebody else's hold, with a reason."""
    consumer = found_consumer(request, account)
    form = BreakForm(request.POST)
    if not form.is_valid():
        return _overview(request, consumer, break_form=form, status=422)
    try:
        operations.break_profile_lock(
            consumer=consumer.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        return _overview(request, consumer, refusal=refusal, status=refusal.http_status)
    messages.success(request, "The hold on this profile has ended")
    return HttpResponseRedirect(resolve_url("consumer_detail", account))


def _overview(
    request: HttpRequest,
    consumer: Consumer,
    *,
    refusal: Refusal | None = None,
    break_form: BreakForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person, at = signed_in_person(request), clock.now()
    connections = queries.connection_facts(consumer.pk)
    shown = access.shown(consumer, to=person, addresses=[each.address for each in connections])
    hidden = ports.hidden_cases(consumer.pk, person.pk)
    context: dict[str, Any] = shell(request, shown, break_form=break_form) | {
        "connections": access.shown_connections(connections, to=person),
        "cases": open_cases_of(consumer.pk, to=person, hidden=hidden, at=at),
        "orders": live_orders_of(consumer.pk, to=person),
        "notes": queries.pinned_notes(consumer.pk, to=person),
        "lines": queries.newest_lines(consumer.pk, to=person, hidden=hidden, limit=NEWEST),
        "now": at,
        "refusal": refusal,
        "undoable": ports.undoable(consumer.pk) if _may_come_back(consumer, person) else "",
    }
    if person.has_permission(Permission.VIEW_BALANCE):
        context["paid_last"] = last_payment(consumer.pk)
    return render(request, OVERVIEW, context, status=status)


def _may_come_back(consumer: Consumer, person: Person) -> bool:
    """Whether somebody who could ask for it looks at an account that is cut off."""
    is_off = consumer.status in (AccountStatus.INACTIVE, AccountStatus.DISCONNECTED)
    return is_off and person.has_permission(Permission.CREATE_REQUEST)
