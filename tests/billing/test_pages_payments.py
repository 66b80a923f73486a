"""The pages of payments, refunds and deposits, as a browser meets them (BIL7)."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pypdf import PdfReader

from billing.choices import PaymentState, ProposalState
from billing.models import BillingPolicy, DepositReceipt, Payment, Refund, Reversal
from billing.queries.accounts import balances_of
from billing.queries.payments import REVERSED, receipt_key
from consumers.models import Consumer
from smart360.documents.access import read
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web import tones
from tests.billing.paying import cheque, owe, pay, propose, propose_back, take_back
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
HTMX = {"HX-Request": "true"}
REFUNDS = "/cx/billing/refunds"
REVERSALS = "/cx/billing/reversals"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def at_consumer(consumer: Consumer, act: str) -> str:
    return f"/cx/consumer-management/{consumer.account_number}/{act}/new"


def at_payment(payment: Payment, tail: str = "") -> str:
    return f"/cx/billing/payments/{payment.number}{tail}"


def payment_data(**more: str) -> dict[str, str]:
    """What the form sends for a payment by card."""
    sent = {
        "form_key": str(uuid4()), "amount": "150.00", "method": "CARD", "paid_on": "2024-12-10",
        "reference": "CARD-77",
    }  # fmt: skip
    return sent | more


def text_of(body: bytes) -> str:
    pages = PdfReader(io.BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_state_of_a_payment_can_be_shown() -> None:
    assert set(tones.PAYMENT) == {*PaymentState.values, REVERSED}


# ------------------------------------------------------------------ recording
class TestRecord:
    def test_the_form_shows_how_the_account_stands(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson, at: datetime,
        stands: SetClock,
    ) -> None:  # fmt: skip
        consumer = make_consumer()
        html = client_as(Role.RECOVERY).get(at_consumer(consumer, "payments")).content.decode()
        assert "$0.00" in html
        assert "Cleared" in html
        assert re.search(r"Last payment</dt><dd>--", html)
        assert 'value="2024-12-10"' in html
        owe(consumer, "456.78", at=at)
        pay(consumer, "20.00", by=person(Role.BILLING), at=at)
        html = client_as(Role.RECOVERY).get(at_consumer(consumer, "payments")).content.decode()
        assert "$436.78" in html
        assert "$20.00, Bank Transfer" in html
        assert "Cleared" not in html

    def test_without_scripts_it_ends_on_the_payment_with_its_receipt(
        self, client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
    ) -> None:
        consumer, client = make_consumer(), client_as(Role.BILLING)
        answer = client.post(at_consumer(consumer, "payments"), payment_data())
        made = Payment.objects.get()
        assert answer.status_code == 302
        assert answer["Location"] == at_payment(made)
        html = client.get(answer["Location"]).content.decode()
        for words in (made.number, "$150.00", "Processed", "CARD-77", "Card", "Dec 10, 2024"):
            assert words in html, words
        assert at_payment(made, "/receipt") in html
        assert at_payment(made, "/receipt.pdf") in html

    def test_htmx_gets_the_result_and_the_panels_refresh_themselves(
        self, client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
    ) -> None:
        consumer, client = make_consumer(), client_as(Role.BILLING)
        answer = client.post(at_consumer(consumer, "payments"), payment_data(), headers=HTMX)
        assert answer.status_code == 200
        assert "ledger-changed" in answer["HX-Trigger-After-Settle"]
        html = answer.content.decode()
        assert "<html" not in html
        assert "$150.00 is recorded: Processed." in html
        figures = client.get(at_consumer(consumer, "payments"), headers=HTMX).content.decode()
        assert 'id="account-figures"' in figures
        assert "<html" not in figures
        assert "ledger-changed from:body" in figures

    @pytest.mark.parametrize("headers", [{}, HTMX])
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"amount": "NaN"}, "Enter a number."),
            ({"amount": "Infinity"}, "Enter a number."),
            ({"amount": "-Infinity"}, "Enter a number."),
            ({"amount": "1e400"}, "Enter a number."),
            ({"amount": "12.345"}, "Ensure that there are no more than 2 decimal places."),
            ({"amount": "0.001"}, "Ensure that there are no more than 2 decimal places."),
            ({"amount": "-5"}, "Enter an amount above 0.00"),
            ({"amount": "0"}, "Enter an amount above 0.00"),
            ({"amount": "-0"}, "Enter an amount above 0.00"),
            ({"amount": "1,234.50"}, "without sign or comma, such as 1234.50"),
            ({"amount": "$5"}, "without sign or comma, such as 1234.50"),
            ({"amount": "5 USD"}, "without sign or comma, such as 1234.50"),
            ({"amount": "10000000000.00"}, "Amount is above the limit"),
            ({"amount": ""}, "This field is required."),
            ({"paid_on": "2024-12-11"}, "Payment date cannot be in the future"),
            ({"paid_on": "0001-01-01"}, "Payment date is more than a year ago"),
            ({"paid_on": "soon"}, "Enter a valid date."),
            ({"method": "GOLD"}, "Select a valid choice."),
            ({"reference": ""}, "Enter the reference by which the bank knows this payment"),
            ({"reference": "x" * 61}, "at most 60 characters"),
            ({"is_waited_for": "on"}, "Only a cheque is waited for"),
        ],
    )
    def test_a_wrong_payment_keeps_what_was_typed(
        self, headers: dict[str, str], wrong: dict[str, str], sentence: str, client_as: ClientAs,
        make_consumer: MakeConsumer, stands: SetClock,
    ) -> None:  # fmt: skip
        """Rows 62 to 67: beside the field, 422, nothing written."""
        consumer, client = make_consumer(), client_as(Role.BILLING)
        client.get("/")
        before = checksums()
        sent = payment_data(**{"reference": "KEPT-1", **wrong})
        answer = client.post(at_consumer(consumer, "payments"), sent, headers=headers)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert sentence in html
        assert 'id="payment-form"' in html
        assert "KEPT-1" in html or "reference" in wrong
        assert checksums() == before

    def test_up_to_the_limit_and_not_a_cent_more(
        self, client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
    ) -> None:
        """Row 67: the limit is a setting."""
        BillingPolicy.objects.update(largest_payment=Decimal("500.00"))
        consumer, client = make_consumer(), client_as(Role.BILLING)
        path = at_consumer(consumer, "payments")
        assert client.post(path, payment_data(amount="500.01")).status_code == 422
        assert client.post(path, payment_data(amount="500.00")).status_code == 302

    def test_a_reference_that_is_recorded_is_a_conflict(
        self, client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
    ) -> None:
        """Row 81."""
        client = client_as(Role.BILLING)
        client.post(at_consumer(make_consumer(), "payments"), payment_data())
        answer = client.post(at_consumer(make_consumer(), "payments"), payment_data())
        assert answer.status_code == 409
        assert "Payment CARD-77 is already recorded" in answer.content.decode()
        assert Payment.objects.count() == 1

    def test_a_double_click_shows_the_first_payment(
        self, client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
    ) -> None:
        consumer, client, sent = make_consumer(), client_as(Role.BILLING), payment_data()
        first, second = (client.post(at_consumer(consumer, "payments"), sent) for _ in range(2))
        assert first["Location"] == second["Location"]
        other = client.post(at_consumer(consumer, "payments"), sent | {"amount": "151.00"})
        assert other.status_code == 409
        assert "already submitted" in other.content.decode()
        assert Payment.objects.count() == 1

    def test_sums_and_numbers_of_the_server_are_not_taken_from_the_form(
        self, client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
    ) -> None:
        """Row 75: what the form invents is ignored."""
        consumer, client = make_consumer(), client_as(Role.BILLING)
        more = {"state": "FAILED", "number": "PAY-1", "posting": "1", "consumer": "1"}
        client.post(at_consumer(consumer, "payments"), payment_data() | more)
        made = Payment.objects.get()
        assert (made.consumer, made.state) == (consumer, PaymentState.PROCESSED)
        assert made.number.startswith("PAY-2024-")


# ------------------------------------------------------------------ one payment
class TestPayment:
    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_cheque_is_settled_on_its_page(
        self, headers: dict[str, str], client_as: ClientAs, make_consumer: MakeConsumer,
        person: MakePerson, stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        made = cheque(make_consumer(), by=person(Role.BILLING), at=at)
        client = client_as(Role.RECOVERY)
        html = client.get(at_payment(made)).content.decode()
        assert "Pending" in html
        assert "Download receipt" not in html
        assert client.get(at_payment(made, "/receipt.pdf")).status_code == 409
        sent = {"form_key": str(uuid4()), "outcome": "FAILED", "failure": ""}
        wrong = client.post(at_payment(made, "/settle"), sent, headers=headers)
        assert wrong.status_code == 422
        assert "This field is required." in wrong.content.decode()
        sent = {"form_key": str(uuid4()), "outcome": "CLEARED", "failure": ""}
        answer = client.post(at_payment(made, "/settle"), sent, headers=headers)
        assert answer.status_code == (200 if headers else 302)
        assert ("HX-Trigger-After-Settle" in answer) == bool(headers)
        late = client.post(at_payment(made, "/settle"), sent | {"form_key": str(uuid4())})
        assert late.status_code == 409
        assert f"{made.number} is Processed already" in late.content.decode()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_billing_proposes_a_reversal_and_a_supervisor_approves_it(
        self, headers: dict[str, str], client_as: ClientAs, make_consumer: MakeConsumer,
        person: MakePerson, stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        """roles.md: a posting is taken back by two people."""
        consumer, karen = make_consumer(), person(Role.BILLING)
        owe(consumer, "150.00", at=at)
        made, client = pay(consumer, by=karen, at=at), client_as(karen)
        assert "Propose reversal" in client.get(at_payment(made)).content.decode()
        sent = {"form_key": str(uuid4()), "reason": ""}
        assert client.post(at_payment(made, "/reverse"), sent, headers=headers).status_code == 422
        sent = {"form_key": str(uuid4()), "reason": "Bounced"}
        for _ in range(2):  # a double click
            answer = client.post(at_payment(made, "/reverse"), sent, headers=headers)
            assert answer.status_code == (200 if headers else 302)
        asked = Reversal.objects.get()
        late = client.post(at_payment(made, "/reverse"), sent | {"form_key": str(uuid4())})
        assert late.status_code == 409
        html = client.get(at_payment(made)).content.decode()
        for words in (asked.number, "You proposed it: somebody else decides.", "Bounced"):
            assert words in html
        assert "Propose reversal" not in html
        assert "Approve reversal" not in html
        assert balances_of(consumer.pk).outstanding == 0
        boss = client_as(Role.SUPERVISOR)
        assert "Approve reversal" in boss.get(at_payment(made)).content.decode()
        sent = {"form_key": str(uuid4())}
        for _ in range(2):
            answer = boss.post(f"{REVERSALS}/{asked.number}/approve", sent, headers=headers)
            assert answer.status_code == (200 if headers else 302)
        html = boss.get(at_payment(made)).content.decode()
        for words in ("Reversed", "Bounced", "David Chen", "$150.00"):
            assert words in html
        assert balances_of(consumer.pk).outstanding == Decimal("150.00")
        sent = {"form_key": str(uuid4())}
        late = boss.post(f"{REVERSALS}/{asked.number}/approve", sent, headers=headers)
        assert late.status_code == 409
        assert "Approved by David Chen already" in late.content.decode()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_reversal_is_rejected_with_a_reason(
        self, headers: dict[str, str], client_as: ClientAs, make_consumer: MakeConsumer,
        person: MakePerson, stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        made = pay(make_consumer(), by=person(Role.BILLING), at=at)
        asked, boss = propose_back(made, at=at), client_as(Role.SUPERVISOR)
        path = f"{REVERSALS}/{asked.number}/reject"
        wrong = boss.post(path, {"form_key": str(uuid4()), "reason": ""}, headers=headers)
        assert wrong.status_code == 422
        assert 'id="reject-reason-error"' in wrong.content.decode()
        sent = {"form_key": str(uuid4()), "reason": "The bank was wrong"}
        for _ in range(2):
            answer = boss.post(path, sent, headers=headers)
            assert answer.status_code == (200 if headers else 302)
        html = boss.get(at_payment(made)).content.decode()
        for words in (f"{asked.number}: rejected by David Chen", "The bank was wrong", "Processed"):
            assert words in html
        assert "Propose reversal" in html

    def test_nobody_is_offered_to_decide_their_own(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        """X6: the button is the rule, for who proposed it and for who recorded the payment."""
        boss, karen = person(Role.SUPERVISOR), person(Role.BILLING)
        proposed, recorded = (pay(make_consumer(), by=by, at=at) for by in (karen, boss))
        client, billing = client_as(boss), client_as(karen)
        for made, by, words in (
            (proposed, boss, "You proposed it"), (recorded, karen, "You recorded the payment"),
        ):  # fmt: skip
            asked = propose_back(made, by=by, at=at)
            html = client.get(at_payment(made)).content.decode()
            assert f"{words}: somebody else decides." in html
            assert f"{asked.number}/approve" not in html
            sent = {"form_key": str(uuid4()), "reason": "x"}
            answer = client.post(f"{REVERSALS}/{asked.number}/approve", sent)
            assert answer.status_code == 403
            assert "Somebody else must" in answer.content.decode()
            for act in ("approve", "reject"):
                path = f"{REVERSALS}/{asked.number}/{act}"
                assert billing.post(path, {"form_key": str(uuid4())}).status_code == 403
        recovery = client_as(Role.RECOVERY).get(at_payment(made)).content.decode()
        assert "Propose reversal" not in recovery

    def test_those_that_wait_are_found_on_a_list(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime, django_assert_max_num_queries: Any,
    ) -> None:  # fmt: skip
        consumer, karen = make_consumer(), person(Role.BILLING)
        made = [pay(consumer, "1.00", by=karen, at=at) for _ in range(27)]
        asked = [propose_back(each, at=at) for each in made]
        client = client_as(karen)
        assert f'href="{REVERSALS}"' in client.get("/").content.decode()
        with django_assert_max_num_queries(8):
            html = client.get(REVERSALS).content.decode()
        assert asked[0].number in html
        assert asked[26].number not in html
        assert "Decide" not in html
        found = re.search(r'href="(/cx/billing/reversals\?cursor=[^"]+)"', html)
        assert found is not None
        html = client_as(Role.SUPERVISOR).get(found[1]).content.decode()
        assert asked[26].number in html
        assert "Decide" in html
        assert f'href="{at_payment(made[26])}"' in html
        assert client_as(Role.RECOVERY).get(REVERSALS).status_code == 403

    def test_nothing_there_is_404(self, client_as: ClientAs, utility: Any) -> None:
        client = client_as(Role.SUPERVISOR)
        for path in ("/cx/billing/payments/PAY-2024-999999", "/cx/billing/payments/PAY-1"):
            assert client.get(path).status_code == 404


# ------------------------------------------------------------------ receipts
class TestReceipt:
    def test_a_worker_makes_it_once_and_it_can_be_had(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        consumer, client = make_consumer(), client_as(Role.BILLING)
        made = pay(consumer, by=person(Role.BILLING), at=at, reference="BT-88")
        assert client.get(at_payment(made, "/receipt.pdf")).status_code == 202
        assert drain("PDF") == 1
        made.refresh_from_db()
        assert made.receipt is not None
        text = text_of(read(made.receipt))
        for words in (
            "Payment receipt", made.number, "$150.00", "Bank Transfer", "BT-88", "Karen Lee",
            "John Michael Smith", consumer.account_number, "Springfield Utilities", "Dec 10, 2024",
        ):  # fmt: skip
            assert words in text, words
        answer = client.get(at_payment(made, "/receipt.pdf"))
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == (
            f'attachment; filename="Receipt-{made.number}.pdf"'
        )
        assert Entry.objects.filter(consumer=consumer, kind=Event.DOCUMENT_MADE).count() == 1
        OwedWork.objects.update(state=OwedState.WAITING, done_at=None)  # the worker died first
        first = made.receipt_id
        drain("PDF")
        made.refresh_from_db()
        assert made.receipt_id == first

    def test_the_print_view_waits_for_nothing(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        client = client_as(Role.BILLING)
        waiting = cheque(make_consumer(), by=person(Role.BILLING), at=at)
        html = client.get(at_payment(waiting, "/receipt")).content.decode()
        assert "counts once the bank has cleared it" in html
        made = pay(make_consumer(), by=person(Role.BILLING), at=at)
        assert "Thank you" in client.get(at_payment(made, "/receipt")).content.decode()
        take_back(made, by=person(Role.SUPERVISOR), at=at)
        html = client.get(at_payment(made, "/receipt")).content.decode()
        assert "was reversed on" in html
        assert "it pays nothing" in html

    def test_one_that_could_not_be_made_is_tried_again(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        made, client = pay(make_consumer(), by=person(Role.BILLING), at=at), client_as(Role.BILLING)
        assert client.post(at_payment(made, "/receipt/retry")).status_code == 409
        OwedWork.objects.filter(dedupe_key=receipt_key(made.number)).update(
            state=OwedState.FAILED, attempts=8
        )
        assert "Try again" in client.get(at_payment(made, "/receipt.pdf")).content.decode()
        assert client.post(at_payment(made, "/receipt/retry")).status_code == 302
        assert drain("PDF") == 1


# ------------------------------------------------------------------ refunds
def refund_data(**more: str) -> dict[str, str]:
    sent = {
        "form_key": str(uuid4()), "source": "CREDIT", "amount": "100.00", "method": "CHEQUE",
        "reason": "Paid twice",
    }  # fmt: skip
    return sent | more


class TestRefund:
    def test_proposed_by_one_and_approved_by_another(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        consumer, client = make_consumer(), client_as(Role.RECOVERY)
        pay(consumer, by=person(Role.BILLING), at=at)
        html = client.get(at_consumer(consumer, "refunds")).content.decode()
        assert "$150.00" in html
        assert "Above $50.00" in html
        answer = client.post(at_consumer(consumer, "refunds"), refund_data())
        assert (answer.status_code, answer["Location"]) == (302, REFUNDS)
        asked = Refund.objects.get()
        html = client.get(REFUNDS).content.decode()
        assert asked.number in html
        assert f"{REFUNDS}/{asked.number}/approve" not in html
        boss = client_as(Role.SUPERVISOR)
        assert f"{REFUNDS}/{asked.number}/approve" in boss.get(REFUNDS).content.decode()
        sent = {"form_key": str(uuid4())}
        answer = boss.post(f"{REFUNDS}/{asked.number}/approve", sent, headers=HTMX)
        assert answer.status_code == 200
        assert "ledger-changed" in answer["HX-Trigger-After-Settle"]
        assert "No refund waits" in answer.content.decode()
        assert balances_of(consumer.pk).credit == Decimal("50.00")
        again = boss.post(f"{REFUNDS}/{asked.number}/approve", {"form_key": str(uuid4())})
        assert again.status_code == 409
        assert "Approved by David Chen already" in again.content.decode()

    def test_more_than_the_credit_is_refused_beside_the_field(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        """Row 80."""
        consumer, client = make_consumer(), client_as(Role.RECOVERY)
        pay(consumer, by=person(Role.BILLING), at=at)
        sent = refund_data(amount="150.01", reason="Kept words")
        answer = client.post(at_consumer(consumer, "refunds"), sent)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "Refund is more than the credit of $150.00" in html
        assert "Kept words" in html
        assert not Refund.objects.exists()

    def test_nobody_is_offered_their_own_large_one(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        """X6: the button is the rule."""
        consumer, boss = make_consumer(), person(Role.SUPERVISOR)
        pay(consumer, by=person(Role.BILLING), at=at)
        asked = propose(consumer, "100.00", by=boss, at=at)
        client = client_as(boss)
        html = client.get(REFUNDS).content.decode()
        assert "somebody else decides" in html
        assert f"{asked.number}/approve" not in html
        for act in ("approve", "reject"):
            sent = {"form_key": str(uuid4()), "reason": "x"}
            answer = client.post(f"{REFUNDS}/{asked.number}/{act}", sent)
            assert answer.status_code == 403
            assert "Somebody else must decide" in answer.content.decode()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_rejected_with_a_reason(
        self, headers: dict[str, str], client_as: ClientAs, make_consumer: MakeConsumer,
        person: MakePerson, stands: SetClock, at: datetime,
    ) -> None:  # fmt: skip
        consumer = make_consumer()
        pay(consumer, by=person(Role.BILLING), at=at)
        asked = propose(consumer, "30.00", by=person(Role.RECOVERY), at=at)
        boss, path = client_as(Role.SUPERVISOR), f"{REFUNDS}/{asked.number}/reject"
        sent = {"form_key": str(uuid4()), "reason": ""}
        wrong = boss.post(path, sent, headers=headers)
        assert wrong.status_code == 422
        assert f'id="reject-{asked.number}-reason-error"' in wrong.content.decode()
        sent = {"form_key": str(uuid4()), "reason": "Will be billed"}
        assert boss.post(path, sent, headers=headers).status_code == (200 if headers else 302)
        asked.refresh_from_db()
        assert (asked.state, asked.decision) == (ProposalState.REJECTED, "Will be billed")

    @pytest.mark.parametrize(("role", "leads"), [(Role.RECOVERY, True), (Role.CSE, False)])
    def test_the_side_leads_there_whom_it_is_for(
        self, role: Role, leads: bool, client_as: ClientAs, utility: Any
    ) -> None:
        assert (f'href="{REFUNDS}"' in client_as(role).get("/").content.decode()) is leads

    def test_the_list_goes_on(
        self, client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson,
        stands: SetClock, at: datetime, django_assert_max_num_queries: Any,
    ) -> None:  # fmt: skip
        consumer, by = make_consumer(), person(Role.RECOVERY)
        pay(consumer, by=by, at=at)
        made = [propose(consumer, "1.00", by=by, at=at) for _ in range(27)]
        client = client_as(Role.SUPERVISOR)
        client.get(REFUNDS)
        with django_assert_max_num_queries(8):
            html = client.get(REFUNDS).content.decode()
        assert made[0].number in html
        assert made[26].number not in html
        found = re.search(r'href="(/cx/billing/refunds\?cursor=[^"]+)"', html)
        assert found is not None
        assert made[26].number in client.get(found[1]).content.decode()


# ------------------------------------------------------------------ deposits
def test_a_deposit_is_recorded_at_the_desk(
    client_as: ClientAs, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    consumer, client = make_consumer(), client_as(Role.BILLING)
    path = at_consumer(consumer, "deposits")
    assert client.get(path).status_code == 200
    sent = {"form_key": str(uuid4()), "amount": "0", "received_on": "2024-12-11"}
    wrong = client.post(path, sent)
    assert wrong.status_code == 422
    assert "Enter an amount above 0.00" in wrong.content.decode()
    late = client.post(path, sent | {"amount": "200.00"})
    assert late.status_code == 422
    assert "cannot be in the future" in late.content.decode()
    sent = {"form_key": str(uuid4()), "amount": "200.00", "received_on": "2024-12-10"}
    for _ in range(2):
        answer = client.post(path, sent)
        assert answer.status_code == 302
    assert DepositReceipt.objects.count() == 1
    assert (
        "A security deposit of $200.00 is recorded."
        in client.get(answer["Location"]).content.decode()
    )


# ------------------------------------------------------------------ who is offered what
@pytest.mark.parametrize(
    ("role", "is_offered"),
    [
        (Role.CSE, False), (Role.CALL_CENTRE, False), (Role.RECOVERY, True), (Role.BILLING, True),
        (Role.SUPERVISOR, True), (Role.ADMIN, False), (Role.DISPATCHER, False),
    ],
)  # fmt: skip
def test_the_forms_are_for_who_may(
    role: Role,
    is_offered: bool,
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    stands: SetClock,
) -> None:
    """roles.md: recording and proposing is for recovery, billing and supervisors."""
    consumer, client = make_consumer(), client_as(role)
    for act in ("payments", "refunds", "deposits"):
        path = at_consumer(consumer, act)
        assert client.get(path).status_code == (200 if is_offered else 403)
        assert client.post(path, {}).status_code == (400 if is_offered else 403)
