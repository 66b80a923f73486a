"""The acts on a request's settlement and final bill: one call each, fragments or a redirect."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from billing.access import get_case, get_credit_note, get_final_bill_of
from billing.forms import AdjustmentForm, DepositPlanForm, DepositUseForm, ReasonForm
from billing.operations import credit_notes, final_bills, final_readings, settlements
from billing.queries.bill_inputs import ServiceFacts
from billing.queries.final_bills import (
    PaperState,
    bill_paper,
    get_final_bill,
    get_meters,
    paper_state,
)
from billing.rules.readings import NOT_LINKED, ReadingWish
from billing.views.settlement_sheet import readings_form, settlement_context
from smart360.cases.models import Case
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import form_keys
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.formats import shown_money
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment

PAGE = "billing/settlement.html"
WAITING = "billing/final_bill_waiting.html"
NO_BILL = "There is no final bill to print yet"
CARDS, READINGS, BILL = "settlement-cards", "final-readings", "bill-details"
ADJUSTMENTS, DEPOSIT = "adjustments", "deposit"


class UnableToPrint(Refusal):
    """The bill is not complete, so there is nothing to print (82)."""


# ------------------------------------------------------------------ reading
@require_GET
@requires(Permission.VIEW_BALANCE)
def settlement_detail(request: HttpRequest, number: str) -> HttpResponse:
    """The panels that depend on the ledger, fetched again when it has moved; or all of them."""
    case = _found(request, number)
    context = settlement_context(case, to=signed_in_person(request), at=clock.now())
    return page_or_fragment(request, PAGE, "refreshed", context)


@require_GET
@requires(Permission.ENTER_FINAL_READING)
def settlement_device(request: HttpRequest, number: str, service: int) -> HttpResponse:
    """The device of the meter whose number was typed, for one service (AC016)."""
    case = _found(request, number)
    meters = get_meters(case.pk)
    line = next((each for each in meters if each.service.service_connection == service), None)
    if line is None or line.service.meter is None:
        raise Http404
    typed = request.GET.get(f"{service}-meter_number", "").strip()
    return render(
        request,
        f"{PAGE}#device",
        {
            "device_id": f"device-{service}",
            "device": _device(line.service, typed),
            "wrong": NOT_LINKED if typed and not _device(line.service, typed) else "",
        },
    )


def _device(service: ServiceFacts, typed: str) -> str:
    """The device of the service's meter, if that is the meter that was typed."""
    meter = service.meter
    return meter.device_number if meter and typed.upper() == meter.number.upper() else ""


# ------------------------------------------------------------------ the deposit
@require_POST
@requires(Permission.SET_DEPOSIT_USE)
def deposit_use_set(request: HttpRequest, number: str) -> HttpResponse:
    """Turn "Use in bill" on or off; the net follows at once."""
    case, me, key = _asked(request, number)
    form = DepositUseForm(request.POST)
    if not form.is_valid():
        return _again(request, case, CARDS, 422, wrong=_first_error(form))
    typed = form.cleaned_data
    return _do(
        request,
        case,
        CARDS,
        lambda: settlements.set_deposit_use(
            case=case.pk,
            uses_deposit=typed["uses_deposit"] == "yes",
            version=typed["version"],
            by=me,
            at=clock.now(),
            form_key=key,
        ),
        f"Use in bill is {'on' if typed['uses_deposit'] == 'yes' else 'off'}.",
    )


@require_POST
@requires(Permission.SET_DEPOSIT_USE)
def deposit_plan_set(request: HttpRequest, number: str) -> HttpResponse:
    """Say what becomes of a deposit that the bill does not use."""
    case, me, key = _asked(request, number)
    form = DepositPlanForm(request.POST)
    if not form.is_valid():
        return _again(request, case, DEPOSIT, 422, plan_form=form)
    return _do(
        request,
        case,
        DEPOSIT,
        lambda: settlements.set_deposit_plan(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        ),
        "What becomes of the deposit is noted.",
        plan_form=form,
    )


# ------------------------------------------------------------------ readings and adjustments
@require_POST
@requires(Permission.ENTER_FINAL_READING)
def final_readings_enter(request: HttpRequest, number: str) -> HttpResponse:
    """Enter the final readings; what is wrong stands beside its field, what was typed stays."""
    case, me, key = _asked(request, number)
    form = readings_form(get_meters(case.pk), me, on=today_in_use(), data=request.POST)
    if not form.is_valid():
        return _again(request, case, READINGS, 422, readings_form=form)
    wishes: tuple[ReadingWish, ...] = form.wishes()
    return _do(
        request,
        case,
        READINGS,
        lambda: final_readings.enter_final_readings(
            case=case.pk, wishes=wishes, by=me, at=clock.now(), form_key=key
        ),
        "The final readings are entered.",
        readings_form=form,
    )


