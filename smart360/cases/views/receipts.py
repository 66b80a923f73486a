"""Receipts of any kind of case: to print at once, and as a PDF once a worker has made it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from smart360.cases.models import Case
from smart360.cases.operations import retry_receipt
from smart360.cases.queries.receipts import Receipt, ReceiptState, receipt_state
from smart360.documents.access import as_download
from smart360.documents.models import StoredFile
from smart360.documents.rules import qr_code
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.htmx import page_or_fragment

WAITING = "cases/receipt_waiting.html"


@dataclass(frozen=True, slots=True)
class KindReceipts:
    """The receipts of one kind of case, described for the shared pages.

    ``prefix``    of the names of its addresses: ``receipt`` for ``receipt_print``, ``_download``
                  and ``_retry``
    ``plural``    what the list is called; ``list_name`` is the name of its address
    ``template``  the print view, which is the PDF as well
    ``find``      the only door to a case with its receipt for a person
    ``says``      what the receipt says to a reader
    ``kept``      the PDF, or None while there is none
    ``back``      where its reader came from
    """

    prefix: str
    plural: str
    list_name: str
    template: str
    find: Callable[[str, Person], Case | None]
    says: Callable[[int, Person], Receipt]
    kept: Callable[[Case], StoredFile | None]
    back: Callable[[Case, Person], str]

    def urls(self, number: str) -> dict[str, str]:
        """The addresses of one case's receipt."""
        return {
            verb: reverse(f"{self.prefix}_{verb}", args=[number])
            for verb in ("print", "download", "retry")
        }


def _found(kind: KindReceipts, request: HttpRequest, number: str) -> Case:
    """The case of this number, or 404: not there and not yours look the same (X2)."""
    case = kind.find(number, signed_in_person(request))
    if case is None:
        raise Http404
    return case


def _around(kind: KindReceipts, case: Case, person: Person) -> dict[str, object]:
    """What the print view and the page that waits have in common."""
    return {
        "number": case.number,
        "urls": kind.urls(case.number),
        "plural": kind.plural,
        "list_url": reverse(kind.list_name),
        "back_url": kind.back(case, person),
    }


def receipt_print(kind: KindReceipts, request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to print from the browser, without waiting for the PDF."""
    case, person = _found(kind, request, number), signed_in_person(request)
    receipt = kind.says(case.pk, person)
    context = _around(kind, case, person) | {
        "paper": "paper.html",
        "receipt": receipt,
        "logo_url": reverse("logo"),
        "qr": qr_code(receipt.tracking_url) if receipt.tracking_url else None,
        "printed_at": clock.now(),
        "can_download": person.has_permission(Permission.SEE_PERSONAL_DATA),
    }
    return render(request, kind.template, context)


def receipt_download(kind: KindReceipts, request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, or a page that waits for it. It says all, so it takes the right to see all."""
    case = _found(kind, request, number)
    kept = kind.kept(case)
    state = receipt_state(kept, case.number)
    if kept is not None and "HX-Request" not in request.headers:
        return as_download(kept)
    is_ready = state is ReceiptState.READY
    context = _around(kind, case, signed_in_person(request)) | {
        "is_ready": is_ready,
        "is_being_made": state is ReceiptState.BEING_MADE,
    }
    return page_or_fragment(request, WAITING, "receipt", context, status=200 if is_ready else 202)


def receipt_retry(kind: KindReceipts, request: HttpRequest, number: str) -> HttpResponse:
    """Let a worker try again to make a receipt that could not be made."""
    case = _found(kind, request, number)
    retry_receipt(case=case.pk, by=signed_in_person(request), at=clock.now())
    return HttpResponseRedirect(kind.urls(case.number)["download"])
