"""What somebody who sees the product for the first time must be told on the pages of money."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pypdf import PdfReader

from billing.models import BillingRun, Invoice
from billing.operations.arrangements import cancel_arrangement
from billing.operations.refunds import approve_refund, reject_refund
from billing.operations.runs import go_on_with_run, start_billing_run
from consumers.models import Meter, Reading
from smart360.documents.access import read
from smart360.local.demo.accounts import accounts
from smart360.owed.tasks import drain
from tests.billing.arranging import arrange
from tests.billing.final_billing import Billing, MakeBilling, make_billing
from tests.billing.paying import propose
from tests.conftest import SetClock

__all__ = ["make_billing"]
pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
LATER = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _standing(stands: SetClock, settings: Any, tmp_path: Path) -> None:
    """The clock of the sample, and a place for files."""
    settings.MEDIA_ROOT = tmp_path / "media"


def words(answer: Any) -> str:
    """What a reader sees, in one line."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace(" ,", ",").replace(" :", ":")


def panel(answer: Any, id_: str) -> str:
    """The words of one panel."""
    page = answer.content.decode()
    found = re.search(rf'id="{id_}".*?</section>', page, flags=re.DOTALL)
    assert found, id_
    text = " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())
    return text.replace(" ,", ",").replace(" :", ":")


def tab(billing: Billing) -> str:
    return f"/cx/disconnections/{billing.case.number}/settlement"


def account(billing: Billing, rest: str) -> str:
    return f"/cx/consumer-management/{billing.consumer.account_number}{rest}"


