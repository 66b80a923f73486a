"""Where a meter is, what it measures, and how both change (SO4, W12)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from consumers import metering, oracles
from consumers.choices import MeterCondition, MeterPlace, UtilityType
from consumers.metering import Cause, UnableToMove
from consumers.models import (
    Consumer,
    InventoryMovement,
    Meter,
    MeterAssignment,
    ServiceConnection,
    Warehouse,
)
from consumers.queries.meters import (
    assignments_of,
    meters_in_stock,
    movements_of,
    running_assignments,
    warehouses,
)
from disconnections.operations import close_request
from smart360.kernel.db import operation
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.browsing import ClientAs, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def refused_by(act: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        act()
    return constraint_of(refused.value)


@pytest.fixture
def cause(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> Cause:
    return Cause(
        number="DIS-2024-900001", case=None, consumer=make_consumer().pk,
        by=person(Role.CSE).pk, at=at,
    )  # fmt: skip


@operation
def take_down(cause: Cause, to: MeterPlace, warehouse: Warehouse | None) -> Meter:
    """Unassign a consumer's only meter and bring it away."""
    assignment = MeterAssignment.objects.get(
        service_connection__consumer=cause.consumer, during__endswith__isnull=True
    )
    meter = metering.lock_meters([assignment.meter_id])[assignment.meter_id]
    metering.unassign_meter(assignment, meter, cause=cause)
    metering.move_meter(meter, to=to, warehouse=warehouse, cause=cause)
    return meter


@operation
def only_move(cause: Cause, to: MeterPlace, warehouse: Warehouse | None) -> None:
    meter = metering.lock_meters(list(Meter.objects.values_list("pk", flat=True)))
    metering.move_meter(next(iter(meter.values())), to=to, warehouse=warehouse, cause=cause)


@operation
def only_unassign(cause: Cause) -> None:
    for assignment in MeterAssignment.objects.all():
        meter = metering.lock_meters([assignment.meter_id])[assignment.meter_id]
        metering.unassign_meter(assignment, meter, cause=cause)


@operation
def install(cause: Cause, meter: int, service_connection: int) -> None:
    locked = metering.lock_meters([meter])[meter]
    metering.assign_meter(locked, service_connection=service_connection, cause=cause)


def test_a_meter_comes_down_and_hangs_again(cause: Cause) -> None:
    store = Warehouse.objects.get()
    meter = take_down(cause, MeterPlace.IN_WAREHOUSE, store)
    meter.refresh_from_db()
    assert (meter.place, meter.warehouse, meter.condition) == (
        MeterPlace.IN_WAREHOUSE, store, MeterCondition.INACTIVE,
    )  # fmt: skip
    assert meters_in_stock(UtilityType.ELECTRICITY) == [meter]
    assert running_assignments([ServiceConnection.objects.get().pk]) == []

    later = Cause(**{**vars(cause), "number": "REC-2024-000001", "at": cause.at + timedelta(1)})
    install(later, meter.pk, ServiceConnection.objects.get().pk)
    meter.refresh_from_db()
    assert (meter.place, meter.warehouse, meter.condition) == (
        MeterPlace.ON_SITE, None, MeterCondition.ACTIVE,
    )  # fmt: skip
    assert meter.installed_on == later.at.date()
    lines = assignments_of(cause.consumer or 0)
    assert [(line.since, line.until) for line in lines] == [
        (later.at, None), (datetime(2024, 1, 15, tzinfo=UTC), cause.at),
    ]  # fmt: skip
    moves = movements_of([meter.pk], consumer=cause.consumer or 0)
    assert [(m.from_place, m.to_place, m.cause) for m in moves] == [
        ("Main warehouse", "On site", "REC-2024-000001"),
        ("On site", "Main warehouse", "DIS-2024-900001"),
    ]
    told = Entry.objects.filter(consumer=cause.consumer).order_by("pk").values_list("kind", "new")
    assert [kind for kind, _ in told] == [
        Event.METER_UNASSIGNED, Event.METER_MOVED, Event.METER_MOVED, Event.METER_ASSIGNED,
    ]  # fmt: skip
    assert told[1][1] == {
        "meter": meter.number, "place": "IN_WAREHOUSE", "warehouse": "Main warehouse",
    }  # fmt: skip
    assert oracles.meters_at_work_elsewhere() == oracles.movements_that_break_off() == []


def test_the_profile_tells_where_the_meters_are_and_were(
    cause: Cause, make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson,
    client_as: ClientAs,
) -> None:  # fmt: skip
    """SO4: once a meter is unassigned, nothing else says which one hung there."""
    profile = f"/cx/consumer-management/{Consumer.objects.get().account_number}/connections"
    html = page_of(client_as(Role.CSE), profile)
    assert "Assigned now" in html
    assert 'id="inventory-movements"' not in html
    meter = take_down(cause, MeterPlace.IN_WAREHOUSE, Warehouse.objects.get())
    html = page_of(client_as(Role.CSE), profile)
    for words in (meter.number, "Main warehouse", "DIS-2024-900001", "Sarah Johnson"):
        assert words in html[html.index('id="inventory-movements"') :], words
    assert "Assigned now" not in html

    other = make_request(make_consumer("Next door", with_meters=False)).case
    boss = person(Role.SUPERVISOR)
    close_request(case=other.pk, reason="DUPLICATE", note="", by=boss, at=cause.at)
    theirs = Cause(
        number=other.number, case=other.pk, consumer=other.consumer_id, by=cause.by,
        at=cause.at + timedelta(1),
    )  # fmt: skip
    connection_of = ServiceConnection.objects.filter(consumer=other.consumer_id)
    install(theirs, meter.pk, connection_of.earliest("pk").pk)
    moves = 'id="inventory-movements"'
    page = page_of(client_as(Role.CSE), profile)
    assert page[page.index(moves) :].count("<tr>") == html[html.index(moves) :].count("<tr>")


