"""Who is told when messages do not arrive, and when somebody is locked out."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from smart360.comms.models import Message
from smart360.comms.outbox import notify_staff
from smart360.comms.ports import URGENT
from smart360.kernel.db import step
from smart360.staff.access import LOCKED_FOR, people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


@step
def not_delivered(message: Message, *, at: datetime) -> None:
    """Tell whoever wrote it, or for the system's own words whoever works on the case (COM4)."""
    case = message.case
    if case is None:
        _words_of_a_person(message, at=at)
        return
    whom = message.by_id or case.assignee_id
    notify_staff(
        people=Person.objects.filter(pk=whom) if whom else (),
        sentence=f"{case.number}: a message was not delivered",
        path=reverse(f"{case.kind.lower()}_detail", args=[case.number]),
        at=at,
        dedupe_key=f"not-delivered:{message.pk}:{at:%Y%m%dT%H%M%S.%f}",
        case=case.pk,
    )


@step
def _words_of_a_person(message: Message, *, at: datetime) -> None:
    """Tell who wrote to a consumer about no case; the bell's sentence does not say to whom."""
    if message.by is None or message.consumer is None:
        return
    notify_staff(
        people=[message.by],
        sentence="A message to a consumer was not delivered",
        path=reverse("consumer_communication", args=[message.consumer.account_number]),
        at=at,
        dedupe_key=f"not-delivered:{message.pk}:{at:%Y%m%dT%H%M%S.%f}",
    )


@step
def mail_waits(count: int, *, at: datetime) -> None:
    """Tell those who may retry messages that mail has stopped, once an hour (N2)."""
    messages = "1 message waits" if count == 1 else f"{count} messages wait"
    notify_staff(
        people=people_who_may(Permission.RETRY_MESSAGE),
        sentence=f"{messages} to be sent for over 15 minutes. Is the mail server down?",
        path=reverse("notice_list"),
        at=at,
        dedupe_key=f"mail-waits:{at:%Y%m%dT%H}",
        is_urgent=True,
    )


@step
def urgent_mail_waits(code: str, count: int, *, at: datetime) -> None:
    """Tell them earlier of letters that are promised soon, once an hour for each kind (N5)."""
    urgent = URGENT[code]
    letters = f"1 {urgent.name} waits" if count == 1 else f"{count} {urgent.name}s wait"
    after, within = (
        int(each.total_seconds()) // 60 for each in (urgent.alarm_after, urgent.leaves_within)
    )
    notify_staff(
        people=people_who_may(Permission.RETRY_MESSAGE),
        sentence=f"{letters} to be sent for over {after} minutes and must leave within {within}. "
        "Is the mail server down?",
        path=reverse("notice_list"),
        at=at,
        dedupe_key=f"mail-waits:{code}:{at:%Y%m%dT%H}",
        is_urgent=True,
    )


@step
def locked_out(*, name: str, address: str | None, line: int, at: datetime) -> None:
    """Tell those who give passwords that an account is locked, or once an hour a whole address."""
    minutes = int(LOCKED_FOR.total_seconds()) // 60
    if name:
        wrong = settings.AXES_FAILURE_LIMIT
        sentence = f"{name} is locked out for {minutes} minutes after {wrong} wrong passwords."
        key = f"locked-out:{line}"
    else:
        sentence = "One address is locked out: it tries passwords on many names."
        key = f"address-locked-out:{address}:{at:%Y%m%dT%H}"
    notify_staff(
        people=people_who_may(Permission.MANAGE_PEOPLE),
        sentence=sentence,
        path=reverse("admin:staff_signin_changelist"),
        at=at,
        dedupe_key=key,
        is_urgent=True,
    )
