"""Protecting an account by two people: one proposes the hold, a supervisor decides (roles.md, X6).

Lock order: the consumer, then the proposal.
"""

import uuid
from datetime import datetime

from django.urls import reverse

from consumers import guards
from consumers.choices import AccountHoldKind, HoldProposalState
from consumers.models import AccountHold, HoldProposal
from consumers.operations.holds import (
    HoldWish,
    UnableToProtect,
    refuse_wrong_entry,
    refuse_wrong_wish,
)
from consumers.queries.register import has_certificate
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, why_unsaid
from smart360.organisation.queries import day_of
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

PROPOSE = "consumers.propose_account_hold"
ACCEPT = "consumers.accept_account_hold"
DECLINE = "consumers.decline_account_hold"
LONGEST_NOTE = 250
SECOND_PERSON = "Somebody else must decide a hold that you proposed"
STANDS_ALREADY = "This source protects the account already"
LOST_CERTIFICATE = "Its certificate was withdrawn or rejected since it was proposed"
CERTIFICATE_FOLLOWS = "The certificate is to follow: choose it once it is among the documents"
WAITS_ALREADY = "This hold was proposed already"


class UnableToDecideHold(Refusal):
    """The proposal was decided already, takes another person, or nobody says why not."""


refuses(
    {
        "a_hold_is_proposed_once": UnableToProtect(WAITS_ALREADY, field="source", is_conflict=True),
        "a_proposed_hold_ends_after_it_began": UnableToProtect(
            "The last day is before the first", field="to_on"
        ),
        "a_proposed_hold_is_decided_by_another": UnableToDecideHold(
            SECOND_PERSON, is_forbidden=True
        ),
        "hold_proposals_are_decided_once": UnableToDecideHold(
            "Somebody decided before you. Look at the account again.", is_conflict=True
        ),
    }
)


@operation
def propose_account_hold(
    *, consumer: int, wish: HoldWish, note: str, by: Person, at: datetime, form_key: uuid.UUID
) -> HoldProposal:
    """Ask a supervisor to protect an account; nothing is protected or stopped until one accepts.

    ``note`` says what the supervisor has to know. Raises NoSuchConsumer, UnableToProtect.
    """
    locked = guards.lock_consumer(consumer)
    about = form_keys.with_contents(str(consumer), {**vars(wish), "note": note})
    earlier = form_keys.claim(form_key, by=by.pk, act=PROPOSE, about=about, at=at)
    if earlier:
        return HoldProposal.objects.get(pk=int(earlier))
    refuse_wrong_wish(wish, day_of(at))
    refuse_wrong_entry(wish, consumer, is_proposed=True)
    if wrong := why_unsaid(note, at_most=LONGEST_NOTE):
        raise UnableToProtect(wrong, field="note")
    _refuse_twice(consumer, wish)
    proposal = HoldProposal.objects.create(
        consumer_id=consumer,
        kind=wish.kind,
        source=wish.source,
        from_on=wish.from_on,
        to_on=wish.to_on,
        amount=wish.amount,
        protection_id=wish.protection,
        certificate_id=wish.certificate,
        note=note,
        proposed_at=at,
        proposed_by=by,
    )
    # why somebody needs protection is not told to everybody who reads the timeline (BEY11)
    words = "" if wish.protection else note
    _record(Event.HOLD_PROPOSED, proposal, by=by, at=at, words=words)
    path = reverse("account_holds", args=[locked.account_number])
    who = people_who_may(Permission.PROTECT_ACCOUNT)
    notify_staff(
        people=[each for each in who if each.pk != by.pk],
        sentence=f"{locked.account_number}: a proposed account hold waits for your decision",
        path=path,
        at=at,
        dedupe_key=f"hold-proposal:{proposal.pk}",
    )
    form_keys.submitted(form_key, form="", by=by.pk, act=PROPOSE, result=str(proposal.pk))
    return proposal


def _refuse_twice(consumer: int, wish: HoldWish) -> None:
    same = {"consumer": consumer, "kind": wish.kind, "source": wish.source}
    if AccountHold.objects.filter(lifted_at__isnull=True, **same).exists():
        raise UnableToProtect(STANDS_ALREADY, field="source", is_conflict=True)
    if HoldProposal.objects.filter(state=HoldProposalState.PROPOSED, **same).exists():
        raise UnableToProtect(WAITS_ALREADY, field="source", is_conflict=True)


