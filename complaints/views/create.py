"""Create Complaint: the customer, what it is about, the evidence, review and submit (CMP2).

Each step is a form of its own at the draft's address; Next and Back keep it and lead on. The draft
lives in the database, so that a reload, a second tab or a new sign-in goes on where it stood.
"""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from complaints import operations
from complaints.access import find_draft, visible_complaints
from complaints.forms import AcknowledgeForm, DetailsForm, NotesForm, StrangerForm
from complaints.models import ComplaintDraft
from complaints.operations import UnableToKeepDraft
from complaints.queries.create import find_customer, find_people, get_made, is_enough
from complaints.queries.drafts import submitted_as
from complaints.views.sheet import (
    CUSTOMER,
    DETAILS,
    EVIDENCE,
    FIELDS,
    REVIEW,
    TEMPLATE,
    Sheet,
    carried,
    open_sheet,
    said_in,
    shown,
)
from consumers.views.choosing import look_for
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.throttle import take_turn

STEP_OF = {name: step for step, names in FIELDS.items() for name in names}
"""The step on which a field stands that the operation refuses."""


# ------------------------------------------------------------------ looking
@require_GET
@requires(Permission.CREATE_COMPLAINT)
def complaint_new(request: HttpRequest) -> HttpResponse:
    """A new complaint, and one's own that are not finished. ``?consumer=`` comes from a profile."""
    me = signed_in_person(request)
    sheet = open_sheet(me, None, at=clock.now())
    account = request.GET.get("consumer", "")
    wanted = find_customer(account, to=me) if account else None
    return shown(request, sheet, step=CUSTOMER, wanted=wanted, by_hand=_by_hand(request, sheet))


