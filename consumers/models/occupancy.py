"""Who lived at a premise before and who does since: supply goes over, nothing is cut."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When

from consumers.choices import SupplyState
from consumers.models.accounts import Consumer, Premise, ServiceConnection
from consumers.models.meters import Meter

LIVED_IN_FIRST = (
    Case(When(connections__supply_state=SupplyState.MOVED_OUT, then=1), default=0),
    "connections__id",
)
"""The order of a consumer's premises: where they live before where they have moved out."""


class OccupancyChange(models.Model):
    """One household moved out of a premise and another moved in, on one day.

    ``moved_on`` is the first day of who moves in; the day before is the last of who moved out. Its
    row comes before what only a move may do: end an account, end and begin the supply of services
    without an execution ask for it by ``in_transaction``.
    """

    append_only = True

    premise = models.ForeignKey(Premise, on_delete=models.PROTECT, related_name="moves")
    moved_out = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="moves_out")
    moved_in = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="moves_in")
    moved_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    in_transaction = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(moved_out=F("moved_in")), name="nobody_moves_in_after_themselves"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_move_is_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    NEW.in_transaction := pg_current_xact_id()::text::bigint;
                    -- Whoever else moves in, or is reconnected there, waits here.
                    PERFORM 1 FROM consumers_premise p WHERE p.id = NEW.premise_id
                       FOR NO KEY UPDATE;
                    IF NEW.moved_on > (clock_timestamp() AT TIME ZONE (
                        SELECT u.time_zone FROM organisation_utility u WHERE u.id = 1))::date
                    THEN
                        RAISE EXCEPTION 'nobody has moved before the day has come'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_move_is_not_of_the_future';
                    END IF;
                    IF EXISTS (SELECT 1 FROM consumers_guard g
                                WHERE g.consumer_id IN (NEW.moved_out_id, NEW.moved_in_id))
                    THEN
                        RAISE EXCEPTION 'an open request guards one of the two'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_move_hands_something_over",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    -- Asked at the commit: its row alone would let an account end or come back.
                    IF NOT EXISTS (SELECT 1 FROM consumers_handedoverservice h
                                    WHERE h.change_id = NEW.id) THEN
                        RAISE EXCEPTION 'nobody moves without a service that goes over'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_move_hands_something_over';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Protect(name="moves_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"move at premise {self.premise_id}"


class HandedOverService(models.Model):
    """One service that went over in a move, and what its meter showed then for both."""

    append_only = True

    change = models.ForeignKey(OccupancyChange, on_delete=models.PROTECT, related_name="services")
    from_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="handed_on"
    )
    to_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="taken_over"
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_value = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change", "from_connection"], name="a_service_goes_over_once_a_move"
            ),
            models.CheckConstraint(
                condition=Q(meter__isnull=True, read_value__isnull=True)
                | Q(meter__isnull=False, read_value__gte=0),
                name="a_meter_is_read_when_it_goes_over",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_service_goes_over_as_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (
                        SELECT 1 FROM consumers_occupancychange o
                          JOIN consumers_serviceconnection f ON f.id = NEW.from_connection_id
                           AND f.consumer_id = o.moved_out_id AND f.premise_id = o.premise_id
                           AND f.supply_state = 'CONNECTED'
                          JOIN consumers_serviceconnection t ON t.id = NEW.to_connection_id
                           AND t.consumer_id = o.moved_in_id AND t.premise_id = o.premise_id
                           AND t.utility_type = f.utility_type
                         WHERE o.id = NEW.change_id
                           AND o.in_transaction = pg_current_xact_id()::text::bigint)
                    THEN
                        RAISE EXCEPTION 'the service is not one that goes over in this move'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_service_goes_over_as_it_is';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_service_goes_over_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    -- Asked at the commit: nobody is billed there any more, one household is since.
                    IF NOT EXISTS (
                        SELECT 1 FROM consumers_occupancychange o
                          JOIN consumers_serviceconnection f ON f.id = NEW.from_connection_id
                          JOIN consumers_serviceconnection t ON t.id = NEW.to_connection_id
                         WHERE o.id = NEW.change_id
                           AND f.supply_state = 'MOVED_OUT' AND f.billing_frozen_at IS NOT NULL
                           AND t.supply_state = 'CONNECTED' AND t.billing_frozen_at IS NULL
                           AND t.connected_on = o.moved_on)
                       OR EXISTS (
                        SELECT 1 FROM consumers_serviceconnection t
                          JOIN consumers_serviceconnection other
                            ON other.premise_id = t.premise_id AND other.id <> t.id
                           AND other.utility_type = t.utility_type
                           AND other.supply_state = 'CONNECTED'
                         WHERE t.id = NEW.to_connection_id)
                       OR EXISTS (
                        SELECT 1 FROM consumers_meterassignment a
                         WHERE a.service_connection_id = NEW.from_connection_id
                           AND upper_inf(a.during))
                       OR NEW.meter_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM consumers_meterassignment a
                         WHERE a.service_connection_id = NEW.to_connection_id
                           AND a.meter_id = NEW.meter_id AND upper_inf(a.during))
                    THEN
                        RAISE EXCEPTION 'a service went over by half'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_service_goes_over_whole';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Protect(
                name="handed_over_services_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"service of move {self.change_id}"
