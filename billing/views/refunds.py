"""Refunds: proposed at the account, decided from the list of those that wait (BIL7, M15)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.access import get_refund, visible_refunds
from billing.forms import ReasonForm, RefundForm
from billing.models import Refund
from billing.operations import refunds as operations
from billing.queries.policies import get_policy
from billing.queries.refunds import WaitingRefund, list_waiting, waiting_of
from billing.views.payments import account_figures, found_consumer, ledger_changed, shown
from consumers.models import Consumer
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment

NEW = "billing/refund_new.html"
LIST = "billing/refund_list.html"


# ------------------------------------------------------------------ proposing
@require_http_methods(["GET", "POST"])
@requires(Permission.PROPOSE_REFUND)
def refund_new(request: HttpRequest, account: str) -> HttpResponse:
    """Propose to give back a credit or a deposit."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        return _new(request, consumer, RefundForm(initial={"source": "CREDIT"}))
    key, form = posted_form_key(request.POST), RefundForm(request.POST)
    if not form.is_valid():
        return _new(request, consumer, form, status=422)
    try:
        refund = operations.propose_refund(
            wish=form.wish(consumer.pk),
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _new(request, consumer, form, status=refusal.http_status)
    messages.success(request, f"{refund.number} waits for approval.")
    return HttpResponseRedirect(reverse("refund_list"))


def _new(
    request: HttpRequest, consumer: Consumer, form: RefundForm, *, status: int = 200
) -> HttpResponse:
    context = account_figures(request, consumer) | {
        "form": form,
        "second_person_above": shown(get_policy().refund_two_people_from),
        "waiting": [(number, shown(amount)) for number, amount in waiting_of(consumer.pk)],
    }
    return page_or_fragment(request, NEW, "refund-form", context, status=status)


# ------------------------------------------------------------------ deciding
@require_GET
@requires(Permission.PROPOSE_REFUND, Permission.APPROVE_REFUND)
def refund_list(request: HttpRequest) -> HttpResponse:
    """The refunds that wait for a decision, longest waiting first."""
    return _list(request)


@require_POST
@requires(Permission.APPROVE_REFUND)
def refund_approve(request: HttpRequest, number: str) -> HttpResponse:
    """Give the money back."""
    refund, key = _found(request, number), posted_form_key(request.POST)
    try:
        operations.approve_refund(
            refund=refund.pk, by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        return _list(request, status=refusal.http_status, refused=number, refusal=refusal)
    return _decided(request, f"{number} is approved: {shown(refund.amount)} goes back.")


@require_POST
@requires(Permission.APPROVE_REFUND)
def refund_reject(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse to give the money back, with a reason."""
    refund, key = _found(request, number), posted_form_key(request.POST)
    form = ReasonForm(request.POST, auto_id=f"reject-{number}-%s")
    if not form.is_valid():
        return _list(request, status=422, rejected=number, reject_form=form)
    try:
        operations.reject_refund(
            refund=refund.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return _list(request, status=refusal.http_status, refused=number, refusal=refusal)
    return _decided(request, f"{number} is rejected.")


def _found(request: HttpRequest, number: str) -> Refund:
    refund = get_refund(number, to=signed_in_person(request))
    if refund is None:
        raise Http404
    return refund


def _decided(request: HttpRequest, sentence: str) -> HttpResponse:
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("refund_list"))
    return ledger_changed(_list(request, toast=sentence))


def _list(
    request: HttpRequest,
    *,
    status: int = 200,
    rejected: str = "",
    reject_form: forms.Form | None = None,
    **more: Any,
) -> HttpResponse:
    person = signed_in_person(request)
    cursor = request.GET.get("cursor", "")
    page = list_waiting(visible_refunds(person), to=person, cursor=cursor)

    def form_of(row: WaitingRefund) -> forms.Form:
        if row.number == rejected and reject_form is not None:
            return reject_form
        return ReasonForm(auto_id=f"reject-{row.number}-%s")

    context = {
        "rows": [(row, shown(row.amount), form_of(row)) for row in page.rows],
        "can_decide": person.has_permission(Permission.APPROVE_REFUND),
        **page.urls(reverse("refund_list")),
    }
    return page_or_fragment(request, LIST, "refunds", context | more, status=status)
