"""Several workers and several people at the same moment, each with its control."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.core import mail

from smart360.cases.models import Case
from smart360.comms import operations, outbox
from smart360.comms.models import Delivery, Message
from smart360.comms.outbox import UnableToRetryMessage
from smart360.kernel.clock import database_clock
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.models import Person
from smart360.trail.oracles import broken_chains
from tests.comms.conftest import kinds_on_timeline
from tests.concurrency.racing import done, race, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
SendMessage = Callable[..., Message]
TWO = 2


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read the delivery before either has changed it."""
    both_have_read = Barrier(TWO)

    def read(message: int) -> tuple[Message, Delivery]:
        found = Message.objects.get(pk=message), Delivery.objects.get(pk=message)
        both_have_read.wait(timeout=10)
        return found

    monkeypatch.setattr(outbox, "lock_delivery", read)


def owed() -> int:
    return OwedWork.objects.filter(kind="comms.deliver").count()


@pytest.fixture
def failed(send_message: SendMessage, at: datetime) -> Message:
    """A message that was not delivered."""
    message = send_message()
    Delivery.objects.filter(message=message).update(state="FAILED")
    return message


def retries(message: Message, by: Person, at: datetime, people: int) -> list[Callable[[], Message]]:
    return [
        partial(
            operations.retry_message,
            message=message.pk,
            by=by,
            at=at + timedelta(milliseconds=each),
        )
        for each in range(people)
    ]


def test_retry_by_many_owes_one_more_delivery(
    failed: Message, operator: Person, at: datetime, case: Case
) -> None:
    """COM4: never sent twice for one press, however many press."""
    outcomes = race(retries(failed, operator, at, people=8))
    assert len(done(outcomes)) == 1
    assert {type(error) for error in refusals(outcomes)} == {UnableToRetryMessage}
    assert owed() == 2
    assert kinds_on_timeline(case) == ["MESSAGE_RETRIED"]


@pytest.mark.usefixtures("without_lock")
def test_the_control_without_the_lock_owes_two(
    failed: Message, operator: Person, at: datetime
) -> None:
    assert len(done(race(retries(failed, operator, at, people=TWO)))) == TWO
    assert owed() == 3


def test_marked_by_many_it_stands_once_on_the_timeline(
    send_message: SendMessage, at: datetime, case: Case
) -> None:
    """N3: two workers that both handed a letter over say so once."""
    message = send_message()
    race([partial(operations.mark_sent, message=message.pk, at=at)] * 8)
    assert kinds_on_timeline(case) == ["MESSAGE_DELIVERED"]
    assert broken_chains() == []


@pytest.mark.usefixtures("without_lock")
def test_the_control_without_the_lock_says_it_twice(
    send_message: SendMessage, at: datetime, case: Case
) -> None:
    message = send_message()
    race([partial(operations.mark_sent, message=message.pk, at=at)] * TWO)
    assert kinds_on_timeline(case) == ["MESSAGE_DELIVERED"] * TWO


def test_four_workers_hand_each_letter_over_once(send_message: SendMessage) -> None:
    """COM4, N3: nothing is lost and nothing is sent twice while nobody crashes."""
    at = database_clock()
    for each in range(30):
        send_message(dedupe_key=f"message:{each}", at=at)
    race([partial(drain, "MAIL")] * 4)
    assert len(mail.outbox) == 30
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 30
    assert set(Delivery.objects.values_list("state", flat=True)) == {"SENT"}
