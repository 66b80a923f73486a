"""An upload that waits: held, kept, dropped, swept, served; whole or not at all (F3 to F5)."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from complaints.models import ComplaintDraft, DraftFile
from smart360.documents import operations, oracles, store
from smart360.documents.access import CLOSED, as_download, read
from smart360.documents.choices import ContentType
from smart360.documents.intake import Taken, check
from smart360.documents.models import PendingFile, StoredFile
from smart360.kernel.db import operation
from smart360.kernel.errors import Broken
from tests.concurrency.racing import done, race, refusals, slowly
from tests.documents.hostile import CORPUS, jpg, pdf, png
from tests.documents.test_store_pdf import AT, disk_full_after, files_in

hold = operation(store.hold_upload)
keep = operation(store.keep)
drop = operation(store.drop)
drop_unowned = operation(store.drop_unowned)
MONTH = timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def taken(title: str = "bill.pdf") -> Taken:
    return Taken(ContentType.PDF, pdf(), title)


def held(title: str = "bill.pdf") -> PendingFile:
    return hold(taken=taken(title), by=None, at=AT)


def age(folder: Path) -> None:
    for path in files_in(folder):
        os.utime(path, (AT.timestamp(), AT.timestamp()))


# ------------------------------------------------------------------ held
def test_an_upload_has_its_row_its_digest_and_nothing_else(media: Path) -> None:
    """F5."""
    file = held()
    assert [path.read_bytes() for path in files_in(media)] == [pdf()]
    assert (file.size, file.sha256) == (len(pdf()), hashlib.sha256(pdf()).hexdigest())
    assert (file.content_type, file.created_at, file.created_by) == (ContentType.PDF, AT, None)
    assert read(file) == pdf()
    assert oracles.uploads_without_their_file() == []
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("title", ["../../etc/passwd.pdf", "con.pdf", "a\r\nb.pdf", "x" * 120])
def test_no_text_of_a_user_is_in_a_path(media: Path, title: str) -> None:
    """F4."""
    name = held(title).stored_as
    assert name.startswith("2024/12/10/")
    assert len(name) == len("2024/12/10/") + 32 + len(".pdf")
    assert files_in(media) == [media / name]


@pytest.mark.parametrize("room", [0, 1, 300])
def test_a_full_disk_holds_nothing_and_says_so(media: Path, room: int) -> None:
    """bad-inputs.md 130."""
    with disk_full_after(room), pytest.raises(store.UnableToStore) as refused:
        held()
    assert refused.value.sentence == "Could not save the file, please try again"
    assert not PendingFile.objects.exists()
    assert files_in(media) == []


@pytest.mark.parametrize("act", [held, lambda: store.drop(PendingFile())])
def test_steps_want_an_operation(act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.documents.test_hold_upload.hold", store.hold_upload)
    with pytest.raises(Broken):
        act()


# ------------------------------------------------------------------ kept and dropped
def test_what_is_kept_is_the_same_file_under_another_row(media: Path) -> None:
    file = held()
    kept = keep(file, by=None, at=AT + timedelta(hours=1))
    assert (kept.stored_as, kept.sha256, kept.size, kept.title) == (
        file.stored_as, file.sha256, file.size, file.title,
    )  # fmt: skip
    assert kept.created_at == AT + timedelta(hours=1)
    assert read(kept) == pdf()
    assert not PendingFile.objects.exists()
    assert len(files_in(media)) == 1
    assert oracles.rows_without_their_file() == oracles.uploads_without_their_file() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_dropped_leaves_at_once_with_its_bytes(media: Path) -> None:
    """However long it waited: the sweep looks at the last months only."""
    drop(held())
    assert not PendingFile.objects.exists()
    assert files_in(media) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_not_dropped_after_all_stays(media: Path) -> None:
    file = held()

    @operation
    def fails_after_dropping() -> None:
        store.drop(file)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fails_after_dropping()
    assert read(PendingFile.objects.get()) == pdf()


@pytest.mark.django_db(transaction=True)
def test_bytes_that_could_not_be_removed_are_left_to_the_sweep(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = held(), held()
    remove = default_storage.delete

    def is_away_for_the_first(name: str) -> None:
        if name == first.stored_as:
            raise OSError("the disk is away")
        remove(name)

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", is_away_for_the_first)
        assert drop_unowned(older_than=MONTH, at=AT + 2 * MONTH) == 2
    assert not PendingFile.objects.exists()
    assert files_in(media) == [media / first.stored_as]
    assert not default_storage.exists(second.stored_as)
    age(media)
    assert operations.sweep_orphans(at=AT + timedelta(hours=25)) == 1
    assert files_in(media) == []


@pytest.mark.parametrize("first", [keep, drop])
@pytest.mark.parametrize("then", [keep, drop])
def test_an_upload_is_kept_or_dropped_once(first: Any, then: Any) -> None:
    file = held()
    words: Any = {"by": None, "at": AT}
    first(PendingFile.objects.get(), **(words if first is keep else {}))
    with pytest.raises(store.UnableToKeep) as refused:
        then(file, **(words if then is keep else {}))
    assert refused.value.http_status == 409
    assert StoredFile.objects.count() == (1 if first is keep else 0)


@pytest.mark.django_db(transaction=True)
def test_keeping_twice_and_dropping_at_once_have_one_winner() -> None:
    """And whoever wins, the row that is left has its file."""
    outcomes = race(kept_and_dropped(held()))
    assert len(done(outcomes)) == 1
    assert all(isinstance(each, store.UnableToKeep) for each in refusals(outcomes))
    assert not PendingFile.objects.exists()
    assert oracles.rows_without_their_file() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_an_upload_is_kept_and_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slowly(monkeypatch, "smart360.documents.store._locked", lambda file: file)
    assert len(done(race(kept_and_dropped(held())))) > 1


def kept_and_dropped(file: PendingFile) -> list[Any]:
    """Two who keep the same upload and one who removes it."""
    return [
        *[lambda: keep(PendingFile.objects.get(pk=file.pk), by=None, at=AT)] * 2,
        lambda: drop(PendingFile.objects.get(pk=file.pk)),
    ]


# ------------------------------------------------------------------ swept
def test_the_sweep_leaves_what_a_pending_row_names(media: Path) -> None:
    file = held()
    age(media)
    assert operations.sweep_orphans(at=AT + timedelta(days=2)) == 0
    assert read(file) == pdf()


@pytest.mark.django_db(transaction=True)
def test_what_nobody_owns_is_let_go_after_its_time(media: Path) -> None:
    held()
    age(media)
    assert drop_unowned(older_than=MONTH, at=AT + MONTH) == 0
    assert drop_unowned(older_than=MONTH, at=AT + MONTH + timedelta(minutes=1)) == 1
    assert not PendingFile.objects.exists()
    assert files_in(media) == []


def test_what_somebody_owns_stays_however_old(person: Any) -> None:
    """Whatever points to an upload owns it; here a draft of a complaint."""
    owned, free = held(), held()
    draft = ComplaintDraft.objects.create(person=person(), begun_at=AT, saved_at=AT)
    DraftFile.objects.create(draft=draft, file=owned, added_at=AT)
    assert drop_unowned(older_than=MONTH, at=AT + 2 * MONTH) == 1
    assert PendingFile.objects.get() == owned
    assert free.pk != owned.pk


def test_what_was_rolled_back_is_swept(media: Path) -> None:
    @operation
    def fails_after_holding() -> None:
        store.hold_upload(taken=taken(), by=None, at=AT)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fails_after_holding()
    age(media)
    assert not PendingFile.objects.exists()
    assert operations.sweep_orphans(at=AT + timedelta(days=2)) == 1


# ------------------------------------------------------------------ oracle
def test_the_oracle_finds_what_is_missing_changed_or_shared(media: Path) -> None:
    missing, changed, shared = held(), held(), held()
    (media / missing.stored_as).unlink()
    (media / changed.stored_as).write_bytes(pdf() + b"x")
    StoredFile.objects.create(
        title="x", content_type="PDF", size=shared.size, sha256=shared.sha256,
        stored_as=shared.stored_as, created_at=AT,
    )  # fmt: skip
    assert sorted(oracles.uploads_without_their_file()) == sorted(
        [
            f"upload {missing.pk} is missing",
            f"upload {changed.pk} was changed",
            f"upload {shared.pk} is a stored file too",
        ]
    )


# ------------------------------------------------------------------ served
CLEAN = [hostile for hostile in CORPUS if not hostile.sentence]


@pytest.mark.parametrize(
    ("name", "body", "type_", "saved_as"),
    [
        ("Bill of May.pdf", pdf(), "application/pdf", "Bill-of-May.pdf"),
        ("meter.JPEG", jpg(), "image/jpeg", "meter.jpg"),
        ("meter.png", png(), "image/png", "meter.png"),
        ("evil.php.pdf", pdf(), "application/pdf", "evil-php.pdf"),
        ('a"; x="b.html;.pdf', pdf(), "application/pdf", "a-x-b-html.pdf"),
        *((one.name, one.make(), "", "") for one in CLEAN),
    ],
)
@pytest.mark.parametrize("is_kept", [False, True])
def test_whatever_was_taken_leaves_closed(
    name: str, body: bytes, type_: str, saved_as: str, is_kept: bool
) -> None:
    """F3: for each file of the corpus that came through, too."""
    file: Any = hold(taken=check(name, body), by=None, at=AT)
    response = as_download(keep(file, by=None, at=AT) if is_kept else file)
    assert response["Content-Type"] in {"application/pdf", "image/jpeg", "image/png"}
    assert response["Content-Type"] == type_ or not type_
    assert response["Content-Disposition"].startswith('attachment; filename="')
    assert response["Content-Disposition"] == f'attachment; filename="{saved_as}"' or not saved_as
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == CLOSED == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_no_address_leads_to_the_store(settings: Any, client: Any) -> None:
    """F3: a file has no address but that of the view of whoever owns it."""
    file = held()
    assert not settings.MEDIA_URL or settings.MEDIA_URL == "/"
    for address in (f"/{file.stored_as}", f"/media/{file.stored_as}", f"/static/{file.stored_as}"):
        assert client.get(address).status_code in {302, 404}
    assert default_storage.exists(file.stored_as)


@pytest.mark.database
def test_an_upload_row_can_be_removed_and_its_kept_file_cannot() -> None:
    """A1."""
    held()
    with connection.cursor() as cursor:
        for table, may in (("documents_pendingfile", True), ("documents_storedfile", False)):
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'DELETE')", [table])
            assert cursor.fetchone() == (may,)
