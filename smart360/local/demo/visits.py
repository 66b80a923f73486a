"""Field work of the demo: technicians, the sample's service order, and a day with something on it.

The sample of 004 §8 is lived through by the real operations: SO-2024-005678, made by the
dispatcher on December 10, 2024, 11:00 AM, and given to Mike Thompson by itself.
"""

import uuid
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from consumers.models import Consumer
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Message
from smart360.comms.operations import mark_sent
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import OrderTemplate, ServiceOrder
from smart360.fieldwork.operations import (
    UnableToCreateOrder,
    complete_service_order,
    create_service_order,
    start_service_order,
)
from smart360.fieldwork.queries.offers import offer_for
from smart360.local.demo.cast import TECHNICIANS
from smart360.local.demo.operations import add_order_type, add_technicians
from smart360.local.operations import take_over_numbers
from smart360.staff.models import Person

ZONE = ZoneInfo("America/Chicago")
SAMPLE_SERIAL = 5678
SAMPLE_ORDER = f"SO-2024-{SAMPLE_SERIAL:06d}"
SAMPLE_ORDERED_AT = datetime(2024, 12, 10, 11, 0, tzinfo=ZONE).astimezone(UTC)
SAMPLE_TYPE = "DIS-R"
REMARKS = "Customer will be available between 10 AM - 12 PM. Bring standard disconnection tools."
LEFT_TO_WORKERS = timedelta(hours=1)
OF_REQUESTS = 8
OF_PROFILES = 14
WORK = (
    ("MRD-1", "Read the meter on the spot, the consumer doubts the bill"),
    ("INS-1", "Seal looks broken on the reader's photo"),
    ("MNT-1", "Planned exchange of the meter box"),
    ("RPR-1", "Display is dark since the storm"),
)
DONE = (
    "Read, as on the bill. Consumer informed.",
    "Seal renewed, meter runs true.",
    "Box exchanged, door key is with the caretaker.",
    "Display works again after a new battery.",
)


def set_up_field_work() -> None:
    """Who is sent out, and the order type of the sample."""
    add_technicians(technicians=TECHNICIANS)
    add_order_type(
        code=SAMPLE_TYPE,
        name="Residential Disconnection",
        description="Switch off every service named, read and seal the meters",
        category="Residential",
        minutes=120,
    )


def order_sample(case: int, *, at: datetime) -> None:
    """004 §8: the visit on December 15, 2024, 10 to 12, assigned to Mike Thompson."""
    if ServiceOrder.objects.filter(number=SAMPLE_ORDER).exists():
        return
    take_over_numbers(series="SO", year=2024, last=SAMPLE_SERIAL - 1)
    made = create_service_order(
        case=case,
        template=OrderTemplate.objects.get(code=SAMPLE_TYPE).pk,
        remarks=REMARKS,
        by=_person("dispatcher"),
        at=SAMPLE_ORDERED_AT,
        form_key=uuid.uuid4(),
    )
    hand_over(made, before=at - LEFT_TO_WORKERS)


def make_visits(*, at: datetime, chance: Random) -> None:
    """Orders of these days, from requests and from profiles; once."""
    lisa = _person("dispatcher")
    if ServiceOrder.objects.filter(created_by=lisa, case=None).exists():
        return
    for case in _requests_in_progress():
        assert case.consumer is not None  # a_request_has_a_consumer
        offer = offer_for(case.consumer, case)
        own = [each for each in offer.templates if each.kind == case.kind]
        if own:
            _order(case=case.pk, template=own[0].pk, by=lisa, at=at)
    for position, consumer in enumerate(_accounts(chance)):
        _visit(consumer, position, by=lisa, at=at)


def _visit(consumer: Consumer, position: int, *, by: Person, at: datetime) -> None:
    """An order from a profile: some days ago and done, or for these days."""
    code, remarks = WORK[position % len(WORK)]
    is_done = position % 3 == 0
    ordered_at = at - timedelta(days=5 if is_done else 1, minutes=7 * position)
    later = 1 if is_done else 1 + position % 3
    made = _order(
        consumer=consumer.pk,
        template=OrderTemplate.objects.get(code=code).pk,
        scheduled_on=ordered_at.astimezone(ZONE).date() + timedelta(days=later),
        remarks=remarks,
        by=by,
        at=ordered_at,
    )
    if made is None:
        return
    hand_over(made, before=at - LEFT_TO_WORKERS)
    if is_done and made.status == OrderStatus.ASSIGNED:
        _carry_out(made, words=DONE[position % len(DONE)], at=ordered_at + timedelta(days=1))


def _carry_out(made: ServiceOrder, *, words: str, at: datetime) -> None:
    assert made.technician is not None  # it is assigned
    who = Person.objects.with_roles().get(pk=made.technician.pk)
    start_service_order(service_order=made.pk, by=who, at=at)
    ended_at = at + timedelta(minutes=made.estimated_minutes)
    complete_service_order(service_order=made.pk, words=words, by=who, at=ended_at)


def _order(
    *,
    template: int,
    by: Person,
    at: datetime,
    case: int | None = None,
    consumer: int | None = None,
    scheduled_on: date | None = None,
    remarks: str = "",
) -> ServiceOrder | None:
    try:
        return create_service_order(
            case=case,
            consumer=consumer,
            template=template,
            scheduled_on=scheduled_on,
            remarks=remarks,
            by=by,
            at=at,
            form_key=uuid.uuid4(),
        )
    except UnableToCreateOrder:  # has one already
        return None


def hand_over(made: ServiceOrder, *, before: datetime) -> None:
    """What workers would have sent within seconds is sent; the last hour is left to them."""
    queued = Message.objects.filter(
        consumer=made.consumer_id, delivery__state=DeliveryState.QUEUED, at__lt=before
    )
    for message in queued.order_by("at"):
        mark_sent(message=message.pk, at=message.at + timedelta(seconds=2))


def _requests_in_progress() -> list[Case]:
    """Some of the requests on which somebody works, the newest first."""
    waiting = Case.objects.filter(status=CaseStatus.IN_PROGRESS, service_orders=None)
    return list(waiting.select_related("consumer").order_by("-pk")[:OF_REQUESTS])


def _accounts(chance: Random) -> list[Consumer]:
    """Accounts that nothing else was said of, in random order."""
    quiet = Consumer.objects.filter(status="ACTIVE", cases=None, account_number__startswith="ACC-")
    keys = list(quiet.order_by("pk").values_list("pk", flat=True)[:500])
    chosen = chance.sample(keys, min(OF_PROFILES, len(keys)))
    return list(Consumer.objects.filter(pk__in=chosen).order_by("pk"))


def _person(username: str) -> Person:
    return Person.objects.with_roles().get(username=username)
