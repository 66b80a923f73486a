"""Places in visit slots: booked and given back, never more than there are (W7)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from disconnections.models import DisconnectionRequest, SlotDay, TimeSlot
from disconnections.queries.slots import free_slots
from smart360.fieldwork.ports import AskedVisit, Window
from smart360.kernel.db import step
from smart360.organisation.queries import get_utility, get_visit_holiday

LOOKED_AHEAD = timedelta(days=60)
"""So far a free slot is looked for; then the visit has no window."""

BOOK = """
INSERT INTO disconnections_slotday AS d (slot_id, day, capacity, booked)
VALUES (%(slot)s, %(day)s, %(capacity)s, 1)
ON CONFLICT (slot_id, day) DO UPDATE
   SET booked = d.booked + 1, capacity = excluded.capacity
 WHERE d.booked < excluded.capacity
RETURNING id
"""


@step
def book(slot: TimeSlot, day: date) -> int | None:
    """Take a place; the counted slot day, or None when the last place is gone.

    The row's own lock makes two people who take the last place wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(BOOK, {"slot": slot.pk, "day": day, "capacity": slot.capacity})
        row = cursor.fetchone()
    return row[0] if row else None


@step
def give_back(disconnection_request: DisconnectionRequest) -> None:
    """Give the place back, once; what was asked for stays readable."""
    if disconnection_request.booking_id is None:
        return
    slot_day = SlotDay.objects.select_for_update(no_key=True).get(
        pk=disconnection_request.booking_id
    )
    slot_day.booked -= 1
    slot_day.save(update_fields=["booked"])
    disconnection_request.booking = None
    disconnection_request.save(update_fields=["booking"])


# ------------------------------------------------------------------ the visit of a request
@step
def first_free(
    on_or_after: date, *, at: datetime, zone: ZoneInfo, until: date | None = None
) -> SlotDay | None:
    """Take a place in the first slot that has one, and give the slot's day; None without any.

    Not on a holiday that blocks visits, and nothing that has begun. ``until`` is the last day.
    """
    day, last = on_or_after, until or on_or_after + LOOKED_AHEAD
    while day <= last:
        if get_visit_holiday(day) is None:
            for free in free_slots(day, at=at, zone=zone):
                taken = book(TimeSlot.objects.get(pk=free.id), day)
                if taken is not None:
                    return SlotDay.objects.select_related("slot").get(pk=taken)
        day += timedelta(days=1)
    return None


@step
def visit_of(*, case: int, at: datetime) -> AskedVisit | None:
    """When a request is to be visited; answers ``VISIT_ASKED`` of field work.

    That is its preferred date and window. What was not chosen takes the first free slot: on the
    preferred date, or from today on when there is none or it has passed. The request holds the
    place until it ends, as it does one that was chosen.
    """
    asked = DisconnectionRequest.objects.select_related("slot", "booking__slot").filter(pk=case)
    disconnection_request = asked.first()
    if disconnection_request is None:
        return None
    zone = get_utility().zone
    today = at.astimezone(zone).date()
    booking, wished = disconnection_request.booking, disconnection_request.preferred_on
    if booking is not None and booking.day >= today:
        return AskedVisit(booking.day, _window(booking.slot))
    if wished is not None and wished >= today:
        if disconnection_request.slot is not None:
            return AskedVisit(wished, _window(disconnection_request.slot))
        found = first_free(wished, until=wished, at=at, zone=zone)
    else:
        wished = None
        give_back(disconnection_request)
        found = first_free(today, at=at, zone=zone)
    if found is None:
        return AskedVisit(wished, None)
    _hold(disconnection_request, found)
    return AskedVisit(found.day, _window(found.slot))


@step
def visit_moved(*, case: int, day: date, window: Window | None, at: datetime) -> None:
    """The visit of a request has another day or window; plugged into ``VISIT_MOVED``.

    The old place is free for somebody else. The new one counts if it is a slot with room; a
    dispatcher may send somebody without.
    """
    asked = DisconnectionRequest.objects.select_related("booking__slot").filter(pk=case)
    disconnection_request = asked.first()
    if disconnection_request is None:
        return
    held = disconnection_request.booking
    if held is not None and held.day == day and _window(held.slot) == window:
        return
    slot = _slot_of(window)
    _lock_days([(held.slot_id, held.day)] if held else [], slot, day)
    give_back(disconnection_request)
    taken = book(slot, day) if slot is not None else None
    if taken is not None:
        _hold(disconnection_request, SlotDay(pk=taken))


def _lock_days(held: list[tuple[int, date]], slot: TimeSlot | None, day: date) -> None:
    """Lock both days of slots in one order, so that two who change places never wait in a ring."""
    keys = held + ([(slot.pk, day)] if slot is not None else [])
    for slot_id, on in sorted(keys):
        SlotDay.objects.select_for_update(no_key=True).filter(slot=slot_id, day=on).first()


def _slot_of(window: Window | None) -> TimeSlot | None:
    """The slot that is offered in this window, if there is one."""
    if window is None:
        return None
    return TimeSlot.objects.filter(is_active=True, starts=window[0], ends=window[1]).first()


def _hold(disconnection_request: DisconnectionRequest, place: SlotDay) -> None:
    disconnection_request.booking_id = place.pk
    disconnection_request.save(update_fields=["booking"])


def _window(slot: TimeSlot) -> Window:
    return slot.starts, slot.ends