# ------------------------------------------------------------------ the settlement tab
def test_the_switch_of_an_approved_bill_says_what_the_bill_did(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    """The deposit went into the bill, so there is none: that is no "off"."""
    billing = make_billing()
    billing.approved()
    answer = client_as(billing.robert).get(tab(billing))
    page = answer.content.decode()
    assert re.search(r'id="use-in-bill"[^>]*aria-checked="true" disabled', page)
    assert "The bill is approved" in words(answer)
    assert "No deposit to apply" not in words(answer)
    assert "Applied to bill Yes" in panel(answer, "deposit-panel")


def test_a_limit_is_said_with_its_figure(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    billing.read(billing.wish(0), billing.wish(1, value=Decimal(90_000), confirms_unusual=True))
    billing.generate(by=billing.karen)
    assert "The limit is $250.00." in words(client_as(billing.karen).get(tab(billing)))


@pytest.mark.django_db(transaction=True)
def test_a_reading_since_the_last_invoice_is_told_from_what_is_billed(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    """The newest reading is to be beaten, the last billed one is counted from: both are said."""
    billing = make_billing()
    bill_november(billing)
    meter = billing.meter(0)
    control = words(client_as(billing.karen).get(tab(billing)))
    assert "Billed up to" not in control
    assert meter_row(client_as(billing.robert).get(tab(billing)), meter) == "18,245 kWh Pending"
    newer(meter, date(2024, 12, 5), "18300")
    said = words(client_as(billing.karen).get(tab(billing)))
    assert "Previous: 18,300 kWh, Dec 5, 2024 Billed up to 18,245 kWh" in said
    # and who enters none sees what the bill will show
    assert meter_row(client_as(billing.robert).get(tab(billing)), meter) == "18,245 kWh Pending"


def meter_row(answer: Any, meter: Meter) -> str:
    """Previous and last reading of a meter in the table of who enters none."""
    found = re.search(rf"{meter.number}.*?(\S+ kWh \w+)", panel(answer, "final-readings-panel"))
    assert found
    return found[1]


def bill_november(billing: Billing) -> None:
    """A regular invoice up to November 30."""
    at = datetime(2024, 12, 1, 15, 30, tzinfo=UTC)
    key = start_billing_run(
        period_from=date(2024, 11, 1), period_to=date(2024, 11, 30), by=billing.karen, at=at
    )
    while (run := BillingRun.objects.get(pk=key)).state == "RUNNING":
        go_on_with_run(run=key, after=run.after, at=at)
    assert Invoice.objects.count() == 1


def newer(meter: Meter, on: date, value: str) -> None:
    """Another reading of a meter, like the one that it has."""
    known = Reading.objects.filter(meter=meter).latest("read_on")
    known.pk, known.read_on, known.value = None, on, Decimal(value)
    known.save(force_insert=True)


# ------------------------------------------------------------------ paper and letter
def test_the_first_page_says_what_is_due(make_billing: MakeBilling) -> None:
    """Reference, amount and next step are on page 1; a price is in money."""
    billing = make_billing()
    billing.approved()
    drain("PDF")
    bill = Invoice.objects.get()
    assert bill.pdf is not None
    first = PdfReader(io.BytesIO(read(bill.pdf))).pages[0].extract_text()
    head = " ".join(first.split()).partition("Customer")[0]
    assert "Final amount due $483.38" in head
    assert "$31.00 a month" in " ".join(first.split())


def test_a_draft_on_paper_leads_back_and_prints(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    """It opens in the place of the tab; its PDF has neither."""
    billing = make_billing()
    billing.read()
    billing.generate()
    address = f"/cx/billing/settlements/{billing.case.number}/bill"
    page = client_as(billing.karen).get(address).content.decode()
    assert f'href="{tab(billing)}"' in page
    assert "data-print" in page


def test_a_letter_with_a_document_says_so(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    address = f"/cx/disconnections/{billing.case.number}/communication"
    client = client_as(billing.karen)
    assert "PDF attached" not in words(client.get(address))
    billing.approved()
    assert words(client.get(address)).count("PDF attached") == 1


# ------------------------------------------------------------------ the tab Financial
def test_what_is_held_follows_from_what_moved_it(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    asked = propose(billing.consumer, by=billing.karen, at=billing.at, source="DEPOSIT")
    approve_refund(refund=asked.pk, by=billing.david, at=billing.at)
    billing.approved()
    shown = panel(client_as(billing.robert).get(account(billing, "/financial")), "deposits")
    assert re.search(r"Applied to a bill, Dec 10, 2024 INV-\d+ −\$170\.00", shown)
    assert f"Refunded, Dec 10, 2024 {asked.number} −$30.00" in shown
    assert re.search(r"Received, Dec 10, 2024 DEP-\S+ \$200\.00", shown)
    assert "Held now $0.00" in shown


def test_who_proposed_a_refund_sees_what_became_of_it(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    client, address = client_as(billing.karen), account(billing, "/financial")
    assert "account-refunds" not in client.get(address).content.decode()
    refunds = [
        propose(billing.consumer, amount, by=billing.karen, at=billing.at, source="DEPOSIT")
        for amount in ("10.00", "20.00", "30.00")
    ]
    approve_refund(refund=refunds[0].pk, by=billing.david, at=billing.at)
    reject_refund(refund=refunds[1].pk, reason="No voucher", by=billing.david, at=billing.at)
    shown = panel(client.get(address), "account-refunds")
    assert f"{refunds[0].number} Approved $10.00, Security deposit" in shown
    assert f"{refunds[1].number} Rejected $20.00" in shown
    assert f"by {billing.david.full_name}: No voucher" in shown
    assert f"{refunds[2].number} Needs approval $30.00" in shown


def test_a_cancelled_arrangement_has_nothing_open(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    made = arrange(billing.consumer, by=billing.robert, at=billing.at)
    client, address = client_as(billing.robert), account(billing, "/financial")
    assert " Open" in panel(client.get(address), "arrangements")
    cancel_arrangement(
        number=made.number, reason="Paid", by=billing.robert, at=billing.at, form_key=uuid4()
    )
    assert " Open" not in panel(client.get(address), "arrangements")


# ------------------------------------------------------------------ the way back
@pytest.mark.parametrize("form", ["payments", "refunds", "deposits"])
def test_a_form_of_money_goes_back_to_the_accounts_money(
    make_billing: MakeBilling, client_as: ClientAs, form: str
) -> None:
    billing = make_billing()
    page = client_as(billing.karen).get(account(billing, f"/{form}/new")).content.decode()
    financial = account(billing, "/financial")
    assert page.count(f'href="{financial}"') == 2  # Cancel, and the crumb


def test_after_the_deed_comes_the_accounts_money(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    client, financial = client_as(billing.karen), account(billing, "/financial")
    sent = {"amount": "50.00", "received_on": "2024-12-10", "form_key": str(uuid4())}
    kept = client.post(account(billing, "/deposits/new"), sent)
    assert (kept.status_code, kept["Location"]) == (302, financial)
    sent = {
        "amount": "50.00", "method": "CASH", "paid_on": "2024-12-10", "form_key": str(uuid4()),
    }  # fmt: skip
    paid = client.post(account(billing, "/payments/new"), sent, headers={"HX-Request": "true"})
    assert "Back to the account" in words(paid)
    assert f'href="{financial}"' in paid.content.decode()


# ------------------------------------------------------------------ the demo
def test_the_samples_meters_were_read_until_its_request() -> None:
    """Else its final bill for 2024 counts what the years after it used."""
    sample = accounts(LATER, Random(36))[0]
    assert [meter.readings[-1] for meter in sample.meters] == [
        (date(2024, 11, 30), Decimal(18245)),
        (date(2024, 11, 30), Decimal(842)),
    ]
    assert all(len(meter.readings) == 11 for meter in sample.meters)
