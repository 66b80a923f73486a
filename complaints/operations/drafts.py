"""A complaint that is being written: kept step by step with its files, dropped, swept (CMP2)."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from complaints.models import ComplaintDraft, ComplaintSettings, DraftFile
from complaints.queries.create import get_limits
from complaints.rules import (
    CREATE,
    is_stale,
    kept_words,
)
from smart360.documents import store
from smart360.documents.intake import MEGABYTE, Taken, why_too_much
from smart360.documents.models import PendingFile
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person
from smart360.web import form_keys
from smart360.web.formats import shown_time

ADD_FILE = "complaints.add_file"
DRAFTS_AT_ONCE = 500
"""So many drafts are swept in one transaction."""


class UnableToKeepDraft(Refusal):
    """What was typed is not kept: another window was faster, or the draft is gone."""

    sentence_by_default = "This draft is not there any more"


class UnableToAddFile(Refusal):
    """The file is one too many, or together with the others too large (F2)."""

    sentence_by_default = "This is more than one complaint takes"


refuses(
    {
        f"{owner}_takes_so_many_{what}": UnableToAddFile()
        for owner in ("draft", "complaint")
        for what in ("files", "bytes")
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one window of the browser sends of one step.

    ``step``     "1" to "3"
    ``words``    field → values, as typed
    ``window``   names the page that was opened, so that it never stands in its own way
    ``version``  the version of the step that the page was made from; 0 for none
    ``is_passing``  sent while somebody still types: after the page's own button it comes too late
    """

    step: str
    words: Mapping[str, list[str]]
    window: str
    version: int
    is_passing: bool = False


@operation
def begin_draft(*, draft: uuid.UUID, said: Said, by: Person, at: datetime) -> ComplaintDraft:
    """A draft of one's own with what was typed first; the same again is kept in the first.

    Raises UnableToKeepDraft.
    """
    if form_keys.result_of(draft, by=by.pk, act=CREATE):
        raise UnableToKeepDraft("This complaint was submitted already", is_conflict=True)
    ComplaintDraft.objects.bulk_create(
        [ComplaintDraft(id=draft, person=by, form_key=draft, begun_at=at, saved_at=at)],
        ignore_conflicts=True,
    )
    return _kept(_locked(draft, by), said, at)


@operation
def keep_step(*, draft: uuid.UUID, said: Said, by: Person, at: datetime) -> ComplaintDraft:
    """Keep one step as it was typed, whether it is complete or not.

    Raises UnableToKeepDraft, with 409 when another window has written something else meanwhile.
    """
    return _kept(_locked(draft, by), said, at)


def _kept(held: ComplaintDraft, said: Said, at: datetime) -> ComplaintDraft:
    words = kept_words(said.words)
    if words is None:
        raise UnableToKeepDraft("This is too long to be kept")
    before = held.typed.get(said.step, {})
    if said.is_passing and before.get("is_left") and before["window"] == said.window:
        return held
    if is_stale(before, words, window=said.window, version=said.version):
        when = shown_time(datetime.fromisoformat(before["at"]))
        raise UnableToKeepDraft(
            f"This step was changed in another window at {when}", is_conflict=True
        )
    held.typed[said.step] = {
        "words": words,
        "window": said.window,
        "version": before.get("version", 0) + (words != before.get("words")),
        "at": at.isoformat(),
        "is_left": not said.is_passing,
    }
    held.saved_at = max(at, held.saved_at)
    held.save(update_fields=["typed", "saved_at"])
    return held


