"""The Privacy tab of a profile: export of a person's data, and erasure, by two people (R8)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from consumers import access
from consumers.models import Consumer
from consumers.views.profiles import found_consumer, shell
from smart360.custody.choices import ExportFile, PrivacyKind
from smart360.custody.forms import DeclineForm, ErasureForm, PrivacyForm
from smart360.custody.models import PrivacyAct
from smart360.custody.models.privacy import UNDER_WAY
from smart360.custody.operations.erasing import ask_for_erasure, erase_person
from smart360.custody.operations.privacy import (
    approve_export,
    ask_for_export,
    decline_privacy,
    retry_export,
    take_file,
)
from smart360.custody.queries.erasing import in_the_way
from smart360.custody.queries.privacy import ActRow, find_act, knows_all_cases, list_acts
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment

PAGE = "custody/consumer_privacy.html"


@require_GET
@requires(Permission.HANDLE_PRIVACY)
def consumer_privacy(request: HttpRequest, account: str) -> HttpResponse:
    """What was exported, what waits, and the form that asks; an export being made refreshes."""
    consumer = found_consumer(request, account)
    return _page(request, consumer)


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def export_ask(request: HttpRequest, account: str) -> HttpResponse:
    """Ask for an export; somebody else approves it."""
    return _ask(request, account, PrivacyKind.EXPORT)


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def erasure_ask(request: HttpRequest, account: str) -> HttpResponse:
    """Ask for the erasure of the person; somebody else does it."""
    return _ask(request, account, PrivacyKind.ERASURE)


def _ask(request: HttpRequest, account: str, kind: PrivacyKind) -> HttpResponse:
    consumer = found_consumer(request, account)
    key, form = posted_form_key(request.POST), PrivacyForm(request.POST)
    if not form.is_valid():
        return _page(request, consumer, asks={kind: form}, status=422)
    ask = ask_for_erasure if kind == PrivacyKind.ERASURE else ask_for_export
    try:
        ask(
            consumer=consumer.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return _refused(request, consumer, refusal)
    done = f"The {kind.label.lower()} was asked for. Somebody else has to approve it."
    messages.success(request, done)
    return _back(consumer)


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def person_erase(request: HttpRequest, account: str, act: int) -> HttpResponse:
    """Erase the person, as somebody else asked for: for good, with the account's number typed."""
    consumer = found_consumer(request, account)
    found, form = _act(consumer, act, PrivacyKind.ERASURE), ErasureForm(request.POST)
    if not form.is_valid():
        return _page(request, consumer, erases={found.pk: form}, status=422)
    try:
        erase_person(
            act=found.pk,
            account_typed=form.cleaned_data["account"],
            by=signed_in_person(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, refusal.sentence)
            erases = {found.pk: form}
            return _page(request, consumer, erases=erases, status=refusal.http_status)
        return _refused(request, consumer, refusal)
    messages.success(request, "The person was erased")
    return _back(consumer)


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def export_approve(request: HttpRequest, account: str, act: int) -> HttpResponse:
    """Let an export be made that somebody else asked for."""
    consumer = found_consumer(request, account)
    found = _act(consumer, act, PrivacyKind.EXPORT)
    return _press(request, consumer, approve_export, found, "The export is being made.")


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def export_retry(request: HttpRequest, account: str, act: int) -> HttpResponse:
    """Let a worker try again."""
    consumer = found_consumer(request, account)
    found = _act(consumer, act, PrivacyKind.EXPORT)
    return _press(request, consumer, retry_export, found, "The export is being made.")


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def privacy_decline(request: HttpRequest, account: str, act: int) -> HttpResponse:
    """Refuse what somebody else asked for, with a reason."""
    consumer = found_consumer(request, account)
    found, form = _act(consumer, act), DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, consumer, declines={found.pk: form}, status=422)
    try:
        decline_privacy(
            act=found.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        return _refused(request, consumer, refusal)
    messages.success(request, "Declined")
    return _back(consumer)


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def export_data(request: HttpRequest, account: str, act: int) -> HttpResponse:
    """Take the data of an export; who takes them is noted."""
    return _take(request, account, act, ExportFile.JSON)


@require_POST
@requires(Permission.HANDLE_PRIVACY)
def export_paper(request: HttpRequest, account: str, act: int) -> HttpResponse:
    """Take the document of an export; who takes it is noted."""
    return _take(request, account, act, ExportFile.PDF)


def _take(request: HttpRequest, account: str, act: int, file: ExportFile) -> HttpResponse:
    consumer = found_consumer(request, account)
    found = _act(consumer, act, PrivacyKind.EXPORT)
    try:
        kept = take_file(act=found.pk, file=file, by=signed_in_person(request), at=clock.now())
        return as_download(kept)
    except Refusal as refusal:
        return _refused(request, consumer, refusal)


def _press(
    request: HttpRequest,
    consumer: Consumer,
    operation: Callable[..., object],
    act: PrivacyAct,
    done: str,
) -> HttpResponse:
    """One button beside one act."""
    try:
        operation(act=act.pk, by=signed_in_person(request), at=clock.now())
    except Refusal as refusal:
        return _refused(request, consumer, refusal)
    messages.success(request, done)
    return _back(consumer)


def _act(consumer: Consumer, act: int, kind: PrivacyKind | None = None) -> PrivacyAct:
    found = find_act(consumer.pk, act)
    if found is None or (kind is not None and found.kind != kind):
        raise Http404
    return found


def _back(consumer: Consumer) -> HttpResponse:
    return HttpResponseRedirect(resolve_url("consumer_privacy", consumer.account_number))


def _refused(request: HttpRequest, consumer: Consumer, refusal: Refusal) -> HttpResponse:
    return _page(request, consumer, refusal=refusal, status=refusal.http_status)


def _page(
    request: HttpRequest,
    consumer: Consumer,
    *,
    asks: dict[PrivacyKind, PrivacyForm] | None = None,
    erases: dict[int, ErasureForm] | None = None,
    declines: dict[int, DeclineForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    person, asks = signed_in_person(request), asks or {}
    acts = list_acts(consumer.pk, to=person)
    is_theirs, is_erased = knows_all_cases(consumer.pk, person), consumer.erased_at is not None
    context: dict[str, Any] = {
        "acts": [
            (
                act,
                (declines or {}).get(act.key) or DeclineForm(auto_id=f"decline-{act.key}-%s"),
                (erases or {}).get(act.key) or ErasureForm(auto_id=f"erase-{act.key}-%s"),
            )
            for act in acts
        ],
        "is_working": any(act.is_being_made for act in acts),
        "is_theirs": is_theirs,
        "asks_export": is_theirs and not is_erased and not _under_way(acts, PrivacyKind.EXPORT),
        "asks_erasure": is_theirs and not is_erased and not _under_way(acts, PrivacyKind.ERASURE),
        "export_form": asks.get(PrivacyKind.EXPORT) or PrivacyForm(auto_id="export-%s"),
        "erasure_form": asks.get(PrivacyKind.ERASURE) or PrivacyForm(auto_id="erasure-%s"),
        "kept_days": settings.EXPORT_KEPT_DAYS,
        "refusal": refusal,
    }
    if context["asks_erasure"]:
        today = today_in_use()
        currency = get_utility().currency
        context["in_the_way"] = in_the_way(consumer, today=today, currency=currency)
    shown = access.shown(consumer, to=person)
    if is_fragment(request):
        return render(request, f"{PAGE}#acts", context | {"consumer": shown}, status=status)
    head = shell(request, shown, tab="Privacy")
    return render(request, PAGE, head | context, status=status)


def _under_way(acts: Sequence[ActRow], kind: PrivacyKind) -> bool:
    return any(act.kind == kind and act.state in UNDER_WAY for act in acts)
