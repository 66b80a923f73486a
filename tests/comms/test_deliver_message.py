"""Handing over: once each, at least; a bad mail server delays and never loses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from smart360.cases.models import Case
from smart360.comms import operations, oracles, tasks
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery, Message, Notice
from smart360.comms.outbox import UnableToRetryMessage
from smart360.kernel import clock
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import PersonalText
from tests.comms.conftest import kinds_on_timeline
from tests.comms.smtp_server import MailServer
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db
SendMessage = Callable[..., Message]
WorkThrough = Callable[[], int]


def state_of(message: Message) -> DeliveryState:
    return DeliveryState(Delivery.objects.get(message=message).state)


def work_until(moment: datetime, *, stands: SetClock, work_through: WorkThrough) -> int:
    """Let time pass in steps of ten seconds with the worker awake; how many tries it made."""
    tried = 0
    while stands.at < moment:
        tried += work_through()
        stands.go_on(seconds=10)
    return tried + work_through()


def test_a_message_is_handed_over_and_says_so(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    case: Case,
) -> None:
    """AC019, AC020: the mail arrives as it was written; log and timeline show that it was sent."""
    message = send_message()
    stands.go_on(seconds=2)
    assert work_through() == 1
    (letter,) = server.letters
    assert letter["To"] == "john.smith@email.com"
    assert letter["From"] == "Springfield Utilities <no-reply@springfield.example>"
    assert letter["Reply-To"] == "service@springfield.example"
    assert letter["Subject"] == f"Your request {case.number}"
    assert letter["Message-ID"].endswith("@springfield.example>")
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().strip() == "Mike Thompson will visit on December 15."
    delivery = Delivery.objects.get(message=message)
    assert (delivery.state, delivery.state_at) == (DeliveryState.SENT, stands.at)
    assert kinds_on_timeline(case) == ["MESSAGE_DELIVERED"]
    assert OwedWork.objects.get().state == OwedState.DONE
    assert work_through() == 0
    assert len(server.letters) == 1


def test_text_of_all_kinds_arrives_as_typed(
    send_message: SendMessage, server: MailServer, stands: SetClock, work_through: WorkThrough
) -> None:
    """bad-inputs 55, 57: markup stays text, other scripts stay whole, long lines are no harm."""
    words = "<b>not bold</b>\nनमस्ते José 👨‍👩‍👧\n.\n" + "W" * 3000
    send_message(words=words, subject="Żółć नमस्ते " * 8)
    work_through()
    (letter,) = server.letters
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n").strip() == words
    assert letter.get_content_type() == "text/plain"


@pytest.mark.parametrize("mode", ["greylists", "drops"])
def test_a_server_that_says_later_is_asked_again(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    mode: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """N2, N3: a 4xx or a lost line is no failure; each copy carries the same Message-ID."""
    message = send_message()
    server.mode = mode
    work_through()
    assert state_of(message) == DeliveryState.QUEUED
    server.mode = "accepts"
    stands.go_on(seconds=5)
    work_through()
    assert state_of(message) == DeliveryState.SENT
    assert len({letter["Message-ID"] for letter in server.letters}) == 1
    assert len(server.letters) == (2 if mode == "drops" else 1)
    assert "john.smith" not in caplog.text  # A4: no address in a log line


def test_a_server_that_hangs_is_left_alone_after_the_time_out(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    settings: Any,
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    message = send_message()
    server.mode = "hangs"
    work_through()
    assert state_of(message) == DeliveryState.QUEUED
    assert OwedWork.objects.get().last_error == "SMTPServerDisconnected"


@pytest.mark.parametrize(("mode", "code"), [("rejects", 550), ("rejects_text", 554)])
def test_a_refusal_for_good_is_visible_at_once(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    case: Case,
    mode: str,
    code: int,
) -> None:
    """COM4: a 5xx is Not delivered now, with its reason, and nobody tries for five hours."""
    message = send_message()
    server.mode = mode
    work_through()
    delivery = Delivery.objects.get(message=message)
    assert delivery.state == DeliveryState.FAILED
    assert delivery.why == f"The recipient's mail server refused it ({code})"
    assert "@" not in delivery.why
    assert kinds_on_timeline(case) == ["MESSAGE_FAILED"]
    assert OwedWork.objects.get(kind="comms.deliver").state == OwedState.DONE
    notice = Notice.objects.get(person=message.by)
    assert notice.sentence == f"{case.number}: a message was not delivered"
    assert notice.path == f"/cx/disconnections/{case.number}"


@pytest.mark.parametrize("minutes", [1, 10, 25, 300])
def test_a_server_that_is_down_for_a_while_loses_nothing(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    minutes: int,
) -> None:
    """N2, N5: down for up to 25 minutes it is sent by 30; after five hours it is sent by itself."""
    message = send_message()
    server.mode = "greylists"
    began = stands.at
    step = timedelta(seconds=10) if minutes < 300 else timedelta(minutes=10)
    while stands.at < began + timedelta(minutes=minutes):
        work_through()
        stands.at += step
    assert state_of(message) == DeliveryState.QUEUED
    server.mode = "accepts"
    work_until(
        began + timedelta(minutes=max(30, minutes + 31)), stands=stands, work_through=work_through
    )
    assert state_of(message) == DeliveryState.SENT
    if minutes <= 25:
        sent_at = Delivery.objects.get(message=message).state_at
        assert sent_at - began <= timedelta(minutes=30)
    assert len(server.letters) == 1


def test_after_the_last_try_it_is_not_delivered_and_can_be_retried(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    case: Case,
    person: Callable[..., Person],
) -> None:
    """COM4: given up, visible, tried again by a supervisor, sent; each on the timeline."""
    message = send_message()
    server.mode = "greylists"
    for _ in range(20):
        work_through()
        stands.go_on(minutes=31)
    assert state_of(message) == DeliveryState.FAILED
    assert OwedWork.objects.get(kind="comms.deliver").state == OwedState.FAILED

    server.mode = "accepts"
    supervisor = person(Role.SUPERVISOR)
    operations.retry_message(message=message.pk, by=supervisor, at=clock.now())
    assert state_of(message) == DeliveryState.QUEUED
    work_through()
    assert state_of(message) == DeliveryState.SENT
    told = ["MESSAGE_FAILED", "MESSAGE_RETRIED", "MESSAGE_DELIVERED"]
    assert kinds_on_timeline(case) == told
    assert oracles.deliveries_without_a_timeline_line() == []


def test_only_a_failed_message_is_retried(
    send_message: SendMessage, operator: Person, at: datetime
) -> None:
    message = send_message()
    with pytest.raises(UnableToRetryMessage) as refused:
        operations.retry_message(message=message.pk, by=operator, at=at)
    assert refused.value.is_conflict
    assert OwedWork.objects.count() == 1


def test_retry_pressed_twice_owes_once(
    send_message: SendMessage, operator: Person, at: datetime
) -> None:
    message = send_message()
    operations.mark_failed(message=message.pk, why="refused", at=at)
    operations.retry_message(message=message.pk, by=operator, at=at)
    with pytest.raises(UnableToRetryMessage):
        operations.retry_message(message=message.pk, by=operator, at=at)
    assert OwedWork.objects.filter(kind="comms.deliver").count() == 2


def test_a_worker_that_dies_before_the_mark_sends_one_more_copy_of_the_same_letter(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """N3: killed between handing over and marking, the mail goes out again as the same letter."""
    message = send_message()

    class Killed(BaseException):
        pass

    def die(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(operations, "mark_sent", die)
        with pytest.raises(Killed):
            tasks.deliver_message({"message": message.pk}, stands.at)
    assert state_of(message) == DeliveryState.QUEUED
    tasks.deliver_message({"message": message.pk}, stands.at)
    tasks.deliver_message({"message": message.pk}, stands.at)
    assert state_of(message) == DeliveryState.SENT
    assert len(server.letters) == 2
    assert len({letter["Message-ID"] for letter in server.letters}) == 1
    assert kinds_on_timeline(case) == ["MESSAGE_DELIVERED"]


def test_a_worker_that_dies_while_giving_up_leaves_it_to_the_next(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """N2, COM4: whenever it dies, the message ends as Not delivered, with Retry beside it."""
    message = send_message()
    server.mode = "greylists"

    class Killed(BaseException):
        pass

    def die(**_: object) -> None:
        raise Killed

    def keep_working() -> None:
        for _ in range(20):
            work_through()
            stands.go_on(minutes=31)

    with monkeypatch.context() as patched:
        patched.setattr(operations, "mark_failed", die)
        with pytest.raises(Killed):
            keep_working()
    stands.go_on(minutes=31)
    work_through()
    assert state_of(message) == DeliveryState.FAILED
    assert OwedWork.objects.get(kind="comms.deliver").state == OwedState.FAILED


def test_marking_twice_changes_nothing(send_message: SendMessage, case: Case, at: datetime) -> None:
    message = send_message()
    operations.mark_sent(message=message.pk, at=at)
    operations.mark_sent(message=message.pk, at=at + timedelta(minutes=1))
    operations.mark_failed(message=message.pk, why="late", at=at)
    delivery = Delivery.objects.get(message=message)
    assert (delivery.state, delivery.state_at) == (DeliveryState.SENT, at)
    assert kinds_on_timeline(case) == ["MESSAGE_DELIVERED"]


def test_an_address_that_was_erased_meanwhile_is_not_written_to(
    send_message: SendMessage,
    server: MailServer,
    stands: SetClock,
    work_through: WorkThrough,
    case: Case,
    as_owner: Callable[[], None],
) -> None:
    """R8: a blanked address is none; the message stays here, and says so."""
    message = send_message()
    as_owner()
    PersonalText.objects.filter(text="john.smith@email.com").update(text="")
    work_through()
    assert state_of(message) == DeliveryState.NOT_SENT
    assert server.letters == []
    assert kinds_on_timeline(case) == ["MESSAGE_NOT_SENT"]


# ------------------------------------------------------------------ oracles
def test_oracles_find_what_waits_and_what_nobody_owes(
    send_message: SendMessage, at: datetime
) -> None:
    """N1, N2: healthy they are silent; each finds its own disease."""
    message = send_message()
    assert oracles.messages_that_wait_too_long(at + timedelta(minutes=15)) == []
    assert oracles.messages_that_nobody_owes() == []
    assert oracles.internal_messages_that_go_out() == []
    late = oracles.messages_that_wait_too_long(at + timedelta(minutes=16))
    assert late == [f"message {message.pk} since 2024-12-10 15:30"]
    OwedWork.objects.all().delete()
    assert oracles.messages_that_nobody_owes() == [f"message {message.pk}"]
    Delivery.objects.filter(message=message).update(state=DeliveryState.SENT)
    assert oracles.deliveries_without_a_timeline_line() == [f"message {message.pk}"]
