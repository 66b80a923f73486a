"""Receipts of complaints: to print at once, and as a PDF (CMP3)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from complaints.access import find_with_receipt, visible_complaints
from complaints.queries.receipts import receipt_facts
from smart360.cases.models import Case
from smart360.cases.queries.receipts import Receipt
from smart360.cases.views import receipts as pages
from smart360.cases.views.receipts import KindReceipts
from smart360.documents.models import StoredFile
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires


def says(case: int, to: Person) -> Receipt:
    """What a complaint's receipt says to somebody at a desk."""
    return receipt_facts(case, to=to)


def kept(case: Case) -> StoredFile | None:
    """The PDF of a complaint, once it is made."""
    file: StoredFile | None = case.complaint.receipt
    return file


def back(case: Case, to: Person) -> str:
    """The complaint, for whoever may see it; who only took it goes back to where that was said."""
    is_seen = visible_complaints(to).filter(pk=case.pk).exists()
    return reverse("complaint_detail" if is_seen else "complaint_created", args=[case.number])


RECEIPTS = KindReceipts(
    prefix="complaint_receipt",
    plural="Complaints",
    list_name="complaint_list",
    template="complaints/receipt.html",
    find=find_with_receipt,
    says=says,
    kept=kept,
    back=back,
)


@require_GET
@requires(Permission.VIEW_COMPLAINTS)
def complaint_receipt_print(request: HttpRequest, number: str) -> HttpResponse:
    """The print view."""
    return pages.receipt_print(RECEIPTS, request, number)


@require_GET
@requires(Permission.SEE_PERSONAL_DATA)
def complaint_receipt_download(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, or the page that waits for it."""
    return pages.receipt_download(RECEIPTS, request, number)


@require_POST
@requires(Permission.SEE_PERSONAL_DATA)
def complaint_receipt_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Try again to make it."""
    return pages.receipt_retry(RECEIPTS, request, number)