@operation
def accept_account_hold(
    *,
    proposal: int,
    certificate: int | None = None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID,
) -> HoldProposal:
    """Protect the account as it was proposed, as if ``by`` had placed the hold (X6).

    ``certificate``  where it was to follow. Raises UnableToDecideHold, UnableToProtect.
    """
    locked = _locked(proposal)
    about = form_keys.with_contents(str(proposal), {"certificate": certificate})
    if form_keys.claim(form_key, by=by.pk, act=ACCEPT, about=about, at=at) is not None:
        return locked
    _refuse_if_decided(locked)
    _refuse_if_own(locked, by)
    locked.certificate_id = _certificate_of(locked, certificate)
    locked.hold = guards.place_hold(
        locked.consumer_id,
        kind=AccountHoldKind(locked.kind),
        source=locked.source,
        from_on=locked.from_on,
        to_on=locked.to_on,
        amount=locked.amount,
        protection=locked.protection_id,
        certificate=locked.certificate_id,
        by=by.pk,
        at=at,
    )
    _decide(locked, HoldProposalState.ACCEPTED, by=by, at=at)
    return locked


@operation
def decline_account_hold(
    *, proposal: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> HoldProposal:
    """Leave the account unprotected, and say why. Raises UnableToDecideHold."""
    locked = _locked(proposal)
    about = form_keys.with_contents(str(proposal), {"reason": reason})
    if form_keys.claim(form_key, by=by.pk, act=DECLINE, about=about, at=at) is not None:
        return locked
    _refuse_if_decided(locked)
    _refuse_if_own(locked, by)
    if wrong := why_unsaid(reason, at_most=LONGEST_NOTE):
        raise UnableToDecideHold(wrong, field="reason")
    locked.decision = reason
    _decide(locked, HoldProposalState.DECLINED, by=by, at=at)
    words = "" if locked.protection_id else reason
    _record(Event.HOLD_DECLINED, locked, by=by, at=at, words=words)
    return locked


# ------------------------------------------------------------------ steps of these acts
@step
def _locked(proposal: int) -> HoldProposal:
    """The proposal under its consumer's lock and its own."""
    guards.lock_consumer(
        HoldProposal.objects.values_list("consumer_id", flat=True).get(pk=proposal)
    )
    rows = HoldProposal.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("consumer", "decided_by", "proposed_by", "protection").get(
        pk=proposal
    )


def _certificate_of(proposal: HoldProposal, chosen: int | None) -> int | None:
    """What the entry rests on: what was proposed with it, or what came after."""
    kept = proposal.certificate_id
    if kept is not None:
        if not has_certificate(proposal.consumer_id, kept):
            raise UnableToProtect(LOST_CERTIFICATE, is_conflict=True)
        return kept
    if proposal.protection is None:
        return None
    if chosen is None and proposal.protection.needs_certificate:
        raise UnableToDecideHold(CERTIFICATE_FOLLOWS, field="certificate")
    if chosen is not None and not has_certificate(proposal.consumer_id, chosen):
        raise UnableToDecideHold(NOT_OFFERED, field="certificate")
    return chosen


def _refuse_if_decided(proposal: HoldProposal) -> None:
    if proposal.decided_by is not None:
        state = proposal.get_state_display()
        raise UnableToDecideHold(
            f"{state} by {proposal.decided_by.full_name} already", is_conflict=True
        )


def _refuse_if_own(proposal: HoldProposal, by: Person) -> None:
    """X6: checked on the person, whatever their roles."""
    if proposal.proposed_by_id == by.pk:
        raise UnableToDecideHold(SECOND_PERSON, is_forbidden=True)


@step
def _decide(proposal: HoldProposal, state: HoldProposalState, *, by: Person, at: datetime) -> None:
    """Keep the decision, and tell who proposed it; the consumer's name stays in the house."""
    proposal.state, proposal.decided_at, proposal.decided_by = state, at, by
    changed = ["state", "decided_at", "decided_by", "decision", "hold", "certificate"]
    proposal.save(update_fields=changed)
    account = proposal.consumer.account_number
    notify_staff(
        people=[proposal.proposed_by],
        sentence=f"{account}: the account hold that you proposed was {state.label.lower()}",
        path=reverse("account_holds", args=[account]),
        at=at,
        dedupe_key=f"hold-proposal:{proposal.pk}:decided",
    )


@step
def _record(event: Event, proposal: HoldProposal, *, by: Person, at: datetime, words: str) -> None:
    record(
        event,
        by=by.pk,
        at=at,
        consumer=proposal.consumer_id,
        new={
            "kind": proposal.kind,
            "source": proposal.source,
            "to_on": proposal.to_on.isoformat() if proposal.to_on else "",
        },
        words=words,
    )
