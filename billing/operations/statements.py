"""The acts on statements of account: let one be made, keep it (CON9)."""

from datetime import date, datetime

from billing.models import StatementPaper
from billing.queries.accounts import last_posting
from billing.queries.statements import statement_key
from consumers import guards
from smart360.documents.store import store_pdf
from smart360.kernel.db import operation
from smart360.owed.book import owe, owe_again
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import shown_date

MAKE = "billing.statement"


@operation
def ask_for_statement(
    *, consumer: int, from_on: date, to_on: date, by: Person, at: datetime
) -> StatementPaper:
    """Owe the paper of an account's statement, as the ledger stands now.

    Who asks again before anything was posted gets the same one. Raises NoSuchConsumer.
    """
    guards.lock_consumer(consumer, even_merged=True)
    paper, is_new = StatementPaper.objects.get_or_create(
        consumer_id=consumer,
        from_on=from_on,
        to_on=to_on,
        upto=last_posting(consumer),
        defaults={"asked_at": at, "asked_by": by},
    )
    if is_new:
        owe(MAKE, dedupe_key=statement_key(paper.pk), about={"statement": paper.pk}, at=at)
    return paper


@operation
def attach_statement(*, statement: int, body: bytes, at: datetime) -> StatementPaper:
    """Keep the paper that a worker made. A second one changes nothing.

    Raises UnableToStore of ``documents.store``.
    """
    paper = _locked(statement)
    if paper.pdf_id is not None:
        return paper
    account = paper.consumer.account_number
    days = f"{shown_date(paper.from_on)} to {shown_date(paper.to_on)}"
    paper.pdf = store_pdf(title=f"Statement {account} {days}", body=body, by=None, at=at)
    paper.save(update_fields=["pdf"])
    record(
        Event.DOCUMENT_MADE,
        by=None,
        at=at,
        consumer=paper.consumer_id,
        new={"document": "statement", "statement": paper.pk, "sha256": paper.pdf.sha256},
    )
    return paper


@operation
def retry_statement(*, statement: int, by: Person, at: datetime) -> None:
    """Let a worker try again. Raises UnableToRetry of ``owed.book`` when it has not failed."""
    paper = _locked(statement)
    owe_again(statement_key(paper.pk), at=at)
    record(
        Event.DOCUMENT_RETRIED,
        by=by.pk,
        at=at,
        consumer=paper.consumer_id,
        new={"document": "statement", "statement": paper.pk},
    )


def _locked(statement: int) -> StatementPaper:
    """The statement under its consumer's lock: one order for all."""
    guards.lock_consumer(
        StatementPaper.objects.values_list("consumer_id", flat=True).get(pk=statement),
        even_merged=True,
    )
    return StatementPaper.objects.select_related("consumer").get(pk=statement)
