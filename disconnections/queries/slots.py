"""Which visit slots a day still has."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from disconnections.models import SlotDay, TimeSlot
from disconnections.rules import slot_exists_on, slot_has_started
from smart360.organisation.queries import get_visit_holiday, visit_holidays


@dataclass(frozen=True)
class FreeSlot:
    """A slot that can be chosen, with the places left."""

    id: int
    starts: time
    ends: time
    free: int


def free_slots(day: date, *, at: datetime, zone: ZoneInfo) -> list[FreeSlot]:
    """The slots of ``day``, no holiday, that have not begun and have a place left (AC005)."""
    booked = SlotDay.objects.filter(slot=OuterRef("pk"), day=day).values("booked")
    offered = TimeSlot.objects.filter(is_active=True).order_by("starts")
    return [
        FreeSlot(slot.pk, slot.starts, slot.ends, slot.free)
        for slot in offered.annotate(free=F("capacity") - Coalesce(Subquery(booked), 0))
        if slot.free > 0
        and slot_exists_on(day, slot.starts, slot.ends, zone)
        and not slot_has_started(day, slot.starts, zone, at)
    ]


def find_slot(slot: int | None, day: date) -> tuple[TimeSlot | None, str]:
    """The slot that was named, retired or not, and the holiday that keeps visits off ``day``."""
    if slot is not None:
        holidays = visit_holidays(day).values("name")[:1]
        found = TimeSlot.objects.filter(pk=slot).annotate(holiday=Subquery(holidays)).first()
        if found is not None:
            return found, found.holiday or ""
    holiday = get_visit_holiday(day)
    return None, holiday.name if holiday else ""


def has_bookings(slot: int) -> bool:
    """Whether anybody ever booked a place in this slot."""
    return SlotDay.objects.filter(slot=slot).exists()


def overlapping_slot(starts: time, ends: time, *, but: int | None) -> TimeSlot | None:
    """An active slot that shares time with this window, other than the one named."""
    others = TimeSlot.objects.filter(is_active=True, starts__lt=ends, ends__gt=starts)
    return others.exclude(pk=but or 0).first()


def fullest_day(slot: int, *, since: date, above: int) -> SlotDay | None:
    """The day with the most places taken, if it has more than ``above``."""
    days = SlotDay.objects.filter(slot=slot, day__gte=since, booked__gt=above)
    return days.order_by("-booked", "day").first()
