"""Invoices: their numbers, and many of them at once, issued and posted (BIL4, BIL9, M9, M12)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from billing.choices import (
    InvoiceKind,
    InvoiceState,
    LedgerKind,
    PostingKind,
)
from billing.ledger import Leg, Posting, post_many
from billing.models import Invoice, InvoiceLine, InvoiceSection
from billing.queries.ageing import allocation_of
from billing.rules.cycles import InvoiceToBe, SectionToBe, earned, taxed
from consumers.models import ConsumerFigures
from smart360.kernel.db import copy_rows, next_keys, step
from smart360.kernel.money import ZERO
from smart360.trail.choices import Event
from smart360.trail.record import record

SERIES = "INV"
TAKE_NUMBERS = """
UPDATE billing_invoicecounter SET last_number = last_number + %s WHERE series = %s
RETURNING last_number
"""
ISSUE = """
UPDATE billing_invoice i SET state = 'ISSUED', posting_id = made.posting
  FROM unnest(%s::bigint[], %s::bigint[]) AS made (invoice, posting)
 WHERE i.id = made.invoice
"""
# Who owed nothing before owes this invoice alone; who did still owes what was oldest then.
DATE_FIGURES = """
UPDATE consumers_consumerfigures f
   SET last_billed_on = %(issued_on)s,
       oldest_due_on = CASE WHEN f.balance <= 0 THEN NULL
                            WHEN billed.outstanding > 0 THEN coalesce(f.oldest_due_on, %(due_on)s)
                            ELSE %(due_on)s END
  FROM unnest(%(consumers)s::bigint[], %(outstanding)s::numeric[])
       AS billed (consumer, outstanding)
 WHERE f.consumer_id = billed.consumer
"""
INVOICE_COLUMNS = (
    "id", "number", "kind", "state", "consumer_id", "run_id", "period_from", "period_to", "version",
    "made_at", "made_by_id", "issued_on", "due_on", "billed", "outstanding", "deposit",
    "uses_deposit", "applied", "inputs_hash",
)  # fmt: skip
SECTION_COLUMNS = (
    "id", "invoice_id", "service_connection_id", "utility_type", "tariff_id", "from_on", "to_on",
    "meter_id", "meter_number", "device_number", "meter_type", "unit", "basis",
    "previous_reading", "previous_on", "last_reading", "read_on", "consumption", "amount",
)  # fmt: skip
LINE_COLUMNS = (
    "section_id", "position", "kind", "words", "quantity", "of", "rate", "amount", "reason",
)  # fmt: skip


@step
def take_numbers(count: int) -> list[int]:
    """The next ``count`` numbers of the one series of invoices, in rising order (M9).

    Whoever takes one holds the series until the end of its transaction, and a rolled back one
    gives its numbers back: there is no gap. So it is called as late as possible.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, [count, SERIES])
        row: tuple[int] = cursor.fetchone()
    return list(range(row[0] - count + 1, row[0] + 1))


def shown_number(number: int) -> str:
    """As people read it: ``INV-414013``."""
    return f"{SERIES}-{number:06d}"


