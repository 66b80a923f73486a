"""Reads for the Create Request page: the chosen consumer, what can be chosen, what was made."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from consumers.access import shown, visible_consumers, with_account
from consumers.models import Consumer, Guard, ProfileLock
from consumers.queries import connection_facts, hold_facts
from consumers.rules.occupancy import still_theirs
from consumers.rules.profiles import ConnectionFacts, LockFacts, ShownConsumer
from disconnections import rules
from disconnections.models import DisconnectionRequest, Reason, TimeSlot
from disconnections.queries.closures import get_policy
from disconnections.queries.receipts import permanence_of
from disconnections.queries.reconnections import fee_of
from disconnections.queries.slots import FreeSlot, free_slots
from smart360.cases.access import visible_cases
from smart360.cases.choices import CaseKind
from smart360.cases.queries.history import policy_in_force
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery
from smart360.kernel.money import ZERO
from smart360.organisation.queries import get_visit_holiday
from smart360.staff.models import Person
from smart360.web.formats import shown_date, shown_slot


@dataclass(frozen=True, slots=True)
class Chosen:
    """The consumer chosen for a request; ``open_request`` is the number that stands in the way."""

    facts: ShownConsumer
    connections: tuple[ConnectionFacts, ...]
    lock: LockFacts | None
    open_request: str

    @property
    def is_own(self) -> bool:
        """Whether the person who looks holds the profile."""
        return self.lock is not None and self.lock.is_own

    @property
    def in_one_line(self) -> str:
        """The consumer, folded."""
        return f"{self.facts.name} · {self.facts.account_number}"

    @property
    def why_not(self) -> str:
        """Why there is nothing to disconnect or reconnect, or ``""`` (bad-inputs.md 28)."""
        states = [each.supply_state for each in self.connections]
        return rules.why_no_request(self.facts.status, states)

    def services_by_default(self) -> tuple[int, ...]:
        """All that are connected; where none is, all of them (DIS2)."""
        is_off = self.facts.status in rules.NOT_SUPPLIED
        wanted = [each.id for each in self.connections if each.is_connected is not is_off]
        return tuple(wanted or (each.id for each in self.connections))

    def kind_for(self, services: Iterable[int]) -> CaseKind:
        """The type of a request about these services (AC003)."""
        chosen = set(services)
        return rules.request_kind(
            self.facts.status,
            [each.is_connected for each in self.connections if each.id in chosen],
        )


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason that can be chosen for one type of request."""

    id: int
    code: str
    label: str
    description: str
    priority: str
    permanence: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that can be chosen for one consumer and one day.

    ``closed_because`` says why nobody comes on that day; then there are no slots. ``fee`` is what
    the request itself costs, in the utility's currency; zero for nothing.
    """

    kind: CaseKind
    today: date
    reasons: tuple[ReasonChoice, ...]
    connections: tuple[ConnectionFacts, ...]
    slots: tuple[FreeSlot, ...] = ()
    closed_because: str = ""
    fee: Decimal = ZERO

    def reason(self, key: int | None) -> ReasonChoice | None:
        """The reason with this key, if it is offered."""
        return next((reason for reason in self.reasons if reason.id == key), None)

    def slot(self, key: int | None) -> FreeSlot | None:
        """The slot with this key, if it is free."""
        return next((slot for slot in self.slots if slot.id == key), None)


@dataclass(frozen=True, slots=True)
class Made:
    """A request that was just made, for the success page."""

    number: str
    kind: str
    request_words: str
    consumer: str
    is_vip: bool
    account_number: str
    service_address: str
    reason: str
    priority: str
    services: tuple[str, ...]
    permanence: str
    preferred_on: date | None
    slot_words: str
    notes: str
    created_at: datetime
    due_at: datetime
    email: str
    notifies: bool
    was_not_sent: bool
    fee: Decimal


def get_chosen(consumer: int, *, to: Person, at: datetime) -> Chosen | None:
    """The consumer with what the page needs of it, or None when ``to`` finds none."""
    return _chosen(visible_consumers(to).filter(pk=consumer), to=to, at=at)


def find_chosen(account_number: str, *, to: Person, at: datetime) -> Chosen | None:
    """The same for an account number that somebody chose."""
    return _chosen(with_account(visible_consumers(to), account_number), to=to, at=at)


def _chosen(found: QuerySet[Consumer], *, to: Person, at: datetime) -> Chosen | None:
    """Two looks: the consumer with who holds and what guards it; what it is supplied with."""
    guards = Guard.objects.filter(consumer=OuterRef("pk")).order_by("id")
    row = (
        found.select_related("profile_lock__holder")
        .annotate(open_request=Subquery(guards.values("placed_by")[:1]))
        .first()
    )
    if row is None:
        return None
    connections = tuple(connection_facts(row.pk))
    lock: ProfileLock | None = getattr(row, "profile_lock", None)
    return Chosen(
        facts=shown(row, to, addresses=[each.address for each in connections]),
        connections=still_theirs(connections),
        lock=hold_facts(lock, to=to) if lock is not None and lock.expires_at > at else None,
        open_request=row.open_request or "",
    )


def get_offer(
    chosen: Chosen, *, kind: CaseKind, day: date | None, at: datetime, zone: ZoneInfo
) -> Offer:
    """What can be chosen for this consumer, and on ``day`` if one is known."""
    offer = Offer(
        kind=kind,
        today=at.astimezone(zone).date(),
        reasons=list_reasons(kind),
        connections=chosen.connections,
        fee=get_policy().reconnection_fee if kind == CaseKind.RECONNECTION else ZERO,
    )
    if day is None or rules.why_not_on(day, offer.today):
        return offer
    holiday = get_visit_holiday(day)
    if holiday is not None:
        sentence = rules.holiday_sentence(shown_date(day), holiday.name)
        return replace(offer, closed_because=sentence)
    return replace(offer, slots=tuple(free_slots(day, at=at, zone=zone)))


def list_reasons(kind: CaseKind) -> tuple[ReasonChoice, ...]:
    """The active reasons of one type, by code."""
    reasons = Reason.objects.filter(kind=kind, is_active=True).order_by("code")
    fields = ("id", "code", "label", "description", "priority", "permanence")
    return tuple(ReasonChoice(*row) for row in reasons.values_list(*fields))


def why_slot_is_gone(slot: int, day: date, *, at: datetime, zone: ZoneInfo) -> tuple[str, bool]:
    """Why a slot cannot be had on ``day``, and whether somebody else was faster (44–46)."""
    row = TimeSlot.objects.filter(pk=slot).first()
    if row is None or not rules.slot_exists_on(day, row.starts, row.ends, zone):
        return rules.NOT_A_SLOT, False
    if row.is_active and rules.slot_has_started(day, row.starts, zone, at):
        return rules.SLOT_STARTED, False
    return rules.SLOT_TAKEN, True


def promised_within(*, kind: CaseKind, priority: str, is_vip: bool) -> str:
    """How long a request of this priority may take: ``24 h``."""
    policy = policy_in_force(kind=kind, priority=priority, is_vip=is_vip)
    hours, minutes = divmod(policy.resolution_minutes, 60)
    return f"{hours} h" if not minutes else f"{hours} h {minutes:02d} m"


def service_words(connections: Iterable[ConnectionFacts], services: Iterable[int]) -> list[str]:
    """The chosen services in words: Electricity, Water."""
    wanted = set(services)
    return [each.utility_type for each in connections if each.id in wanted]


def get_made(number: str, *, to: Person) -> Made | None:
    """The request with this number as its maker sees it, or None when ``to`` finds none."""
    case = (
        visible_cases(to)
        .filter(number=number, disconnection_request__isnull=False)
        .select_related(
            "consumer__category",
            "consumer__subcategory",
            "disconnection_request__reason",
            "disconnection_request__slot",
        )
        .first()
    )
    if case is None or case.consumer is None:
        return None
    asked: DisconnectionRequest = case.disconnection_request
    facts = shown(case.consumer, to)
    services = asked.services.select_related("service_connection").order_by("pk")
    return Made(
        number=case.number,
        kind=case.kind,
        request_words=f"{case.get_kind_display()} Request",
        consumer=facts.name,
        is_vip=facts.is_vip,
        account_number=facts.account_number,
        service_address=asked.service_address if facts.sees_contact_data else "",
        reason=str(asked.reason),
        priority=case.priority,
        services=tuple(each.service_connection.utility_type for each in services),
        permanence=permanence_of(asked),
        preferred_on=asked.preferred_on,
        slot_words=shown_slot(asked.slot.starts, asked.slot.ends) if asked.slot else "",
        notes=asked.notes,
        created_at=case.created_at,
        due_at=case.due_at,
        email=facts.email,
        notifies=case.notifies_consumer,
        was_not_sent=Delivery.objects.filter(
            message__case=case, state=DeliveryState.NOT_SENT
        ).exists(),
        fee=fee_of(case.pk) if case.kind == CaseKind.RECONNECTION else ZERO,
    )
