"""A complaint that is being written: kept, never swallowed, never mixed, swept with its files."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage

from complaints import operations
from complaints.models import Complaint, ComplaintDraft, ComplaintSettings, DraftFile, Evidence
from complaints.operations import Said, UnableToAddFile, UnableToComplain, UnableToKeepDraft
from complaints.operations.drafts import digest_of
from complaints.tasks import sweep_drafts
from smart360.documents.choices import ContentType
from smart360.documents.intake import Taken
from smart360.documents.models import PendingFile, StoredFile
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.complaints.conftest import wish_for
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db
MAKES = Callable[..., Person]


@pytest.fixture
def writer(person: MAKES) -> Person:
    return person(Role.CSE)


def said(text: str, *, window: str = "a", version: int = 0, step: str = "2") -> Said:
    return Said(step, {"description": [text]}, window, version)


def begin(by: Person, at: datetime, draft: UUID | None = None) -> ComplaintDraft:
    first = Said("1", {"name_said": ["Ann"]}, "a", 0)
    return operations.begin_draft(draft=draft or uuid4(), said=first, by=by, at=at)


def keep(draft: ComplaintDraft, words: Said, by: Person, at: datetime) -> ComplaintDraft:
    return operations.keep_step(draft=draft.pk, said=words, by=by, at=at)


def text_of(draft: ComplaintDraft) -> str:
    draft.refresh_from_db()
    return str(draft.typed["2"]["words"]["description"][0])


def taken(size: int = 100, title: str = "bill.pdf") -> Taken:
    return Taken(ContentType.PDF, b"%PDF-" + bytes(size - 5), title)


def add(draft: ComplaintDraft, by: Person, at: datetime, **more: Any) -> DraftFile:
    operations.add_file(draft=draft.pk, taken=taken(**more), by=by, at=at, form_key=uuid4())
    return draft.files.select_related("file").latest("pk")


# ------------------------------------------------------------------ kept
def test_each_step_is_kept(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    keep(draft, said("three times the usual"), writer, at + timedelta(minutes=1))
    draft.refresh_from_db()
    assert draft.typed["1"]["words"] == {"name_said": ["Ann"]}
    assert text_of(draft) == "three times the usual"
    assert draft.saved_at == at + timedelta(minutes=1)


def test_a_draft_begun_twice_is_one(writer: Person, at: datetime) -> None:
    """The page that begins it is sent again: reload, double click."""
    draft = begin(writer, at)
    assert begin(writer, at, draft.pk).pk == draft.pk
    assert ComplaintDraft.objects.count() == 1


def test_two_drafts_do_not_mix(writer: Person, at: datetime) -> None:
    one, other = begin(writer, at), begin(writer, at)
    keep(one, said("of the one"), writer, at)
    keep(other, said("of the other"), writer, at)
    add(one, writer, at)
    assert (text_of(one), text_of(other)) == ("of the one", "of the other")
    assert (one.files.count(), other.files.count()) == (1, 0)


@pytest.mark.parametrize("act", ["keep", "add", "remove", "begin"])
def test_a_draft_is_its_persons_own(writer: Person, person: MAKES, at: datetime, act: str) -> None:
    draft, other = begin(writer, at), person(Role.SUPERVISOR)
    file = add(draft, writer, at)
    acts: dict[str, Callable[[], object]] = {
        "keep": lambda: keep(draft, said("not mine"), other, at),
        "add": lambda: add(draft, other, at),
        "remove": lambda: operations.remove_file(
            draft=draft.pk, file=file.file_id, by=other, at=at
        ),
        "begin": lambda: begin(other, at, draft.pk),
    }
    with pytest.raises(UnableToKeepDraft):
        acts[act]()
    assert draft.files.count() == 1
    operations.drop_draft(draft=draft.pk, by=other)
    assert ComplaintDraft.objects.filter(pk=draft.pk, person=writer).exists()


@pytest.mark.parametrize(("length", "is_kept"), [(20_000, True), (20_001, False)])
def test_what_is_too_long_is_not_kept(
    writer: Person, at: datetime, length: int, is_kept: bool
) -> None:
    draft = begin(writer, at)
    if is_kept:
        keep(draft, said("x" * length), writer, at)
        return
    with pytest.raises(UnableToKeepDraft, match="too long") as refused:
        keep(draft, said("x" * length), writer, at)
    assert not refused.value.is_conflict
    draft.refresh_from_db()
    assert "2" not in draft.typed


def test_null_characters_do_no_harm(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    keep(draft, said("a\0b"), writer, at)
    assert text_of(draft) == "a\x1ab"  # which no form takes: it is told, not swallowed


# ------------------------------------------------------------------ two windows
def test_a_second_window_does_not_swallow_the_first(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    keep(draft, said("typed in the first", window="a"), writer, at)
    with pytest.raises(UnableToKeepDraft, match="changed in another window at") as refused:
        keep(draft, said("typed in the second", window="b", version=0), writer, at)
    assert refused.value.is_conflict
    assert text_of(draft) == "typed in the first"
    keep(draft, said("knowingly", window="b", version=1), writer, at)
    assert text_of(draft) == "knowingly"


def test_one_window_is_never_in_its_own_way(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    for text in ("a", "ab", "abc"):
        keep(draft, replace(said(text), is_passing=True), writer, at)
    assert text_of(draft) == "abc"


def test_the_same_words_are_no_clash(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    keep(draft, said("the same", window="a"), writer, at)
    keep(draft, said("the same", window="b"), writer, at)
    assert text_of(draft) == "the same"


def test_other_steps_are_no_clash(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    keep(draft, said("details", window="a"), writer, at)
    keep(draft, Said("3", {"notes": ["evidence"]}, "b", 0), writer, at)
    draft.refresh_from_db()
    assert (text_of(draft), draft.typed["3"]["words"]["notes"]) == ("details", ["evidence"])


def test_what_was_typed_before_the_button_never_comes_after_it(
    writer: Person, at: datetime
) -> None:
    """A save on its way is overtaken by Next of the same page."""
    draft = begin(writer, at)
    keep(draft, said("all of it"), writer, at)
    keep(draft, replace(said("all"), is_passing=True), writer, at)
    assert text_of(draft) == "all of it"


# ------------------------------------------------------------------ files
def test_a_file_is_added_and_removed(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    first, second = add(draft, writer, at, title="one.pdf"), add(draft, writer, at)
    operations.remove_file(draft=draft.pk, file=first.file_id, by=writer, at=at)
    operations.remove_file(draft=draft.pk, file=first.file_id, by=writer, at=at)  # pressed twice
    assert [each.pk for each in draft.files.all()] == [second.pk]
    assert PendingFile.objects.count() == 1


def test_a_file_sent_again_is_added_once(writer: Person, at: datetime) -> None:
    draft, key = begin(writer, at), uuid4()
    for _ in range(2):
        operations.add_file(draft=draft.pk, taken=taken(), by=writer, at=at, form_key=key)
    assert PendingFile.objects.count() == draft.files.count() == 1


def test_a_sixth_file_is_refused(writer: Person, at: datetime) -> None:
    """Bad inputs 117, F2."""
    draft = begin(writer, at)
    for _ in range(5):
        add(draft, writer, at)
    with pytest.raises(UnableToAddFile, match=r"^At most 5 files$"):
        add(draft, writer, at)
    assert PendingFile.objects.count() == 5


def test_too_much_together_is_refused(writer: Person, at: datetime) -> None:
    """Bad inputs 117, F2."""
    ComplaintSettings.objects.update(most_megabytes=1)
    draft = begin(writer, at)
    add(draft, writer, at, size=700_000)
    add(draft, writer, at, size=1024 * 1024 - 700_000)
    with pytest.raises(UnableToAddFile, match=r"^At most 1 MB together$"):
        add(draft, writer, at, size=10)
    assert PendingFile.objects.count() == 2


# ------------------------------------------------------------------ submitted
def submit(draft: ComplaintDraft, by: Person, at: datetime, seen: str = "") -> Complaint:
    return operations.create_complaint(
        wish=wish_for(),
        by=by,
        at=at,
        form_key=draft.form_key,
        draft=draft.pk,
        seen=seen or digest_of(draft),
    )


def test_the_files_become_evidence(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    for title in ("one.pdf", "two.pdf", "three.pdf"):
        add(draft, writer, at, title=title)
    complaint = submit(draft, writer, at)
    evidence = Evidence.objects.filter(complaint=complaint).order_by("position")
    assert [(each.position, each.file.title) for each in evidence.select_related("file")] == [
        (1, "one.pdf"), (2, "two.pdf"), (3, "three.pdf"),
    ]  # fmt: skip
    assert not PendingFile.objects.exists()
    assert not ComplaintDraft.objects.exists()
    lines = Entry.objects.filter(case=complaint.case).order_by("seq")
    assert [(each.kind, each.new.get("files")) for each in lines] == [
        (Event.CREATED, None), (Event.EVIDENCE_ADDED, 3),
    ]  # fmt: skip


def test_without_files_nothing_is_told_of_them(writer: Person, at: datetime) -> None:
    complaint = submit(begin(writer, at), writer, at)
    assert list(Entry.objects.filter(case=complaint.case).values_list("kind", flat=True)) == [
        Event.CREATED
    ]


def test_a_refusal_leaves_draft_and_files(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    add(draft, writer, at)
    with pytest.raises(UnableToComplain):
        operations.create_complaint(
            wish=wish_for(description="too short"), by=writer, at=at, form_key=draft.form_key,
            draft=draft.pk, seen=digest_of(draft),
        )  # fmt: skip
    assert (DraftFile.objects.count(), PendingFile.objects.count()) == (1, 1)
    assert not StoredFile.objects.exists()
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("change", ["words", "files", "discarded"])
def test_what_was_changed_after_the_review_is_not_submitted(
    writer: Person, at: datetime, change: str
) -> None:
    draft = begin(writer, at)
    seen = digest_of(draft)
    if change == "words":
        keep(draft, said("in another window"), writer, at)
    elif change == "files":
        add(draft, writer, at)
    else:
        operations.drop_draft(draft=draft.pk, by=writer)
    with pytest.raises(UnableToKeepDraft) as refused:
        submit(draft, writer, at, seen)
    assert refused.value.is_conflict
    assert not Complaint.objects.exists()


def test_twice_is_once(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    seen = digest_of(draft)
    first = submit(draft, writer, at, seen)
    assert submit(draft, writer, at, seen).pk == first.pk
    with pytest.raises(UnableToKeepDraft, match="submitted already"):
        begin(writer, at, draft.pk)
    assert Complaint.objects.count() == 1


# ------------------------------------------------------------------ let go
def test_discarded_with_its_files(writer: Person, at: datetime) -> None:
    draft = begin(writer, at)
    add(draft, writer, at)
    operations.drop_draft(draft=draft.pk, by=writer)
    operations.drop_draft(draft=draft.pk, by=writer)
    assert not ComplaintDraft.objects.exists()
    assert not PendingFile.objects.exists()


def test_the_sweep_ends_when_nothing_is_left(
    writer: Person, at: datetime, stands: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few are swept in one transaction: the next night brings as many again."""
    monkeypatch.setattr("complaints.operations.drafts.DRAFTS_AT_ONCE", 2)
    for _ in range(5):
        begin(writer, at)
    stands.go_on(days=8)
    assert sweep_drafts() == 5
    assert not ComplaintDraft.objects.exists()


def test_an_abandoned_draft_is_swept_with_its_files(
    writer: Person, at: datetime, stands: SetClock
) -> None:
    old, touched = begin(writer, at), begin(writer, at)
    file = add(old, writer, at).file
    add(touched, writer, at + timedelta(days=6))
    stands.go_on(days=7)
    assert sweep_drafts() == 0  # the seven days of the settings are not over
    stands.go_on(seconds=1)
    assert sweep_drafts() == 1
    assert list(ComplaintDraft.objects.all()) == [touched]
    assert not PendingFile.objects.filter(pk=file.pk).exists()
    assert PendingFile.objects.count() == 1
    assert default_storage.exists(file.stored_as)  # the bytes go with the sweep of orphans
