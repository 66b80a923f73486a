"""Exports and erasures of one person's data: who asked, who decided, what became of it (R8)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.models import Consumer
from smart360.custody.choices import ExportFile, PrivacyKind, PrivacyState
from smart360.documents.models import StoredFile
from smart360.staff.permissions import Permission, roles_as_sql
from smart360.trail.models import PersonalText
from smart360.trail.rules import refuse_the_erased

UNDER_WAY = (PrivacyState.ASKED, PrivacyState.MAKING, PrivacyState.READY)
ARROWS = (
    (PrivacyKind.EXPORT, PrivacyState.ASKED, PrivacyState.DECLINED),
    (PrivacyKind.EXPORT, PrivacyState.ASKED, PrivacyState.MAKING),
    (PrivacyKind.EXPORT, PrivacyState.MAKING, PrivacyState.READY),
    (PrivacyKind.EXPORT, PrivacyState.READY, PrivacyState.GONE),
    (PrivacyKind.EXPORT, PrivacyState.MAKING, PrivacyState.GONE),
    (PrivacyKind.ERASURE, PrivacyState.ASKED, PrivacyState.DECLINED),
    (PrivacyKind.ERASURE, PrivacyState.ASKED, PrivacyState.ERASED),
)
"""From MAKING to GONE: an erasure overtakes an export that is being made."""
TITLE = "Personal data"
"""What the files of an export are called, before the account's number."""
ARROWS_AS_SQL = ", ".join(f"('{kind}', '{old}', '{new}')" for kind, old, new in ARROWS)


class PrivacyAct(models.Model):
    """One export or erasure of the data about a consumer.

    An erasure changes what nobody else may change. It proves itself by its row: what it blanks
    asks for ``in_transaction``, as an execution's does (ADR 23).
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="privacy_acts")
    kind = models.CharField(max_length=10, choices=PrivacyKind)
    state = models.CharField(max_length=10, choices=PrivacyState, default=PrivacyState.ASKED)
    reason = models.ForeignKey(
        PersonalText, on_delete=models.PROTECT, related_name="+", help_text="Why it was asked for."
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.ForeignKey(
        PersonalText,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Why it was declined.",
    )
    data = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paper = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When its files were deleted.")
    in_transaction = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PrivacyKind.values), name="privacy_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PrivacyState.values), name="privacy_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="a_privacy_act_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=PrivacyState.ASKED, decided_by__isnull=True, decided_at=None)
                | (
                    ~Q(state=PrivacyState.ASKED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="a_decided_privacy_act_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state=PrivacyState.READY)
                | Q(data__isnull=False, paper__isnull=False, made_at__isnull=False),
                name="a_ready_export_has_its_files",
            ),
            models.CheckConstraint(
                condition=Q(state=PrivacyState.GONE, gone_at__isnull=False)
                | (~Q(state=PrivacyState.GONE) & Q(gone_at__isnull=True)),
                name="a_deleted_export_says_when",
            ),
            models.UniqueConstraint(
                fields=["consumer", "kind"],
                condition=Q(state__in=UNDER_WAY),
                name="one_privacy_act_of_a_kind_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["consumer"],
                condition=Q(state=PrivacyState.ERASED),
                name="a_person_is_erased_once",
            ),
        ]
        indexes = [
            models.Index(fields=["consumer", "-asked_at"], name="privacy_act_by_consumer"),
            models.Index(
                fields=["made_at"],
                name="exports_that_end",
                condition=Q(state=PrivacyState.READY),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="nothing_is_asked_for_the_erased",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(refuse_the_erased("NEW.consumer_id") + "RETURN NEW;"),
            ),
            pgtrigger.Trigger(
                name="privacy_acts_move_along_arrows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("may_change", "text[]")],
                func=pgtrigger.Func(
                    f"""
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'who asked for a person''s data stays on record'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'privacy_acts_stay';
                    END IF;
                    NEW.in_transaction := 0;
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state <> 'ASKED' THEN
                            RAISE EXCEPTION 'it is asked for before it is decided'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'a_privacy_act_is_asked_for_first';
                        END IF;
                        RETURN NEW;
                    END IF;
                    may_change := CASE
                        WHEN OLD.state = 'ASKED' THEN
                             ARRAY['state', 'decided_at', 'decided_by_id', 'decision_id']
                        WHEN OLD.state = 'MAKING' THEN
                             ARRAY['state', 'data_id', 'paper_id', 'made_at', 'gone_at']
                        ELSE ARRAY['state', 'gone_at'] END || ARRAY['in_transaction'];
                    IF (NEW.kind, OLD.state, NEW.state) NOT IN (VALUES {ARROWS_AS_SQL})
                       OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change
                    THEN
                        RAISE EXCEPTION 'no arrow from % to %', OLD.state, NEW.state
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'privacy_acts_move_along_arrows';
                    END IF;
                    IF OLD.state = 'ASKED' AND NOT EXISTS (
                        SELECT 1 FROM staff_rolemembership m JOIN auth_group g ON g.id = m.group_id
                         WHERE m.person_id = NEW.decided_by_id
                           AND g.name IN {roles_as_sql(Permission.HANDLE_PRIVACY)})
                    THEN
                        RAISE EXCEPTION 'the role of who decides is not one that may'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'who_decides_may_handle_privacy';
                    END IF;
                    -- Its files go when it ends: no other file may stand there.
                    IF NEW.state = 'READY' AND NOT EXISTS (
                        SELECT 1 FROM consumers_consumer c
                          JOIN documents_storedfile d ON d.id = NEW.data_id
                           AND d.content_type = 'JSON'
                          JOIN documents_storedfile p ON p.id = NEW.paper_id
                           AND p.content_type = 'PDF'
                         WHERE c.id = NEW.consumer_id
                           AND (d.title, p.title) = ('{TITLE} ' || c.account_number,
                                                     '{TITLE} ' || c.account_number))
                    THEN
                        RAISE EXCEPTION 'an export is ready with its own two files'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_ready_export_has_its_files';
                    END IF;
                    IF NEW.state IN ('ERASED', 'GONE') THEN
                        NEW.in_transaction := pg_current_xact_id()::text::bigint;
                    END IF;
                    RETURN NEW;
                    """  # noqa: S608  (put together from our own words)
                ),
            ),
            pgtrigger.Trigger(
                name="an_erasure_erases_the_account",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    -- Asked at the commit: its row alone would open the doors to anybody's words.
                    IF NEW.state = 'ERASED' AND NOT EXISTS (
                        SELECT 1 FROM consumers_consumer c
                         WHERE c.id = NEW.consumer_id AND c.erased_at IS NOT NULL)
                    THEN
                        RAISE EXCEPTION 'whoever is erased is erased whole'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_account_is_erased_by_two_people';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of consumer {self.consumer_id}"


class ExportDownload(models.Model):
    """One time that somebody took a file of an export."""

    append_only = True

    act = models.ForeignKey(PrivacyAct, on_delete=models.PROTECT, related_name="downloads")
    file = models.CharField(max_length=10, choices=ExportFile)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__in=ExportFile.values), name="export_file_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file} by {self.by_id}"
