"""Acknowledging, holding, resuming: works; refuses; one line each; clocks follow."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.operations import (
    UnableToAcknowledge,
    UnableToPutOnHold,
    UnableToResume,
    acknowledge,
    put_on_hold,
    resume,
)
from smart360.cases.oracles import clocks_that_differ_from_history
from smart360.cases.queries.clocks import case_clocks
from smart360.comms.models import Message
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakePerson, MakeRequest


@pytest.fixture
def case(make_request: MakeRequest) -> Case:
    return Case.objects.get(pk=make_request().pk)


@pytest.fixture
def karen(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR, full_name="Karen Lee")


def hold(case: Case, by: Person, at: datetime, code: str = "WAITING_DATE", **more: Any) -> Case:
    wish = {"resume_by": at + timedelta(days=2), "at_resume_by": "RESUMES", **more}
    reason = HoldReason.objects.get(code=code).pk
    return put_on_hold(case=case.pk, reason=reason, by=by, at=at, **wish)


def test_acknowledge_puts_a_pending_case_in_progress(
    case: Case, karen: Person, at: datetime
) -> None:
    """AC010."""
    later = at + timedelta(hours=1, minutes=30)
    acknowledge(case=case.pk, by=karen, at=later)
    case.refresh_from_db()
    assert (case.status, case.version) == ("IN_PROGRESS", 2)
    assert (case.acknowledged_by, case.acknowledged_at) == (karen, later)
    entry = Entry.objects.get(case=case, case_version=2)
    assert (entry.kind, entry.actor, entry.at) == (Event.ACKNOWLEDGED, karen, later)
    assert entry.old == {"status": "PENDING"}
    assert Message.objects.filter(case=case, template__code="request.acknowledged").count() == 1


def test_a_second_acknowledgement_names_the_first(
    case: Case, karen: Person, person: MakePerson, at: datetime
) -> None:
    """W4, bad-inputs.md 99."""
    acknowledge(case=case.pk, by=karen, at=at + timedelta(hours=1, minutes=30))
    with pytest.raises(UnableToAcknowledge) as refusal:
        acknowledge(case=case.pk, by=person(Role.CSE), at=at + timedelta(hours=2))
    assert refusal.value.sentence == "Acknowledged by Karen Lee at 11:00 AM"
    assert refusal.value.is_conflict
    assert Entry.objects.filter(case=case, kind=Event.ACKNOWLEDGED).count() == 1


def test_hold_and_resume_go_to_and_fro(case: Case, karen: Person, at: datetime) -> None:
    """AC011, DIS7."""
    acknowledge(case=case.pk, by=karen, at=at)
    hold(case, karen, at + timedelta(hours=1))
    case.refresh_from_db()
    assert case.status == CaseStatus.ON_HOLD
    resume(case=case.pk, by=karen, at=at + timedelta(hours=5))
    case.refresh_from_db()
    assert (case.status, case.version) == ("IN_PROGRESS", 4)
    assert Hold.objects.get().ended_at == at + timedelta(hours=5)
    assert case.due_at == at + timedelta(hours=24)
    assert case.adjusted_due_at == at + timedelta(hours=28)


def test_a_hold_that_does_not_pause_leaves_the_clock(
    case: Case, karen: Person, at: datetime
) -> None:
    acknowledge(case=case.pk, by=karen, at=at)
    hold(case, karen, at + timedelta(hours=1), code="WAITING_US")
    case.refresh_from_db()
    assert case.adjusted_due_at == case.due_at


def test_a_hold_that_only_reminds_stops_the_clock_until_somebody_resumes(
    case: Case, karen: Person, at: datetime
) -> None:
    acknowledge(case=case.pk, by=karen, at=at)
    hold(case, karen, at + timedelta(hours=1), at_resume_by="REMINDS")
    case.refresh_from_db()
    assert case.adjusted_due_at is None
    assert case.breaches_at == at + timedelta(hours=4), "response never pauses"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"resume_by": datetime.fromisoformat("2024-12-10T15:30:00+00:00")}, "resume_by"),
        ({"resume_by": datetime.fromisoformat("2026-12-10T15:30:00+00:00")}, "resume_by"),
        ({"at_resume_by": "SLEEPS"}, "at_resume_by"),
    ],
)
def test_hold_refuses_what_is_not_offered(
    case: Case, karen: Person, at: datetime, more: dict[str, Any], field: str
) -> None:
    acknowledge(case=case.pk, by=karen, at=at)
    with pytest.raises(UnableToPutOnHold) as refusal:
        hold(case, karen, at, **more)
    assert refusal.value.field == field
    assert not Hold.objects.exists()


def test_buttons_pressed_on_a_stale_page_are_refused(
    case: Case, karen: Person, at: datetime
) -> None:
    """bad-inputs.md 100."""
    with pytest.raises(UnableToPutOnHold, match="This is Pending"):
        hold(case, karen, at)
    with pytest.raises(UnableToResume, match="This is Pending"):
        resume(case=case.pk, by=karen, at=at)
    acknowledge(case=case.pk, by=karen, at=at)
    with pytest.raises(UnableToResume, match="This is In Progress, last changed by Karen Lee"):
        resume(case=case.pk, by=karen, at=at)


def test_resume_after_the_resume_by_moment_counts_from_that_moment(
    case: Case, karen: Person, at: datetime
) -> None:
    """Design §4: ended at its resume-by moment, worker or not."""
    acknowledge(case=case.pk, by=karen, at=at)
    hold(case, karen, at + timedelta(hours=1), resume_by=at + timedelta(hours=3))
    resume(case=case.pk, by=karen, at=at + timedelta(hours=9))
    case.refresh_from_db()
    assert Hold.objects.get().ended_at == at + timedelta(hours=3)
    assert case.adjusted_due_at == at + timedelta(hours=26)


def test_stored_moments_are_those_of_history_after_every_act(
    case: Case, karen: Person, at: datetime
) -> None:
    """T2."""
    acknowledge(case=case.pk, by=karen, at=at + timedelta(hours=1))
    assert clocks_that_differ_from_history() == []
    hold(case, karen, at + timedelta(hours=2))
    assert clocks_that_differ_from_history() == []
    resume(case=case.pk, by=karen, at=at + timedelta(hours=3))
    assert clocks_that_differ_from_history() == []


def test_the_page_says_what_the_sample_says(case: Case, karen: Person, at: datetime) -> None:
    """AC009, 004 §8: On Track at 12:00; "Breached: response since 13:30" at 14:45."""
    zone = ZoneInfo("America/Chicago")
    acknowledge(case=case.pk, by=karen, at=at + timedelta(hours=1, minutes=30))
    fresh = Case.objects.select_related("policy").get(pk=case.pk)
    noon = case_clocks(fresh, at=at + timedelta(hours=2, minutes=30), zone=zone)
    assert noon.clock.state == "ON_TRACK"
    later = case_clocks(fresh, at=at + timedelta(hours=5, minutes=15), zone=zone)
    assert later.clock.state == "BREACHED"
    assert later.clock.breach == "response since 13:30"
    assert later.clock.due_at - later.clock.at == timedelta(hours=18, minutes=45)
    assert [row.achieved for row in later.rows] == ["1.50 h", "Pending", "Pending"]
    assert [row.state for row in later.rows] == ["MET", "BREACHED", "ON_TRACK"]


def test_an_act_that_waited_ends_a_hold_that_began_meanwhile(
    case: Case, karen: Person, at: datetime
) -> None:
    """Its moment was asked before the lock was free: the hold takes no time, and nothing fails."""
    acknowledge(case=case.pk, by=karen, at=at)
    hold(case, karen, at + timedelta(seconds=2))
    resume(case=case.pk, by=karen, at=at + timedelta(seconds=1))
    ended = Hold.objects.get(case=case)
    assert ended.ended_at == ended.since
    assert Case.objects.get(pk=case.pk).adjusted_due_at == at + timedelta(hours=24)
    assert clocks_that_differ_from_history() == []
