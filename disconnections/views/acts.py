"""The acts on one request: each POST makes one call and answers fragments or a redirect."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from disconnections import operations
from disconnections.queries.detail import hold_choices, service_lines
from disconnections.views.requests import (
    TABS,
    communication,
    found_or_404,
    shell,
    tab_or_fragment,
)
from smart360.cases import operations as cases
from smart360.cases.choices import CaseStatus
from smart360.cases.forms import (
    ApprovalForm,
    CallForm,
    CloseForm,
    DecisionForm,
    HoldForm,
    MessageForm,
    NoteForm,
)
from smart360.cases.models import Case
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web import form_keys
from smart360.web.fields import form_key_if_sent, posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment

SHELL = "disconnections/request_shell.html"
TALK = "disconnections/request_communication.html"
TOP = "#case-top"
SUBMITTED_BEFORE = "This form was submitted before."


# ------------------------------------------------------------------ status
@require_POST
@requires(Permission.ACKNOWLEDGE)
def request_acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Take note of the request: In Progress from now on (AC010)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)
    return _press(
        request,
        case,
        lambda: cases.acknowledge(case=case.pk, by=me, at=clock.now(), form_key=key),
        lambda stored: _stands(stored, CaseStatus.IN_PROGRESS, f"{number} is in progress."),
    )


@require_POST
@requires(Permission.HOLD)
def request_resume(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with the request (AC011)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)
    return _press(
        request,
        case,
        lambda: cases.resume(case=case.pk, by=me, at=clock.now(), form_key=key),
        lambda stored: _stands(stored, CaseStatus.IN_PROGRESS, f"{number} is in progress again."),
    )


@require_POST
@requires(Permission.ASSIGN)
def request_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Take the request on oneself, from its own page or from the start page."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)

    def act() -> Case:
        return cases.assign(case=case.pk, to=me, by=me, at=clock.now(), form_key=key)

    def sentence(stored: Case) -> str:
        if stored.assignee_id == me.pk:
            return f"{number} is assigned to you."
        whom = stored.assignee.full_name if stored.assignee else "nobody"
        return f"{SUBMITTED_BEFORE} {number} is assigned to {whom} now."

    if request.POST.get("from") == "start":
        return _from_start(request, act, sentence, number)
    return _press(request, case, act, sentence)


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


@require_POST
@requires(Permission.HOLD)
def request_hold(request: HttpRequest, number: str) -> HttpResponse:
    """Put the request on hold for a reason, until a moment (AC010)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)
    form = HoldForm(request.POST, reasons=hold_choices())
    if not form.is_valid():
        return _form_again(request, case, "hold_form", form)
    try:
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
    except Refusal as refusal:
        return _refused(request, case, refusal, "hold_form", form, {"resume_by": "resume_on"})
    return _done(request, case, _stands(stored, CaseStatus.ON_HOLD, f"{number} is on hold."))


