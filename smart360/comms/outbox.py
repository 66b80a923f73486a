"""Saying things inside an operation: kept in the log, owed to the workers, rung on the bell.

Nothing here talks to a mail server. What is to go out is a row in the same transaction as its
cause (quality.md, N1); workers hand it over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from smart360.comms import rules
from smart360.comms.choices import (
    Channel,
    DeliveryState,
    Direction,
    TemplateKind,
    Visibility,
)
from smart360.comms.models import Delivery, Message, Notice, Template
from smart360.comms.queries import find_said, find_wording, utility_values, wants_email
from smart360.kernel.db import copy_rows, next_keys, step
from smart360.kernel.errors import Broken, Refusal
from smart360.organisation.queries import get_utility
from smart360.owed.book import owe, owe_each
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import Line, keep_all, record, record_lines

DELIVER = "comms.deliver"
MAIL_NOTICE = "comms.mail_notice"


class UnableToRetryMessage(Refusal):
    """Only a message that was not delivered can be tried again."""

    sentence_by_default = "This message has not failed, so there is nothing to retry."


@step
def say(
    *,
    case: int | None,
    consumer: int | None,
    channel: Channel,
    direction: Direction,
    visibility: Visibility,
    words: str,
    subject: str = "",
    by: int | None,
    at: datetime,
    dedupe_key: str,
    minutes: int | None = None,
) -> Message:
    """Log one thing that was said. A key that was said already gives the first message again."""
    said = find_said(dedupe_key)
    if said is not None:
        return said
    kept = keep_all([words, subject] if subject else [words])
    return Message.objects.create(
        case_id=case,
        consumer_id=consumer,
        channel=channel,
        direction=direction,
        visibility=visibility,
        at=at,
        by_id=by,
        body=kept[0],
        subject=kept[1] if subject else None,
        call_minutes=minutes,
        dedupe_key=dedupe_key,
    )


@step
def send(
    *,
    case: int | None,
    consumer: int | None,
    template: str | None,
    subject: str,
    words: str,
    to: str,
    by: int | None,
    at: datetime,
    dedupe_key: str,
    is_statutory: bool = False,
) -> Message:
    """Log an e-mail to a consumer and owe its delivery; without an address it is NOT_SENT, visibly.

    A key that was sent already gives the first message again and owes nothing more.
    """
    if template is None:
        wording, said = None, find_said(dedupe_key)
    else:
        wording, said_before = find_wording(template, dedupe_key=dedupe_key)
        said = Message.objects.get(pk=said_before) if said_before else None
        if wording is None:
            raise Broken(f"there is no template {template}")
    return said or _send(
        case=case, consumer=consumer, wording=wording, subject=subject, words=words, to=to,
        by=by, at=at, dedupe_key=dedupe_key, is_statutory=is_statutory,
    )  # fmt: skip


@step
def send_from_template(
    *,
    case: int | None,
    consumer: int | None,
    code: str,
    values: Mapping[str, str],
    to: str,
    notifies: bool,
    at: datetime,
    dedupe_key: str,
) -> Message | None:
    """Tell the consumer of an event in the template's words, by the system itself (COM3).

    A courtesy message is not even written when ``notifies`` is False or its template is off: None.
    A statutory one always goes. Values are taken literally; what they lack shows as ``--``, and
    the utility's own (``utility_values``) are added when the caller has not.
    """
    wording, said_before = find_wording(code, dedupe_key=dedupe_key)
    if wording is None:
        raise Broken(f"there is no template {code}")
    if said_before is not None:
        return Message.objects.get(pk=said_before)
    is_statutory = wording.kind == TemplateKind.STATUTORY
    if not is_statutory and not (notifies and wording.is_active):
        return None
    known = values if "utility_name" in values else {**utility_values(get_utility()), **values}
    return _send(
        case=case,
        consumer=consumer,
        wording=wording,
        subject=rules.filled(wording.subject, known),
        words=rules.filled(wording.body, known),
        to=to,
        by=None,
        at=at,
        dedupe_key=dedupe_key,
        is_statutory=is_statutory,
    )


SEND = """
WITH said AS (
    INSERT INTO comms_message
           (case_id, consumer_id, channel, direction, visibility, at, by_id, template_id,
            is_statutory, body_id, subject_id, to_id, dedupe_key)
    VALUES (%(case_id)s, %(consumer_id)s, %(channel)s, %(direction)s, %(visibility)s, %(at)s,
            %(by_id)s, %(template_id)s, %(is_statutory)s, %(body_id)s, %(subject_id)s, %(to_id)s,
            %(dedupe_key)s)
    RETURNING id, visibility, at),
