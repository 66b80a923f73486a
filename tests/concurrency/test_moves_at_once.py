"""Two moves out of one place, and a move beside a request; with the controls that fail."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from consumers import guards
from consumers.choices import LockPurpose
from consumers.models import Category, Consumer, MeterAssignment, OccupancyChange
from consumers.operations import reading_files, take_profile_lock
from consumers.operations.reading_files import (
    MetersWentOver,
    go_on_with_reading_file,
    start_reading_file,
)
from consumers.rules.occupancy import NewAccount
from consumers.rules.reading_files import RawRow
from disconnections.models import DisconnectionRequest
from disconnections.operations import create_request
from smart360.custody.operations.moving import change_occupier
from smart360.custody.rules.moving import MoveOut, MoveWish
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.concurrency.racing import (
    SECONDS,
    Outcome,
    done,
    race,
    refusals,
    slowly,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson, wish_for
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
AT = datetime(2024, 12, 20, 16, 0, tzinfo=UTC)
MANY = 8


def move(consumer: Consumer, by: Person, name: str) -> partial[OccupancyChange]:
    mine = consumer.connections.get()
    out = MoveOut(mine.premise_id, date(2024, 12, 16), {mine.pk: Decimal(18345)})
    opens = NewAccount(name, Category.objects.get(name="Residential").pk)
    wish = MoveWish(out, opens=opens, notifies=False)
    return partial(change_occupier, consumer=consumer.pk, wish=wish, by=by, at=AT, form_key=uuid4())


def all_move(make_consumer: MakeConsumer, person: MakePerson) -> list[Outcome]:
    consumer, by = make_consumer(), person(Role.CSE)
    return race([move(consumer, by, f"Somebody {number}") for number in range(MANY)])


def test_of_many_who_move_in_one_does(make_consumer: MakeConsumer, person: MakePerson) -> None:
    outcomes = all_move(make_consumer, person)
    assert len(done(outcomes)) == 1
    assert {str(error) for error in refusals(outcomes)} == {"Nothing is supplied to this account"}
    assert Consumer.objects.count() == 2, "nobody else got an account"
    assert_sound()


def test_control_without_the_lock_only_the_database_keeps_them_apart(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The premise's row and its one occupier: the others see a move by half, or wait and fail."""
    unlocked(monkeypatch)
    slowly(monkeypatch, "smart360.custody.operations.moving._who_moves_in")
    outcomes = all_move(make_consumer, person)
    assert len(done(outcomes)) == 1
    assert "Nothing is supplied to this account" not in {str(e) for e in refusals(outcomes)}
    assert_sound()


def unlocked(patch: pytest.MonkeyPatch) -> None:
    def found(consumer: int) -> Consumer:
        return Consumer.objects.get(pk=consumer)

    patch.setattr(guards, "lock_consumer", found)


def both(make_consumer: MakeConsumer, person: MakePerson) -> list[Outcome]:
    """One submits a request, the other a move; the profile is held by who does both."""
    consumer, by = make_consumer(), person(Role.CSE)
    lock = take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=AT)
    wish = wish_for(consumer, lock_token=lock.token)
    asks = partial(create_request, wish=wish, by=by, at=AT, form_key=uuid4())
    return race([asks, move(consumer, by, "Somebody")])


def test_a_request_or_a_move_never_both(make_consumer: MakeConsumer, person: MakePerson) -> None:
    outcomes = both(make_consumer, person)
    assert len(done(outcomes)) == 1, outcomes
    assert OccupancyChange.objects.count() + DisconnectionRequest.objects.count() == 1
    assert_sound()


def test_control_without_the_lock_both_go_through(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The move has looked for open requests before the guard of this one comes."""
    unlocked(monkeypatch)
    slowly(monkeypatch, "consumers.guards.guard_instead_of_hold")
    with without_triggers("disconnections_disconnectionrequest"):  # they ask for the status
        assert len(done(both(make_consumer, person))) == 2


# ------------------------------------------------------------------ a file of readings
def file_and_move(
    make_consumer: MakeConsumer, person: MakePerson, patch: pytest.MonkeyPatch
) -> Consumer:
    """A file asks whose meter it is while a move is about to be stored; who left."""
    consumer, by, holds, has_read = make_consumer(), person(Role.CSE), Event(), Event()
    meter = consumer.connections.get().assignments.get().meter.number
    row = RawRow(2, meter, "2024-12-18", "18400", "")
    file = start_reading_file(name="a.csv", rows=[row], is_dry_run=False, by=None, at=AT)
    found = reading_files._running

    def told(numbers: set[str]) -> list[MeterAssignment]:
        assert holds.wait(SECONDS)
        rows = found(numbers)
        has_read.set()
        return rows

    def late(*args: Any, **more: Any) -> str:
        holds.set()
        assert has_read.wait(SECONDS)
        return ""

    patch.setattr(reading_files, "_running", told)
    patch.setattr("smart360.custody.operations.moving._bill", late)
    goes_on = partial(go_on_with_reading_file, file=file, after=0, at=AT)
    stored, moved = race([goes_on, move(consumer, by, "Somebody")])
    assert moved[0] == "done", moved
    if stored[0] != "done":
        assert isinstance(stored[1], MetersWentOver)
        goes_on()  # as a worker does
    return consumer


def told_of(consumer: Consumer) -> int:
    return Entry.objects.filter(kind="READING_ENTERED", consumer=consumer).count()


def test_a_file_of_readings_follows_who_moved_in(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the next household used is no line about the one before."""
    left = file_and_move(make_consumer, person, monkeypatch)
    came = OccupancyChange.objects.get().moved_in
    assert (told_of(left), told_of(came)) == (0, 1)
    assert_sound()


def test_control_asked_once_the_file_tells_of_who_left(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_files, "_whose", lambda rows: Same(whose(rows)))
    left = file_and_move(make_consumer, person, monkeypatch)
    assert told_of(left) == 1


whose = reading_files._whose


class Same(dict[int, int]):
    """Never other than before."""

    def __ne__(self, other: object) -> bool:
        return False
