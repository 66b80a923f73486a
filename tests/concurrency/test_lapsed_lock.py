"""W8: a hold that has lapsed or was broken, and its old holder who comes back at that moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from consumers import guards
from consumers.choices import LockPurpose
from consumers.models import Consumer, ProfileLock
from consumers.operations import break_profile_lock, renew_profile_lock, take_profile_lock
from disconnections.operations import create_request
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.concurrency.racing import AT_ONCE, SECONDS, done, race, refusals
from tests.conftest import MakeConsumer, MakePerson, wish_for
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
Amount = Callable[[int, int], int]
LAPSED = timedelta(minutes=16)


def takes(consumer: Consumer, by: Person, at: datetime) -> partial[ProfileLock]:
    purpose = LockPurpose.CREATE_REQUEST
    return partial(take_profile_lock, consumer=consumer.pk, purpose=purpose, by=by, at=at)


def submits(consumer: Consumer, by: Person, token: int, at: datetime) -> partial[Any]:
    wish = wish_for(consumer, lock_token=token)
    return partial(create_request, wish=wish, by=by, at=at, form_key=uuid4())


def renews(consumer: Consumer, by: Person, token: int, at: datetime) -> partial[ProfileLock]:
    return partial(renew_profile_lock, consumer=consumer.pk, token=token, by=by, at=at)


def breaks(consumer: Consumer, by: Person, at: datetime) -> partial[None]:
    return partial(
        break_profile_lock, consumer=consumer.pk, reason="She went home sick", by=by, at=at
    )


# ------------------------------------------------------------------ takeover of a lapsed hold
def test_a_lapsed_holder_submits_against_everybody_who_takes_over(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """The submit that was under way when the hold lapsed is refused; one of the others has it."""
    sarah, others = person(Role.CSE), [person(Role.CSE) for _ in range(AT_ONCE - 10)]
    for _ in range(amount(1, 200)):
        consumer = make_consumer(with_meters=False)
        token = takes(consumer, sarah, at)().token
        late = at + LAPSED
        acts: list[Any] = [takes(consumer, each, late) for each in others]
        acts += [submits(consumer, sarah, token, late) for _ in range(10)]
        outcomes = race(acts)
        (winner,) = done(outcomes)
        assert winner.token == token + 1
        lost = [error for _, error in outcomes[len(others) :]]
        assert all(isinstance(error, guards.LockIsLost | guards.LockIsHeld) for error in lost)
        assert not Case.objects.filter(consumer=consumer).exists()
    assert_sound()


def test_at_the_border_the_submit_comes_first_or_not_at_all(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """A submit of the last minute waits with those who come after it: never both, out of order."""
    sarah, others = person(Role.CSE), [person(Role.CSE) for _ in range(AT_ONCE - 1)]
    for _ in range(amount(1, 200)):
        consumer = make_consumer(with_meters=False)
        token = takes(consumer, sarah, at)().token
        acts: list[Any] = [takes(consumer, each, at + LAPSED) for each in others]
        in_time = submits(consumer, sarah, token, at + timedelta(minutes=14))
        acts.insert(AT_ONCE // 2, in_time)
        outcomes = race(acts)
        word, _ = outcomes[AT_ONCE // 2]
        created = Entry.objects.filter(kind="CREATED", case__consumer=consumer).first()
        taken = Entry.objects.get(kind="PROFILE_LOCKED", consumer=consumer, new__token=token + 1)
        assert (word == "done") == (created is not None)
        assert created is None or created.pk < taken.pk
        assert len(done(outcomes)) == (1 if created is None else 2)
    assert_sound()


def test_control_without_its_token_the_late_submit_goes_through(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sarah, emily, consumer = person(Role.CSE), person(Role.CSE), make_consumer()
    token = takes(consumer, sarah, at)().token
    monkeypatch.setattr(guards, "require_hold", lambda *about, **more: None)
    late = at + LAPSED
    outcomes = race([takes(consumer, emily, late), submits(consumer, sarah, token, late)])
    assert len(done(outcomes)) == 2
    assert ProfileLock.objects.get(consumer=consumer).holder == emily
    assert Case.objects.get(consumer=consumer).created_by == sarah


# ------------------------------------------------------------------ the heartbeat of a lapsed hold
def test_a_lapsed_hold_comes_back_to_life_or_passes_on(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """The old holder's page says that she is still there while others take the profile."""
    sarah, others = person(Role.CSE), [person(Role.CSE) for _ in range(AT_ONCE // 2)]
    for _ in range(amount(1, 200)):
        consumer = make_consumer(with_meters=False)
        token = takes(consumer, sarah, at)().token
        acts: list[Any] = [renews(consumer, sarah, token, at + LAPSED)] * (AT_ONCE // 2)
        acts += [takes(consumer, each, at + LAPSED) for each in others]
        outcomes = race(acts)
        holders = {lock.holder_id for lock in done(outcomes)}
        lock = ProfileLock.objects.get(consumer=consumer)
        assert holders == {lock.holder_id}
        assert lock.token == token + (lock.holder_id != sarah.pk)
    assert_sound()


# ------------------------------------------------------------------ breaking against renewing
def test_a_broken_hold_does_not_come_back(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """One of the supervisors ends it; from then on its heartbeat is worth nothing."""
    sarah = person(Role.CSE)
    supervisors = [person(Role.SUPERVISOR) for _ in range(AT_ONCE // 2)]
    for _ in range(amount(1, 200)):
        consumer = make_consumer(with_meters=False)
        token = takes(consumer, sarah, at)().token
        later = at + timedelta(minutes=5)
        acts: list[Any] = [renews(consumer, sarah, token, later)] * (AT_ONCE // 2)
        acts += [breaks(consumer, each, later) for each in supervisors]
        outcomes = race(acts)
        assert len(done(outcomes[AT_ONCE // 2 :])) == 1
        assert all(
            isinstance(error, guards.LockIsLost) for error in refusals(outcomes[: AT_ONCE // 2])
        )
        lock = ProfileLock.objects.get(consumer=consumer)
        assert (lock.token, lock.expires_at) == (token + 1, later)
    assert_sound()


def test_control_without_the_consumers_lock_a_broken_hold_comes_back(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sarah, david, consumer = person(Role.CSE), person(Role.SUPERVISOR), make_consumer()
    token = takes(consumer, sarah, at)().token
    later = at + timedelta(minutes=5)
    has_looked, is_broken, take = Event(), Event(), guards.take

    def take_after_the_break(*args: Any, **named: Any) -> Any:
        has_looked.set()
        assert is_broken.wait(SECONDS)
        return take(*args, **named)

    def break_between() -> None:
        assert has_looked.wait(SECONDS)
        breaks(consumer, david, later)()
        is_broken.set()

    monkeypatch.setattr(guards, "lock_consumer", lambda consumer: None)
    monkeypatch.setattr(guards, "take", take_after_the_break)
    outcomes = race([renews(consumer, sarah, token, later), break_between])
    assert len(done(outcomes)) == 2
    assert ProfileLock.objects.get(consumer=consumer).expires_at > later