@require_POST
@requires(Permission.CLOSE)
def request_close(request: HttpRequest, number: str) -> HttpResponse:
    """End the request without carrying it out (DIS7)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _form_again(request, case, "close_form", form)
    try:
        stored = operations.close_request(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
    except Refusal as refusal:
        return _refused(request, case, refusal, "close_form", form, {})
    return _done(request, case, _stands(stored, CaseStatus.CLOSED, f"{number} is closed."))


# ------------------------------------------------------------------ approval
@require_POST
@requires(Permission.ASK_FOR_APPROVAL)
def request_ask_approval(request: HttpRequest, number: str) -> HttpResponse:
    """Put the request before supervisors, and say why (DIS11)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _form_again(request, case, "approval_form", form)
    try:
        operations.ask_for_approval(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
    except Refusal as refusal:
        return _refused(request, case, refusal, "approval_form", form, {})
    return _done(request, case, f"{number} waits for a supervisor.")


@require_POST
@requires(Permission.APPROVE_REQUEST)
def request_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve the request, or reject it with a reason (DIS11, W14)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case = found_or_404(request, number)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _form_again(request, case, "decision_form", form)
    try:
        decided = operations.decide_approval(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
    except Refusal as refusal:
        return _refused(request, case, refusal, "decision_form", form, {})
    return _done(request, case, f"{number} is {decided.get_state_display().lower()}.")


# ------------------------------------------------------------------ words
@require_POST
@requires(Permission.ADD_NOTE)
def request_add_note(request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note."""
    me = signed_in_person(request)
    case, key, form = (
        found_or_404(request, number),
        posted_form_key(request.POST),
        NoteForm(request.POST),
    )

    def act() -> object:
        return cases.add_note(
            case=case.pk,
            by=me,
            at=clock.now(),
            form_key=key,
            **form.cleaned_data,
        )

    return _say(request, case, "note", form, act, "Internal note added.")


@require_POST
@requires(Permission.MESSAGE_CONSUMER)
def request_send_message(request: HttpRequest, number: str) -> HttpResponse:
    """Write to the consumer by e-mail."""
    me = signed_in_person(request)
    case, key, form = (
        found_or_404(request, number),
        posted_form_key(request.POST),
        MessageForm(request.POST),
    )

    def act() -> object:
        return cases.send_message(
            case=case.pk,
            by=me,
            at=clock.now(),
            form_key=key,
            **form.cleaned_data,
        )

    return _say(request, case, "message", form, act, "Message to the consumer is on its way.")


@require_POST
@requires(Permission.LOG_CALL)
def request_log_call(request: HttpRequest, number: str) -> HttpResponse:
    """Note a phone call."""
    me = signed_in_person(request)
    case, key, form = (
        found_or_404(request, number),
        posted_form_key(request.POST),
        CallForm(request.POST),
    )

    def act() -> object:
        return cases.log_call(
            case=case.pk,
            by=me,
            at=clock.now(),
            form_key=key,
            **form.cleaned_data,
        )

    return _say(request, case, "call", form, act, "Call logged.")


FORMS: dict[str, type[forms.Form]] = {"note": NoteForm, "message": MessageForm, "call": CallForm}


def _say(
    request: HttpRequest,
    case: Case,
    name: str,
    form: forms.Form,
    act: Callable[[], object],
    sentence: str,
) -> HttpResponse:
    """Do what a form of the Communication tab asks; its errors come back with what was typed."""
    status = 422
    if form.is_valid():
        try:
            act()
        except Refusal as refusal:
            status = refusal.http_status
            if refusal.is_conflict and not isinstance(refusal, form_keys.UnableToSubmitAgain):
                return _conflict(request, case, refusal)
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.sentence)
    if form.errors:
        return _talk_again(request, case, name, form, status)
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("request_communication", args=[case.number]))
    context: dict[str, Any] = _talk_context(request, case, name, FORMS[name]())
    response = render(request, f"{TALK}#{name}-form", context | {"toast": sentence})
    response["HX-Trigger-After-Settle"] = json.dumps({"case-changed": {}, "case-said": {}})
    return response


def _talk_context(request: HttpRequest, case: Case, name: str, form: forms.Form) -> dict[str, Any]:
    """One form of the Communication tab with what it needs."""
    return {
        "case": case,
        f"{name}_form": form,
        "form_key": form_keys.new_key,
        "recipient": case.consumer.email if case.consumer else "",
    }


def _talk_again(
    request: HttpRequest, case: Case, name: str, form: forms.Form, status: int
) -> HttpResponse:
    """The form with its messages, what was typed and a key of its own."""
    if is_fragment(request):
        context = _talk_context(request, case, name, form)
        return render(request, f"{TALK}#{name}-form", context, status=status)
    context = shell(request, case, tab="communication", at=clock.now())
    context |= communication(request, case, context)
    context[f"{name}_form"] = form
    return _with_status(tab_or_fragment(request, TALK, "communication", context), status)


# ------------------------------------------------------------------ answers
def _press(
    request: HttpRequest, case: Case, act: Callable[[], Case], sentence: Callable[[Case], str]
) -> HttpResponse:
    """An act of one button."""
    try:
        stored = act()
    except Refusal as refusal:
        return _conflict(request, case, refusal)
    return _done(request, case, sentence(stored))


def _stands(stored: Case, as_done: CaseStatus, sentence: str) -> str:
    """What is true now: when a form comes again, somebody may have gone on from its result."""
    if stored.status == as_done:
        return sentence
    return f"{SUBMITTED_BEFORE} {stored.number} is {stored.get_status_display()} now."


def _done(request: HttpRequest, case: Case, sentence: str) -> HttpResponse:
    """Back to the page; htmx gets the fresh top and the panels refresh themselves."""
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("request_detail", args=[case.number]))
    response = _fresh_top(request, case, toast=sentence)
    response["HX-Trigger-After-Settle"] = json.dumps({"case-changed": {}})
    return response


def _fresh_top(request: HttpRequest, case: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    fresh = found_or_404(request, case.number)
    context = shell(request, fresh, tab=_tab_of(request), at=clock.now(), **more)
    response = render(request, f"{SHELL}#case-top", context, status=status)
    response["HX-Retarget"] = TOP
    response["HX-Reswap"] = "outerHTML"
    return response


def _tab_of(request: HttpRequest) -> str:
    """The tab from which htmx was asked, so that its links stay where they are."""
    last = request.headers.get("HX-Current-URL", "").partition("?")[0].rpartition("/")[2]
    return last if last in {code for code, *_ in TABS} else "details"


def _conflict(request: HttpRequest, case: Case, refusal: Refusal) -> HttpResponse:
    """No longer possible: the fresh top with who and when in a blue note (409)."""
    status = refusal.http_status
    if is_fragment(request):
        response = _fresh_top(request, case, status=status, refusal=refusal)
        response["HX-Trigger-After-Settle"] = json.dumps({"case-changed": {}})
        return response
    fresh = found_or_404(request, case.number)
    return _with_status(_details(request, fresh, refusal=refusal), status)


def _details(request: HttpRequest, case: Case, **more: Any) -> HttpResponse:
    context = shell(request, case, tab="details", at=clock.now(), **more)
    context["services"] = service_lines(case, zone=zone_in_use())
    return tab_or_fragment(request, "disconnections/request_detail.html", "details", context)


def _form_again(
    request: HttpRequest, case: Case, name: str, form: forms.Form, status: int = 422, **more: Any
) -> HttpResponse:
    """The dialog's form with its messages, what was typed and a key of its own."""
    if is_fragment(request):
        context = {"case": case, name: form}
        fragment = name.replace("_", "-")
        return render(request, f"{SHELL}#{fragment}", context, status=status)
    return _with_status(_details(request, case, **{name: form}, **more), status)


def _refused(
    request: HttpRequest,
    case: Case,
    refusal: Refusal,
    name: str,
    form: forms.Form,
    fields: dict[str, str],
) -> HttpResponse:
    """What the operation refused: a message at the field, or the fresh state."""
    if isinstance(refusal, form_keys.UnableToSubmitAgain):
        form.add_error(None, refusal.sentence)
        fresh = found_or_404(request, case.number)
        return _form_again(request, fresh, name, form, refusal.http_status, refusal=refusal)
    if refusal.is_conflict or refusal.is_forbidden:
        return _conflict(request, case, refusal)
    field = fields.get(refusal.field, refusal.field)
    form.add_error(field if field in form.fields else None, refusal.sentence)
    return _form_again(request, case, name, form)


def _with_status(response: HttpResponse, status: int) -> HttpResponse:
    response.status_code = status
    return response