@require_POST
@requires(Permission.APPROVE_BILL)
def adjustment_add(request: HttpRequest, number: str) -> HttpResponse:
    """Add a sum to the bill, or take it off, with a reason."""
    case, me, key = _asked(request, number)
    form = AdjustmentForm(request.POST)
    if not form.is_valid():
        return _again(request, case, ADJUSTMENTS, 422, adjustment_form=form)
    return _do(
        request,
        case,
        ADJUSTMENTS,
        lambda: final_readings.add_adjustment(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        ),
        "The adjustment is added.",
        adjustment_form=form,
    )


@require_POST
@requires(Permission.APPROVE_BILL)
def adjustment_remove(request: HttpRequest, number: str, adjustment: int) -> HttpResponse:
    """Take an adjustment off the bill again."""
    case, me, key = _asked(request, number)
    return _do(
        request,
        case,
        ADJUSTMENTS,
        lambda: final_readings.remove_adjustment(
            case=case.pk, adjustment=adjustment, by=me, at=clock.now(), form_key=key
        ),
        "The adjustment is removed.",
    )


# ------------------------------------------------------------------ the bill
@require_POST
@requires(Permission.GENERATE_BILL)
def final_bill_generate(request: HttpRequest, number: str) -> HttpResponse:
    """Generate the draft, or discard it and generate a new one from the latest data."""
    case, me, key = _asked(request, number)
    return _do(
        request,
        case,
        BILL,
        lambda: final_bills.generate_final_bill(case=case.pk, by=me, at=clock.now(), form_key=key),
        "The draft is made from the latest data.",
    )


@require_POST
@requires(Permission.APPROVE_BILL)
def final_bill_approve(request: HttpRequest, number: str) -> HttpResponse:
    """Lock the bill for ever, post it and send it: exactly what the page showed (M11)."""
    case, me, key = _asked(request, number)
    return _do(
        request,
        case,
        BILL,
        lambda: final_bills.approve_and_send(
            case=case.pk,
            seen=request.POST.get("seen", "")[:64],
            by=me,
            at=clock.now(),
            form_key=key,
        ),
        "The final bill is approved and on its way.",
    )


@require_GET
@requires(Permission.PRINT_BILL)
def final_bill_print(request: HttpRequest, number: str) -> HttpResponse:
    """The bill to print: an approved one as its PDF, a complete draft with the word DRAFT."""
    case = _found(request, number)
    bill = get_final_bill_of(number, to=signed_in_person(request))
    if bill is None:
        raise UnableToPrint(NO_BILL, is_conflict=True, link=_tab(number))
    at = clock.now()
    view = get_final_bill(case, on=today_in_use())
    if view.head is not None and view.head.is_approved:
        return HttpResponseRedirect(reverse("final_bill_download", args=[number]))
    if not view.can_be_printed:
        lacks = view.problem or "".join(view.missing[:1]) or final_bills.CHANGED
        raise UnableToPrint(lacks, is_conflict=True, link=_tab(number))
    paper = bill_paper(bill.pk)
    return render(
        request,
        "billing/final_bill.html",
        {
            "paper": "paper.html",
            "bill": paper,
            "content": paper.content,
            "sums": paper.content.sums,
            "logo_url": reverse("logo"),
            "printed_at": at,
        },
    )


@require_GET
@requires(Permission.PRINT_BILL)
def final_bill_download(request: HttpRequest, number: str) -> HttpResponse:
    """The approved bill's own PDF, the same bytes for ever; or a page that waits for it (M16)."""
    _found(request, number)
    bill = get_final_bill_of(number, to=signed_in_person(request))
    state = paper_state(bill) if bill else PaperState.NONE
    if bill is None or state is PaperState.NONE:
        raise UnableToPrint(NO_BILL, is_conflict=True, link=_tab(number))
    if state is PaperState.READY and "HX-Request" not in request.headers:
        assert bill.pdf is not None  # it is ready
        return as_download(bill.pdf)
    context = {
        "what": "Final bill",
        "number": number,
        "invoice": str(bill),
        "state": state.value,
        "download_url": reverse("final_bill_download", args=[number]),
        "retry_url": reverse("final_bill_retry", args=[number]),
    }
    status = 200 if state is PaperState.READY else 202
    return page_or_fragment(request, WAITING, "bill", context, status=status)


@require_POST
@requires(Permission.PRINT_BILL)
def final_bill_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Let a worker try again to make a bill's PDF that could not be made."""
    _found(request, number)
    me = signed_in_person(request)
    bill = get_final_bill_of(number, to=me)
    if bill is None:
        raise UnableToPrint(NO_BILL, is_conflict=True, link=_tab(number))
    final_bills.retry_paper(invoice=bill.pk, by=me, at=clock.now())
    return HttpResponseRedirect(reverse("final_bill_download", args=[number]))


