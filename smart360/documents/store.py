"""Keeping files: the step that writes one, durably, and the sweep of what nobody owns."""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from smart360.documents.access import STORAGE_ERRORS
from smart360.documents.choices import ContentType
from smart360.documents.models import StoredFile
from smart360.kernel.db import step
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person

ENDINGS = {ContentType.PDF: "pdf", ContentType.JPG: "jpg", ContentType.PNG: "png"}
UNFINISHED = ".part"
ORPHAN_AFTER = timedelta(hours=24)  # no transaction lives as long
SWEPT_DAYS = 31  # how far back the sweep looks; it runs each night


class UnableToStore(Refusal):
    """The storage is full or away. Nothing was kept, and trying again does no harm."""

    sentence_by_default = "Could not save the file, please try again"


@step
def store_pdf(*, title: str, body: bytes, by: Person | None, at: datetime) -> StoredFile:
    """Keep a PDF that we made: first the file, whole and on disk, then its row (F5).

    A crash in between leaves a file without a row, which the sweep removes. Raises UnableToStore.
    """
    return _store(ContentType.PDF, title=title, body=body, by=by, at=at)


def _store(
    content_type: ContentType, *, title: str, body: bytes, by: Person | None, at: datetime
) -> StoredFile:
    name = f"{_folder(at)}/{uuid.uuid4().hex}.{ENDINGS[content_type]}"
    try:
        name = _write(name, body)
    except STORAGE_ERRORS as error:
        raise UnableToStore from error
    return StoredFile.objects.create(
        title=title,
        content_type=content_type,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        stored_as=name,
        created_at=at,
        created_by=by,
    )


def _folder(at: datetime) -> str:
    return f"{at:%Y/%m/%d}"


def _write(name: str, body: bytes) -> str:
    """Write ``body`` so that ``name`` is either absent or whole; the name under which it lies."""
    if not isinstance(default_storage, FileSystemStorage):  # an object store puts all or nothing
        return str(default_storage.save(name, ContentFile(body)))
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with unfinished.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    _sync_folder(path.parent)
    return name


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@step
def remove_orphans(*, at: datetime) -> int:
    """Remove files of the last month that have no row and are older than a day; how many."""
    names = list(_old_names(at))
    owned = set(StoredFile.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
    orphans = [name for name in names if name not in owned]
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _old_names(at: datetime) -> Iterator[str]:
    """Names of stored files of the last month that are older than a day."""
    for days in range(SWEPT_DAYS):
        folder = _folder(at - timedelta(days=days))
        try:
            files = default_storage.listdir(folder)[1]
        except FileNotFoundError:
            continue
        for file in files:
            name = f"{folder}/{file}"
            if default_storage.get_modified_time(name) < at - ORPHAN_AFTER:
                yield name
