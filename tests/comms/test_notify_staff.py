"""The bell: once per event and person, by e-mail as each wishes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from smart360.comms import operations, tasks
from smart360.comms.models import Message, Notice
from smart360.comms.outbox import notify_staff
from smart360.kernel.errors import Broken
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.comms.conftest import in_operation
from tests.comms.smtp_server import MailServer
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db
MakePerson = Callable[..., Person]


def notify(people: list[Person], at: datetime, **changes: Any) -> None:
    wish: dict[str, Any] = {
        "people": people,
        "sentence": "DIS-2024-001234: response target missed",
        "path": "/cx/disconnections/DIS-2024-001234",
        "at": at,
        "dedupe_key": "sla:DIS-2024-001234:RESPONSE:ESCALATION",
        "is_urgent": True,
    }
    in_operation(lambda: notify_staff(**(wish | changes)))


def test_each_person_has_one_notice_and_one_owed_mail(person: MakePerson, at: datetime) -> None:
    """COM5, SLA3: in the app and by e-mail, once each, also when the worker runs twice."""
    people = [person(Role.SUPERVISOR), person(Role.SUPERVISOR)]
    notify(people, at)
    notify([*people, people[0]], at)
    assert Notice.objects.count() == 2
    assert OwedWork.objects.filter(kind="comms.mail_notice").count() == 2
    notice = Notice.objects.filter(person=people[0]).get()
    assert notice.is_urgent
    assert notice.read_at is None


def test_who_wants_no_mail_or_has_left_is_not_mailed(person: MakePerson, at: datetime) -> None:
    """COM5: as each user chooses; somebody who left is told nothing."""
    quiet = person(Role.SUPERVISOR, wants_notices_by_email=False)
    nameless = person(Role.SUPERVISOR, email="")
    gone = person(Role.SUPERVISOR, is_active=False)
    notify([quiet, nameless, gone], at)
    assert set(Notice.objects.values_list("person", flat=True)) == {quiet.pk, nameless.pk}
    assert not OwedWork.objects.exists()


def test_the_mail_says_what_the_bell_says(
    person: MakePerson, utility: object, server: MailServer, stands: SetClock,
    work_through: Callable[[], int],
) -> None:  # fmt: skip
    """SLA3: sentence and link, with a Message-ID of its own, and no consumer's name."""
    supervisor = person(Role.SUPERVISOR)
    notify([supervisor], stands.at)
    assert work_through() == 1
    (letter,) = server.letters
    assert letter["To"] == supervisor.email
    assert letter["Subject"] == "DIS-2024-001234: response target missed"
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    link = f"{settings.PUBLIC_URL}/cx/disconnections/DIS-2024-001234"
    assert link in payload.decode()


def test_what_was_read_meanwhile_is_not_mailed(
    person: MakePerson, utility: object, server: MailServer, stands: SetClock
) -> None:
    supervisor = person(Role.SUPERVISOR)
    notify([supervisor], stands.at)
    notice = Notice.objects.get()
    operations.read_notice(notice=notice.pk, by=supervisor, at=stands.at)
    tasks.mail_notice({"notice": notice.pk}, stands.at)
    assert server.letters == []


def test_a_refused_staff_mail_ends_quietly(
    person: MakePerson, utility: object, server: MailServer, stands: SetClock,
    work_through: Callable[[], int],
) -> None:  # fmt: skip
    server.mode = "rejects"
    notify([person(Role.SUPERVISOR)], stands.at)
    assert work_through() == 1
    assert work_through() == 0


def test_reading_keeps_the_first_moment(person: MakePerson, stands: SetClock) -> None:
    supervisor = person(Role.SUPERVISOR)
    notify([supervisor], stands.at)
    notice = Notice.objects.get()
    first = stands.at
    operations.read_notice(notice=notice.pk, by=supervisor, at=first)
    operations.read_notice(notice=notice.pk, by=supervisor, at=stands.go_on(minutes=5))
    notice.refresh_from_db()
    assert notice.read_at == first


def test_reading_all_leaves_other_peoples_alone(person: MakePerson, at: datetime) -> None:
    mine, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    notify([mine, other], at)
    assert operations.read_all_notices(by=mine, at=at) == 1
    assert Notice.objects.filter(person=other, read_at__isnull=True).exists()


def test_a_bell_rings_only_inside_an_operation(at: datetime) -> None:
    with pytest.raises(Broken):
        notify_staff(people=[], sentence="x", path="/", at=at, dedupe_key="x")


def test_stopped_mail_rings_once_an_hour(
    person: MakePerson, send_message: Callable[..., Message], at: datetime
) -> None:
    """N2: a message that waits for over 15 minutes raises an alarm with those who may retry."""
    supervisor, admin, _ = person(Role.SUPERVISOR), person(Role.ADMIN), person(Role.CSE)
    send_message()
    assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=15)) == 0
    assert not Notice.objects.exists()
    for minutes in (16, 17, 29):
        assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=minutes)) == 1
    rung = Notice.objects.order_by("person").values_list("person", "sentence", "is_urgent")
    sentence = "1 message waits to be sent for over 15 minutes. Is the mail server down?"
    assert list(rung) == [(supervisor.pk, sentence, True), (admin.pk, sentence, True)]
    operations.raise_late_mail_alarm(at=at + timedelta(minutes=60))
    assert Notice.objects.count() == 4
