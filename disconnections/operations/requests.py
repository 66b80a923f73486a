"""The acts on disconnection and reconnection requests: create, close, make the receipt."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from consumers import guards
from consumers.guards import SuppliedService
from consumers.models import Consumer
from disconnections import protecting, reconnecting, rules, slots
from disconnections.choices import (
    REQUEST_KINDS,
    Answer,
    IdentityCheck,
    IdentityDocument,
    Permanence,
    Stage,
)
from disconnections.models import DisconnectionRequest, Reason, RequestedService, TimeSlot
from disconnections.notices import request_closed, request_received
from disconnections.queries.protections import Judged, judge_cut, wished_cut
from disconnections.queries.slots import find_slot
from disconnections.queries.undoing import newest_not_undone
from disconnections.rules import RequestWish
from smart360.cases import handling
from smart360.cases.choices import CaseKind, ClosingReason
from smart360.cases.lifecycle import SAY_WHY, says_why
from smart360.cases.models import Case
from smart360.cases.queries.receipts import receipt_key
from smart360.cases.queries.states import end_sentence
from smart360.cases.store import keep_receipt
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import get_utility
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys
from smart360.web.formats import shown_date

CREATE = "disconnections.create_request"
CLOSE = "disconnections.close_request"
DRAFT = "create_request"


class UnableToCreate(Refusal):
    """The request cannot be made as asked. ``field`` names the form's field."""


class UnableToClose(Refusal):
    """The request has ended already, or the reason is not complete."""


refuses(
    {
        "one_open_request_per_account": UnableToCreate(
            "A request is already open for this account", field="consumer", is_conflict=True
        ),
        "a_slot_is_never_overbooked": UnableToCreate(
            rules.SLOT_TAKEN, field="slot", is_conflict=True
        ),
        "type_follows_the_consumer": UnableToCreate(
            "Customer status changed; choose the consumer again", field="consumer", is_conflict=True
        ),
        "services_are_the_consumers_own": UnableToCreate(
            "The services changed meanwhile; choose the consumer again",
            field="consumer",
            is_conflict=True,
        ),
        "closing_for_another_reason_says_which": UnableToClose(SAY_WHY, field="note"),
    }
)


@operation
def create_request(
    *, wish: RequestWish, by: Person, at: datetime, form_key: uuid.UUID
) -> DisconnectionRequest:
    """A request for one account, with its place in the slot, its receipt and its message owed.

    The consumer's profile must be held by ``by``; the hold ends here. Raises UnableToCreate, and
    LockIsLost or LockIsHeld of ``consumers.guards``. The same form key gives the first request
    again.
    """
    consumer = guards.lock_consumer(wish.consumer)
    earlier = form_keys.claim(form_key, by=by.pk, act=CREATE, about=consumer.account_number, at=at)
    if earlier:
        return DisconnectionRequest.objects.select_related("case").get(case__number=earlier)
    zone = get_utility().zone
    standing = guards.standing_of(consumer.pk)
    _refuse_second_request(standing.open_request)
    guards.require_hold(standing.hold, by, wish.lock_token, at)
    services = _chosen_services(consumer, standing.services, wish)
    kind = _kind_as_confirmed(consumer, services, wish)
    reason = _reason(wish, kind)
    _check_identity(wish)
    slot, booking = _book(wish, kind, at, zone)
    judged = _judged(wish, kind, reason, slot, at)
    case = handling.open_case(
        kind=kind,
        consumer=consumer.pk,
        is_vip=consumer.is_vip,
        priority=reason.priority,
        notifies_consumer=wish.notifies_consumer,
        year=at.astimezone(zone).year,
        by=by.pk,
        at=at,
        new={"kind": kind, "reason": reason.code, "priority": reason.priority},
    )
    case.consumer = consumer
    made = _store_request(wish, case, reason, slot, booking, services)
    guards.guard_instead_of_hold(consumer.pk, placed_by=case.number, by=by, at=at)
    if wish.ignored_fields:
        ignored = {"fields": sorted(wish.ignored_fields)[:20]}
        record(Event.FIELD_IGNORED, by=by.pk, at=at, case=case.pk, new=ignored)
    request_received(case, made, at=at)
    protecting.take_up(case, made, judged, by=by.pk, at=at)
    if kind == CaseKind.RECONNECTION:
        reconnecting.charge_fee(case, by=by.pk, at=at)
    key = receipt_key(case.number)
    owe("disconnections.receipt", dedupe_key=key, about={"case": case.pk}, at=at)
    form_keys.submitted(form_key, form=DRAFT, by=by.pk, act=CREATE, result=case.number)
    return made


