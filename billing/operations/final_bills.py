"""The acts on a request's final bill: generate, approve and send, keep its paper (BIL4 to BIL6)."""

import uuid
from datetime import date, datetime, timedelta

from billing import ledger
from billing.choices import InvoiceKind, InvoiceState, LedgerKind, LineKind, PostingKind
from billing.invoicing import take_numbers
from billing.ledger import Leg, Posting
from billing.models import (
    BillDraft,
    DepositUse,
    Invoice,
    InvoiceLine,
    InvoiceSection,
    LedgerTransaction,
)
from billing.models.invoices import SEALED
from billing.notices import bill_sent
from billing.operations.arrangements import bring_up_to_date
from billing.operations.settlements import (
    NEVER_CHANGES,
    UnableToSettle,
    refuse_ended,
)
from billing.ports import terms_of
from billing.queries.bill_inputs import BillInputs, find_live_bill, gather, wrong_readings
from billing.queries.final_bills import paper_key
from billing.queries.policies import get_policy
from billing.rules.final_bills import SECOND_PERSON, BillContent, BillSection, as_json
from billing.rules.rating import NoTariff
from consumers import guards, metering
from smart360.cases import handling
from smart360.cases.models import Case
from smart360.documents.store import store_pdf
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import day_of
from smart360.owed.book import owe, owe_again
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import shown_date

GENERATE = "billing.generate_final_bill"
APPROVE = "billing.approve_and_send"
PAPER = "billing.final_bill"
INVOICE_PAPER = "billing.invoice"
PAPER_WORDS: dict[str, str] = {InvoiceKind.FINAL: "final bill", InvoiceKind.REGULAR: "invoice"}
CHANGED = "Amounts changed since you opened this page"
NO_DRAFT = "There is no draft to approve. Generate the bill first."
READ_AGAIN = "Another reading of a meter says otherwise. Enter the final reading again."
NO_SERVICE = "This request has no service to bill"


class UnableToGenerate(Refusal):
    """There is nothing to bill, or no tariff to bill it by."""


class UnableToApprove(Refusal):
    """The bill is not what the page showed, not complete, or needs another person."""


refuses(
    {
        "sealed_invoices_stay": UnableToSettle(NEVER_CHANGES, is_conflict=True),
        "a_request_has_one_live_final_bill": UnableToSettle(
            "This request has a bill already. Look at it again.", is_conflict=True
        ),
        "a_large_bill_takes_two_people": UnableToApprove(SECOND_PERSON, is_forbidden=True),
        "readings_never_fall": UnableToApprove(READ_AGAIN, is_conflict=True),
    }
)


