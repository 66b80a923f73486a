"""How a service is ended: what is prepared and ticked, and that it was done (DIS14 to DIS16)."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from consumers.choices import AccountStatus, MeterPlace
from consumers.models import InventoryMovement, Meter, ServiceConnection, Warehouse
from disconnections.choices import (
    ClosureItem,
    ClosurePaper,
    MeterAction,
    NoticeWay,
    Permanence,
    ReconnectionItem,
)
from disconnections.models.protections import not_of_the_future
from disconnections.models.requests import DisconnectionRequest, RequestedService
from smart360.cases.models import Approval
from smart360.comms.models import Message
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.permissions import Permission, roles_as_sql

MOST_ITEMS = len(ClosureItem.values)
WHILE_OPEN = """
    IF TG_OP <> 'DELETE' THEN
        of_request := NEW.{column};
    ELSE
        of_request := OLD.{column};
    END IF;
    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = {of_case} AND c.ended_at IS NULL) THEN
        RAISE EXCEPTION 'the request has ended: how it was closed stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closure_stays_as_it_was';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


def while_open(column: str, of_case: str = "of_request") -> pgtrigger.Trigger:
    """A row that changes only while its request is open."""
    return pgtrigger.Trigger(
        name="a_closure_stays_as_it_was",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("of_request", "bigint")],
        func=pgtrigger.Func(WHILE_OPEN.replace("{column}", column).replace("{of_case}", of_case)),
    )


@pghistory.track()
class ClosurePolicy(models.Model):
    """What has to be done before a service is ended or comes back. There is exactly one row."""

    minimum_items = models.PositiveSmallIntegerField(
        "items of the checklist that must be done",
        default=MOST_ITEMS,
        help_text="1 to 6. What does not apply to a request counts as done.",
    )
    asks_identity = models.BooleanField(
        "identity must be checked",
        default=True,
        help_text="Before a closure that the consumer asked for is carried out.",
    )
    reconnection_fee = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=0,
        help_text="Charged once when a reconnection is requested; 0: none.",
    )
    run_alone_up_to = models.PositiveIntegerField(
        "requests of a non-payment run that one person may start alone",
        default=50,
        help_text="A larger run is started by a second person. 0: every run.",
    )

    class Meta:
        verbose_name = "closure policy"
        verbose_name_plural = "closure policy"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_closure_policy"),
            models.CheckConstraint(
                condition=Q(minimum_items__range=(1, MOST_ITEMS)),
                name="the_checklist_has_six_items",
                violation_error_message="Enter a number from 1 to 6.",
            ),
            models.CheckConstraint(
                condition=Q(reconnection_fee__gte=0, reconnection_fee__lt=10**6),
                name="a_reconnection_fee_is_not_negative",
                violation_error_message="Enter an amount from 0 to 999,999.99.",
            ),
        ]

    def __str__(self) -> str:
        return "Closure policy"


