"""Reversals of payments: proposed and decided on the payment's page, found on a list (M2, X6)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from billing.access import get_reversal, visible_reversals
from billing.forms import ReasonForm
from billing.models import Reversal
from billing.operations import reversals as operations
from billing.queries.reversals import list_waiting
from billing.views.payments import (
    found_payment,
    payment_changed,
    payment_page,
    payment_refused,
    shown,
)
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

LIST = "billing/reversal_list.html"


@require_GET
@requires(Permission.PROPOSE_REVERSAL, Permission.APPROVE_REVERSAL)
def reversal_list(request: HttpRequest) -> HttpResponse:
    """The payments whose reversal waits for a second person, longest waiting first."""
    person = signed_in_person(request)
    cursor = request.GET.get("cursor", "")
    page = list_waiting(visible_reversals(person), to=person, cursor=cursor)
    context = {
        "rows": [(row, shown(row.amount)) for row in page.rows],
        "can_decide": person.has_permission(Permission.APPROVE_REVERSAL),
        **page.urls(reverse("reversal_list")),
    }
    return page_or_fragment(request, LIST, "reversals", context)


@require_POST
@requires(Permission.PROPOSE_REVERSAL)
def reversal_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to take a payment back, with a reason; somebody else decides."""
    payment, key = found_payment(request, number), posted_form_key(request.POST)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return payment_page(request, payment, status=422, reverse_form=form)
    try:
        stored = operations.propose_reversal(
            payment=payment.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return payment_refused(request, number, refusal, reverse_form=form)
    return payment_changed(request, number, f"{stored.number} waits for a second person.")


@require_POST
@requires(Permission.APPROVE_REVERSAL)
def reversal_approve(request: HttpRequest, number: str) -> HttpResponse:
    """Take the payment back."""
    reversal, key = _found(request, number), posted_form_key(request.POST)
    payment = reversal.payment.number
    try:
        operations.approve_reversal(
            reversal=reversal.pk, by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        return payment_refused(request, payment, refusal)
    return payment_changed(request, payment, f"{payment} is reversed.")


@require_POST
@requires(Permission.APPROVE_REVERSAL)
def reversal_reject(request: HttpRequest, number: str) -> HttpResponse:
    """Leave the payment as it is, with a reason."""
    reversal, key = _found(request, number), posted_form_key(request.POST)
    payment = reversal.payment
    form = ReasonForm(request.POST, auto_id="reject-%s")
    if not form.is_valid():
        return payment_page(request, payment, status=422, reject_form=form)
    try:
        operations.reject_reversal(
            reversal=reversal.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return payment_refused(request, payment.number, refusal, reject_form=form)
    return payment_changed(request, payment.number, f"{number} is rejected.")


def _found(request: HttpRequest, number: str) -> Reversal:
    """The reversal with this number, or 404."""
    reversal = get_reversal(number, to=signed_in_person(request))
    if reversal is None:
        raise Http404
    return reversal
