"""Billing runs: start one, watch it, see what came of it (BIL9)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from billing.forms import BillingRunForm
from billing.operations.runs import resume_run, start_billing_run
from billing.queries.runs import has_run, list_runs
from billing.rules.forecast import ended_month
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent, posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

RUNS = "billing/run_list.html"


@require_GET
@requires(Permission.RUN_BILLING)
def billing_run_list(request: HttpRequest) -> HttpResponse:
    """The runs, newest first; while one is at work its panel asks here for itself."""
    return _page(request, BillingRunForm(initial=last_month()))


@require_POST
@requires(Permission.RUN_BILLING)
def billing_run_start(request: HttpRequest) -> HttpResponse:
    """Begin to bill a cycle."""
    key, form = posted_form_key(request.POST), BillingRunForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        start_billing_run(
            **form.cleaned_data, by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, form, status=refusal.http_status)
    messages.success(request, "The billing run has started.")
    return HttpResponseRedirect(reverse("billing_run_list"))


@require_POST
@requires(Permission.RUN_BILLING)
def billing_run_resume(request: HttpRequest, run: int) -> HttpResponse:
    """Let a stopped run go on where it stopped."""
    key = form_key_if_sent(request.POST)
    if not has_run(run):
        raise Http404
    try:
        resume_run(run=run, by=signed_in_person(request), at=clock.now(), form_key=key)
    except Refusal as refusal:
        form = BillingRunForm(initial=last_month())
        return _page(request, form, status=refusal.http_status, refusal=refusal)
    messages.success(request, "The billing run goes on.")
    return HttpResponseRedirect(reverse("billing_run_list"))


def last_month() -> dict[str, date]:
    """The calendar month before this one, in the utility's zone."""
    from_on, to_on = ended_month(today_in_use())
    return {"period_from": from_on, "period_to": to_on}


def _page(
    request: HttpRequest, form: BillingRunForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "runs": list_runs(), **more}
    return page_or_fragment(request, RUNS, "runs", context, status=status)