going AS (
    INSERT INTO comms_delivery (message_id, visibility, state, state_at, why)
    SELECT id, visibility, %(state)s, at, %(why)s FROM said)
SELECT id FROM said
"""


def _send(
    *,
    case: int | None,
    consumer: int | None,
    wording: Template | None,
    subject: str,
    words: str,
    to: str,
    by: int | None,
    at: datetime,
    dedupe_key: str,
    is_statutory: bool,
) -> Message:
    kept = keep_all([words, rules.one_line(subject), *([to] if to else [])])
    said = {
        "case_id": case,
        "consumer_id": consumer,
        "channel": Channel.EMAIL,
        "direction": Direction.TO_CONSUMER,
        "visibility": Visibility.CONSUMER,
        "at": at,
        "by_id": by,
        "template_id": wording.pk if wording else None,
        "is_statutory": is_statutory,
        "body_id": kept[0].pk,
        "subject_id": kept[1].pk,
        "to_id": kept[2].pk if to else None,
        "dedupe_key": dedupe_key,
    }
    why = rules.why_unreachable(to)
    state = DeliveryState.NOT_SENT if why else DeliveryState.QUEUED
    with connection.cursor() as cursor:
        cursor.execute(SEND, {**said, "state": state, "why": why})
        row: tuple[int] = cursor.fetchone()
    message = Message(pk=row[0], **said)
    if why:
        record_delivery(Event.MESSAGE_NOT_SENT, message, by=None, at=at, why=why)
    else:
        owe(DELIVER, dedupe_key=f"{DELIVER}:{message.pk}", about={"message": message.pk}, at=at)
    return message


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many e-mails in one template's words, to the consumer of one case."""

    case: int
    consumer: int
    values: Mapping[str, str]
    to: str
    dedupe_key: str
    not_before: datetime


@step
def send_each(code: str, letters: Sequence[Letter], *, at: datetime) -> list[tuple[int, str]]:
    """``send_from_template`` in set form, of a statutory template: nobody's notify box counts.

    Each letter's message and why it cannot be sent, ``""`` when it is owed; in their order. The
    letters are about events that are new: a key that was sent already refuses the batch.
    """
    wording = Template.objects.filter(
        code=code, channel=Channel.EMAIL, kind=TemplateKind.STATUTORY
    ).first()
    if wording is None:
        raise Broken(f"there is no statutory template {code}")
    utility = utility_values(get_utility())
    known = [{**utility, **letter.values} for letter in letters]
    bodies = keep_all([rules.filled(wording.body, each) for each in known])
    subjects = keep_all([rules.one_line(rules.filled(wording.subject, each)) for each in known])
    addressed = {n: letter.to for n, letter in enumerate(letters) if letter.to}
    to = dict(zip(addressed, keep_all(list(addressed.values())), strict=True))
    keys = next_keys(Message, len(letters))
    copy_rows(
        Message,
        (
            "id", "case_id", "consumer_id", "channel", "direction", "visibility", "at",
            "template_id", "is_statutory", "body_id", "subject_id", "to_id", "dedupe_key",
        ),
        (
            (
                key, letter.case, letter.consumer, Channel.EMAIL.value,
                Direction.TO_CONSUMER.value, Visibility.CONSUMER.value, at, wording.pk, True,
                bodies[n].pk, subjects[n].pk, to[n].pk if n in to else None, letter.dedupe_key,
            )
            for n, (key, letter) in enumerate(zip(keys, letters, strict=True))
        ),
    )  # fmt: skip
    sent = [
        (key, rules.why_unreachable(letter.to)) for key, letter in zip(keys, letters, strict=True)
    ]
    _let_go(letters, sent, at=at)
    return sent


