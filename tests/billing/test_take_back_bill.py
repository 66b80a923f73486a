"""A credit note takes an approved bill back whole; both stay (BIL6, M7)."""

from decimal import Decimal
from uuid import uuid4

import pytest

from billing import ports
from billing.models import CreditNote, Invoice, LedgerTransaction
from billing.operations.credit_notes import (
    UnableToTakeBack,
    approve_credit_note,
    propose_credit_note,
    reject_credit_note,
)
from billing.queries.accounts import balances_of
from billing.queries.final_bills import get_final_bill
from billing.rules.arrangements import Part
from consumers.models import ConsumerFigures, Reading
from smart360.comms.models import Delivery, Message
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import FIRST, arrange
from tests.billing.final_billing import DAY, Billing, MakeBilling
from tests.billing.paying import pay
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db


def propose(billing: Billing, bill: Invoice, reason: str = "Wrong reading") -> CreditNote:
    return propose_credit_note(
        invoice=bill.pk, reason=reason, by=billing.karen, at=billing.at, form_key=uuid4()
    )


def approve(billing: Billing, note: CreditNote, by: Person | None = None) -> CreditNote:
    return approve_credit_note(note=note.pk, by=by or billing.david, at=billing.at)


def test_a_bill_taken_back_settles_who_owes_nothing_else(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for the account hears of it, and an arrangement for the bill is kept."""
    heard: list[int] = []
    tell = [lambda *, consumer, by, at: heard.append(consumer)]
    billing = make_billing("0.01", "0.00", reason="CR-001")
    bill = billing.approved()
    pay(billing.consumer, "0.01", by=billing.karen, at=billing.at)
    owed = balances_of(billing.consumer.pk).outstanding
    promised = arrange(billing.consumer, (Part(FIRST, owed),), by=billing.karen, at=billing.at)
    monkeypatch.setattr(ports, "ACCOUNT_SETTLED", tell)
    approve(billing, propose(billing, bill))
    assert balances_of(billing.consumer.pk).outstanding == 0
    assert heard == [billing.consumer.pk]
    promised.refresh_from_db()
    assert promised.state == "KEPT"
    assert_sound(billing.at)


def test_everything_returns_and_the_next_bill_is_a_new_one(make_billing: MakeBilling) -> None:
    billing = make_billing()
    bill = billing.approved()
    note = approve(billing, propose(billing, bill))
    bill.refresh_from_db()
    assert (bill.state, bill.taken_back_at) == ("APPROVED", billing.at)
    balances = balances_of(billing.consumer.pk)
    assert (balances.outstanding, balances.deposit) == (Decimal("456.78"), Decimal("200.00"))
    assert note.posting is not None
    assert note.posting.reverses == bill.posting
    assert LedgerTransaction.objects.filter(kind="REVERSAL").count() == 2
    assert ConsumerFigures.objects.get(consumer=billing.consumer).last_billed_on is None
    kinds = Entry.objects.filter(case=billing.case).values_list("kind", flat=True)
    assert {Event.CREDIT_NOTE_PROPOSED, Event.CREDIT_NOTE_APPROVED} <= set(kinds)
    # The readings may be entered again, below the wrong ones, and replace them.
    billing.read(billing.wish(0, value=Decimal(18_300)), billing.wish(1))
    again = billing.generate()
    assert again.number == bill.number + 1
    second = billing.approve()
    second.refresh_from_db()
    assert second.applied == Decimal("200.00")
    assert {each.value for each in Reading.objects.filter(read_on=DAY)} == {
        Decimal(18_300), Decimal(18_345),
    }  # fmt: skip
    view = get_final_bill(billing.case, on=DAY)
    assert [each.number for each in view.past] == [str(bill)]
    assert view.head is not None
    assert view.head.number == str(second)
    assert_sound()


def test_the_consumer_is_told_whatever_the_box_says(make_billing: MakeBilling) -> None:
    """Statutory, as the bill was; a rejected one tells nobody."""
    billing = make_billing(notifies_consumer=False)
    bill = billing.approved()
    rejected = propose(billing, bill)
    reject_credit_note(note=rejected.pk, by=billing.david, at=billing.at)
    note = approve(billing, propose(billing, bill))
    message = Message.objects.get(template__code="bill.taken_back")
    assert (message.case, message.is_statutory) == (billing.case, True)
    assert message.dedupe_key == f"bill.taken_back:{note.number}"
    for words in (note.number, str(bill), "Outstanding now: $456.78"):
        assert words in message.body.text
    assert Delivery.objects.get(message=message).state == "QUEUED"


def test_two_people_and_once(make_billing: MakeBilling) -> None:
    billing = make_billing()
    bill = billing.approved()
    note = propose_credit_note(
        invoice=bill.pk, reason="Wrong", by=billing.david, at=billing.at, form_key=None
    )
    with pytest.raises(UnableToTakeBack, match="Somebody else") as own:
        approve(billing, note)
    assert own.value.http_status == 403
    with pytest.raises(UnableToTakeBack, match="exists already"):
        propose(billing, bill)
    reject_credit_note(note=note.pk, by=billing.karen, at=billing.at)
    with pytest.raises(UnableToTakeBack, match="was rejected already") as late:
        approve(billing, note, by=billing.karen)
    assert late.value.http_status == 409
    assert propose(billing, bill).state == "PROPOSED"
    assert balances_of(billing.consumer.pk).deposit == 0


def test_the_same_form_decides_once(make_billing: MakeBilling) -> None:
    """R4: the second press gets the first result, of an approval and of a rejection."""
    billing, key = make_billing(), uuid4()
    bill = billing.approved()
    note = propose(billing, bill)
    for _ in range(2):
        rejected = reject_credit_note(note=note.pk, by=billing.david, at=billing.at, form_key=key)
        assert rejected.state == "REJECTED"
    note = propose(billing, bill)
    for _ in range(2):
        done = approve_credit_note(note=note.pk, by=billing.david, at=billing.at, form_key=key)
        assert done.state == "APPROVED"
    assert LedgerTransaction.objects.filter(kind="REVERSAL").count() == 2
    decided = (Event.CREDIT_NOTE_APPROVED, Event.CREDIT_NOTE_REJECTED)
    assert Entry.objects.filter(case=billing.case, kind__in=decided).count() == 2


def test_a_draft_and_an_empty_reason_are_refused(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read()
    draft = billing.generate()
    with pytest.raises(UnableToTakeBack, match="is draft"):
        propose(billing, draft)
    bill = billing.approve()
    for reason in ("", " \u200b", "x" * 251):
        with pytest.raises(UnableToTakeBack) as no:
            propose(billing, bill, reason)
        assert no.value.field == "reason"


def test_a_bill_of_nothing_can_be_taken_back(make_billing: MakeBilling) -> None:
    billing = make_billing("0.00", "0.00", services={"WATER": "CONNECTED"})
    billing.read(billing.wish(value=Decimal(18_245), has_no_consumption=True))
    billing.generate()
    bill = billing.approve()
    assert approve(billing, propose(billing, bill)).posting is None
    assert billing.generate().number == bill.number + 1
