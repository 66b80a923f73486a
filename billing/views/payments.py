"""Payments: recorded at the desk, settled; and their receipts (BIL7)."""

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.access import get_payment
from billing.forms import PaymentForm, ReasonForm, SettleForm
from billing.models import Payment
from billing.operations import payments as operations
from billing.queries.accounts import balances_of
from billing.queries.payments import (
    PaymentFacts,
    ReceiptState,
    last_payment,
    payment_facts,
    receipt_state,
)
from billing.queries.reversals import reversals_of
from consumers import access
from consumers.models import Consumer
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web import form_keys
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.formats import shown_money
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment

NEW = "billing/payment_new.html"
DETAIL = "billing/payment_detail.html"
WAITING = "billing/payment_receipt_waiting.html"


def found_consumer(request: HttpRequest, account: str) -> Consumer:
    """The consumer with this account number, or 404."""
    consumer = access.get_consumer(account, to=signed_in_person(request))
    if consumer is None:
        raise Http404
    return consumer


def found_payment(request: HttpRequest, number: str) -> Payment:
    """The payment with this number, or 404."""
    payment = get_payment(number, to=signed_in_person(request))
    if payment is None:
        raise Http404
    return payment


def shown(amount: Decimal) -> str:
    """``amount`` in the utility's currency."""
    return shown_money(amount, get_utility().currency)


def ledger_changed(response: HttpResponse) -> HttpResponse:
    """Tell the page that balances have moved, so that its panels refresh themselves."""
    response["HX-Trigger-After-Settle"] = json.dumps({"ledger-changed": {}})
    return response


def account_figures(request: HttpRequest, consumer: Consumer) -> dict[str, Any]:
    """What stands beside every form about an account's money."""
    balances, last = balances_of(consumer.pk), last_payment(consumer.pk)
    return {
        "consumer": access.shown(consumer, to=signed_in_person(request), addresses=()),
        "goes_on_as": consumer.merged_into,
        "outstanding": shown(max(Decimal("0.00"), balances.outstanding)),
        "credit": shown(balances.credit),
        "deposit": shown(balances.deposit),
        "is_cleared": balances.outstanding == 0,
        "last_paid_on": last.paid_on if last else None,
        "last_paid": f"{shown(last.amount)}, {last.method}" if last else "",
    }


# ------------------------------------------------------------------ recording
@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENT)
def payment_new(request: HttpRequest, account: str) -> HttpResponse:
    """Record a payment; the account's figures refresh themselves when it is recorded."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        form = PaymentForm(initial={"paid_on": today_in_use()})
        context = account_figures(request, consumer) | {"form": form}
        return page_or_fragment(request, NEW, "account-figures", context)
    key, form = posted_form_key(request.POST), PaymentForm(request.POST)
    if not form.is_valid():
        return _payment_again(request, consumer, form, 422)
    try:
        payment = operations.record_payment(
            wish=form.wish(consumer.pk),
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _payment_again(request, consumer, form, refusal.http_status)
    if is_fragment(request):
        context = {"payment": payment, "consumer": consumer, "amount": shown(payment.amount)}
        return ledger_changed(render(request, f"{NEW}#payment-recorded", context))
    messages.success(request, f"{payment.number} is recorded.")
    return HttpResponseRedirect(reverse("payment_detail", args=[payment.number]))


def _payment_again(
    request: HttpRequest, consumer: Consumer, form: PaymentForm, status: int
) -> HttpResponse:
    """The form with its messages, what was typed and a key of its own."""
    context = account_figures(request, consumer) | {"form": form}
    return page_or_fragment(request, NEW, "payment-form", context, status=status)


# ------------------------------------------------------------------ one payment
@require_GET
@requires(Permission.VIEW_MONEY)
def payment_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A payment, its receipt, and what can still be done with it."""
    return payment_page(request, found_payment(request, number))