# ------------------------------------------------------------------ credit notes
@require_POST
@requires(Permission.PROPOSE_CREDIT_NOTE)
def credit_note_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to take the approved bill back; somebody else decides (BIL6)."""
    case, me, key = _asked(request, number)
    form = ReasonForm(request.POST, auto_id="credit-note-%s")
    if not form.is_valid():
        return _again(request, case, BILL, 422, note_form=form)
    bill = get_final_bill_of(number, to=me)
    if bill is None:
        raise Http404
    return _do(
        request,
        case,
        BILL,
        lambda: credit_notes.propose_credit_note(
            invoice=bill.pk,
            reason=form.cleaned_data["reason"],
            by=me,
            at=clock.now(),
            form_key=key,
        ),
        "The credit note waits for a second person.",
        note_form=form,
    )


@require_POST
@requires(Permission.APPROVE_CREDIT_NOTE)
def credit_note_approve(request: HttpRequest, number: str, note: str) -> HttpResponse:
    """Take the bill back: its postings are mirrored, the deposit returns."""
    return _decide(request, number, note, credit_notes.approve_credit_note, "taken back")


@require_POST
@requires(Permission.APPROVE_CREDIT_NOTE)
def credit_note_reject(request: HttpRequest, number: str, note: str) -> HttpResponse:
    """Leave the bill as it is."""
    return _decide(request, number, note, credit_notes.reject_credit_note, "left as it is")


def _decide(
    request: HttpRequest, number: str, note: str, act: Callable[..., object], result: str
) -> HttpResponse:
    case, me = _found(request, number), signed_in_person(request)
    found = get_credit_note(note, case=case.pk, to=me)
    if found is None:
        raise Http404
    key = posted_form_key(request.POST)
    return _do(
        request,
        case,
        BILL,
        lambda: act(note=found.pk, by=me, at=clock.now(), form_key=key),
        f"The bill is {result}.",
    )


# ------------------------------------------------------------------ answers
def _found(request: HttpRequest, number: str) -> Case:
    """The request with this number, or 404: not there and not yours look the same (X2)."""
    case = get_case(number, to=signed_in_person(request))
    if case is None:
        raise Http404
    return case


def _asked(request: HttpRequest, number: str) -> tuple[Case, Person, uuid.UUID]:
    """What every act begins with: the request, who acts, and the form's one-time key."""
    return _found(request, number), signed_in_person(request), posted_form_key(request.POST)


def _tab(number: str) -> str:
    """The Settlement tab of the request's page."""
    return reverse("request_settlement", args=[number])


def _do(
    request: HttpRequest,
    case: Case,
    panel: str,
    act: Callable[[], object],
    sentence: str,
    **forms: Form,
) -> HttpResponse:
    """Do it; then the fresh panel, and an event by which the others refresh themselves."""
    try:
        act()
    except Refusal as refusal:
        return _refused(request, case, panel, refusal, forms)
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(_tab(case.number))
    return _again(request, case, panel, 200, toast=sentence)


def _refused(
    request: HttpRequest, case: Case, panel: str, refusal: Refusal, forms: dict[str, Form]
) -> HttpResponse:
    """What the operation refused: at its field, or a note over the fresh panel."""
    status = refusal.http_status
    keeps = status == 422 or isinstance(refusal, form_keys.UnableToSubmitAgain)
    for name, form in forms.items():
        if keeps:
            put_beside(form, refusal)
            return _again(request, case, panel, status, **{name: form})
    return _again(request, case, panel, status, refusal=refusal)


def _again(request: HttpRequest, case: Case, panel: str, status: int, **more: Any) -> HttpResponse:
    """One panel, fresh; without htmx all of them, on a page of their own.

    After an act, and after a conflict, the other panels are told to refresh themselves.
    """
    me, at = signed_in_person(request), clock.now()
    fresh = _found(request, case.number)
    context = settlement_context(fresh, to=me, at=at, answers=panel, **more)
    if not is_fragment(request):
        return render(request, PAGE, context, status=status)
    response = render(request, f"{PAGE}#{panel}", context, status=status)
    if status in {200, 409}:
        settlement = context["sheet"].settlement
        net = shown_money(abs(settlement.net), get_utility().currency)
        said = f"Net settlement {net}, {settlement.words}"
        events = {"ledger-changed": {}, "s-announce": {"text": said}}
        response["HX-Trigger-After-Settle"] = json.dumps(events)
    return response


def _first_error(form: Form) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)
