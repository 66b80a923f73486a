"""Arrangements keep themselves: kept, broken, and right with every worker dead (BIL8, BEY7)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.choices import ArrangementState
from billing.models import Arrangement
from billing.operations.arrangements import judge_arrangement
from billing.operations.payments import settle_payment
from billing.queries.beside import beside
from billing.rules.arrangements import Paid, equal_parts, standing_of
from billing.tasks.arrangements import judge_arrangements
from consumers.models import AccountHold, Consumer
from smart360.comms.models import Message, Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import FIRST, SECOND, THIRD, THREE, arrange
from tests.billing.paying import cheque, owe, pay, take_back
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db
OWED = Decimal("456.78")


def noon(day: date) -> datetime:
    """Noon in Springfield."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


@pytest.fixture
def recovery(person: MakePerson) -> Person:
    return person(Role.RECOVERY)


@pytest.fixture
def running(make_consumer: MakeConsumer, recovery: Person, at: datetime) -> Arrangement:
    """Three times 100.00 of 456.78, from December 20 on."""
    consumer = make_consumer()
    owe(consumer, "456.78", at=at)
    return arrange(consumer, by=recovery, at=at)


def paid(consumer: Consumer, amount: str, on: date, by: Person) -> Any:
    return pay(consumer, amount, by=by, at=noon(on), paid_on=on)


def hold_of(arrangement: Arrangement) -> AccountHold:
    return AccountHold.objects.get(pk=arrangement.hold_id)


def lines(arrangement: Arrangement, *kinds: Event) -> int:
    return Entry.objects.filter(consumer=arrangement.consumer_id, kind__in=kinds).count()


# ------------------------------------------------------------------ the rule
@pytest.mark.parametrize(
    ("came", "today", "state", "next_due_on"),
    [
        ((), FIRST, "RUNNING", FIRST),  # its day is not too late
        ((), FIRST + timedelta(days=1), "BROKEN", FIRST),
        (((FIRST, "100"),), FIRST + timedelta(days=1), "RUNNING", SECOND),
        (((FIRST, "99.99"),), FIRST + timedelta(days=1), "BROKEN", FIRST),
        (((FIRST, "99.99"),), FIRST, "RUNNING", FIRST),
        (((FIRST, "50"), (FIRST, "50")), SECOND, "RUNNING", SECOND),
        (((FIRST + timedelta(days=1), "300"),), FIRST + timedelta(days=1), "BROKEN", FIRST),
        (((FIRST, "250"),), SECOND + timedelta(days=1), "RUNNING", THIRD),
        (((FIRST, "300"),), FIRST, "KEPT", None),
        (((FIRST, "100"), (SECOND, "100"), (THIRD, "100")), THIRD, "KEPT", None),
        (((FIRST, "400"),), THIRD + timedelta(days=90), "KEPT", None),
    ],
)
def test_standing(
    came: tuple[tuple[date, str], ...], today: date, state: str, next_due_on: date | None
) -> None:
    since = [Paid(on, Decimal(amount)) for on, amount in came]
    found = standing_of(THREE, since, today=today, outstanding=OWED)
    assert (found.state, found.next_due_on) == (state, next_due_on)


def test_who_owes_nothing_has_kept_it() -> None:
    found = standing_of(THREE, [], today=THIRD + timedelta(days=9), outstanding=Decimal("-0.01"))
    assert found.state == ArrangementState.KEPT


@given(
    parts=st.integers(1, 24),
    came=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 50_000)), max_size=12),
    looks=st.lists(st.integers(0, 500), min_size=1, max_size=6),
)
def test_it_does_not_matter_when_somebody_looks(
    parts: int, came: list[tuple[int, int]], looks: list[int]
) -> None:
    """Broken on a day is broken on every later day, whenever a worker comes by."""
    promise = equal_parts(Decimal("1234.56"), parts, FIRST)
    first = FIRST - timedelta(days=10)
    since = [Paid(first + timedelta(days=day), Decimal(cents) / 100) for day, cents in came]
    states = []
    for look in sorted(looks):
        today = first + timedelta(days=look)
        known = [each for each in since if each.on <= today]
        found = standing_of(promise, known, today=today, outstanding=OWED)
        assert (found.state == "BROKEN") == (found.missed_on is not None)
        states.append(found.state)
    if ArrangementState.BROKEN in states:
        assert set(states[states.index(ArrangementState.BROKEN) :]) == {ArrangementState.BROKEN}


# ------------------------------------------------------------------ payments move it at once
def test_a_payment_moves_the_next_day_and_the_hold(running: Arrangement, recovery: Person) -> None:
    paid(running.consumer, "100.00", FIRST, recovery)
    running.refresh_from_db()
    assert (running.state, running.next_due_on) == ("RUNNING", SECOND)
    assert (hold_of(running).to_on, hold_of(running).lifted_at) == (SECOND, None)


def test_the_last_payment_ends_it_as_kept(running: Arrangement, recovery: Person) -> None:
    paid(running.consumer, "300.00", FIRST, recovery)
    running.refresh_from_db()
    assert (running.state, running.ended_at) == ("KEPT", noon(FIRST))
    assert hold_of(running).lifted_at == noon(FIRST)
    assert lines(running, Event.ARRANGEMENT_KEPT) == lines(running, Event.HOLD_LIFTED) == 1
    assert not Notice.objects.exists()


def test_a_payment_that_comes_too_late_finds_it_broken(
    running: Arrangement, recovery: Person
) -> None:
    """No worker came by: the payment's own transaction says so."""
    paid(running.consumer, "300.00", FIRST + timedelta(days=1), recovery)
    running.refresh_from_db()
    assert running.state == ArrangementState.BROKEN


