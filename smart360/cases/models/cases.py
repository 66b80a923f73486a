"""The case, its holds and the alerts raised for it."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.lookups import GreaterThanOrEqual

from consumers.models.merging import nothing_begins
from smart360.cases.choices import (
    ENDED_STATUSES,
    OPEN_STATUSES,
    AlertLevel,
    CaseKind,
    CaseStatus,
    ClosingReason,
    HoldEnding,
    Metric,
    Priority,
    WaitsFor,
)
from smart360.cases.lifecycle import FEWEST_LETTERS, LETTERS, arrows_as_sql
from smart360.cases.models.completing import COMPLETED_BY_EXECUTION
from smart360.cases.models.following import FOLLOWED_BY_ITS_RUN
from smart360.cases.models.guards import IS_ASSIGNED_BY_LINE, KEEPS_ITS_TIMES
from smart360.cases.models.lists import LIST_INDEXES, OPEN
from smart360.cases.models.policies import SlaPolicy
from smart360.cases.models.tallying import ARE_TALLIED

LETTERS_OF_THE_END = Func(F("closing_note"), template=LETTERS, output_field=IntegerField())
SAYS_WHY = Q(GreaterThanOrEqual(LETTERS_OF_THE_END, FEWEST_LETTERS))
"""What ends it says why: letters as they are read, not blanks or what nobody sees (W16)."""


class Case(models.Model):
    """One matter that somebody works on: a disconnection, a reconnection, a complaint.

    What a kind adds lives in its own table with this row as primary key.
    """

    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=15, choices=CaseKind)
    consumer = models.ForeignKey(
        "consumers.Consumer", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    status = models.CharField(max_length=15, choices=CaseStatus, default=CaseStatus.PENDING)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each status change.")
    priority = models.CharField(max_length=10, choices=Priority)
    notifies_consumer = models.BooleanField(help_text="Whether courtesy messages go out.")

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_reason = models.CharField(max_length=20, choices=ClosingReason, blank=True)
    closing_note = models.TextField(blank=True)

    topic = models.CharField(
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text="Code of a complaint's category.",
    )
    subtopic = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="Key of a complaint's sub-category; the database sets it.",
    )

    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(
        help_text="Creation plus resolution time; never changes by holds."
    )
    adjusted_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Follows holds; empty while a hold has no known end."
    )
    warns_at = models.DateTimeField(null=True, blank=True)
    breaches_at = models.DateTimeField(null=True, blank=True)
    next_alert_at = models.DateTimeField(
        null=True, blank=True, help_text="When the next warning or escalation is to be raised."
    )
    resolution_time = models.DurationField(
        null=True, blank=True, help_text="Counted time from creation to the end (SLA4)."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="case_number_is_unique"),
            models.UniqueConstraint(
                fields=["consumer"],
                condition=OPEN & Q(kind__in=[CaseKind.DISCONNECTION, CaseKind.RECONNECTION]),
                name="one_open_request_per_account",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values), name="case_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(topic="") | Q(kind=CaseKind.COMPLAINT),
                name="only_a_complaint_has_a_topic",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CaseStatus.values), name="case_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="case_priority_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=CaseKind.COMPLAINT) | Q(consumer__isnull=False),
                name="a_request_has_a_consumer",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED_STATUSES) ^ Q(ended_at__isnull=True),
                name="an_ended_case_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.CLOSED, closing_reason__in=ClosingReason.values)
                | (~Q(status=CaseStatus.CLOSED) & Q(closing_reason="")),
                name="a_closed_case_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(closing_reason=ClosingReason.OTHER) | SAYS_WHY,
                name="closing_for_another_reason_says_which",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.REJECTED) | SAYS_WHY,
                name="a_rejected_complaint_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[CaseStatus.RESOLVED, CaseStatus.REJECTED])
                | Q(closing_note__regex=r"\S"),
                name="a_decided_complaint_says_how",
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.PENDING)
                | Q(status=CaseStatus.CLOSED)
                | Q(acknowledged_at__isnull=False),
                name="work_begins_with_acknowledgement",
            ),
        ]
        indexes = [
            *LIST_INDEXES,
            # A number that was begun: LIKE 'DIS-2024-00%', whatever the database sorts by.
            models.Index(OpClass(F("number"), "varchar_pattern_ops"), name="case_by_number_begun"),
            # The worker that warns and escalates.
            models.Index(
                fields=["next_alert_at"],
                name="case_to_alert",
                condition=OPEN & Q(next_alert_at__isnull=False),
            ),
            # A consumer's requests and complaints.
            models.Index(fields=["consumer", "-created_at"], name="case_by_consumer"),
        ]
        triggers = [
            nothing_begins(also=pgtrigger.UpdateOf("status", "consumer_id")),
            COMPLETED_BY_EXECUTION,
            FOLLOWED_BY_ITS_RUN,
            pgtrigger.Trigger(
                name="cases_move_along_arrows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=pgtrigger.Func(
                    f"""
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.status <> 'PENDING' OR NEW.version <> 1 THEN
                            RAISE EXCEPTION 'a case begins as Pending'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'a_case_begins_as_pending';
                        END IF;
                        IF NEW.created_at > clock_timestamp() + interval '5 seconds' THEN
                            RAISE EXCEPTION 'a case cannot begin in the future'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'a_case_begins_now';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF (NEW.number, NEW.kind, NEW.topic, NEW.priority, NEW.policy_id,
                        NEW.created_at)
                       IS DISTINCT FROM
                       (OLD.number, OLD.kind, OLD.topic, OLD.priority, OLD.policy_id,
                        OLD.created_at)
                       OR (OLD.consumer_id IS NOT NULL
                           AND NEW.consumer_id IS DISTINCT FROM OLD.consumer_id)
                       OR (OLD.subtopic IS NOT NULL
                           AND NEW.subtopic IS DISTINCT FROM OLD.subtopic)
                       OR (OLD.created_by_id IS DISTINCT FROM NEW.created_by_id)
                    THEN
                        RAISE EXCEPTION 'what a case began with stays'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'the_origin_of_a_case_stays';
                    END IF;
                    IF (OLD.acknowledged_at IS NOT NULL AND
                        (NEW.acknowledged_at, NEW.acknowledged_by_id)
                        IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id))
                       OR (OLD.responded_at IS NOT NULL AND
                        (NEW.responded_at, NEW.responded_by_id)
                        IS DISTINCT FROM (OLD.responded_at, OLD.responded_by_id))
                    THEN
                        RAISE EXCEPTION 'a milestone of a case is reached once'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_milestone_is_reached_once';
                    END IF;
                    IF NEW.status = OLD.status THEN
                        IF NEW.version <> OLD.version THEN
                            RAISE EXCEPTION 'only a status change is a new version'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'a_version_is_a_status_change';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF (NEW.kind, OLD.status, NEW.status)
                       NOT IN (VALUES {arrows_as_sql()})
                    THEN
                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'cases_move_along_arrows';
                    END IF;
                    NEW.version := OLD.version + 1;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="each_version_has_its_entry",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status", "version"),
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.case_id = NEW.id
                                    AND e.case_version = NEW.version
                                    AND e.new ->> 'status' = NEW.status) THEN
                        RAISE EXCEPTION 'case % version % has no entry', NEW.number, NEW.version
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'each_version_has_its_entry';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_due_time_moves_with_its_line",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("due_at"),
                condition=pgtrigger.Condition("OLD.due_at IS DISTINCT FROM NEW.due_at"),
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.case_id = NEW.id
                                    AND e.kind = 'SLA_CORRECTED'
                                    AND (e.new ->> 'due_at')::timestamptz = NEW.due_at) THEN
                        RAISE EXCEPTION 'case % is due at another time without a line', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_due_time_moves_with_its_line';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
            KEEPS_ITS_TIMES,
            IS_ASSIGNED_BY_LINE,
            pgtrigger.Protect(name="cases_are_never_deleted", operation=pgtrigger.Delete),
            ARE_TALLIED,
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in OPEN_STATUSES


