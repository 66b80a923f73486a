"""Visit slots, and the places taken in them."""

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from disconnections.rules import MOST_VISITS


class DayStretch(Func):
    """Two times of day as a range on one fixed date, so that overlaps can be excluded."""

    template = "tsrange('2000-01-01'::date + %(expressions)s)"
    arg_joiner = ", '2000-01-01'::date + "
    output_field = DateTimeRangeField()


@pghistory.track()
class TimeSlot(models.Model):
    """A visit window that administrators offer each day, and how many visits it takes (AC005)."""

    starts = models.TimeField()
    ends = models.TimeField()
    capacity = models.PositiveSmallIntegerField(default=4, help_text="Visits in this window a day.")
    is_active = models.BooleanField(default=True, help_text="Retire a slot; never delete it.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")), name="a_slot_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(capacity__range=(1, MOST_VISITS)), name="a_slot_takes_1_to_500_visits"
            ),
            ExclusionConstraint(
                name="slots_of_a_day_do_not_overlap",
                expressions=[(DayStretch(F("starts"), F("ends")), RangeOperators.OVERLAPS)],
                condition=Q(is_active=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="capacity_holds_what_is_booked",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("capacity", "starts", "ends"),
                func=pgtrigger.Func(
                    """
                    IF (NEW.starts, NEW.ends) IS DISTINCT FROM (OLD.starts, OLD.ends) AND EXISTS (
                        SELECT 1 FROM disconnections_slotday d WHERE d.slot_id = NEW.id
                           AND d.booked > 0 AND d.day >= current_date - 1)
                    THEN
                        RAISE EXCEPTION 'visits are booked for the old times'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_booked_slot_keeps_its_times';
                    END IF;
                    IF NEW.capacity < OLD.capacity AND EXISTS (
                        SELECT 1 FROM disconnections_slotday d WHERE d.slot_id = NEW.id
                           AND d.booked > NEW.capacity AND d.day >= current_date - 1)
                    THEN
                        RAISE EXCEPTION 'more visits are booked than the new capacity'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'capacity_holds_what_is_booked';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"


class SlotDay(models.Model):
    """One slot on one day, with the places taken. The counter can never pass the capacity (W7)."""

    slot = models.ForeignKey(TimeSlot, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    capacity = models.PositiveSmallIntegerField()
    booked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "day"], name="a_slot_is_counted_once_a_day"),
            models.CheckConstraint(
                condition=Q(booked__lte=F("capacity")), name="a_slot_is_never_overbooked"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="slots_of_a_day")]
        triggers = [
            pgtrigger.Trigger(
                name="a_place_is_one_of_the_slot",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=pgtrigger.Func(
                    """
                    -- The share lock makes a capacity that is being lowered wait, or be waited for.
                    IF TG_OP = 'UPDATE' THEN
                        IF NEW.booked <= OLD.booked THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    IF NEW.booked > (SELECT s.capacity FROM disconnections_timeslot s
                                      WHERE s.id = NEW.slot_id FOR SHARE)
                    THEN
                        RAISE EXCEPTION 'the slot has no place left'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_slot_is_never_overbooked';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot} on {self.day}"
