"""Several people decide one complaint at the same moment, with the controls."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from complaints.models import Complaint, Reopening
from complaints.operations.deciding import (
    link_account,
    reject_complaint,
    reopen_complaint,
    resolve_complaint,
)
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.operations import put_on_hold
from smart360.comms.models import Message
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to, in_progress
from tests.concurrency.racing import (
    done,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
TEN = 10
ENDS = ("RESOLVED", "REJECTED")


def unlocked(case: int) -> Case:
    """What ``handling.lock_case`` gives, and no lock."""
    return Case.objects.select_related("policy", "consumer").get(pk=case)


def resolving(complaint: Complaint, by: Person, at: datetime) -> Callable[[], Any]:
    return partial(resolve_complaint, case=complaint.pk, words="Done.", by=by, at=at)


def rejecting(complaint: Complaint, by: Person, at: datetime) -> Callable[[], Any]:
    return partial(reject_complaint, case=complaint.pk, words="It is right.", by=by, at=at)


def reopening(complaint: Complaint, by: Person, at: datetime) -> Callable[[], Any]:
    return partial(reopen_complaint, case=complaint.pk, words="It came back.", by=by, at=at)


def holding(complaint: Complaint, by: Person, at: datetime) -> Callable[[], Any]:
    return partial(
        put_on_hold,
        case=complaint.pk,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=at + timedelta(days=1),
        at_resume_by="RESUMES",
        by=by,
        at=at,
    )


@pytest.fixture
def people(person: MakePerson) -> list[Person]:
    return [person(Role.SUPERVISOR, full_name=f"Person {n}") for n in range(TEN)]


# ------------------------------------------------------------------ one decision
@pytest.mark.parametrize("others", [resolving, rejecting], ids=["resolve", "reject"])
def test_ten_decide_and_one_is_first(
    others: Callable[..., Callable[[], Any]],
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    people: list[Person],
    at: datetime,
) -> None:
    """Two resolve at once, and one resolves while another rejects."""
    complaint = in_progress(make_complaint(make_consumer()), person, at)
    acts = [(others if n % 2 else resolving)(complaint, by, at) for n, by in enumerate(people)]
    outcomes = race(acts)
    assert len(done(outcomes)) == 1
    assert all(isinstance(error, Refusal) for error in refusals(outcomes)), refusals(outcomes)
    case = Case.objects.select_related("ended_by").get(pk=complaint.pk)
    assert case.ended_by is not None
    faster = f"{case.get_status_display()} by {case.ended_by.full_name} already"
    assert {str(error) for error in refusals(outcomes)} == {faster}
    assert Entry.objects.filter(case=complaint.pk, kind__in=ENDS).count() == 1
    ends = ("complaint.resolved", "complaint.rejected")
    assert Message.objects.filter(case=complaint.pk, template__code__in=ends).count() == 1
    assert_sound()


def test_control_without_lock_and_guards_two_decide(
    make_complaint: MakeComplaint,
    person: MakePerson,
    people: list[Person],
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complaint = in_progress(make_complaint(notifies_consumer=False), person, at)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    acts = [resolving(complaint, people[0], at), rejecting(complaint, people[1], at)]
    with without_index("a_status_change_has_one_entry"), without_triggers("cases_case"):
        outcomes = race(acts)
        assert len(done(outcomes)) == 2, refusals(outcomes)
        assert Entry.objects.filter(case=complaint.pk, kind__in=ENDS).count() == 2


@pytest.mark.parametrize("guard", ["trigger", "index"])
def test_either_guard_of_the_database_alone_lets_one_decide(
    guard: str,
    make_complaint: MakeComplaint,
    person: MakePerson,
    people: list[Person],
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """W2, W3: below the lock stand the arrows' trigger and the version's one entry."""
    complaint = in_progress(make_complaint(notifies_consumer=False), person, at)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    acts = [resolving(complaint, people[0], at), rejecting(complaint, people[1], at)]
    lost = without_triggers("cases_case")
    if guard == "trigger":
        lost = without_index("a_status_change_has_one_entry")
    with lost:
        assert len(done(race(acts))) == 1
        assert Entry.objects.filter(case=complaint.pk, kind__in=ENDS).count() == 1


def test_who_resolves_and_who_holds_are_one_after_the_other(
    make_complaint: MakeComplaint, person: MakePerson, people: list[Person], at: datetime
) -> None:
    """Held first it cannot be resolved, resolved first it cannot be held."""
    complaint = in_progress(make_complaint(), person, at)
    acts = [(holding if n % 2 else resolving)(complaint, by, at) for n, by in enumerate(people)]
    outcomes = race(acts)
    assert len(done(outcomes)) == 1
    case = Case.objects.get(pk=complaint.pk)
    held = Hold.objects.filter(case=case, ended_at=None).exists()
    assert held == (case.status == "ON_HOLD")
    assert case.status in ("ON_HOLD", "RESOLVED")
    assert_sound()


def test_control_without_lock_and_guards_what_is_resolved_is_held(
    make_complaint: MakeComplaint,
    person: MakePerson,
    people: list[Person],
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complaint = in_progress(make_complaint(notifies_consumer=False), person, at)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    acts = [resolving(complaint, people[0], at), holding(complaint, people[1], at)]
    with without_index("a_status_change_has_one_entry"), without_triggers("cases_case"):
        outcomes = race(acts)
        assert len(done(outcomes)) == 2, refusals(outcomes)


# ------------------------------------------------------------------ one reopening
def test_ten_reopen_and_it_happens_once(
    make_complaint: MakeComplaint, people: list[Person], at: datetime
) -> None:
    complaint = make_complaint()
    bring_to("RESOLVED", complaint, people[0], at)
    outcomes = race([reopening(complaint, by, at) for by in people])
    assert len(done(outcomes)) == 1
    assert all(isinstance(error, Refusal) for error in refusals(outcomes)), refusals(outcomes)
    assert Reopening.objects.filter(complaint=complaint).count() == 1
    assert Hold.objects.filter(case=complaint.pk).count() == 1
    told = Message.objects.filter(case=complaint.pk, template__code="complaint.reopened")
    assert told.count() == 1
    assert_sound()


GUARDS = ("a_status_change_has_one_entry", "an_end_is_reopened_once")


def test_control_without_lock_and_guards_it_is_reopened_twice(
    make_complaint: MakeComplaint,
    people: list[Person],
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complaint = make_complaint(notifies_consumer=False)
    bring_to("RESOLVED", complaint, people[0], at)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    with without_index(GUARDS[0]), without_index(GUARDS[1]), without_triggers("cases_case"):
        outcomes = race([reopening(complaint, by, at) for by in people[:2]])
        assert len(done(outcomes)) == 2, refusals(outcomes)
        assert Reopening.objects.filter(complaint=complaint).count() == 2


def test_the_end_alone_lets_one_reopen(
    make_complaint: MakeComplaint,
    people: list[Person],
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """W15: below the lock, one row for each end."""
    complaint = make_complaint(notifies_consumer=False)
    bring_to("RESOLVED", complaint, people[0], at)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    with without_index(GUARDS[0]), without_triggers("cases_case"):
        outcomes = race([reopening(complaint, by, at) for by in people[:2]])
        assert len(done(outcomes)) == 1
        assert [str(error) for error in refusals(outcomes)] == ["It was reopened already"]


# ------------------------------------------------------------------ whose it is
def test_ten_link_it_and_it_is_the_first_ones(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    people: list[Person],
    at: datetime,
) -> None:
    complaint = make_complaint()
    accounts = [make_consumer(f"Consumer {n}", with_meters=False) for n in range(TEN)]
    acts = [
        partial(link_account, case=complaint.pk, consumer=account.pk, by=by, at=at)
        for account, by in zip(accounts, people, strict=True)
    ]
    outcomes = race(acts)
    assert len(done(outcomes)) == 1
    assert Entry.objects.filter(case=complaint.pk, kind="CONSUMER_LINKED").count() == 1
    assert_sound()
