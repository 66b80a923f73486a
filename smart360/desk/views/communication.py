"""The Communication tab of a profile: all that was said, a message, a call (CON12)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from consumers import access, operations, ports
from consumers.models import Consumer
from consumers.views.profiles import found_consumer, shell
from smart360.comms.choices import Channel, Direction
from smart360.comms.forms import CallForm, MessageForm
from smart360.comms.queries import list_said
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web import form_keys
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import done, is_fragment

TALK = "desk/consumer_communication.html"
FORMS: dict[str, type[forms.Form]] = {"message": MessageForm, "call": CallForm}


@require_GET
@requires(Permission.VIEW_CONSUMER)
def consumer_communication(request: HttpRequest, account: str) -> HttpResponse:
    """Everything said to or by the consumer, newest first, and the forms that add to it."""
    consumer = found_consumer(request, account)
    if is_fragment(request):
        return render(request, f"{TALK}#said", _said(request, consumer))
    return _page(request, consumer)


@require_POST
@requires(Permission.MESSAGE_CONSUMER)
def consumer_message(request: HttpRequest, account: str) -> HttpResponse:
    """Write to the consumer by e-mail, about no case."""
    act, sentence = operations.send_consumer_message, "Message to the consumer is on its way."
    return _speak(request, account, "message", act, sentence)


@require_POST
@requires(Permission.LOG_CALL)
def consumer_call(request: HttpRequest, account: str) -> HttpResponse:
    """Note a phone call, about no case."""
    return _speak(request, account, "call", operations.log_consumer_call, "Call logged.")


def _speak(
    request: HttpRequest, account: str, name: str, act: Callable[..., object], sentence: str
) -> HttpResponse:
    """Do what one of the forms asks; its errors come back with what was typed."""
    consumer, key = found_consumer(request, account), posted_form_key(request.POST)
    form, status = FORMS[name](request.POST), 422
    if form.is_valid():
        try:
            act(
                consumer=consumer.pk,
                by=signed_in_person(request),
                at=clock.now(),
                form_key=key,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            status = refusal.http_status
            put_beside(form, refusal)
    if not form.errors:
        messages.success(request, sentence)
        return done(request, to=resolve_url("consumer_communication", account))
    if is_fragment(request):
        context = _forms(request, consumer) | {f"{name}_form": form}
        return render(request, f"{TALK}#{name}-form", context, status=status)
    return _page(request, consumer, status=status, **{f"{name}_form": form})


def _page(
    request: HttpRequest, consumer: Consumer, *, status: int = 200, **came_back: forms.Form
) -> HttpResponse:
    person = signed_in_person(request)
    context = shell(request, access.shown(consumer, to=person), tab="Communication")
    context |= _said(request, consumer) | _forms(request, consumer) | came_back
    return render(request, TALK, context, status=status)


def _forms(request: HttpRequest, consumer: Consumer) -> dict[str, Any]:
    """The forms that this person may send, and where the message would go."""
    person, account = signed_in_person(request), consumer.account_number
    return {
        "message_form": MessageForm(),
        "call_form": CallForm(),
        "form_key": form_keys.new_key,
        "recipient": access.shown(consumer, to=person, addresses=()).email,
        "message_url": resolve_url("consumer_message", account),
        "call_url": resolve_url("consumer_call", account),
        "can_message": person.has_permission(Permission.MESSAGE_CONSUMER),
        "can_log": person.has_permission(Permission.LOG_CALL),
    }


def _said(request: HttpRequest, consumer: Consumer) -> dict[str, Any]:
    """A page of the log, narrowed to a channel and to who spoke."""
    person = signed_in_person(request)
    asked = {name: request.GET.get(name, "") for name in ("channel", "direction")}
    known = {"channel": Channel.values, "direction": Direction.values}
    wish = {name: value if value in known[name] else "" for name, value in asked.items()}
    page = list_said(
        consumer.pk,
        to=person,
        hidden=ports.hidden_cases(consumer.pk, person.pk),
        consumer_name=access.shown(consumer, to=person, addresses=()).name,
        cursor=request.GET.get("cursor", ""),
        **wish,
    )
    return {
        "thread": page.rows,
        "wish": wish,
        "channels": Channel.choices,
        "directions": Direction.choices,
        "has_unknown": wish != asked,
        **page.urls(**wish),
    }
