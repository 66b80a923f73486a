"""Receipts of requests: to print at once, and as a PDF (DIS5, DIS18)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from disconnections.access import find_request
from disconnections.queries.receipts import receipt_facts
from smart360.cases.models import Case
from smart360.cases.queries.receipts import Receipt
from smart360.cases.views import receipts as pages
from smart360.cases.views.receipts import KindReceipts
from smart360.documents.models import StoredFile
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires


def says(case: int, to: Person) -> Receipt:
    """What a request's receipt says to somebody at a desk."""
    return receipt_facts(case, to=to)


def kept(case: Case) -> StoredFile | None:
    """The PDF of a request, once it is made."""
    file: StoredFile | None = case.disconnection_request.receipt
    return file


def back(case: Case, to: Person) -> str:
    """Whoever may read a request's receipt may open the request."""
    return reverse("disconnection_detail", args=[case.number])


RECEIPTS = KindReceipts(
    prefix="receipt",
    plural="Disconnections",
    list_name="request_list",
    template="disconnections/receipt.html",
    find=find_request,
    says=says,
    kept=kept,
    back=back,
)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def receipt_print(request: HttpRequest, number: str) -> HttpResponse:
    """The print view."""
    return pages.receipt_print(RECEIPTS, request, number)


@require_GET
@requires(Permission.SEE_PERSONAL_DATA)
def receipt_download(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, or the page that waits for it."""
    return pages.receipt_download(RECEIPTS, request, number)


@require_POST
@requires(Permission.SEE_PERSONAL_DATA)
def receipt_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Try again to make it."""
    return pages.receipt_retry(RECEIPTS, request, number)
