"""Bringing a service back: its fee, every change of it together, and the offer of it (DIS17, BEY4).

Steps, callable only inside an operation that holds the consumer's row.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from billing import ledger
from billing.choices import LedgerKind, PostingKind
from billing.ledger import Leg, Posting
from billing.models import LedgerTransaction
from billing.queries.accounts import balances_of
from consumers import metering
from consumers.choices import AccountStatus, SupplyState
from consumers.metering import Cause
from consumers.models import Consumer, InventoryMovement, Meter, ServiceConnection
from disconnections.executing import begin, complete, tell
from disconnections.models import (
    DisconnectionRequest,
    Execution,
    ReconnectedService,
    ReconnectionFee,
)
from disconnections.notices import reconnection_offered
from disconnections.queries.closures import get_policy
from disconnections.queries.undoing import reconnection_offer
from disconnections.rules import NOT_SUPPLIED
from disconnections.rules.reconnections import Returning, exception_of
from smart360.cases.models import Approval, Case
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.db import step
from smart360.kernel.money import ZERO
from smart360.organisation.queries import day_of
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event


# ------------------------------------------------------------------ the fee
@step
def charge_fee(case: Case, *, by: int | None, at: datetime) -> Decimal:
    """Charge what a reconnection costs, once; zero when the policy asks for nothing."""
    fee = get_policy().reconnection_fee
    if not fee or case.consumer_id is None:
        return ZERO
    today = day_of(at)
    posted = ledger.post(
        Posting(
            kind=PostingKind.RECONNECTION_FEE,
            consumer=case.consumer_id,
            reference=case.number,
            valued_on=today,
            due_on=today,
            legs=[Leg(LedgerKind.RECEIVABLE, fee), Leg(LedgerKind.FEES, -fee)],
        ),
        by=by,
        at=at,
    )
    ReconnectionFee.objects.create(request_id=case.pk, posting=posted)
    ledger.refresh_figures(case.consumer_id)
    return fee


@step
def take_fee_back(case: Case, *, by: int | None, at: datetime) -> None:
    """Nothing came of the reconnection: its fee is reversed, whether it was paid or not."""
    charged = LedgerTransaction.objects.filter(
        pk__in=ReconnectionFee.objects.filter(pk=case.pk).values("posting"),
        reversed_by__isnull=True,
    ).first()
    if charged is None:
        return
    before = balances_of(charged.consumer_id).outstanding
    ledger.reverse(charged, reference=case.number, valued_on=day_of(at), by=by, at=at)
    ledger.refresh_figures(charged.consumer_id)
    ledger.tell_if_lowered(charged.consumer_id, before=before, closing=case.pk, by=by, at=at)


# ------------------------------------------------------------------ the execution
@step
def bring_back(
    case: Case,
    consumer: Consumer,
    asked: DisconnectionRequest,
    *,
    services: Sequence[Returning],
    service_order: ServiceOrder,
    approval: Approval | None,
    items_done: int,
    by: Person,
    at: datetime,
) -> Execution:
    """Let services run again: meters, readings, supply, billing, account, order, case; or nothing.

    The operation holds the case and the service order, and has found nothing missing.
    """
    is_back = consumer.status in NOT_SUPPLIED
    status = AccountStatus.ACTIVE if is_back else AccountStatus(consumer.status)
    execution = begin(
        case, asked, status, service_order=service_order, approval=approval,
        items_done=items_done, by=by, at=at,
    )  # fmt: skip
    cause = Cause(number=case.number, case=case.pk, consumer=consumer.pk, by=by.pk, at=at)
    _give_meters(execution, services, cause)
    connections = [each.service_connection for each in services]
    _switch_on(connections, cause)
    ledger.lift_freeze(connections, case=case.pk, by=by.pk, at=at)
    _bring_account_back(consumer, status, cause)
    complete(case, execution, by=by, at=at)
    return execution


def _give_meters(execution: Execution, services: Sequence[Returning], cause: Cause) -> None:
    """Each service that waits for a meter gets it, with the opening reading (W12, W13)."""
    meters = metering.lock_meters(
        [each.meter.id for each in services if each.is_waiting and each.meter]
    )
    for each in services:
        if each.is_waiting and each.meter is not None:
            _give_meter(execution, each, meters[each.meter.id], cause)
        else:
            ReconnectedService.objects.create(
                execution=execution, service_connection_id=each.service_connection
            )


def _give_meter(execution: Execution, service: Returning, meter: Meter, cause: Cause) -> None:
    assert service.meter is not None  # nothing is missing
    assert service.reading is not None
    assert service.read_on is not None
    is_fetched = service.meter.is_in_stock
    metering.assign_meter(meter, service_connection=service.service_connection, cause=cause)
    metering.keep_reading(
        meter.pk,
        value=service.reading,
        read_on=service.read_on,
        exception=exception_of(service.reading, service.meter.last),
        is_verified=True,
    )
    brought = InventoryMovement.objects.filter(meter=meter, case=cause.case)
    ReconnectedService.objects.create(
        execution=execution,
        service_connection_id=service.service_connection,
        meter=meter,
        movement=brought.latest("pk") if is_fetched else None,
        read_value=service.reading,
        read_on=service.read_on,
    )


def _switch_on(connections: Sequence[int], cause: Cause) -> None:
    """Supply begins on this day: what was not billed since the cut belongs to no bill.

    One after the other, so that nobody waits crosswise for the premises.
    """
    off = ServiceConnection.objects.filter(pk__in=connections).exclude(
        supply_state=SupplyState.CONNECTED
    )
    today = day_of(cause.at)
    switched = []
    for service in off.order_by("premise_id", "pk"):
        service.supply_state = SupplyState.CONNECTED
        service.connected_on = today
        service.save(update_fields=["supply_state", "connected_on"])
        switched.append(service.pk)
    new = {"supply": SupplyState.CONNECTED.value, "services": sorted(switched)}
    tell(Event.SUPPLY_CHANGED, cause, new=new)


def _bring_account_back(consumer: Consumer, status: AccountStatus, cause: Cause) -> None:
    """The account is Active and in the lists again."""
    old, was_archived = consumer.status, consumer.archived_at is not None
    if status == old and not was_archived:
        return
    consumer.status, consumer.archived_at = status, None
    consumer.save(update_fields=["status", "archived_at"])
    if status != old:
        new = {"status": status.value}
        tell(Event.STATUS_CHANGED, cause, old={"status": old}, new=new)
    if was_archived:
        tell(Event.ACCOUNT_RESTORED, cause)


# ------------------------------------------------------------------ the offer
@step
def offer_reconnection(*, consumer: int, by: int | None, at: datetime) -> None:
    """Whoever was cut off for a debt and owes nothing any more can be reconnected (BEY4).

    A port of ``billing``, told in the payment's transaction. Those who carry reconnections out are
    told, once for each disconnection.
    """
    offer = reconnection_offer(consumer)
    if offer is not None:
        path = f"{reverse('request_new')}?consumer={offer.account_number}"
        people = people_who_may(Permission.EXECUTE)
        reconnection_offered(offer.case, offer.number, people=people, path=path, at=at)
