"""What a disconnection or reconnection is about."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from consumers.choices import AccountStatus
from consumers.models import ServiceConnection
from disconnections.choices import IdentityCheck, IdentityDocument, Permanence
from disconnections.models.reasons import Reason
from disconnections.models.slots import SlotDay, TimeSlot
from smart360.cases.models import Case
from smart360.documents.models import StoredFile
from smart360.trail.rules import door_of_erasure


class DisconnectionRequest(models.Model):
    """What a consumer's disconnection or reconnection is about. Its status stands on the case."""

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="disconnection_request"
    )
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="requests")
    permanence = models.CharField(max_length=10, choices=Permanence, default=Permanence.PERMANENT)
    consumer_status = models.CharField(
        max_length=15, choices=AccountStatus, help_text="When the request was made; sets its type."
    )
    preferred_on = models.DateField(null=True, blank=True)
    slot = models.ForeignKey(
        TimeSlot, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    booking = models.ForeignKey(
        SlotDay,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        help_text="The place held: the wished one, or that of the visit once it is planned. "
        "Given back when the request ends.",
    )
    notes = models.TextField(blank=True)
    service_address = models.CharField(max_length=200, help_text="As it was at creation.")
    identity_check = models.CharField(
        max_length=20, choices=IdentityCheck, default=IdentityCheck.NOT_VERIFIED
    )
    identity_document = models.CharField(max_length=20, choices=IdentityDocument, blank=True)
    identity_last_four = models.CharField(max_length=4, blank=True)
    undoes = models.ForeignKey(
        "disconnections.Execution",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reconnections",
        help_text="Of a reconnection: the newest disconnection of its services that was done.",
    )
    tracking_token = models.CharField(max_length=43, help_text="The consumer's own link.")
    receipt = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tracking_token"], name="tracking_token_is_unique"),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(preferred_on__isnull=False),
                name="a_slot_has_a_day",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("notes"), 250),
                name="notes_have_at_most_250_characters",
            ),
            models.CheckConstraint(
                condition=Q(permanence__in=Permanence.values), name="permanence_is_known"
            ),
            models.CheckConstraint(
                condition=Q(identity_check__in=IdentityCheck.values),
                name="identity_check_is_known",
            ),
            models.CheckConstraint(
                condition=Q(identity_check=IdentityCheck.DOCUMENT_SEEN, identity_document__gt="")
                | (
                    ~Q(identity_check=IdentityCheck.DOCUMENT_SEEN)
                    & Q(identity_document="", identity_last_four="")
                ),
                name="a_document_seen_is_named",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="type_follows_the_consumer",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[
                    ("given", "text"),
                    ("connected", "boolean"),
                    ("services", "integer"),
                    ("opened", "date"),
                ],
                func=pgtrigger.Func(
                    """
                    SELECT c.kind,
                           (c.created_at AT TIME ZONE (SELECT u.time_zone
                              FROM organisation_utility u WHERE u.id = 1))::date
                      INTO given, opened FROM cases_case c WHERE c.id = NEW.case_id;
                    SELECT count(*), bool_or(s.was_connected) INTO services, connected
                      FROM disconnections_requestedservice s WHERE s.request_id = NEW.case_id;
                    IF services = 0 AND NEW.consumer_status NOT IN ('INACTIVE', 'DISCONNECTED') THEN
                        RAISE EXCEPTION 'a disconnection needs a connected service'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_disconnection_needs_a_connected_service';
                    END IF;
                    IF NEW.consumer_status IS DISTINCT FROM (
                        SELECT p.status FROM consumers_consumer p JOIN cases_case c
                            ON c.consumer_id = p.id WHERE c.id = NEW.case_id)
                       OR given <> (CASE WHEN NEW.consumer_status IN ('INACTIVE', 'DISCONNECTED')
                                       OR NOT coalesce(connected, false)
                                     THEN 'RECONNECTION' ELSE 'DISCONNECTION' END) THEN
                        RAISE EXCEPTION 'the type follows from the consumer, not from the form'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'type_follows_the_consumer';
                    END IF;
                    IF NEW.preferred_on < opened OR NEW.preferred_on > opened + 365 THEN
                        RAISE EXCEPTION 'the preferred date lies within a year of the request'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'preferred_date_lies_within_a_year';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_reconnection_says_what_it_undoes",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("newest", "bigint")],
                func=pgtrigger.Func(
                    """
                    -- A service that is off was switched off last by this one; what came back
                    -- since is on, so that nothing is undone twice.
                    SELECT x.request_id INTO newest
                      FROM disconnections_requestedservice own
                      JOIN cases_case c ON c.id = own.request_id AND c.kind = 'RECONNECTION'
                      JOIN disconnections_requestedservice cut
                        ON cut.service_connection_id = own.service_connection_id
                      JOIN disconnections_execution x ON x.request_id = cut.request_id
                      JOIN cases_case ended
                        ON ended.id = x.request_id AND ended.kind = 'DISCONNECTION'
                     WHERE own.request_id = NEW.case_id AND NOT own.was_connected
                     ORDER BY x.executed_at DESC, x.request_id DESC LIMIT 1;
                    IF NEW.undoes_id IS DISTINCT FROM newest THEN
                        RAISE EXCEPTION 'a reconnection undoes the newest disconnection'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reconnection_says_what_it_undoes';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="what_was_asked_for_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    door_of_erasure(  # noqa: S608  (put together from our own words)
                        "(SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.case_id)",
                        "notes",
                        "identity_last_four",
                        "tracking_token",
                    )
                    + """
                    -- A receipt is attached, once. The place follows the visit while the request
                    -- is open, and is given back. Nothing else moves.
                    IF TG_OP = 'UPDATE' THEN
                        IF to_jsonb(NEW) - ARRAY['booking_id', 'receipt_id']
                           = to_jsonb(OLD) - ARRAY['booking_id', 'receipt_id']
                           AND (NEW.booking_id IS NULL OR NEW.booking_id = OLD.booking_id
                                OR EXISTS (SELECT 1 FROM cases_case c
                                            WHERE c.id = OLD.case_id AND c.ended_at IS NULL))
                           AND (OLD.receipt_id IS NULL OR NEW.receipt_id = OLD.receipt_id)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'what was asked for stays as it was'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_asked_for_stays';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class RequestedService(models.Model):
    """One service connection that a request is about, and whether it was supplied then."""

    request = models.ForeignKey(
        DisconnectionRequest, on_delete=models.PROTECT, related_name="services"
    )
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="+"
    )
    was_connected = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "service_connection"], name="a_service_is_requested_once"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="services_are_the_consumers_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("is_connected", "boolean")],
                func=pgtrigger.Func(
                    """
                    IF TG_OP <> 'INSERT' THEN
                        RAISE EXCEPTION 'what was requested stays'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'requested_services_stay';
                    END IF;
                    SELECT s.supply_state = 'CONNECTED' INTO is_connected
                      FROM consumers_serviceconnection s
                      JOIN cases_case c ON c.consumer_id = s.consumer_id
                     WHERE s.id = NEW.service_connection_id AND c.id = NEW.request_id
                       AND c.status = 'PENDING' AND s.supply_state <> 'MOVED_OUT';
                    IF NEW.was_connected IS DISTINCT FROM is_connected THEN
                        RAISE EXCEPTION 'the service is not one of the consumer as it is now'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'services_are_the_consumers_own';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"service of {self.request_id}"
