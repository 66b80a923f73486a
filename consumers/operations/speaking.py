"""Speaking with a consumer about no case: a message by e-mail, a call that took place (CON12)."""

import uuid
from datetime import datetime

from consumers import guards
from consumers.models import Consumer
from smart360.comms import outbox
from smart360.comms.choices import Channel, Direction, Visibility
from smart360.comms.models import Message
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED, is_blank
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

SEND = "consumers.send_consumer_message"
CALL = "consumers.log_consumer_call"


class UnableToSpeak(Refusal):
    """Nothing was written, nobody can be reached, or it does not say who spoke."""


@operation
def send_consumer_message(
    *, consumer: int, subject: str, words: str, by: Person, at: datetime, form_key: uuid.UUID
) -> Consumer:
    """Write to the consumer by e-mail; its delivery is owed. The same form again sends nothing.

    Raises NoSuchConsumer, and UnableToSpeak when it is empty or no e-mail address is on file.
    """
    locked = guards.lock_consumer(consumer)
    said = {"subject": subject, "words": words}
    account = locked.account_number
    if form_keys.is_repeated(form_key, account, said, by=by.pk, act=SEND, at=at):
        return locked
    if is_blank(words):
        raise UnableToSpeak(REQUIRED, field="words")
    if not locked.email:
        raise UnableToSpeak("No e-mail on file", field="words")
    message = outbox.send(
        case=None,
        consumer=locked.pk,
        template=None,
        subject=subject or f"A message from {get_utility().name}",
        words=words,
        to=locked.email,
        by=by.pk,
        at=at,
        dedupe_key=f"message:{by.pk}:{form_key}",
    )
    _record(Event.MESSAGE_SENT, message, by=by, at=at)
    return locked


@operation
def log_consumer_call(
    *,
    consumer: int,
    words: str,
    minutes: int | None,
    direction: str,
    by: Person,
    at: datetime,
    form_key: uuid.UUID,
) -> Consumer:
    """Note a phone call with the consumer, how long it took and what was said.

    Raises NoSuchConsumer, and UnableToSpeak when nothing was written or who called is not known.
    """
    locked = guards.lock_consumer(consumer)
    said = {"words": words, "minutes": minutes, "direction": direction}
    account = locked.account_number
    if form_keys.is_repeated(form_key, account, said, by=by.pk, act=CALL, at=at):
        return locked
    if is_blank(words):
        raise UnableToSpeak(REQUIRED, field="words")
    if direction not in (Direction.TO_CONSUMER, Direction.FROM_CONSUMER):
        raise UnableToSpeak(NOT_OFFERED, field="direction")
    message = outbox.say(
        case=None,
        consumer=locked.pk,
        channel=Channel.PHONE,
        direction=Direction(direction),
        visibility=Visibility.CONSUMER,
        words=words,
        by=by.pk,
        at=at,
        dedupe_key=f"call:{by.pk}:{form_key}",
        minutes=minutes,
    )
    _record(Event.CALL_LOGGED, message, by=by, at=at)
    return locked


def _record(event: Event, message: Message, *, by: Person, at: datetime) -> None:
    """One line for one act; what was said stands in the log."""
    record(event, by=by.pk, at=at, consumer=message.consumer_id, new={"message": message.pk})
