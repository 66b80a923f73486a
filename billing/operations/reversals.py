"""Taking a processed payment back, by two people: propose, approve, reject (BIL7, M2, X6)."""

import uuid
from datetime import datetime

from billing import ledger
from billing.choices import ProposalState
from billing.models import LedgerTransaction, Payment, Reversal
from billing.operations.arrangements import bring_up_to_date
from billing.operations.deciding import decide, refuse_decided
from billing.operations.payments import locked_payment
from billing.queries.accounts import balances_of
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.numbering import next_number
from smart360.kernel.text import REQUIRED
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

PROPOSE = "billing.propose_reversal"
APPROVE = "billing.approve_reversal"
REJECT = "billing.reject_reversal"
SECOND_PERSON = "Somebody else must decide a reversal that you proposed"
OWN_PAYMENT = "Somebody else must reverse a payment that you recorded"
WAITS_ALREADY = "A reversal of this payment was proposed already"


class UnableToProposeReversal(Refusal):
    """The payment is not in the ledger, is taken back, or its reversal waits already."""


class UnableToDecideReversal(Refusal):
    """The reversal was decided already, or takes another person."""


refuses(
    {
        "a_payment_has_one_reversal": UnableToProposeReversal(WAITS_ALREADY, is_conflict=True),
        "a_reversal_is_decided_by_another": UnableToDecideReversal(
            SECOND_PERSON, is_forbidden=True
        ),
        "a_reversal_takes_two_people": UnableToDecideReversal(OWN_PAYMENT, is_forbidden=True),
        "a_payment_is_taken_back_by_two_people": UnableToDecideReversal(
            OWN_PAYMENT, is_forbidden=True
        ),
    }
)


@operation
def propose_reversal(
    *, payment: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Reversal:
    """Ask to take a processed payment back; nothing is posted until somebody else approves it.

    The same form key gives the first proposal again. Raises UnableToProposeReversal.
    """
    locked, consumer = locked_payment(payment)
    if form_key:
        about = form_keys.with_contents(locked.number, {"reason": reason})
        earlier = form_keys.claim(form_key, by=by.pk, act=PROPOSE, about=about, at=at)
        if earlier:
            return Reversal.objects.get(number=earlier)
    _check(locked, reason)
    reversal = Reversal.objects.create(
        number=next_number(series="REV", year=day_of(at).year),
        payment=locked,
        reason=reason,
        proposed_at=at,
        proposed_by=by,
    )
    record(
        Event.REVERSAL_PROPOSED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        new=_facts(reversal),
        words=reason,
    )
    if form_key:
        form_keys.submitted(form_key, form="", by=by.pk, act=PROPOSE, result=reversal.number)
    return reversal


def _check(payment: Payment, reason: str) -> None:
    if payment.reversed_by is not None:
        raise UnableToProposeReversal(
            f"{payment.number} was reversed by {payment.reversed_by.full_name} already",
            is_conflict=True,
        )
    if payment.posting is None:
        raise UnableToProposeReversal(
            f"{payment.number} is {payment.get_state_display()}: there is nothing to reverse",
            is_conflict=True,
        )
    if payment.reversals.filter(state=ProposalState.PROPOSED).exists():
        raise UnableToProposeReversal(WAITS_ALREADY, is_conflict=True)
    if not reason:
        raise UnableToProposeReversal(REQUIRED, field="reason")


@operation
def approve_reversal(
    *, reversal: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Reversal:
    """Take the payment back: its mirror is posted, and what it paid is owed again (M2, M4).

    ``by`` neither proposed it nor recorded the payment. Raises UnableToDecideReversal.
    """
    locked, payment = _locked(reversal)
    if form_keys.is_repeated(form_key, locked.number, {}, by=by.pk, act=APPROVE, at=at):
        return locked
    refuse_decided(locked, UnableToDecideReversal)
    _refuse_if_own(locked, by)
    if payment.recorded_by_id == by.pk:
        raise UnableToDecideReversal(OWN_PAYMENT, is_forbidden=True)
    before = balances_of(payment.consumer_id).outstanding
    locked.posting = _post(payment, by=by.pk, at=at)
    bring_up_to_date(payment.consumer_id, before=before, by=by.pk, at=at)
    _decide(locked, ProposalState.APPROVED, event=Event.PAYMENT_REVERSED, by=by, at=at)
    payment.reversed_at, payment.reversed_by = at, by
    payment.reversal_reason = locked.reason
    payment.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
    return locked


@step
def _post(payment: Payment, *, by: int, at: datetime) -> LedgerTransaction:
    assert payment.posting is not None  # only what is in the ledger is proposed
    return ledger.reverse(
        payment.posting, reference=payment.number, valued_on=day_of(at), by=by, at=at
    )


@operation
def reject_reversal(
    *, reversal: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Reversal:
    """Leave the payment as it is, and say why. Raises UnableToDecideReversal."""
    locked, _ = _locked(reversal)
    said = {"reason": reason}
    if form_keys.is_repeated(form_key, locked.number, said, by=by.pk, act=REJECT, at=at):
        return locked
    refuse_decided(locked, UnableToDecideReversal)
    _refuse_if_own(locked, by)
    if not reason:
        raise UnableToDecideReversal(REQUIRED, field="reason")
    locked.decision = reason
    _decide(
        locked, ProposalState.REJECTED, event=Event.REVERSAL_REJECTED, by=by, at=at, words=reason
    )
    return locked


# ------------------------------------------------------------------ steps of these acts
@step
def _locked(reversal: int) -> tuple[Reversal, Payment]:
    """The reversal under its consumer's and its payment's lock."""
    payment, _ = locked_payment(
        Reversal.objects.values_list("payment_id", flat=True).get(pk=reversal)
    )
    locked = (
        Reversal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decided_by")
        .get(pk=reversal)
    )
    locked.payment = payment
    return locked, payment


def _refuse_if_own(reversal: Reversal, by: Person) -> None:
    """X6: checked on the person, whatever their roles."""
    if reversal.proposed_by_id == by.pk:
        raise UnableToDecideReversal(SECOND_PERSON, is_forbidden=True)


def _decide(
    reversal: Reversal,
    state: ProposalState,
    *,
    event: Event,
    by: Person,
    at: datetime,
    words: str = "",
) -> None:
    decide(
        reversal,
        state,
        event=event,
        consumer=reversal.payment.consumer_id,
        facts=_facts(reversal),
        words=words or reversal.reason,
        by=by,
        at=at,
    )


def _facts(reversal: Reversal) -> dict[str, str]:
    payment = reversal.payment
    return {
        "payment": payment.number,
        "reversal": reversal.number,
        "amount": str(payment.amount),
    }
