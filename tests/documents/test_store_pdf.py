"""Keeping files: whole or not at all, under a name that says nothing, and swept when orphaned."""

import hashlib
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from smart360.documents import operations, oracles, store
from smart360.documents.access import UnableToOpen, as_download, plain_name, read
from smart360.documents.models import StoredFile
from smart360.kernel.db import operation
from smart360.kernel.errors import Broken

AT = datetime(2024, 12, 10, 15, 30, tzinfo=UTC)
BODY = b"%PDF-1.7 " + b"x" * 5000
keep = operation(store.store_pdf)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def kept(title: str = "Receipt DIS-2024-000001", at: datetime = AT) -> StoredFile:
    return keep(title=title, body=BODY, by=None, at=at)


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """No file of this process can grow past ``size`` bytes: what a full disk does to a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_has_its_row_its_digest_and_nothing_else(media: Path) -> None:
    """F5."""
    file = kept()
    assert [path.read_bytes() for path in files_in(media)] == [BODY]
    assert (file.size, file.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert read(file) == BODY
    assert oracles.rows_without_their_file() == []


@pytest.mark.parametrize("title", ["../../etc/passwd", "Müller\r\nSet-Cookie: a=b", "x" * 120])
def test_no_text_of_a_user_is_in_a_path(media: Path, title: str) -> None:
    """F4."""
    file = kept(title)
    name = file.stored_as
    assert name.startswith("2024/12/10/")
    assert len(name) == len("2024/12/10/") + 32 + len(".pdf")
    assert files_in(media) == [media / name]


def test_two_files_never_share_a_name() -> None:
    assert kept().stored_as != kept().stored_as


def test_a_step_wants_an_operation() -> None:
    with pytest.raises(Broken):
        store.store_pdf(title="x", body=BODY, by=None, at=AT)


@pytest.mark.parametrize("room", [0, 1, 4096, len(BODY) - 1])
def test_a_full_disk_keeps_nothing_and_says_so(media: Path, room: int) -> None:
    """bad-inputs.md 130: no row, no half file."""
    with disk_full_after(room), pytest.raises(store.UnableToStore) as refused:
        kept()
    assert refused.value.sentence == "Could not save the file, please try again"
    assert not StoredFile.objects.exists()
    assert files_in(media) == []


def test_a_folder_that_is_gone_is_refused_in_the_same_words(media: Path, settings: Any) -> None:
    (media / "away").write_text("a file where the folder should be")
    settings.MEDIA_ROOT = media / "away"
    with pytest.raises(store.UnableToStore):
        kept()
    assert not StoredFile.objects.exists()


def test_what_was_rolled_back_leaves_an_orphan_that_the_sweep_removes(media: Path) -> None:
    """F5: a crash leaves at most a file, swept after 24 hours."""

    @operation
    def fails_after_storing() -> None:
        store.store_pdf(title="x", body=BODY, by=None, at=AT)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fails_after_storing()
    owned = kept()
    assert len(files_in(media)) == 2
    for path in files_in(media):
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    assert operations.sweep_orphans(at=AT + timedelta(hours=23)) == 0
    assert operations.sweep_orphans(at=AT + timedelta(hours=25)) == 1
    assert files_in(media) == [media / owned.stored_as]
    assert operations.sweep_orphans(at=AT + timedelta(hours=25)) == 0


def test_an_unfinished_file_is_swept_too(media: Path) -> None:
    """A kill -9 in the middle of a write."""
    folder = media / "2024/12/10"
    folder.mkdir(parents=True)
    (folder / "a.pdf.part").write_bytes(b"half")
    os.utime(folder / "a.pdf.part", (AT.timestamp(), AT.timestamp()))
    assert operations.sweep_orphans(at=AT + timedelta(days=2)) == 1
    assert files_in(media) == []


def test_the_oracle_finds_what_is_missing_or_changed(media: Path) -> None:
    missing, changed = kept(), kept()
    (media / missing.stored_as).unlink()
    (media / changed.stored_as).write_bytes(BODY.replace(b"x", b"y", 1))
    assert sorted(oracles.rows_without_their_file()) == sorted(
        [f"file {missing.pk} is missing", f"file {changed.pk} was changed"]
    )


def test_a_download_is_never_shown_as_a_page() -> None:
    """F3."""
    response = as_download(kept("Receipt DIS-2024-000001"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="Receipt-DIS-2024-000001.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_file_is_refused_in_words(media: Path, damage: str) -> None:
    """R3: the media disk is away, or a file is not what was stored."""
    file = kept()
    path = media / file.stored_as
    path.unlink() if damage == "missing" else path.write_bytes(b"other")
    with pytest.raises(UnableToOpen) as refused:
        as_download(file)
    assert refused.value.http_status == 409


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Receipt DIS-2026-000001", "Receipt-DIS-2026-000001"),
        ('a"; filename="x.exe', "a-filename-x-exe"),
        ("č ž", "document"),
        ("\r\nX: y", "X-y"),
    ],
)
def test_a_file_name_is_plain(title: str, name: str) -> None:
    assert plain_name(title) == name


@pytest.mark.database
@pytest.mark.parametrize(
    "sql", ["UPDATE documents_storedfile SET size = 1", "DELETE FROM documents_storedfile"]
)
def test_the_application_cannot_change_or_remove_a_row(sql: str) -> None:
    """A1."""
    kept()

    @operation
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    with pytest.raises(ProgrammingError):
        act()
