"""Stored files."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from smart360.documents.choices import UPLOADED, ContentType
from smart360.documents.inspection.findings import LARGEST_FILE


class StoredFile(models.Model):
    """One file as it was stored; its bytes never change (quality.md, F4, F5).

    ``stored_as`` is a random name, no text of a user is in it. Only ``store.let_go`` ends one.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120, help_text="What a reader saves it as.")
    content_type = models.CharField(max_length=10, choices=ContentType)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    gone_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since then the bytes and the title are not kept; the row and its digest stay.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stored_as"], name="a_stored_name_is_used_once"),
            models.CheckConstraint(
                condition=Q(content_type__in=ContentType.values), name="file_type_is_ours"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_digest_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PendingFile(models.Model):
    """One file that somebody uploaded and that belongs to nothing yet.

    It was checked like any other. It becomes a stored file or goes; whatever points to it owns it.
    """

    removable = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120, help_text="What its sender called it, made plain.")
    content_type = models.CharField(max_length=10, choices=ContentType)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stored_as"], name="a_pending_file_has_a_name_of_its_own"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=UPLOADED), name="pending_file_type_is_ours"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="pending_file_digest_is_sha256"
            ),
            models.CheckConstraint(
                condition=Q(size__range=(1, LARGEST_FILE)), name="a_pending_file_is_within_10_mb"
            ),
        ]
        indexes = [
            # store.drop_unowned: the oldest first
            models.Index(fields=["created_at"], name="pending_files_by_age"),
        ]
        triggers = [
            pgtrigger.Protect(name="an_upload_stays_as_it_came", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.title
