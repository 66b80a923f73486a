"""Places in visit slots: booked and given back, never more than there are (W7)."""

from datetime import date

from django.db import connection

from disconnections.models import DisconnectionRequest, SlotDay, TimeSlot
from smart360.kernel.db import step

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
