"""Meters: what they are, which service each measures, what they showed (W12, W13)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q

from consumers.choices import (
    MeterCondition,
    MeterPlace,
    ReadingException,
    ReadingSource,
    UtilityType,
    Verification,
)
from consumers.models.accounts import ServiceConnection


class Device(models.Model):
    """The device in or on a meter, by the number printed on it."""

    number = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="device_number_is_unique")]

    def __str__(self) -> str:
        return self.number


class Meter(models.Model):
    """One meter, wherever it is."""

    number = models.CharField(max_length=40)
    device = models.OneToOneField(
        Device, on_delete=models.PROTECT, null=True, blank=True, related_name="meter"
    )
    utility_type = models.CharField(max_length=15, choices=UtilityType)
    meter_type = models.CharField(
        max_length=60, blank=True, help_text="Such as Smart, single phase."
    )
    model = models.CharField(max_length=60, blank=True)
    condition = models.CharField(
        max_length=15, choices=MeterCondition, default=MeterCondition.ACTIVE
    )
    unit = models.CharField(max_length=10, default="kWh")
    installed_on = models.DateField(null=True, blank=True)
    place = models.CharField(
        max_length=15,
        choices=MeterPlace,
        default=MeterPlace.ON_SITE,
        db_default=MeterPlace.ON_SITE.value,
        help_text="Changed by an inventory movement only.",
    )
    warehouse = models.ForeignKey(
        "consumers.Warehouse",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meters",
        help_text="Only while it is in one.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="meter_number_is_unique"),
            models.CheckConstraint(
                condition=Q(condition__in=MeterCondition.values), name="meter_condition_is_known"
            ),
            models.CheckConstraint(
                condition=Q(place=MeterPlace.IN_WAREHOUSE, warehouse__isnull=False)
                | Q(
                    place__in=[MeterPlace.ON_SITE, MeterPlace.DECOMMISSIONED],
                    warehouse__isnull=True,
                ),
                name="a_meter_in_a_warehouse_says_which",
            ),
        ]
        indexes = [
            models.Index(OpClass(F("number"), name="text_pattern_ops"), name="meter_by_number"),
            models.Index(
                OpClass(models.Func(F("number"), function="reverse"), "text_pattern_ops"),
                name="meter_by_number_end",
            ),
            # What can be taken from stock.
            models.Index(
                fields=["utility_type", "number"],
                name="meter_in_stock",
                condition=Q(place=MeterPlace.IN_WAREHOUSE),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_place_changes_by_movement",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("place", "warehouse_id"),
                func=pgtrigger.Func(
                    """
                    -- Depth 1 is a statement of somebody's own; a movement's trigger stands deeper.
                    IF (NEW.place, NEW.warehouse_id)
                       IS DISTINCT FROM (OLD.place, OLD.warehouse_id) AND pg_trigger_depth() < 2
                    THEN
                        RAISE EXCEPTION 'a meter changes its place by an inventory movement'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_place_changes_by_movement';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.number


