"""Receipts: to print at once, and as a PDF once a worker has made it (DIS5, DIS18)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from disconnections.operations import retry_receipt
from disconnections.queries.receipts import ReceiptState, receipt_facts, receipt_state
from disconnections.views.detail import found_or_404
from smart360.documents.access import as_download
from smart360.documents.rules import qr_code
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

WAITING = "disconnections/receipt_waiting.html"


@require_GET
@requires(Permission.VIEW_REQUESTS)
def receipt_print(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to print from the browser, without waiting for the PDF."""
    case = found_or_404(request, number)
    person = signed_in_person(request)
    receipt = receipt_facts(case.pk, to=person)
    return render(
        request,
        "disconnections/receipt.html",
        {
            "paper": "paper.html",
            "receipt": receipt,
            "logo_url": reverse("logo"),
            "qr": qr_code(receipt.tracking_url) if receipt.tracking_url else None,
            "printed_at": clock.now(),
            "can_download": person.has_permission(Permission.SEE_PERSONAL_DATA),
        },
    )


@require_GET
@requires(Permission.SEE_PERSONAL_DATA)
def receipt_download(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, or a page that waits for it. It says all, so it takes the right to see all."""
    case = found_or_404(request, number)
    asked = case.disconnection_request
    state = receipt_state(asked, case.number)
    if state is ReceiptState.READY and "HX-Request" not in request.headers:
        assert asked.receipt is not None  # it is ready
        return as_download(asked.receipt)
    is_ready = state is ReceiptState.READY
    context = {
        "number": case.number,
        "is_ready": is_ready,
        "is_being_made": state is ReceiptState.BEING_MADE,
    }
    return page_or_fragment(request, WAITING, "receipt", context, status=200 if is_ready else 202)


@require_POST
@requires(Permission.SEE_PERSONAL_DATA)
def receipt_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Let a worker try again to make a receipt that could not be made."""
    case = found_or_404(request, number)
    retry_receipt(case=case.pk, by=signed_in_person(request), at=clock.now())
    return HttpResponseRedirect(reverse("receipt_download", args=[case.number]))
