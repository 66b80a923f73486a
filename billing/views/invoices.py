"""One invoice: its page, its PDF, and a credit note for it (BIL6, BIL9, CON9)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.access import get_invoice, get_note_for
from billing.choices import InvoiceKind
from billing.forms import ReasonForm
from billing.models import Invoice
from billing.operations import credit_notes, final_bills
from billing.queries.ageing import allocation_of
from billing.queries.final_bills import PaperState, credit_notes_for, paper_state, what_it_says
from billing.views.financial import profile_page
from billing.views.settlement_sheet import shown_sections
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

PAGE = "billing/invoice_detail.html"
WAITING = "billing/final_bill_waiting.html"


def _found(request: HttpRequest, number: int) -> Invoice:
    """The issued or approved invoice with this number; not there and not theirs are the same."""
    invoice = get_invoice(number, to=signed_in_person(request))
    if invoice is None:
        raise Http404
    return invoice


def _regular(request: HttpRequest, number: int) -> Invoice:
    """The same of a regular one: a final bill's credit notes belong to its request's settlement."""
    invoice = _found(request, number)
    if invoice.kind != InvoiceKind.REGULAR:
        raise Http404
    return invoice


@require_GET
@requires(Permission.VIEW_MONEY)
def invoice_detail(request: HttpRequest, number: int) -> HttpResponse:
    """What it charges line by line, what is unpaid of it, its credit notes, its PDF."""
    return _page(request, _found(request, number))


def _page(
    request: HttpRequest, invoice: Invoice, *, status: int = 200, **given: Any
) -> HttpResponse:
    person, content = signed_in_person(request), what_it_says(invoice)
    notes = credit_notes_for(invoice)
    is_regular = invoice.kind == InvoiceKind.REGULAR
    is_whole = invoice.taken_back_at is None and not any(note.waits for note in notes)
    may_propose = person.has_permission(Permission.PROPOSE_CREDIT_NOTE)
    context: dict[str, Any] = {
        "invoice": invoice,
        "number": str(invoice),
        "request_number": invoice.case.number if invoice.case else "",
        "content": content,
        "sections": shown_sections(content, get_utility().currency),
        "is_estimated": any(each.is_estimated for each in content.sections),
        "unpaid": allocation_of(invoice.consumer_id).unpaid_of(invoice.posting_id or 0),
        "notes": notes,
        "has_pdf": paper_state(invoice) is PaperState.READY,
        "can_print": person.has_permission(Permission.PRINT_BILL),
        "can_decide": is_regular and person.has_permission(Permission.APPROVE_CREDIT_NOTE),
        "me": person.pk,
    }
    if is_regular and is_whole and may_propose and invoice.consumer.merged_into_id is None:
        context["note_form"] = ReasonForm(auto_id="credit-note-%s")
    return profile_page(request, invoice.consumer, PAGE, context | given, status=status)


# ------------------------------------------------------------------ the PDF
@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_MONEY)
def invoice_download(request: HttpRequest, number: int) -> HttpResponse:
    """The stored PDF, the same bytes for ever; or a page that lets it be made and waits for it."""
    invoice = _found(request, number)
    state = paper_state(invoice)
    if request.method == "POST":
        return _let_be_made(request, invoice, state)
    if state is PaperState.READY and "HX-Request" not in request.headers:
        assert invoice.pdf is not None  # it is ready
        return as_download(invoice.pdf)
    address = reverse("invoice_download", args=[str(invoice)])
    context = {
        "what": invoice.get_kind_display(),
        "account": invoice.consumer.account_number,
        "invoice": str(invoice),
        "state": state.value,
        "download_url": address,
        "retry_url": address,
        "back_url": reverse("invoice_detail", args=[str(invoice)]),
    }
    status = 202 if state is PaperState.BEING_MADE else 200
    return page_or_fragment(request, WAITING, "bill", context, status=status)


def _let_be_made(request: HttpRequest, invoice: Invoice, state: PaperState) -> HttpResponse:
    if state is PaperState.FAILED:
        me = signed_in_person(request)
        final_bills.retry_paper(invoice=invoice.pk, by=me, at=clock.now())
    else:
        final_bills.ask_for_paper(invoice=invoice.pk, at=clock.now())
    return HttpResponseRedirect(reverse("invoice_download", args=[str(invoice)]))


# ------------------------------------------------------------------ credit notes
@require_POST
@requires(Permission.PROPOSE_CREDIT_NOTE)
def invoice_take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Ask to take a regular invoice back; somebody else decides, the next run bills it anew."""
    invoice, key = _regular(request, number), posted_form_key(request.POST)
    form = ReasonForm(request.POST, auto_id="credit-note-%s")
    if not form.is_valid():
        return _page(request, invoice, status=422, note_form=form)
    try:
        credit_notes.propose_credit_note(
            invoice=invoice.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, invoice, status=refusal.http_status, note_form=form)
    messages.success(request, "The credit note waits for a second person.")
    return _back(invoice)


@require_POST
@requires(Permission.APPROVE_CREDIT_NOTE)
def invoice_note_approve(request: HttpRequest, number: int, note: str) -> HttpResponse:
    """Take the invoice back: its posting is mirrored, and its days are billed again."""
    return _decide(request, number, note, credit_notes.approve_credit_note, "taken back")


@require_POST
@requires(Permission.APPROVE_CREDIT_NOTE)
def invoice_note_reject(request: HttpRequest, number: int, note: str) -> HttpResponse:
    """Leave the invoice as it is."""
    return _decide(request, number, note, credit_notes.reject_credit_note, "left as it is")


def _decide(
    request: HttpRequest, number: int, note: str, act: Callable[..., object], result: str
) -> HttpResponse:
    invoice, me = _regular(request, number), signed_in_person(request)
    found = get_note_for(invoice, note, to=me)
    if found is None:
        raise Http404
    key = posted_form_key(request.POST)
    try:
        act(note=found.pk, by=me, at=clock.now(), form_key=key)
    except Refusal as refusal:
        return _page(request, invoice, status=refusal.http_status, refusal=refusal)
    messages.success(request, f"{invoice} is {result}.")
    return _back(invoice)


def _back(invoice: Invoice) -> HttpResponse:
    return HttpResponseRedirect(reverse("invoice_detail", args=[str(invoice)]))
