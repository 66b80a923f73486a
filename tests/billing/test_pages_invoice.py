"""The page of an invoice, its paper, and taking it back from there (BIL6, BIL9, CON9, M16)."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing.models import CreditNote, Invoice
from billing.operations.final_bills import attach_paper
from billing.tasks.final_bills import make_paper
from smart360.documents.access import read as read_file
from smart360.documents.models import StoredFile
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.billing.paying import pay
from tests.billing.rates import make_tariff
from tests.billing.test_final_bill_paper import text_of
from tests.billing.test_run_billing import (
    BOTH,
    DECEMBER,
    JANUARY,
    MakeConsumer,
    MakePerson,
    read,
    run_cycle,
)

__all__ = ["run_cycle"]
pytestmark = [pytest.mark.django_db(transaction=True)]
ONE = "/cx/billing/invoices/INV-000001"
TWO = "/cx/billing/invoices/INV-000002"
AT = datetime(2025, 1, 2, 18, 0, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
ClientAs = Callable[..., Client]


@pytest.fixture
def invoice(make_consumer: MakeConsumer, run_cycle: Callable[..., Any], stands: Any) -> Invoice:
    """December's, of electricity that was read and of water that nobody could read."""
    make_tariff()
    make_tariff(fixed="3.10", slabs=(("0", "2.00"),), tax="", utility_type="WATER")  # type: ignore[arg-type]
    consumer = make_consumer(services=BOTH)
    read(consumer, date(2024, 12, 30), "18495")
    run_cycle(DECEMBER)
    stands.at = AT
    return Invoice.objects.get()


@pytest.fixture
def karen(client_as: ClientAs) -> Client:
    return client_as(Role.BILLING)


def words_of(answer: Any) -> str:
    """What a page says, blanks made one."""
    return " ".join(answer.content.decode().split())


def test_each_line_explains_itself(invoice: Invoice, karen: Client) -> None:
    page = words_of(karen.get(ONE))
    for words in (
        "Invoice INV-000001", "Consumption up to 200 kWh<small>200 kWh × $0.10</small>",
        "Consumption above 200 kWh<small>50 kWh × $0.15</small>",
        "Fixed charge, December 2024<small>31 of 31 days × $12.50 a month</small>",
        "Sales tax<small>7 % of $40.00</small>", "18,245", "18,495", "Estimated",
        "estimated: nobody could read it", "$45.90",
    ):  # fmt: skip
        assert words in page, words
    assert "Taken back" not in page


def test_what_is_unpaid_follows_the_payments(
    invoice: Invoice, karen: Client, person: MakePerson
) -> None:
    assert "<strong>$45.90</strong>" in words_of(karen.get(ONE))
    pay(invoice.consumer, "40.00", by=person(Role.BILLING), at=AT)
    assert "<strong>$5.90</strong>" in words_of(karen.get(ONE))
    pay(invoice.consumer, "5.90", by=person(Role.BILLING), at=AT)
    page = words_of(karen.get(ONE))
    assert "Paid" in page
    assert "<strong>$5.90</strong>" not in page


def test_it_is_linked_from_the_account_and_from_the_statement(
    invoice: Invoice, karen: Client
) -> None:
    account = f"/cx/consumer-management/{invoice.consumer.account_number}"
    for page in (f"{account}/financial", f"{account}/statement?from=2024-12-01&to=2025-01-02"):
        assert f'href="{ONE}"' in karen.get(page).content.decode(), page
    assert f'href="{ONE}.pdf"' in karen.get(f"{account}/financial").content.decode()


# ------------------------------------------------------------------ the paper
def test_the_run_makes_no_paper_and_looking_none_either(invoice: Invoice, karen: Client) -> None:
    answer = karen.get(f"{ONE}.pdf")
    assert answer.status_code == 200
    assert "Make the PDF" in words_of(answer)
    assert not OwedWork.objects.filter(kind="billing.invoice").exists()
    assert not StoredFile.objects.exists()


