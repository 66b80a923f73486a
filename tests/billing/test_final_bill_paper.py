"""The PDF of a final bill: made once, kept for ever, enclosed with its e-mail (BIL6, M16)."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core import mail
from pypdf import PdfReader

from billing.models import Invoice
from billing.operations.final_bills import attach_paper
from billing.queries.final_bills import PaperState, get_final_bill
from billing.tasks.final_bills import bill_pdf, make_paper
from smart360.comms.models import Delivery, Message
from smart360.comms.ports import NotReady
from smart360.comms.tasks import deliver_message
from smart360.documents.access import read
from smart360.documents.models import StoredFile
from smart360.owed.models import OwedWork
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import DAY, MakeBilling

pytestmark = pytest.mark.django_db


def text_of(body: bytes) -> str:
    """What a reader sees."""
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split()
    )


def test_the_paper_is_made_once_and_goes_with_the_letter(make_billing: MakeBilling) -> None:
    billing = make_billing()
    bill = billing.approved()
    said = Message.objects.get(template__code="bill.sent")
    with pytest.raises(NotReady):
        deliver_message({"message": said.pk}, billing.at)
    assert get_final_bill(billing.case, on=DAY).paper == PaperState.BEING_MADE
    owed = OwedWork.objects.get(kind="billing.final_bill")
    make_paper(owed.about, billing.at)
    bill = Invoice.objects.get(pk=bill.pk)
    assert bill.pdf is not None
    body = read(bill.pdf)
    text = text_of(body)
    assert "DRAFT" not in text.replace(" ", "")
    for words in (
        str(bill), "December 2024 – December 2024", billing.consumer.name, billing.meter(0).number,
        billing.meter(1).number, "18,345", "Fixed charge, December 2024", "Sales tax", "$226.60",
        "$456.78", "−$200.00", "$483.38", "Original deposit", "Applied to bill Yes", "Dec 30, 2024",
    ):  # fmt: skip
        assert words in text, words
    assert hashlib.sha256(body).hexdigest() == bill.pdf.sha256
    assert Entry.objects.get(kind=Event.DOCUMENT_MADE, case=billing.case).new["invoice"] == str(
        bill
    )
    # Whatever a later version of the renderer makes of it: the stored one stays.
    make_paper(owed.about, billing.at + timedelta(days=400))
    attach_paper(invoice=bill.pk, body=b"%PDF other", by=None, at=billing.at)
    assert StoredFile.objects.filter(title__startswith="Final bill").count() == 1
    assert read(Invoice.objects.get(pk=bill.pk).pdf) == body  # type: ignore[arg-type]
    deliver_message({"message": said.pk}, billing.at)
    assert Delivery.objects.get(message=said).state == "SENT"
    (letter,) = mail.outbox
    assert letter.attachments == [(f"Final-bill-{bill}.pdf", body, "application/pdf")]
    view = get_final_bill(billing.case, on=DAY)
    assert view.can_be_printed
    assert view.head is not None
    assert view.head.sha256 == bill.pdf.sha256


def test_a_draft_says_so_and_is_not_kept(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read()
    bill = billing.generate()
    text = text_of(bill_pdf(bill.pk, billing.at))
    assert "DRAFT" in text.replace(" ", "")
    assert "When approved" in text
    attach_paper(invoice=bill.pk, body=b"%PDF draft", by=None, at=billing.at)
    assert not StoredFile.objects.filter(title__startswith="Final bill").exists()
