"""Many people and workers act on one case at the same moment, with the controls."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from disconnections.operations import close_request
from smart360.cases import oracles as case_oracles
from smart360.cases import tasks
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Alert, Case, Hold, HoldReason
from smart360.cases.operations import acknowledge, put_on_hold, raise_alerts, resume
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.concurrency.racing import (
    AT_ONCE,
    done,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
Amount = Callable[[int, int], int]


def unlocked(case: int) -> Case:
    """What ``handling.lock_case`` gives, and no lock."""
    return Case.objects.select_related("policy", "consumer").get(pk=case)


# ------------------------------------------------------------------ acknowledge
def test_fifty_acknowledge_and_one_is_first(
    make_request: MakeRequest, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """W4: the others are told who and when."""
    people = [person(Role.CSE, full_name=f"Person {n}") for n in range(AT_ONCE)]
    for _ in range(amount(1, 200)):
        made = make_request()
        outcomes = race([partial(acknowledge, case=made.pk, by=each, at=at) for each in people])
        assert len(done(outcomes)) == 1
        first = done(outcomes)[0].acknowledged_by.full_name
        assert {str(e) for e in refusals(outcomes)} == {f"Acknowledged by {first} at 09:30 AM"}
        assert all(isinstance(error, Refusal) for error in refusals(outcomes))
    assert_sound()


def test_control_without_lock_and_triggers_two_are_first(
    make_request: MakeRequest, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, people = make_request(notifies_consumer=False), [person(Role.CSE) for _ in range(4)]
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    acts = [partial(acknowledge, case=made.pk, by=each, at=at) for each in people]
    with without_index("a_status_change_has_one_entry"), without_triggers("cases_case"):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert Entry.objects.filter(case=made.pk, kind="ACKNOWLEDGED").count() > 1


@pytest.mark.parametrize("guard", ["trigger", "index"])
def test_either_guard_of_the_database_alone_lets_one_be_first(
    guard: str,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """W3, W4: below the lock stand the milestone's trigger and the version's one entry."""
    made, people = make_request(notifies_consumer=False), [person(Role.CSE) for _ in range(4)]
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    acts = [partial(acknowledge, case=made.pk, by=each, at=at) for each in people]
    lost = without_triggers("cases_case")
    if guard == "trigger":
        lost = without_index("a_status_change_has_one_entry")
    with lost:
        assert len(done(race(acts))) == 1
        assert Entry.objects.filter(case=made.pk, kind="ACKNOWLEDGED").count() == 1


# ------------------------------------------------------------------ hold and resume against close
def acts_on(case: int, people: list[Person], at: datetime) -> list[partial[Any]]:
    """Everybody does something with the case: a third holds, a third resumes, a third closes."""
    why = HoldReason.objects.get(code="WAITING_CONSUMER").pk
    later = at + timedelta(hours=2)
    kinds: list[Callable[[Person], partial[Any]]] = [
        lambda by: partial(
            put_on_hold,
            case=case,
            reason=why,
            resume_by=later,
            at_resume_by="RESUMES",
            by=by,
            at=at,
        ),
        lambda by: partial(resume, case=case, by=by, at=at),
        lambda by: partial(close_request, case=case, reason="CANCELLED", note="", by=by, at=at),
    ]
    return [kinds[n % 3](by) for n, by in enumerate(people)]


def story_of(case: int, outcomes: list[Any]) -> list[str]:
    """What is wrong with the end of such a race."""
    row = Case.objects.get(pk=case)
    kinds = Counter(Entry.objects.filter(case=case).values_list("kind", flat=True))
    wrong = []
    if row.status != CaseStatus.CLOSED or kinds["CLOSED"] != 1:
        wrong.append(f"closed {kinds['CLOSED']} times, and is {row.status}")
    if row.version != 2 + len(done(outcomes)):
        wrong.append(f"version {row.version} after {len(done(outcomes))} acts")
    if Hold.objects.filter(case=case, ended_at__isnull=True).exists():
        wrong.append("a hold runs on a closed case")
    if not 0 <= kinds["HELD"] - kinds["RESUMED"] <= 1:
        wrong.append(f"held {kinds['HELD']} times, resumed {kinds['RESUMED']} times")
    return wrong


@pytest.mark.parametrize("begins", ["IN_PROGRESS", "ON_HOLD"])
def test_hold_and_resume_against_close(
    begins: str, make_request: MakeRequest, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """W2, W3: each act that was taken is one version; the end is an end, with no hold running."""
    people = [person(Role.CSE) for _ in range(AT_ONCE)]
    for _ in range(amount(1, 200)):
        made = make_request()
        acknowledge(case=made.pk, by=people[0], at=at)
        first = []
        if begins == "ON_HOLD":
            first = [("done", acts_on(made.pk, people, at)[0]())]
        outcomes = race(acts_on(made.pk, people, at))
        assert story_of(made.pk, first + outcomes) == []
        assert all(isinstance(error, Refusal) for error in refusals(outcomes)), refusals(outcomes)
        assert all(error.is_conflict for error in refusals(outcomes))  # type: ignore[attr-defined]
    assert_sound()


def test_control_without_locks_and_triggers_a_closed_case_is_held(
    make_request: MakeRequest, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, people = make_request(notifies_consumer=False), [person(Role.CSE) for _ in range(6)]
    acknowledge(case=made.pk, by=people[0], at=at)
    monkeypatch.setattr("consumers.guards.lock_consumer", lambda consumer: None)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    with without_index("a_status_change_has_one_entry"), without_triggers("cases_case"):
        outcomes = race(acts_on(made.pk, people, at))
        assert story_of(made.pk, outcomes) != []


# ------------------------------------------------------------------ alerts
@pytest.mark.parametrize("takes_turns", [True, False])
def test_an_alert_is_raised_once_by_two_beats_and_many_workers(
    takes_turns: bool,
    make_request: MakeRequest,
    make_consumer: MakeConsumer,
    person: MakePerson,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    amount: Amount,
) -> None:
    """T3: the task itself, as two beats give it to workers; also were there no taking of turns."""
    person(Role.SUPERVISOR)
    if not takes_turns:
        monkeypatch.setattr(tasks, "in_turn", everybody_in_turn)
    for _ in range(amount(1, 200)):
        cases = [make_request(make_consumer(f"Consumer {n}")).pk for n in range(2)]
        before = stands.at
        stands.go_on(hours=14)
        outcomes = race([tasks.raise_due_alerts] * AT_ONCE)
        assert refusals(outcomes) == []
        assert sum(done(outcomes)) == 8
        assert Alert.objects.filter(case__in=cases).count() == 8
        stands.at = before
    assert_sound()


@contextmanager
def everybody_in_turn(name: str) -> Iterator[bool]:
    """No turns: whoever comes, works."""
    yield True


def test_control_without_lock_and_index_an_alert_is_raised_twice(
    make_request: MakeRequest, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(Role.SUPERVISOR)
    made = make_request()
    monkeypatch.setattr("smart360.cases.operations.warn", lambda *about, **more: None)
    slowly(monkeypatch, "smart360.cases.handling.lock_case", unlocked)
    later = at + timedelta(hours=14)
    with without_index("an_alert_is_raised_once"):
        outcomes = race([partial(raise_alerts, case=made.pk, at=later)] * 4)
        assert sum(done(outcomes)) > 4, refusals(outcomes)
        assert case_oracles.alerts_raised_twice() != []


def test_a_case_that_is_busy_keeps_no_other_waiting(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, stands: SetClock
) -> None:
    """T2: the first due is held by somebody; the others are alerted in the same tick."""
    person(Role.SUPERVISOR)
    busy, other = (make_request(make_consumer(f"Consumer {n}")) for n in range(2))
    stands.go_on(minutes=100)
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [busy.pk])
        assert tasks.raise_due_alerts() == 1
        assert Alert.objects.get().case_id == other.pk
    finally:
        holder.rollback()
        holder.close()
    assert tasks.raise_due_alerts() == 1
    assert_sound()