# ------------------------------------------------------------------ drafts
@operation
def generate_final_bill(
    *, case: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Invoice:
    """Make the draft of a request's final bill, or make it anew from the latest data.

    The first one takes the next invoice number, and each later one keeps it; what the one before
    said is kept beside it. Raises UnableToGenerate, and UnableToSettle when the bill is approved
    (79) or the request has ended without it.
    """
    locked = handling.lock_case_and_account(case)
    bill = find_live_bill(case)
    if handling.is_repeated(locked, form_key, act=GENERATE, by=by, at=at) and bill is not None:
        return bill
    refuse_ended(locked)
    if bill is not None and bill.state == InvoiceState.APPROVED:
        raise UnableToSettle(NEVER_CHANGES, is_conflict=True)
    inputs = fresh_inputs(locked, at=at)
    handling.touch(locked, by=by.pk, at=at)
    made = _first_draft(locked, inputs, by, at) if bill is None else _redraft(bill, inputs, by, at)
    BillDraft.objects.create(
        invoice=made,
        version=made.version,
        content=as_json(inputs.content),
        made_at=at,
        made_by=by,
    )
    sums = inputs.content.sums
    record(
        Event.BILL_GENERATED,
        by=by.pk,
        at=at,
        case=case,
        consumer=locked.consumer_id,
        new={
            "invoice": str(made),
            "version": made.version,
            "billed": f"{inputs.content.billed:f}",
            "due": f"{sums.due:f}",
            "refund_due": f"{sums.refund_due:f}",
        },
    )
    return made


def fresh_inputs(case: Case, *, at: datetime) -> BillInputs:
    """What the bill would be made from now. Raises UnableToGenerate."""
    terms = terms_of(case.pk)
    if terms is None or not terms.services:
        raise UnableToGenerate(NO_SERVICE)
    try:
        return gather(case, terms, on=day_of(at))
    except NoTariff as lack:
        raise UnableToGenerate(
            f"No tariff is valid for these services on {shown_date(lack.on)}"
        ) from lack


def _figures(content: BillContent) -> dict[str, object]:
    return {
        "period_from": content.period_from,
        "period_to": content.period_to,
        "billed": content.billed,
        "outstanding": content.outstanding,
        "deposit": content.deposit,
        "uses_deposit": content.uses_deposit,
        "applied": content.sums.applied,
    }


@step
def _first_draft(case: Case, inputs: BillInputs, by: Person, at: datetime) -> Invoice:
    assert case.consumer is not None  # a_request_has_a_consumer
    (number,) = take_numbers(1)
    made: Invoice = Invoice.objects.create(
        number=number,
        kind=InvoiceKind.FINAL,
        consumer=case.consumer,
        case=case,
        made_at=at,
        made_by=by,
        inputs_hash=inputs.digest,
        **_figures(inputs.content),
    )
    return made


@step
def _redraft(bill: Invoice, inputs: BillInputs, by: Person, at: datetime) -> Invoice:
    figures = _figures(inputs.content)
    for name, value in figures.items():
        setattr(bill, name, value)
    bill.version += 1
    bill.made_at = at
    bill.made_by = by
    bill.inputs_hash = inputs.digest
    bill.save(update_fields=["version", "made_at", "made_by", "inputs_hash", *figures])
    return bill


# ------------------------------------------------------------------ approval
@operation
def approve_and_send(
    *, case: int, seen: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Invoice:
    """Lock the final bill for ever, post it, apply the deposit, and owe its paper and its e-mail.

    ``seen`` is the hash of what the page showed. Raises UnableToApprove: figures have changed
    (76), something is missing (78), or the bill is so large that another person must approve it.
    """
    locked = handling.lock_case_and_account(case)
    bill = find_live_bill(case)
    said = {"seen": seen}
    if handling.is_repeated(locked, form_key, act=APPROVE, by=by, at=at, **said) and bill:
        return bill
    if bill is None:
        raise UnableToApprove(NO_DRAFT, is_conflict=True)
    if bill.state == InvoiceState.APPROVED:
        who = bill.approved_by.full_name if bill.approved_by else "somebody"
        raise UnableToApprove(f"Approved by {who} already", is_conflict=True)
    refuse_ended(locked)
    inputs = fresh_inputs(locked, at=at)
    if not bill.inputs_hash == inputs.digest == seen:
        raise UnableToApprove(CHANGED, is_conflict=True)
    if inputs.missing:
        raise UnableToApprove(inputs.missing[0])
    above = get_policy().two_people_from
    if inputs.content.needs_other_than(by.pk, made_by=bill.made_by_id, above=above):
        raise UnableToApprove(SECOND_PERSON, is_forbidden=True)
    _seal(locked, bill, inputs, by=by, at=at)
    handling.touch(locked, by=by.pk, at=at)
    _tell(locked, bill, inputs.content, by=by, at=at)
    return bill


@step
def _seal(case: Case, bill: Invoice, inputs: BillInputs, *, by: Person, at: datetime) -> None:
    """Keep the readings, write its content, post it, use the deposit, and close it for ever."""
    content, consumer = inputs.content, bill.consumer_id
    issued_on = day_of(at)
    due_on = issued_on + timedelta(days=get_policy().days_to_pay)
    _keep_readings(case, inputs)
    _write_content(bill, content)
    bill.posting = _post_bill(bill, inputs, issued_on=issued_on, due_on=due_on, by=by, at=at)
    bill.state = InvoiceState.APPROVED
    bill.issued_on, bill.due_on = issued_on, due_on
    bill.approved_at, bill.approved_by = at, by
    bill.save(
        update_fields=["posting", "state", "issued_on", "due_on", "approved_at", "approved_by"]
    )
    if content.sums.applied:
        _apply_deposit(bill, issued_on=issued_on, by=by, at=at)
    bring_up_to_date(consumer, before=content.outstanding, closing=case.pk, by=by.pk, at=at)


@step
def _write_content(bill: Invoice, content: BillContent) -> None:
    """Sections and lines; adjustments stand in the first section, under their reason."""
    for position, section in enumerate(content.sections):
        added = content.adjustments if position == 0 else ()
        kept = InvoiceSection.objects.create(
            invoice=bill,
            service_connection_id=section.service_connection,
            utility_type=section.utility_type,
            tariff_id=section.tariff,
            from_on=section.from_on,
            to_on=section.to_on,
            meter_id=section.meter,
            meter_number=section.meter_number,
            device_number=section.device_number,
            meter_type=section.meter_type,
            unit=section.unit,
            basis=section.basis,
            previous_reading=section.previous_reading,
            previous_on=section.previous_on,
            last_reading=section.last_reading,
            read_on=section.read_on,
            consumption=section.consumption,
            amount=section.amount + (content.adjusted if position == 0 else 0),
        )
        lines = [
            InvoiceLine(
                kind=line.kind,
                words=line.words,
                quantity=line.quantity,
                of=line.of,
                rate=line.rate,
                amount=line.amount,
            )
            for line in section.lines
        ] + [
            InvoiceLine(
                kind=LineKind.ADJUSTMENT, words="Adjustment", amount=each.amount, reason=each.reason
            )
            for each in added
        ]
        for number, line in enumerate(lines, start=1):
            line.section = kept
            line.position = number
        InvoiceLine.objects.bulk_create(lines)


@step
def _post_bill(
    bill: Invoice,
    inputs: BillInputs,
    *,
    issued_on: date,
    due_on: date,
    by: Person,
    at: datetime,
) -> LedgerTransaction | None:
    """The bill in the ledger; None for a bill of nothing, which has nothing to post.

    Once billing of a service is frozen, a bill of it can only settle what is left (M14).
    """
    content = inputs.content
    posting = Posting(
        kind=PostingKind.FINAL_ADJUSTMENT if inputs.has_frozen_service else PostingKind.FINAL_BILL,
        consumer=bill.consumer_id,
        reference=str(bill),
        valued_on=issued_on,
        due_on=due_on,
        legs=[
            Leg(LedgerKind.RECEIVABLE, content.billed),
            *(leg for section in content.sections for leg in _legs(section)),
            Leg(LedgerKind.ADJUSTMENTS, -content.adjusted),
        ],
    )
    return ledger.post(posting, by=by.pk, at=at) if posting.moving else None


def _legs(section: BillSection) -> tuple[Leg, Leg]:
    """What the utility earns and what it owes to the state, of one service."""
    of = (section.utility_type, section.service_connection)
    taxes = section.amount_of(LineKind.TAX)
    return (
        Leg(LedgerKind.REVENUE, taxes - section.amount, *of),
        Leg(LedgerKind.TAX, -taxes, *of),
    )


@step
def _apply_deposit(bill: Invoice, *, issued_on: date, by: Person, at: datetime) -> None:
    """The deposit pays the bill, once (M7)."""
    posted = ledger.post(
        Posting(
            kind=PostingKind.DEPOSIT_APPLIED,
            consumer=bill.consumer_id,
            reference=str(bill),
            valued_on=issued_on,
            legs=[
                Leg(LedgerKind.DEPOSIT_HELD, bill.applied),
                Leg(LedgerKind.RECEIVABLE, -bill.applied),
            ],
        ),
        by=by.pk,
        at=at,
    )
    DepositUse.objects.create(invoice=bill, posting=posted)


@step
def _keep_readings(case: Case, inputs: BillInputs) -> None:
    """The final readings stand among the meters' from now on."""
    wrong = wrong_readings(case.pk)
    for each in inputs.readings:
        metering.keep_reading(
            each.meter,
            value=each.value,
            read_on=each.read_on,
            exception=each.exception,
            is_verified=not each.is_unusual,
            instead_of=wrong.get(each.meter),
        )


@step
def _tell(case: Case, bill: Invoice, content: BillContent, *, by: Person, at: datetime) -> None:
    sums = content.sums
    record(
        Event.BILL_APPROVED,
        by=by.pk,
        at=at,
        case=case.pk,
        consumer=bill.consumer_id,
        new={
            "invoice": str(bill),
            "billed": f"{content.billed:f}",
            "applied": f"{sums.applied:f}",
            "due": f"{sums.due:f}",
            "refund_due": f"{sums.refund_due:f}",
            "due_on": bill.due_on.isoformat() if bill.due_on else "",
        },
    )
    owe(PAPER, dedupe_key=paper_key(str(bill)), about={"invoice": bill.pk}, at=at)
    bill_sent(case, bill, content, at=at)


# ------------------------------------------------------------------ the paper
@operation
def attach_paper(*, invoice: int, body: bytes, by: Person | None, at: datetime) -> Invoice:
    """Keep the PDF of a sealed bill. A second one changes nothing: the first is the bill (M16).

    Raises UnableToStore of ``documents.store``.
    """
    consumer, case = Invoice.objects.values_list("consumer_id", "case_id").get(pk=invoice)
    guards.lock_consumer(consumer, even_merged=True)
    if case is not None:
        handling.lock_case(case)
    bill = Invoice.objects.select_for_update(of=("self",), no_key=True).get(pk=invoice)
    if bill.pdf_id is not None or bill.state not in SEALED:
        return bill
    title = f"{PAPER_WORDS[bill.kind].capitalize()} {bill}"
    bill.pdf = store_pdf(title=title, body=body, by=by, at=at)
    bill.save(update_fields=["pdf"])
    record(
        Event.DOCUMENT_MADE,
        by=by.pk if by else None,
        at=at,
        case=case,
        consumer=consumer,
        new={
            "document": PAPER_WORDS[bill.kind],
            "invoice": str(bill),
            "sha256": bill.pdf.sha256,
        },
    )
    return bill


@operation
def ask_for_paper(*, invoice: int, at: datetime) -> None:
    """Owe the PDF of a regular invoice, once: runs make none, a worker does when it is wanted.

    A draft has none, and that of an approved bill is owed since its approval. Nothing happens then.
    """
    consumer = Invoice.objects.values_list("consumer_id", flat=True).get(pk=invoice)
    guards.lock_consumer(consumer, even_merged=True)
    bill = Invoice.objects.get(pk=invoice)
    if bill.state == InvoiceState.ISSUED and bill.pdf_id is None:
        owe(INVOICE_PAPER, dedupe_key=paper_key(str(bill)), about={"invoice": bill.pk}, at=at)


@operation
def retry_paper(*, invoice: int, by: Person, at: datetime) -> None:
    """Let a worker try again to make a bill's PDF. Raises UnableToRetry of ``owed.book``."""
    consumer, case = Invoice.objects.values_list("consumer_id", "case_id").get(pk=invoice)
    guards.lock_consumer(consumer, even_merged=True)
    bill = Invoice.objects.get(pk=invoice)
    owe_again(paper_key(str(bill)), at=at)
    record(
        Event.DOCUMENT_RETRIED,
        by=by.pk,
        at=at,
        case=case,
        consumer=consumer,
        new={"document": PAPER_WORDS[bill.kind], "invoice": str(bill)},
    )
