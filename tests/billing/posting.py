"""Posting from a test, as an operation would."""

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from billing import ledger
from billing.choices import LedgerKind, PostingKind
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction
from consumers.models import Consumer
from smart360.kernel.db import operation

DAY = date(2024, 12, 10)


def charge(consumer: Consumer, amount: str, kind: PostingKind = PostingKind.FEE) -> Posting:
    """A charge to the consumer: what is owed grows by ``amount``."""
    owed = Decimal(amount)
    return Posting(
        kind=kind,
        consumer=consumer.pk,
        reference=f"T-{uuid4().hex[:8]}",
        valued_on=DAY,
        legs=[Leg(LedgerKind.RECEIVABLE, owed), Leg(LedgerKind.FEES, -owed)],
    )


def deposit(consumer: Consumer, amount: str) -> Posting:
    """A security deposit that the consumer pays."""
    paid = Decimal(amount)
    return Posting(
        kind=PostingKind.DEPOSIT_RECEIVED,
        consumer=consumer.pk,
        reference=f"T-{uuid4().hex[:8]}",
        valued_on=DAY,
        legs=[Leg(LedgerKind.CASH, paid), Leg(LedgerKind.DEPOSIT_HELD, -paid)],
    )


@operation
def post_now(*postings: Posting, at: datetime) -> list[LedgerTransaction]:
    """Each posting, one after the other, in one transaction."""
    return [ledger.post(posting, by=None, at=at) for posting in postings]


@operation
def post_at_once(*postings: Posting, at: datetime) -> list[int]:
    """All postings in set form."""
    return ledger.post_many(postings, by=None, at=at)


@operation
def reverse_now(posted: LedgerTransaction, *, at: datetime) -> LedgerTransaction:
    """The mirror of a transaction."""
    return ledger.reverse(posted, reference="R", valued_on=DAY, by=None, at=at)
