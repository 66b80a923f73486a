"""The acts on refunds: propose, approve, reject; a large one takes two people (BIL7, M15)."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from billing import ledger
from billing.choices import (
    LedgerKind,
    PaymentMethod,
    PostingKind,
    ProposalState,
    RefundFrom,
)
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction, Refund
from billing.operations.deciding import decide, refuse_decided
from billing.queries.accounts import balances_of
from billing.queries.policies import get_policy
from billing.queries.refunds import proposed_since
from billing.rules.payments import RefundWish, more_than_there_is, why_not_amount
from consumers import guards
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.numbering import next_number
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys
from smart360.web.formats import shown_money

PROPOSE = "billing.propose_refund"
APPROVE = "billing.approve_refund"
REJECT = "billing.reject_refund"
COUNTS_TOGETHER = timedelta(days=30)
"""What one person proposes for one account within these days is one sum to the policy's limit."""
SECOND_PERSON = "Somebody else must decide a refund that you proposed"


class UnableToProposeRefund(Refusal):
    """There is not so much to give back, or the proposal is not complete."""


class UnableToDecideRefund(Refusal):
    """The refund was decided already, is more than there is now, or takes another person."""


refuses(
    {
        "a_large_refund_takes_two_people": UnableToDecideRefund(SECOND_PERSON, is_forbidden=True),
        "a_refund_is_covered_by_the_credit": UnableToDecideRefund(
            "Refund is more than the credit", is_conflict=True
        ),
    }
)


