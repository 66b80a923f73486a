"""Internal notes about a consumer (CON13)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from consumers.models.accounts import Consumer
from consumers.models.merging import nothing_begins
from smart360.trail.models import PersonalText


class ConsumerNote(models.Model):
    """What somebody wrote down about a consumer, for colleagues only.

    It is never edited. Its words lie apart, so that an erasure can blank them; who withdrew it
    stays beside who wrote it.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="notes")
    text = models.OneToOneField(PersonalText, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    pinned_at = models.DateTimeField(null=True, blank=True, help_text="Empty: not pinned.")
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pinned_at__isnull=True, pinned_by__isnull=True)
                | Q(pinned_at__isnull=False, pinned_by__isnull=False),
                name="a_pinned_note_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawn_note_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(pinned_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="a_withdrawn_note_is_not_pinned",
            ),
        ]
        indexes = [
            models.Index(fields=["consumer", "-id"], name="note_by_consumer"),
            models.Index(
                fields=["consumer", "-pinned_at"],
                name="note_that_is_pinned",
                condition=Q(pinned_at__isnull=False),
            ),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="notes_stay_as_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
                       AND to_jsonb(NEW) - ARRAY['pinned_at', 'pinned_by_id', 'withdrawn_at',
                                                 'withdrawn_by_id']
                         = to_jsonb(OLD) - ARRAY['pinned_at', 'pinned_by_id', 'withdrawn_at',
                                                 'withdrawn_by_id']
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'a note stays as it was written, and withdrawn for good'
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'notes_stay_as_written';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"
