"""Service orders and the services that they are about."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.models import Consumer, Meter, ServiceConnection
from consumers.models.merging import nothing_begins
from smart360.cases.choices import Priority
from smart360.cases.models import Case
from smart360.documents.models import StoredFile
from smart360.fieldwork.choices import (
    LIVE_STATUSES,
    WITH_A_DAY,
    WITH_A_TECHNICIAN,
    Cancelled,
    OrderKind,
    OrderStatus,
)
from smart360.fieldwork.lifecycle import arrows_as_sql
from smart360.fieldwork.models.people import Technician
from smart360.fieldwork.models.templates import LONGEST_MINUTES, OrderTemplate
from smart360.trail.rules import door_of_erasure

DOOR = door_of_erasure("OLD.consumer_id", "name", "description", "remarks", "completion")


class ServiceOrder(models.Model):
    """Work at a consumer's premise, made from a template, from a case or from the profile (SO1).

    What the template said is copied, so that a later change of it says nothing about this order.
    """

    number = models.CharField(max_length=20, help_text="SO-2026-000001.")
    template = models.ForeignKey(OrderTemplate, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField("type", max_length=15, choices=OrderKind)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="service_orders")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="service_orders"
    )
    address = models.CharField(max_length=200, help_text="As it was at creation.")
    area = models.CharField(max_length=60, blank=True)
    priority = models.CharField(max_length=10, choices=Priority)
    status = models.CharField(max_length=15, choices=OrderStatus, default=OrderStatus.OPEN)
    scheduled_on = models.DateField(null=True, blank=True)
    starts = models.TimeField(null=True, blank=True, help_text="Of the visit's window.")
    ends = models.TimeField(null=True, blank=True)
    estimated_minutes = models.PositiveSmallIntegerField()
    technician = models.ForeignKey(
        Technician, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    remarks = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Completed or cancelled.")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    completion = models.TextField(blank=True, help_text="What was done, in words.")
    cancelled_because = models.CharField(max_length=15, choices=Cancelled, blank=True)
    report = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="service_order_number_is_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=OrderKind.values), name="service_order_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="service_order_priority_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=OrderStatus.values), name="service_order_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_because__in=["", *Cancelled.values]),
                name="service_order_cancellation_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_A_DAY) | Q(scheduled_on__isnull=False),
                name="a_planned_order_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=WITH_A_TECHNICIAN, technician__isnull=False)
                | Q(status__in=[OrderStatus.COMPLETED, OrderStatus.CANCELLED])
                | Q(
                    status__in=[OrderStatus.OPEN, OrderStatus.SCHEDULED],
                    technician__isnull=True,
                    assigned_at__isnull=True,
                ),
                name="an_assigned_order_has_a_technician",
            ),
            models.CheckConstraint(
                condition=Q(technician__isnull=True, assigned_at__isnull=True)
                | Q(technician__isnull=False, assigned_at__isnull=False),
                name="an_assignment_says_when",
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__lt=F("ends"), scheduled_on__isnull=False),
                name="a_visit_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE_STATUSES, ended_at__isnull=True)
                | (~Q(status__in=LIVE_STATUSES) & Q(ended_at__isnull=False)),
                name="an_ended_order_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.CANCELLED, cancelled_because__gt="")
                | (~Q(status=OrderStatus.CANCELLED) & Q(cancelled_because="")),
                name="a_cancelled_order_says_why",
            ),
            models.CheckConstraint(
                condition=Q(estimated_minutes__range=(1, LONGEST_MINUTES)),
                name="a_service_order_takes_at_most_a_day",
            ),
        ]
        indexes = [
            # Service tab of a request, and of a consumer.
            models.Index(
                fields=["case", "-id"], name="order_by_case", condition=Q(case__isnull=False)
            ),
            models.Index(fields=["consumer", "-id"], name="order_by_consumer"),
            # The day board, and what waits for a day.
            models.Index(
                fields=["scheduled_on", "technician"],
                name="order_by_day",
                condition=Q(scheduled_on__isnull=False),
            ),
            # The list: live ones, newest first.
            models.Index(fields=["status", "-id"], name="order_by_status"),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="orders_move_along_arrows",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=pgtrigger.Func(
                    f"""
                    {DOOR}
                    IF (NEW.number, NEW.template_id, NEW.kind, NEW.consumer_id, NEW.case_id,
                        NEW.created_at, NEW.created_by_id, NEW.address, NEW.area)
                       IS DISTINCT FROM
                       (OLD.number, OLD.template_id, OLD.kind, OLD.consumer_id, OLD.case_id,
                        OLD.created_at, OLD.created_by_id, OLD.address, OLD.area)
                    THEN
                        RAISE EXCEPTION 'what a service order is about stays'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'what_an_order_is_about_stays';
                    END IF;
                    IF OLD.ended_at IS NOT NULL
                       AND to_jsonb(NEW) - ARRAY['report_id']
                           IS DISTINCT FROM to_jsonb(OLD) - ARRAY['report_id']
                    THEN
                        RAISE EXCEPTION 'service order % has ended', OLD.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_ended_order_stays';
                    END IF;
                    IF OLD.report_id IS NOT NULL AND NEW.report_id IS DISTINCT FROM OLD.report_id
                    THEN
                        RAISE EXCEPTION 'service order % has its report', OLD.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_order_has_one_report';
                    END IF;
                    IF NEW.status <> OLD.status
                       AND (OLD.status, NEW.status) NOT IN (VALUES {arrows_as_sql()})
                    THEN
                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'orders_move_along_arrows';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="an_order_is_about_one_household",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NEW.case_id IS NOT NULL AND NEW.consumer_id IS DISTINCT FROM
                       (SELECT c.consumer_id FROM cases_case c WHERE c.id = NEW.case_id)
                    THEN
                        RAISE EXCEPTION 'the case is about another consumer'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_order_is_about_one_household';
                    END IF;
                    IF NEW.kind IN ('DISCONNECTION', 'RECONNECTION') AND NEW.kind IS DISTINCT FROM
                       (SELECT c.kind FROM cases_case c WHERE c.id = NEW.case_id)
                    THEN
                        RAISE EXCEPTION 'supply is cut and given back by a request of that kind'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_cut_has_its_request';
                    END IF;
                    IF NEW.status NOT IN ('OPEN', 'SCHEDULED') THEN
                        RAISE EXCEPTION 'a service order begins before anybody has it'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_order_begins_at_its_beginning';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Protect(name="orders_are_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_live(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in LIVE_STATUSES


class OrderedService(models.Model):
    """One service connection that an order is about, with the meter it had then."""

    append_only = True

    service_order = models.ForeignKey(
        ServiceOrder, on_delete=models.PROTECT, related_name="services"
    )
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="+"
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_order", "service_connection"], name="a_service_is_ordered_once"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ordered_services_are_the_consumers_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM consumers_serviceconnection s
                                     JOIN fieldwork_serviceorder o ON o.consumer_id = s.consumer_id
                                    WHERE s.id = NEW.service_connection_id
                                      AND o.id = NEW.service_order_id)
                    THEN
                        RAISE EXCEPTION 'the service is another consumer''s'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'ordered_services_are_the_consumers_own';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"service of order {self.service_order_id}"