class Closure(models.Model):
    """What was prepared for carrying out one request: the service order it is done under."""

    request = models.OneToOneField(
        DisconnectionRequest, on_delete=models.PROTECT, primary_key=True, related_name="closure"
    )
    service_order = models.ForeignKey(
        ServiceOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change.")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [while_open("request_id")]

    def __str__(self) -> str:
        return f"closure of {self.pk}"


class ClosureMeter(models.Model):
    """What is to become of the meter of one service of a request.

    ``device_number`` is what was typed; ``meter`` is there once it was found to be this service's.
    """

    requested_service = models.OneToOneField(
        RequestedService, on_delete=models.PROTECT, primary_key=True, related_name="closure_meter"
    )
    action = models.CharField(max_length=10, choices=MeterAction, default=MeterAction.UNASSIGN)
    location_is_gone = models.BooleanField(
        "service location permanently deactivated", default=False
    )
    is_damaged = models.BooleanField("meter damaged", default=False)
    destination = models.CharField(max_length=15, choices=MeterPlace, blank=True)
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    device_number = models.CharField(max_length=40, blank=True)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=MeterAction.values), name="meter_action_is_known"
            ),
            models.CheckConstraint(
                condition=Q(action=MeterAction.REMOVE)
                | Q(location_is_gone=False, is_damaged=False),
                name="a_damaged_meter_is_removed",
            ),
            models.CheckConstraint(
                condition=Q(
                    action=MeterAction.REMOVE,
                    destination=MeterPlace.IN_WAREHOUSE,
                    warehouse__isnull=False,
                )
                | Q(
                    action=MeterAction.REMOVE,
                    destination=MeterPlace.DECOMMISSIONED,
                    warehouse__isnull=True,
                )
                | Q(action=MeterAction.UNASSIGN, destination="", warehouse__isnull=True),
                name="a_removed_meter_goes_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(meter__isnull=True) | ~Q(device_number=""),
                name="a_verified_meter_was_typed",
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


class ChecklistTick(models.Model):
    """An item of the checklist that a person confirmed by hand, with what the system showed then.

    ``evidence`` holds codes and figures. ``done_at`` is when Execute did what was confirmed as
    "will be done by Execute".
    """

    removable = True

    request = models.ForeignKey(
        DisconnectionRequest, on_delete=models.PROTECT, related_name="checklist"
    )
    item = models.CharField(max_length=20, choices=ClosureItem.choices + ReconnectionItem.choices)
    ticked_at = models.DateTimeField()
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    evidence = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "item"], name="an_item_is_ticked_once"),
            models.CheckConstraint(
                condition=Q(item__in=ClosureItem.values + ReconnectionItem.values),
                name="closure_item_is_known",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True)
                | Q(item__in=[ClosureItem.RECORDS_ARCHIVED, ClosureItem.ACCOUNT_CLOSED]),
                name="execute_does_the_last_two",
            ),
        ]
        triggers = [while_open("request_id")]

    def __str__(self) -> str:
        return f"{self.item} of {self.request_id}"


