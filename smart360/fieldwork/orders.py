"""What operations do to a service order: make it, plan it, give it to somebody, end it.

Every function is a step: it runs inside an operation that has locked the order's case, or its
consumer when there is no case. The place in a slot is locked after that, then technicians in the
order of their keys, then their days.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from consumers import guards
from consumers.models import Consumer, MeterAssignment, ServiceConnection
from smart360.cases import handling
from smart360.cases.models import Case
from smart360.fieldwork import notices, ports
from smart360.fieldwork.choices import LIVE_STATUSES, WITH_A_TECHNICIAN, Cancelled, OrderStatus
from smart360.fieldwork.lifecycle import may_move
from smart360.fieldwork.models import (
    OrderedService,
    OrderTemplate,
    ServiceOrder,
    Technician,
    TechnicianDay,
)
from smart360.fieldwork.ports import Stage, Window
from smart360.fieldwork.queries.reports import MAKE_REPORT, report_key
from smart360.fieldwork.queries.technicians import candidates
from smart360.fieldwork.rules import Candidate, can_do, chosen, order_name
from smart360.kernel.db import refuses, step
from smart360.kernel.errors import Broken, Refusal
from smart360.kernel.numbering import next_number
from smart360.organisation.queries import get_utility
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

SOMEBODY_FASTER = "Somebody else was faster. Look at the order again."

refuses(
    {
        "a_day_is_never_overplanned": Refusal(
            "More is planned for this day than there is time", is_conflict=True
        ),
        "orders_move_along_arrows": Refusal(SOMEBODY_FASTER, is_conflict=True),
        "an_ended_order_stays": Refusal(SOMEBODY_FASTER, is_conflict=True),
        "ordered_services_are_the_consumers_own": Refusal(
            "The services changed meanwhile; choose again", field="services", is_conflict=True
        ),
    }
)


# ------------------------------------------------------------------ locks
@step
def lock_order(service_order: int) -> ServiceOrder:
    """An order's case (or consumer), then the order itself, locked until the operation ends."""
    about = ServiceOrder.objects.only("case", "consumer").get(pk=service_order)
    if about.case_id is not None:
        handling.lock_case(about.case_id)
    else:
        guards.lock_consumer(about.consumer_id)
    return (
        ServiceOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "consumer", "technician__person", "template__skill")
        .get(pk=service_order)
    )


@step
def is_repeated(
    service_order: ServiceOrder,
    form_key: uuid.UUID | None,
    *,
    act: str,
    by: Person,
    at: datetime,
    **contents: object,
) -> bool:
    """Whether this very form did ``act`` already: then its result is shown again (R4).

    Asked when the order is locked and before anything is checked. Raises UnableToSubmitAgain.
    """
    if form_key is None:
        return False
    about = form_keys.with_contents(service_order.number, contents)
    return form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at) is not None


