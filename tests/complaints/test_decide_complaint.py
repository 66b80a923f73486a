"""A complaint is resolved or rejected, each with its word (CMP5)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from complaints.models import Complaint
from complaints.operations.deciding import (
    UnableToDecide,
    link_account,
    reject_complaint,
    resolve_complaint,
)
from consumers.models import AccountHold
from smart360.cases.models import Case
from smart360.cases.operations import acknowledge
from smart360.cases.queries.receipts import tracking_url
from smart360.comms.models import Message
from smart360.fieldwork.models import OrderTemplate, ServiceOrder
from smart360.fieldwork.operations import create_service_order
from smart360.kernel.errors import Refusal
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import in_progress, put_on_hold
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound
from tests.looking import checksums

Decide = Callable[..., Case]
BOTH = [
    (resolve_complaint, "RESOLVED", "complaint.resolved"),
    (reject_complaint, "REJECTED", "complaint.rejected"),
]
WORDS = "The meter was read again."


@pytest.mark.parametrize(("decide", "status", "code"), BOTH)
def test_it_ends_with_its_word(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    decide: Decide,
    status: str,
    code: str,
) -> None:
    """One line on the timeline, one message owed, and nothing else."""
    complaint, by = in_progress(make_complaint(make_consumer()), person, at), person(Role.CSE)
    later = at + timedelta(hours=1)
    before = OwedWork.objects.count()
    decide(case=complaint.pk, words=WORDS, by=by, at=later)
    case = Case.objects.get(pk=complaint.pk)
    assert (case.status, case.closing_note, case.ended_at) == (status, WORDS, later)
    assert (case.ended_by, case.closing_reason, case.next_alert_at) == (by, "", None)
    entry = Entry.objects.get(case=case, at=later)
    assert (entry.kind, entry.new["status"]) == (status, status)
    assert entry.text is not None
    assert (entry.case_version, entry.text.text) == (case.version, WORDS)
    told = Message.objects.get(case=case, template__code=code)
    assert WORDS in told.body.text
    assert "Bill is too high" in told.body.text
    assert f"One question is waiting for you: {tracking_url(complaint.tracking_token)}\n" in (
        told.body.text
    )
    assert OwedWork.objects.count() == before + 1
    assert_sound()


def test_a_stranger_is_told_by_their_own_address(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    complaint = in_progress(make_complaint(), person, at)
    resolve_complaint(case=complaint.pk, words=WORDS, by=person(Role.CSE), at=at)
    told = Message.objects.filter(case=complaint.pk).select_related("to", "template", "body")
    assert list(told.order_by("id").values_list("template__code", "to__text")) == [
        ("complaint.received", "ann@example.com"),
        ("complaint.acknowledged", "ann@example.com"),
        ("complaint.resolved", "ann@example.com"),
    ]
    assert all(each.body.text.startswith("Dear Ann Newcomer,") for each in told)
    assert all("Bill is too high" in each.body.text for each in told)
    assert all("--" not in each.body.text for each in told)  # every placeholder has its word
    assert_sound()


def test_nobody_is_told_who_does_not_wish_it(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    complaint = in_progress(make_complaint(notifies_consumer=False), person, at)
    resolve_complaint(case=complaint.pk, words=WORDS, by=person(Role.CSE), at=at)
    assert not Message.objects.filter(case=complaint.pk).exists()
    assert_sound()


@pytest.mark.parametrize(
    ("decide", "words", "sentence"),
    [
        (reject_complaint, "", "Enter the reason for rejection"),
        (reject_complaint, " \u200b ", "Enter the reason for rejection"),
        (reject_complaint, "too short", "Say in at least 10 characters why"),
        (
            reject_complaint,
            "n\u200bo\u200bt\u200b h\u200bi\u200bm",
            "Say in at least 10 characters why",
        ),
        (reject_complaint, "n o t\u2003 h i m", "Say in at least 10 characters why"),
        (resolve_complaint, "", "Enter how the complaint was resolved"),
        (resolve_complaint, "x" * 2001, "At most 2000 characters"),
    ],
)
def test_a_decision_says_something(
    make_complaint: MakeComplaint,
    person: MakePerson,
    at: datetime,
    decide: Decide,
    words: str,
    sentence: str,
) -> None:
    """W16, bad-inputs.md 103: nothing is left behind."""
    complaint, by = in_progress(make_complaint(), person, at), person(Role.CSE)
    before = checksums()
    with pytest.raises(UnableToDecide) as refused:
        decide(case=complaint.pk, words=words, by=by, at=at, form_key=uuid4())
    assert (refused.value.sentence, refused.value.field) == (sentence, "words")
    assert refused.value.http_status == 422
    changed = {table for table, sum_ in checksums().items() if sum_ != before[table]}
    assert changed <= {"web_formkey"}


@pytest.mark.parametrize(("decide", "status", "code"), BOTH)
@pytest.mark.parametrize("standing", ["PENDING", "ON_HOLD", "RESOLVED", "REJECTED"])
def test_only_what_is_in_progress_is_decided(
    make_complaint: MakeComplaint,
    person: MakePerson,
    at: datetime,
    standing: str,
    decide: Decide,
    status: str,
    code: str,
) -> None:
    """CMP5: every other move is refused with its reason."""
    complaint, by = make_complaint(), person(Role.CSE, full_name="Olivia Other")
    if standing != "PENDING":
        acknowledge(case=complaint.pk, by=by, at=at)
    if standing == "ON_HOLD":
        put_on_hold(complaint, by, at)
    for name, end in (("RESOLVED", resolve_complaint), ("REJECTED", reject_complaint)):
        if standing == name:
            end(case=complaint.pk, words=WORDS, by=by, at=at)
    lines = Entry.objects.count()
    with pytest.raises(UnableToDecide) as refused:
        decide(case=complaint.pk, words=WORDS, by=by, at=at)
    assert refused.value.http_status == 409
    assert "Olivia Other" in refused.value.sentence or standing == "PENDING"
    assert Entry.objects.count() == lines


def test_the_same_form_does_it_once(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    complaint, by, key = in_progress(make_complaint(), person, at), person(Role.CSE), uuid4()
    sent: dict[str, Any] = {"case": complaint.pk, "words": WORDS, "by": by, "at": at}
    assert resolve_complaint(**sent, form_key=key).status == "RESOLVED"
    lines = Entry.objects.count()
    assert resolve_complaint(**sent, form_key=key).status == "RESOLVED"
    with pytest.raises(Refusal, match="already submitted"):
        resolve_complaint(**(sent | {"words": "Something else"}), form_key=key)
    assert Entry.objects.count() == lines


def test_a_visit_that_is_still_to_come_is_called_off(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """W15: nobody goes there for a complaint that has ended."""
    complaint, by = in_progress(make_complaint(make_consumer()), person, at), person(Role.CSE)
    template = OrderTemplate.objects.filter(is_active=True).exclude(
        kind__in=("DISCONNECTION", "RECONNECTION")
    )
    fitting = [each.pk for each in template if not each.categories.exists()]
    order = create_service_order(template=fitting[0], case=complaint.pk, by=by, at=at)
    resolve_complaint(case=complaint.pk, words=WORDS, by=by, at=at)
    order = ServiceOrder.objects.get(pk=order.pk)
    assert (order.status, order.cancelled_because) == ("CANCELLED", "REQUEST_ENDED")
    assert_sound()


def test_an_order_needs_an_account(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Decision 48: link first."""
    complaint, by = in_progress(make_complaint(), person, at), person(Role.CSE)
    template = OrderTemplate.objects.get(code="RPR-1").pk
    with pytest.raises(Refusal, match="Link a consumer first"):
        create_service_order(template=template, case=complaint.pk, by=by, at=at)
    link_account(case=complaint.pk, consumer=make_consumer().pk, by=by, at=at)
    assert create_service_order(template=template, case=complaint.pk, by=by, at=at).pk


