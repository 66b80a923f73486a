"""What the application's own role cannot write into complaints and their files (F2, X2, W18)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from django.test import Client

from complaints.models import ComplaintDraft, Evidence
from smart360.documents.models import PendingFile, StoredFile
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import in_progress
from tests.complaints.writing import attach, written
from tests.conftest import MakeConsumer, MakePerson, SetClock

pytestmark = pytest.mark.django_db


def stored(at: datetime) -> StoredFile:
    return StoredFile.objects.create(
        title="late", content_type="PDF", size=1, sha256="0" * 64, stored_as="late", created_at=at
    )


def test_no_evidence_comes_after_its_complaint(
    make_complaint: MakeComplaint, person: MakePerson, stands: SetClock
) -> None:
    complaint = in_progress(make_complaint(), person, stands())
    with pytest.raises(IntegrityError, match="evidence comes with its complaint"):
        Evidence.objects.create(complaint=complaint, file=stored(stands()), position=1)


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE complaints_complaintdraft SET person_id = OTHER",
        "UPDATE complaints_complaintdraft SET form_key = gen_random_uuid()",
        "UPDATE documents_pendingfile SET size = 1",
        "UPDATE documents_pendingfile SET stored_as = '../../elsewhere'",
        "UPDATE complaints_complaintcategory SET is_about_staff = NOT is_about_staff",
    ],
)
def test_drafts_uploads_and_categories_stay(
    client_as: Callable[..., Client],
    make_consumer: MakeConsumer,
    person: MakePerson,
    stands: SetClock,
    settings: Any,
    tmp_path: Any,
    forged: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = client_as(Role.CSE)
    attach(client, written(client, make_consumer()))
    assert ComplaintDraft.objects.exists()
    assert PendingFile.objects.exists()
    with (
        pytest.raises(ProgrammingError, match="pgtrigger: Cannot update"),
        connection.cursor() as cursor,
    ):
        cursor.execute(forged.replace("OTHER", str(person(Role.SUPERVISOR).pk)))


@pytest.mark.parametrize("size", [0, 10 * 1024 * 1024 + 1])
def test_no_upload_is_empty_or_too_large(stands: SetClock, size: int) -> None:
    with pytest.raises(IntegrityError, match="a_pending_file_is_within_10_mb"):
        PendingFile.objects.create(
            title="x", content_type="PDF", size=size, sha256="0" * 64, stored_as=uuid4().hex,
            created_at=stands(),
        )  # fmt: skip
