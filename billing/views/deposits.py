"""Security deposits, received at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from billing.forms import DepositForm
from billing.operations.deposits import receive_deposit
from billing.views.payments import account_figures, found_consumer, shown
from consumers.models import Consumer
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

NEW = "billing/deposit_new.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENT)
def deposit_new(request: HttpRequest, account: str) -> HttpResponse:
    """Record a security deposit."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        form = DepositForm(initial={"received_on": today_in_use()})
        return _new(request, consumer, form)
    key, form = posted_form_key(request.POST), DepositForm(request.POST)
    if not form.is_valid():
        return _new(request, consumer, form, status=422)
    try:
        deposit = receive_deposit(
            wish=form.wish(consumer.pk),
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _new(request, consumer, form, status=refusal.http_status)
    messages.success(request, f"A security deposit of {shown(deposit.amount)} is recorded.")
    return HttpResponseRedirect(reverse("consumer_financial", args=[account]))


def _new(
    request: HttpRequest, consumer: Consumer, form: DepositForm, *, status: int = 200
) -> HttpResponse:
    context = account_figures(request, consumer) | {"form": form}
    return page_or_fragment(request, NEW, "deposit-form", context, status=status)
