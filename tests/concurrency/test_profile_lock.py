"""W8: one holder at a time, whoever comes at the same moment; with the control that fails."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from consumers import guards, oracles
from consumers.choices import LockPurpose
from consumers.models import Consumer, ProfileLock
from consumers.operations import (
    break_profile_lock,
    change_profile,
    release_profile_lock,
    renew_profile_lock,
    take_profile_lock,
)
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.concurrency.racing import AT_ONCE, done, race, refusals
from tests.conftest import MakeConsumer, MakePerson

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def takes(consumer: Consumer, by: Person, at: datetime) -> partial[ProfileLock]:
    purpose = LockPurpose.CREATE_REQUEST
    return partial(take_profile_lock, consumer=consumer.pk, purpose=purpose, by=by, at=at)


class TestAtOnce:
    def test_one_of_many_gets_the_profile(
        self, make_consumer: MakeConsumer, person: MakePerson
    ) -> None:
        """AC002: fifty people choose the account in the same moment; one holds it."""
        consumer, at = make_consumer(), database_now()
        people = [person(Role.CSE, full_name=f"Clerk {number}") for number in range(AT_ONCE)]
        outcomes = race([takes(consumer, each, at) for each in people])
        assert len(done(outcomes)) == 1
        holder = ProfileLock.objects.select_related("holder").get().holder
        for refusal in refusals(outcomes):
            assert isinstance(refusal, guards.LockIsHeld)
            assert holder.full_name in refusal.sentence
        assert Entry.objects.filter(kind="PROFILE_LOCKED").count() == 1
        assert oracles.locks_without_their_line(at) == oracles.tokens_used_twice() == []

    def test_control_without_the_guard_many_hold_it(
        self, make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guards, "lock_consumer", lambda consumer: None)
        monkeypatch.setattr(guards, "refuse_if_held", lambda consumer, by, at: None)
        unguarded = guards.TAKE[: guards.TAKE.index(" WHERE")] + " RETURNING token"
        monkeypatch.setattr(guards, "TAKE", unguarded)
        consumer, at = make_consumer(), database_now()
        people = [person(Role.CSE) for _ in range(AT_ONCE)]
        assert len(done(race([takes(consumer, each, at) for each in people]))) > 1

    def test_one_of_many_gets_a_lapsed_hold(
        self, make_consumer: MakeConsumer, person: MakePerson
    ) -> None:
        consumer, at = make_consumer(), database_now()
        first = takes(consumer, person(Role.CSE), at - timedelta(minutes=16))()
        people = [person(Role.CSE) for _ in range(AT_ONCE)]
        winners = done(race([takes(consumer, each, at) for each in people]))
        assert [lock.token for lock in winners] == [first.token + 1]

    def test_two_tabs_save_once(self, make_consumer: MakeConsumer, person: MakePerson) -> None:
        consumer, sarah, at = make_consumer(), person(Role.CSE), database_now()
        token = takes(consumer, sarah, at)().token
        saves = [
            partial(
                change_profile,
                consumer=consumer.pk,
                values={"name": f"Name {number}"},
                version=1,
                token=token,
                by=sarah,
                at=at,
            )
            for number in range(2)
        ]
        outcomes = race(saves)
        assert len(done(outcomes)) == 1
        assert all(isinstance(each, Refusal) and each.is_conflict for each in refusals(outcomes))
        assert Consumer.objects.get().version == 2

    def test_saving_and_breaking_exclude_each_other(
        self, make_consumer: MakeConsumer, person: MakePerson
    ) -> None:
        at = database_now()
        for number in range(10):
            consumer, sarah = make_consumer(f"Consumer {number}"), person(Role.CSE)
            token = takes(consumer, sarah, at)().token
            save = partial(
                change_profile,
                consumer=consumer.pk,
                values={"name": "Saved"},
                version=1,
                token=token,
                by=sarah,
                at=at,
            )
            breaks = partial(
                break_profile_lock,
                consumer=consumer.pk,
                reason="She went home sick",
                by=person(Role.SUPERVISOR),
                at=at,
            )
            assert len(done(race([save, breaks]))) == 1
        kinds = ["PROFILE_CHANGED", "PROFILE_LOCK_BROKEN"]
        assert Entry.objects.filter(kind__in=kinds).count() == 10


class LockMachine(RuleBasedStateMachine):
    """Three people, a clock that runs, and a model of the lock in plain values."""

    make: Any
    people: list[Person]
    lives = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).lives += 1
        self.consumer: Consumer = self.make()
        self.at = database_now() - timedelta(days=10)
        self.holder: int | None = None
        self.until = self.at
        self.token = 0
        self.seen: dict[int, int] = {}

    def live(self) -> bool:
        return self.holder is not None and self.until > self.at

    @rule(minutes=st.integers(min_value=1, max_value=20))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(who=st.integers(min_value=0, max_value=2))
    def take(self, who: int) -> None:
        is_free = not self.live() or self.holder == who
        try:
            lock = takes(self.consumer, self.people[who], self.at)()
        except guards.LockIsHeld:
            assert not is_free
            return
        assert is_free
        if self.holder != who:
            assert lock.token > self.token
        self.holder, self.token = who, lock.token
        self.until = self.at + guards.LEASE
        self.seen[who] = lock.token

    @rule(who=st.integers(min_value=0, max_value=2))
    def renew(self, who: int) -> None:
        token = self.seen.get(who, 0)
        is_own = self.holder == who and token == self.token
        try:
            renew_profile_lock(
                consumer=self.consumer.pk, token=token, by=self.people[who], at=self.at
            )
        except Refusal:
            assert not is_own
            return
        assert is_own
        self.until = self.at + guards.LEASE

    @rule(who=st.integers(min_value=0, max_value=2))
    def save(self, who: int) -> None:
        token = self.seen.get(who, 0)
        may = self.live() and self.holder == who and token == self.token
        version = Consumer.objects.get(pk=self.consumer.pk).version
        try:
            change_profile(
                consumer=self.consumer.pk,
                values={"phone": f"+1555000{version:04}"},
                version=version,
                token=token,
                by=self.people[who],
                at=self.at,
            )
        except Refusal:
            assert not may
            return
        assert may
        self.until = self.at

    @rule(who=st.integers(min_value=0, max_value=2))
    def release(self, who: int) -> None:
        token = self.seen.get(who, 0)
        gave = release_profile_lock(
            consumer=self.consumer.pk, token=token, by=self.people[who], at=self.at
        )
        assert gave == (self.live() and self.holder == who and token == self.token)
        if gave:
            self.until = self.at

    @rule()
    def broken_open(self) -> None:
        try:
            break_profile_lock(
                consumer=self.consumer.pk,
                reason="The clerk went home",
                by=self.people[2],
                at=self.at,
            )
        except Refusal:
            assert not self.live()
            return
        assert self.live()
        self.until = self.at
        self.token += 1

    @invariant()
    def the_oracles_find_nothing(self) -> None:
        found = oracles.locks_without_their_line(self.at) + oracles.tokens_used_twice()
        own = f"consumer {self.consumer.pk} "  # other examples had other clocks
        assert [line for line in found if line.startswith(own)] == []


def test_the_lock_behaves_like_its_model(make_consumer: MakeConsumer, person: MakePerson) -> None:
    """W8, as a state machine over three people and a running clock."""

    class Machine(LockMachine):
        make = staticmethod(make_consumer)
        people = [person(Role.CSE), person(Role.CALL_CENTRE), person(Role.SUPERVISOR)]

    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=25, stateful_step_count=25, deadline=None),
    )
    assert Machine.lives > 0, "each life asks the oracles after each step"
