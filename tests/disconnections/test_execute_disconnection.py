"""Execute: everything ends together, once, and only when nothing is missing (DIS16, W9 to W11)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from billing.models import Invoice
from consumers.choices import AccountStatus, MeterCondition, MeterPlace, SupplyState
from consumers.models import Guard, InventoryMovement, Meter, MeterAssignment, ServiceConnection
from disconnections.models import ChecklistTick, ExecutedMeter, Execution
from disconnections.operations import close_request
from disconnections.operations.closures import UnableToExecute, set_closure
from disconnections.rules.closures import ClosureWish
from smart360.cases.choices import CaseStatus
from smart360.cases.operations import acknowledge
from smart360.comms.models import Message
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import pay
from tests.conftest import MakePerson, MakeRequest
from tests.disconnections.closing import (
    ANSWERED,
    ITEMS,
    MakeClosing,
    as_committed,
    make_billing,
    make_closing,
)
from tests.invariants import assert_sound

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db


def test_everything_ends_together(make_closing: MakeClosing) -> None:
    closing = make_closing().ready()
    assert closing.missing() == ()
    assert closing.list().counter == "Completion: 6/6 items"
    before = Entry.objects.filter(case=closing.case).count()
    done = closing.execute()
    case, consumer = closing.case, closing.consumer
    assert (case.status, case.ended_at, case.ended_by) == (
        CaseStatus.COMPLETED, closing.at, closing.sarah,
    )  # fmt: skip
    assert consumer.status == AccountStatus.INACTIVE == done.account_status
    assert consumer.archived_at == closing.at
    for service in ServiceConnection.objects.filter(consumer=consumer):
        assert service.supply_state == SupplyState.OFF_FOR_GOOD
        assert service.billing_frozen_at == closing.at
    assert not MeterAssignment.objects.filter(during__endswith__isnull=True).exists()
    for meter in Meter.objects.all():
        assert (meter.place, meter.condition) == (MeterPlace.ON_SITE, MeterCondition.INACTIVE)
    assert not InventoryMovement.objects.exists()
    assert done.service_order.status == OrderStatus.COMPLETED
    assert not Guard.objects.exists()
    kinds = list(
        Entry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True)[before:]
    )
    assert kinds == [
        Event.PROTECTION_CHECKED, Event.ORDER_COMPLETED, Event.METER_UNASSIGNED,
        Event.METER_UNASSIGNED, Event.SUPPLY_CHANGED, Event.BILLING_FROZEN, Event.BILLING_FROZEN,
        Event.STATUS_CHANGED,
        Event.ACCOUNT_ARCHIVED, Event.COMPLETED,
    ]  # fmt: skip
    told = Message.objects.filter(case=case, template__code="request.completed")
    assert told.count() == 1
    last = ChecklistTick.objects.filter(item__in=ITEMS[4:])
    assert {tick.done_at for tick in last} == {closing.at}
    assert_sound()


def test_a_removed_meter_goes_to_the_warehouse(make_closing: MakeClosing) -> None:
    closing = make_closing().ready("REMOVE", is_damaged=True)
    closing.execute()
    for row in ExecutedMeter.objects.all():
        assert row.movement is not None
        assert (row.action, row.meter.place) == ("REMOVE", MeterPlace.IN_WAREHOUSE)
        assert row.movement.cause == closing.case.number
    assert InventoryMovement.objects.count() == 2
    assert_sound()


def test_for_now_the_account_is_disconnected(make_closing: MakeClosing) -> None:
    closing = make_closing(permanence="TEMPORARY").ready()
    assert [bool(line.does_not_apply) for line in closing.list().lines] == [
        True, True, True, False, True, True,
    ]  # fmt: skip
    closing.execute()
    consumer = closing.consumer
    assert (consumer.status, consumer.archived_at) == (AccountStatus.DISCONNECTED, None)
    states = ServiceConnection.objects.values_list("supply_state", flat=True)
    assert set(states) == {SupplyState.OFF_FOR_NOW}
    assert not ChecklistTick.objects.filter(item__in=ITEMS[4:]).exists()
    assert_sound()


def test_while_another_service_goes_on_the_account_stays(
    make_closing: MakeClosing, make_request: MakeRequest
) -> None:
    closing = make_closing()
    power, water = closing.billing.services
    close_request(
        case=closing.case.pk, reason="DUPLICATE", note="", by=closing.sarah, at=closing.at
    )
    asked = make_request(closing.consumer, reason="CR-001", services=(power.pk,), **ANSWERED)
    closing.billing.case = acknowledge(case=asked.pk, by=closing.sarah, at=closing.at)
    as_committed()
    closing.order("DIS-E")
    wish = closing.wish()
    set_closure(
        case=asked.pk, wish=ClosureWish(0, wish.order_number, wish.meters[:1]),
        by=closing.sarah, at=closing.at,
    )  # fmt: skip
    closing.billing.read(closing.billing.wish(0))
    closing.billing.generate()
    closing.billing.approve()
    pay(closing.consumer, str(closing.gathered().facts.balance), by=closing.billing.robert,
        at=closing.at)  # fmt: skip
    closing.give()
    closing.tick_all()
    closing.execute()
    assert (closing.consumer.status, closing.consumer.archived_at) == (AccountStatus.ACTIVE, None)
    states = ServiceConnection.objects.order_by("utility_type").values_list(
        "supply_state", "billing_frozen_at"
    )
    assert list(states) == [
        (SupplyState.OFF_FOR_GOOD, closing.at), (SupplyState.CONNECTED, None),
    ]  # fmt: skip
    assert MeterAssignment.objects.get(during__endswith__isnull=True).service_connection == water
    assert_sound()


def test_other_orders_of_the_request_are_cancelled(make_closing: MakeClosing) -> None:
    closing = make_closing()
    closing.order("INS-1")
    closing.ready()
    closing.execute()
    states = dict(ServiceOrder.objects.values_list("template__code", "status"))
    assert states == {"INS-1": OrderStatus.CANCELLED, "DIS-A": OrderStatus.COMPLETED}


def test_pressed_twice_it_happens_once(make_closing: MakeClosing, person: MakePerson) -> None:
    closing, key = make_closing().ready(), uuid4()
    first = closing.execute(form_key=key)
    lines = Entry.objects.count()
    assert closing.execute(form_key=key) == first
    with pytest.raises(UnableToExecute, match="Completed by Sarah Johnson already") as refused:
        closing.execute(by=person(Role.SUPERVISOR), later=1)
    assert refused.value.is_conflict
    assert (Execution.objects.count(), Entry.objects.count()) == (1, lines)


def test_what_is_missing_is_what_the_server_says(make_closing: MakeClosing) -> None:
    closing = make_closing()
    closing.order()
    missing = closing.missing()
    assert [each.sentence for each in missing] == [
        "Electricity device number: not entered",
        "Water device number: not entered",
        "SO ID: Enter the service order",
        "Checklist: Final bill generated and sent",
        "Checklist: Final payment received",
        "Checklist: Customer notified of closure",
        "Checklist: Records archived",
        "Checklist: Account officially closed",
    ]
    with pytest.raises(UnableToExecute) as refused:
        closing.execute()
    assert refused.value.missing == missing
    assert refused.value.sentence.endswith("Completion: 1/6 items")
    assert closing.case.status == CaseStatus.IN_PROGRESS


def test_a_draft_of_the_bill_is_void(make_closing: MakeClosing) -> None:
    closing = make_closing(permanence="TEMPORARY")
    closing.billing.read()
    closing.billing.generate()
    closing.ready()
    closing.execute()
    assert Invoice.objects.get().state == "VOID"


def test_an_order_is_used_once(make_closing: MakeClosing) -> None:
    closing = make_closing().ready()
    used = closing.execute().service_order
    assert used.execution.pk == closing.case.pk


def test_it_waits_for_nobody_else(make_closing: MakeClosing) -> None:
    """What is executed says when, also when the clock of the next act is behind."""
    closing = make_closing().ready()
    closing.at += timedelta(days=3)
    assert closing.execute().executed_at == closing.at
