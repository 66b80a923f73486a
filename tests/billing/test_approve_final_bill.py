"""Approving a final bill: exactly what was shown, once, for ever (M5 to M8, M10, M11)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.choices import PostingKind
from billing.models import (
    DepositUse,
    Invoice,
    InvoiceLine,
    InvoiceSection,
    LedgerEntry,
    LedgerTransaction,
)
from billing.operations.final_bills import UnableToApprove
from billing.operations.final_readings import add_adjustment
from billing.operations.settlements import UnableToSettle
from billing.queries.accounts import balances_of
from billing.queries.final_bills import get_final_bill
from billing.rules.final_bills import from_json
from consumers.choices import ReadingException
from consumers.models import ConsumerFigures, Reading
from smart360.comms.models import Message
from smart360.owed.models import OwedWork
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import DAY, PREVIOUS, MakeBilling
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db
BILLED = Decimal("226.60")
"""Electricity Dec 1–15: fixed 15.00, 96.774 at 0.10 = 9.68, 3.226 at 0.20 = 0.65, tax 1.27;
water 100 m³ at 2.00 = 200.00."""


def test_an_approved_bill_is_posted_and_the_deposit_applied(make_billing: MakeBilling) -> None:
    billing = make_billing()
    bill = billing.approved()
    bill.refresh_from_db()
    assert (bill.state, bill.approved_by) == ("APPROVED", billing.karen)
    assert (bill.billed, bill.outstanding) == (BILLED, Decimal("456.78"))
    assert (bill.uses_deposit, bill.applied) == (True, Decimal("200.00"))
    assert (bill.due, bill.refund_due) == (BILLED + Decimal("256.78"), Decimal(0))
    assert (bill.issued_on, bill.due_on) == (DAY, DAY + timedelta(days=20))
    balances = balances_of(billing.consumer.pk)
    assert (balances.outstanding, balances.deposit) == (bill.due, Decimal(0))
    kinds = LedgerTransaction.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == [PostingKind.FINAL_BILL, PostingKind.DEPOSIT_APPLIED]
    assert DepositUse.objects.get().invoice == bill
    legs = LedgerEntry.objects.filter(transaction=bill.posting).values_list(
        "account__kind", "account__utility_type", "amount", "service_connection__utility_type"
    )
    assert set(legs) == {
        ("RECEIVABLE", "", BILLED, None),
        ("REVENUE", "ELECTRICITY", Decimal("-25.33"), "ELECTRICITY"),
        ("TAX", "ELECTRICITY", Decimal("-1.27"), "ELECTRICITY"),
        ("REVENUE", "WATER", Decimal("-200.00"), "WATER"),
    }
    assert_sound()


def test_it_is_told_recorded_and_owed_once(make_billing: MakeBilling) -> None:
    billing = make_billing()
    bill = billing.approved()
    entry = Entry.objects.get(kind=Event.BILL_APPROVED)
    assert (entry.case, entry.consumer) == (billing.case, billing.consumer)
    assert entry.new["invoice"] == str(bill)
    said = Message.objects.get(template__code="bill.sent")
    assert said.is_statutory
    assert said.body.text.count(str(bill)) == 2
    assert OwedWork.objects.filter(kind="billing.final_bill").count() == 1
    figures = ConsumerFigures.objects.get(consumer=billing.consumer)
    assert figures.last_billed_on == DAY
    assert figures.oldest_due_on == DAY, "a fee is due on its day"


def test_an_unticked_box_does_not_keep_the_bill_back(make_billing: MakeBilling) -> None:
    billing = make_billing(notifies_consumer=False)
    billing.approved()
    assert Message.objects.filter(template__code="bill.sent").count() == 1


def test_the_readings_stand_among_the_meters(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.approved()
    kept = Reading.objects.filter(read_on=DAY).values_list("meter", "value", "verification")
    assert set(kept) == {
        (billing.meter(position).pk, Decimal(18345), "VERIFIED") for position in (0, 1)
    }


def test_every_line_explains_itself(make_billing: MakeBilling) -> None:
    bill = make_billing().approved()
    sections = InvoiceSection.objects.filter(invoice=bill).order_by("pk")
    assert [(each.utility_type, each.from_on, each.to_on) for each in sections] == [
        ("ELECTRICITY", date(2024, 12, 1), date(2024, 12, 15)),
        ("WATER", date(2024, 12, 1), date(2024, 12, 15)),
    ]
    lines = InvoiceLine.objects.filter(section=sections[0]).order_by("position")
    assert [(each.kind, each.quantity, each.of, each.rate, each.amount) for each in lines] == [
        ("FIXED", 15, 31, 31, Decimal("15.00")),
        ("USAGE", Decimal("96.774"), None, Decimal("0.10"), Decimal("9.68")),
        ("USAGE", Decimal("3.226"), None, Decimal("0.20"), Decimal("0.65")),
        ("TAX", None, Decimal("25.33"), 5, Decimal("1.27")),
    ]
    assert sum((each.amount for each in sections), Decimal(0)) == bill.billed
    kept = from_json(bill.drafts.get().content)
    assert kept.billed == bill.billed


def test_figures_that_changed_are_not_approved(make_billing: MakeBilling) -> None:
    """76: a payment, a fee, a reading, an adjustment, the toggle; and the page is told."""
    billing = make_billing()
    billing.read()
    seen = billing.generate().inputs_hash
    billing.owe("-50.00")
    with pytest.raises(UnableToApprove, match="Amounts changed since you opened this page") as no:
        billing.approve(seen)
    assert no.value.http_status == 409
    view = get_final_bill(billing.case, on=DAY)
    assert view.is_stale
    assert view.fresh is not None
    assert view.fresh.outstanding == Decimal("406.78")
    told = {change.what: (change.before, change.after) for change in view.since}
    assert told["Outstanding before this bill"] == (Decimal("456.78"), Decimal("406.78"))
    assert not view.can_be_approved_by(billing.karen)
    billing.use_deposit(False)
    with pytest.raises(UnableToApprove):
        billing.approve(seen)
    assert Invoice.objects.get().state == "DRAFT"
    # Generated anew by somebody else: the page that is still open is not what would be approved.
    fresh = billing.generate()
    with pytest.raises(UnableToApprove):
        billing.approve(seen)
    billing.plan(version=1)
    assert billing.approve(fresh.inputs_hash).due == BILLED + Decimal("406.78")


def test_a_missing_reading_is_named(make_billing: MakeBilling) -> None:
    """78."""
    billing = make_billing()
    billing.read(billing.wish(0))
    billing.generate()
    number = billing.meter(1).number
    sentence = f"Enter the final reading for Water meter {number}"
    with pytest.raises(UnableToApprove, match=sentence) as no:
        billing.approve()
    assert no.value.http_status == 422
    view = get_final_bill(billing.case, on=DAY)
    assert view.missing == (sentence,)
    assert not view.can_be_printed


def test_an_approved_bill_is_neither_approved_nor_discarded(make_billing: MakeBilling) -> None:
    """79."""
    billing = make_billing()
    billing.approved()
    with pytest.raises(UnableToApprove, match="Approved by Karen Lee already") as again:
        billing.approve()
    assert again.value.http_status == 409
    with pytest.raises(UnableToSettle, match="An approved bill cannot be changed") as discard:
        billing.generate()
    assert discard.value.http_status == 409
    with pytest.raises(UnableToSettle, match="An approved bill cannot be changed"):
        billing.read()
    with pytest.raises(UnableToSettle, match="An approved bill cannot be changed"):
        billing.use_deposit(False)


def test_a_large_bill_needs_somebody_else(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read(billing.wish(0), billing.wish(1, value=Decimal(18_400)))
    billing.generate(by=billing.karen)
    with pytest.raises(UnableToApprove, match="Somebody else") as no:
        billing.approve(by=billing.karen)
    assert no.value.http_status == 403
    assert billing.approve(by=billing.david).approved_by == billing.david


def test_who_added_a_large_sum_does_not_approve_it(make_billing: MakeBilling) -> None:
    """X6: somebody else has generated the draft, and the sum is hidden in a small bill."""
    billing = make_billing()
    billing.read()
    for amount in ("-300.00", "299.00"):
        add_adjustment(
            case=billing.case.pk,
            amount=Decimal(amount),
            reason="Goodwill",
            by=billing.karen,
            at=billing.at,
        )
    billing.generate(by=billing.robert)
    with pytest.raises(UnableToApprove, match="Somebody else") as no:
        billing.approve(by=billing.karen)
    assert no.value.http_status == 403
    assert billing.approve(by=billing.david).state == "APPROVED"


def test_a_small_bill_may_be_approved_by_who_generated_it(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read()
    billing.generate(by=billing.karen)
    assert billing.approve(by=billing.karen).state == "APPROVED"


def test_a_deposit_that_stays_asks_what_becomes_of_it(make_billing: MakeBilling) -> None:
    """BIL3: OFF on a permanent closure; M5: OFF leaves the deposit alone."""
    billing = make_billing()
    billing.read()
    billing.use_deposit(False)
    billing.generate()
    with pytest.raises(UnableToApprove, match="Say what becomes of the security deposit"):
        billing.approve()
    billing.plan("KEEP", version=1)
    bill = billing.approve()
    assert (bill.applied, balances_of(billing.consumer.pk).deposit) == (
        Decimal(0),
        Decimal("200.00"),
    )
    assert not DepositUse.objects.exists()


def test_a_deposit_larger_than_what_is_owed_leaves_a_refund(make_billing: MakeBilling) -> None:
    billing = make_billing("10.00", "500.00")
    bill = billing.approved()
    bill.refresh_from_db()
    assert (bill.applied, bill.due) == (BILLED + 10, Decimal(0))
    assert bill.refund_due == Decimal("490.00") - BILLED
    balances = balances_of(billing.consumer.pk)
    assert (balances.outstanding, balances.deposit) == (Decimal(0), bill.refund_due)


def test_a_bill_of_nothing_is_approved_too(make_billing: MakeBilling) -> None:
    billing = make_billing("0.00", "0.00", services={"WATER": "CONNECTED"})
    same = {"value": Decimal(18_245), "has_no_consumption": True}
    billing.read(billing.wish(0, **same))
    billing.generate()
    bill = billing.approve()
    bill.refresh_from_db()
    assert (bill.state, bill.posting) == ("APPROVED", None)
    assert bill.billed == bill.due == 0
    assert_sound()


def test_a_reading_that_another_one_contradicts_is_not_approved(make_billing: MakeBilling) -> None:
    """W13: the meter was read meanwhile and showed more; the final reading is entered again."""
    billing = make_billing()
    billing.read()
    Reading.objects.create(
        meter=billing.meter(), value=PREVIOUS + 101, read_on=DAY - timedelta(days=1)
    )
    billing.generate()
    with pytest.raises(UnableToApprove, match="Enter the final reading again") as no:
        billing.approve()
    assert no.value.http_status == 409
    billing.read(billing.wish(value=Decimal(PREVIOUS + 102)))
    billing.generate()
    assert billing.approve().state == "APPROVED"
    assert_sound()


def test_a_meter_that_rolled_over_says_so_among_its_readings(make_billing: MakeBilling) -> None:
    """W13: what a supervisor accepted stands with the reading, so that it may lie below."""
    billing = make_billing()
    over = billing.wish(
        value=Decimal(7), exception=ReadingException.ROLLOVER, confirms_unusual=True
    )
    billing.read(over, billing.wish(1), by=billing.david)
    billing.generate()
    billing.approve(by=billing.david)
    kept = Reading.objects.get(meter=billing.meter(), read_on=DAY)
    assert (kept.value, kept.exception) == (Decimal(7), ReadingException.ROLLOVER)
    assert_sound()
