"""Closing a request without carrying it out."""

from datetime import date, datetime, time, timedelta

import pytest

from consumers.models import Guard
from disconnections.models import SlotDay, TimeSlot
from disconnections.operations import UnableToClose, close_request
from smart360.cases.choices import ClosingReason
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.operations import acknowledge, put_on_hold
from smart360.comms.models import Message
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakePerson, MakeRequest


def test_close_ends_the_request_with_its_reason(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made, karen = make_request(), person(Role.SUPERVISOR)
    later = at + timedelta(hours=1)
    case = close_request(case=made.pk, reason="CANCELLED", note="Called us", by=karen, at=later)
    case.refresh_from_db()
    assert (case.status, case.closing_reason, case.ended_by) == ("CLOSED", "CANCELLED", karen)
    assert not Guard.objects.exists()
    entry = Entry.objects.get(case=made.case, kind=Event.CLOSED)
    assert entry.old == {"status": "PENDING"}
    assert entry.new == {"status": "CLOSED", "reason": "CANCELLED"}
    assert entry.text is not None
    assert entry.text.text == "Called us"
    assert Message.objects.filter(case=case, template__code="request.closed").count() == 1


def test_close_gives_the_place_back_once(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """W7."""
    slot = TimeSlot.objects.get(starts=time(10))
    made, karen = make_request(preferred_on=date(2024, 12, 15), slot=slot.pk), person(Role.CSE)
    close_request(case=made.pk, reason="DUPLICATE", note="", by=karen, at=at)
    assert SlotDay.objects.get(slot=slot).booked == 0
    with pytest.raises(UnableToClose):
        close_request(case=made.pk, reason="DUPLICATE", note="", by=karen, at=at)
    assert SlotDay.objects.get(slot=slot).booked == 0
    made.refresh_from_db()
    assert made.slot == slot, "what was asked for stays readable"


def test_close_from_hold_ends_the_hold(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """Lessons 2: hold → close loses no time."""
    made, karen = make_request(), person(Role.CSE)
    acknowledge(case=made.pk, by=karen, at=at)
    put_on_hold(
        case=made.pk,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=at + timedelta(days=3),
        at_resume_by="RESUMES",
        by=karen,
        at=at + timedelta(hours=1),
    )
    close_request(case=made.pk, reason="NO_RESPONSE", note="", by=karen, at=at + timedelta(hours=5))
    assert Hold.objects.get().ended_at == at + timedelta(hours=5)


@pytest.mark.parametrize(
    ("reason", "note", "field", "sentence"),
    [
        ("", "", "reason", "This field is required."),
        ("SOLD", "", "reason", "Select a valid choice."),
        ("OTHER", "", "note", "Say in at least 10 characters why"),
        ("OTHER", "         x", "note", "Say in at least 10 characters why"),
        ("OTHER", "\u200b" * 12, "note", "Say in at least 10 characters why"),
    ],
)
def test_close_asks_for_what_is_missing(
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    reason: str,
    note: str,
    field: str,
    sentence: str,
) -> None:
    """W16, bad-inputs.md 101."""
    made = make_request()
    with pytest.raises(UnableToClose) as refusal:
        close_request(case=made.pk, reason=reason, note=note, by=person(Role.CSE), at=at)
    assert (refusal.value.field, refusal.value.sentence) == (field, sentence)
    assert Case.objects.get(pk=made.pk).status == "PENDING"


def test_every_documented_reason_closes(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """004: issue resolved, duplicate, cancelled by consumer, no consumer response, other."""
    for reason in ClosingReason.values:
        made = make_request()
        note = "The house was pulled down" if reason == "OTHER" else ""
        close_request(case=made.pk, reason=reason, note=note, by=person(Role.CSE), at=at)
        assert Case.objects.get(pk=made.pk).closing_reason == reason
