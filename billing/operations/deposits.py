"""The acts on security deposits: receive one, add a year's interest (BIL3, BIL7)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from billing import ledger
from billing.choices import LedgerKind, PostingKind
from billing.ledger import Leg, Posting
from billing.models import DepositReceipt, LedgerTransaction
from billing.queries.deposits import deposit_moves
from billing.queries.policies import get_policy
from billing.rules.deposits import interest
from billing.rules.payments import DepositWish, why_not_amount, why_not_paid_on
from consumers import guards
from consumers.models import Consumer, ConsumerFigures
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.numbering import next_number
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record, record_for_each
from smart360.web import form_keys

RECEIVE = "billing.receive_deposit"
AT_ONCE = 500


class UnableToReceiveDeposit(Refusal):
    """The deposit cannot be taken as it was told."""


@operation
def receive_deposit(
    *, wish: DepositWish, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> DepositReceipt:
    """Take a security deposit and hold it for the consumer.

    The same form key gives the first one again. Raises NoSuchConsumer, UnableToReceiveDeposit.
    """
    consumer = guards.lock_consumer(wish.consumer)
    if form_key:
        said = {"amount": f"{wish.amount:f}", "received_on": wish.received_on}
        about = form_keys.with_contents(str(wish.consumer), said)
        earlier = form_keys.claim(form_key, by=by.pk, act=RECEIVE, about=about, at=at)
        if earlier:
            return DepositReceipt.objects.get(consumer=consumer, posting__reference=earlier)
    _check(wish, day_of(at))
    number = next_number(series="DEP", year=day_of(at).year)
    posted = ledger.post(
        Posting(
            kind=PostingKind.DEPOSIT_RECEIVED,
            consumer=consumer.pk,
            reference=number,
            valued_on=wish.received_on,
            legs=[Leg(LedgerKind.CASH, wish.amount), Leg(LedgerKind.DEPOSIT_HELD, -wish.amount)],
        ),
        by=by.pk,
        at=at,
    )
    received = DepositReceipt.objects.create(
        consumer=consumer, amount=wish.amount, received_on=wish.received_on, posting=posted
    )
    record(
        Event.DEPOSIT_RECEIVED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        new={"deposit": number, "amount": str(wish.amount)},
    )
    if form_key:
        form_keys.submitted(form_key, form="", by=by.pk, act=RECEIVE, result=number)
    return received


def _check(wish: DepositWish, today: date) -> None:
    if sentence := why_not_amount(wish.amount, limit=get_policy().largest_payment):
        raise UnableToReceiveDeposit(sentence, field="amount")
    if sentence := why_not_paid_on(wish.received_on, today=today):
        raise UnableToReceiveDeposit(sentence, field="received_on")


@operation
def add_interest(*, year: int, after: int, at: datetime) -> int | None:
    """Post a past ``year``'s interest on the deposits of the next consumers after key ``after``.

    Each consumer gets it once, however often this runs. Returns the last key looked at, or None
    when there was nobody left, or the policy gives no interest.
    """
    percent = get_policy().deposit_interest
    if not percent or year >= day_of(at).year:
        return None
    held = list(
        ConsumerFigures.objects.filter(consumer__gt=after, deposit__gt=0)
        .order_by("consumer")
        .values_list("consumer", flat=True)[:AT_ONCE]
    )
    if not held:
        return None
    _post_interest(held, year=year, percent=percent, at=at)
    return max(held)


def _post_interest(seen: Sequence[int], *, year: int, percent: Decimal, at: datetime) -> None:
    """Lock these consumers in their order, read what they held, and post what is missing."""
    consumers = Consumer.objects.select_for_update(of=("self",), no_key=True)
    locked = list(consumers.filter(pk__in=seen).order_by("pk").values_list("pk", flat=True))
    reference = f"INTEREST-{year}"
    given = set(
        LedgerTransaction.objects.filter(
            consumer__in=locked, kind=PostingKind.DEPOSIT_INTEREST, reference=reference
        ).values_list("consumer", flat=True)
    )
    due = {
        consumer: interest(moves, percent=percent, year=year)
        for consumer, moves in sorted(deposit_moves(set(locked) - given).items())
    }
    postings = [
        Posting(
            kind=PostingKind.DEPOSIT_INTEREST,
            consumer=consumer,
            reference=reference,
            valued_on=day_of(at),
            legs=[Leg(LedgerKind.INTEREST, amount), Leg(LedgerKind.DEPOSIT_HELD, -amount)],
        )
        for consumer, amount in due.items()
        if amount
    ]
    if postings:
        ledger.post_many(postings, by=None, at=at)
        record_for_each(
            Event.DEPOSIT_RECEIVED,
            by=None,
            at=at,
            consumers={
                each.consumer: {"interest_for": year, "amount": str(due[each.consumer])}
                for each in postings
            },
        )
