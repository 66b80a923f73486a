"""The acts on one case: each POST makes one call and answers fragments or a redirect.

The gate's permission stands on the view of each kind, which calls these.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from smart360.cases import operations as cases
from smart360.cases.choices import CaseStatus
from smart360.cases.forms import HoldForm, NoteForm
from smart360.cases.models import Case
from smart360.cases.queries.addressees import addressee_of
from smart360.cases.queries.holds import hold_choices
from smart360.cases.views.kinds import KindPages
from smart360.cases.views.shell import (
    SHELL,
    TALK,
    assign_form,
    details_of,
    found_or_404,
    named,
    shell,
    tab_or_fragment,
    talk,
)
from smart360.comms.forms import CallForm, MessageForm
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.web import form_keys
from smart360.web.fields import form_key_if_sent, posted_form_key, put_beside
from smart360.web.htmx import is_fragment

TOP = "#case-top"
SHARED_FORMS = ("hold_form", "assign_form")
"""Forms of dialogs that stand in the shell, whatever the kind."""
SUBMITTED_BEFORE = "This form was submitted before."


# ------------------------------------------------------------------ status
def acknowledge(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Take note of the case: In Progress from now on (AC010)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(kind, request, number)
    return press(
        kind,
        request,
        case,
        lambda: cases.acknowledge(case=case.pk, by=me, at=clock.now(), form_key=key),
        lambda stored: stands(stored, CaseStatus.IN_PROGRESS, f"{number} is in progress."),
    )


def resume(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Go on with the case (AC011)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(kind, request, number)
    return press(
        kind,
        request,
        case,
        lambda: cases.resume(case=case.pk, by=me, at=clock.now(), form_key=key),
        lambda stored: stands(stored, CaseStatus.IN_PROGRESS, f"{number} is in progress again."),
    )


def assign(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Take the case on oneself, from its own page or from the start page."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(kind, request, number)

    def act() -> Case:
        return cases.assign(case=case.pk, to=me, by=me, at=clock.now(), form_key=key)

    def sentence(stored: Case) -> str:
        if stored.assignee_id == me.pk:
            return f"{number} is assigned to you."
        whom = stored.assignee.full_name if stored.assignee else "nobody"
        return f"{SUBMITTED_BEFORE} {number} is assigned to {whom} now."

    if request.POST.get("from") == "start":
        return _from_start(request, act, sentence, number)
    return press(kind, request, case, act, sentence)


def assign_to(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Give the case to somebody else, who is told."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    form = assign_form(found_or_404(kind, request, number), request.POST)

    def act(case: Case) -> str:
        to, seen = form.chosen(), form.cleaned_data["seen"]
        stored = cases.assign(case=case.pk, to=to, by=me, at=clock.now(), form_key=key, seen=seen)
        whom = stored.assignee.full_name if stored.assignee else "nobody"
        return f"{number} is assigned to {whom}."

    return submit(kind, request, number, "assign_form", form, act)


def _from_start(
    request: HttpRequest, act: Callable[[], Case], sentence: Callable[[Case], str], number: str
) -> HttpResponse:
    """Back to the start page, with a word about what happened."""
    try:
        stored = act()
    except Refusal as refusal:
        messages.warning(request, f"{number}: {refusal.sentence}")
    else:
        messages.success(request, sentence(stored))
    return HttpResponseRedirect(reverse("start"))


def hold(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Put the case on hold for a reason, until a moment (AC010)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    form = HoldForm(request.POST, reasons=hold_choices())

    def act(case: Case) -> str:
        stored = cases.put_on_hold(
            case=case.pk,
            reason=form.cleaned_data["reason"],
            resume_by=form.resume_by(zone_in_use()),
            at_resume_by=form.cleaned_data["at_resume_by"],
            note=form.cleaned_data["note"],
            by=me,
            at=clock.now(),
            form_key=key,
        )
        return stands(stored, CaseStatus.ON_HOLD, f"{number} is on hold.")

    return submit(kind, request, number, "hold_form", form, act, {"resume_by": "resume_on"})


# ------------------------------------------------------------------ words
def add_note(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note."""
    return _say(kind, request, number, "note", cases.add_note, "Internal note added.")