def _let_go(letters: Sequence[Letter], sent: Sequence[tuple[int, str]], *, at: datetime) -> None:
    """Owe the delivery of those that can be sent, and say of the others why not."""
    copy_rows(
        Delivery,
        ("message_id", "visibility", "state", "state_at", "why"),
        (
            (
                key, Visibility.CONSUMER.value,
                (DeliveryState.NOT_SENT if why else DeliveryState.QUEUED).value, at, why,
            )
            for key, why in sent
        ),
    )  # fmt: skip
    both = list(zip(letters, sent, strict=True))
    owe_each(
        DELIVER,
        (
            (f"{DELIVER}:{key}", {"message": key}, letter.not_before)
            for letter, (key, why) in both
            if not why
        ),
        at=at,
    )
    record_lines(
        (
            Line(
                Event.MESSAGE_NOT_SENT, letter.case, letter.consumer, None,
                {"message": key, "channel": Channel.EMAIL, "why": why},
            )
            for letter, (key, why) in both
            if why
        ),
        at=at,
    )  # fmt: skip


@step
def lock_delivery(message: int) -> tuple[Message, Delivery | None]:
    """Hold a message's case, then its delivery: the one lock order (design.md §3)."""
    said = Message.objects.get(pk=message)
    if said.case_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM cases_case WHERE id = %s FOR NO KEY UPDATE", [said.case_id]
            )
    delivery = (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .filter(message=message)
        .first()
    )
    return said, delivery


@step
def record_delivery(
    event: Event, message: Message, *, by: int | None, at: datetime, why: str = ""
) -> None:
    """Write on the timeline what became of a message; codes only, never an address."""
    facts = {"message": message.pk, "channel": message.channel}
    record(
        event,
        by=by,
        at=at,
        case=message.case_id,
        consumer=message.consumer_id,
        new={**facts, "why": why} if why else facts,
    )


@step
def requeue(*, message: int, by: int, at: datetime) -> Message:
    """Try a message again that was not delivered. Raises UnableToRetryMessage."""
    said, delivery = lock_delivery(message)
    if delivery is None or delivery.state != DeliveryState.FAILED:
        raise UnableToRetryMessage(is_conflict=True)
    delivery.put(DeliveryState.QUEUED, at=at)
    record_delivery(Event.MESSAGE_RETRIED, said, by=by, at=at)
    key = f"{DELIVER}:{said.pk}:{at:%Y%m%dT%H%M%S.%f}"
    owe(DELIVER, dedupe_key=key, about={"message": said.pk}, at=at)
    return said


@step
def notify_staff(
    *,
    people: Iterable[Person],
    sentence: str,
    path: str,
    at: datetime,
    dedupe_key: str,
    case: int | None = None,
    is_urgent: bool = False,
) -> None:
    """Ring the bell of these people, once per key, and owe each who wishes it an e-mail (COM5).

    ``sentence`` names no consumer, because it leaves the house; ``path`` is an address of ours.
    """
    by_id = {person.pk: person for person in people if person.is_active}
    Notice.objects.bulk_create(
        [
            Notice(
                person=person, case_id=case, sentence=sentence, path=path, at=at,
                is_urgent=is_urgent, dedupe_key=dedupe_key,
            )
            for person in by_id.values()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    written = Notice.objects.filter(dedupe_key=dedupe_key, person__in=by_id, at=at)
    mailed = [
        pk for pk, person in written.values_list("pk", "person") if wants_email(by_id[person])
    ]
    owe_each(MAIL_NOTICE, [(f"{MAIL_NOTICE}:{pk}", {"notice": pk}, at) for pk in mailed], at=at)
