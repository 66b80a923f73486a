"""What becomes of messages and notices: handed over, failed, tried again, read."""

from datetime import datetime

from smart360.comms import outbox
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Message, Notice
from smart360.comms.notices import mail_waits, not_delivered, urgent_mail_waits
from smart360.comms.queries import count_late, count_urgent, visible_notices
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person
from smart360.trail.choices import Event


class UnableToSayTwice(Refusal):
    """Two people or two tabs said the same thing at once; the first one counts."""

    sentence_by_default = "This was said already. Reload the page to see it."


refuses({"a_message_is_said_once": UnableToSayTwice(is_conflict=True)})


@operation
def mark_sent(*, message: int, at: datetime) -> None:
    """The next mail server has taken a message. Marking twice changes nothing."""
    said, delivery = outbox.lock_delivery(message)
    if delivery is None or delivery.state not in {DeliveryState.QUEUED, DeliveryState.FAILED}:
        return
    delivery.put(DeliveryState.SENT, at=at)
    outbox.record_delivery(Event.MESSAGE_DELIVERED, said, by=None, at=at)


@operation
def mark_failed(*, message: int, why: str, at: datetime) -> None:
    """A message was not delivered and is not tried again by itself: from now on that is visible."""
    said, delivery = outbox.lock_delivery(message)
    if delivery is None or delivery.state != DeliveryState.QUEUED:
        return
    delivery.put(DeliveryState.FAILED, at=at, why=why)
    outbox.record_delivery(Event.MESSAGE_FAILED, said, by=None, at=at, why=why)
    not_delivered(said, at=at)


@operation
def mark_not_sent(*, message: int, why: str, at: datetime) -> None:
    """A message lost its address before it left, by an erasure: it stays here."""
    said, delivery = outbox.lock_delivery(message)
    if delivery is None or delivery.state != DeliveryState.QUEUED:
        return
    delivery.put(DeliveryState.NOT_SENT, at=at, why=why)
    outbox.record_delivery(Event.MESSAGE_NOT_SENT, said, by=None, at=at, why=why)


@operation
def retry_message(*, message: int, by: Person, at: datetime) -> Message:
    """Try a message again that was not delivered. Raises UnableToRetryMessage."""
    return outbox.requeue(message=message, by=by.pk, at=at)


@operation
def raise_late_mail_alarm(*, at: datetime) -> int:
    """Ring the bell when messages wait too long; how many do (N2).

    That is more than a quarter of an hour, and less for what is promised sooner (N5).
    """
    late, urgent = count_late(at), count_urgent(at)
    if late:
        mail_waits(late, at=at)
    for code, count in urgent.items():
        urgent_mail_waits(code, count, at=at)
    return late + sum(urgent.values())


@operation
def read_notice(*, notice: int, by: Person, at: datetime) -> Notice:
    """Somebody opened a notice of their own, which says where it leads; the first time counts."""
    mine = visible_notices(by).select_for_update(of=("self",), no_key=True).get(pk=notice)
    if mine.read_at is None:
        mine.read_at = at
        mine.save(update_fields=["read_at"])
    return mine


@operation
def read_all_notices(*, by: Person, at: datetime) -> int:
    """Somebody has seen every notice of theirs; how many were new."""
    return visible_notices(by).filter(read_at__isnull=True, at__lte=at).update(read_at=at)
