"""A claim lives as long as its worker's database session (R1: back in seconds, not in a lease)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection

from smart360.kernel.db import operation
from smart360.owed import operations
from smart360.owed.book import owe
from smart360.owed.choices import OwedState, Queue
from smart360.owed.models import OwedWork
from smart360.owed.rules import LEASE

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "comms.deliver"


@pytest.fixture(autouse=True)
def owed(at: datetime) -> None:
    operation(owe)(KIND, dedupe_key="letter:1", about={"message": 0}, at=at)


def work() -> OwedWork:
    return OwedWork.objects.get()


@contextmanager
def claimed_elsewhere(at: datetime, *, sees_sessions: bool = False) -> Iterator[None]:
    """Another worker has claimed the work; at the end of the block its session ends."""
    has_claimed, may_end = Event(), Event()

    def claim() -> None:
        try:
            if sees_sessions:
                see_sessions()
            operations.claim_one(queue=Queue.MAIL, at=at)
            has_claimed.set()
            may_end.wait(20)
        finally:
            connection.close()

    worker = Thread(target=claim)
    worker.start()
    assert has_claimed.wait(20)
    try:
        yield
    finally:
        may_end.set()
        worker.join()


def see_sessions() -> None:
    """As in production, where workers sign in as the role that they are: it sees their sessions."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")


def free(at: datetime) -> int:
    return operations.free_abandoned(queue=Queue.MAIL, at=at)


def freed(at: datetime) -> int:
    """A session is gone a moment after its client."""
    for _ in range(200):
        if found := free(at):
            return found
        Event().wait(0.02)
    return 0


def test_what_a_living_worker_holds_stays_its_own(at: datetime) -> None:
    with claimed_elsewhere(at):
        assert free(at) == 0
        assert work().next_at == at + LEASE
        assert operations.claim_one(queue=Queue.MAIL, at=at) is None


@pytest.mark.parametrize("years", [0, 30], ids=["before it", "after it"])
def test_no_clock_that_is_put_back_ends_a_living_workers_claim(at: datetime, years: int) -> None:
    """By the clock the claim was made before the session began, or long after."""
    see_sessions()
    moment = at + timedelta(days=365 * years)
    with claimed_elsewhere(moment, sees_sessions=True):
        assert work().session_began_at is not None
        assert free(moment) == 0
        assert operations.claim_one(queue=Queue.MAIL, at=moment) is None


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_session_that_only_has_the_same_number_holds_nothing(at: datetime, hours: int) -> None:
    see_sessions()
    with claimed_elsewhere(at, sees_sessions=True):
        began = work().session_began_at
        assert began is not None
        OwedWork.objects.update(session_began_at=began + timedelta(hours=hours))
        assert free(at) == 1
    assert (work().claimed_by, work().session_began_at) == (None, None)


def test_the_control_without_its_beginning_the_number_alone_counts(at: datetime) -> None:
    """The same, and nothing told of when the session began: the other session holds the claim."""
    see_sessions()
    with claimed_elsewhere(at, sees_sessions=True):
        OwedWork.objects.update(session_began_at=None)
        assert free(at) == 0


def test_what_an_ended_worker_held_is_taken_at_once(at: datetime) -> None:
    with claimed_elsewhere(at):
        pass
    assert freed(at) == 1
    again = operations.claim_one(queue=Queue.MAIL, at=at)
    assert again is not None
    assert again.attempts == 2


def test_work_that_ends_its_workers_waits_longer_each_time(at: datetime) -> None:
    """A document that kills whoever makes it must not keep all workers dying."""
    waits = []
    for _ in range(3):
        moment = work().next_at
        with claimed_elsewhere(moment):
            pass
        assert freed(moment) == 1
        waits.append(work().next_at - moment)
    assert waits == [timedelta(), timedelta(seconds=5), timedelta(seconds=30)]


def test_a_claim_ends_with_the_work(at: datetime) -> None:
    claimed = operations.claim_one(queue=Queue.MAIL, at=at)
    assert claimed is not None
    assert claimed.claimed_by is not None
    operations.mark_failed(work=claimed, error="x", at=at, most_attempts=9)
    assert work().claimed_by is None
    claimed = operations.claim_one(queue=Queue.MAIL, at=at + timedelta(minutes=1))
    assert claimed is not None
    operations.mark_done(work=claimed, at=at)
    assert work().claimed_by is None


def test_an_attempt_that_lost_its_claim_says_nothing_about_the_next(at: datetime) -> None:
    """The database went away under a worker; another one has the work when the first comes back."""
    first = operations.claim_one(queue=Queue.MAIL, at=at)
    assert first is not None
    second = operations.claim_one(queue=Queue.MAIL, at=at + LEASE)
    assert second is not None
    operations.mark_failed(work=first, error="x", at=at, most_attempts=1)
    assert (work().state, work().last_error) == (OwedState.WAITING, "")
    assert work().claimed_by == second.claimed_by
