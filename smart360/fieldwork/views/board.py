"""The dispatchers' day board: a column for each technician (SO3)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from smart360.fieldwork.filters import read_day
from smart360.fieldwork.forms import MinutesForm
from smart360.fieldwork.operations import set_day_minutes
from smart360.fieldwork.queries.board import day_board
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

BOARD = "fieldwork/order_board.html"
HOW_LONG = "Enter 0 to 1440 minutes"


@require_GET
@requires(Permission.ASSIGN_SERVICE_ORDER)
def order_board(request: HttpRequest) -> HttpResponse:
    """Who does what on a day, how much of it is planned, and what nobody has yet."""
    return _board(request, read_day(request.GET.get("day", ""), today=today_in_use()))


@require_POST
@requires(Permission.ASSIGN_SERVICE_ORDER)
def technician_minutes(request: HttpRequest, technician: int) -> HttpResponse:
    """Say how long a technician works on one day."""
    key, form = form_key_if_sent(request.POST), MinutesForm(request.POST)
    if not form.is_valid():
        day = form.cleaned_data.get("day") or today_in_use()
        wrong_day = form.errors.get("day")
        sentence = f"Day: {wrong_day[0]}" if wrong_day else HOW_LONG
        return _board(request, day, status=422, refused=sentence)
    day = form.cleaned_data["day"]
    try:
        set_day_minutes(
            technician=technician,
            day=day,
            minutes=form.cleaned_data["minutes"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return _board(request, day, status=refusal.http_status, refused=refusal.sentence)
    messages.success(request, "The day is set.")
    return HttpResponseRedirect(f"{reverse('order_board')}?day={day.isoformat()}")


def _board(request: HttpRequest, day: date, *, status: int = 200, **more: Any) -> HttpResponse:
    today = today_in_use()
    context = {"board": day_board(day, today=today), "today": today, **more}
    return page_or_fragment(request, BOARD, "board", context, status=status)
