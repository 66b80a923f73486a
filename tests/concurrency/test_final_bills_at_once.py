"""Many people settle one bill at the same moment; controls fail without the guards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection

from billing.choices import PaymentMethod, PaymentSource
from billing.models import (
    BillDraft,
    CreditNote,
    DepositUse,
    Invoice,
    InvoiceCounter,
    LedgerTransaction,
)
from billing.operations import credit_notes, final_bills
from billing.operations.credit_notes import (
    UnableToTakeBack,
    approve_credit_note,
    propose_credit_note,
    reject_credit_note,
)
from billing.operations.payments import record_payment
from billing.queries.accounts import balances_of
from billing.queries.bill_inputs import find_live_bill
from billing.rules.payments import PaymentWish
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.trail.record import record
from tests.billing.final_billing import Billing, MakeBilling, make_billing
from tests.concurrency.racing import (
    AT_ONCE,
    done,
    pause,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakePerson
from tests.invariants import assert_sound

__all__ = ["make_billing"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
Amount = Callable[[int, int], int]
NUMBER_GAPS = """
SELECT count(*), coalesce(max(number), 0) FROM billing_invoice
"""


def ready(billing: Billing) -> str:
    """A draft that can be approved; the hash that its page shows."""
    billing.read()
    return billing.generate().inputs_hash


def pay(billing: Billing, amount: str, reference: str) -> Any:
    """Money comes in at the desk."""
    wish = PaymentWish(
        consumer=billing.consumer.pk,
        source=PaymentSource.DESK,
        reference=reference,
        method=PaymentMethod.BANK_TRANSFER,
        amount=Decimal(amount),
        paid_on=date(2024, 12, 10),
        has_come=True,
    )
    return record_payment(wish=wish, by=billing.robert, at=billing.at)


# ------------------------------------------------------------------ approve twice
def test_a_bill_is_approved_once(make_billing: MakeBilling, amount: Amount) -> None:
    """M7, M8, M10: fifty tabs; each has a form key of its own."""
    for _ in range(amount(1, 20)):
        billing = make_billing()
        seen = ready(billing)
        outcomes = race([partial(billing.approve, seen) for _ in range(AT_ONCE)])
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert {str(error) for error in refusals(outcomes)} == {"Approved by Karen Lee already"}
        bill = Invoice.objects.get(case=billing.case)
        assert DepositUse.objects.filter(invoice=bill).count() == 1
        assert balances_of(billing.consumer.pk).outstanding == bill.due
    assert_sound()


def test_control_without_the_lock_a_bill_is_posted_twice(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing("456.78", "0.00")
    seen = ready(billing)
    no_lock(monkeypatch)
    slowly(monkeypatch, "billing.operations.final_bills._write_content")
    monkeypatch.setattr(final_bills, "_keep_readings", lambda *_: None)  # a day has one reading
    with (
        without_triggers("billing_invoice", "billing_invoicesection", "billing_invoiceline"),
        without_index("a_service_is_billed_once_per_invoice"),
    ):
        race([partial(billing.approve, seen) for _ in range(4)])
        posted = LedgerTransaction.objects.filter(kind="FINAL_BILL").count()
    assert posted > 1


def no_lock(patch: pytest.MonkeyPatch) -> None:
    """Nobody holds the consumer or the request."""
    patch.setattr(
        "smart360.cases.handling.lock_case_and_account",
        lambda case: Case.objects.select_related("policy", "consumer").get(pk=case),
    )
    patch.setattr("smart360.cases.handling.touch", lambda *_, **__: None)


# ------------------------------------------------------------------ a payment lands meanwhile
def test_a_payment_lands_before_or_after_but_not_within(
    make_billing: MakeBilling, amount: Amount
) -> None:
    """M11: the bill says what was owed before it, whoever was first."""
    won = set()
    for number in range(amount(4, 100)):
        billing = make_billing()
        seen = ready(billing)
        outcomes = race(
            [
                partial(billing.approve, seen),
                partial(pay, billing, "56.78", f"REF-{number}"),
            ]
        )
        assert outcomes[1][0] == "done", outcomes
        bill = Invoice.objects.get(case=billing.case)
        won.add(bill.state)
        if bill.state == "DRAFT":
            assert "Amounts changed since you opened this page" in str(outcomes[0][1])
            assert balances_of(billing.consumer.pk).outstanding == Decimal("400.00")
        else:
            assert bill.outstanding == Decimal("456.78")
            assert balances_of(billing.consumer.pk).outstanding == bill.due - Decimal("56.78")
    assert won <= {"DRAFT", "APPROVED"}
    assert_sound()


def test_control_without_the_hash_other_figures_are_approved(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing()
    seen = ready(billing)
    pay(billing, "56.78", "REF-1")
    monkeypatch.setattr(final_bills, "fresh_inputs", as_shown(seen))
    bill = billing.approve(seen)
    assert balances_of(billing.consumer.pk).outstanding != bill.due


def as_shown(seen: str) -> Callable[..., Any]:
    """Whatever has changed, the hash is the one that the page showed."""
    fresh = final_bills.fresh_inputs
    return lambda *args, **named: replace(fresh(*args, **named), digest=seen)


# ------------------------------------------------------------------ discard, toggle
def test_discarding_and_approving_do_not_mix(make_billing: MakeBilling, amount: Amount) -> None:
    """M10: one live bill, and what was approved is what its last draft said."""
    for _ in range(amount(1, 40)):
        billing = make_billing()
        seen = ready(billing)
        acts: list[Callable[[], Any]] = [partial(billing.approve, seen), *[billing.generate] * 9]
        outcomes = race(acts)
        bill = Invoice.objects.get(case=billing.case)
        assert bill.number == Invoice.objects.count()
        assert bill.state == "APPROVED", outcomes[0]
        assert BillDraft.objects.filter(invoice=bill).count() == bill.version
        for word, what in outcomes[1:]:
            assert word == "done" or "An approved bill cannot be changed" in str(what)
        assert last_act(billing) == Event.BILL_APPROVED
    assert_sound()


def last_act(billing: Billing) -> str:
    """The last that was done to the request's bill."""
    acts = (Event.BILL_APPROVED, Event.BILL_GENERATED)
    return Entry.objects.filter(case=billing.case, kind__in=acts).latest("seq").kind