def _refuse_second_request(open_request: str) -> None:
    """W1: one open request per account; a second says which one exists."""
    if open_request:
        raise UnableToCreate(
            f"{open_request} is already open for this account",
            field="consumer",
            is_conflict=True,
            link=reverse("disconnection_detail", args=[open_request]),
        )


def _chosen_services(
    consumer: Consumer, own: Sequence[SuppliedService], wish: RequestWish
) -> list[SuppliedService]:
    """The services that the request is about, all of this consumer."""
    if wrong := rules.why_no_request(consumer.status, [each.supply_state for each in own]):
        raise UnableToCreate(wrong, field="consumer")
    chosen = [service for service in own if service.id in set(wish.services)]
    if len(chosen) != len(set(wish.services)):
        raise UnableToCreate(NOT_OFFERED, field="services")
    is_off = consumer.status in rules.NOT_SUPPLIED
    if not chosen and not is_off and not any(service.is_connected for service in own):
        raise UnableToCreate(rules.NOTHING_CONNECTED, field="consumer")
    if own and not chosen:
        raise UnableToCreate(REQUIRED, field="services")
    return chosen


def _kind_as_confirmed(
    consumer: Consumer, services: Sequence[SuppliedService], wish: RequestWish
) -> CaseKind:
    """The type that follows from the consumer; a change since the page was shown is told (27)."""
    connected = [service.is_connected for service in services]
    kind = rules.request_kind(consumer.status, connected)
    if kind == CaseKind.DISCONNECTION and not all(connected):
        raise UnableToCreate(rules.MIXED_SERVICES, field="services")
    if wish.confirmed_kind in REQUEST_KINDS and wish.confirmed_kind != kind:
        raise UnableToCreate(
            f"Customer status changed; the request is now a {kind.label} Request",
            field="consumer",
            is_conflict=True,
        )
    return kind


def _reason(wish: RequestWish, kind: CaseKind) -> Reason:
    reason = Reason.objects.filter(pk=wish.reason, is_active=True, kind=kind).first()
    if reason is None:
        raise UnableToCreate(NOT_OFFERED, field="reason")
    if wish.permanence not in Permanence.values:
        raise UnableToCreate(NOT_OFFERED, field="permanence")
    return reason


def _check_identity(wish: RequestWish) -> None:
    if wish.identity_check not in IdentityCheck.values:
        raise UnableToCreate(NOT_OFFERED, field="identity_check")
    is_seen = wish.identity_check == IdentityCheck.DOCUMENT_SEEN
    if is_seen and wish.identity_document not in IdentityDocument.values:
        raise UnableToCreate(REQUIRED, field="identity_document")
    if not is_seen and (wish.identity_document or wish.identity_last_four):
        raise UnableToCreate(rules.WHICH_DOCUMENT, field="identity_check")