@step
def touch_case(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    """Note on an open case who worked on it last."""
    if service_order.case is not None and service_order.case.is_open:
        handling.touch(service_order.case, by=by, at=at)


@step
def lock_technicians(technicians: Iterable[int]) -> list[int]:
    """Lock these technicians in the order of their keys; those who still work here."""
    rows = Technician.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk__in=set(technicians), is_active=True, person__is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


# ------------------------------------------------------------------ a technician's day
BOOK = """
INSERT INTO fieldwork_technicianday AS d (technician_id, day, minutes, planned)
SELECT t.person_id, %(day)s, greatest(t.minutes_a_day, %(minutes)s), %(minutes)s
  FROM fieldwork_technician t
 WHERE t.person_id = %(technician)s AND (t.minutes_a_day >= %(minutes)s OR EXISTS (
       SELECT 1 FROM fieldwork_technicianday k
        WHERE k.technician_id = t.person_id AND k.day = %(day)s))
ON CONFLICT (technician_id, day) DO UPDATE
   SET planned = d.planned + %(minutes)s
 WHERE d.planned + %(minutes)s <= d.minutes
RETURNING id
"""

GIVE_BACK = """
UPDATE fieldwork_technicianday SET planned = planned - %(minutes)s
 WHERE technician_id = %(technician)s AND day = %(day)s AND planned >= %(minutes)s
"""


@step
def book_minutes(technician: int, day: date, minutes: int) -> bool:
    """Plan so many minutes of a technician's day; False when there are not as many left.

    The row's own lock makes two dispatchers who fill the last hour wait for each other.
    """
    values: dict[str, int | date] = {"technician": technician, "day": day, "minutes": minutes}
    with connection.cursor() as cursor:
        cursor.execute(BOOK, values)
        return cursor.fetchone() is not None


@step
def give_minutes_back(service_order: ServiceOrder, *, of: date | None) -> None:
    """The technician of an order has its minutes of that day free again."""
    values: dict[str, int | date | None] = {
        "technician": service_order.technician_id,
        "day": of,
        "minutes": service_order.estimated_minutes,
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, values)
        if cursor.rowcount != 1:
            raise Broken(f"{service_order.number}: its minutes were not planned")


def _able(service_order: ServiceOrder) -> dict[int, Candidate]:
    """Who works there and is trained for it, by key."""
    area, skill = service_order.area, service_order.template.skill_id
    return {each.key: each for each in candidates() if can_do(each, area=area, skill=skill)}


def _choose_technician(service_order: ServiceOrder) -> int | None:
    """Lock whoever can do it, and choose among them by what is free now (SO3)."""
    day, skill = service_order.scheduled_on, service_order.template.skill_id
    if day is None:
        raise Broken(f"{service_order.number} has no day")
    area = service_order.area
    able = _able(service_order)
    here = lock_technicians(able)
    free = _free_minutes(here, day)
    return chosen(
        (replace(able[key], free=free[key]) for key in here),
        area=area,
        skill=skill,
        minutes=service_order.estimated_minutes,
    )


def _free_minutes(technicians: Sequence[int], day: date) -> dict[int, int]:
    """What is free of that day, by technician."""
    usual = dict(Technician.objects.filter(pk__in=technicians).values_list("pk", "minutes_a_day"))
    days = TechnicianDay.objects.filter(technician__in=technicians, day=day)
    planned = days.values_list("technician", "minutes", "planned")
    return usual | {technician: minutes - taken for technician, minutes, taken in planned}


# ------------------------------------------------------------------ making
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
    OrderedService.objects.bulk_create(
        OrderedService(
            service_order=made,
            service_connection=each,
            meter_id=vars(each)["current_meter"],
        )
        for each in connections
    )
    _record(
        Event.ORDER_CREATED,
        made,
        by=by.pk if by else None,
        at=at,
        new={"template": template.code, "kind": made.kind, **_when(made)},
    )
    if scheduled_on is not None:
        dispatch_by_itself(made, by=by.pk if by else None, at=at)
        notices.visit_scheduled(made, at=at)
    return made


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


# ------------------------------------------------------------------ planning
@step
def dispatch_by_itself(service_order: ServiceOrder, *, by: int | None, at: datetime) -> bool:
    """Give an order with a day to the technician that the rule chooses; whether there was one.

    Nobody is sent whom a port refuses: the order waits, and a dispatcher is told why.
    """
    day, starts, ends = service_order.scheduled_on, service_order.starts, service_order.ends
    window = (starts, ends) if starts and ends else None
    verdict = ask_ports(service_order, Stage.DISPATCH, on=day, window=window, by=by, at=at)
    if not verdict.is_allowed:
        return False
    technician = _choose_technician(service_order)
    if technician is None or day is None:
        return False
    if not book_minutes(technician, day, service_order.estimated_minutes):
        raise Broken(f"{service_order.number}: the minutes of a locked technician were taken")
    _give_to(service_order, technician, by=by, at=at, is_by_itself=True)
    return True


@step
def ask_ports(
    service_order: ServiceOrder,
    stage: Stage,
    *,
    on: date | None,
    window: Window | None,
    by: int | None,
    at: datetime,
) -> ports.Verdict:
    """Whether an order may be assigned for that day and window, or started just now."""
    return ports.may_proceed(
        kind=service_order.kind,
        case=service_order.case_id,
        consumer=service_order.consumer_id,
        stage=stage,
        on=on,
        window=window,
        by=by,
        at=at,
    )


@step
def assign_order(
    service_order: ServiceOrder,
    technician: int,
    day: date,
    *,
    window: Window | None,
    by: int | None,
    at: datetime,
) -> bool:
    """Give an order to a technician on a day; False when the day has not the minutes for it.

    Whoever had it before has their minutes free again. The caller has asked the ports, and refuses
    when this is False: nothing of it may stay.
    """
    had, had_on = service_order.technician_id, service_order.scheduled_on
    move_visit(service_order, day, window, at=at)
    if technician not in lock_technicians({technician} | ({had} if had else set())):
        return False
    if had is not None:
        give_minutes_back(service_order, of=had_on)
    if not book_minutes(technician, day, service_order.estimated_minutes):
        return False
    _give_to(service_order, technician, by=by, at=at, is_by_itself=False)
    return True


def _give_to(
    service_order: ServiceOrder,
    technician: int,
    *,
    by: int | None,
    at: datetime,
    is_by_itself: bool,
) -> None:
    old = {"technician": service_order.technician_id}
    service_order.technician_id = technician
    service_order.assigned_at = at
    _move(service_order, OrderStatus.ASSIGNED)
    service_order.save(
        update_fields=["technician", "assigned_at", "status", "scheduled_on", "starts", "ends"]
    )
    new = {"technician": technician, "is_by_itself": is_by_itself, **_when(service_order)}
    _record(Event.ORDER_ASSIGNED, service_order, by=by, at=at, old=old, new=new)


@step
def move_visit(
    service_order: ServiceOrder, day: date, window: Window | None, *, at: datetime
) -> bool:
    """Give the visit a day and a window; whether they are others. The caller saves them.

    The consumer hears of it, and the place in the old slot is free again.
    """
    before = (service_order.scheduled_on, service_order.starts, service_order.ends)
    starts, ends = window or (None, None)
    if before == (day, starts, ends):
        return False
    service_order.scheduled_on = day
    service_order.starts, service_order.ends = starts, ends
    if service_order.case_id is not None:
        for tell in ports.VISIT_MOVED:
            tell(case=service_order.case_id, day=day, window=window, at=at)
    if before[0] is None:
        notices.visit_scheduled(service_order, at=at)
    else:
        notices.visit_moved(service_order, at=at)
    return True


@step
def schedule_order(
    service_order: ServiceOrder,
    day: date,
    *,
    window: Window | None,
    by: int | None,
    at: datetime,
) -> None:
    """Plan an order for another day or window; it is nobody's then, until somebody is chosen.

    A technician who has it keeps it when only the window moves.
    """
    old, old_day = _when(service_order), service_order.scheduled_on
    if not move_visit(service_order, day, window, at=at):
        return
    if service_order.technician_id is not None and old_day != day:
        # Whoever may be chosen next is locked before the first day is: one order for all.
        lock_technicians({service_order.technician_id, *_able(service_order)})
        _take_from_technician(service_order, old_day)
    if service_order.technician_id is None and service_order.status != OrderStatus.SCHEDULED:
        _move(service_order, OrderStatus.SCHEDULED)
    _save_plan(service_order)
    _record(Event.ORDER_SCHEDULED, service_order, by=by, at=at, old=old, new=_when(service_order))


@step
def take_back_order(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    """Take an order from its technician, minutes and all: it is Scheduled again."""
    had = service_order.technician_id
    if had is None:
        return
    _take_from_technician(service_order, service_order.scheduled_on)
    _move(service_order, OrderStatus.SCHEDULED)
    _save_plan(service_order)
    new = {"technician": None, **_when(service_order)}
    old = {"technician": had}
    _record(Event.ORDER_SCHEDULED, service_order, by=by, at=at, old=old, new=new)


def _take_from_technician(service_order: ServiceOrder, day: date | None) -> None:
    give_minutes_back(service_order, of=day)
    service_order.technician = None
    service_order.assigned_at = None
    service_order.started_at = None


def _save_plan(service_order: ServiceOrder) -> None:
    service_order.save(
        update_fields=[
            "status", "technician", "assigned_at", "started_at", "scheduled_on", "starts", "ends",
        ]
    )  # fmt: skip


# ------------------------------------------------------------------ the visit
@step
def start_order(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    """The technician is there and begins. The caller has asked the ports."""
    service_order.started_at = at
    _move(service_order, OrderStatus.IN_PROGRESS)
    service_order.save(update_fields=["status", "started_at"])
    _record(Event.ORDER_STARTED, service_order, by=by, at=at)


@step
def complete_order(
    service_order: ServiceOrder, *, words: str, by: int | None, at: datetime
) -> None:
    """The work is done, in these words; a worker makes the report."""
    service_order.completion = words
    _end(service_order, OrderStatus.COMPLETED, by=by, at=at)
    service_order.save(update_fields=["status", "completion", "ended_at", "ended_by"])
    _record(Event.ORDER_COMPLETED, service_order, by=by, at=at, words=words)
    owe(
        MAKE_REPORT,
        dedupe_key=report_key(service_order.number),
        about={"service_order": service_order.pk},
        at=at,
    )
    _tell_finished(service_order, by=by, at=at)


@step
def cancel_order(
    service_order: ServiceOrder,
    *,
    because: Cancelled,
    by: int | None,
    at: datetime,
    words: str = "",
) -> None:
    """Nobody goes there for this order, for a reason; the minutes are free again."""
    service_order.cancelled_because = because
    _end(service_order, OrderStatus.CANCELLED, by=by, at=at)
    service_order.save(update_fields=["status", "cancelled_because", "ended_at", "ended_by"])
    new = {"reason": because.value}
    _record(Event.ORDER_CANCELLED, service_order, by=by, at=at, new=new, words=words)
    _tell_finished(service_order, by=by, at=at)


@step
def cancel_live_orders(case: int, *, because: Cancelled, by: int | None, at: datetime) -> int:
    """Cancel every order of a case that is not done yet; how many. The case is locked."""
    live = (
        ServiceOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "consumer")
        .filter(case=case, status__in=LIVE_STATUSES)
        .order_by("technician", "scheduled_on", "pk")  # the order in which days are locked
    )
    count = 0
    for service_order in live:
        cancel_order(service_order, because=because, by=by, at=at)
        count += 1
    return count


def _end(service_order: ServiceOrder, to: OrderStatus, *, by: int | None, at: datetime) -> None:
    if service_order.status in WITH_A_TECHNICIAN:
        give_minutes_back(service_order, of=service_order.scheduled_on)
    service_order.ended_at = at
    service_order.ended_by_id = by
    _move(service_order, to)


def _tell_finished(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    for tell in ports.VISIT_FINISHED:
        tell(
            service_order=service_order.pk,
            case=service_order.case_id,
            is_completed=service_order.status == OrderStatus.COMPLETED,
            by=by,
            at=at,
        )


def _move(service_order: ServiceOrder, to: OrderStatus) -> None:
    """Give it its next status; the caller has checked that the arrow exists, and saves it."""
    if service_order.status != to and not may_move(service_order.status, to):
        raise Broken(f"{service_order.number}: no arrow from {service_order.status} to {to}")
    service_order.status = to


# ------------------------------------------------------------------ record
def _when(service_order: ServiceOrder) -> dict[str, str]:
    """Day and window as facts of a timeline line."""
    day, starts, ends = service_order.scheduled_on, service_order.starts, service_order.ends
    return {
        "day": day.isoformat() if day else "",
        "window": f"{starts:%H:%M}-{ends:%H:%M}" if starts and ends else "",
    }


def _record(
    event: Event,
    service_order: ServiceOrder,
    *,
    by: int | None,
    at: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    words: str = "",
) -> None:
    """One line about an order, on its case's timeline, and the consumer's."""
    record(
        event,
        by=by,
        at=at,
        case=service_order.case_id,
        consumer=service_order.consumer_id,
        old=old,
        new={"order": service_order.number, **(new or {})},
        words=words,
    )