def test_a_payment_recorded_the_next_morning_was_in_time(
    running: Arrangement, recovery: Person
) -> None:
    day = FIRST + timedelta(days=1)
    pay(running.consumer, "100.00", by=recovery, at=noon(day), paid_on=FIRST)
    running.refresh_from_db()
    assert (running.state, running.next_due_on) == ("RUNNING", SECOND)


def test_a_cheque_counts_when_it_clears(running: Arrangement, recovery: Person) -> None:
    waits = cheque(running.consumer, "100.00", by=recovery, at=running.made_at)
    running.refresh_from_db()
    assert running.next_due_on == FIRST
    settle_payment(payment=waits.pk, has_come=True, by=recovery, at=noon(FIRST))
    running.refresh_from_db()
    assert running.next_due_on == SECOND


def test_a_reversed_payment_pays_no_instalment(
    running: Arrangement, recovery: Person, person: MakePerson
) -> None:
    """M4: what comes back is owed again, and its instalment too."""
    made = paid(running.consumer, "100.00", FIRST, recovery)
    boss = person(Role.SUPERVISOR)
    take_back(made, by=boss, at=noon(FIRST))
    running.refresh_from_db()
    assert (running.state, running.next_due_on) == ("RUNNING", FIRST)
    assert hold_of(running).to_on == FIRST
    judge_arrangement(consumer=running.consumer_id, at=noon(FIRST + timedelta(days=1)))
    running.refresh_from_db()
    assert running.state == ArrangementState.BROKEN


def test_what_was_paid_before_does_not_count(
    make_consumer: MakeConsumer, recovery: Person, at: datetime
) -> None:
    consumer = make_consumer()
    owe(consumer, "456.78", at=at)
    pay(consumer, "100.00", by=recovery, at=at)
    made = arrange(consumer, by=recovery, at=at)
    judge_arrangement(consumer=consumer.pk, at=noon(FIRST))
    made.refresh_from_db()
    assert made.next_due_on == FIRST


# ------------------------------------------------------------------ the worker
def test_a_due_day_that_passed_breaks_it_and_rings(
    running: Arrangement, recovery: Person, person: MakePerson, stands: SetClock
) -> None:
    other, billing = person(Role.RECOVERY), person(Role.BILLING)
    stands.at = noon(FIRST)
    assert judge_arrangements() == 0  # not on its day
    stands.at = noon(FIRST + timedelta(days=1))
    assert judge_arrangements() == 1
    running.refresh_from_db()
    assert (running.state, running.next_due_on, running.ended_by) == ("BROKEN", None, None)
    assert hold_of(running).lifted_at == stands.at
    line = Entry.objects.get(kind=Event.ARRANGEMENT_BROKEN)
    assert (line.new["missed_on"], line.new["paid"]) == (FIRST.isoformat(), "0.00")
    told = Notice.objects.filter(sentence__contains=running.number)
    assert set(told.values_list("person", flat=True)) == {recovery.pk, other.pk}
    assert not told.filter(person=billing).exists()
    assert told[0].path.endswith(f"{running.consumer.account_number}/financial")
    message = Message.objects.get(dedupe_key=f"arrangement.broken:{running.number}")
    for words in (running.number, "due on Dec 20, 2024", "Outstanding now: $"):
        assert words in message.body.text


def test_a_second_look_changes_nothing(running: Arrangement, stands: SetClock) -> None:
    stands.at = noon(FIRST + timedelta(days=1))
    judge_arrangements()
    before = checksums()
    assert judge_arrangements() == 0
    assert judge_arrangement(consumer=running.consumer_id, at=stands.at) == 0
    assert checksums() == before


def test_the_day_ends_where_the_utility_is(running: Arrangement, stands: SetClock) -> None:
    """Half past eleven at night in Springfield is the next day in UTC."""
    stands.at = datetime(2024, 12, 21, 5, 30, tzinfo=UTC)
    assert judge_arrangements() == 0
    stands.at = datetime(2024, 12, 21, 6, 0, tzinfo=UTC)
    assert judge_arrangements() == 1


def test_one_that_cannot_be_judged_stops_nobody(
    running: Arrangement,
    make_consumer: MakeConsumer,
    recovery: Person,
    stands: SetClock,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = make_consumer()
    owe(other, "300.00", at=at)
    second = arrange(other, by=recovery, at=at)
    monkeypatch.setattr(
        "billing.tasks.arrangements.arrangements_to_judge",
        lambda today: [(0, 0), (running.pk, running.consumer_id), (second.pk, other.pk)],
    )
    stands.at = noon(FIRST + timedelta(days=1))
    assert judge_arrangements() == 2
    assert "could not be judged" in caplog.text


def test_pages_say_broken_with_every_worker_dead(running: Arrangement) -> None:
    """BEY7: derived from the day, on the morning after; and the hold has lapsed by itself."""
    day = FIRST + timedelta(days=1)
    for today, state in ((FIRST, "RUNNING"), (day, "BROKEN")):
        found = beside(running.consumer_id, today=today, outstanding=OWED, knows_why=True)
        row = found.arrangements[0]
        assert row.state == state
    assert Arrangement.objects.get().state == ArrangementState.RUNNING
    to_on = hold_of(running).to_on
    assert to_on is not None
    assert to_on < day


def test_pages_show_what_is_paid_of_each(running: Arrangement, recovery: Person) -> None:
    paid(running.consumer, "150.00", FIRST, recovery)
    found = beside(running.consumer_id, today=FIRST, outstanding=OWED, knows_why=True)
    row = found.arrangements[0]
    assert [str(part.paid) for part in row.parts] == ["100.00", "50.00", "0.00"]
    assert [part.is_paid for part in row.parts] == [True, False, False]