def test_unassigning_makes_no_movement_and_happens_once(cause: Cause) -> None:
    only_unassign(cause)
    first = MeterAssignment.objects.get().during
    only_unassign(Cause(**{**vars(cause), "at": cause.at + timedelta(hours=1)}))
    assert MeterAssignment.objects.get().during == first
    assert Meter.objects.get().place == MeterPlace.ON_SITE
    assert not InventoryMovement.objects.exists()
    assert Entry.objects.filter(kind=Event.METER_UNASSIGNED).count() == 1


def test_an_assignment_that_begins_later_lasts_a_moment(cause: Cause) -> None:
    """What is ended before it began (a clock that was off) is never empty."""
    only_unassign(Cause(**{**vars(cause), "at": datetime(2023, 1, 1, tzinfo=UTC)}))
    during = MeterAssignment.objects.get().during
    assert during.upper - during.lower == metering.MOMENT


def test_a_meter_at_work_stays(cause: Cause) -> None:
    with pytest.raises(UnableToMove, match="unassign it first"):
        only_move(cause, MeterPlace.IN_WAREHOUSE, Warehouse.objects.get())
    assert Meter.objects.get().place == MeterPlace.ON_SITE


def test_a_decommissioned_meter_never_measures_again(cause: Cause) -> None:
    meter = take_down(cause, MeterPlace.DECOMMISSIONED, None)
    with pytest.raises(UnableToMove, match="decommissioned"):
        install(cause, meter.pk, ServiceConnection.objects.get().pk)


def test_a_retired_warehouse_takes_nothing(cause: Cause) -> None:
    Warehouse.objects.update(is_active=False)
    assert warehouses() == []
    with pytest.raises(UnableToMove, match="takes no meters"):
        take_down(cause, MeterPlace.IN_WAREHOUSE, Warehouse.objects.get())
    assert running_assignments([ServiceConnection.objects.get().pk])


def test_a_place_is_changed_by_a_movement_only(cause: Cause) -> None:
    store = Warehouse.objects.get()
    meter = Meter.objects.filter(pk=Meter.objects.get().pk)
    refused = refused_by(lambda: meter.update(place=MeterPlace.IN_WAREHOUSE, warehouse=store))
    assert refused == "a_place_changes_by_movement"
    assert refused_by(lambda: meter.update(place=MeterPlace.DECOMMISSIONED)) == refused
    assert meter.update(model="Voltis 4", place=MeterPlace.ON_SITE) == 1


def test_what_a_movement_may_say(cause: Cause, at: datetime) -> None:
    store, free = Warehouse.objects.get(), Meter.objects.create(
        number="FREE-1", utility_type=UtilityType.ELECTRICITY
    )  # fmt: skip

    def move(**fields: object) -> Callable[[], object]:
        values = {"meter": free, "from_place": "ON_SITE", "to_place": "IN_WAREHOUSE",
                  "to_warehouse": store, "moved_at": at, **fields}  # fmt: skip
        return lambda: InventoryMovement.objects.create(**values)

    starts = "a_movement_starts_where_the_meter_is"
    assert refused_by(move(from_place="DECOMMISSIONED")) == starts
    assert refused_by(move(from_place="IN_WAREHOUSE", from_warehouse=store,
                           to_place="ON_SITE", to_warehouse=None)) == starts  # fmt: skip
    assert refused_by(move(to_warehouse=None)) == "a_movement_says_to_which_warehouse"
    assert refused_by(move(to_place="DECOMMISSIONED")) == "a_movement_says_to_which_warehouse"
    assert refused_by(move(from_warehouse=store)) == "a_movement_says_from_which_warehouse"
    assert refused_by(move(to_place="ELSEWHERE", to_warehouse=None)) == (
        "places_of_a_movement_are_known"
    )
    nowhere = move(to_place="ON_SITE", to_warehouse=None)
    assert refused_by(nowhere) == "a_movement_goes_somewhere_else"
    move()()
    assert Meter.objects.get(pk=free.pk).warehouse == store
    within = move(from_place="IN_WAREHOUSE", from_warehouse=store)
    assert refused_by(within) == "a_movement_goes_somewhere_else"
    assert oracles.movements_that_break_off() == []


def test_only_a_meter_on_site_is_assigned(cause: Cause, make_consumer: MakeConsumer) -> None:
    meter = take_down(cause, MeterPlace.IN_WAREHOUSE, Warehouse.objects.get())
    there = ServiceConnection.objects.get(consumer=make_consumer("Ann", with_meters=False))
    running = (datetime(2024, 12, 11, tzinfo=UTC), None)
    assert refused_by(
        lambda: MeterAssignment.objects.create(
            meter=meter, service_connection=there, during=running
        )
    ) == "only_a_meter_on_site_is_assigned"  # fmt: skip
    past = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
    MeterAssignment.objects.create(meter=meter, service_connection=there, during=past)
    assert MeterAssignment.objects.filter(meter=meter).count() == 2


def test_a_movement_stays(cause: Cause, as_owner: Callable[[], None]) -> None:
    take_down(cause, MeterPlace.DECOMMISSIONED, None)
    as_owner()
    for statement in (
        "UPDATE consumers_inventorymovement SET cause = 'x'",
        "DELETE FROM consumers_inventorymovement",
    ):
        with pytest.raises(Exception, match="annot"), transaction.atomic():  # noqa: TID251
            connection.cursor().execute(statement)


def test_a_guarded_account_keeps_its_meter(cause: Cause, make_request: MakeRequest) -> None:
    make_request(Consumer.objects.get())
    with pytest.raises(Exception, match="keeps this data"):
        only_unassign(cause)
