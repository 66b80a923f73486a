"""The Notes tab of a consumer's profile (CON13): internal, pinned, withdrawn."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from consumers import access, operations, queries
from consumers.forms import NoteForm
from consumers.models import Consumer
from consumers.operations.notes import LONGEST_NOTE
from consumers.views.profiles import found_consumer, shell
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.kernel.text import why_unshowable
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires

NOTES = "consumers/consumer_notes.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.ADD_NOTE)
def consumer_notes(request: HttpRequest, account: str) -> HttpResponse:
    """What colleagues noted about the consumer, newest first, and the form that adds to it."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        return _page(request, consumer, _filled_in(request))
    key, form = posted_form_key(request.POST), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, consumer, form, status=422)
    try:
        operations.add_consumer_note(
            consumer=consumer.pk,
            **form.cleaned_data,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, consumer, form, status=refusal.http_status)
    messages.success(request, "Note added")
    return HttpResponseRedirect(resolve_url("consumer_notes", account))


def _filled_in(request: HttpRequest) -> NoteForm:
    """The form with what the page that leads here has to say (``body``), where it can be shown."""
    words = request.GET.get("body", "")
    return NoteForm(initial={} if why_unshowable(words) else {"words": words[:LONGEST_NOTE]})


@require_POST
@requires(Permission.ADD_NOTE)
def consumer_note_pin(request: HttpRequest, account: str, note: int) -> HttpResponse:
    """Let a note stand on the Overview."""
    return _act(request, account, note, operations.pin_consumer_note, "Note pinned")


@require_POST
@requires(Permission.ADD_NOTE)
def consumer_note_unpin(request: HttpRequest, account: str, note: int) -> HttpResponse:
    """Take a note from the Overview."""
    return _act(request, account, note, operations.unpin_consumer_note, "Note unpinned")


@require_POST
@requires(Permission.ADD_NOTE)
def consumer_note_withdraw(request: HttpRequest, account: str, note: int) -> HttpResponse:
    """Take a note back for good: its author, or a supervisor."""
    return _act(request, account, note, operations.withdraw_consumer_note, "Note withdrawn")


def _act(
    request: HttpRequest, account: str, note: int, act: Callable[..., object], done: str
) -> HttpResponse:
    """One button beside one note."""
    consumer = found_consumer(request, account)
    if not queries.has_note(consumer.pk, note):
        raise Http404
    try:
        act(note=note, by=signed_in_person(request), at=clock.now())
    except Refusal as refusal:
        return _page(request, consumer, NoteForm(), refusal=refusal, status=refusal.http_status)
    messages.success(request, done)
    return HttpResponseRedirect(resolve_url("consumer_notes", account))


def _page(
    request: HttpRequest,
    consumer: Consumer,
    form: NoteForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    person = signed_in_person(request)
    cursor = request.GET.get("cursor", "")
    page = queries.list_notes(consumer.pk, to=person, cursor=cursor)
    context: dict[str, Any] = shell(request, access.shown(consumer, to=person), tab="Notes") | {
        "form": form,
        "refusal": refusal,
        "notes": page.rows,
        **page.urls(),
    }
    return render(request, NOTES, context, status=status)