@require_POST
@requires(Permission.RECORD_PAYMENT)
def payment_settle(request: HttpRequest, number: str) -> HttpResponse:
    """A cheque has cleared, or was not paid."""
    payment, key = found_payment(request, number), posted_form_key(request.POST)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return payment_page(request, payment, status=422, settle_form=form)
    try:
        stored = operations.settle_payment(
            payment=payment.pk,
            has_come=form.cleaned_data["outcome"] == "CLEARED",
            failure=form.cleaned_data["failure"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return payment_refused(request, number, refusal, settle_form=form)
    return payment_changed(request, number, f"{number} is {stored.get_state_display()}.")


def payment_changed(request: HttpRequest, number: str, sentence: str) -> HttpResponse:
    """The payment as it is now, with what was done to it."""
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("payment_detail", args=[number]))
    fresh = found_payment(request, number)
    return ledger_changed(payment_page(request, fresh, toast=sentence))


def payment_refused(
    request: HttpRequest, number: str, refusal: Refusal, **given: forms.Form
) -> HttpResponse:
    """No longer possible: the fresh state with the sentence; otherwise the form again."""
    fresh, status = found_payment(request, number), refusal.http_status
    is_of_form = isinstance(refusal, form_keys.UnableToSubmitAgain)
    if status == 422 or is_of_form:
        for form in given.values():
            put_beside(form, refusal)
        return payment_page(request, fresh, status=status, **given)
    return payment_page(request, fresh, status=status, refusal=refusal)


def payment_page(
    request: HttpRequest, payment: Payment, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A payment with what its reader may still do with it."""
    person = signed_in_person(request)
    facts = payment_facts(payment.pk, to=person)
    reversals = reversals_of(payment.pk, to=person)
    waits = any(line.waits for line in reversals)
    is_merged = payment.consumer.merged_into_id is not None
    may_propose = person.has_permission(Permission.PROPOSE_REVERSAL) and not is_merged
    context = {
        "payment": facts,
        "amount": shown(facts.amount),
        "outstanding": shown(facts.owed),
        "credit": shown(facts.credit) if facts.credit else "",
        "can_settle": facts.is_pending and person.has_permission(Permission.RECORD_PAYMENT),
        "can_propose_reversal": facts.has_come and may_propose and not waits,
        "can_decide_reversal": person.has_permission(Permission.APPROVE_REVERSAL),
        "is_recorder": payment.recorded_by_id == person.pk,
        "reversals": reversals,
        "settle_form": SettleForm(),
        "reverse_form": ReasonForm(),
        "reject_form": ReasonForm(auto_id="reject-%s"),
    }
    return page_or_fragment(request, DETAIL, "payment", context | more, status=status)


# ------------------------------------------------------------------ receipts
@require_GET
@requires(Permission.VIEW_MONEY)
def payment_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to print from the browser, without waiting for the PDF."""
    payment = found_payment(request, number)
    facts: PaymentFacts = payment_facts(payment.pk, to=signed_in_person(request))
    context = {
        "paper": "paper.html",
        "receipt": facts,
        "amount": shown(facts.amount),
        "logo_url": reverse("logo"),
        "printed_at": clock.now(),
    }
    return render(request, "billing/payment_receipt.html", context)


@require_GET
@requires(Permission.VIEW_MONEY)
def payment_receipt_download(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, or a page that waits for it; a payment that has not come has none (409)."""
    payment = found_payment(request, number)
    state = receipt_state(payment)
    if state is ReceiptState.READY and "HX-Request" not in request.headers:
        assert payment.receipt is not None  # it is ready
        return as_download(payment.receipt)
    status = {ReceiptState.READY: 200, ReceiptState.NOT_YET: 409}.get(state, 202)
    context = {"number": number, "state": state.value}
    return page_or_fragment(request, WAITING, "receipt", context, status=status)


@require_POST
@requires(Permission.VIEW_MONEY)
def payment_receipt_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Let a worker try again to make a receipt that could not be made."""
    payment = found_payment(request, number)
    operations.retry_receipt(payment=payment.pk, by=signed_in_person(request), at=clock.now())
    return HttpResponseRedirect(reverse("payment_receipt_download", args=[number]))
