"""Non-payment runs: choose, preview, propose; start, watch, undo; the collection record (DIS13)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from disconnections.choices import Outcome
from disconnections.forms import RunChoiceForm, UndoRunForm
from disconnections.operations import runs as operations
from disconnections.operations.proposing import propose_run
from disconnections.operations.undoing import undo_run
from disconnections.queries import runs as queries
from disconnections.queries.run_preview import SHOWN, excluded_rows, preview
from disconnections.queries.runs import RunRow
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent, posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

LIST = "disconnections/run_list.html"
NEW = "disconnections/run_new.html"
DETAIL = "disconnections/run_detail.html"
CHOSEN_BY = ("reason", "overdue", "amount_from", "amount_to", "categories", "areas")
TO_BEGIN_WITH = {"overdue": "30", "amount_from": "50.00"}


# ------------------------------------------------------------------ choosing
@require_GET
@requires(Permission.PREPARE_RUN)
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs, the newest first."""
    return render(request, LIST, {"runs": queries.list_runs()})


@require_GET
@requires(Permission.PREPARE_RUN)
def run_new(request: HttpRequest) -> HttpResponse:
    """The choice, and once one is made what a run of it would do."""
    if "overdue" not in request.GET:
        return _choosing(request, _form_to_begin_with())
    form = RunChoiceForm(request.GET)
    return _choosing(request, form, status=200 if form.is_valid() else 422)


@require_POST
@requires(Permission.PREPARE_RUN)
def run_propose(request: HttpRequest) -> HttpResponse:
    """Keep the choice as a run to be started."""
    key, form = posted_form_key(request.POST), RunChoiceForm(request.POST)
    if not form.is_valid():
        return _choosing(request, form, status=422)
    try:
        run = propose_run(
            choice=form.choice(), by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        return _choosing(request, form, status=refusal.http_status, refusal=refusal)
    messages.success(request, f"Run {run} is proposed.")
    return HttpResponseRedirect(reverse("run_detail", args=[run]))


def _form_to_begin_with() -> RunChoiceForm:
    form = RunChoiceForm(initial=TO_BEGIN_WITH)
    offered = queries.reasons_for_debt()
    if offered:
        form.initial["reason"] = offered[0][0]
    return form


def _choosing(
    request: HttpRequest, form: RunChoiceForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The choice with its preview; ``why`` names the reason of which the first are listed."""
    context: dict[str, Any] = {"form": form, "shown_at_most": SHOWN, **more}
    if form.is_bound and form.is_valid():
        at = clock.now()
        context |= _previewed(form, why=request.GET.get("why", ""), at=at)
    return render(request, NEW, context, status=status)


def _previewed(form: RunChoiceForm, *, why: str, at: datetime) -> dict[str, Any]:
    choice = form.choice()
    found = preview(choice, at=at)
    chosen = [(name, value) for name in CHOSEN_BY for value in _typed(form, name)]
    reasons = [
        (each, f"?{urlencode([*chosen, ('why', each.code)])}#left-out") for each in found.reasons
    ]
    asked_for = next((each for each in found.reasons if each.code == why), None)
    return {
        "found": found,
        "reasons": reasons,
        "chosen": chosen,
        "asked_for": asked_for,
        "left_out": excluded_rows(choice, why, at=at) if asked_for else [],
    }


def _typed(form: RunChoiceForm, name: str) -> list[str]:
    """What was sent for a field, to send it again."""
    if name in ("categories", "areas"):
        return list(form.cleaned_data[name])
    value = form.cleaned_data[name]
    return [] if value is None else [str(value)]


# ------------------------------------------------------------------ one run
@require_GET
@requires(Permission.PREPARE_RUN)
def run_detail(request: HttpRequest, run: int) -> HttpResponse:
    """A run with its figures and its collection record; at work it asks here for itself."""
    return _detail(request, _found(run), UndoRunForm())


@require_POST
@requires(Permission.PREPARE_RUN)
def run_start(request: HttpRequest, run: int) -> HttpResponse:
    """Let a worker make the requests. Above the policy's size a second person presses it."""
    return _act(request, run, operations.start_run, done="The run has started.")


@require_POST
@requires(Permission.PREPARE_RUN)
def run_withdraw(request: HttpRequest, run: int) -> HttpResponse:
    """Take a proposal back."""
    return _act(request, run, operations.withdraw_run, done="The run is withdrawn.")


@require_POST
@requires(Permission.PREPARE_RUN)
def run_resume(request: HttpRequest, run: int) -> HttpResponse:
    """Let a stopped run go on where it stopped."""
    return _act(request, run, operations.resume_run, done="The run goes on.")


@require_POST
@requires(Permission.PREPARE_RUN)
def run_undo(request: HttpRequest, run: int) -> HttpResponse:
    """Close what the run made and nobody has acted on, with a reason."""
    key, form = form_key_if_sent(request.POST), UndoRunForm(request.POST)
    found = _found(run)
    if not form.is_valid():
        return _detail(request, found, form, status=422)
    try:
        undo_run(
            run=run,
            because=form.cleaned_data["because"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        if refusal.field:
            form.add_error(refusal.field, refusal.sentence)
            return _detail(request, found, form, status=refusal.http_status)
        form = UndoRunForm()
        return _detail(request, _found(run), form, status=refusal.http_status, refusal=refusal)
    messages.success(request, "The run is being undone.")
    return HttpResponseRedirect(reverse("run_detail", args=[run]))


def _act(request: HttpRequest, run: int, act: Callable[..., None], *, done: str) -> HttpResponse:
    """One button of a run's page."""
    key = form_key_if_sent(request.POST)
    _found(run)
    try:
        act(run=run, by=signed_in_person(request), at=clock.now(), form_key=key)
    except Refusal as refusal:
        return _detail(
            request, _found(run), UndoRunForm(), status=refusal.http_status, refusal=refusal
        )
    messages.success(request, done)
    return HttpResponseRedirect(reverse("run_detail", args=[run]))


def _found(run: int) -> RunRow:
    found = queries.find_run(run)
    if found is None:
        raise Http404
    return found


def _detail(
    request: HttpRequest, run: RunRow, form: UndoRunForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    outcome, why = request.GET.get("outcome", ""), request.GET.get("why", "")
    page = queries.records_of(
        run.key, outcome=outcome, reason=why, cursor=request.GET.get("cursor", "")
    )
    narrowed = {name: value for name, value in (("outcome", outcome), ("why", why)) if value}
    context = {
        "run": run,
        "why_not": queries.why_not_started_by(run, signed_in_person(request)),
        "outcomes": queries.outcomes_of(run.key),
        "narrowed_to": Outcome(outcome).label if outcome in Outcome.values else "",
        "rows": page.rows,
        "next_url": _address(page.next_cursor, narrowed),
        "previous_url": _address(page.previous_cursor, narrowed),
        "form": form,
        **more,
    }
    return page_or_fragment(request, DETAIL, "run", context, status=status)


def _address(cursor: str, narrowed: dict[str, str]) -> str:
    return f"?{urlencode({**narrowed, 'cursor': cursor})}" if cursor else ""
