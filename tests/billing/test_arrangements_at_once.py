"""Arrangements and many people at once, with the controls that fail without the guards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from billing.models import Arrangement
from billing.operations.arrangements import (
    UnableToArrange,
    cancel_arrangement,
    judge_arrangement,
    make_arrangement,
)
from consumers.models import AccountHold, Consumer
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import FIRST, arrange, arrangement_wish
from tests.billing.paying import owe, pay
from tests.concurrency.racing import (
    done,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MANY = 12
ENDINGS = (Event.ARRANGEMENT_KEPT, Event.ARRANGEMENT_BROKEN, Event.ARRANGEMENT_CANCELLED)


@pytest.fixture
def recovery(person: MakePerson) -> Person:
    return person(Role.RECOVERY)


@pytest.fixture
def debtor(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    """Owes 456.78."""
    consumer = make_consumer(with_meters=False)
    owe(consumer, "456.78", at=at)
    return consumer


@contextmanager
def unlocked(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everybody reads the consumer, nobody locks it; and all read before anybody writes."""
    with patch.context() as without:
        without.setattr("consumers.guards.lock_consumer", lambda key: Consumer.objects.get(pk=key))
        yield


def endings(consumer: Consumer) -> int:
    return Entry.objects.filter(consumer=consumer, kind__in=ENDINGS).count()


def the_day_after(at: datetime) -> datetime:
    return at + timedelta(days=(FIRST - at.date()).days + 1)


# ------------------------------------------------------------------ two at once make one
def test_one_arrangement_is_made(debtor: Consumer, recovery: Person, at: datetime) -> None:
    wish = arrangement_wish(debtor)
    acts = [
        partial(make_arrangement, wish=wish, by=recovery, at=at, form_key=uuid4())
        for _ in range(MANY)
    ]
    outcomes = race(acts)
    assert len(done(outcomes)) == 1, refusals(outcomes)
    assert all(isinstance(each, UnableToArrange) for each in refusals(outcomes))
    assert Arrangement.objects.count() == AccountHold.objects.count() == 1


def test_control_without_the_index_two_run(
    debtor: Consumer, recovery: Person, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is the guard behind the lock: without both there are two."""
    with without_index("a_consumer_has_one_running_arrangement"), unlocked(monkeypatch):
        slowly(monkeypatch, "billing.operations.arrangements._store")
        wish = arrangement_wish(debtor)
        race([partial(make_arrangement, wish=wish, by=recovery, at=at) for _ in range(3)])
        assert Arrangement.objects.filter(consumer=debtor).count() > 1


# ------------------------------------------------------------------ judged once
def judges(debtor: Consumer, at: datetime) -> list[partial[Any]]:
    late = the_day_after(at)
    return [partial(judge_arrangement, consumer=debtor.pk, at=late) for _ in range(MANY)]


def test_two_workers_judge_it_once(debtor: Consumer, recovery: Person, at: datetime) -> None:
    arrange(debtor, by=recovery, at=at)
    outcomes = race(judges(debtor, at))
    assert sorted(done(outcomes)) == [0] * (MANY - 1) + [1]
    assert endings(debtor) == 1


def test_control_without_lock_and_trigger_it_ends_twice(
    debtor: Consumer, recovery: Person, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange(debtor, by=recovery, at=at)
    with unlocked(monkeypatch), without_triggers("billing_arrangement"):
        slowly(monkeypatch, "billing.operations.arrangements._end")
        race(judges(debtor, at))
    assert endings(debtor) > 1


def test_a_payment_while_it_is_judged(debtor: Consumer, recovery: Person, at: datetime) -> None:
    """Whoever comes first: it ends once, as it should, and the hold with it."""
    made = arrange(debtor, by=recovery, at=at)
    late = the_day_after(at)
    in_time = partial(pay, debtor, "300.00", by=recovery, at=late, paid_on=FIRST)
    outcomes = race([in_time, *judges(debtor, at)])
    assert not refusals(outcomes)
    made.refresh_from_db()
    assert made.state in {"KEPT", "BROKEN"}
    assert endings(debtor) == 1
    assert AccountHold.objects.get().lifted_at is not None


def test_cancelled_while_it_is_judged(debtor: Consumer, recovery: Person, at: datetime) -> None:
    made = arrange(debtor, by=recovery, at=at)
    late = the_day_after(at)
    cancel = partial(cancel_arrangement, number=made.number, reason="No", by=recovery, at=late)
    race([cancel, cancel, *judges(debtor, at)])
    made.refresh_from_db()
    assert made.state == "BROKEN"  # it had lapsed, whoever looked first
    assert endings(debtor) == 1