def test_control_without_lock_and_trigger_an_approved_bill_is_discarded(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing()
    seen = ready(billing)
    no_lock(monkeypatch)
    redraft = final_bills._redraft

    def once_it_is_approved(*args: Any) -> Invoice:
        for _ in range(600):
            if Invoice.objects.filter(case=billing.case, state="APPROVED").exists():
                break
            pause(0.1)
        return redraft(*args)

    monkeypatch.setattr(final_bills, "_redraft", once_it_is_approved)
    with without_triggers("billing_invoice"):
        outcomes = race([partial(billing.approve, seen), billing.generate])
        assert len(done(outcomes)) == 2, refusals(outcomes)
        bill = Invoice.objects.get(case=billing.case)
        assert (bill.state, bill.version) == ("APPROVED", 2)
        assert last_act(billing) == Event.BILL_GENERATED


def test_a_toggle_in_a_second_tab_does_not_slip_in(
    make_billing: MakeBilling, amount: Amount
) -> None:
    for _ in range(amount(4, 100)):
        billing = make_billing(permanence="TEMPORARY")
        seen = ready(billing)
        race([partial(billing.approve, seen), partial(billing.use_deposit, False)])
        bill = Invoice.objects.get(case=billing.case)
        balances = balances_of(billing.consumer.pk)
        if bill.state == "APPROVED":
            assert (bill.applied, balances.deposit) == (Decimal("200.00"), Decimal(0))
        else:
            assert balances.deposit == Decimal("200.00")
    assert_sound()


def test_control_without_the_hash_the_toggle_slips_in(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing(permanence="TEMPORARY")
    seen = ready(billing)
    billing.use_deposit(False)
    monkeypatch.setattr(final_bills, "fresh_inputs", as_shown(seen))
    assert billing.approve(seen).applied == Decimal("200.00"), "though it was turned off"


def test_the_first_draft_is_made_once(make_billing: MakeBilling) -> None:
    """M10: fifty times Generate before there is any bill."""
    billing = make_billing()
    outcomes = race([billing.generate for _ in range(AT_ONCE)])
    assert len(done(outcomes)) == AT_ONCE, refusals(outcomes)
    bill = Invoice.objects.get()
    assert (bill.number, bill.version) == (1, AT_ONCE)
    assert InvoiceCounter.objects.get().last_number == 1


def test_control_without_its_guards_a_request_has_two_bills(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing()
    no_lock(monkeypatch)
    slowly(monkeypatch, "billing.operations.final_bills.find_live_bill", find_live_bill)
    with without_index("a_request_has_one_live_final_bill"):
        race([billing.generate for _ in range(4)])
        assert Invoice.objects.filter(case=billing.case).count() > 1


# ------------------------------------------------------------------ taken back twice
def test_a_bill_is_taken_back_once(make_billing: MakeBilling, person: MakePerson) -> None:
    """M2, M7."""
    billing = make_billing()
    bill = billing.approved()
    note = propose_credit_note(invoice=bill.pk, reason="Wrong", by=billing.karen, at=billing.at)
    bosses = [person(Role.SUPERVISOR) for _ in range(10)]
    outcomes = race(
        [partial(approve_credit_note, note=note.pk, by=boss, at=billing.at) for boss in bosses]
    )
    assert len(done(outcomes)) == 1, refusals(outcomes)
    balances = balances_of(billing.consumer.pk)
    assert (balances.outstanding, balances.deposit) == (Decimal("456.78"), Decimal("200.00"))
    assert_sound()


def test_a_credit_note_is_approved_or_rejected(
    make_billing: MakeBilling, person: MakePerson
) -> None:
    billing = make_billing()
    bill = billing.approved()
    note = propose_credit_note(invoice=bill.pk, reason="Wrong", by=billing.karen, at=billing.at)
    outcomes = race(
        [
            partial(act, note=note.pk, by=person(Role.SUPERVISOR), at=billing.at)
            for act in (approve_credit_note, reject_credit_note) * 5
        ]
    )
    (decided,) = done(outcomes)
    assert all("already" in str(error) for error in refusals(outcomes))
    bill.refresh_from_db()
    assert (bill.taken_back_at is not None) == (decided.state == "APPROVED")
    assert_sound()


def test_control_without_lock_and_trigger_a_credit_note_is_both(
    make_billing: MakeBilling, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing()
    bill = billing.approved()
    note = propose_credit_note(invoice=bill.pk, reason="Wrong", by=billing.karen, at=billing.at)

    def read(note: int) -> tuple[CreditNote, Invoice]:
        found = CreditNote.objects.select_related("invoice__posting").get(pk=note)
        return found, found.invoice

    slowly(monkeypatch, "billing.operations.credit_notes._locked", read)
    with without_triggers("billing_creditnote", "billing_invoice"):
        outcomes = race(
            [
                partial(act, note=note.pk, by=person(Role.SUPERVISOR), at=billing.at)
                for act in (approve_credit_note, reject_credit_note)
            ]
        )
        assert len(done(outcomes)) == 2, refusals(outcomes)


def own_note(billing: Billing) -> list[Callable[[], Any]]:
    """Approvals of a credit note by who proposed it."""
    bill = billing.approved()
    note = propose_credit_note(invoice=bill.pk, reason="Wrong", by=billing.david, at=billing.at)
    return [partial(approve_credit_note, note=note.pk, by=billing.david, at=billing.at)] * 5


def test_who_proposed_never_takes_a_bill_back(
    make_billing: MakeBilling, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X6: beside somebody else; also when the check of the table alone stands there."""
    for guards_off in (False, True):
        billing = make_billing()
        own = own_note(billing)
        if guards_off:
            monkeypatch.setattr(credit_notes, "_refuse_if_own", lambda *_: None)
        note, boss = CreditNote.objects.latest("pk"), person(Role.SUPERVISOR)
        other = partial(approve_credit_note, note=note.pk, by=boss, at=billing.at)
        outcomes = race([*own, other])
        (made,) = done(outcomes)
        assert made.decided_by == boss
        assert all(isinstance(error, UnableToTakeBack) for error in refusals(outcomes))
    assert_sound()


def test_control_without_its_check_who_proposed_takes_a_bill_back(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = make_billing()
    own = own_note(billing)
    monkeypatch.setattr(credit_notes, "_refuse_if_own", lambda *_: None)
    with without_index("a_credit_note_takes_two_people"):
        (made,) = done(race(own))
        assert made.decided_by == billing.david


# ------------------------------------------------------------------ numbers
class Undone(Exception):
    """What makes an act fail at its end."""


def test_numbers_have_no_gap_whoever_fails(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch, amount: Amount
) -> None:
    """M9: drafts made and undone at once, approved, too; every third act fails after its number."""
    count = iter(range(10**9))

    def fails_now_and_then(*args: Any, **named: Any) -> Any:
        if next(count) % 3 == 0:
            raise Undone
        return record(*args, **named)

    at_once = amount(12, 40)
    for _ in range(amount(1, 25)):
        billings = [make_billing("10.00", "0.00") for _ in range(at_once)]
        for each in billings:
            each.read()
        with monkeypatch.context() as patch:
            patch.setattr(final_bills, "record", fails_now_and_then)
            race([each.generate for each in billings])
            race([each.approve for each in billings])
        with connection.cursor() as cursor:
            cursor.execute(NUMBER_GAPS)
            invoices, last = cursor.fetchone()
        assert invoices == last == InvoiceCounter.objects.get().last_number
        assert invoices > 0
    assert_sound()


def test_control_a_number_taken_apart_leaves_a_gap(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: a sequence, which keeps no transaction, is not given back."""
    billing = make_billing("10.00", "0.00")

    def from_a_sequence(count: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT smart360_next_number('GAP', 2024)")
            row: tuple[int] = cursor.fetchone()
        return [row[0]]

    def fails(*_: Any, **__: Any) -> None:
        raise Undone

    (before,) = from_a_sequence(1)
    monkeypatch.setattr(final_bills, "take_numbers", from_a_sequence)
    with monkeypatch.context() as patch:
        patch.setattr(final_bills, "record", fails)
        with pytest.raises(Undone):
            billing.generate()
    billing.generate()
    assert Invoice.objects.get().number == before + 2, "nobody has the number between"
