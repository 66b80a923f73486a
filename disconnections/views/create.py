"""Create Request: choose the consumer, say what is wished, review, submit.

The page is one address; its three sections open in turn. What was typed lies in the draft, the
consumer is held by the profile lock, so that a reload, a second tab or a new sign-in goes on where
it stood. Each act is a plain POST; htmx swaps the fragment ``create`` instead of the page.
"""

import re
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from consumers import queries as consumers
from consumers.choices import LockPurpose
from consumers.operations import (
    release_profile_lock,
    renew_profile_lock,
    take_profile_lock,
)
from consumers.views.choosing import SELECT_A_CUSTOMER, Looked, look_for
from disconnections.forms import NotifyForm, RequestForm
from disconnections.operations import DRAFT, create_request
from disconnections.queries.create import Chosen, find_chosen, get_made
from disconnections.rules import RequestWish
from disconnections.views.sheet import (
    CARRIED,
    FIELDS,
    OF_THE_CONSUMER,
    TEMPLATE,
    Sheet,
    held_context,
    keep,
    open_sheet,
    page_url,
    shown,
    typed_before,
    typed_in,
)
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.kernel.text import REQUIRED, key_in
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web import drafts
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import done, is_fragment

OWN_NAMES = {*FIELDS, *CARRIED, "csrfmiddlewaretoken", "form_key", "notifies_consumer", "q"}
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@require_GET
@requires(Permission.CREATE_REQUEST)
def request_new(request: HttpRequest) -> HttpResponse:
    """The page, where it stood; ``?consumer=`` comes from a consumer's profile."""
    at = clock.now()
    me = signed_in_person(request)
    sheet = open_sheet(me, typed_before(me), at=at)
    wanted = None
    account = request.GET.get("consumer", "")
    if account and (sheet.chosen is None or sheet.chosen.facts.account_number != account):
        wanted = find_chosen(account, to=me, at=at)
    if wanted is not None:
        return shown(request, sheet, step=1, wanted=wanted)
    if request.GET.get("step") != "3" or not sheet.is_held or sheet.chosen is None:
        return shown(request, sheet, step=2)
    form = sheet.judged_form(sheet.offer(sheet.chosen))
    return shown(request, sheet, step=3 if form.is_valid() else 2, form=form)


@require_POST
@requires(Permission.CREATE_REQUEST)
def consumer_choose(request: HttpRequest) -> HttpResponse:
    """Choose the consumer and hold the profile (AC002). ``fresh`` leaves an older draft behind."""
    me, at = signed_in_person(request), clock.now()
    account = request.POST.get("account", "")
    chosen = find_chosen(account, to=me, at=at) if account else None
    before = open_sheet(me, typed_before(me), at=at, known=chosen)
    if chosen is None:
        return _searched(request, before)
    consumer = chosen.facts.id
    try:
        _refuse_if_impossible(chosen)
        lock = take_profile_lock(
            consumer=consumer, purpose=LockPurpose.CREATE_REQUEST, by=me, at=at
        )
    except Refusal as refusal:
        return shown(request, before, step=1, refusal=refusal, status=refusal.http_status)
    typed = before.typed
    if before.chosen is not None and before.chosen.facts.id != consumer:
        _let_go(request, before.chosen)
        is_done = bool(before.chosen.open_request)  # the draft's request was made meanwhile
        for name in FIELDS if is_done or request.POST.get("fresh") else OF_THE_CONSUMER:
            typed.pop(name, None)
        typed.pop("confirmed_kind", None)
    typed["consumer"] = str(consumer)
    typed["lock_token"] = str(lock.token)
    held = replace(chosen, lock=consumers.hold_facts(lock, to=me))
    sheet = open_sheet(me, typed, at=at, known=held)
    keep(sheet)
    if not is_fragment(request):
        return HttpResponseRedirect(page_url(2) + "#step-2")
    return shown(request, sheet, step=2)


def _refuse_if_impossible(chosen: Chosen) -> None:
    """Say at once what the operation would say in the end."""
    if chosen.open_request:
        raise Refusal(
            f"{chosen.open_request} is already open for this account",
            is_conflict=True,
            link=reverse("disconnection_detail", args=[chosen.open_request]),
        )
    if chosen.why_not:
        raise Refusal(chosen.why_not)


