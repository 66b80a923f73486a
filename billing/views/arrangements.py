"""Payment arrangements: agreed in rows of instalments, cancelled with a reason (BIL8)."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from billing.access import get_arrangement
from billing.forms import ArrangementForm, DivideForm, ReasonForm
from billing.operations.arrangements import cancel_arrangement, make_arrangement
from billing.queries.accounts import balances_of
from billing.rules.arrangements import MOST_PARTS, Part, equal_parts, months_later
from billing.views.financial import consumer_or_404, profile_page
from consumers.models import Consumer
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.kernel.money import CENT
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires

NEW = "billing/arrangement_new.html"
CANCEL = "billing/arrangement_cancel.html"
USUAL_PARTS = 3


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENT)
def arrangement_new(request: HttpRequest, account: str) -> HttpResponse:
    """Agree on instalments. "Divide" only works out equal ones; nothing is stored by it."""
    consumer = consumer_or_404(request, account)
    if request.method == "GET":
        return _new(request, consumer, _proposed(consumer))
    if request.POST.get("act") == "divide":
        return _divide(request, consumer)
    key, form = posted_form_key(request.POST), _typed(request)
    if not form.is_valid():
        return _new(request, consumer, form, status=422)
    try:
        made = make_arrangement(
            wish=form.wish(consumer.pk), by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _new(request, consumer, form, status=refusal.http_status)
    messages.success(request, f"{made.number} is agreed.")
    return HttpResponseRedirect(reverse("consumer_financial", args=[account]))


def _divide(request: HttpRequest, consumer: Consumer) -> HttpResponse:
    form = DivideForm(request.POST, today=today_in_use())
    if not form.is_valid():
        typed = _typed(request)
        typed.full_clean()
        for name in form.errors:  # what stops dividing is said where it was typed
            typed.errors[name] = form.errors[name]
        return _new(request, consumer, typed, status=422)
    return _new(request, consumer, _filled(form.divided, form.cleaned_data))


def _proposed(consumer: Consumer) -> ArrangementForm:
    """All that is owed in three months, to begin with."""
    owed = max(CENT * USUAL_PARTS, balances_of(consumer.pk).outstanding)
    parts = equal_parts(owed, USUAL_PARTS, months_later(today_in_use(), 1))
    return _filled(parts, {"total": owed, "count": str(USUAL_PARTS), "first_on": parts[0].due_on})


def _filled(parts: Sequence[Part], head: dict[str, Any]) -> ArrangementForm:
    initial = dict(head)
    for row, part in enumerate(parts, start=1):
        initial |= {f"due_on_{row}": part.due_on, f"amount_{row}": part.amount}
    return ArrangementForm(rows=len(parts), today=today_in_use(), initial=initial)


def _typed(request: HttpRequest) -> ArrangementForm:
    """The form as it was sent, with as many rows as it says it has."""
    said = request.POST.get("rows", "")
    rows = int(said) if re.fullmatch(r"[0-9]{1,2}", said) else 0
    return ArrangementForm(request.POST, rows=min(rows, MOST_PARTS), today=today_in_use())


def _new(
    request: HttpRequest, consumer: Consumer, form: ArrangementForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "balances": balances_of(consumer.pk)}
    return profile_page(request, consumer, NEW, context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_PAYMENT)
def arrangement_cancel(request: HttpRequest, account: str, number: str) -> HttpResponse:
    """End an arrangement before its time, with a reason."""
    consumer, person = consumer_or_404(request, account), signed_in_person(request)
    arrangement = get_arrangement(number, of=consumer, to=person)
    if arrangement is None:
        raise Http404
    context: dict[str, Any] = {"number": number}
    if request.method == "GET":
        return profile_page(request, consumer, CANCEL, context | {"form": ReasonForm()})
    key, form = posted_form_key(request.POST), ReasonForm(request.POST)
    if not form.is_valid():
        return profile_page(request, consumer, CANCEL, context | {"form": form}, status=422)
    try:
        cancel_arrangement(
            number=number,
            reason=form.cleaned_data["reason"],
            by=person,
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        whole = context | {"form": form}
        return profile_page(request, consumer, CANCEL, whole, status=refusal.http_status)
    messages.success(request, f"{number} is cancelled.")
    return HttpResponseRedirect(reverse("consumer_financial", args=[account]))