def send_message(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Write to the consumer by e-mail."""
    sentence = "Message to the consumer is on its way."
    return _say(kind, request, number, "message", cases.send_message, sentence)


def log_call(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Note a phone call."""
    return _say(kind, request, number, "call", cases.log_call, "Call logged.")


FORMS: dict[str, type[forms.Form]] = {"note": NoteForm, "message": MessageForm, "call": CallForm}


def _say(
    kind: KindPages,
    request: HttpRequest,
    number: str,
    name: str,
    act: Callable[..., object],
    sentence: str,
) -> HttpResponse:
    """Do what a form of the Communication tab asks; its errors come back with what was typed."""
    me = signed_in_person(request)
    case, key = found_or_404(kind, request, number), posted_form_key(request.POST)
    form, status = FORMS[name](request.POST), 422
    if form.is_valid():
        try:
            act(case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data)
        except Refusal as refusal:
            status = refusal.http_status
            if refusal.is_conflict and not isinstance(refusal, form_keys.UnableToSubmitAgain):
                return conflict(kind, request, case, refusal)
            put_beside(form, refusal)
    if form.errors:
        return _talk_again(kind, request, case, name, form, status)
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(kind.url("communication", case.number))
    context = _talk_context(kind, case, name, FORMS[name]())
    response = render(request, f"{TALK}#{name}-form", context | {"toast": sentence})
    response["HX-Trigger-After-Settle"] = json.dumps({"case-changed": {}, "case-said": {}})
    return response


def _talk_context(kind: KindPages, case: Case, name: str, form: forms.Form) -> dict[str, Any]:
    """One form of the Communication tab with what it needs."""
    return named(kind, case) | {
        f"{name}_form": form,
        "form_key": form_keys.new_key,
        "recipient": addressee_of(case).email,
    }


def _talk_again(
    kind: KindPages, request: HttpRequest, case: Case, name: str, form: forms.Form, status: int
) -> HttpResponse:
    """The form with its messages, what was typed and a key of its own."""
    if is_fragment(request):
        context = _talk_context(kind, case, name, form)
        return render(request, f"{TALK}#{name}-form", context, status=status)
    context = shell(kind, request, case, tab="communication", at=clock.now())
    context |= talk(request, case, context["page"])
    context[f"{name}_form"] = form
    return _with_status(tab_or_fragment(request, TALK, "communication", context), status)


# ------------------------------------------------------------------ answers
def press(
    kind: KindPages,
    request: HttpRequest,
    case: Case,
    act: Callable[[], Case],
    sentence: Callable[[Case], str],
) -> HttpResponse:
    """An act of one button."""
    try:
        stored = act()
    except Refusal as refusal:
        return conflict(kind, request, case, refusal)
    return done(kind, request, case, sentence(stored))


def submit(
    kind: KindPages,
    request: HttpRequest,
    number: str,
    name: str,
    form: forms.Form,
    act: Callable[[Case], str],
    fields: Mapping[str, str] | None = None,
) -> HttpResponse:
    """An act of a dialog: its form, then the call, then the sentence that it answers.

    ``name`` is the form's in the shell; ``fields`` maps fields of the operation to the form's.
    """
    case = found_or_404(kind, request, number)
    if not form.is_valid():
        return _form_again(kind, request, case, name, form)
    try:
        sentence = act(case)
    except Refusal as refusal:
        return _refused(kind, request, case, refusal, name, form, fields or {})
    return done(kind, request, case, sentence)


def stands(stored: Case, as_done: CaseStatus, sentence: str) -> str:
    """What is true now: when a form comes again, somebody may have gone on from its result."""
    if stored.status == as_done:
        return sentence
    return f"{SUBMITTED_BEFORE} {stored.number} is {stored.get_status_display()} now."


def done(kind: KindPages, request: HttpRequest, case: Case, sentence: str) -> HttpResponse:
    """Back to the page; htmx gets the fresh top and the panels refresh themselves."""
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(kind.url("detail", case.number))
    response = _fresh_top(kind, request, case, toast=sentence)
    response["HX-Trigger-After-Settle"] = json.dumps({"case-changed": {}})
    return response


def _fresh_top(
    kind: KindPages, request: HttpRequest, case: Case, *, status: int = 200, **more: Any
) -> HttpResponse:
    fresh = found_or_404(kind, request, case.number)
    context = shell(kind, request, fresh, tab=_tab_of(kind, request), at=clock.now(), **more)
    response = render(request, f"{SHELL}#case-top", context, status=status)
    response["HX-Retarget"] = TOP
    response["HX-Reswap"] = "outerHTML"
    return response


def _tab_of(kind: KindPages, request: HttpRequest) -> str:
    """The tab from which htmx was asked, so that its links stay where they are."""
    last = request.headers.get("HX-Current-URL", "").partition("?")[0].rpartition("/")[2]
    return last if last in {tab.code for tab in kind.tabs} else "details"


def conflict(kind: KindPages, request: HttpRequest, case: Case, refusal: Refusal) -> HttpResponse:
    """No longer possible: the fresh top with who and when in a blue note (409)."""
    status = refusal.http_status
    if is_fragment(request):
        response = _fresh_top(kind, request, case, status=status, refusal=refusal)
        response["HX-Trigger-After-Settle"] = json.dumps({"case-changed": {}})
        return response
    fresh = found_or_404(kind, request, case.number)
    return _with_status(details_of(kind, request, fresh, refusal=refusal), status)


def _form_again(
    kind: KindPages,
    request: HttpRequest,
    case: Case,
    name: str,
    form: forms.Form,
    status: int = 422,
    **more: Any,
) -> HttpResponse:
    """The dialog's form with its messages, what was typed and a key of its own."""
    if is_fragment(request):
        template = SHELL if name in SHARED_FORMS else kind.parts
        context = named(kind, case) | {name: form}
        return render(request, f"{template}#{name.replace('_', '-')}", context, status=status)
    return _with_status(details_of(kind, request, case, **{name: form}, **more), status)


def _refused(
    kind: KindPages,
    request: HttpRequest,
    case: Case,
    refusal: Refusal,
    name: str,
    form: forms.Form,
    fields: Mapping[str, str],
) -> HttpResponse:
    """What the operation refused: a message at the field, or the fresh state."""
    if isinstance(refusal, form_keys.UnableToSubmitAgain):
        form.add_error(None, refusal.sentence)
        fresh = found_or_404(kind, request, case.number)
        return _form_again(kind, request, fresh, name, form, refusal.http_status, refusal=refusal)
    if refusal.is_conflict or refusal.is_forbidden:
        return conflict(kind, request, case, refusal)
    put_beside(form, refusal, field=fields.get(refusal.field))
    return _form_again(kind, request, case, name, form)


def _with_status(response: HttpResponse, status: int) -> HttpResponse:
    response.status_code = status
    return response
