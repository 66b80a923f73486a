"""Where meters are kept, and every move of one (SO4, W12)."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.choices import MeterPlace
from consumers.models.meters import Meter


@pghistory.track()
class Warehouse(models.Model):
    """A store of the utility for meters that hang nowhere."""

    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True, help_text="Retire a warehouse; never delete it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="warehouse_name_is_taken_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_warehouse_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class InventoryMovement(models.Model):
    """One move of one meter, from where it was to where it is since. Inserting it moves the meter.

    ``cause`` is the number of what it was moved for: a request, a service order; ``""`` for none.
    """

    append_only = True

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="movements")
    from_place = models.CharField(max_length=15, choices=MeterPlace)
    from_warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_place = models.CharField(max_length=15, choices=MeterPlace)
    to_warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cause = models.CharField(max_length=30, blank=True)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_place__in=MeterPlace.values, to_place__in=MeterPlace.values),
                name="places_of_a_movement_are_known",
            ),
            models.CheckConstraint(
                condition=Q(from_place=MeterPlace.IN_WAREHOUSE, from_warehouse__isnull=False)
                | (~Q(from_place=MeterPlace.IN_WAREHOUSE) & Q(from_warehouse__isnull=True)),
                name="a_movement_says_from_which_warehouse",
            ),
            models.CheckConstraint(
                condition=Q(to_place=MeterPlace.IN_WAREHOUSE, to_warehouse__isnull=False)
                | (~Q(to_place=MeterPlace.IN_WAREHOUSE) & Q(to_warehouse__isnull=True)),
                name="a_movement_says_to_which_warehouse",
            ),
            models.CheckConstraint(
                condition=~Q(from_place=F("to_place"))
                | Q(from_warehouse__isnull=False) & ~Q(from_warehouse=F("to_warehouse")),
                name="a_movement_goes_somewhere_else",
            ),
        ]
        indexes = [
            # Where a meter has been, newest first.
            models.Index(fields=["meter", "-id"], name="movement_by_meter"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_movement_moves_the_meter",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[("place_now", "text"), ("warehouse_now", "bigint")],
                func=pgtrigger.Func(
                    """
                    -- Locked in a statement of its own: what is asked next is as of now.
                    SELECT m.place, m.warehouse_id INTO place_now, warehouse_now
                      FROM consumers_meter m WHERE m.id = NEW.meter_id FOR NO KEY UPDATE;
                    IF (place_now, warehouse_now)
                       IS DISTINCT FROM (NEW.from_place::text, NEW.from_warehouse_id)
                    THEN
                        RAISE EXCEPTION 'the meter is not where it is to be moved from'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_movement_starts_where_the_meter_is';
                    END IF;
                    IF EXISTS (SELECT 1 FROM consumers_meterassignment a
                                WHERE a.meter_id = NEW.meter_id AND upper_inf(a.during))
                    THEN
                        RAISE EXCEPTION 'the meter measures a service'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_meter_in_use_stays_where_it_is';
                    END IF;
                    UPDATE consumers_meter
                       SET place = NEW.to_place, warehouse_id = NEW.to_warehouse_id
                     WHERE id = NEW.meter_id;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Protect(
                name="movements_stay_as_they_were", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"movement of meter {self.meter_id}"
