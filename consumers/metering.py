"""Meters: what they showed, which service each measures, where each is.

Steps, callable only inside an operation that holds the consumer's row. Meters are locked after
the request and its slot, in the order of their keys.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from consumers.choices import (
    MeterCondition,
    MeterPlace,
    ReadingException,
    ReadingSource,
    Verification,
)
from consumers.models import InventoryMovement, Meter, MeterAssignment, Reading, Warehouse
from smart360.kernel.db import refuses, step
from smart360.kernel.errors import Refusal
from smart360.trail.choices import Event
from smart360.trail.record import record

WRITTEN = (
    "value", "exception", "verification", "source", "entered_at", "entered_by",
    "checked_at", "checked_by", "rejection",
)  # fmt: skip
"""What of a reading another one of the same day takes over."""
MOMENT = timedelta(microseconds=1)
"""The least that an assignment lasts."""


class UnableToMove(Refusal):
    """The meter is not where it was, measures something, or cannot be assigned."""


refuses(
    {
        "a_meter_is_assigned_once_at_a_time": UnableToMove(
            "This meter is assigned elsewhere meanwhile", field="meter", is_conflict=True
        ),
        "a_connection_has_one_meter_at_a_time": UnableToMove(
            "This service has a meter already", field="meter", is_conflict=True
        ),
        "only_a_meter_on_site_is_assigned": UnableToMove(
            "This meter is not on site", field="meter", is_conflict=True
        ),
        "a_movement_starts_where_the_meter_is": UnableToMove(
            "This meter was moved meanwhile", field="meter", is_conflict=True
        ),
        "a_meter_in_use_stays_where_it_is": UnableToMove(
            "This meter is assigned to a service; unassign it first", field="meter",
            is_conflict=True,
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """For whom and for what a meter is assigned, unassigned or moved.

    ``number`` is the request's or the service order's; ``""`` for none.
    """

    number: str
    case: int | None
    consumer: int | None
    by: int | None
    at: datetime


@step
def keep_reading(
    meter: int,
    *,
    value: Decimal,
    read_on: date,
    exception: ReadingException,
    is_verified: bool,
    instead_of: date | None = None,
) -> None:
    """Keep what a meter showed on a day. Who keeps it holds the row of the consumer it measures.

    The same again changes nothing. ``instead_of`` is the day of a reading that was wrong: on
    another day it is rejected, on the same day this one takes its place. The database refuses what
    the readings around it contradict (`readings_never_fall`).
    """
    if instead_of is not None and instead_of != read_on:
        wrong = Reading.objects.filter(meter=meter, read_on=instead_of)
        wrong.update(verification=Verification.REJECTED)
    found = Reading.objects.filter(meter=meter, read_on=read_on).first()
    if found and found.value == value and found.verification != Verification.REJECTED:
        return
    kept = found or Reading(meter_id=meter, read_on=read_on)
    kept.value = value
    kept.exception = exception
    kept.verification = Verification.VERIFIED if is_verified else Verification.PENDING
    kept.source = ReadingSource.REQUEST
    write_reading(kept, is_new=found is None)


@step
def write_reading(reading: Reading, *, is_new: bool) -> None:
    """Write a reading, in the place of what was rejected that day if it is not new."""
    reading.rejection, reading.checked_at, reading.checked_by = "", None, None
    reading.save(force_insert=True) if is_new else reading.save(update_fields=WRITTEN)


# ------------------------------------------------------------------ assignments and places
@step
def lock_meters(meters: Collection[int]) -> dict[int, Meter]:
    """These meters, locked until the operation ends, by key."""
    rows = Meter.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=meters)
    return {meter.pk: meter for meter in rows.order_by("pk")}


@step
def assign_meter(meter: Meter, *, service_connection: int, cause: Cause) -> MeterAssignment:
    """From now on this meter, which is locked, measures this service (W12).

    One from a warehouse is moved on site first. The operation has lifted the guard if an open
    request keeps meters as they are. Raises UnableToMove.
    """
    if meter.place == MeterPlace.DECOMMISSIONED:
        raise UnableToMove("This meter is decommissioned", field="meter")
    if meter.place != MeterPlace.ON_SITE:
        move_meter(meter, to=MeterPlace.ON_SITE, warehouse=None, cause=cause)
        meter.installed_on = cause.at.date()
    meter.condition = MeterCondition.ACTIVE
    meter.save(update_fields=["condition", "installed_on"])
    assigned = MeterAssignment.objects.create(
        meter=meter,
        service_connection_id=service_connection,
        during=DateTimeTZRange(cause.at, None),
    )
    _record(Event.METER_ASSIGNED, meter, cause, service_connection=service_connection)
    return assigned


@step
def unassign_meter(assignment: MeterAssignment, meter: Meter, *, cause: Cause) -> None:
    """This meter, which is locked, measures this service no longer; it stays where it is.

    Its reading status becomes Inactive. Ending an assignment again changes nothing.
    """
    if assignment.during.upper is not None:
        return
    began = assignment.during.lower
    ends = max(cause.at, began + MOMENT) if began else cause.at
    assignment.during = DateTimeTZRange(began, ends)
    assignment.save(update_fields=["during"])
    meter.condition = MeterCondition.INACTIVE
    meter.save(update_fields=["condition"])
    service_connection = assignment.service_connection_id
    _record(Event.METER_UNASSIGNED, meter, cause, service_connection=service_connection)


@step
def hand_meter_on(
    assignment: MeterAssignment, *, to: int, since: datetime, out: Cause, into: Cause
) -> None:
    """From one instant on the meter measures another household's service, where it hangs (W12).

    The meter is locked, and ``since`` is after its assignment began.
    """
    meter, service_connection = assignment.meter, assignment.service_connection_id
    assignment.during = DateTimeTZRange(assignment.during.lower, since)
    assignment.save(update_fields=["during"])
    MeterAssignment.objects.create(
        meter=meter, service_connection_id=to, during=DateTimeTZRange(since, None)
    )
    _record(Event.METER_UNASSIGNED, meter, out, service_connection=service_connection)
    _record(Event.METER_ASSIGNED, meter, into, service_connection=to)


@step
def move_meter(
    meter: Meter, *, to: MeterPlace, warehouse: Warehouse | None, cause: Cause
) -> InventoryMovement:
    """Bring a meter, which is locked and measures nothing, to another place: one movement (SO4).

    Raises UnableToMove.
    """
    if warehouse is not None and not warehouse.is_active:
        raise UnableToMove("This warehouse takes no meters any more", field="warehouse")
    moved = InventoryMovement.objects.create(
        meter=meter,
        from_place=meter.place,
        from_warehouse_id=meter.warehouse_id,
        to_place=to,
        to_warehouse=warehouse,
        cause=cause.number,
        case_id=cause.case,
        moved_at=cause.at,
        moved_by_id=cause.by,
    )
    meter.place, meter.warehouse = to, warehouse  # as the movement's trigger has stored it
    _record(
        Event.METER_MOVED, meter, cause, place=to.value,
        warehouse=warehouse.name if warehouse else "",
    )  # fmt: skip
    return moved


def _record(event: Event, meter: Meter, cause: Cause, **new: object) -> None:
    record(
        event,
        by=cause.by,
        at=cause.at,
        case=cause.case,
        consumer=cause.consumer,
        new={"meter": meter.number, **new},
    )
