"""What a reconnection is carried out with: gathered once, for the page and for the act alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from billing.choices import ArrangementState, LedgerKind
from billing.models import LedgerEntry
from billing.queries.accounts import balances_of
from billing.queries.arrangements import running_arrangement, standing
from consumers.choices import SupplyState, Verification
from consumers.models import Meter, MeterAssignment, Reading, ServiceConnection
from consumers.queries.meters import meters_in_stock
from disconnections.models import (
    ChecklistTick,
    Closure,
    DisconnectionRequest,
    Execution,
    ReconnectionMeter,
)
from disconnections.queries.closures import order_fact
from disconnections.rules.reconnections import (
    LastReading,
    MeterFact,
    ReconnectionFacts,
    Returning,
    Told,
)
from smart360.cases.choices import CaseKind
from smart360.cases.models import Approval, Case
from smart360.cases.queries.approvals import approval_of
from smart360.comms.choices import Channel, DeliveryState, Direction
from smart360.comms.models import Delivery, Message
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.errors import Broken
from smart360.kernel.money import ZERO
from smart360.organisation.queries import day_of, get_utility
from smart360.web.formats import shown_datetime

NOT_ARRIVED = (DeliveryState.FAILED, DeliveryState.NOT_SENT)
ABOUT_IT = ("visit.scheduled", "visit.moved", "request.completed")
"""Messages by template that are about the reconnection itself; what a person says is, too."""
MOST_METERS = 20


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of a reconnection, and the rows that they were read from."""

    facts: ReconnectionFacts
    asked: DisconnectionRequest
    closure: Closure | None
    service_order: ServiceOrder | None
    approval: Approval | None
    ticks: Mapping[str, ChecklistTick]
    requested: Mapping[int, int]
    """Service connection → key of the requested service."""
    typed: Mapping[int, str]
    """Service connection → the meter's number as it was entered."""

    @property
    def version(self) -> int:
        """What a form that sets the details sends back; 0 before the first."""
        return self.closure.version if self.closure else 0


def gather(case: Case, *, at: datetime) -> Gathered:
    """Everything that is known of a reconnection, as it is now."""
    asked = (
        DisconnectionRequest.objects.select_related("reason", "undoes__request__case")
        .prefetch_related("services__service_connection", "services__reconnection_meter")
        .filter(pk=case.pk)
        .first()
    )
    if asked is None:
        raise Broken(f"{case.number} asks for nothing")
    closure = (
        Closure.objects.select_related("service_order__technician__person")
        .filter(pk=case.pk)
        .first()
    )
    service_order = closure.service_order if closure else None
    ticks = {
        tick.item: tick
        for tick in ChecklistTick.objects.select_related("ticked_by").filter(request=case.pk)
    }
    approval = approval_of(case.pk)
    arrangement, arranged = _arranged(case.consumer_id or 0, at=at)
    requested = {each.service_connection_id: each.pk for each in asked.services.all()}
    facts = ReconnectionFacts(
        status=case.status,
        currency=get_utility().currency,
        outstanding=balances_of(case.consumer_id or 0).outstanding,
        fee=fee_of(case.pk),
        arranged=arranged,
        arrangement=arrangement,
        services=_returning(asked),
        occupied=_occupied(requested),
        order=order_fact(service_order, case) if service_order else None,
        told=_told(case.pk),
        ticks=frozenset(ticks),
        approval=approval.state if approval else "",
        approver=approval.decided_by_id if approval else None,
    )
    typed = {each.service_connection_id: _typed(each) for each in asked.services.all()}
    return Gathered(facts, asked, closure, service_order, approval, ticks, requested, typed)


def _typed(requested: object) -> str:
    planned = find_return(requested)
    return planned.meter_number if planned else ""


def find_return(requested: object) -> ReconnectionMeter | None:
    """What is planned for a requested service, if anything is yet."""
    planned: ReconnectionMeter | None = getattr(requested, "reconnection_meter", None)
    return planned


# ------------------------------------------------------------------ money
def fee_of(case: int) -> Decimal:
    """What was charged for a reconnection and not taken back; zero for nothing."""
    charged = LedgerEntry.objects.filter(
        transaction__in=DisconnectionRequest.objects.filter(pk=case).values(
            "reconnection_fee__posting"
        ),
        transaction__reversed_by__isnull=True,
        account__kind=LedgerKind.RECEIVABLE,
    )
    return charged.values_list("amount", flat=True).first() or ZERO


def _arranged(consumer: int, *, at: datetime) -> tuple[str, Decimal]:
    """The arrangement that is kept today, and what it promises still."""
    arrangement = running_arrangement(consumer)
    if arrangement is None:
        return "", ZERO
    outstanding = balances_of(consumer).outstanding
    stands = standing(arrangement, today=day_of(at), outstanding=outstanding)
    if stands.state != ArrangementState.RUNNING:
        return "", ZERO
    return arrangement.number, max(ZERO, arrangement.total - stands.paid)


