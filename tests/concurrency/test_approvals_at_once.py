"""Many supervisors decide on one request at the same moment, with the control (W14)."""

from datetime import datetime
from functools import partial

import pytest

from disconnections.operations import ask_for_approval, decide_approval
from smart360.cases.approvals import UnableToDecide
from smart360.cases.models import Approval, Case
from smart360.cases.queries.approvals import approval_of
from smart360.comms.models import Message
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.concurrency.racing import AT_ONCE, done, race, refusals, slowly, without_triggers
from tests.conftest import MakePerson, MakeRequest
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
DECIDED = ("APPROVAL_GIVEN", "APPROVAL_REFUSED")


def unlocked(case: int) -> Case:
    """What ``handling.lock_case`` gives, and no lock."""
    return Case.objects.select_related("policy", "consumer").get(pk=case)


def test_fifty_decide_and_one_has_decided(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """The others are told who; there is one line and one letter."""
    made = make_request(by=person(Role.CSE))
    ask_for_approval(case=made.pk, reason="Look at it", by=person(Role.RECOVERY), at=at)
    people = [person(Role.SUPERVISOR, full_name=f"Person {n}") for n in range(AT_ONCE)]
    outcomes = race(
        [
            partial(
                decide_approval, case=made.pk, by=each, at=at, note="I looked",
                decision="APPROVED" if number % 2 else "REJECTED",
            )
            for number, each in enumerate(people)
        ]
    )  # fmt: skip
    assert len(done(outcomes)) == 1
    who = Approval.objects.get(case=made.pk).decided_by
    assert who is not None
    for refusal in refusals(outcomes):
        assert isinstance(refusal, UnableToDecide)
        assert f"by {who.full_name} already" in refusal.sentence
    assert Entry.objects.filter(case=made.pk, kind__in=DECIDED).count() == 1
    told = Message.objects.filter(case=made.pk, template__code="request.approval_decided")
    assert told.count() == 1
    assert_sound()


def test_control_without_lock_and_trigger_two_decide(
    make_request: MakeRequest, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_request(by=person(Role.CSE))
    ask_for_approval(case=made.pk, reason="Look at it", by=person(Role.RECOVERY), at=at)
    people = [person(Role.SUPERVISOR) for _ in range(4)]
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    slowly(monkeypatch, "smart360.cases.approvals.approval_of", approval_of)
    acts = [
        partial(decide_approval, case=made.pk, decision="REJECTED", note="No", by=each, at=at)
        for each in people
    ]
    with without_triggers("cases_approval"):
        assert len(done(race(acts))) > 1
    assert Entry.objects.filter(case=made.pk, kind__in=DECIDED).count() > 1
