"""Carrying a disconnection out: every change of it, together (DIS16, W9).

A step, callable only inside an operation that holds the consumer, the case and the service order
and has found nothing missing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from billing.invoicing import void_draft
from billing.ledger import freeze_billing
from consumers import guards, metering
from consumers.choices import AccountStatus, MeterPlace, SupplyState
from consumers.metering import Cause
from consumers.models import Consumer, MeterAssignment, ServiceConnection, Warehouse
from disconnections import slots
from disconnections.choices import MeterAction, Permanence
from disconnections.models import (
    ChecklistTick,
    DisconnectionRequest,
    ExecutedMeter,
    Execution,
)
from disconnections.notices import request_completed
from disconnections.rules.closures import BY_EXECUTE, DONE_BY_EXECUTE, MeterPlan
from smart360.cases import handling
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Approval, Case
from smart360.fieldwork.choices import Cancelled, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.orders import cancel_live_orders, complete_order
from smart360.kernel.db import step
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record


@step
def carry_out(
    case: Case,
    consumer: Consumer,
    asked: DisconnectionRequest,
    *,
    plans: Sequence[MeterPlan],
    service_order: ServiceOrder,
    approval: Approval | None,
    items_done: int,
    by: Person,
    at: datetime,
) -> Execution:
    """End the services of a request: meters, supply, billing, account, order, case; all or nothing.

    While another service stays connected the account's status stays, too (decision 2).
    """
    services = [plan.service_connection for plan in plans]
    status = _status_after(consumer, services, asked)
    execution = begin(
        case, asked, status, service_order=service_order, approval=approval,
        items_done=items_done, by=by, at=at,
    )  # fmt: skip
    cause = Cause(number=case.number, case=case.pk, consumer=consumer.pk, by=by.pk, at=at)
    _take_meters(execution, plans, cause)
    _switch_off(services, asked, cause)
    void_draft(case.pk, by=by.pk, at=at)
    freeze_billing(services, case=case.pk, by=by.pk, at=at)
    _end_account(consumer, status, cause)
    complete(case, execution, by=by, at=at)
    return execution


@step
def begin(
    case: Case,
    asked: DisconnectionRequest,
    status: AccountStatus,
    *,
    service_order: ServiceOrder,
    approval: Approval | None,
    items_done: int,
    by: Person,
    at: datetime,
) -> Execution:
    """Write the row that all else asks for (ADR 23); the guard is lifted, and the visits are over.

    ``status`` is the account's afterwards.
    """
    guards.act_as(by)
    guards.lift_guard()
    execution = Execution.objects.create(
        request=asked,
        service_order=service_order,
        permanence=asked.permanence,
        account_status=status,
        items_done=items_done,
        approval=approval,
        executed_at=at,
        executed_by=by,
    )
    # Slots are locked before technicians; a visit may have moved the place since `asked` was read.
    slots.give_back(DisconnectionRequest.objects.get(pk=case.pk))
    _end_orders(case, service_order, by=by, at=at)
    return execution


def _status_after(
    consumer: Consumer, services: Sequence[int], asked: DisconnectionRequest
) -> AccountStatus:
    """Of the account, once these services are off."""
    others = ServiceConnection.objects.filter(
        consumer=consumer, supply_state=SupplyState.CONNECTED
    ).exclude(pk__in=services)
    if others.exists():
        return AccountStatus(consumer.status)
    is_permanent = asked.permanence == Permanence.PERMANENT
    return AccountStatus.INACTIVE if is_permanent else AccountStatus.DISCONNECTED


def _end_orders(case: Case, service_order: ServiceOrder, *, by: Person, at: datetime) -> None:
    """The order is done, and nobody goes there for another one of this request."""
    if service_order.status != OrderStatus.COMPLETED:
        words = f"Carried out with {case.number}"
        complete_order(service_order, words=words, by=by.pk, at=at)
    cancel_live_orders(case.pk, because=Cancelled.REQUEST_ENDED, by=by.pk, at=at)


def _take_meters(execution: Execution, plans: Sequence[MeterPlan], cause: Cause) -> None:
    """Unassign each meter; bring away those that are removed, one movement each (W12)."""
    planned = {plan.meter: plan for plan in plans if plan.meter is not None}
    meters = metering.lock_meters(list(planned))
    stores = Warehouse.objects.in_bulk([plan.warehouse for plan in plans if plan.warehouse])
    running = MeterAssignment.objects.filter(
        service_connection__in=[plan.service_connection for plan in planned.values()],
        during__endswith__isnull=True,
    )
    for assignment in running.order_by("meter_id"):
        meter, plan = meters[assignment.meter_id], planned[assignment.meter_id]
        metering.unassign_meter(assignment, meter, cause=cause)
        movement = None
        if plan.action == MeterAction.REMOVE:
            warehouse = stores[plan.warehouse] if plan.warehouse else None
            place = MeterPlace(plan.destination)
            movement = metering.move_meter(meter, to=place, warehouse=warehouse, cause=cause)
        ExecutedMeter.objects.create(
            execution=execution,
            service_connection_id=plan.service_connection,
            meter=meter,
            action=plan.action,
            movement=movement,
        )


def _switch_off(services: Sequence[int], asked: DisconnectionRequest, cause: Cause) -> None:
    is_permanent = asked.permanence == Permanence.PERMANENT
    state = SupplyState.OFF_FOR_GOOD if is_permanent else SupplyState.OFF_FOR_NOW
    ServiceConnection.objects.filter(pk__in=services).update(supply_state=state)
    new = {"supply": state.value, "services": sorted(services)}
    tell(Event.SUPPLY_CHANGED, cause, new=new)


def _end_account(consumer: Consumer, status: AccountStatus, cause: Cause) -> None:
    """The account's status, and its archive once it is closed for good."""
    if status == consumer.status:
        return
    old, is_closed = consumer.status, status == AccountStatus.INACTIVE
    consumer.status = status
    consumer.archived_at = cause.at if is_closed else None
    consumer.save(update_fields=["status", "archived_at"])
    tell(Event.STATUS_CHANGED, cause, old={"status": old}, new={"status": status.value})
    if is_closed:
        tell(Event.ACCOUNT_ARCHIVED, cause)


@step
def tell(
    event: Event,
    cause: Cause,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """One line of the timeline, for what an execution is the cause of."""
    record(
        event, by=cause.by, at=cause.at, case=cause.case, consumer=cause.consumer, old=old, new=new
    )


@step
def complete(case: Case, execution: Execution, *, by: Person, at: datetime) -> None:
    """What was confirmed as done by Execute is done; the case is completed, its guard goes."""
    _do_last_items(execution, by=by, at=at)
    case.ended_at = at
    case.ended_by = by
    handling.move(
        case, CaseStatus.COMPLETED, event=Event.COMPLETED, by=by.pk, at=at,
        new={
            "order": execution.service_order.number,
            "account_status": execution.account_status,
        },
    )  # fmt: skip
    guards.remove_guard(case.number)
    request_completed(case, at=at)


def _do_last_items(execution: Execution, *, by: Person, at: datetime) -> None:
    if execution.account_status != AccountStatus.INACTIVE:
        return
    ticks = [
        ChecklistTick(
            request_id=execution.pk, item=item, ticked_at=at, ticked_by=by,
            evidence={"by": BY_EXECUTE},
        )
        for item in DONE_BY_EXECUTE
    ]  # fmt: skip
    ChecklistTick.objects.bulk_create(ticks, ignore_conflicts=True)
    ChecklistTick.objects.filter(request=execution.pk, item__in=DONE_BY_EXECUTE).update(done_at=at)
