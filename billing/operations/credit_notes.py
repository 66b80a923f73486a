"""Taking an approved or issued invoice back whole, by two people (BIL6)."""

import uuid
from datetime import datetime

from billing import ledger
from billing.choices import InvoiceState, ProposalState
from billing.models import CreditNote, DepositUse, Invoice
from billing.notices import bill_taken_back
from billing.operations.arrangements import bring_up_to_date
from billing.queries.accounts import balances_of
from billing.queries.invoices import later_bill
from consumers import guards
from smart360.cases import handling
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.numbering import next_number
from smart360.kernel.text import why_unsaid
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

PROPOSE = "billing.propose_credit_note"
APPROVE = "billing.approve_credit_note"
REJECT = "billing.reject_credit_note"
LONGEST_REASON = 250
SECOND_PERSON = "Somebody else must decide it: you proposed it."


class UnableToTakeBack(Refusal):
    """The invoice is not issued, is taken back already, or is not the newest of its services.

    Or the second person is missing.
    """


refuses(
    {
        "an_invoice_is_taken_back_once": UnableToTakeBack(
            "A credit note for this invoice exists already.", is_conflict=True
        ),
        "the_newest_bill_is_taken_back_first": UnableToTakeBack(
            "A later bill goes on where this one ends. Take that one back first.", is_conflict=True
        ),
        "a_credit_note_takes_two_people": UnableToTakeBack(SECOND_PERSON, is_forbidden=True),
    }
)


@operation
def propose_credit_note(
    *, invoice: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> CreditNote:
    """Ask to take an invoice back, with a reason.

    The newest of its services comes first: a bill goes on where the one before it ended, so that
    days taken back from between two bills would never be billed again. Raises UnableToTakeBack.
    """
    bill = _lock(invoice)
    if form_key is not None:
        about = form_keys.with_contents(str(bill), {"reason": reason})
        earlier = form_keys.claim(form_key, by=by.pk, act=PROPOSE, about=about, at=at)
        if earlier:
            return CreditNote.objects.get(number=earlier)
    if bill.state not in (InvoiceState.ISSUED, InvoiceState.APPROVED):
        raise UnableToTakeBack(f"{bill} is {bill.get_state_display().lower()}", is_conflict=True)
    _refuse_between(bill)
    if wrong := why_unsaid(reason, at_most=LONGEST_REASON):
        raise UnableToTakeBack(wrong, field="reason")
    if bill.credit_notes.exclude(state=ProposalState.REJECTED).exists():
        raise UnableToTakeBack("A credit note for this invoice exists already.", is_conflict=True)
    note: CreditNote = CreditNote.objects.create(
        invoice=bill,
        number=next_number(series="CN", year=at.astimezone(get_utility().zone).year),
        reason=reason.strip(),
        proposed_at=at,
        proposed_by=by,
    )
    _note(Event.CREDIT_NOTE_PROPOSED, note, bill, by=by, at=at, words=note.reason)
    if form_key is not None:
        form_keys.submitted(form_key, form="", by=by.pk, act=PROPOSE, result=note.number)
    return note


@operation
def approve_credit_note(
    *, note: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> CreditNote:
    """Take the invoice back: its postings are mirrored, a deposit that it used returns in full.

    Both stay. The next billing run bills a regular invoice's days again; a request whose final bill
    was taken back may get another, under a new number. The same form key gives the first result
    again. Raises UnableToTakeBack.
    """
    found, bill = _locked(note)
    if form_keys.is_repeated(form_key, found.number, {}, by=by.pk, act=APPROVE, at=at):
        return found
    _decide(found, ProposalState.APPROVED, by, at)
    _refuse_between(bill)
    today = at.astimezone(get_utility().zone).date()
    before = balances_of(bill.consumer_id).outstanding
    use = DepositUse.objects.filter(invoice=bill).select_related("posting").first()
    if use is not None:
        ledger.reverse(use.posting, reference=found.number, valued_on=today, by=by.pk, at=at)
    if bill.posting is not None:
        found.posting = ledger.reverse(
            bill.posting, reference=found.number, valued_on=today, by=by.pk, at=at
        )
    found.save(update_fields=["state", "decided_at", "decided_by", "posting"])
    bill.taken_back_at = at
    bill.save(update_fields=["taken_back_at"])
    bring_up_to_date(bill.consumer_id, before=before, by=by.pk, at=at)
    _note(Event.CREDIT_NOTE_APPROVED, found, bill, by=by, at=at)
    owed = balances_of(bill.consumer_id).outstanding
    bill_taken_back(found, bill, bill.consumer, outstanding=owed, at=at)
    return found


@operation
def reject_credit_note(
    *, note: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> CreditNote:
    """Leave the invoice as it is. The same form key gives the first result again.

    Raises UnableToTakeBack.
    """
    found, bill = _locked(note)
    if form_keys.is_repeated(form_key, found.number, {}, by=by.pk, act=REJECT, at=at):
        return found
    _decide(found, ProposalState.REJECTED, by, at)
    found.save(update_fields=["state", "decided_at", "decided_by"])
    _note(Event.CREDIT_NOTE_REJECTED, found, bill, by=by, at=at)
    return found


@step
def _lock(invoice: int) -> Invoice:
    """The invoice with its consumer and its request held, in the one order."""
    consumer, case = Invoice.objects.values_list("consumer_id", "case_id").get(pk=invoice)
    guards.lock_consumer(consumer)
    if case is not None:
        handling.lock_case(case)
    return (
        Invoice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("posting", "consumer")
        .get(pk=invoice)
    )


def _refuse_between(bill: Invoice) -> None:
    """Raises UnableToTakeBack while a later bill goes on where this one ends."""
    later = later_bill(bill)
    if later is not None:
        raise UnableToTakeBack(
            f"{later} goes on where {bill} ends. Take {later} back first.", is_conflict=True
        )


@step
def _locked(note: int) -> tuple[CreditNote, Invoice]:
    """The credit note under its invoice's lock."""
    bill = _lock(CreditNote.objects.values_list("invoice_id", flat=True).get(pk=note))
    return CreditNote.objects.select_for_update(of=("self",), no_key=True).get(pk=note), bill


@step
def _decide(found: CreditNote, state: ProposalState, by: Person, at: datetime) -> None:
    if found.state != ProposalState.PROPOSED:
        raise UnableToTakeBack(
            f"{found} was {found.get_state_display().lower()} already", is_conflict=True
        )
    _refuse_if_own(found, by)
    found.state = state
    found.decided_at = at
    found.decided_by = by


def _refuse_if_own(note: CreditNote, by: Person) -> None:
    """X6: checked on the person, whatever their roles."""
    if note.proposed_by_id == by.pk:
        raise UnableToTakeBack(SECOND_PERSON, is_forbidden=True)


@step
def _note(
    event: Event, note: CreditNote, bill: Invoice, *, by: Person, at: datetime, words: str = ""
) -> None:
    record(
        event,
        by=by.pk,
        at=at,
        case=bill.case_id,
        consumer=bill.consumer_id,
        new={"credit_note": note.number, "invoice": str(bill), "billed": f"{bill.billed:f}"},
        words=words,
    )