@pghistory.track()
class HoldReason(models.Model):
    """Why a case may be put on hold, and whether its resolution clock pauses meanwhile (SLA2)."""

    code = models.CharField(max_length=30)
    label = models.CharField(max_length=80)
    waits_for = models.CharField(max_length=20, choices=WaitsFor)
    pauses = models.BooleanField(default=False, help_text="The resolution clock pauses.")
    is_active = models.BooleanField(default=True, help_text="Retire a reason; never delete it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="hold_reason_code_is_taken_once"),
            models.CheckConstraint(
                condition=Q(waits_for__in=WaitsFor.values), name="hold_waits_for_somebody_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Hold(models.Model):
    """One time that a case was on hold, with what it waited for."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    reason = models.ForeignKey(HoldReason, on_delete=models.PROTECT, related_name="+")
    waits_for = models.CharField(max_length=20, choices=WaitsFor)
    pauses = models.BooleanField(help_text="As the reason said when the hold began.")
    since = models.DateTimeField()
    resume_by = models.DateTimeField()
    at_resume_by = models.CharField(max_length=10, choices=HoldEnding, default=HoldEnding.RESUMES)
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="one_hold_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(resume_by__gt=F("since")), name="a_hold_resumes_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")),
                name="a_hold_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(at_resume_by__in=HoldEnding.values), name="hold_ending_is_known"
            ),
        ]
        indexes = [
            # The worker that resumes or reminds.
            models.Index(
                fields=["resume_by"], name="hold_to_end", condition=Q(ended_at__isnull=True)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="holds_stay_as_they_were",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    -- The clocks are computed from the holds: only their end is written, once.
                    IF TG_OP = 'UPDATE' THEN
                        IF OLD.ended_at IS NULL
                           AND (NEW.case_id, NEW.reason_id, NEW.waits_for, NEW.pauses, NEW.since,
                                NEW.resume_by, NEW.at_resume_by, NEW.put_by_id)
                               IS NOT DISTINCT FROM
                               (OLD.case_id, OLD.reason_id, OLD.waits_for, OLD.pauses, OLD.since,
                                OLD.resume_by, OLD.at_resume_by, OLD.put_by_id)
                           AND (OLD.reminded_at IS NULL OR NEW.reminded_at = OLD.reminded_at)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a hold stays as it was'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_stay_as_they_were';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"hold of case {self.case_id}"


class Alert(models.Model):
    """A warning or an escalation that was raised, once (T3)."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts")
    metric = models.CharField(max_length=20, choices=Metric)
    level = models.CharField(max_length=12, choices=AlertLevel)
    was_due_at = models.DateTimeField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "metric", "level"], name="an_alert_is_raised_once"
            ),
            models.CheckConstraint(
                condition=Q(metric__in=Metric.values), name="alert_metric_is_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=AlertLevel.values), name="alert_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.metric} of case {self.case_id}"
