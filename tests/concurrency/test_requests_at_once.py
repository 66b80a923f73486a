"""Many people make requests at the same moment, with the controls that fail without the guards."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from consumers.choices import LockPurpose
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from disconnections import oracles as request_oracles
from disconnections.models import DisconnectionRequest, SlotDay, TimeSlot
from disconnections.operations import create_request
from smart360.cases import oracles as case_oracles
from smart360.cases.models import Case
from smart360.cases.operations import add_note
from smart360.comms.models import Message
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
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, wish_for
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
DAY = date(2024, 12, 16)
Amount = Callable[[int, int], int]


def create_acts(
    consumers: list[Consumer], person: MakePerson, at: datetime, **wishes: Any
) -> list[partial[Any]]:
    """Each of the consumers held by somebody else, who submits."""
    acts = []
    for consumer in consumers:
        by = person(Role.CSE)
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=at
        )
        wish = wish_for(consumer, lock_token=lock.token, **wishes)
        acts.append(partial(create_request, wish=wish, by=by, at=at, form_key=uuid4()))
    return acts


def the_same(
    consumer: Consumer, by: Person, at: datetime, keys: list[UUID]
) -> list[partial[DisconnectionRequest]]:
    """One consumer, one person, one wish; a submit for each key."""
    lock = take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=at)
    wish = wish_for(consumer, lock_token=lock.token)
    return [partial(create_request, wish=wish, by=by, at=at, form_key=key) for key in keys]


def some(make_consumer: MakeConsumer, count: int) -> list[Consumer]:
    return [make_consumer(f"Consumer {n}", with_meters=False) for n in range(count)]


# ------------------------------------------------------------------ the last place of a slot
def test_the_last_place_goes_to_one(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """W7, AC005: fifty people, one place; each round offers one more."""
    slot = TimeSlot.objects.get(starts=time(10))
    for places in range(1, amount(1, 200) + 1):
        TimeSlot.objects.filter(pk=slot.pk).update(capacity=places)
        consumers = some(make_consumer, AT_ONCE)
        outcomes = race(create_acts(consumers, person, at, preferred_on=DAY, slot=slot.pk))
        assert len(done(outcomes)) == 1, refusals(outcomes)
        assert {str(error) for error in refusals(outcomes)} == {"That slot has just been taken"}
        assert SlotDay.objects.get(slot=slot, day=DAY).booked == places
    assert_sound()


def test_control_without_its_guards_a_slot_is_overbooked(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: a place taken by reading first and writing then is taken twice."""
    slot = TimeSlot.objects.get(starts=time(10))
    TimeSlot.objects.filter(pk=slot.pk).update(capacity=1)
    SlotDay.objects.create(slot=slot, day=DAY, capacity=1, booked=0)

    def book_carelessly(slot: TimeSlot, day: date) -> int | None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, booked FROM disconnections_slotday WHERE slot_id = %s AND day = %s",
                [slot.pk, day],
            )
            pk, booked = cursor.fetchone()
            if booked >= 1:
                return None
            cursor.execute("SELECT pg_sleep(0.5)")
            cursor.execute(
                "UPDATE disconnections_slotday SET booked = booked + 1 WHERE id = %s", [pk]
            )
        return int(pk)

    monkeypatch.setattr("disconnections.slots.book", book_carelessly)
    acts = create_acts(some(make_consumer, 4), person, at, preferred_on=DAY, slot=slot.pk)
    with (
        without_index("a_slot_is_never_overbooked"),
        without_triggers("disconnections_slotday"),
    ):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert request_oracles.slots_miscounted() != []


# ------------------------------------------------------------------ one open request an account
def test_one_account_gets_one_open_request(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """W1: the same person in fifty tabs, each with a form key of its own."""
    by = person(Role.CSE)
    for round_number in range(1, amount(1, 200) + 1):
        keys = [uuid4() for _ in range(AT_ONCE)]
        outcomes = race(the_same(make_consumer(with_meters=False), by, at, keys))
        assert len(done(outcomes)) == 1
        assert all("already open" in str(error) for error in refusals(outcomes))
        assert Case.objects.count() == round_number
    assert_sound()


def test_control_without_lock_and_index_an_account_gets_two(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = the_same(make_consumer(), person(Role.CSE), at, [uuid4() for _ in range(4)])
    monkeypatch.setattr(
        "consumers.guards.lock_consumer", lambda consumer: Consumer.objects.get(pk=consumer)
    )
    slowly(monkeypatch, "smart360.cases.handling.open_case")
    with without_index("one_open_request_per_account"):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert case_oracles.accounts_with_two_open_requests() != []


def test_the_index_alone_holds_one_open_request(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W1 at its lowest level: nothing of the code guards it any more."""
    acts = the_same(make_consumer(), person(Role.CSE), at, [uuid4() for _ in range(4)])
    monkeypatch.setattr(
        "consumers.guards.lock_consumer", lambda consumer: Consumer.objects.get(pk=consumer)
    )
    slowly(monkeypatch, "smart360.cases.handling.open_case")
    outcomes = race(acts)
    assert len(done(outcomes)) == 1
    assert all("already open" in str(error) for error in refusals(outcomes))
    assert_sound()


# ------------------------------------------------------------------ one form, posted again
def test_one_form_posted_fifty_times_is_one_request(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """R4: everybody gets the first result."""
    by = person(Role.CSE)
    for round_number in range(1, amount(1, 200) + 1):
        keys = [uuid4()] * AT_ONCE
        outcomes = race(the_same(make_consumer(with_meters=False), by, at, keys))
        assert refusals(outcomes) == []
        assert len({made.pk for made in done(outcomes)}) == 1
        assert DisconnectionRequest.objects.count() == round_number
    assert_sound()


def test_control_without_its_key_the_form_is_refused_when_it_comes_again(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account's guards still hold, but nobody is told what came of the form."""
    monkeypatch.setattr("smart360.web.form_keys.claim", lambda *key, **about: None)
    outcomes = race(the_same(make_consumer(), person(Role.CSE), at, [uuid4()] * 4))
    assert len(done(outcomes)) == 1
    assert len(refusals(outcomes)) == 3


def notes(case: int, by: Person, at: datetime, count: int) -> list[partial[Case]]:
    key = uuid4()
    return [
        partial(add_note, case=case, words="Dog in the yard", by=by, at=at, form_key=key)
        for _ in range(count)
    ]


def lines_about_notes(case: int) -> int:
    return Entry.objects.filter(case=case, kind="NOTE_ADDED").count()


def test_one_note_posted_fifty_times_is_one_note(
    make_request: MakeRequest, person: MakePerson, at: datetime, amount: Amount
) -> None:
    """R4: whichever form it is."""
    made, by = make_request(), person(Role.CSE)
    before = Message.objects.count()
    for round_number in range(1, amount(1, 200) + 1):
        assert refusals(race(notes(made.pk, by, at, AT_ONCE))) == []
        assert Message.objects.count() == before + round_number
        assert lines_about_notes(made.pk) == round_number
    assert_sound()


def test_control_without_its_key_a_note_stands_on_the_timeline_again(
    make_request: MakeRequest, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smart360.web.form_keys.claim", lambda *key, **about: None)
    made = make_request()
    race(notes(made.pk, person(Role.CSE), at, 4))
    assert lines_about_notes(made.pk) == 4