@operation
def propose_refund(
    *, wish: RefundWish, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Refund:
    """Propose to give back a credit or a deposit; nothing is posted until somebody approves it.

    Above the policy's limit, with what ``by`` proposed for this account within the last thirty
    days, somebody else has to decide it.

    The same form key gives the first proposal again. Raises NoSuchConsumer, UnableToProposeRefund.
    """
    consumer = guards.lock_consumer(wish.consumer)
    if form_key:
        earlier = _claimed(form_key, wish, by=by, at=at)
        if earlier:
            return Refund.objects.get(number=earlier)
    _check(wish)
    refund = Refund.objects.create(
        number=next_number(series="REF", year=day_of(at).year),
        consumer=consumer,
        source=wish.source,
        amount=wish.amount,
        method=wish.method,
        reason=wish.reason,
        needs_second_person=_takes_two(wish, by=by, at=at),
        proposed_at=at,
        proposed_by=by,
    )
    record(
        Event.REFUND_PROPOSED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        new={**_facts(refund), "source": refund.source, "method": refund.method},
        words=refund.reason,
    )
    if form_key:
        form_keys.submitted(form_key, form="", by=by.pk, act=PROPOSE, result=refund.number)
    return refund


def _claimed(form_key: uuid.UUID, wish: RefundWish, *, by: Person, at: datetime) -> str | None:
    said = {
        "source": wish.source,
        "amount": f"{wish.amount:f}",
        "method": wish.method,
        "reason": wish.reason,
    }
    about = form_keys.with_contents(str(wish.consumer), said)
    return form_keys.claim(form_key, by=by.pk, act=PROPOSE, about=about, at=at)


def _check(wish: RefundWish) -> None:
    if sentence := why_not_amount(wish.amount, limit=get_policy().largest_payment):
        raise UnableToProposeRefund(sentence, field="amount")
    if wish.source not in RefundFrom.values:
        raise UnableToProposeRefund(NOT_OFFERED, field="source")
    if wish.method not in PaymentMethod.values:
        raise UnableToProposeRefund(NOT_OFFERED, field="method")
    if not wish.reason:
        raise UnableToProposeRefund(REQUIRED, field="reason")
    there_is = _there_is(wish.consumer, wish.source)
    if wish.amount > there_is:
        raise UnableToProposeRefund(_too_much(wish.source, there_is), field="amount")


def _takes_two(wish: RefundWish, *, by: Person, at: datetime) -> bool:
    """Whether somebody else has to decide it: a large sum stays one in small pieces (X6)."""
    lately = proposed_since(wish.consumer, by=by.pk, since=at - COUNTS_TOGETHER)
    return wish.amount + lately > get_policy().refund_two_people_from


def _there_is(consumer: int, source: str) -> Decimal:
    """What could be given back now; the consumer is locked, so that it stands still."""
    balances = balances_of(consumer)
    return balances.deposit if source == RefundFrom.DEPOSIT else balances.credit


def _too_much(source: str, there_is: Decimal) -> str:
    return more_than_there_is(source, shown_money(there_is, get_utility().currency))


@operation
def approve_refund(
    *, refund: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Refund:
    """Give the money back: the refund is posted, once.

    Above the policy's limit ``by`` is not who proposed it. What there is to give back is looked at
    again. Raises UnableToDecideRefund.
    """
    locked = _locked(refund)
    if form_keys.is_repeated(form_key, locked.number, {}, by=by.pk, act=APPROVE, at=at):
        return locked
    refuse_decided(locked, UnableToDecideRefund)
    _refuse_if_own(locked, by)
    there_is = _there_is(locked.consumer_id, locked.source)
    if locked.amount > there_is:
        raise UnableToDecideRefund(_too_much(locked.source, there_is), is_conflict=True)
    locked.posting = _post(locked, by=by.pk, at=at)
    _decide(locked, ProposalState.APPROVED, event=Event.REFUND_APPROVED, by=by, at=at)
    return locked


def _post(refund: Refund, *, by: int, at: datetime) -> LedgerTransaction:
    """The money has left the bank; the credit or the deposit is smaller by it."""
    is_deposit = refund.source == RefundFrom.DEPOSIT
    held = LedgerKind.DEPOSIT_HELD if is_deposit else LedgerKind.RECEIVABLE
    return ledger.post(
        Posting(
            kind=PostingKind.DEPOSIT_REFUNDED if is_deposit else PostingKind.REFUND,
            consumer=refund.consumer_id,
            reference=refund.number,
            valued_on=day_of(at),
            legs=[Leg(held, refund.amount), Leg(LedgerKind.CASH, -refund.amount)],
        ),
        by=by,
        at=at,
    )


@operation
def reject_refund(
    *, refund: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Refund:
    """Refuse a proposed refund, and say why. Raises UnableToDecideRefund."""
    locked = _locked(refund)
    said = {"reason": reason}
    if form_keys.is_repeated(form_key, locked.number, said, by=by.pk, act=REJECT, at=at):
        return locked
    refuse_decided(locked, UnableToDecideRefund)
    _refuse_if_own(locked, by)
    if not reason:
        raise UnableToDecideRefund(REQUIRED, field="reason")
    locked.decision = reason
    _decide(locked, ProposalState.REJECTED, event=Event.REFUND_REJECTED, by=by, at=at, words=reason)
    return locked


# ------------------------------------------------------------------ steps of these acts
def _locked(refund: int) -> Refund:
    """The refund under its consumer's lock."""
    guards.lock_consumer(Refund.objects.values_list("consumer_id", flat=True).get(pk=refund))
    return (
        Refund.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decided_by")
        .get(pk=refund)
    )


def _refuse_if_own(refund: Refund, by: Person) -> None:
    """X6: checked on the person, whatever their roles."""
    if refund.needs_second_person and refund.proposed_by_id == by.pk:
        raise UnableToDecideRefund(SECOND_PERSON, is_forbidden=True)


def _decide(
    refund: Refund,
    state: ProposalState,
    *,
    event: Event,
    by: Person,
    at: datetime,
    words: str = "",
) -> None:
    decide(
        refund,
        state,
        event=event,
        consumer=refund.consumer_id,
        facts=_facts(refund),
        words=words,
        by=by,
        at=at,
    )


def _facts(refund: Refund) -> dict[str, str]:
    return {"refund": refund.number, "amount": str(refund.amount)}
