"""Entering what a meter shows, and checking what others entered (CON10)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from consumers import access, operations
from consumers.forms import ReadingForm, RejectReadingForm
from consumers.models import Consumer, MeterAssignment
from consumers.queries.meters import meters_in_use
from consumers.queries.readings import ReadingRow, get_reading, last_of
from consumers.rules.readings import last_in_words
from consumers.views.connections import connections_page
from consumers.views.profiles import found_consumer, shell
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.kernel.text import key_in
from smart360.organisation.context import today_in_use, zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent, posted_form_key, put_beside
from smart360.web.gate import requires

ENTER = "consumers/reading_enter.html"
REJECT = "consumers/reading_reject.html"


# ------------------------------------------------------------------ enter
@require_http_methods(["GET", "POST"])
@requires(Permission.ENTER_READING)
def reading_enter(request: HttpRequest, account: str) -> HttpResponse:
    """Enter what a meter shows; what is unusual has to be confirmed, and keeps what was typed."""
    consumer, person = found_consumer(request, account), signed_in_person(request)
    if request.method == "GET":
        return _page(request, consumer, ENTER, {"form": _form(request, consumer)})
    key, form = posted_form_key(request.POST), _form(request, consumer)
    if not form.is_valid():
        return _page(request, consumer, ENTER, {"form": form}, status=422)
    try:
        operations.enter_reading(
            consumer=consumer.pk, wish=form.wish(), by=person, at=clock.now(), form_key=key
        )
    except operations.ReadingIsUnusual as warned:
        context = {"form": form, "unusual": warned.sentence}
        return _page(request, consumer, ENTER, context, status=warned.http_status)
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, consumer, ENTER, {"form": form}, status=refusal.http_status)
    messages.success(request, "The reading is saved and waits for verification")
    services = {each.meter_id: each.service_connection_id for each in meters_in_use(consumer.pk)}
    chosen = services.get(form.cleaned_data["meter"])
    address = resolve_url("consumer_connections", account)
    return HttpResponseRedirect(f"{address}?service={chosen}" if chosen else address)


def _form(request: HttpRequest, consumer: Consumer) -> ReadingForm:
    in_use = meters_in_use(consumer.pk)
    asked = request.GET.get("service", "")
    first = next((each for each in in_use if str(each.service_connection_id) == asked), None)
    chosen = first or next(iter(in_use), None)
    return ReadingForm(
        request.POST if request.method == "POST" else None,
        initial={
            "meter": str(chosen.meter_id) if chosen else "",
            "read_on": today_in_use(),
        },
        meters=[(str(each.meter_id), _name(each)) for each in in_use],
        shown=_shown(in_use),
        is_supervisor=signed_in_person(request).has_permission(Permission.OVERRIDE_READING),
    )


def _name(assignment: MeterAssignment) -> str:
    meter = assignment.meter
    utility = assignment.service_connection.get_utility_type_display()
    return f"{utility}, {meter.number}, in {meter.unit}"


def _shown(in_use: list[MeterAssignment]) -> str:
    """What each of these meters showed last."""
    last = last_of([each.meter_id for each in in_use])
    said = (last_in_words(last.get(each.meter_id), each.meter.unit) for each in in_use)
    if len(in_use) == 1:
        return " ".join(said)
    return " ".join(
        f"{each.meter.number}: {words}" for each, words in zip(in_use, said, strict=True)
    )


def _page(
    request: HttpRequest,
    consumer: Consumer,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    shown = access.shown(consumer, to=signed_in_person(request))
    whole = shell(request, shown, tab="Connections") | {"of_service": _asked(request)} | context
    return render(request, template, whole, status=status)


# ------------------------------------------------------------------ verify, reject
@require_POST
@requires(Permission.VERIFY_READING)
def reading_verify(request: HttpRequest, account: str, reading: int) -> HttpResponse:
    """Say that a reading is right."""
    consumer, row = _found(request, account, reading)
    key = form_key_if_sent(request.POST)
    try:
        operations.verify_reading(
            consumer=consumer.pk,
            reading=row.id,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return connections_page(request, consumer, status=refusal.http_status, refusal=refusal)
    messages.success(request, "The reading is verified")
    return HttpResponseRedirect(resolve_url("consumer_connections", account) + _asked(request))


@require_http_methods(["GET", "POST"])
@requires(Permission.VERIFY_READING)
def reading_reject(request: HttpRequest, account: str, reading: int) -> HttpResponse:
    """Say that a reading was wrong, with a reason."""
    consumer, row = _found(request, account, reading)
    if request.method == "GET":
        return _page(request, consumer, REJECT, {"form": RejectReadingForm(), "row": row})
    key, form = posted_form_key(request.POST), RejectReadingForm(request.POST)
    if not form.is_valid():
        return _page(request, consumer, REJECT, {"form": form, "row": row}, status=422)
    try:
        operations.reject_reading(
            consumer=consumer.pk,
            reading=row.id,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        context = {"form": form, "row": row}
        return _page(request, consumer, REJECT, context, status=refusal.http_status)
    messages.success(request, "The reading is rejected")
    return HttpResponseRedirect(resolve_url("consumer_connections", account) + _asked(request))


def _asked(request: HttpRequest) -> str:
    """What leads back to the service somebody was looking at: ``?service=12``, or ``""``."""
    service = key_in(request.GET.get("service", ""))
    return f"?service={service}" if service else ""


def _found(request: HttpRequest, account: str, reading: int) -> tuple[Consumer, ReadingRow]:
    """The consumer and one of its readings, or 404."""
    consumer = found_consumer(request, account)
    row = get_reading(consumer.pk, reading, zone=zone_in_use())
    if row is None:
        raise Http404
    return consumer, row
