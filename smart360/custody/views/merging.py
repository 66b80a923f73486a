"""Merge of two accounts: which one goes on, one look at both, one button; and its undo."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods

from consumers import access
from consumers.forms import ReasonForm
from consumers.models import Consumer
from consumers.rules.profiles import ShownConsumer
from consumers.views.choosing import Looked, look_for
from consumers.views.profiles import found_consumer, shell
from smart360.custody.operations.merging import merge_consumers, undo_merge
from smart360.custody.queries.merging import (
    find_alike,
    in_the_way,
    outlook_of,
    outlook_of_undo,
    standing_merge,
    what_binds,
)
from smart360.custody.rules.merging import ITSELF
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires

PAGE = "custody/consumer_merge.html"
UNDO_PAGE = "custody/merge_undo.html"


@dataclass(frozen=True)
class AlikeRow:
    """One account that may be the same household's, as the reader may see it."""

    consumer: ShownConsumer
    by: str


@require_http_methods(["GET", "POST"])
@requires(Permission.MERGE_CONSUMERS)
def consumer_merge(request: HttpRequest, account: str) -> HttpResponse:
    """Choose the account that goes on, look at both; a POST lets this one end in it."""
    consumer = found_consumer(request, account)
    person = signed_in_person(request)
    if request.method == "POST":
        return _do(request, consumer, person)
    chosen = request.GET.get("account", "")
    survivor = access.get_consumer(chosen, to=person) if chosen else None
    if survivor is not None and survivor.pk != consumer.pk:
        return _review(request, consumer, survivor, ReasonForm())
    if survivor is not None:
        return _choose(request, consumer, Looked(error=ITSELF))
    if "q" not in request.GET:
        return _choose(request, consumer, Looked())
    search = look_for(request.GET, to=person, at=clock.now())
    return _choose(request, consumer, search)


@require_http_methods(["GET", "POST"])
@requires(Permission.MERGE_CONSUMERS)
def merge_undo(request: HttpRequest, account: str) -> HttpResponse:
    """Part two accounts again, with a reason; first what comes of it."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        return _undo_page(request, consumer, ReasonForm())
    key, form = posted_form_key(request.POST), ReasonForm(request.POST)
    if not form.is_valid():
        return _undo_page(request, consumer, form, status=422)
    try:
        undo_merge(
            merged=consumer.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _undo_page(request, consumer, form, status=refusal.http_status)
    messages.success(request, f"{consumer} is an account of its own again")
    return HttpResponseRedirect(resolve_url("consumer_detail", consumer.account_number))


# ------------------------------------------------------------------ doing it
def _do(request: HttpRequest, consumer: Consumer, person: Person) -> HttpResponse:
    key, form = posted_form_key(request.POST), ReasonForm(request.POST)
    survivor = access.get_consumer(request.POST.get("account", ""), to=person)
    if survivor is None or survivor.pk == consumer.pk:
        error = ITSELF if survivor is not None else "Choose the account that goes on"
        return _choose(request, consumer, Looked(error=error), status=422)
    if not form.is_valid():
        return _review(request, consumer, survivor, form, status=422)
    try:
        merge_consumers(
            merged=consumer.pk,
            survivor=survivor.pk,
            reason=form.cleaned_data["reason"],
            by=person,
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _review(request, consumer, survivor, form, status=refusal.http_status)
    messages.success(request, f"{consumer} was merged into {survivor}")
    return HttpResponseRedirect(resolve_url("consumer_detail", survivor.account_number))


# ------------------------------------------------------------------ showing
def _choose(
    request: HttpRequest, consumer: Consumer, search: Looked, *, status: int = 200
) -> HttpResponse:
    """Which account goes on: those that look alike, and a search."""
    person = signed_in_person(request)
    context = shell(request, access.shown(consumer, to=person))
    if not context["is_over"]:
        alike = find_alike(consumer, to=person)
        context |= {
            "alike": [
                AlikeRow(access.shown(each.consumer, to=person), ", ".join(each.by))
                for each in alike
            ],
            "obstacles": _in_the_way(consumer, None, person),
        }
    return render(request, PAGE, context | {"search": search}, status=status)


def _review(
    request: HttpRequest,
    consumer: Consumer,
    survivor: Consumer,
    form: ReasonForm,
    *,
    status: int = 200,
) -> HttpResponse:
    """Both accounts side by side, what will happen, and the button where nothing is in the way.

    A form that came back says itself what was.
    """
    person = signed_in_person(request)
    context: dict[str, Any] = shell(request, access.shown(consumer, to=person))
    context |= {
        "survivor": access.shown(survivor, to=person),
        "goes_on_as": survivor.merged_into,
        "form": form,
        "outlook": outlook_of(consumer.pk, survivor.pk),
        "obstacles": [] if form.errors else _in_the_way(consumer, survivor, person),
    }
    return render(request, PAGE, context, status=status)


def _in_the_way(consumer: Consumer, survivor: Consumer | None, person: Person) -> Any:
    return in_the_way(
        consumer,
        survivor,
        by=person,
        today=day_of(clock.now()),
        currency=get_utility().currency,
    )


def _undo_page(
    request: HttpRequest, consumer: Consumer, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = shell(request, access.shown(consumer, to=signed_in_person(request)))
    context["can_undo_merge"] = False  # the note need not lead to the page that is open
    merge = standing_merge(consumer.pk)
    if merge is not None:
        context |= {
            "merge": merge,
            "outlook": outlook_of_undo(merge),
            "obstacles": what_binds(merge.survivor),
        }
    return render(request, UNDO_PAGE, context | {"form": form}, status=status)