# ------------------------------------------------------------------ meters
def _returning(asked: DisconnectionRequest) -> tuple[Returning, ...]:
    """Each requested service with its last meter and the one that was entered."""
    requested = list(asked.services.all())
    services = [each.service_connection_id for each in requested]
    newest = {
        row.service_connection_id: row
        for row in MeterAssignment.objects.filter(service_connection__in=services).order_by(
            "during", "pk"
        )
    }
    plans = {each.service_connection_id: find_return(each) for each in requested}
    wanted = {row.meter_id for row in newest.values()}
    wanted |= {plan.meter_id for plan in plans.values() if plan and plan.meter_id}
    meters = meter_facts(wanted)
    found = []
    for each in requested:
        last, plan = newest.get(each.service_connection_id), plans[each.service_connection_id]
        is_running = last is not None and last.during.upper is None
        in_place = meters[last.meter_id] if last is not None and not is_running else None
        if in_place is not None and (in_place.place != "ON_SITE" or in_place.measures is not None):
            in_place = None
        found.append(
            Returning(
                service_connection=each.service_connection_id,
                utility_type=each.service_connection.utility_type,
                is_measured=last is not None,
                running=last.meter_id if last is not None and is_running else None,
                in_place=in_place,
                meter=meters[plan.meter_id] if plan and plan.meter_id else None,
                reading=plan.reading if plan else None,
                read_on=plan.read_on if plan else None,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.utility, each.service_connection)))


def meter_facts(meters: Iterable[int]) -> dict[int, MeterFact]:
    """These meters as they are now, by key."""
    keys = list(meters)
    running = dict(
        MeterAssignment.objects.filter(meter__in=keys, during__endswith__isnull=True).values_list(
            "meter", "service_connection"
        )
    )
    last = {
        reading.meter_id: LastReading(reading.value, reading.read_on)
        for reading in Reading.objects.filter(meter__in=keys)
        .exclude(verification=Verification.REJECTED)
        .order_by("meter", "-read_on")
        .distinct("meter")
    }
    rows = Meter.objects.select_related("device", "warehouse").filter(pk__in=keys)
    return {row.pk: _meter_fact(row, running.get(row.pk), last.get(row.pk)) for row in rows}


def _meter_fact(row: Meter, measures: int | None, last: LastReading | None) -> MeterFact:
    return MeterFact(
        id=row.pk,
        number=row.number,
        utility_type=row.utility_type,
        place=row.place,
        condition=row.condition,
        warehouse=row.warehouse.name if row.warehouse else "",
        device_number=row.device.number if row.device else "",
        unit=row.unit,
        measures=measures,
        last=last,
    )


def find_meter(typed: str) -> MeterFact | None:
    """The meter with this number, or with the device of this number."""
    number = typed.strip().upper()
    if not number:
        return None
    found = Meter.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        found = Meter.objects.filter(device__number=number).values_list("pk", flat=True).first()
    return meter_facts([found])[found] if found is not None else None


def meters_to_pick(service: Returning) -> list[MeterFact]:
    """What a service could be measured with: the meter in place, then some from stock."""
    stock = meters_in_stock(service.utility_type, at_most=MOST_METERS)
    in_place = [service.in_place] if service.in_place else []
    return in_place + list(meter_facts(meter.pk for meter in stock).values())


def _occupied(services: Iterable[int]) -> tuple[str, ...]:
    """Which of these services somebody else is supplied with at the same premise."""
    own = list(ServiceConnection.objects.filter(pk__in=list(services)))
    by_place = {(each.premise_id, each.utility_type): each for each in own}
    others = ServiceConnection.objects.filter(
        premise__in=[each.premise_id for each in own], supply_state=SupplyState.CONNECTED
    ).exclude(consumer__in=[each.consumer_id for each in own])
    found = {
        f"The premise has another occupier: {each.get_utility_type_display()}"
        for each in others
        if (each.premise_id, each.utility_type) in by_place
    }
    return tuple(sorted(found))


# ------------------------------------------------------------------ orders and words
def orders_to_pick(case: Case) -> list[ServiceOrder]:
    """Orders of the consumer under which they could be reconnected, newest first."""
    return list(
        ServiceOrder.objects.filter(
            consumer=case.consumer_id, kind=CaseKind.RECONNECTION, execution__isnull=True
        )
        .exclude(status="CANCELLED")
        .order_by("-pk")[:20]
    )


def _told(case: int) -> Told | None:
    """The last thing that the consumer was told of the reconnection, and what became of it."""
    said = (
        Message.objects.select_related("template", "delivery")
        .filter(case=case, direction=Direction.TO_CONSUMER)
        .filter(Q(template__isnull=True) | Q(template__code__in=ABOUT_IT))
        .order_by("-pk")
        .first()
    )
    if said is None:
        return None
    what = {Channel.EMAIL: "E-mail", Channel.PHONE: "Call"}.get(
        Channel(said.channel), Channel(said.channel).label
    )
    words = f"{what} of {shown_datetime(said.at)}"
    delivery: Delivery | None = getattr(said, "delivery", None)
    if delivery is None:
        return Told(words)
    return Told(words, delivery.state not in NOT_ARRIVED, delivery.why)


# ------------------------------------------------------------------ what was done
def reconnected(case: int) -> Execution | None:
    """How a reconnection was carried out, with its order and meters; None while it was not."""
    return (
        Execution.objects.select_related("executed_by", "service_order__technician__person")
        .prefetch_related(
            "reconnected__meter__device",
            "reconnected__service_connection",
            "reconnected__movement__from_warehouse",
        )
        .filter(pk=case)
        .first()
    )
