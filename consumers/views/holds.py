"""What protects an account: the page that says so, and the forms that place and lift a hold."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from consumers import access, operations, queries
from consumers.forms import AccountHoldForm, LiftForm
from consumers.models import Consumer
from consumers.views.profiles import found_consumer, shell
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires


@require_http_methods(["GET", "POST"])
@requires(Permission.PROTECT_ACCOUNT)
def account_holds(request: HttpRequest, account: str) -> HttpResponse:
    """What protects the account or did, and the form that protects it (DIS12)."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        first = {"from_on": clock.now().astimezone(zone_in_use()).date()}
        return _holds_page(request, consumer, AccountHoldForm(initial=first))
    key, form = posted_form_key(request.POST), AccountHoldForm(request.POST)
    if not form.is_valid():
        return _holds_page(request, consumer, form, status=422)
    try:
        operations.place_account_hold(
            consumer=consumer.pk,
            wish=form.wish(),
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _holds_page(request, consumer, form, status=refusal.http_status)
    messages.success(request, "The account is protected")
    return HttpResponseRedirect(resolve_url("account_holds", account))


@require_POST
@requires(Permission.PROTECT_ACCOUNT)
def account_hold_lift(request: HttpRequest, account: str, hold: int) -> HttpResponse:
    """End a protection before its day, with a reason."""
    consumer = found_consumer(request, account)
    if not queries.has_hold(consumer.pk, hold):
        raise Http404
    key, form = posted_form_key(request.POST), LiftForm(request.POST)
    if not form.is_valid():
        return _holds_page(request, consumer, AccountHoldForm(), lift=(hold, form), status=422)
    try:
        operations.lift_account_hold(
            hold=hold,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        status = refusal.http_status
        return _holds_page(request, consumer, AccountHoldForm(), lift=(hold, form), status=status)
    messages.success(request, "The hold is lifted")
    return HttpResponseRedirect(resolve_url("account_holds", account))


def _holds_page(
    request: HttpRequest,
    consumer: Consumer,
    form: AccountHoldForm,
    *,
    lift: tuple[int, LiftForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = access.shown(consumer, to=signed_in_person(request))
    lifting, lift_form = lift or (0, LiftForm())
    today = clock.now().astimezone(zone_in_use()).date()
    context = shell(request, shown) | {
        "form": form,
        "holds": [
            (hold, lift_form if hold.id == lifting else LiftForm(auto_id=f"lift-{hold.id}-%s"))
            for hold in queries.account_holds(consumer.pk, today=today)
        ],
    }
    return render(request, "consumers/account_holds.html", context, status=status)
