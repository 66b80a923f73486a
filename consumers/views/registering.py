"""Onboarding: the page that opens an account, and the button that approves it (CON5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from consumers import access, queries
from consumers.forms import RegisterForm
from consumers.operations.registering import SamePhone, approve_account, register_consumer
from consumers.queries.accounts import same_phone
from consumers.rules.profiles import ShownConsumer
from consumers.views.profiles import found_consumer
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CONSUMER)
def consumer_register(request: HttpRequest) -> HttpResponse:
    """Open an account; who has the same phone number is shown first: nobody is to be here twice."""
    if request.method == "GET":
        return _page(request, RegisterForm(categories=queries.categories()))
    key = posted_form_key(request.POST)
    form = RegisterForm(request.POST, categories=queries.categories())
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = register_consumer(
            account=form.account(),
            is_somebody_else=form.cleaned_data["is_somebody_else"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except SamePhone:
        return _page(request, form, alike=_alike(request, form), status=422)
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, form, status=refusal.http_status)
    messages.success(request, f"Account {made.account_number} opened. It waits for its approval.")
    return HttpResponseRedirect(resolve_url("consumer_detail", made.account_number))


def _alike(request: HttpRequest, form: RegisterForm) -> list[ShownConsumer]:
    """Who is reached under the same phone number already."""
    person = signed_in_person(request)
    found = access.visible_consumers(person).filter(pk__in=same_phone(form.cleaned_data["phone"]))
    return [access.shown(each, to=person) for each in found.order_by("account_number")]


def _page(
    request: HttpRequest,
    form: RegisterForm,
    *,
    alike: list[ShownConsumer] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "alike": alike or []}
    return render(request, "consumers/consumer_register.html", context, status=status)


@require_POST
@requires(Permission.EDIT_GUARDED_DATA)
def consumer_approve(request: HttpRequest, account: str) -> HttpResponse:
    """A Pending account becomes Active."""
    consumer = found_consumer(request, account)
    try:
        approve_account(consumer=consumer.pk, by=signed_in_person(request), at=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Account approved")
    return HttpResponseRedirect(resolve_url("consumer_detail", account))