@step
def issue_invoices(
    invoices: Sequence[InvoiceToBe],
    *,
    run: int | None,
    issued_on: date,
    due_on: date,
    by: int | None,
    at: datetime,
) -> list[int]:
    """Make, post and issue regular invoices of consumers whose rows are held; their numbers.

    All in set form: a batch is a handful of statements, however many invoices it has. None of
    them may be an invoice of nothing: nothing is not posted.
    """
    if not invoices:
        return []
    keys = next_keys(Invoice, len(invoices))
    numbers = take_numbers(len(invoices))
    copy_rows(
        Invoice,
        INVOICE_COLUMNS,
        (
            (
                key, number, InvoiceKind.REGULAR.value, InvoiceState.DRAFT.value, one.consumer, run,
                *one.period, 1, at, by, issued_on, due_on, one.billed, one.outstanding, one.deposit,
                False, ZERO, "",
            )
            for key, number, one in zip(keys, numbers, invoices, strict=True)
        ),
    )  # fmt: skip
    _write_content(keys, invoices)
    postings = [
        _posting(one, shown_number(number), issued_on=issued_on, due_on=due_on)
        for number, one in zip(numbers, invoices, strict=True)
    ]
    posted = post_many(postings, by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute(ISSUE, [keys, posted])
    _date_figures(invoices, issued_on=issued_on, due_on=due_on)
    return numbers


def _write_content(keys: Sequence[int], invoices: Sequence[InvoiceToBe]) -> None:
    """The sections and lines of the drafts with these keys."""
    sections = [
        (key, each) for key, one in zip(keys, invoices, strict=True) for each in one.sections
    ]
    section_keys = next_keys(InvoiceSection, len(sections))
    copy_rows(
        InvoiceSection,
        SECTION_COLUMNS,
        (
            (key, invoice, *_section_row(section))
            for key, (invoice, section) in zip(section_keys, sections, strict=True)
        ),
    )
    copy_rows(
        InvoiceLine,
        LINE_COLUMNS,
        (
            (key, position, line.kind.value, line.words, line.quantity, line.of, line.rate,
             line.amount, "")
            for key, (_, section) in zip(section_keys, sections, strict=True)
            for position, line in enumerate(section.rated.lines, start=1)
        ),
    )  # fmt: skip


def _date_figures(invoices: Sequence[InvoiceToBe], *, issued_on: date, due_on: date) -> None:
    """What lists show: when each consumer was billed last, and since when something is due."""
    values: dict[str, Any] = {
        "issued_on": issued_on,
        "due_on": due_on,
        "consumers": [one.consumer for one in invoices],
        "outstanding": [one.outstanding for one in invoices],
    }
    with connection.cursor() as cursor:
        cursor.execute(DATE_FIGURES, values)
    for one in invoices:
        if one.billed < 0:  # a credit pays older invoices, few have one
            oldest = allocation_of(one.consumer).oldest_due_on
            ConsumerFigures.objects.filter(consumer=one.consumer).update(oldest_due_on=oldest)


def legs_of(sections: Sequence[SectionToBe]) -> Iterator[Leg]:
    """The credit side: what of each service the utility earns, and what it owes to the state."""
    for section in sections:
        named = (section.utility_type, section.service_connection)
        yield Leg(LedgerKind.REVENUE, -earned(section), *named)
        yield Leg(LedgerKind.TAX, -taxed(section), *named)


def _posting(one: InvoiceToBe, reference: str, *, issued_on: date, due_on: date) -> Posting:
    return Posting(
        kind=PostingKind.INVOICE,
        consumer=one.consumer,
        reference=reference,
        valued_on=issued_on,
        due_on=due_on,
        legs=[Leg(LedgerKind.RECEIVABLE, one.billed), *legs_of(one.sections)],
    )


def _section_row(section: SectionToBe) -> tuple[Any, ...]:
    meter, rated, use = section.meter, section.rated, section.use
    then = (meter.key, meter.number, meter.device, meter.kind, meter.unit) if meter else None
    return (
        section.service_connection,
        section.utility_type,
        rated.tariff,
        rated.from_on,
        rated.to_on,
        *(then or (None, "", "", "", "")),
        use.basis.value,
        use.previous,
        use.previous_on,
        use.last,
        use.read_on,
        rated.consumption,
        rated.amount,
    )


# ------------------------------------------------------------------ a draft without its bill
@step
def void_draft(case: int, *, by: int | None, at: datetime) -> None:
    """The request ends without its final bill: a draft becomes void and stays visible (BIL4).

    Whoever ends the request holds its consumer and its case.
    """
    draft = Invoice.objects.filter(case=case, state=InvoiceState.DRAFT).first()
    if draft is None:
        return
    draft.state = InvoiceState.VOID
    draft.save(update_fields=["state"])
    record(
        Event.BILL_VOIDED,
        by=by,
        at=at,
        case=case,
        consumer=draft.consumer_id,
        new={"invoice": str(draft)},
    )