class ClosureNotice(models.Model):
    """The consumer was given the closure notice or the final bill of a request (DIS15).

    By e-mail it is a message, whose delivery says what became of it; on paper it is a day.
    """

    append_only = True

    request = models.ForeignKey(
        DisconnectionRequest, on_delete=models.PROTECT, related_name="closure_notices"
    )
    paper = models.CharField(max_length=10, choices=ClosurePaper)
    way = models.CharField(max_length=12, choices=NoticeWay)
    given_on = models.DateField()
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    invoice_number = models.CharField(
        max_length=20, blank=True, help_text="Which bill was given: a later one counts anew."
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paper__in=ClosurePaper.values), name="closure_paper_is_known"
            ),
            models.CheckConstraint(
                condition=Q(way=NoticeWay.EMAIL, message__isnull=False)
                | Q(way__in=[NoticeWay.POSTED, NoticeWay.HANDED_OVER], message__isnull=True),
                name="a_notice_by_mail_is_a_message",
            ),
            models.CheckConstraint(
                condition=Q(paper=ClosurePaper.BILL, invoice_number__gt="")
                | Q(paper=ClosurePaper.NOTICE, invoice_number=""),
                name="a_bill_that_was_given_has_a_number",
            ),
        ]
        indexes = [
            # What the consumer of a request was given, newest first.
            models.Index(fields=["request", "-id"], name="notice_by_request"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="closure_notices_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            not_of_the_future("given_on", "at"),
        ]

    def __str__(self) -> str:
        return f"{self.paper} of {self.request_id}"


class Execution(models.Model):
    """A request was carried out: once, under one service order (W9 to W11).

    Its row comes first in the transaction that does it: what only Execute may do (end an account,
    switch a service off, complete the case) asks for it by ``in_transaction``.
    """

    append_only = True

    request = models.OneToOneField(
        DisconnectionRequest, on_delete=models.PROTECT, primary_key=True, related_name="execution"
    )
    service_order = models.OneToOneField(
        ServiceOrder, on_delete=models.PROTECT, related_name="execution"
    )
    permanence = models.CharField(max_length=10, choices=Permanence)
    account_status = models.CharField(
        max_length=15, choices=AccountStatus, help_text="Of the account afterwards."
    )
    items_done = models.PositiveSmallIntegerField(help_text="Of the checklist's six.")
    approval = models.ForeignKey(
        Approval, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    executed_at = models.DateTimeField()
    executed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    in_transaction = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(permanence__in=Permanence.values),
                name="permanence_of_execution_is_known",
            ),
            models.CheckConstraint(
                condition=Q(account_status__in=AccountStatus.values),
                name="account_status_of_execution_is_known",
            ),
            models.CheckConstraint(
                condition=Q(items_done__range=(0, MOST_ITEMS)), name="six_items_are_done_at_most"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="an_execution_is_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("of_case", "cases_case%ROWTYPE"),
                    ("ordered", "fieldwork_serviceorder%ROWTYPE"),
                    ("decision", "text"),
                    ("verdict", "text"),
                ],
                func=pgtrigger.Func(
                    f"""
                    NEW.in_transaction := pg_current_xact_id()::text::bigint;
                    SELECT * INTO of_case FROM cases_case c WHERE c.id = NEW.request_id;
                    SELECT * INTO ordered FROM fieldwork_serviceorder o
                     WHERE o.id = NEW.service_order_id;
                    IF of_case.status IS DISTINCT FROM 'IN_PROGRESS' THEN
                        RAISE EXCEPTION 'only a request in progress is carried out'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'only_a_request_in_progress_is_executed';
                    END IF;
                    IF ordered.kind <> of_case.kind OR ordered.consumer_id <> of_case.consumer_id
                       OR ordered.status NOT IN ('ASSIGNED', 'IN_PROGRESS', 'COMPLETED')
                    THEN
                        RAISE EXCEPTION 'the service order is not one of this request'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_execution_has_its_service_order';
                    END IF;
                    -- What counts is the live approval, else the last one.
                    SELECT a.state INTO decision FROM cases_approval a
                     WHERE a.case_id = NEW.request_id
                     ORDER BY a.state IN ('PENDING', 'APPROVED') DESC, a.id DESC LIMIT 1;
                    IF of_case.kind = 'DISCONNECTION' THEN
                        SELECT v.answer INTO verdict FROM disconnections_protectionverdict v
                         WHERE v.case_id = NEW.request_id ORDER BY v.id DESC LIMIT 1;
                    END IF;
                    IF verdict = 'BLOCKED' THEN
                        RAISE EXCEPTION 'the account is protected'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_execution_is_not_blocked';
                    END IF;
                    IF decision IN ('PENDING', 'REJECTED')
                       OR verdict = 'NEEDS_APPROVAL' AND decision IS DISTINCT FROM 'APPROVED'
                    THEN
                        RAISE EXCEPTION 'the request waits for approval'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_execution_waits_for_approval';
                    END IF;
                    IF EXISTS (SELECT 1 FROM cases_approval a WHERE a.case_id = NEW.request_id
                                AND a.state = 'APPROVED' AND a.decided_by_id = NEW.executed_by_id)
                    THEN
                        RAISE EXCEPTION 'who approves does not execute'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'who_approves_does_not_execute';
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM staff_rolemembership m
                                     JOIN auth_group g ON g.id = m.group_id
                                    WHERE m.person_id = NEW.executed_by_id
                                      AND g.name IN {roles_as_sql(Permission.EXECUTE)})
                    THEN
                        RAISE EXCEPTION 'the role of who executes is not one that does'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'who_executes_may';
                    END IF;
                    RETURN NEW;
                    """  # noqa: S608  (put together from our own role names)
                ),
            ),
            pgtrigger.Trigger(
                name="an_execution_completes_its_request",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM cases_case c
                                     JOIN fieldwork_serviceorder o ON o.id = NEW.service_order_id
                                    WHERE c.id = NEW.request_id AND c.status = 'COMPLETED'
                                      AND o.status = 'COMPLETED')
                    THEN
                        RAISE EXCEPTION 'what was carried out is completed'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_execution_completes_its_request';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Protect(
                name="executions_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"execution of {self.pk}"


class ExecutedMeter(models.Model):
    """What an execution did with the meter of one service: one movement if it was removed (W12)."""

    append_only = True

    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="meters")
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="+"
    )
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10, choices=MeterAction)
    movement = models.OneToOneField(
        InventoryMovement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["execution", "service_connection"], name="a_service_is_ended_once"
            ),
            models.CheckConstraint(
                condition=Q(action=MeterAction.REMOVE, movement__isnull=False)
                | Q(action=MeterAction.UNASSIGN, movement__isnull=True),
                name="a_removed_meter_has_its_movement",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_movement_is_of_this_meter",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NEW.movement_id IS NOT NULL AND NEW.meter_id IS DISTINCT FROM
                       (SELECT v.meter_id FROM consumers_inventorymovement v
                         WHERE v.id = NEW.movement_id)
                    THEN
                        RAISE EXCEPTION 'the movement is of another meter'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_movement_is_of_this_meter';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Protect(
                name="executed_meters_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"meter of execution {self.execution_id}"
