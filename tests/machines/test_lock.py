"""The profile lock as a state machine: three people, a clock that jumps, old tokens, cut acts.

A request that is submitted under a token that is not the live one's must be refused (W8). Replay:
see ``running.py``. Many at the very same moment are in ``tests/concurrency/test_profile_lock.py``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from consumers import guards, operations
from consumers.choices import LockPurpose
from consumers.models import Consumer, ProfileLock
from consumers.oracles import locks_without_their_line, tokens_used_twice
from disconnections.operations import close_request, create_request
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, wish_for
from tests.invariants import assert_sound
from tests.machines import running
from tests.machines.test_request import COUNTED, NOT_OF_ROWS, cut

pytestmark = pytest.mark.timeout(7200)  # of a night on a busy machine

who = st.integers(0, 2)


class LockMachine(running.TryingMachine):
    """One consumer; ``seen`` is the newest token that each person was ever given."""

    counted = COUNTED
    people: list[Person]
    make: Callable[..., Consumer]

    def __init__(self) -> None:
        super().__init__()
        running.begin_example()
        self.consumer = self.make()
        self.at = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)  # the night when clocks go back
        self.model: dict[str, Any] = {"holder": None, "token": 0, "until": self.at}
        self.seen: dict[int, int] = {}
        self.tokens: dict[int, int] = {}

    def is_live(self) -> bool:
        until: datetime = self.model["until"]
        return until > self.at and self.model["holder"] is not None

    def has(self, who: int) -> bool:
        """Whether this person's newest token is the lock's, lapsed or not."""
        return bool(self.model["holder"] == who and self.seen.get(who) == self.model["token"])

    def stored(self) -> tuple[Any, ...]:
        """The lock, and how much there is of all that an act may add."""
        return ProfileLock.objects.values().first(), *super().stored()

    def given(self, who: int, token: int) -> None:
        """A token belongs to one person for ever."""
        assert self.tokens.setdefault(token, who) == who
        self.seen[who] = token
        self.model = {"holder": who, "token": token, "until": self.at + guards.LEASE}

    @rule(minutes=st.integers(1, 20), is_long=st.booleans())
    def time_passes(self, minutes: int, is_long: bool) -> None:
        self.at += timedelta(minutes=minutes * (90 if is_long else 1))

    @rule(who=who, cut=cut)
    def take(self, who: int, cut: int) -> None:
        purpose = LockPurpose.CREATE_REQUEST
        lock = self.tries(
            lambda: operations.take_profile_lock(
                consumer=self.consumer.pk, purpose=purpose, by=self.people[who], at=self.at
            ),
            may=not self.is_live() or self.model["holder"] == who,
            cut=cut,
        )
        if lock:
            assert (lock.token > self.model["token"]) == (self.model["holder"] != who)
            self.given(who, lock.token)

    @rule(who=who, cut=cut)
    def renew(self, who: int, cut: int) -> None:
        token = self.seen.get(who, 0)
        lock = self.tries(
            lambda: operations.renew_profile_lock(
                consumer=self.consumer.pk, token=token, by=self.people[who], at=self.at
            ),
            may=self.has(who),
            cut=cut,
        )
        if lock:
            self.given(who, lock.token)

    @rule(who=who, cut=cut)
    def release(self, who: int, cut: int) -> None:
        """Whoever does not hold it is told so, and nothing is refused."""
        token = self.seen.get(who, 0)
        gave = self.tries(
            lambda: operations.release_profile_lock(
                consumer=self.consumer.pk, token=token, by=self.people[who], at=self.at
            ),
            may=True,
            cut=cut,
        )
        assert gave in (None, self.has(who) and self.is_live())
        if gave:
            self.model["until"] = self.at

    @rule(cut=cut)
    def broken_open(self, cut: int) -> None:
        was_broken = self.tries(
            lambda: operations.break_profile_lock(
                consumer=self.consumer.pk,
                reason="Gone home for today",
                by=self.people[2],
                at=self.at,
            ),
            may=self.is_live(),
            cut=cut,
        )
        if was_broken:
            self.model["until"] = self.at
            self.model["token"] += 1

    @rule(who=who, cut=cut)
    def submit(self, who: int, cut: int) -> None:
        """A whole request under the newest token that this person has."""
        wish = wish_for(self.consumer, lock_token=self.seen.get(who, 0))
        made = self.tries(
            lambda: create_request(wish=wish, by=self.people[who], at=self.at, form_key=uuid4()),
            may=self.has(who) and self.is_live(),
            cut=cut,
        )
        if made:
            self.model["until"] = self.at
            close_request(
                case=made.case_id, reason="DUPLICATE", note="", by=self.people[who], at=self.at
            )
            running.settle()

    @invariant()
    def the_row_is_as_the_model_says(self) -> None:
        lock = ProfileLock.objects.filter(consumer=self.consumer).first()
        if lock is None:
            assert self.model["holder"] is None
            return
        assert lock.holder_id == self.people[self.model["holder"]].pk
        assert (lock.token, lock.expires_at) == (self.model["token"], self.model["until"])
        assert locks_without_their_line(self.at) == tokens_used_twice() == []

    def teardown(self) -> None:
        try:
            assert_sound(without=NOT_OF_ROWS | {"W8"})  # W8 is asked above, at the machine's time
        finally:
            running.end_example()


@pytest.fixture
def machine(make_consumer: MakeConsumer, person: MakePerson) -> type[running.TryingMachine]:
    """The machine with this test's people."""

    class Machine(LockMachine):
        make = staticmethod(make_consumer)
        people = [person(Role.CSE), person(Role.CALL_CENTRE), person(Role.SUPERVISOR)]

    return Machine


def test_a_lock_behaves_like_its_model(
    machine: type[running.TryingMachine], pytestconfig: pytest.Config
) -> None:
    assert running.run(machine, pytestconfig, by_day=(12, 20)) > 100, "hardly anything was tried"


def test_control_a_submit_that_no_lock_stops_is_found(
    machine: type[running.TryingMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """W8: without the check of the fence, a lapsed or broken hold would still submit."""
    monkeypatch.setattr(guards, "require_hold", lambda *args: None)
    assert running.finds(machine, pytestconfig)
