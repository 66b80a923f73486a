"""Holding a consumer's profile: take, renew, release, break (CON14, W8)."""

from datetime import datetime, timedelta

import pytest

from consumers import guards
from consumers.choices import LockPurpose
from consumers.models import Consumer, ProfileLock
from consumers.operations import (
    UnableToBreakLock,
    break_profile_lock,
    release_profile_lock,
    renew_profile_lock,
    take_profile_lock,
)
from disconnections.operations import close_request
from smart360.kernel.db import operation
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

CREATE = LockPurpose.CREATE_REQUEST


@operation
def submit(consumer: int, by: Person, token: int, at: datetime) -> None:
    """What every operation under a lock does first."""
    guards.lock_consumer(consumer)
    guards.require_lock(consumer, by, token, at)


def kinds(consumer: Consumer) -> list[str]:
    return list(
        Entry.objects.filter(consumer=consumer).order_by("id").values_list("kind", flat=True)
    )


@pytest.mark.django_db(transaction=True)
class TestTwoPeople:
    def test_the_second_is_told_who_holds_the_profile(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        """AC002: the account is locked for other users while a request is being created."""
        consumer, sarah, emily = make_consumer(), person(Role.CSE), person(Role.CALL_CENTRE)
        take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        with pytest.raises(guards.LockIsHeld) as refused:
            take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=emily, at=at)
        assert refused.value.sentence == "Being edited by Sarah Johnson until 09:45 AM"
        assert refused.value.is_conflict
        assert kinds(consumer) == ["PROFILE_LOCKED"]
        assert ProfileLock.objects.get().holder == sarah

    def test_another_consumer_is_free(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        sarah, emily = person(Role.CSE), person(Role.CALL_CENTRE)
        one, other = make_consumer(), make_consumer("Ann Other")
        take_profile_lock(consumer=one.pk, purpose=CREATE, by=sarah, at=at)
        take_profile_lock(consumer=other.pk, purpose=CREATE, by=emily, at=at)
        assert ProfileLock.objects.count() == 2

    def test_an_abandoned_hold_passes_on_with_a_greater_token(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        """AC002: a killed browser holds the account for no longer than 15 minutes."""
        consumer, sarah, emily = make_consumer(), person(Role.CSE), person(Role.CALL_CENTRE)
        first = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        later = at + timedelta(minutes=16)
        second = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=emily, at=later)
        assert second.token == first.token + 1
        with pytest.raises(guards.LockIsHeld, match="Emily Davis until 10:01 AM"):
            submit(consumer.pk, sarah, first.token, later)
        submit(consumer.pk, emily, second.token, later)
        release_profile_lock(consumer=consumer.pk, token=second.token, by=emily, at=later)
        with pytest.raises(guards.LockIsLost):
            submit(consumer.pk, sarah, first.token, later)
        with pytest.raises(guards.LockIsLost):
            renew_profile_lock(consumer=consumer.pk, token=first.token, by=sarah, at=later)


@pytest.mark.django_db(transaction=True)
class TestOneHolder:
    def test_a_second_tab_keeps_the_token(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        first = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        second = take_profile_lock(
            consumer=consumer.pk, purpose=CREATE, by=sarah, at=at + timedelta(minutes=5)
        )
        assert (second.token, second.taken_at) == (first.token, at)
        assert second.expires_at == at + timedelta(minutes=20)
        assert kinds(consumer) == ["PROFILE_LOCKED"]

    def test_a_heartbeat_renews(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        lock = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        for minutes in (10, 20, 30):
            renew_profile_lock(
                consumer=consumer.pk, token=lock.token, by=sarah, at=at + timedelta(minutes=minutes)
            )
        submit(consumer.pk, sarah, lock.token, at + timedelta(minutes=44))
        assert kinds(consumer) == ["PROFILE_LOCKED"]

    def test_a_lapsed_submit_is_refused_and_the_hold_can_be_taken_again(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        lock = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        later = at + timedelta(minutes=16)
        with pytest.raises(guards.LockIsLost) as refused:
            submit(consumer.pk, sarah, lock.token, later)
        assert refused.value.is_conflict
        again = renew_profile_lock(consumer=consumer.pk, token=lock.token, by=sarah, at=later)
        assert again.token == lock.token
        submit(consumer.pk, sarah, lock.token, later)

    def test_release_frees_the_profile_once(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah, emily = make_consumer(), person(Role.CSE), person(Role.CALL_CENTRE)
        lock = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        gave = [
            release_profile_lock(consumer=consumer.pk, token=lock.token, by=sarah, at=at)
            for _ in range(2)
        ]
        assert gave == [True, False]
        assert kinds(consumer) == ["PROFILE_LOCKED", "PROFILE_RELEASED"]
        taken = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=emily, at=at)
        assert taken.token == lock.token + 1

    def test_nobody_releases_for_somebody_else(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah, emily = make_consumer(), person(Role.CSE), person(Role.CALL_CENTRE)
        lock = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        assert not release_profile_lock(consumer=consumer.pk, token=lock.token, by=emily, at=at)
        submit(consumer.pk, sarah, lock.token, at)

    def test_nobody_is_no_consumer(self, person: MakePerson, at: datetime) -> None:
        with pytest.raises(guards.NoSuchConsumer) as refused:
            take_profile_lock(consumer=987654321, purpose=CREATE, by=person(Role.CSE), at=at)
        assert refused.value.sentence == "Select a customer from the search results"
        assert refused.value.http_status == 422


@pytest.mark.django_db(transaction=True)
class TestBreaking:
    def test_a_supervisor_breaks_and_the_token_is_worthless(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah, david = make_consumer(), person(Role.CSE), person(Role.SUPERVISOR)
        lock = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        break_profile_lock(consumer=consumer.pk, reason="Sarah went home sick", by=david, at=at)
        with pytest.raises(guards.LockIsLost):
            submit(consumer.pk, sarah, lock.token, at)
        with pytest.raises(guards.LockIsLost):
            renew_profile_lock(consumer=consumer.pk, token=lock.token, by=sarah, at=at)
        entry = Entry.objects.select_related("text").get(kind="PROFILE_LOCK_BROKEN")
        assert entry.text
        assert entry.text.text == "Sarah went home sick"
        assert entry.old["holder"] == sarah.pk
        assert entry.actor == david
        take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=david, at=at)

    @pytest.mark.parametrize(
        "reason", ["", "         ", "too short", "\u200b" * 12, "x" * 251, "with\0null in it"]
    )
    def test_the_reason_must_say_something(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime, reason: str
    ) -> None:
        consumer, sarah, david = make_consumer(), person(Role.CSE), person(Role.SUPERVISOR)
        lock = take_profile_lock(consumer=consumer.pk, purpose=CREATE, by=sarah, at=at)
        with pytest.raises(UnableToBreakLock) as refused:
            break_profile_lock(consumer=consumer.pk, reason=reason, by=david, at=at)
        assert refused.value.field == "reason"
        submit(consumer.pk, sarah, lock.token, at)

    def test_nothing_to_break(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        with pytest.raises(UnableToBreakLock) as refused:
            break_profile_lock(
                consumer=make_consumer().pk,
                reason="Nobody is there at all",
                by=person(Role.SUPERVISOR),
                at=at,
            )
        assert refused.value.is_conflict


@pytest.mark.django_db(transaction=True)
def test_guards_are_placed_and_removed(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    consumer = make_consumer()
    asked = make_request(consumer)
    assert [guard.placed_by for guard in consumer.guards.all()] == [asked.case.number]
    close_request(case=asked.pk, reason="DUPLICATE", note="", by=person(Role.CSE), at=at)
    assert not consumer.guards.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("minutes", [-1, 0, 5, 16])
@pytest.mark.parametrize("is_own", [True, False])
def test_a_request_ends_the_hold_as_giving_it_back_does(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, minutes: int, is_own: bool
) -> None:
    """One rule in two statements: the same hold, over at the same moment, or left as it was."""
    sarah = person(Role.CSE)
    holder = sarah if is_own else person(Role.CALL_CENTRE)
    released, guarded = make_consumer(), make_consumer("Ann Other")
    for each in (released, guarded):
        take_profile_lock(consumer=each.pk, purpose=CREATE, by=holder, at=at)
    moment = at + timedelta(minutes=minutes)
    operation(guards.release)(released.pk, sarah, moment)
    operation(guards.guard_instead_of_hold)(
        guarded.pk, placed_by="DIS-2024-000001", by=sarah, at=moment
    )
    left = ProfileLock.objects.values_list("holder", "token", "taken_at", "expires_at")
    assert left.get(consumer=released) == left.get(consumer=guarded)
    assert (left.get(consumer=guarded)[3] == max(at, moment)) is (is_own and minutes < 15)
