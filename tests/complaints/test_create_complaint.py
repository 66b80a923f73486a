"""Registering a complaint (CMP2, W18, W19)."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from complaints.models import Complaint, ComplaintCategory, ComplaintName
from complaints.operations import UnableToComplain, create_complaint
from complaints.rules import bare
from smart360.cases.models import Case, SlaPolicy
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint, wish_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_it_is_registered(make_complaint: MakeComplaint) -> None:
    complaint = make_complaint()
    case = complaint.case
    assert (case.kind, case.status, case.priority) == ("COMPLAINT", "PENDING", "HIGH")
    assert case.number == f"CMP-{int(case.number[4:]):08d}"
    assert complaint.category.code == "billing"
    assert [e.kind for e in Entry.objects.filter(case=case)] == ["CREATED"]
    assert complaint.complainant.name == "Ann Newcomer"


@pytest.mark.parametrize(
    ("field", "value", "where", "words"),
    [
        ("description", "9 letters", "description", "at least 10 characters (it has 9)"),
        ("description", " " * 10 + "9 letters", "description", "(it has 9)"),
        ("description", "\u200b" * 10 + "9 letters", "description", "(it has 9)"),
        ("expected_resolution", "four", "expected_resolution", "at least 5"),
        ("expected_resolution", "the bill is THREE times the usual one.",
         "expected_resolution", "cannot be the same"),
        ("incident_on", date(2024, 12, 11), "incident_on", "cannot be in the future"),
        ("incident_on", date(2014, 12, 10), "incident_on", "more than 365 days ago"),
    ],
)  # fmt: skip
def test_what_says_too_little_is_refused(
    make_complaint: MakeComplaint, field: str, value: object, where: str, words: str
) -> None:
    with pytest.raises(UnableToComplain, match=r".") as refused:
        make_complaint(**{field: value})
    assert (refused.value.field, words in refused.value.sentence) == (where, True)
    assert not Case.objects.exists()


def test_a_name_of_another_category_is_refused(make_complaint: MakeComplaint) -> None:
    other = ComplaintCategory.objects.get(code="staff-behavior")
    with pytest.raises(UnableToComplain) as refused:
        make_complaint(category=other.pk)
    assert refused.value.field == "category"
    assert not Case.objects.exists()


def test_what_is_retired_is_not_offered(make_complaint: MakeComplaint) -> None:
    ComplaintName.objects.filter(name="Leak").update(is_active=False)
    with pytest.raises(UnableToComplain) as refused:
        make_complaint(name="Leak")
    assert refused.value.field in {"name", "category", "subcategory"}


def test_the_same_form_gives_the_first(person: Callable[..., Person], at: datetime) -> None:
    by, key = person(Role.CSE), uuid4()
    first = create_complaint(wish=wish_for(), by=by, at=at, form_key=key)
    again = create_complaint(wish=wish_for(), by=by, at=at, form_key=key)
    assert again.pk == first.pk
    assert Complaint.objects.count() == 1


def test_a_policy_for_its_category_counts(make_complaint: MakeComplaint, at: datetime) -> None:
    SlaPolicy.objects.create(
        kind="COMPLAINT", topic_id="billing", resolution_minutes=600, valid_from=at
    )
    own, other = make_complaint().case, make_complaint(name="Leak").case
    assert (own.policy.topic_id, own.policy.resolution_minutes) == ("billing", 600)
    assert other.policy.topic_id is None


# ------------------------------------------------------------------ what the database refuses
def test_the_database_counts_as_the_form_does(make_complaint: MakeComplaint) -> None:
    complaint = make_complaint()
    texts = ["  a b  ", "\u200bzero\u2060width", "caf\u0065\u0301", "\tx\n", "", "ﬁ ligature"]
    for text in texts:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT btrim(regexp_replace(normalize(%s, NFC),"
                " '[\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]', '', 'g'), E' \\t\\n\\r')",
                [text],
            )
            assert cursor.fetchone() == (bare(text),)
    assert complaint.description


@pytest.mark.parametrize(
    "change",
    ["description = 'short'", "incident_on = incident_on - 1", "category_id = category_id + 1"],
)
def test_what_was_said_stays(make_complaint: MakeComplaint, change: str) -> None:
    make_complaint()
    with pytest.raises(IntegrityError, match="stays as it was"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE complaints_complaint SET {change}")
