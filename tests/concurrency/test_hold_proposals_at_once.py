"""Many supervisors decide on one proposed hold at the same moment, with the control (X6)."""

from datetime import date, datetime
from functools import partial
from uuid import uuid4

import pytest

from consumers.models import AccountHold, HoldProposal
from consumers.operations import (
    HoldWish,
    UnableToDecideHold,
    accept_account_hold,
    decline_account_hold,
    propose_account_hold,
)
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.concurrency.racing import AT_ONCE, done, race, refusals, slowly, without_triggers
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
DECIDED = (Event.HOLD_PLACED, Event.HOLD_DECLINED)


def proposed(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> int:
    """A hold that waits for a supervisor."""
    return propose_account_hold(
        consumer=make_consumer().pk,
        wish=HoldWish(kind="MEDICAL", source="CERT-7", from_on=date(2024, 12, 10)),
        note="Her doctor called",
        by=person(Role.CSE),
        at=at,
        form_key=uuid4(),
    ).pk


def test_fifty_decide_and_one_has_decided(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """The others are told who; there is one line, one notice, and a hold only if accepted."""
    proposal = proposed(make_consumer, person, at)
    people = [person(Role.SUPERVISOR, full_name=f"Person {n}") for n in range(AT_ONCE)]
    outcomes = race(
        [
            partial(accept_account_hold, proposal=proposal, by=each, at=at, form_key=uuid4())
            if number % 2
            else partial(
                decline_account_hold, proposal=proposal, by=each, at=at, form_key=uuid4(),
                reason="It has run out",
            )
            for number, each in enumerate(people)
        ]
    )  # fmt: skip
    assert len(done(outcomes)) == 1
    decided = HoldProposal.objects.get(pk=proposal)
    assert decided.decided_by is not None
    for refusal in refusals(outcomes):
        assert isinstance(refusal, UnableToDecideHold)
        assert f"by {decided.decided_by.full_name} already" in refusal.sentence
    assert AccountHold.objects.count() == (decided.state == "ACCEPTED")
    assert Entry.objects.filter(kind__in=DECIDED).count() == 1
    assert Notice.objects.filter(dedupe_key__endswith=":decided").count() == 1
    assert_sound()


def unlocked(proposal: int) -> HoldProposal:
    """What ``_locked`` gives, and no lock."""
    return HoldProposal.objects.select_related("consumer", "decided_by", "proposed_by").get(
        pk=proposal
    )


def test_control_without_lock_and_trigger_two_decide(
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proposal = proposed(make_consumer, person, at)
    people = [person(Role.SUPERVISOR) for _ in range(4)]
    slowly(monkeypatch, "consumers.operations.proposals._locked", unlocked)
    acts = [
        partial(
            decline_account_hold, proposal=proposal, by=each, at=at, form_key=uuid4(), reason="No"
        )
        for each in people
    ]
    with without_triggers("consumers_holdproposal"):
        assert len(done(race(acts))) > 1
    assert Entry.objects.filter(kind=Event.HOLD_DECLINED).count() > 1
