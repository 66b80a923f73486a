"""Drafts of a final bill: one number, kept; void when the request ends (BIL4, M9, M10)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from billing import ledger
from billing.invoicing import take_numbers
from billing.models import BillDraft, Invoice, InvoiceCounter, InvoiceSection, Tariff
from billing.operations.final_bills import UnableToGenerate, generate_final_bill
from billing.operations.settlements import UnableToSettle
from billing.queries.final_bills import get_final_bill
from billing.rules.final_bills import as_json, from_json
from disconnections.operations import close_request
from smart360.kernel.db import operation
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import DAY, LAST_DAY, MakeBilling

pytestmark = pytest.mark.django_db


def test_a_draft_takes_a_number_and_keeps_it(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read()
    first = billing.generate()
    assert (first.state, first.version, first.posting) == ("DRAFT", 1, None)
    assert (first.period_from, first.period_to) == (date(2024, 12, 1), LAST_DAY)
    billing.owe("43.22")
    second = billing.generate(by=billing.karen)
    assert (second.pk, second.number, second.version) == (first.pk, first.number, 2)
    assert second.made_by == billing.karen
    assert second.outstanding == Decimal("500.00")
    assert BillDraft.objects.filter(invoice=first).count() == 2
    view = get_final_bill(billing.case, on=DAY)
    told = {change.what: (change.before, change.after) for change in view.changes}
    assert told["Outstanding before this bill"] == (Decimal("456.78"), Decimal("500.00"))
    assert view.is_ready
    assert view.can_be_approved_by(billing.david)
    kinds = Entry.objects.filter(case=billing.case, kind=Event.BILL_GENERATED)
    assert [each.new["version"] for each in kinds.order_by("pk")] == [1, 2]
    assert not InvoiceSection.objects.exists(), "the content is written when it is approved"


def test_a_repeated_form_makes_one_draft(make_billing: MakeBilling) -> None:
    billing, key = make_billing(), uuid4()
    for _ in range(2):
        made = generate_final_bill(
            case=billing.case.pk, by=billing.robert, at=billing.at, form_key=key
        )
    assert made.version == 1


def test_what_was_kept_is_read_again(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read()
    draft = BillDraft.objects.get(invoice=billing.generate())
    assert as_json(from_json(draft.content)) == draft.content


def test_without_a_wished_date_it_ends_with_the_reading(make_billing: MakeBilling) -> None:
    billing = make_billing(preferred_on=None)
    assert billing.generate().period_to == DAY
    billing.read()
    assert billing.generate().period_to == DAY


def test_without_a_tariff_nothing_is_billed(make_billing: MakeBilling) -> None:
    billing = make_billing()
    Tariff.objects.filter(utility_type="WATER").update(valid=(date(2024, 1, 1), date(2024, 12, 5)))
    with pytest.raises(UnableToGenerate, match="No tariff is valid for these services on Dec 5"):
        billing.generate()
    assert get_final_bill(billing.case, on=DAY).problem
    assert InvoiceCounter.objects.get().last_number == 0


def test_a_request_that_is_closed_voids_its_draft(make_billing: MakeBilling) -> None:
    billing = make_billing()
    bill = billing.generate()
    close_request(
        case=billing.case.pk, reason="CANCELLED", note="", by=billing.david, at=billing.at
    )
    bill.refresh_from_db()
    assert bill.state == "VOID"
    assert Entry.objects.get(kind=Event.BILL_VOIDED).new == {"invoice": str(bill)}
    with pytest.raises(UnableToSettle, match="Closed by David Chen already") as no:
        billing.generate()
    assert no.value.http_status == 409
    billing.case.refresh_from_db()
    view = get_final_bill(billing.case, on=DAY)
    assert [each.number for each in view.past] == [str(bill)]
    assert not view.can_be_generated


def test_days_that_are_billed_are_not_billed_again(make_billing: MakeBilling) -> None:
    """A second request of the account: its days are billed up to the 15th, consumption is left."""
    billing = make_billing(services={"ELECTRICITY": "CONNECTED"})
    billing.approved()
    close_request(
        case=billing.case.pk, reason="CANCELLED", note="", by=billing.david, at=billing.at
    )
    again = billing.once_more(days=2)
    assert get_final_bill(again.case, on=DAY).meters[0].service.previous is not None
    again.read(again.wish(value=Decimal(18_355), read_on=DAY + timedelta(days=2)))
    bill = again.generate()
    assert (bill.number, bill.billed) == (2, Decimal("1.05")), "ten units and the tax"
    again.approve()
    sections = InvoiceSection.objects.order_by("pk")
    assert [(each.from_on, each.to_on) for each in sections] == [
        (date(2024, 12, 1), date(2024, 12, 15)),
        (date(2024, 12, 16), date(2024, 12, 16)),
    ]
    assert sections[1].previous_reading == sections[0].last_reading == 18_345


@operation
def freeze(services: list[int], *, is_lifted: bool = False, at: object) -> None:
    """As the execution and the reconnection do."""
    act = ledger.lift_freeze if is_lifted else ledger.freeze_billing
    act(services, case=None, by=None, at=at)  # type: ignore[arg-type]


def test_a_bill_after_the_freeze_is_a_final_adjustment(make_billing: MakeBilling) -> None:
    """M14."""
    billing = make_billing()
    services = [each.pk for each in billing.services]
    freeze(services, at=billing.at)
    freeze(services, at=billing.at + timedelta(hours=1))
    assert {each.billing_frozen_at for each in billing.services} == {billing.at}
    assert Entry.objects.filter(kind=Event.BILLING_FROZEN).count() == 2
    bill = billing.approved()
    assert bill.posting is not None
    assert bill.posting.kind == "FINAL_ADJUSTMENT"
    freeze(services, is_lifted=True, at=billing.at)
    assert {each.billing_frozen_at for each in billing.services} == {None}


@operation
def take_and_fail() -> None:
    """A number taken by an act that fails."""
    take_numbers(1)
    raise LookupError


def test_numbers_of_failed_acts_are_given_again(make_billing: MakeBilling) -> None:
    """M9."""
    for _ in range(3):
        with pytest.raises(LookupError):
            take_and_fail()
    numbers = [make_billing().generate().number for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert Invoice.objects.count() == 3