@operation
def add_file(
    *, draft: uuid.UUID, taken: Taken, by: Person, at: datetime, form_key: uuid.UUID
) -> None:
    """Add an upload that was checked (F2); sent again under the same key, it is added once.

    Raises UnableToAddFile, UnableToKeepDraft.
    """
    if form_keys.claim(form_key, by=by.pk, act=ADD_FILE, about=str(draft), at=at):
        return
    held = _locked(draft, by)
    sizes = list(held.files.values_list("file__size", flat=True))
    refuse_more(sizes, len(taken.body), limits=get_limits())
    pending = store.hold_upload(taken=taken, by=by, at=at)
    DraftFile.objects.create(draft=held, file=pending, added_at=at)
    _touch(held, at)
    form_keys.submitted(form_key, form="", by=by.pk, act=ADD_FILE, result=str(pending.pk))


def refuse_more(sizes: Sequence[int], size: int, *, limits: ComplaintSettings) -> None:
    """Say that a file is one too many beside those of ``sizes`` bytes, or all are too large."""
    most_bytes = limits.most_megabytes * MEGABYTE
    if wrong := why_too_much(sizes, size, most_files=limits.most_files, most_bytes=most_bytes):
        raise UnableToAddFile(wrong)


@operation
def remove_file(*, draft: uuid.UUID, file: uuid.UUID, by: Person, at: datetime) -> None:
    """Take a file out again; one that is gone already is no error. Raises UnableToKeepDraft."""
    held = _locked(draft, by)
    for each in held.files.filter(file=file).select_related("file"):
        _drop(each)
    _touch(held, at)


@operation
def drop_draft(*, draft: uuid.UUID, by: Person) -> None:
    """Forget a draft with its files; one that is gone already is no error."""
    held = _own(draft, by)
    if held is not None:
        _forget(held)


@operation
def sweep_drafts(*, at: datetime) -> int:
    """Forget drafts that nobody has touched for the days of the settings; how many.

    With them go uploads of long ago that no draft knows.
    """
    kept = timedelta(days=get_limits().draft_kept_days)
    old = ComplaintDraft.objects.filter(saved_at__lt=at - kept).order_by("saved_at")
    gone = list(old.select_for_update(of=("self",), skip_locked=True)[:DRAFTS_AT_ONCE])
    for each in gone:
        _forget(each)
    store.drop_unowned(older_than=kept, at=at)
    return len(gone)


# ------------------------------------------------------------------ parts of create_complaint
@step
def lock_reviewed(draft: uuid.UUID, *, seen: str, by: Person) -> ComplaintDraft:
    """The draft, locked, if it still says what its writer has seen.

    Raises UnableToKeepDraft.
    """
    held = _locked(draft, by)
    if digest_of(held) != seen:
        raise UnableToKeepDraft(
            "This draft was changed in another window. Look it over again.", is_conflict=True
        )
    return held


@step
def hand_over_files(held: ComplaintDraft) -> list[PendingFile]:
    """The files of a draft in their order, no longer its own; the draft itself goes."""
    files = [each.file for each in held.files.select_related("file").order_by("id")]
    held.files.all().delete()
    held.delete()
    return files


def digest_of(held: ComplaintDraft) -> str:
    """What a draft says, files and all, as one word to compare."""
    said = {step: each["words"] for step, each in held.typed.items()}
    files = [str(key) for key in held.files.order_by("id").values_list("file_id", flat=True)]
    whole = json.dumps([said, files], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _own(draft: uuid.UUID, by: Person) -> ComplaintDraft | None:
    own = ComplaintDraft.objects.filter(pk=draft, person=by)
    return own.select_for_update(of=("self",)).first()


def _locked(draft: uuid.UUID, by: Person) -> ComplaintDraft:
    held = _own(draft, by)
    if held is None:
        raise UnableToKeepDraft(is_conflict=True)
    return held


def _touch(held: ComplaintDraft, at: datetime) -> None:
    held.saved_at = max(at, held.saved_at)
    held.save(update_fields=["saved_at"])


def _drop(each: DraftFile) -> None:
    pending = each.file
    each.delete()
    store.drop(pending)


def _forget(held: ComplaintDraft) -> None:
    for each in held.files.select_related("file"):
        _drop(each)
    held.delete()
