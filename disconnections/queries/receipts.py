"""What the receipt of a request says. It goes to the consumer: nothing in it is internal."""

from dataclasses import dataclass
from datetime import date, datetime, time

from consumers.choices import UtilityType
from disconnections.models import DisconnectionRequest
from disconnections.queries.reconnections import fee_of
from disconnections.rules import visit_sentence
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.cases.queries.receipts import contact_of, steps_of, tracking_url
from smart360.comms.queries import free_words
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.formats import shown_money


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
    fee: str = ""


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
    contact = contact_of(consumer, to)
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
        fee=_fee_of(about, to=to),
    )


def _fee_of(about: Case, *, to: Person | None) -> str:
    """The fee of a reconnection, for its consumer and for who sees balances; ``""`` without one."""
    if about.kind != CaseKind.RECONNECTION:
        return ""
    if to is not None and not to.has_permission(Permission.VIEW_BALANCE):
        return ""
    fee = fee_of(about.pk)
    return shown_money(fee, get_utility().currency) if fee else ""


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
    slot = (asked.slot.starts, asked.slot.ends) if asked.slot else None
    return steps_of(about, "request", [visit_sentence(asked.preferred_on, slot)])


def has_receipt(case: int) -> bool:
    """Whether the PDF of a request is there already."""
    return DisconnectionRequest.objects.filter(case=case, receipt__isnull=False).exists()