def _searched(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Nobody was chosen: what the search finds, each as a button (without JavaScript)."""
    found = look_for(request.POST, to=sheet.person, at=sheet.at)
    search = replace(found, error=found.error or SELECT_A_CUSTOMER)
    return shown(request, sheet, step=1, search=search, status=422)


def _let_go(request: HttpRequest, chosen: Chosen) -> None:
    """Give back a profile that this person holds."""
    if chosen.lock is not None and chosen.lock.is_own:
        release_profile_lock(
            consumer=chosen.facts.id,
            token=chosen.lock.token,
            by=signed_in_person(request),
            at=clock.now(),
        )


@require_POST
@requires(Permission.CREATE_REQUEST)
def request_parts(request: HttpRequest) -> HttpResponse:
    """What depends on what was just chosen: summary, the reason's facts, the day's slots.

    Writes nothing. The hidden fields tell what the page shows now, and only what differs is sent.
    """
    at = clock.now()
    sheet = open_sheet(signed_in_person(request), typed_in(request.POST), at=at)
    if not sheet.is_held or sheet.chosen is None:
        return _whole(shown(request, sheet, step=1))
    if sheet.kind(sheet.chosen) != sheet.typed.get("confirmed_kind"):
        return _whole(shown(request, sheet, step=2))
    context = held_context(sheet, sheet.chosen, None)
    reason = context["wished"].reason
    day = context["day"]
    context |= {
        "chosen": sheet.chosen,
        "step": 2,
        "is_part": True,
        "is_new_reason": sheet.typed.get("permanence_for", "") != str(reason.id if reason else ""),
        "is_new_day": request.POST.get("slots_on", "") != (day.isoformat() if day else ""),
    }
    return render(request, f"{TEMPLATE}#parts", context)


def _whole(response: HttpResponse) -> HttpResponse:
    """The answer replaces the whole page's content instead of one part."""
    response["HX-Retarget"] = "#create"
    response["HX-Reswap"] = "outerHTML"
    return response


@require_POST
@requires(Permission.CREATE_REQUEST)
def request_review(request: HttpRequest) -> HttpResponse:
    """Judge the second section; open the third when it is complete."""
    at = clock.now()
    sheet = open_sheet(signed_in_person(request), typed_in(request.POST), at=at)
    keep(sheet)
    if sheet.chosen is None:
        return _no_customer(request, sheet)
    if not sheet.is_held:
        return shown(request, sheet, step=1, status=409)
    form = sheet.judged_form(sheet.offer(sheet.chosen))
    if not form.is_valid():
        return shown(request, sheet, step=2, form=form, status=409 if form.is_conflict else 422)
    if not is_fragment(request):
        return HttpResponseRedirect(page_url(3) + "#step-3")
    return shown(request, sheet, step=3, form=form)


@require_POST
@requires(Permission.CREATE_REQUEST)
def request_save(request: HttpRequest) -> HttpResponse:
    """Keep the second section as it is and show it again: how slots load without JavaScript."""
    keep(open_sheet(signed_in_person(request), typed_in(request.POST), at=clock.now()))
    return HttpResponseRedirect(page_url(2) + "#slots")


def _no_customer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    error = SELECT_A_CUSTOMER if sheet.typed.get("consumer") else REQUIRED
    return shown(request, sheet, step=1, search=Looked(error=error), status=422)


@require_POST
@requires(Permission.CREATE_REQUEST)
def request_submit(request: HttpRequest) -> HttpResponse:
    """Submit Request. A form that comes twice leads to the first one's receipt."""
    form_key = posted_form_key(request.POST)
    at = clock.now()
    form, notify = RequestForm(request.POST), NotifyForm(request.POST)
    consumer = key_in(request.POST.get("consumer", ""))
    refusal = None
    if consumer is not None and form.is_valid() and notify.is_valid():
        wish = RequestWish(
            consumer=consumer,
            lock_token=key_in(request.POST.get("lock_token", "")) or 0,
            confirmed_kind=request.POST.get("confirmed_kind", ""),
            notifies_consumer=notify.cleaned_data["notifies_consumer"],
            ignored_fields=ignored_fields(request.POST),
            **form.cleaned_data,
        )
        try:
            made = create_request(wish=wish, by=signed_in_person(request), at=at, form_key=form_key)
        except Refusal as why:
            refusal = why
        else:
            return done(request, to=reverse("request_created", args=[made.case.number]))
    return _not_submitted(request, notify=notify, refusal=refusal, form_key=str(form_key))


def ignored_fields(post: QueryDict) -> tuple[str, ...]:
    """Names of fields that no form of ours has: mass assignment, kept for the record (30)."""
    return tuple(
        sorted(name for name in post if name not in OWN_NAMES and FIELD_NAME.fullmatch(name))
    )[:20]


def _not_submitted(
    request: HttpRequest, *, notify: NotifyForm, refusal: Refusal | None, form_key: str
) -> HttpResponse:
    """The page again with everything that was typed, and why it was not submitted."""
    sheet = open_sheet(signed_in_person(request), typed_in(request.POST), at=clock.now())
    keep(sheet)
    if sheet.chosen is None:
        return _no_customer(request, sheet)
    status = refusal.http_status if refusal else 422
    if not sheet.is_held:
        return shown(request, sheet, step=1, refusal=refusal, status=status)
    form = sheet.judged_form(sheet.offer(sheet.chosen))
    is_complete = form.is_valid()
    if refusal is not None and refusal.field in form.fields:
        if refusal.sentence not in form.errors.get(refusal.field, ()):
            form.add_error(refusal.field, refusal.sentence)
        refusal = None
    step = 3 if is_complete and not form.errors and not notify.is_valid() else 2
    return shown(
        request, sheet, step=step, form=form, notify=notify,
        refusal=refusal, form_key=form_key, status=status,
    )  # fmt: skip


@require_POST
@requires(Permission.CREATE_REQUEST)
def lock_heartbeat(request: HttpRequest) -> HttpResponse:
    """The page is still open: the hold goes on (CON14)."""
    consumer = key_in(request.GET.get("consumer", ""))
    token = key_in(request.GET.get("token", ""))
    if consumer is None or token is None:
        raise Http404
    try:
        renew_profile_lock(
            consumer=consumer, token=token, by=signed_in_person(request), at=clock.now()
        )
    except Refusal as refusal:
        return HttpResponse(refusal.sentence, status=409, content_type="text/plain")
    return HttpResponse(status=204)


@require_POST
@requires(Permission.CREATE_REQUEST)
def consumer_release(request: HttpRequest) -> HttpResponse:
    """Give the profile back and search again; what was typed about the request stays."""
    at = clock.now()
    sheet = open_sheet(signed_in_person(request), typed_in(request.POST), at=at)
    if sheet.chosen is not None:
        _let_go(request, sheet.chosen)
    for name in (*CARRIED, *OF_THE_CONSUMER):
        sheet.typed.pop(name, None)
    sheet.chosen = None
    keep(sheet)
    if not is_fragment(request):
        return HttpResponseRedirect(page_url(1))
    return shown(request, sheet, step=1)


@require_POST
@requires(Permission.CREATE_REQUEST)
def request_cancel(request: HttpRequest) -> HttpResponse:
    """Cancel and release: the profile is free again, the draft is forgotten."""
    at = clock.now()
    sheet = open_sheet(signed_in_person(request), typed_in(request.POST), at=at)
    if sheet.chosen is not None:
        _let_go(request, sheet.chosen)
    drafts.drop_draft(by=signed_in_person(request).pk, form=DRAFT)
    return done(request, to=reverse("request_list"))


@require_GET
@requires(Permission.CREATE_REQUEST)
def request_created(request: HttpRequest, number: str) -> HttpResponse:
    """The success page: the number, the details, the receipt, the next request (DIS5)."""
    made = get_made(number, to=signed_in_person(request))
    if made is None:
        raise Http404
    return render(request, "disconnections/request_created.html", {"made": made})
