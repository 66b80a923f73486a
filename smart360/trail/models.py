"""The record: entries that are never changed, and the personal texts they point to."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from smart360.trail.choices import Event
from smart360.trail.rules import AS_ERASED, NOBODY_IS_BEHIND_IT, WHOSE_CASE

KEPT_ABOUT_A_MERGED_ACCOUNT = (
    Event.ACCOUNTS_MERGED,
    Event.MERGE_UNDONE,
    Event.DATA_EXPORT_ASKED,
    Event.DATA_EXPORT_APPROVED,
    Event.DATA_EXPORT_DECLINED,
    Event.ERASURE_ASKED,
    Event.ERASURE_DECLINED,
    Event.PERSON_ERASED,
    Event.DOCUMENT_MADE,
    Event.DOCUMENT_RETRIED,
)
"""What still happens to an account that was merged into another: papers, and privacy (R8)."""
OF_A_MERGED_ACCOUNT = ", ".join(f"'{event.value}'" for event in KEPT_ABOUT_A_MERGED_ACCOUNT)


class PersonalText(models.Model):
    """Words that may name a person, kept apart so that erasure can blank them and nothing else.

    The digest stays, so that the chain still verifies afterwards.
    """

    append_only = True

    text = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text as it was written.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="text_digest_is_sha256"
            )
        ]

    def __str__(self) -> str:
        return f"text {self.pk}"


class Entry(models.Model):
    """One thing that happened, to a case, to a consumer or to the installation (COM6).

    Entries of one case are numbered by ``seq`` without a hole and chained by hash; the trigger
    numbers and chains them, whatever the caller sends.
    """

    append_only = True

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    consumer = models.ForeignKey(
        "consumers.Consumer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
    )
    kind = models.CharField(max_length=30, choices=Event)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty when a worker acted.",
    )
    old = models.JSONField(default=dict, help_text="Codes and figures before, never personal.")
    new = models.JSONField(default=dict, help_text="Codes and figures after, never personal.")
    text = models.ForeignKey(
        PersonalText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    case_version = models.PositiveIntegerField(
        null=True, blank=True, help_text="The status change that this entry records."
    )
    seq = models.PositiveIntegerField(default=0)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "seq"],
                condition=Q(case__isnull=False),
                name="case_entries_are_numbered_once",
            ),
            models.UniqueConstraint(
                fields=["case", "case_version"],
                condition=Q(case_version__isnull=False),
                name="a_status_change_has_one_entry",
            ),
            models.CheckConstraint(
                condition=Q(case_version__isnull=True) | Q(case__isnull=False),
                name="a_version_belongs_to_a_case",
            ),
            models.CheckConstraint(condition=Q(kind__in=Event.values), name="entry_kind_is_known"),
        ]
        indexes = [
            # A consumer's timeline, newest first; a case's timeline goes by (case, seq).
            models.Index(
                fields=["consumer", "-at"],
                name="entry_by_consumer",
                condition=Q(consumer__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entries_are_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="entries_are_chained",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("account", "record"), ("last", "record"), ("words", "text")],
                func=pgtrigger.Func(
                    f"""
                    IF NEW.at > clock_timestamp() + interval '5 seconds' THEN
                        RAISE EXCEPTION 'an entry cannot lie in the future'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT p.erased_at, p.merged_into_id INTO account FROM consumers_consumer p
                     WHERE p.id = coalesce(NEW.consumer_id, {WHOSE_CASE.format(column="case_id")});
                    IF account.erased_at IS NOT NULL THEN
                        RAISE EXCEPTION {NOBODY_IS_BEHIND_IT}
                            USING {AS_ERASED};
                    END IF;
                    -- What is over may still be rated, answered or retried.
                    IF account.merged_into_id IS NOT NULL AND NEW.case_id IS NULL
                       AND NEW.kind NOT IN ({OF_A_MERGED_ACCOUNT}) THEN
                        RAISE EXCEPTION 'this account was merged into another one'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';
                    END IF;
                    IF NEW.case_id IS NULL THEN
                        NEW.seq := 0;
                        NEW.previous_hash := '';
                        NEW.hash := '';
                        RETURN NEW;
                    END IF;
                    PERFORM 1 FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
                    SELECT seq, hash INTO last FROM trail_entry
                     WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
                    SELECT digest INTO words FROM trail_personaltext WHERE id = NEW.text_id;
                    NEW.seq := coalesce(last.seq, 0) + 1;
                    NEW.previous_hash := coalesce(last.hash, '');
                    NEW.hash := encode(sha256(convert_to(concat_ws('|',
                        NEW.previous_hash, NEW.case_id, NEW.seq, NEW.kind,
                        extract(epoch from NEW.at)::numeric(20, 6), NEW.actor_id, NEW.case_version,
                        NEW.old::text, NEW.new::text, words), 'UTF8')), 'hex');
                    RETURN NEW;
                    """  # noqa: S608  (put together from our own words)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