def _book(
    wish: RequestWish, kind: CaseKind, at: datetime, zone: ZoneInfo
) -> tuple[TimeSlot | None, int | None]:
    """Check date and slot, and take the place: the slot and the slot day that counts it."""
    if wish.has_no_preference:
        return None, None
    if wish.preferred_on is None:
        raise UnableToCreate(REQUIRED, field="preferred_on")
    day = wish.preferred_on
    if sentence := rules.why_not_on(day, at.astimezone(zone).date()):
        raise UnableToCreate(sentence, field="preferred_on")
    slot, holiday = find_slot(wish.slot, day)
    if holiday:
        raise UnableToCreate(rules.holiday_sentence(shown_date(day), holiday), field="preferred_on")
    if wish.slot is None:
        return None, None
    if slot is None or not rules.slot_exists_on(day, slot.starts, slot.ends, zone):
        raise UnableToCreate(rules.NOT_A_SLOT, field="slot")
    if not slot.is_active:
        raise UnableToCreate(rules.SLOT_TAKEN, field="slot", is_conflict=True)
    if rules.slot_has_started(day, slot.starts, zone, at):
        raise UnableToCreate(rules.SLOT_STARTED, field="slot")
    booking = slots.book(slot, day)
    if booking is None:
        raise UnableToCreate(rules.SLOT_TAKEN, field="slot", is_conflict=True)
    return slot, booking


def _judged(
    wish: RequestWish, kind: CaseKind, reason: Reason, slot: TimeSlot | None, at: datetime
) -> Judged:
    """What the protections say to it (DIS12). Raises UnableToCreate with what blocks it."""
    judged = judge_cut(wished_cut(wish, kind, reason, slot, at), stage=Stage.SUBMIT, at=at)
    judgement = judged.judgement
    if judgement.answer == Answer.BLOCKED:
        raise UnableToCreate(
            ". ".join(judgement.sentences),
            field="preferred_on" if judgement.is_of_the_moment else "reason",
        )
    return judged


def _store_request(
    wish: RequestWish,
    case: Case,
    reason: Reason,
    slot: TimeSlot | None,
    booking: int | None,
    services: Sequence[SuppliedService],
) -> DisconnectionRequest:
    """What this case is about, with the services as they are now.

    An account without services has only its billing address.
    """
    assert case.consumer is not None  # a_request_has_a_consumer
    undoes = None
    if case.kind == CaseKind.RECONNECTION:
        undoes = newest_not_undone(each.id for each in services)
    made = DisconnectionRequest.objects.create(
        case=case,
        reason=reason,
        permanence=wish.permanence,
        consumer_status=case.consumer.status,
        preferred_on=None if wish.has_no_preference else wish.preferred_on,
        slot=slot,
        booking_id=booking,
        notes=wish.notes,
        service_address=services[0].address if services else case.consumer.billing_address,
        identity_check=wish.identity_check,
        identity_document=wish.identity_document,
        identity_last_four=wish.identity_last_four,
        undoes=undoes,
        tracking_token=secrets.token_urlsafe(32),
    )
    RequestedService.objects.bulk_create(
        RequestedService(
            request=made, service_connection_id=each.id, was_connected=each.is_connected
        )
        for each in services
    )
    return made


@operation
def close_request(
    *,
    case: int,
    reason: str,
    note: str,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Case:
    """End a request without carrying it out, for one of five reasons (DIS7).

    Gives the slot back, lifts the guard, voids a draft of the final bill, takes the fee of a
    reconnection back. Raises UnableToClose.
    """
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=CLOSE, by=by, at=at, reason=reason, note=note):
        return locked
    if not locked.is_open:
        raise UnableToClose(end_sentence(locked), is_conflict=True)
    if not reason:
        raise UnableToClose(REQUIRED, field="reason")
    if reason not in ClosingReason.values:
        raise UnableToClose(NOT_OFFERED, field="reason")
    if reason == ClosingReason.OTHER and not says_why(note):
        raise UnableToClose(SAY_WHY, field="note")
    protecting.close(locked, reason=ClosingReason(reason), note=note, by=by.pk, at=at)
    reconnecting.take_fee_back(locked, by=by.pk, at=at)
    request_closed(locked, at=at)
    return locked


@operation
def attach_receipt(
    *, case: int, body: bytes, by: Person | None, at: datetime
) -> DisconnectionRequest:
    """Keep a request's receipt. A second one changes nothing: the consumer has the first.

    Raises UnableToStore of ``documents.store``.
    """
    locked = handling.lock_case(case)
    made = DisconnectionRequest.objects.get(pk=case)
    keep_receipt(locked, made, body=body, by=by, at=at)
    return made
