"""Keeping files: the step that writes one, durably, and the sweep of what nobody owns."""

import contextlib
import hashlib
import logging
import os
import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.models import Exists, ForeignObjectRel, OuterRef

from smart360.documents.access import STORAGE_ERRORS
from smart360.documents.choices import ContentType
from smart360.documents.intake import Taken
from smart360.documents.models import PendingFile, StoredFile
from smart360.kernel.db import after_commit, step
from smart360.kernel.errors import Refusal
from smart360.owed.book import owe
from smart360.staff.models import Person

log = logging.getLogger(__name__)
ENDINGS = {each: each.value.lower() for each in ContentType}
UNFINISHED = ".part"
ORPHAN_AFTER = timedelta(hours=24)  # no transaction lives as long
REMOVE = "documents.remove"
LET_GO = "SELECT stored_as FROM smart360_let_go_of_files(%s::uuid[], %s) AS gone (stored_as)"
SWEPT_DAYS = 100  # how far back the sweep looks for what a crash left


class UnableToStore(Refusal):
    """The storage is full or away. Nothing was kept, and trying again does no harm."""

    sentence_by_default = "Could not save the file, please try again"


class UnableToKeep(Refusal):
    """The uploaded file was removed, or kept already, by somebody who was faster."""

    sentence_by_default = "This file is not there any more"


@step
def store_pdf(*, title: str, body: bytes, by: Person | None, at: datetime) -> StoredFile:
    """Keep a PDF that we made: first the file, whole and on disk, then its row (F5).

    A crash in between leaves a file without a row, which the sweep removes. Raises UnableToStore.
    """
    stored = _written(ContentType.PDF, body, at=at)
    return StoredFile.objects.create(title=title, created_at=at, created_by=by, **stored)


@step
def store_json(*, title: str, body: bytes, by: Person | None, at: datetime) -> StoredFile:
    """Keep a file of data that we made, as ``store_pdf`` keeps a PDF. Raises UnableToStore."""
    stored = _written(ContentType.JSON, body, at=at)
    return StoredFile.objects.create(title=title, created_at=at, created_by=by, **stored)


@step
def let_go(files: Collection[uuid.UUID], *, at: datetime) -> int:
    """Let go of the titles and, once that is stored, of the bytes of files; how many.

    Their rows and digests stay. The database allows it only in the transaction of a person's
    erasure, or of the end of an export. A worker removes the bytes, however often it takes.
    """
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, [[str(each) for each in files], at])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        owe(REMOVE, dedupe_key=f"remove:{name}", about={"name": name}, at=at)
    return len(names)


@step
def hold_upload(*, taken: Taken, by: Person | None, at: datetime) -> PendingFile:
    """Hold a file that was uploaded and checked until it belongs to something.

    First the file, whole and on disk, then its row (F5). Raises UnableToStore.
    """
    held = _written(taken.content_type, taken.body, at=at)
    return PendingFile.objects.create(title=taken.title, created_at=at, created_by=by, **held)


@step
def keep(pending: PendingFile, *, by: Person | None, at: datetime, title: str = "") -> StoredFile:
    """Make a stored file of ``pending``, whose row goes; the bytes stay where they are.

    It is called as its sender called it, unless there is a ``title``. Raises UnableToKeep when it
    went meanwhile. Whatever pointed to it must point elsewhere first.
    """
    held = _locked(pending)
    kept = StoredFile.objects.create(
        title=title or held.title,
        content_type=held.content_type,
        size=held.size,
        sha256=held.sha256,
        stored_as=held.stored_as,
        created_at=at,
        created_by=by,
    )
    held.delete()
    return kept


@step
def drop(pending: PendingFile) -> None:
    """Let go of ``pending``: its row now, its bytes once that is stored. Raises UnableToKeep."""
    held = _locked(pending)
    held.delete()
    _remove_afterwards([held.stored_as])


def _remove_afterwards(names: Sequence[str]) -> None:
    """Remove the bytes under ``names`` after the commit that lets go of their rows.

    A storage that is away, or a crash in between, leaves them to the sweep.
    """

    def remove() -> None:
        for name in names:
            try:
                default_storage.delete(name)
            except STORAGE_ERRORS:
                log.warning("a file that was let go of is left to the sweep", exc_info=True)

    after_commit(remove)


def _locked(pending: PendingFile) -> PendingFile:
    held = PendingFile.objects.select_for_update(of=("self",)).filter(pk=pending.pk).first()
    if held is None:
        raise UnableToKeep(is_conflict=True)
    return held


def _written(content_type: ContentType, body: bytes, *, at: datetime) -> dict[str, Any]:
    """Put ``body`` on disk under a random name; the columns that say so."""
    name = f"{_folder(at)}/{uuid.uuid4().hex}.{ENDINGS[content_type]}"
    try:
        name = _write(name, body)
    except STORAGE_ERRORS as error:
        raise UnableToStore from error
    return {
        "content_type": content_type,
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "stored_as": name,
    }


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
def drop_unowned(*, older_than: timedelta, at: datetime) -> int:
    """Let go of uploads that nothing points to and that are ``older_than`` that; how many.

    Whoever lets people upload says how long: as long as its drafts live. The rows go now, their
    bytes once that is stored. One that is being kept or dropped this moment is left to whoever does
    it.
    """
    old = PendingFile.objects.filter(created_at__lt=at - older_than)
    for relation in PendingFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            owners = relation.related_model._base_manager
            old = old.exclude(Exists(owners.filter(**{relation.field.name: OuterRef("pk")})))
    gone = list(old.select_for_update(of=("self",), skip_locked=True))
    PendingFile.objects.filter(pk__in=[held.pk for held in gone]).delete()
    _remove_afterwards([held.stored_as for held in gone])
    return len(gone)


@step
def remove_orphans(*, at: datetime) -> int:
    """Remove files of the last months that have no row and are older than a day; how many."""
    removed = 0
    for days in range(SWEPT_DAYS):
        names = list(_old_names(_folder(at - timedelta(days=days)), at))
        owned = _owned_of(names)
        for name in names:
            if name not in owned:
                default_storage.delete(name)
                removed += 1
    return removed


def _owned_of(names: list[str]) -> set[str]:
    """Those of ``names`` that a row knows; one statement, as a pending file may be kept now."""
    if not names:
        return set()
    stored, pending = (
        each.objects.filter(stored_as__in=names).values_list("stored_as", flat=True)
        for each in (StoredFile, PendingFile)
    )
    return set(stored.union(pending))


def _old_names(folder: str, at: datetime) -> Iterator[str]:
    """Names of the files in ``folder`` that are older than a day."""
    try:
        files = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for file in files:
        name = f"{folder}/{file}"
        if default_storage.get_modified_time(name) < at - ORPHAN_AFTER:
            yield name