class MeterAssignment(models.Model):
    """A meter measures a service connection for a time; never two at once (W12, SO4)."""

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="assignments")
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="assignments"
    )
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_meter_is_assigned_once_at_a_time",
                expressions=[("meter", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="a_connection_has_one_meter_at_a_time",
                expressions=[
                    ("service_connection", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False), name="an_assignment_lasts_a_while"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="assignment_guarded",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("connections", "bigint[]")],
                func=pgtrigger.Func(
                    """
                    IF TG_OP <> 'INSERT' THEN
                        connections := array_append(connections, OLD.service_connection_id);
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        connections := array_append(connections, NEW.service_connection_id);
                    END IF;
                    IF coalesce(current_setting('smart360.guard', true), '') <> 'lifted'
                       AND EXISTS (SELECT 1 FROM consumers_serviceconnection s
                                     JOIN consumers_guard g ON g.consumer_id = s.consumer_id
                                    WHERE s.id = ANY(connections))
                    THEN
                        RAISE EXCEPTION 'an open request guards this meter'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';
                    END IF;
                    IF TG_OP = 'DELETE' THEN
                        RETURN OLD;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="only_a_meter_on_site_is_assigned",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=pgtrigger.Func(
                    """
                    -- The share lock makes a movement of the same meter wait, or be waited for.
                    IF NOT upper_inf(NEW.during) THEN
                        RETURN NEW;
                    END IF;
                    PERFORM 1 FROM consumers_meter m
                      WHERE m.id = NEW.meter_id AND m.place = 'ON_SITE' FOR SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'the meter is not on site'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'only_a_meter_on_site_is_assigned';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Reading(models.Model):
    """What a meter showed on a day, never less than before unless ``exception`` says why (W13).

    A rejected reading was wrong: it stays to be seen, and nothing counts from it.
    """

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="readings")
    value = models.DecimalField(max_digits=12, decimal_places=3, help_text="In the meter's unit.")
    read_on = models.DateField()
    verification = models.CharField(
        max_length=10, choices=Verification, default=Verification.VERIFIED
    )
    exception = models.CharField(
        max_length=15,
        choices=ReadingException,
        default=ReadingException.NONE,
        db_default=ReadingException.NONE,
        help_text="Why it need not be above the one before.",
    )
    source = models.CharField(
        max_length=15,
        choices=ReadingSource,
        default=ReadingSource.TAKEN_OVER,
        db_default=ReadingSource.TAKEN_OVER.value,
    )
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person verified or rejected it."
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    rejection = models.CharField(
        max_length=250, blank=True, default="", db_default="", help_text="Why it was rejected."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "read_on"], name="one_reading_a_day_per_meter"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="a_reading_is_not_negative"),
            models.CheckConstraint(
                condition=Q(verification__in=Verification.values), name="verification_is_known"
            ),
            models.CheckConstraint(
                condition=Q(exception__in=ReadingException.values),
                name="exception_of_a_reading_is_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=ReadingSource.values), name="source_of_a_reading_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rejection="") | Q(verification=Verification.REJECTED),
                name="only_a_rejected_reading_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="readings_never_fall",
                when=pgtrigger.After,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("meter_id", "value", "read_on", "verification", "exception"),
                declare=[("first", "date"), ("last", "date")],
                func=pgtrigger.Func(
                    """
                    -- Who writes two readings of one meter at once waits here for the other.
                    PERFORM 1 FROM consumers_meter WHERE id = NEW.meter_id FOR NO KEY UPDATE;
                    IF NEW.read_on > (clock_timestamp() AT TIME ZONE (
                        SELECT u.time_zone FROM organisation_utility u WHERE u.id = 1))::date
                    THEN
                        RAISE EXCEPTION 'a meter is not read before the day has come'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reading_is_not_of_the_future';
                    END IF;
                    -- From its neighbour before to its neighbour after, where it was and where
                    -- it is; what else was ever kept of the meter is not looked at.
                    first := least(OLD.read_on, NEW.read_on);
                    last := greatest(OLD.read_on, NEW.read_on);
                    first := coalesce((SELECT max(r.read_on) FROM consumers_reading r
                                        WHERE r.meter_id = NEW.meter_id AND r.read_on < first
                                          AND r.verification <> 'REJECTED'), first);
                    last := coalesce((SELECT min(r.read_on) FROM consumers_reading r
                                       WHERE r.meter_id = NEW.meter_id AND r.read_on > last
                                         AND r.verification <> 'REJECTED'), last);
                    IF OLD.meter_id <> NEW.meter_id OR EXISTS (
                        SELECT 1 FROM (
                            SELECT r.value, r.exception,
                                   lag(r.value) OVER (ORDER BY r.read_on) AS before
                              FROM consumers_reading r
                             WHERE r.meter_id = NEW.meter_id
                               AND r.read_on BETWEEN first AND last
                               AND r.verification <> 'REJECTED') shown
                         WHERE (shown.value < shown.before
                                AND shown.exception NOT IN ('ROLLOVER', 'REPLACEMENT'))
                            OR (shown.value = shown.before AND shown.exception = 'NONE'))
                    THEN
                        RAISE EXCEPTION 'a meter shows more than it did'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'readings_never_fall';
                    END IF;
                    RETURN NULL;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.read_on}"
