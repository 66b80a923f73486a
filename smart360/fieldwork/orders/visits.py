"""How an order goes on at the premise, and how it ends."""

from datetime import datetime

from smart360.fieldwork import notices, ports
from smart360.fieldwork.choices import (
    CHOSEN_BY_PEOPLE,
    LIVE_STATUSES,
    WITH_A_TECHNICIAN,
    Cancelled,
    OrderStatus,
)
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.orders.days import give_minutes_back, lock_who_has
from smart360.fieldwork.orders.rows import move, record_line
from smart360.fieldwork.queries.reports import MAKE_REPORT, report_key
from smart360.kernel.db import step
from smart360.owed.book import owe
from smart360.trail.choices import Event


@step
def start_order(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    """The technician is there and begins. The caller has asked the ports."""
    service_order.started_at = at
    move(service_order, OrderStatus.IN_PROGRESS)
    service_order.save(update_fields=["status", "started_at"])
    record_line(Event.ORDER_STARTED, service_order, by=by, at=at)


@step
def complete_order(
    service_order: ServiceOrder, *, words: str, by: int | None, at: datetime
) -> None:
    """The work is done, in these words; a worker makes the report."""
    service_order.completion = words
    _end(service_order, OrderStatus.COMPLETED, by=by, at=at)
    service_order.save(update_fields=["status", "completion", "ended_at", "ended_by"])
    record_line(Event.ORDER_COMPLETED, service_order, by=by, at=at, words=words)
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
    had = service_order.technician_id
    service_order.cancelled_because = because
    _end(service_order, OrderStatus.CANCELLED, by=by, at=at)
    service_order.save(update_fields=["status", "cancelled_because", "ended_at", "ended_by"])
    new = {"reason": because.value}
    record_line(Event.ORDER_CANCELLED, service_order, by=by, at=at, new=new, words=words)
    if had is not None and because not in CHOSEN_BY_PEOPLE:
        notices.visit_called_off(service_order, technician=had, because=because.label, at=at)
    _tell_finished(service_order, by=by, at=at)


@step
def cancel_live_orders(case: int, *, because: Cancelled, by: int | None, at: datetime) -> int:
    """Cancel every order of a case that is not done yet; how many. The case is locked."""
    live = (
        ServiceOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "consumer")
        .filter(case=case, status__in=LIVE_STATUSES)
        .order_by("pk")
    )
    count = 0
    for service_order in live:
        cancel_order(service_order, because=because, by=by, at=at)
        count += 1
    return count


def _end(service_order: ServiceOrder, to: OrderStatus, *, by: int | None, at: datetime) -> None:
    if service_order.status in WITH_A_TECHNICIAN:
        lock_who_has(service_order)
        give_minutes_back(service_order, of=service_order.scheduled_on)
    service_order.ended_at = at
    service_order.ended_by_id = by
    move(service_order, to)


def _tell_finished(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    for tell in ports.VISIT_FINISHED:
        tell(
            service_order=service_order.pk,
            case=service_order.case_id,
            is_completed=service_order.status == OrderStatus.COMPLETED,
            by=by,
            at=at,
        )
