"""Twenty uploads at once never pass the limits of a complaint, with the controls (F2)."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from complaints import operations
from complaints.models import Complaint, ComplaintDraft, ComplaintSettings, DraftFile, Evidence
from complaints.operations import Said
from complaints.operations.drafts import digest_of
from smart360.documents.choices import ContentType
from smart360.documents.intake import Taken
from smart360.documents.models import PendingFile
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.complaints.conftest import wish_for
from tests.concurrency.racing import done, pause, race, refusals, without_triggers
from tests.conftest import MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
UPLOADS = 20
MEGABYTE = 1024 * 1024


@pytest.fixture
def writer(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def draft(writer: Person, at: datetime) -> ComplaintDraft:
    said = Said("1", {"name_said": ["Ann"]}, "a", 0)
    return operations.begin_draft(draft=uuid4(), said=said, by=writer, at=at)


def upload(draft: ComplaintDraft, by: Person, at: datetime, key: UUID, size: int = 1000) -> None:
    taken = Taken(ContentType.PDF, b"%PDF-" + bytes(size - 5), "bill.pdf")
    operations.add_file(draft=draft.pk, taken=taken, by=by, at=at, form_key=key)


def uploads(draft: ComplaintDraft, by: Person, at: datetime, **more: Any) -> list[partial[None]]:
    return [partial(upload, draft, by, at, uuid4(), **more) for _ in range(UPLOADS)]


def test_twenty_uploads_are_five_files(draft: ComplaintDraft, writer: Person, at: datetime) -> None:
    outcomes = race(uploads(draft, writer, at))
    assert len(done(outcomes)) == draft.files.count() == PendingFile.objects.count() == 5
    assert {str(error) for error in refusals(outcomes)} == {"At most 5 files"}
    assert_sound()


def test_twenty_uploads_stay_within_the_megabytes(
    draft: ComplaintDraft, writer: Person, at: datetime
) -> None:
    ComplaintSettings.objects.update(most_files=20, most_megabytes=2)
    outcomes = race(uploads(draft, writer, at, size=400_000))
    assert len(done(outcomes)) == draft.files.count() == 5
    assert {str(error) for error in refusals(outcomes)} == {"At most 2 MB together"}
    size = draft.files.aggregate(size=Sum("file__size"))["size"]
    assert size <= 2 * MEGABYTE


def test_one_upload_sent_twenty_times_is_one_file(
    draft: ComplaintDraft, writer: Person, at: datetime
) -> None:
    outcomes = race([partial(upload, draft, writer, at, uuid4())] * UPLOADS)
    assert len(done(outcomes)) == UPLOADS
    assert draft.files.count() == PendingFile.objects.count() == 1


# ------------------------------------------------------------------ the database alone
def insert(draft: UUID, file: UUID, at: datetime) -> None:
    """As somebody would who has forgotten to count, and takes their time before the commit."""
    with transaction.atomic():  # noqa: TID251  (nobody's operation)
        DraftFile.objects.create(draft_id=draft, file_id=file, added_at=at)
        pause(0.2)


def inserts(draft: ComplaintDraft, by: Person, at: datetime) -> list[partial[None]]:
    files = PendingFile.objects.bulk_create(
        PendingFile(
            title="bill.pdf", content_type="PDF", size=1000, sha256="0" * 64,
            stored_as=f"2024/12/10/{uuid4().hex}.pdf", created_at=at, created_by=by,
        )
        for _ in range(UPLOADS)
    )  # fmt: skip
    return [partial(insert, draft.pk, file.pk, at) for file in files]


def test_the_database_counts_by_itself(draft: ComplaintDraft, writer: Person, at: datetime) -> None:
    outcomes = race(inserts(draft, writer, at))
    assert len(done(outcomes)) == draft.files.count() == 5
    assert all("too many files" in str(error) for error in refusals(outcomes))


def test_control_without_the_trigger_there_are_more(
    draft: ComplaintDraft, writer: Person, at: datetime
) -> None:
    acts = inserts(draft, writer, at)
    with without_triggers("complaints_draftfile"):
        race(acts)
    assert draft.files.count() == UPLOADS


# ------------------------------------------------------------------ submitted meanwhile
def test_an_upload_beside_the_submit_is_in_or_refused(
    draft: ComplaintDraft, writer: Person, at: datetime
) -> None:
    """No file is lost between the draft and its complaint, and there is one complaint."""
    seen = digest_of(draft)

    def submit() -> Complaint:
        return operations.create_complaint(
            wish=wish_for(), by=writer, at=at, form_key=draft.form_key, draft=draft.pk, seen=seen
        )

    outcomes = race([submit, submit, partial(upload, draft, writer, at, uuid4())])
    assert Complaint.objects.count() + ComplaintDraft.objects.count() == 1
    is_submitted = Complaint.objects.exists()
    assert [word for word, _ in outcomes[:2]] == ["done" if is_submitted else "refused"] * 2
    assert outcomes[2][0] == ("refused" if is_submitted else "done")
    assert not Evidence.objects.exists()
    assert PendingFile.objects.count() == (0 if is_submitted else 1)


def test_twenty_submits_are_one_complaint(
    draft: ComplaintDraft, writer: Person, at: datetime
) -> None:
    upload(draft, writer, at, uuid4())
    seen = digest_of(draft)
    acts = [
        partial(
            operations.create_complaint,
            wish=wish_for(), by=writer, at=at, form_key=draft.form_key, draft=draft.pk, seen=seen,
        )
    ] * UPLOADS  # fmt: skip
    made = done(race(acts))
    assert len(made) == UPLOADS
    assert len({each.pk for each in made}) == Complaint.objects.count() == 1
    assert Evidence.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM complaints_draftfile")
        assert cursor.fetchone() == (0,)