def test_what_was_disputed_is_owed_again(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """BEY14: the fence goes with the complaint, and the timeline says so."""
    made = make_complaint(make_consumer(), disputed_amount=Decimal("120.00"))
    complaint = in_progress(made, person, at)
    assert AccountHold.objects.get(source=complaint.case.number).lifted_at is None
    resolve_complaint(case=complaint.pk, words=WORDS, by=person(Role.CSE), at=at)
    assert AccountHold.objects.get(source=complaint.case.number).lifted_at == at
    kinds = [entry.kind for entry in Entry.objects.filter(case=complaint.pk).order_by("seq")]
    assert kinds[-2:] == [Event.RESOLVED, Event.DISPUTE_LIFTED]
    assert Complaint.objects.get(pk=complaint.pk).disputed_amount == Decimal("120.00")
    assert_sound()


# ------------------------------------------------------------------ what the database refuses
@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("status = 'RESOLVED', ended_at = now()", "a_decided_complaint_says_how"),
        (
            "status = 'REJECTED', ended_at = now(), closing_note = '  too short \n '",
            "a_rejected_complaint_says_why",
        ),
        (
            "status = 'REJECTED', ended_at = now(), closing_note = repeat(E'a\\u200B\\u00A0', 9)",
            "a_rejected_complaint_says_why",
        ),
        (
            "status = 'REJECTED', ended_at = now(), closing_note = repeat(E'e\\u0301', 9)",
            "a_rejected_complaint_says_why",
        ),
        ("status = 'CLOSED', ended_at = now(), closing_reason = 'DUPLICATE'", "arrow"),
        ("status = 'COMPLETED', ended_at = now()", "arrow"),
    ],
)
def test_the_database_refuses_other_ends(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, change: str, guard: str
) -> None:
    complaint = in_progress(make_complaint(), person, at)
    with pytest.raises(DatabaseError, match=guard), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_case SET {change} WHERE id = {complaint.pk}")
