"""A complaint that is still being written: what was typed, and the files so far (CMP2)."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models

from complaints.models.evidence import COUNTED, WITHIN_LIMITS
from smart360.documents.models import PendingFile


class ComplaintDraft(models.Model):
    """One complaint that one person is writing. Several may be open beside each other.

    It outlives a reload, a lost session and a restart; a sweep takes it with its files when
    nobody has touched it for some days.
    """

    removable = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    typed = models.JSONField(default=dict, help_text="Field → list of values, step by step.")
    form_key = models.UUIDField(default=uuid.uuid4, help_text="Of the submit at the end.")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-saved_at"], name="draft_by_person"),
            models.Index(fields=["saved_at"], name="draft_by_age"),  # nightly sweep
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_draft_stays_its_writers", fields=["person", "form_key", "begun_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.person_id}"


class DraftFile(models.Model):
    """One file of a draft, kept apart until the complaint is submitted."""

    removable = True

    draft = models.ForeignKey(ComplaintDraft, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(PendingFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="a_draft_is_within_limits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=COUNTED,
                func=pgtrigger.Func(
                    WITHIN_LIMITS.format(
                        above="complaints_complaintdraft",
                        key="id",
                        owner="draft",
                        table="complaints_draftfile",
                        files="documents_pendingfile",
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"file of {self.draft_id}"
