"""A service order is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from consumers.models import Consumer, MeterAssignment, ServiceConnection
from smart360.cases.models import Case
from smart360.fieldwork import notices
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import OrderedService, OrderTemplate, ServiceOrder
from smart360.fieldwork.orders.plans import dispatch_by_itself
from smart360.fieldwork.orders.rows import record_line, when_planned
from smart360.fieldwork.ports import Window
from smart360.fieldwork.rules import order_name
from smart360.kernel.db import step
from smart360.kernel.errors import Broken
from smart360.kernel.numbering import next_number
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event


@dataclass(frozen=True, slots=True)
class _Place:
    address: str
    area: str


@step
def create_order(
    *,
    template: OrderTemplate,
    consumer: int,
    case: Case | None,
    services: Sequence[int],
    scheduled_on: date | None,
    window: Window | None,
    remarks: str,
    by: Person | None,
    at: datetime,
) -> ServiceOrder:
    """A new order from a template, with the services it is about and their meters of now.

    With a day it is given to a technician by itself, if nobody who is asked refuses and somebody
    has the time; else it waits for a dispatcher. The consumer hears of the visit.
    """
    about = Consumer.objects.get(pk=consumer) if case is None else case.consumer
    if about is None or about.pk != consumer:
        raise Broken("a service order is about the consumer of its case")
    connections = _connections(services)
    place = _place_of(connections, about)
    zone = get_utility().zone
    made = ServiceOrder.objects.create(
        number=next_number(series="SO", year=at.astimezone(zone).year),
        template=template,
        kind=template.kind,
        name=order_name(template.name, about.name),
        description=template.description,
        consumer=about,
        case=case,
        address=place.address,
        area=place.area,
        priority=template.priority,
        status=OrderStatus.OPEN if scheduled_on is None else OrderStatus.SCHEDULED,
        scheduled_on=scheduled_on,
        starts=window[0] if window else None,
        ends=window[1] if window else None,
        estimated_minutes=template.estimated_minutes,
        remarks=remarks,
        created_at=at,
        created_by=by,
    )
    _keep_services(made, connections)
    record_line(
        Event.ORDER_CREATED,
        made,
        by=by.pk if by else None,
        at=at,
        new={"template": template.code, "kind": made.kind, **when_planned(made)},
    )
    if scheduled_on is not None:
        dispatch_by_itself(made, by=by.pk if by else None, at=at)
        notices.visit_scheduled(made, at=at)
    return made


def _keep_services(made: ServiceOrder, connections: Sequence[ServiceConnection]) -> None:
    """What the order is about, each with the meter that it has now."""
    OrderedService.objects.bulk_create(
        OrderedService(
            service_order=made,
            service_connection=each,
            meter_id=vars(each)["current_meter"],
        )
        for each in connections
    )


def _connections(services: Sequence[int]) -> list[ServiceConnection]:
    """The services in their order, with where they are and the meter each has now."""
    running = MeterAssignment.objects.filter(
        service_connection=OuterRef("pk"), during__endswith__isnull=True
    )
    return list(
        ServiceConnection.objects.filter(pk__in=services)
        .select_related("premise")
        .annotate(current_meter=Subquery(running.order_by("-pk").values("meter")[:1]))
        .order_by("utility_type", "pk")
    )


def _place_of(connections: Sequence[ServiceConnection], consumer: Consumer) -> _Place:
    """Where the work is: at the first service, else where the bills go."""
    if connections:
        premise = connections[0].premise
        return _Place(premise.address, premise.area)
    return _Place(consumer.billing_address or "", "")
