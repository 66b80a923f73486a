"""Speaking with a consumer about no case: once, with one line, owed if it goes out (CON12)."""

from datetime import datetime
from uuid import uuid4

import pytest

from consumers.models import Consumer
from consumers.operations import UnableToSpeak, log_consumer_call, send_consumer_message
from smart360.comms import operations as comms
from smart360.comms.models import Message, Notice
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.conftest import MakeConsumer, MakePerson


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def write(consumer: Consumer, by: Person, at: datetime, words: str = "We come on Monday") -> None:
    send_consumer_message(
        consumer=consumer.pk, subject="", words=words, by=by, at=at, form_key=uuid4()
    )


def kinds(consumer: Consumer) -> list[str]:
    entries = Entry.objects.filter(consumer=consumer).order_by("id")
    return list(entries.values_list("kind", flat=True))


def owed() -> int:
    return OwedWork.objects.filter(kind="comms.deliver").count()


def test_a_message_goes_out_once(consumer: Consumer, sarah: Person, at: datetime) -> None:
    key = uuid4()
    for _ in range(2):
        send_consumer_message(
            consumer=consumer.pk, subject="Your meter", words="We come on Monday", by=sarah, at=at,
            form_key=key,
        )  # fmt: skip
    said = Message.objects.select_related("to", "body", "subject", "delivery").get()
    assert (said.case, said.consumer, said.by) == (None, consumer, sarah)
    assert said.to
    assert said.subject
    assert (said.to.text, said.subject.text) == ("john.smith@email.com", "Your meter")
    assert said.delivery.state == "QUEUED"
    assert owed() == 1
    assert kinds(consumer) == ["MESSAGE_SENT"]
    with pytest.raises(UnableToSubmitAgain):
        send_consumer_message(
            consumer=consumer.pk, subject="Your meter", words="On Friday", by=sarah, at=at,
            form_key=key,
        )  # fmt: skip


def test_without_a_subject_the_utility_is_named(
    consumer: Consumer, sarah: Person, at: datetime
) -> None:
    write(consumer, sarah, at)
    subject = Message.objects.select_related("subject").get().subject
    assert subject
    assert subject.text == "A message from Springfield Utilities"


def test_nothing_and_nobody_are_refused(
    make_consumer: MakeConsumer, consumer: Consumer, sarah: Person, at: datetime
) -> None:
    silent = make_consumer(account_number="N-1", email="")
    with pytest.raises(UnableToSpeak, match="No e-mail on file"):
        write(silent, sarah, at)
    with pytest.raises(UnableToSpeak):
        write(consumer, sarah, at, words=" \n")
    assert not Message.objects.exists()
    assert owed() == 0
    assert kinds(consumer) == kinds(silent) == []


def test_a_call_is_logged_once_with_its_minutes(
    consumer: Consumer, sarah: Person, at: datetime
) -> None:
    key = uuid4()
    for _ in range(2):
        log_consumer_call(
            consumer=consumer.pk, words="They moved in", minutes=4, direction="FROM_CONSUMER",
            by=sarah, at=at, form_key=key,
        )  # fmt: skip
    said = Message.objects.get()
    assert (said.channel, said.direction, said.call_minutes) == ("PHONE", "FROM_CONSUMER", 4)
    assert owed() == 0
    assert kinds(consumer) == ["CALL_LOGGED"]


@pytest.mark.parametrize(
    ("words", "direction", "field"),
    [("", "FROM_CONSUMER", "words"), ("Hello", "WITHIN", "direction"), ("Hello", "", "direction")],
)
def test_a_wrong_call_is_refused(
    consumer: Consumer, sarah: Person, at: datetime, words: str, direction: str, field: str
) -> None:
    with pytest.raises(UnableToSpeak) as refused:
        log_consumer_call(
            consumer=consumer.pk, words=words, minutes=None, direction=direction, by=sarah, at=at,
            form_key=uuid4(),
        )  # fmt: skip
    assert refused.value.field == field
    assert not Message.objects.exists()
    assert kinds(consumer) == []


def test_who_wrote_hears_when_it_was_not_delivered(
    consumer: Consumer, sarah: Person, at: datetime
) -> None:
    """The bell's sentence goes out by e-mail, too: it names no consumer."""
    write(consumer, sarah, at)
    comms.mark_failed(message=Message.objects.get().pk, why="refused", at=at)
    rung = Notice.objects.get()
    assert (rung.person, rung.case) == (sarah, None)
    assert rung.path == f"/cx/consumer-management/{consumer.account_number}/communication"
    assert consumer.account_number not in rung.sentence
    assert kinds(consumer) == ["MESSAGE_SENT", "MESSAGE_FAILED"]
