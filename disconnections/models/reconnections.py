"""How a service comes back: what it is measured with, what that showed, what it costs (DIS17)."""

import pgtrigger
from django.db import models
from django.db.models import Q

from billing.models import LedgerTransaction
from consumers.models import InventoryMovement, Meter, ServiceConnection
from disconnections.models.closures import Execution, while_open
from disconnections.models.requests import DisconnectionRequest, RequestedService


class ReconnectionMeter(models.Model):
    """What one service of a reconnection is to be measured with, and what that shows then.

    ``meter_number`` is what was typed; ``meter`` is the one that was found for it.
    """

    requested_service = models.OneToOneField(
        RequestedService,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="reconnection_meter",
    )
    meter_number = models.CharField(max_length=40, blank=True)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reading = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True, help_text="In the meter's unit."
    )
    read_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(meter__isnull=True, meter_number="")
                | Q(meter__isnull=False, meter_number__gt=""),
                name="a_meter_of_a_reconnection_was_typed",
            ),
            models.CheckConstraint(
                condition=Q(reading__isnull=True, read_on__isnull=True)
                | Q(reading__gte=0, read_on__isnull=False, meter__isnull=False),
                name="an_opening_reading_has_its_day_and_meter",
            ),
        ]
        triggers = [
            while_open(
                "requested_service_id",
                "(SELECT s.request_id FROM disconnections_requestedservice s"
                " WHERE s.id = of_request)",
            )
        ]

    def __str__(self) -> str:
        return f"meter of {self.pk}"


class ReconnectionFee(models.Model):
    """The fee of one reconnection, charged once; its posting is reversed when nothing comes of it.

    The amount stands in the ledger.
    """

    append_only = True

    request = models.OneToOneField(
        DisconnectionRequest,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="reconnection_fee",
    )
    posting = models.OneToOneField(LedgerTransaction, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="a_reconnection_fee_is_of_its_request",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM billing_ledgertransaction t
                                     JOIN cases_case c ON c.consumer_id = t.consumer_id
                                    WHERE t.id = NEW.posting_id AND c.id = NEW.request_id
                                      AND c.kind = 'RECONNECTION' AND t.reference = c.number
                                      AND t.kind = 'RECONNECTION_FEE')
                    THEN
                        RAISE EXCEPTION 'the posting is no fee of this reconnection'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reconnection_fee_is_of_its_request';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Protect(
                name="reconnection_fees_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"fee of {self.pk}"


class ReconnectedService(models.Model):
    """What the execution of a reconnection did with one service: its meter, and where it began.

    ``movement`` is there when the meter was fetched from a warehouse (W12). ``read_value`` is what
    the reading said that was kept then, in the meter's unit.
    """

    append_only = True

    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="reconnected")
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="+"
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    movement = models.OneToOneField(
        InventoryMovement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_value = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    read_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["execution", "service_connection"], name="a_service_comes_back_once"
            ),
            models.CheckConstraint(
                condition=Q(meter__isnull=False, read_value__gte=0, read_on__isnull=False)
                | Q(
                    meter__isnull=True,
                    movement__isnull=True,
                    read_value__isnull=True,
                    read_on__isnull=True,
                ),
                name="a_reconnected_meter_was_read",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_reconnected_service_is_of_its_request",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (
                        SELECT 1 FROM disconnections_requestedservice s
                          JOIN cases_case c ON c.id = s.request_id
                         WHERE s.request_id = NEW.execution_id AND c.kind = 'RECONNECTION'
                           AND s.service_connection_id = NEW.service_connection_id)
                    THEN
                        RAISE EXCEPTION 'the service is not one of this reconnection'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reconnected_service_is_of_its_request';
                    END IF;
                    IF NEW.movement_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM consumers_inventorymovement v
                         WHERE v.id = NEW.movement_id AND v.meter_id = NEW.meter_id
                           AND v.to_place = 'ON_SITE')
                    THEN
                        RAISE EXCEPTION 'the movement did not bring this meter'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_movement_brings_this_meter';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Protect(
                name="reconnected_services_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"service of execution {self.execution_id}"
