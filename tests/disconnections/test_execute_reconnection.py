"""Execute Reconnection: everything comes back together, once, when nothing is missing (DIS17)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from consumers.choices import AccountStatus, MeterCondition, MeterPlace, SupplyState
from consumers.models import Guard, InventoryMovement, MeterAssignment, Reading, ServiceConnection
from disconnections.models import Execution, ReconnectedService
from disconnections.operations import close_request
from disconnections.operations.reconnections import UnableToReconnect, set_reconnection
from smart360.cases.choices import CaseStatus
from smart360.cases.operations import acknowledge
from smart360.comms.models import Message
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.closing import ANSWERED, as_committed, make_billing, make_closing
from tests.disconnections.returning import SHOWN, MakeReturn, make_return, stocked
from tests.invariants import assert_sound

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = pytest.mark.django_db


def test_everything_comes_back_together(make_return: MakeReturn) -> None:
    back = make_return().ready()
    assert back.missing() == ()
    assert back.list().counter == "Completion: 4/4 items"
    before = Entry.objects.filter(case=back.case).count()
    done = back.execute()
    case, consumer = back.case, back.consumer
    assert (case.status, case.ended_at, case.ended_by) == (
        CaseStatus.COMPLETED, back.at, back.sarah,
    )  # fmt: skip
    assert (consumer.status, consumer.archived_at) == (AccountStatus.ACTIVE, None)
    assert (done.account_status, done.items_done) == (AccountStatus.ACTIVE, 4)
    for service in back.services:
        assert service.supply_state == SupplyState.CONNECTED
        assert (service.billing_frozen_at, service.connected_on) == (None, back.day)
        running = MeterAssignment.objects.get(
            service_connection=service, during__endswith__isnull=True
        )
        assert (running.meter.place, running.meter.condition) == (
            MeterPlace.ON_SITE, MeterCondition.ACTIVE,
        )  # fmt: skip
        reading = Reading.objects.filter(meter=running.meter).latest("read_on")
        assert (reading.value, reading.read_on) == (SHOWN, back.day)
    assert not InventoryMovement.objects.exists()
    assert done.service_order.status == OrderStatus.COMPLETED
    assert not Guard.objects.exists()
    lines = Entry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True)
    assert list(lines)[before:] == [
        Event.ORDER_COMPLETED, Event.METER_ASSIGNED, Event.METER_ASSIGNED, Event.SUPPLY_CHANGED,
        Event.BILLING_RESUMED, Event.BILLING_RESUMED, Event.STATUS_CHANGED,
        Event.ACCOUNT_RESTORED, Event.COMPLETED,
    ]  # fmt: skip
    told = Message.objects.filter(case=case, template__code="request.completed")
    assert told.count() == 1
    assert_sound()


def test_it_says_what_it_undoes(make_return: MakeReturn, make_request: MakeRequest) -> None:
    back = make_return()
    assert back.request.undoes == Execution.objects.get(pk=back.closing.case.pk)
    back.ready().execute()
    as_committed()
    again = make_request(
        back.consumer, moment=back.at + timedelta(days=1), reason="CR-001", **ANSWERED
    )
    assert again.undoes is None
    assert_sound()


def test_a_meter_from_stock_is_installed(make_return: MakeReturn) -> None:
    """The meters were removed: one movement each brings others (W12, SO4)."""
    back = make_return("REMOVE")
    removed = [each.number for each in back.closing.meters()]
    assert all(each.in_place is None for each in back.gathered().facts.services)
    new = stocked(at=back.at)
    back.ready(meters=[new.number.lower(), removed[1]]).execute()
    rows = ReconnectedService.objects.select_related("movement", "meter")
    assert {row.meter.number for row in rows if row.meter} == {new.number, removed[1]}
    for row in rows:
        assert row.movement is not None
        assert row.movement.to_place == MeterPlace.ON_SITE
        assert row.movement.cause == back.case.number
        assert (row.read_value, row.read_on) == (SHOWN, back.day)
    assert InventoryMovement.objects.filter(case=back.case.pk).count() == 2
    new.refresh_from_db()
    assert (new.place, new.installed_on, new.condition) == ("ON_SITE", back.day, "ACTIVE")
    assert_sound()


def test_for_now_the_account_comes_back(make_return: MakeReturn) -> None:
    back = make_return(permanence="TEMPORARY").ready()
    back.execute()
    assert back.consumer.status == AccountStatus.ACTIVE
    assert Event.ACCOUNT_RESTORED not in set(
        Entry.objects.filter(case=back.case).values_list("kind", flat=True)
    )
    assert_sound()


def test_one_service_of_two(make_return: MakeReturn, make_request: MakeRequest) -> None:
    back = make_return()
    power, water = back.services
    close_request(case=back.request.pk, reason="DUPLICATE", note="", by=back.sarah, at=back.at)
    from_now = make_request(
        back.consumer, moment=back.at, reason="RC-001", services=(power.pk,), **ANSWERED
    )
    back.request = from_now
    acknowledge(case=from_now.pk, by=back.sarah, at=back.at)
    as_committed()
    back.order("REC-E")
    wish = back.wish()
    set_reconnection(
        case=from_now.pk, wish=replace(wish, services=wish.services[:1]), by=back.sarah, at=back.at
    )
    back.tell()
    back.tick("MONEY_SETTLED", "METER_VERIFIED", "READING_TAKEN", "CONSUMER_TOLD")
    back.execute()
    as_committed()
    assert back.consumer.status == AccountStatus.ACTIVE
    states = dict(ServiceConnection.objects.values_list("pk", "supply_state"))
    assert states == {power.pk: SupplyState.CONNECTED, water.pk: SupplyState.OFF_FOR_GOOD}
    rest = make_request(
        back.consumer, moment=back.at + timedelta(days=1), reason="RC-001",
        services=(water.pk,), **ANSWERED,
    )  # fmt: skip
    assert rest.undoes_id == back.closing.case.pk
    assert_sound()


def test_other_orders_of_the_request_are_cancelled(make_return: MakeReturn) -> None:
    back = make_return()
    back.order("INS-1")
    back.ready().execute()
    states = dict(
        ServiceOrder.objects.filter(case=back.case).values_list("template__code", "status")
    )
    assert states == {"INS-1": OrderStatus.CANCELLED, "REC-A": OrderStatus.COMPLETED}


def test_pressed_twice_it_happens_once(make_return: MakeReturn, person: MakePerson) -> None:
    back, key = make_return().ready(), uuid4()
    first = back.execute(form_key=key)
    lines = Entry.objects.count()
    assert back.execute(form_key=key) == first
    with pytest.raises(UnableToReconnect, match="Completed by Sarah Johnson already") as refused:
        back.execute(by=person(Role.SUPERVISOR), later=1)
    assert refused.value.is_conflict
    assert (Execution.objects.count(), Entry.objects.count()) == (2, lines)


def test_what_is_missing_is_what_the_server_says(make_return: MakeReturn) -> None:
    back = make_return(fee="45.00")
    back.order()
    missing = back.missing()
    assert [each.sentence for each in missing] == [
        "$45.00 is still owed and not arranged",
        "Electricity meter: not entered",
        "Electricity opening reading: not entered",
        "Water meter: not entered",
        "Water opening reading: not entered",
        "SO ID: Enter the service order",
        "Checklist: Debt and fee settled or arranged",
        "Checklist: Meter verified",
        "Checklist: Opening reading taken",
        "Checklist: Customer told of the reconnection",
    ]
    with pytest.raises(UnableToReconnect) as refused:
        back.execute()
    assert refused.value.missing == missing
    assert refused.value.sentence.endswith("Completion: 0/4 items")
    assert back.case.status == CaseStatus.IN_PROGRESS
    assert not ReconnectedService.objects.exists()


def test_another_occupier_stays(make_return: MakeReturn, make_consumer: MakeConsumer) -> None:
    """Who moved in since is not cut off, and not billed for somebody else."""
    back = make_return().ready()
    other = make_consumer("Jane Doe", account_number="ACC-2024-000777")
    ServiceConnection.objects.create(
        consumer=other, premise=back.services[0].premise, utility_type="ELECTRICITY",
        supply_state="CONNECTED", connected_on=back.day,
    )  # fmt: skip
    sentence = "The premise has another occupier: Electricity"
    assert [each.sentence for each in back.missing()] == [sentence]
    with pytest.raises(UnableToReconnect, match=sentence):
        back.execute()
    assert back.case.status == CaseStatus.IN_PROGRESS


def test_a_day_later_it_can_still_be_done(make_return: MakeReturn) -> None:
    back = make_return().ready()
    back.at += timedelta(days=3)
    assert back.execute().executed_at == back.at


def test_an_unused_meter_shows_what_it_showed(make_return: MakeReturn) -> None:
    back = make_return()
    last = back.gathered().facts.services[0].in_place
    assert last is not None
    assert last.last is not None
    back.ready(reading=last.last.value).execute()
    kept = Reading.objects.filter(meter=last.id).latest("read_on")
    assert (kept.value, kept.exception) == (last.last.value, "NO_CONSUMPTION")
    assert_sound()
