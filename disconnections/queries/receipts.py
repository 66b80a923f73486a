"""What a receipt says, and how far it is. It goes to the consumer: nothing in it is internal."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from django.conf import settings
from django.urls import reverse

from consumers.access import shown
from consumers.choices import UtilityType
from consumers.models import Consumer
from disconnections.models import DisconnectionRequest
from disconnections.rules import hours_in_words, visit_sentence
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.comms.queries import free_words
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.models import Person


class ReceiptState(StrEnum):
    """How far the PDF is."""

    READY = "READY"
    BEING_MADE = "BEING_MADE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One request as its receipt tells it. What the reader may not see is empty."""

    case: int
    number: str
    kind: str
    status: str
    priority: str
    permanence: str
    services: tuple[str, ...]
    reason: str
    reason_code: str
    preferred_on: date | None
    slot_starts: time | None
    slot_ends: time | None
    notes: str
    created_at: datetime
    created_by: str
    name: str
    account_number: str
    service_address: str
    category: str
    phone: str
    email: str
    tracking_url: str
    next_steps: tuple[str, ...]


def receipt_facts(case: int, *, to: Person | None = None) -> ReceiptFacts:
    """The receipt of a request as ``to`` may see it; None is the consumer."""
    asked = (
        DisconnectionRequest.objects.select_related(
            "case__consumer__category",
            "case__consumer__subcategory",
            "case__created_by",
            "case__policy",
            "reason",
            "slot",
        )
        .prefetch_related("services__service_connection")
        .get(case=case)
    )
    about, consumer = asked.case, asked.case.consumer
    assert consumer is not None  # a_request_has_a_consumer
    contact = _contact(consumer, to)
    return ReceiptFacts(
        case=about.pk,
        number=about.number,
        kind=about.get_kind_display(),
        status=about.get_status_display(),
        priority=about.get_priority_display(),
        permanence=permanence_of(asked),
        services=services_of(asked),
        reason=asked.reason.label,
        reason_code=asked.reason.code,
        preferred_on=asked.preferred_on,
        slot_starts=asked.slot.starts if asked.slot else None,
        slot_ends=asked.slot.ends if asked.slot else None,
        notes=free_words(asked.notes, to=to) if to else asked.notes,
        created_at=about.created_at,
        created_by=about.created_by.full_name if about.created_by else "",
        name=contact.name,
        account_number=consumer.account_number,
        service_address=asked.service_address if contact.sees_words else "",
        category=" · ".join(
            filter(None, [consumer.category.name, str(consumer.subcategory or "")])
        ),
        phone=contact.phone,
        email=contact.email,
        tracking_url=tracking_url(asked.tracking_token) if contact.sees_link else "",
        next_steps=next_steps(about, asked),
    )


@dataclass(frozen=True, slots=True)
class _Contact:
    """Who the consumer is, as far as the reader may know."""

    name: str
    phone: str
    email: str
    sees_words: bool
    sees_link: bool


def _contact(consumer: Consumer, to: Person | None) -> _Contact:
    """The tracking link leads to the whole receipt, so only who may read that gets it."""
    if to is None:
        return _Contact(
            consumer.name, consumer.phone, consumer.email, sees_words=True, sees_link=True
        )
    seen = shown(consumer, to=to)
    return _Contact(
        seen.name,
        seen.phone,
        seen.email,
        sees_words=seen.sees_contact_data,
        sees_link=seen.sees_personal_data,
    )


def tracking_url(token: str) -> str:
    """The consumer's own link, whole, for paper and mail."""
    return f"{settings.PUBLIC_URL}{reverse('track', args=[token])}"


def services_of(asked: DisconnectionRequest) -> tuple[str, ...]:
    """The utilities that a request is about, in words. Prefetch them for more than one request."""
    asked_for = {each.service_connection.utility_type for each in asked.services.all()}
    return tuple(each.label for each in UtilityType if each in asked_for)


def permanence_of(asked: DisconnectionRequest) -> str:
    """``permanent`` or ``temporary``; nothing for a reconnection."""
    if asked.case.kind == CaseKind.RECONNECTION:
        return ""
    return asked.get_permanence_display().lower()


def next_steps(about: Case, asked: DisconnectionRequest) -> tuple[str, ...]:
    """What happens next, in the order in which it happens."""
    if not about.is_open:
        return (f"This request is {about.get_status_display().lower()}. Nothing more happens.",)
    hours = hours_in_words(
        about.policy.acknowledgement_minutes, is_business=about.policy.calendar_id is not None
    )
    return (
        "We have confirmed the request."
        if about.acknowledged_at
        else f"We confirm the request within {hours}.",
        visit_sentence(
            asked.preferred_on, (asked.slot.starts, asked.slot.ends) if asked.slot else None
        ),
        "You can see at any time where your request stands, at the address beside this list.",
    )


def has_receipt(case: int) -> bool:
    """Whether the PDF of a request is there already."""
    return DisconnectionRequest.objects.filter(case=case, receipt__isnull=False).exists()


def receipt_key(number: str) -> str:
    """Under which the making of a request's receipt is owed."""
    return f"receipt:{number}"


def receipt_state(asked: DisconnectionRequest, number: str) -> ReceiptState:
    """Whether the PDF is there, will be, or could not be made."""
    if asked.receipt_id is not None:
        return ReceiptState.READY
    failed = OwedWork.objects.filter(dedupe_key=receipt_key(number), state=OwedState.FAILED)
    return ReceiptState.FAILED if failed.exists() else ReceiptState.BEING_MADE