@require_GET
@requires(Permission.CREATE_COMPLAINT)
def complaint_draft(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """A draft where it stood. Steps are reached in order; after submit it is the receipt (115)."""
    found = _found(request, draft)
    if isinstance(found, HttpResponse):
        return found
    sheet = open_sheet(signed_in_person(request), found, at=clock.now())
    asked = request.GET.get("step", "")
    step = int(asked) if asked in {"1", "2", "3", "4"} else sheet.furthest
    if step > sheet.furthest:
        return HttpResponseRedirect(sheet.url(sheet.furthest))
    return shown(request, sheet, step=step, by_hand=_by_hand(request, sheet))


def _by_hand(request: HttpRequest, sheet: Sheet) -> bool:
    """Whether the first step shows the fields of somebody who is not in the system."""
    return request.GET.get("by", "hand" if sheet.is_by_hand else "") == "hand"


def _found(request: HttpRequest, draft: uuid.UUID) -> ComplaintDraft | HttpResponse:
    """One's own draft; or the way to the complaint that it has become. Raises `Http404`."""
    me = signed_in_person(request)
    found = find_draft(draft, to=me)
    if found is not None:
        return found
    number = submitted_as(draft, by=me)
    if not number:
        raise Http404
    return HttpResponseRedirect(reverse("complaint_created", args=[number]))


@require_GET
@requires(Permission.CREATE_COMPLAINT)
def complaint_staff(request: HttpRequest) -> HttpResponse:
    """What the box for the person named shows below itself while somebody types."""
    typed = request.GET.get("staff_search", "")[:100]
    if is_enough(typed):
        take_turn(signed_in_person(request).pk)
    people = find_people(typed)
    return render(request, "complaints/staff_results.html", {"people": people})


@require_GET
@requires(Permission.CREATE_COMPLAINT)
def complaint_created(request: HttpRequest, number: str) -> HttpResponse:
    """The success page: the number, the details, the next complaint."""
    me = signed_in_person(request)
    made = get_made(number, to=me)
    if made is None:
        raise Http404
    can_be_opened = visible_complaints(me).filter(number=number).exists()
    context = {"made": made, "can_be_opened": can_be_opened}
    return render(request, "complaints/complaint_created.html", context)


# ------------------------------------------------------------------ step 1
@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_customer(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Select a customer; the draft begins with it."""
    me, at = signed_in_person(request), clock.now()
    account = request.POST.get("account", "")
    customer = find_customer(account, to=me) if account else None
    if customer is None:
        return _searched(request, draft)
    sent = said_in(CUSTOMER, request.POST)
    said = replace(sent, words={"consumer": [str(customer.id)]})
    try:
        operations.begin_draft(draft=draft, said=said, by=me, at=at)
    except UnableToKeepDraft as refusal:
        return _refused(request, draft, CUSTOMER, refusal)
    return HttpResponseRedirect(f"{reverse('complaint_draft', args=[draft])}?step=1")


def _searched(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Nobody was chosen: what the search finds, each as a button (without JavaScript)."""
    me, at = signed_in_person(request), clock.now()
    search = look_for(request.POST, to=me, at=at)
    sheet = open_sheet(me, find_draft(draft, to=me), at=at, key=draft)
    return shown(request, sheet, step=CUSTOMER, status=422, search=search)


@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_stranger(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Enter Customer Details Manually; the draft begins with it."""
    me, at = signed_in_person(request), clock.now()
    form = StrangerForm(request.POST)
    if not any(carried(CUSTOMER, request.POST).values()):
        sheet = open_sheet(me, find_draft(draft, to=me), at=at, key=draft)
        return shown(request, sheet, step=CUSTOMER, status=422, by_hand=True, stranger=form)
    said = said_in(CUSTOMER, request.POST)
    kept: ComplaintDraft | None
    try:
        kept = operations.begin_draft(draft=draft, said=said, by=me, at=at)
    except UnableToKeepDraft as refusal:
        if form.is_valid() or refusal.is_conflict:
            return _refused(request, draft, CUSTOMER, refusal)
        kept = find_draft(draft, to=me)
    if form.is_valid() and kept is not None:
        return HttpResponseRedirect(f"{reverse('complaint_draft', args=[draft])}?step=2")
    posted = (CUSTOMER, request.POST)
    sheet = open_sheet(me, kept, at=at, key=draft, posted=posted)
    return shown(request, sheet, step=CUSTOMER, status=422, by_hand=True, stranger=form)


# ------------------------------------------------------------------ steps 2 and 3
@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_details(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Keep the second step, and lead on: Next, Back, or here again (without JavaScript)."""
    return _kept_and_on(request, draft, DETAILS)


@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_attach(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Keep what was said of the evidence, and lead on."""
    return _kept_and_on(request, draft, EVIDENCE)


def _kept_and_on(request: HttpRequest, draft: uuid.UUID, step: int) -> HttpResponse:
    me, at = signed_in_person(request), clock.now()
    found = _found(request, draft)
    if isinstance(found, HttpResponse):
        return found
    too_long: UnableToKeepDraft | None = None
    try:
        found = operations.keep_step(draft=draft, said=said_in(step, request.POST), by=me, at=at)
    except UnableToKeepDraft as refusal:
        if refusal.is_conflict:
            return _refused(request, draft, step, refusal)
        too_long = refusal
    posted = (step, request.POST)
    sheet = open_sheet(me, found, at=at, posted=posted)
    to = request.POST.get("to", "")
    if too_long is None and to == "back":
        return HttpResponseRedirect(sheet.url(step - 1))
    if too_long is None and to == "here":
        return HttpResponseRedirect(sheet.url(step))
    if too_long is None and sheet.is_complete(step):
        return HttpResponseRedirect(sheet.url(min(step + 1, sheet.furthest)))
    return shown(
        request, sheet, step=step, status=422, form=_judged(sheet, step), refusal=too_long
    )  # fmt: skip


def _judged(sheet: Sheet, step: int) -> DetailsForm | NotesForm:
    """The form of a step with what is wrong with it."""
    form = sheet.details if step == DETAILS else sheet.notes
    form.is_valid()
    return form


def _refused(
    request: HttpRequest, draft: uuid.UUID, step: int, refusal: UnableToKeepDraft
) -> HttpResponse:
    """Another window was faster: what was typed here stays, and can be kept after all."""
    me, at = signed_in_person(request), clock.now()
    found = _found(request, draft)
    if isinstance(found, HttpResponse):
        return found
    sheet = open_sheet(me, found, at=at, posted=(step, request.POST))
    typed = carried(step, request.POST).dict()
    more: dict[str, Any] = {"is_stale": refusal.is_conflict}
    if step == CUSTOMER:
        more |= {"by_hand": "name_said" in typed, "stranger": StrangerForm(initial=typed)}
    return shown(request, sheet, step=step, status=refusal.http_status, refusal=refusal, **more)


@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_parts(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """What follows from the category and sub-category just chosen. Writes nothing.

    With ``?only=summary`` the summary alone: what was chosen stays as it is.
    """
    me, at = signed_in_person(request), clock.now()
    found = _found(request, draft)
    if isinstance(found, HttpResponse):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = found["Location"]
        return response
    sheet = open_sheet(me, found, at=at, posted=(DETAILS, request.POST))
    is_summary = request.GET.get("only") == "summary"
    context = {
        "sheet": sheet,
        "form": sheet.fresh_details,
        "summary": sheet.summary(),
        "is_part": not is_summary,
    }
    return render(request, f"{TEMPLATE}#{'summary' if is_summary else 'parts'}", context)


@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_save(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Keep a step while somebody still types; says so when another window was faster."""
    me, at = signed_in_person(request), clock.now()
    asked = request.GET.get("step", "")
    if asked not in {"1", "2", "3"}:
        raise Http404
    said = replace(said_in(int(asked), request.POST), is_passing=True)
    try:
        if asked == "1":
            operations.begin_draft(draft=draft, said=said, by=me, at=at)
        else:
            operations.keep_step(draft=draft, said=said, by=me, at=at)
    except UnableToKeepDraft as refusal:
        status = refusal.http_status
        return HttpResponse(refusal.sentence, status=status, content_type="text/plain")
    return HttpResponse(status=204)


# ------------------------------------------------------------------ step 4
@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_submit(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Submit Complaint. What comes twice leads to the first one's receipt."""
    me, at = signed_in_person(request), clock.now()
    found = _found(request, draft)
    if isinstance(found, HttpResponse):
        return found
    sheet = open_sheet(me, found, at=at)
    form = AcknowledgeForm(request.POST)
    if sheet.furthest != REVIEW:
        return HttpResponseRedirect(sheet.url(sheet.furthest))
    if not form.is_valid():
        return shown(request, sheet, step=REVIEW, status=422, form=form)
    try:
        made = operations.create_complaint(
            wish=sheet.wish(notifies_consumer=form.cleaned_data["notifies_consumer"]),
            by=me,
            at=at,
            form_key=found.form_key,
            draft=draft,
            seen=request.POST.get("seen", ""),
        )
    except Refusal as refusal:
        return _not_submitted(request, draft, form, refusal)
    return HttpResponseRedirect(reverse("complaint_created", args=[made.case.number]))


def _not_submitted(
    request: HttpRequest, draft: uuid.UUID, form: AcknowledgeForm, refusal: Refusal
) -> HttpResponse:
    """The review as it is now, or the step that has to be looked at again, and why."""
    found = _found(request, draft)
    if isinstance(found, HttpResponse):
        return found
    sheet = open_sheet(signed_in_person(request), found, at=clock.now())
    step = min(STEP_OF.get(refusal.field, REVIEW), sheet.furthest)
    more: dict[str, Any] = {"form": form} if step == REVIEW else {}
    return shown(request, sheet, step=step, status=refusal.http_status, refusal=refusal, **more)


# ------------------------------------------------------------------ letting go
@require_POST
@requires(Permission.CREATE_COMPLAINT)
def complaint_discard(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Discard a draft with its files."""
    operations.drop_draft(draft=draft, by=signed_in_person(request))
    messages.success(request, "Draft discarded")
    return HttpResponseRedirect(reverse("complaint_new"))
