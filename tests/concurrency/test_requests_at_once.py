"""Two people at the same moment, with the control that fails without the guard."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from consumers.choices import LockPurpose
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from disconnections import oracles as request_oracles
from disconnections.models import DisconnectionRequest, SlotDay, TimeSlot
from disconnections.operations import create_request
from smart360.cases import oracles as case_oracles
from smart360.cases import tasks
from smart360.cases.models import Alert, Case
from smart360.cases.operations import acknowledge, raise_alerts
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.trail.oracles import broken_chains
from tests.concurrency.racing import done, race, refusals
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock, wish_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
DAY = date(2024, 12, 16)


def sound() -> None:
    """Every oracle that applies finds nothing."""
    assert case_oracles.status_changes_without_their_line() == []
    assert case_oracles.accounts_with_two_open_requests() == []
    assert case_oracles.alerts_raised_twice() == []
    assert request_oracles.slots_miscounted() == []
    assert request_oracles.guards_that_do_not_match() == []
    assert broken_chains() == []


@contextmanager
def without(drop: str, restore: str) -> Iterator[None]:
    """Take a guard away as the owner, for a control, and put it back."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(drop)
        cursor.execute("SET ROLE smart360_app")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("DELETE FROM disconnections_requestedservice")
            cursor.execute("DELETE FROM disconnections_disconnectionrequest")
            cursor.execute("DELETE FROM disconnections_slotday")
            cursor.execute("TRUNCATE cases_case CASCADE")
            cursor.execute(restore)
            cursor.execute("SET ROLE smart360_app")


def create_acts(
    consumers: list[Consumer], person: MakePerson, at: datetime, **wishes: Any
) -> list[partial[Any]]:
    acts = []
    for consumer in consumers:
        by = person(Role.CSE)
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=at
        )
        wish = wish_for(consumer, lock_token=lock.token, **wishes)
        acts.append(partial(create_request, wish=wish, by=by, at=at, form_key=uuid4()))
    return acts


def test_the_last_place_goes_to_one(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """W7, AC005: twelve people, one place."""
    slot = TimeSlot.objects.get(starts=time(10))
    TimeSlot.objects.filter(pk=slot.pk).update(capacity=1)
    consumers = [make_consumer(f"Consumer {n}") for n in range(12)]
    outcomes = race(create_acts(consumers, person, at, preferred_on=DAY, slot=slot.pk))
    assert len(done(outcomes)) == 1
    assert {str(error) for error in refusals(outcomes)} == {"That slot has just been taken"}
    assert SlotDay.objects.get(slot=slot, day=DAY).booked == 1
    sound()


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
            cursor.execute("SELECT pg_sleep(0.3)")
            cursor.execute(
                "UPDATE disconnections_slotday SET booked = booked + 1 WHERE id = %s", [pk]
            )
        return int(pk)

    monkeypatch.setattr("disconnections.slots.book", book_carelessly)
    consumers = [make_consumer(f"Consumer {n}") for n in range(4)]
    acts = create_acts(consumers, person, at, preferred_on=DAY, slot=slot.pk)
    with without(
        "ALTER TABLE disconnections_slotday DROP CONSTRAINT a_slot_is_never_overbooked;"
        "ALTER TABLE disconnections_slotday DISABLE TRIGGER USER",
        "ALTER TABLE disconnections_slotday ADD CONSTRAINT a_slot_is_never_overbooked"
        " CHECK (booked <= capacity);"
        "ALTER TABLE disconnections_slotday ENABLE TRIGGER USER",
    ):
        outcomes = race(acts)
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert request_oracles.slots_miscounted() != []


def test_one_account_gets_one_open_request(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """W1: the same person in twelve tabs, each with a form key of its own."""
    consumer, by = make_consumer(), person(Role.CSE)
    lock = take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=at)
    wish = wish_for(consumer, lock_token=lock.token)
    outcomes = race(
        [partial(create_request, wish=wish, by=by, at=at, form_key=uuid4()) for _ in range(12)]
    )
    assert len(done(outcomes)) == 1
    assert all("already open" in str(error) for error in refusals(outcomes))
    assert Case.objects.count() == 1
    sound()


def test_the_index_alone_holds_one_open_request(make_request: MakeRequest, at: datetime) -> None:
    """W1 at its lowest level, and its control: without the index a second row is stored."""
    made = make_request()
    case = Case.objects.get(pk=made.pk)
    copy = (
        "INSERT INTO cases_case (number, kind, consumer_id, status, version, priority,"
        " notifies_consumer, created_at, updated_at, policy_id, due_at, closing_reason,"
        " closing_note) SELECT number || 'X', kind, consumer_id, 'PENDING', 1, priority,"
        " notifies_consumer, created_at, updated_at, policy_id, due_at, '', '' FROM cases_case"
        f" WHERE id = {case.pk}"
    )
    with pytest.raises(Exception, match="one_open_request_per_account"), connection.cursor() as c:
        c.execute(copy)
    with (
        without(
            "DROP INDEX one_open_request_per_account",
            "CREATE UNIQUE INDEX one_open_request_per_account ON cases_case (consumer_id)"
            " WHERE status IN ('PENDING', 'IN_PROGRESS', 'ON_HOLD')"
            " AND kind IN ('DISCONNECTION', 'RECONNECTION')",
        ),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET ROLE NONE")
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute(copy)
        cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER USER")
        assert case_oracles.accounts_with_two_open_requests() == [str(case.consumer_id)]


def test_one_form_posted_twelve_times_is_one_request(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """R4: everybody gets the first result."""
    consumer, by, key = make_consumer(), person(Role.CSE), uuid4()
    lock = take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=at)
    wish = wish_for(consumer, lock_token=lock.token)
    outcomes = race(
        [partial(create_request, wish=wish, by=by, at=at, form_key=key) for _ in range(12)]
    )
    assert refusals(outcomes) == []
    assert len({made.pk for made in done(outcomes)}) == 1
    assert DisconnectionRequest.objects.count() == 1
    sound()


def test_twelve_acknowledge_and_one_is_first(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """W4: the others are told who and when."""
    made = make_request()
    people = [person(Role.CSE, full_name=f"Person {n}") for n in range(12)]
    outcomes = race([partial(acknowledge, case=made.pk, by=each, at=at) for each in people])
    assert len(done(outcomes)) == 1
    first = done(outcomes)[0].acknowledged_by.full_name
    assert {str(e) for e in refusals(outcomes)} == {f"Acknowledged by {first} at 09:30 AM"}
    assert all(isinstance(error, Refusal) for error in refusals(outcomes))
    sound()


def test_an_alert_is_raised_once_by_many_workers(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """T3: two beats, four workers, the same second."""
    person(Role.SUPERVISOR)
    made = make_request()
    later = at.replace(hour=23)
    outcomes = race([partial(raise_alerts, case=made.pk, at=later) for _ in range(8)])
    assert refusals(outcomes) == []
    assert sorted(done(outcomes), reverse=True)[:2] == [4, 0]
    assert Alert.objects.count() == 4
    sound()


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
    sound()
