"""A merge while somebody is erased, or moves in; with the controls that fail."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from consumers.choices import AccountStatus, SupplyState
from consumers.models import AccountMerge, Consumer, OccupancyChange, ServiceConnection
from smart360.custody.models import PrivacyAct
from smart360.custody.operations import erasing as erasures
from smart360.custody.operations.erasing import ask_for_erasure, erase_person
from smart360.custody.operations.merging import merge_consumers
from smart360.custody.operations.moving import change_occupier
from smart360.custody.queries.erasing import in_the_way
from smart360.custody.rules.moving import MoveOut, MoveWish
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.concurrency.racing import SECONDS, done, race
from tests.concurrency.test_merges_at_once import (
    all_refused_in_words,
    unlocked,
    without_the_last_look,
)
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
AT = datetime(2024, 12, 20, 16, 0, tzinfo=UTC)


def merging(ends: Consumer, goes_on: Consumer, person: MakePerson) -> partial[AccountMerge]:
    return partial(
        merge_consumers, merged=ends.pk, survivor=goes_on.pk, reason="Registered twice",
        by=person(Role.SUPERVISOR), at=AT, form_key=uuid4(),
    )  # fmt: skip


# ------------------------------------------------------------------ beside an erasure
def settled(make_consumer: MakeConsumer) -> tuple[Consumer, Consumer]:
    """A second account of somebody who left, and the first one, which would go on."""
    ends = make_consumer(services={}, email="")
    return ends, make_consumer(services={}, email="", status=AccountStatus.INACTIVE)


def erasing(consumer: Consumer, person: MakePerson) -> partial[PrivacyAct]:
    asker, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    act = ask_for_erasure(
        consumer=consumer.pk, reason="A letter", by=asker, at=AT, form_key=uuid4()
    )
    number = consumer.account_number
    return partial(erase_person, act=act.pk, account_typed=number, by=other, at=AT)


def is_erased(consumer: Consumer) -> bool:
    return Consumer.objects.get(pk=consumer.pk).erased_at is not None


def test_who_goes_on_is_erased_or_merged_into_never_both(
    make_consumer: MakeConsumer, person: MakePerson
) -> None:
    """Erased first, nobody is there to go on; merged first, the other one is erased before it."""
    ends, goes_on = settled(make_consumer)
    outcomes = race([erasing(goes_on, person), *[merging(ends, goes_on, person)] * 2])
    assert len(done(outcomes)) <= 2, "the same form of a merge twice gives one merge"
    assert all_refused_in_words(outcomes), outcomes
    assert is_erased(goes_on) != AccountMerge.objects.exists()
    assert_sound()


def test_who_ends_is_erased_all_the_same(make_consumer: MakeConsumer, person: MakePerson) -> None:
    """Before the merge, which is refused then, or after it, as the account stands."""
    goes_on, ends = make_consumer(), settled(make_consumer)[1]
    outcomes = race([erasing(ends, person), merging(ends, goes_on, person)])
    assert outcomes[0][0] == "done", outcomes
    assert all_refused_in_words(outcomes), outcomes
    assert is_erased(ends)
    assert AccountMerge.objects.count() == len(done(outcomes)) - 1
    assert_sound()


def test_control_without_the_lock_who_goes_on_is_erased(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure has looked for merges before this one is made."""
    ends, goes_on = settled(make_consumer)
    erases, merges = erasing(goes_on, person), merging(ends, goes_on, person)
    has_looked, has_merged, looks = Event(), Event(), in_the_way

    def looks_early(*args: Any, **named: Any) -> list[str]:
        found = looks(*args, **named)
        has_looked.set()
        assert has_merged.wait(SECONDS)
        return found

    def merges_late() -> AccountMerge:
        assert has_looked.wait(SECONDS)
        try:
            return merges()
        finally:
            has_merged.set()

    unlocked(monkeypatch)
    monkeypatch.setattr(erasures, "in_the_way", looks_early)
    outcomes = race([erases, merges_late])
    assert len(done(outcomes)) == 2, outcomes
    assert is_erased(goes_on)


# ------------------------------------------------------------------ beside a change of occupier
def moving(into: Consumer, home: Consumer, by: Person) -> partial[OccupancyChange]:
    """Whoever lives in ``home`` moves out, and the household of ``into`` moves in."""
    mine = home.connections.get()
    out = MoveOut(mine.premise_id, date(2024, 12, 16), {mine.pk: Decimal(18345)})
    wish = MoveWish(out, account=into.pk, notifies=False)
    return partial(change_occupier, consumer=home.pk, wish=wish, by=by, at=AT, form_key=uuid4())


def is_supplied(consumer: Consumer) -> bool:
    own = ServiceConnection.objects.filter(consumer=consumer)
    return own.filter(supply_state=SupplyState.CONNECTED).exists()


def test_who_moves_in_is_not_merged_away(make_consumer: MakeConsumer, person: MakePerson) -> None:
    """They moved in and are supplied, or the account ended and nobody moves into it."""
    ends, goes_on, home = make_consumer(services={}, email=""), make_consumer(), make_consumer()
    outcomes = race([merging(ends, goes_on, person), moving(ends, home, person(Role.CSE))])
    assert len(done(outcomes)) == 1, outcomes
    assert all_refused_in_words(outcomes), outcomes
    assert is_supplied(ends) != AccountMerge.objects.exists()
    assert_sound()


def test_control_without_lock_and_last_look_a_merged_account_is_supplied(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The merge has looked before the household moves in."""
    ends, goes_on, home = make_consumer(services={}, email=""), make_consumer(), make_consumer()
    merges, moves = merging(ends, goes_on, person), moving(ends, home, person(Role.CSE))
    has_looked, has_moved = Event(), Event()

    def looks(*_: Any, **__: Any) -> list[Any]:
        has_looked.set()
        assert has_moved.wait(SECONDS)
        return []

    def moves_late() -> OccupancyChange:
        assert has_looked.wait(SECONDS)
        try:
            return moves()
        finally:
            has_moved.set()

    unlocked(monkeypatch)
    monkeypatch.setattr("smart360.custody.operations.merging.in_the_way", looks)
    with without_the_last_look():
        outcomes = race([merges, moves_late])
    assert len(done(outcomes)) == 2, outcomes
    assert is_supplied(ends)
