"""Queries on stored files that must return no row."""

import hashlib

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef

from smart360.documents.access import STORAGE_ERRORS
from smart360.documents.models import PendingFile, StoredFile
from smart360.kernel.oracle import Oracle


def rows_without_their_file() -> list[str]:
    """F5: each row that is kept has its file, with the digest that was stored."""
    kept = StoredFile.objects.filter(gone_at__isnull=True)
    return [
        f"file {file.pk} {wrong}"
        for file in kept.order_by("created_at").iterator()
        if (wrong := what_is_wrong(file))
    ]


def uploads_without_their_file() -> list[str]:
    """F5: so has each upload that belongs to nothing yet, and no stored file shares it."""
    stored = StoredFile.objects.filter(stored_as=OuterRef("stored_as"))
    return [
        f"upload {file.pk} {wrong}"
        for file in PendingFile.objects.annotate(is_shared=Exists(stored)).iterator()
        if (wrong := "is a stored file too" if file.is_shared else what_is_wrong(file))
    ]


def what_is_wrong(file: StoredFile | PendingFile) -> str:
    """``is missing``, ``was changed``, or nothing."""
    digest = hashlib.sha256()
    try:
        with default_storage.open(file.stored_as) as stored:
            for chunk in stored.chunks():
                digest.update(chunk)
    except STORAGE_ERRORS:
        return "is missing"
    return "" if digest.hexdigest() == file.sha256 else "was changed"


ORACLES: tuple[Oracle, ...] = (
    Oracle("F5", "a file that is missing or was changed", rows_without_their_file),
    Oracle("F5", "an upload without its file, or kept twice", uploads_without_their_file),
)
