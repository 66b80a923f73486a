"""When a visit is, and who makes it."""

from datetime import date, datetime

from smart360.fieldwork import notices, ports
from smart360.fieldwork.choices import Cancelled, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.orders.days import (
    able_technicians,
    book_minutes,
    choose_technician,
    give_minutes_back,
    lock_technicians,
    lock_who_has,
)
from smart360.fieldwork.orders.rows import move, record_line, when_planned
from smart360.fieldwork.ports import Stage, Window
from smart360.kernel.db import step
from smart360.kernel.errors import Broken
from smart360.trail.choices import Event


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
    technician = choose_technician(service_order)
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
    move(service_order, OrderStatus.ASSIGNED)
    service_order.save(
        update_fields=["technician", "assigned_at", "status", "scheduled_on", "starts", "ends"]
    )
    new = {"technician": technician, "is_by_itself": is_by_itself, **when_planned(service_order)}
    record_line(Event.ORDER_ASSIGNED, service_order, by=by, at=at, old=old, new=new)


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
) -> bool:
    """Plan an order for another day or window; it is nobody's then, until somebody is chosen.

    A technician who has it keeps it when only the window moves; the caller asks the ports about
    it. Whether anything moved.
    """
    old, old_day = when_planned(service_order), service_order.scheduled_on
    if not move_visit(service_order, day, window, at=at):
        return False
    if service_order.technician_id is not None and old_day != day:
        # Whoever may be chosen next is locked before the first day is: one order for all.
        lock_technicians({service_order.technician_id, *able_technicians(service_order)})
        _take_from_technician(service_order, old_day)
    if service_order.technician_id is None and service_order.status != OrderStatus.SCHEDULED:
        move(service_order, OrderStatus.SCHEDULED)
    _save_plan(service_order)
    record_line(
        Event.ORDER_SCHEDULED, service_order, by=by, at=at, old=old, new=when_planned(service_order)
    )
    return True


@step
def take_back_order(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    """Take an order from its technician, minutes and all: it is Scheduled again.

    The system (``by`` is None) does so when the account is protected.
    """
    had = service_order.technician_id
    if had is None:
        return
    lock_who_has(service_order)
    _take_from_technician(service_order, service_order.scheduled_on)
    move(service_order, OrderStatus.SCHEDULED)
    _save_plan(service_order)
    new = {"technician": None, **when_planned(service_order)}
    old = {"technician": had}
    record_line(Event.ORDER_SCHEDULED, service_order, by=by, at=at, old=old, new=new)
    if by is None:
        because = Cancelled.PROTECTED.label
        notices.visit_called_off(service_order, technician=had, because=because, at=at)


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
