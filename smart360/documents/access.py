"""The door to a stored file's bytes, and the headers under which they leave (quality.md, F3)."""

import hashlib

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import HttpResponse

from smart360.documents.choices import ContentType
from smart360.documents.intake import ENDINGS
from smart360.documents.models import PendingFile, StoredFile
from smart360.kernel.errors import Refusal

CLOSED = "sandbox; default-src 'none'"
"""The content security policy of a file: whatever it is, it runs nothing and loads nothing."""


NOT_KEPT = "This file is not kept any more."
STORAGE_ERRORS = (OSError, BotoCoreError, ClientError, SuspiciousFileOperation)
"""How a disk or an object store says no; the last of a name that leads out of it."""


class UnableToOpen(Refusal):
    """The file is not where it was put, or not what was put there."""

    sentence_by_default = "This file cannot be opened right now. Please try again later."


def read(file: StoredFile | PendingFile) -> bytes:
    """The bytes of ``file``, exactly as they were stored. Raises UnableToOpen."""
    if isinstance(file, StoredFile) and file.gone_at is not None:
        raise UnableToOpen(NOT_KEPT, is_conflict=True)
    try:
        with default_storage.open(file.stored_as) as stored:
            body = bytes(stored.read())
    except STORAGE_ERRORS as error:
        raise UnableToOpen(is_conflict=True) from error
    if hashlib.sha256(body).hexdigest() != file.sha256:
        raise UnableToOpen(is_conflict=True)
    return body


def as_download(file: StoredFile | PendingFile) -> HttpResponse:
    """``file`` to be saved, never shown as a page. Raises UnableToOpen.

    A picture of ours can be seen in a page all the same: ``<img>`` shows what comes as attachment.
    """
    ending = file.content_type.lower()
    response = HttpResponse(
        read(file),
        content_type=ContentType(file.content_type).label,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": CLOSED,
            "Cache-Control": "private, no-store",
        },
    )
    name = plain_name(without_ending(file.title))
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def without_ending(title: str) -> str:
    """``title`` without an ending of ours, which a download gets from its type.

    >>> without_ending("bill.of.may.JPEG")
    'bill.of.may'
    """
    stem, dot, ending = title.rpartition(".")
    return stem if dot and f".{ending.lower()}" in ENDINGS else title


def plain_name(title: str) -> str:
    """``title`` with nothing in it that a header or a file system could take amiss.

    >>> plain_name('Receipt DIS-2026-000001')
    'Receipt-DIS-2026-000001'
    """
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in title)
    return "-".join(part for part in kept.split("-") if part) or "document"
