"""Protecting an account by hand: a certificate, a dispute, a legal matter, a death (DIS12)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from consumers import guards, ports
from consumers.choices import AccountHoldKind
from consumers.models import AccountHold, HoldProposal
from consumers.queries.register import find_kind, has_certificate
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, why_unsaid
from smart360.organisation.queries import day_of
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import form_keys
from smart360.web.formats import shown_date

PLACE = "consumers.place_account_hold"
LIFT = "consumers.lift_account_hold"
LONGEST_SOURCE = 60
NO_END = "Say until when; before it ends, somebody is reminded"
NO_CERTIFICATE = "Choose the certificate; upload it among the documents first"
NOT_REGISTERED = "Only an entry of the register rests on a certificate"
FURTHEST, SOON = timedelta(days=366 * 10), timedelta(days=365)
BY_HAND = (
    AccountHoldKind.MEDICAL,
    AccountHoldKind.DISPUTE,
    AccountHoldKind.LEGAL,
    AccountHoldKind.DECEASED,
)
"""What people place. An arrangement protects by itself, while it runs."""


class UnableToProtect(Refusal):
    """The hold does not say for what, since when, or on what it rests."""


class UnableToLift(Refusal):
    """The hold has ended, belongs to an arrangement or a complaint, or nobody says why."""


refuses(
    {
        "a_source_holds_an_account_once": UnableToProtect(
            "This source protects the account already", field="source", is_conflict=True
        ),
        "an_entry_rests_on_its_own_certificate": UnableToProtect(NOT_OFFERED, field="certificate"),
        "an_entry_of_the_register_has_an_end": UnableToProtect(NO_END, field="to_on"),
        "an_account_hold_ends_after_it_began": UnableToProtect(
            "The last day is before the first", field="to_on"
        ),
    }
)


@dataclass(frozen=True)
class HoldWish:
    """What is to protect an account; ``amount`` is how much is disputed.

    With a kind of ``protection`` it goes into the register of protected consumers, with the
    ``certificate`` that it rests on, a document of the consumer.
    """

    kind: str
    source: str
    from_on: date
    to_on: date | None = None
    amount: Decimal | None = None
    protection: int | None = None
    certificate: int | None = None


@operation
def place_account_hold(
    *, consumer: int, wish: HoldWish, by: Person, at: datetime, form_key: uuid.UUID
) -> AccountHold:
    """Protect an account from a day on; an open order for non-payment stops at once (BEY1).

    Raises NoSuchConsumer, UnableToProtect.
    """
    guards.lock_consumer(consumer)
    about = form_keys.with_contents(str(consumer), vars(wish))
    earlier = form_keys.claim(form_key, by=by.pk, act=PLACE, about=about, at=at)
    if earlier:
        return AccountHold.objects.get(pk=int(earlier))
    refuse_wrong_wish(wish, day_of(at))
    refuse_wrong_entry(wish, consumer)
    made = guards.place_hold(
        consumer,
        kind=AccountHoldKind(wish.kind),
        source=wish.source,
        from_on=wish.from_on,
        to_on=wish.to_on,
        amount=wish.amount,
        protection=wish.protection,
        certificate=wish.certificate,
        by=by.pk,
        at=at,
    )
    form_keys.submitted(form_key, form="", by=by.pk, act=PLACE, result=str(made.pk))
    return made


def refuse_wrong_wish(wish: HoldWish, today: date) -> None:
    """Say what is wrong with a wish, as UnableToProtect with the field."""
    if wish.kind not in BY_HAND:
        raise UnableToProtect(NOT_OFFERED, field="kind")
    if wrong := why_unsaid(wish.source, at_most=LONGEST_SOURCE):
        raise UnableToProtect(wrong, field="source")
    if wish.kind == AccountHoldKind.DISPUTE and (instead := ports.held_by(wish.source)):
        raise UnableToProtect(instead, field="source")
    if not today - FURTHEST <= wish.from_on <= today + SOON:
        raise UnableToProtect("Choose a day within the next 365 days", field="from_on")
    if wish.to_on is not None and wish.to_on < wish.from_on:
        raise UnableToProtect("The last day is before the first", field="to_on")
    if wish.to_on is not None and wish.to_on > today + FURTHEST:
        raise UnableToProtect("Choose a day within ten years", field="to_on")
    if wish.amount is not None and wish.kind != AccountHoldKind.DISPUTE:
        raise UnableToProtect("Only a dispute is about an amount", field="amount")


def refuse_wrong_entry(wish: HoldWish, consumer: int, *, is_proposed: bool = False) -> None:
    """Say what is wrong with a wish to register somebody (BEY11), as UnableToProtect.

    Of what ``is_proposed`` the certificate may follow: who calls has it at home.
    """
    if wish.protection is None:
        if wish.certificate is not None:
            raise UnableToProtect(NOT_REGISTERED, field="certificate")
        return
    kind = find_kind(wish.protection)
    if kind is None or kind.hold_kind != wish.kind:
        raise UnableToProtect(NOT_OFFERED, field="kind")
    if wish.to_on is None:
        raise UnableToProtect(NO_END, field="to_on")
    if wish.certificate is None:
        if kind.needs_certificate and not is_proposed:
            raise UnableToProtect(NO_CERTIFICATE, field="certificate")
        return
    if not has_certificate(consumer, wish.certificate):
        raise UnableToProtect(NOT_OFFERED, field="certificate")


@operation
def remind_of_ending_protection(*, hold: int, at: datetime) -> bool:
    """Tell supervisors and who registered it that an entry of the register ends soon; once.

    False when there is nothing to tell any more.
    """
    guards.lock_consumer(AccountHold.objects.values_list("consumer_id", flat=True).get(pk=hold))
    entry = AccountHold.objects.select_related("consumer", "placed_by").get(pk=hold)
    if entry.reminded_at is not None or entry.lifted_at is not None or entry.to_on is None:
        return False
    entry.reminded_at = at
    entry.save(update_fields=["reminded_at"])
    proposal = HoldProposal.objects.select_related("proposed_by").filter(hold=entry).first()
    registered = [proposal.proposed_by] if proposal else []
    registered += [entry.placed_by] if entry.placed_by else []
    account = entry.consumer.account_number
    notify_staff(
        people=[*people_who_may(Permission.PROTECT_ACCOUNT), *registered],
        sentence=f"{account}: its protection ends on {shown_date(entry.to_on)}",
        path=reverse("account_holds", args=[account]),
        at=at,
        dedupe_key=f"protection-ends:{entry.pk}",
    )
    return True


@operation
def lift_account_hold(
    *, hold: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> AccountHold:
    """End a protection before its day, and say why; nothing starts again by itself.

    Raises UnableToLift.
    """
    consumer = AccountHold.objects.values_list("consumer_id", flat=True).get(pk=hold)
    guards.lock_consumer(consumer)
    placed = AccountHold.objects.get(pk=hold)
    about = form_keys.with_contents(str(hold), {"reason": reason})
    if form_keys.claim(form_key, by=by.pk, act=LIFT, about=about, at=at) is not None:
        return placed
    if placed.lifted_at is not None:
        raise UnableToLift("This hold was lifted already", is_conflict=True)
    if placed.kind not in BY_HAND:
        raise UnableToLift("Cancel the payment arrangement instead", is_conflict=True)
    if placed.kind == AccountHoldKind.DISPUTE and (
        instead := ports.held_by(placed.source, consumer=consumer)
    ):
        raise UnableToLift(instead, is_conflict=True)
    if wrong := why_unsaid(reason):
        raise UnableToLift(wrong, field="reason")
    guards.lift_hold(placed, by=by.pk, at=at, words=reason)
    return placed
