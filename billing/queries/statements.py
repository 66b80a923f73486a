"""A statement of account: what was posted in a period, and the balance after each line (CON9).

The balance before the period is not summed up from the beginning: each invoice keeps what was
owed before it, so the newest one posted before the period says it, and only what was posted
between that invoice and the period is added, a month or so. Who was never billed before is
summed from their first posting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Concat

from billing.choices import InvoiceKind, LedgerKind, PostingKind
from billing.models import Invoice, LedgerEntry, StatementPaper
from billing.queries.accounts import last_posting
from smart360.kernel.money import ZERO
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork

LONGEST = timedelta(days=366)
INVOICES = (PostingKind.INVOICE, PostingKind.FINAL_BILL, PostingKind.FINAL_ADJUSTMENT)
MOST_LINES = 2_000
"""More than five postings on each day of a year; a file has as many."""


@dataclass(frozen=True, slots=True)
class Line:
    """One posting as the statement shows it; ``balance`` is what is owed after it."""

    posting: int
    posted_at: datetime
    valued_on: date
    what: str
    reference: str
    amount: Decimal
    balance: Decimal
    is_invoice: bool = False

    @property
    def debit(self) -> Decimal | None:
        """What was charged, or None."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """What was paid or given back, or None."""
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True)
class StatementView:
    """What an account did from a day to a day, both included. ``has_more``: it is too long."""

    from_on: date
    to_on: date
    opening: Decimal
    lines: tuple[Line, ...]
    has_more: bool = False

    @property
    def closing(self) -> Decimal:
        """What was owed at the end of the last day."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def charged(self) -> Decimal:
        """The sum of the debits shown."""
        return sum((line.debit or ZERO for line in self.lines), ZERO)

    @property
    def credited(self) -> Decimal:
        """The sum of the credits shown."""
        return sum((line.credit or ZERO for line in self.lines), ZERO)


def statement_of(
    consumer: int, *, from_on: date, to_on: date, zone: ZoneInfo, before: int | None = None
) -> StatementView:
    """The statement of the days on which something was posted; four statements at most.

    ``before``  only what was posted before this key, so that a paper says what was asked for
    """
    start = datetime.combine(from_on, time.min, zone)
    end = datetime.combine(to_on + timedelta(days=1), time.min, zone)
    entries = (
        LedgerEntry.objects.filter(
            transaction__consumer=consumer,
            transaction__posted_at__gte=start,
            transaction__posted_at__lt=end,
            account__kind=LedgerKind.RECEIVABLE,
        )
        .select_related("transaction")
        .order_by("transaction", "pk")
    )
    if before is not None:
        entries = entries.filter(transaction__lte=before)
    rows = list(entries[: MOST_LINES + 1])
    opening = balance_before(consumer, start)
    return StatementView(
        from_on=from_on,
        to_on=to_on,
        opening=opening,
        lines=_lines(rows[:MOST_LINES], opening),
        has_more=len(rows) > MOST_LINES,
    )


def _lines(entries: Sequence[LedgerEntry], opening: Decimal) -> tuple[Line, ...]:
    lines, balance = [], opening
    for entry in entries:
        balance += entry.amount
        posted = entry.transaction
        lines.append(
            Line(
                posting=posted.pk,
                posted_at=posted.posted_at,
                valued_on=posted.valued_on,
                what=PostingKind(posted.kind).label,
                reference=posted.reference,
                amount=entry.amount,
                balance=balance,
                is_invoice=posted.kind in INVOICES,
            )
        )
    return tuple(lines)


def balance_before(consumer: int, moment: datetime) -> Decimal:
    """What a consumer owed just before a moment; two statements, bounded by an invoice."""
    anchor = (
        Invoice.objects.filter(
            consumer=consumer, kind=InvoiceKind.REGULAR, posting__posted_at__lt=moment
        )
        .order_by("-posting")
        .values_list("posting", "outstanding")
        .first()
    )
    after, owed = anchor or (0, ZERO)
    since = LedgerEntry.objects.filter(
        transaction__consumer=consumer,
        transaction__gte=after,
        transaction__posted_at__lt=moment,
        account__kind=LedgerKind.RECEIVABLE,
    )
    moved: Decimal = since.aggregate(moved=Sum("amount"))["moved"] or ZERO
    return owed + moved


# ------------------------------------------------------------------ on paper
class PaperState(StrEnum):
    """How far the PDF of a statement is."""

    NOT_ASKED = "NOT_ASKED"
    BEING_MADE = "BEING_MADE"
    FAILED = "FAILED"
    READY = "READY"


def statement_key(paper: int | str) -> str:
    """Under which the making of a statement is owed."""
    return f"statement:{paper}"


def find_paper(consumer: int, *, from_on: date, to_on: date) -> StatementPaper | None:
    """The paper of these days as the ledger stands now, or None when nobody asked for it yet."""
    found = StatementPaper.objects.filter(
        consumer=consumer, from_on=from_on, to_on=to_on, upto=last_posting(consumer)
    )
    return found.select_related("pdf").first()


def papers_being_made() -> QuerySet[StatementPaper]:
    """Those that a worker has still to make; none that it gave up.

    What was given up is asked for anew, for nobody reaches it once the ledger has gone on.
    """
    key = Concat(Value(statement_key("")), Cast(OuterRef("pk"), TextField()))
    given_up = OwedWork.objects.filter(dedupe_key=key, state=OwedState.FAILED)
    return StatementPaper.objects.filter(~Exists(given_up), pdf=None)


def paper_state(paper: StatementPaper | None) -> PaperState:
    """Whether the PDF is there, will be, could not be made, or was not asked for."""
    if paper is None:
        return PaperState.NOT_ASKED
    if paper.pdf_id is not None:
        return PaperState.READY
    failed = OwedWork.objects.filter(dedupe_key=statement_key(paper.pk), state=OwedState.FAILED)
    return PaperState.FAILED if failed.exists() else PaperState.BEING_MADE