def test_the_paper_is_made_when_it_is_asked_for_and_stays(invoice: Invoice, karen: Client) -> None:
    for _ in range(2):  # pressed twice
        assert karen.post(f"{ONE}.pdf")["Location"] == f"{ONE}.pdf"
    owed = OwedWork.objects.get(kind="billing.invoice")
    waiting = karen.get(f"{ONE}.pdf")
    assert waiting.status_code == 202
    assert "The bill is being made." in words_of(waiting)
    drain("PDF")
    assert "The bill is ready." in words_of(karen.get(f"{ONE}.pdf", headers=HTMX))
    body = karen.get(f"{ONE}.pdf").content
    text = text_of(body)
    for words in (
        "Invoice No. INV-000001", "Consumption above 200 kWh", "50 kWh", "Estimated", "Amount due",
        "$45.90", "Jan 21, 2025", invoice.consumer.name, invoice.consumer.account_number,
    ):  # fmt: skip
        assert words in text, words
    for words in ("Final", "Security deposit", "Request ID", "DRAFT"):
        assert words not in text, words
    invoice.refresh_from_db()
    assert invoice.pdf is not None
    assert hashlib.sha256(body).hexdigest() == invoice.pdf.sha256
    assert invoice.pdf.title == "Invoice INV-000001"
    made = Entry.objects.get(kind="DOCUMENT_MADE")
    assert (made.new["document"], made.new["sha256"]) == ("invoice", invoice.pdf.sha256)
    # Whatever happens later: the stored one stays.
    make_paper(owed.about, AT + timedelta(days=400))
    attach_paper(invoice=invoice.pk, body=b"%PDF other", by=None, at=AT)
    karen.post(f"{ONE}.pdf")
    drain("PDF")
    assert StoredFile.objects.count() == 1
    assert karen.get(f"{ONE}.pdf").content == body == read_file(invoice.pdf)


def test_a_paper_that_failed_is_tried_again(invoice: Invoice, karen: Client) -> None:
    karen.post(f"{ONE}.pdf")
    OwedWork.objects.filter(kind="billing.invoice").update(state="FAILED")
    assert "The bill could not be made." in words_of(karen.get(f"{ONE}.pdf"))
    assert karen.post(f"{ONE}.pdf").status_code == 302
    drain("PDF")
    assert karen.get(f"{ONE}.pdf")["Content-Type"] == "application/pdf"


# ------------------------------------------------------------------ credit notes
def keyed() -> dict[str, str]:
    """What a button of one press sends."""
    return {"form_key": str(uuid4())}


def proposed(client: Client, address: str = ONE, reason: str = "Wrong tariff") -> Any:
    return client.post(f"{address}/credit-notes", {"form_key": str(uuid4()), "reason": reason})


def test_a_mistake_is_taken_back_by_two_people(
    invoice: Invoice, karen: Client, client_as: ClientAs, run_cycle: Callable[..., Any]
) -> None:
    assert proposed(karen, reason=" ").status_code == 422
    assert proposed(karen)["Location"] == ONE
    again = proposed(karen)
    assert again.status_code == 409
    assert "exists already" in words_of(again)
    note = CreditNote.objects.get()
    page = words_of(karen.get(ONE))
    assert "Somebody else decides." in page
    assert "Approve credit note" not in page
    assert karen.post(f"{ONE}/credit-notes/{note}/approve", keyed()).status_code == 403
    boss = client_as(Role.SUPERVISOR)
    assert "Approve credit note" in words_of(boss.get(ONE))
    assert boss.post(f"{ONE}/credit-notes/{note}/approve", keyed())["Location"] == ONE
    page = words_of(boss.get(ONE))
    assert "Taken back" in page
    assert f"{note}: approved by" in page
    late = boss.post(f"{ONE}/credit-notes/{note}/reject", keyed())
    assert late.status_code == 409
    assert "was approved already" in words_of(late)
    assert run_cycle(DECEMBER).issued == 1  # its days are billed again, under a new number
    assert Invoice.objects.get(number=2).billed == invoice.billed


def test_a_rejected_note_leaves_it_as_it_is(
    invoice: Invoice, karen: Client, client_as: ClientAs
) -> None:
    proposed(karen)
    boss = client_as(Role.SUPERVISOR)
    assert (
        boss.post(f"{ONE}/credit-notes/{CreditNote.objects.get()}/reject", keyed()).status_code
        == 302
    )
    invoice.refresh_from_db()
    assert invoice.taken_back_at is None


def test_the_page_says_which_bill_comes_first(
    invoice: Invoice, karen: Client, run_cycle: Callable[..., Any]
) -> None:
    run_cycle(JANUARY)
    no = proposed(karen)
    assert no.status_code == 409
    assert "INV-000002 goes on where INV-000001 ends. Take INV-000002 back first." in words_of(no)
    assert proposed(karen, TWO).status_code == 302


def test_a_note_of_another_invoice_is_not_there(
    invoice: Invoice, karen: Client, client_as: ClientAs, run_cycle: Callable[..., Any]
) -> None:
    run_cycle(JANUARY)
    proposed(karen, TWO)
    boss = client_as(Role.SUPERVISOR)
    assert (
        boss.post(f"{ONE}/credit-notes/{CreditNote.objects.get()}/approve", keyed()).status_code
        == 404
    )


def test_looking_costs_no_more_with_more_lines(
    invoice: Invoice, karen: Client, django_assert_max_num_queries: Any
) -> None:
    karen.get(ONE)
    with django_assert_max_num_queries(26):
        karen.get(ONE)
