"""The communication log as each role may read it (COM1, X3)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string

from smart360.cases.models import Case
from smart360.comms import operations, queries
from smart360.comms.choices import Channel, Direction, Visibility
from smart360.comms.models import Message
from smart360.comms.outbox import say
from smart360.kernel.clock import database_clock
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.comms.conftest import in_operation

pytestmark = pytest.mark.django_db
SendMessage = Callable[..., Message]
MakePerson = Callable[..., Person]


@pytest.fixture
def log(case: Case, operator: Person, send_message: SendMessage, at: datetime) -> Case:
    """A message, a note and a call, in this order."""
    send_message(words="The visit is on December 15. Questions: service@springfield.example")
    common: dict[str, Any] = {"case": case.pk, "consumer": case.consumer_id, "by": operator.pk}
    in_operation(
        lambda: say(
            **common, channel=Channel.SYSTEM, direction=Direction.WITHIN,
            visibility=Visibility.INTERNAL, words="Gate code needed.",
            at=at + timedelta(minutes=1), dedupe_key="note:1",
        )
    )  # fmt: skip
    in_operation(
        lambda: say(
            **common, channel=Channel.PHONE, direction=Direction.FROM_CONSUMER, minutes=4,
            visibility=Visibility.CONSUMER, words="At home from 10.",
            at=at + timedelta(minutes=2), dedupe_key="call:1",
        )
    )  # fmt: skip
    return case


def test_everything_that_was_said_oldest_first(
    log: Case, person: MakePerson, at: datetime, django_assert_num_queries: Any
) -> None:
    """COM1, AC020: channel, direction, time, user and status of each, in one statement."""
    reader = person(Role.CSE)
    with django_assert_num_queries(1):
        thread = queries.messages_of_case(log.pk, to=reader, consumer_name="John Michael Smith")
    mail, note, call = thread
    assert (mail.side, mail.who, mail.channel, mail.at) == ("to", "Sarah Johnson", "EMAIL", at)
    assert (mail.delivery, mail.address) == ("QUEUED", "john.smith@email.com")
    assert mail.body.startswith(f"Your request {log.number}\n\nThe visit is on December 15.")
    assert (note.side, note.who, note.body) == ("internal", "Sarah Johnson", "Gate code needed.")
    assert (call.side, call.who, call.minutes) == ("from", "John Michael Smith", 4)
    assert queries.count_messages_of_case(log.pk) == 3
    of_consumer = queries.list_said(
        log.consumer_id or 0, to=reader, hidden=(), consumer_name="John Michael Smith"
    )
    assert [each.body for each in of_consumer.rows] == [each.body for each in reversed(thread)]
    assert {each.ref for each in of_consumer.rows} == {log.number}


@pytest.mark.parametrize(
    ("role", "sees_words", "sees_addresses"),
    [
        (Role.CSE, True, True),
        (Role.BILLING, True, True),
        (Role.SUPERVISOR, True, True),
        (Role.DISPATCHER, True, False),
        (Role.ADMIN, False, False),
    ],
)
def test_each_role_reads_what_it_may(
    log: Case, person: MakePerson, role: Role, sees_words: bool, sees_addresses: bool
) -> None:
    """X3: who may not see e-mail addresses finds none in the text; who sees no one, no text."""
    thread = queries.messages_of_case(log.pk, to=person(role))
    page = render_to_string("comms/messages.html", {"thread": thread})
    assert ("December 15" in page) is sees_words
    assert ("Gate code" in page) is sees_words
    assert ("service@springfield.example" in page) is sees_addresses
    assert ("john.smith@email.com" in page) is sees_addresses


def test_retry_is_offered_to_those_who_may(log: Case, person: MakePerson, at: datetime) -> None:
    """COM4: a failure is visible to everybody, with Retry for those who may press it."""
    message = Message.objects.get(dedupe_key="message:1")
    operations.mark_failed(message=message.pk, why="The mail server could not be reached", at=at)
    (seen, *_) = queries.messages_of_case(log.pk, to=person(Role.CSE))
    assert (seen.delivery, seen.retry_url) == ("FAILED", "")
    thread = queries.messages_of_case(log.pk, to=person(Role.SUPERVISOR))
    page = render_to_string("comms/messages.html", {"thread": thread})
    assert "Not delivered" in page
    assert "The mail server could not be reached" in page
    assert f'action="/messages/{message.pk}/retry"' in page


def test_what_waits_too_long_says_so(
    case: Case, person: MakePerson, send_message: SendMessage
) -> None:
    """N2: an old QUEUED shows on the item, whatever the workers do."""
    moment = database_clock()
    send_message(at=moment - timedelta(minutes=16), dedupe_key="old")
    send_message(at=moment - timedelta(minutes=10), dedupe_key="new")
    old, new = queries.messages_of_case(case.pk, to=person(Role.CSE))
    assert old.problem == queries.WAITS_LONG
    assert new.problem == ""


def test_a_missing_address_is_told_on_the_banner(
    case: Case, person: MakePerson, send_message: SendMessage
) -> None:
    """bad-inputs 35: "No e-mail on file; not sent"."""
    assert queries.why_not_sent(case.pk) == []
    send_message(to="")
    assert queries.why_not_sent(case.pk) == ["No e-mail on file; not sent"]
    thread = queries.messages_of_case(case.pk, to=person(Role.CSE))
    page = render_to_string("comms/messages.html", {"thread": thread})
    assert "Not sent" in page
    assert "No e-mail on file" in page


def test_words_are_shown_as_typed(
    case: Case, person: MakePerson, send_message: SendMessage
) -> None:
    """bad-inputs 55: markup is text."""
    send_message(words="<script>alert(1)</script> {{ 7*7 }}")
    thread = queries.messages_of_case(case.pk, to=person(Role.CSE))
    page = render_to_string("comms/messages.html", {"thread": thread})
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page


def test_nothing_said_yet(case: Case, person: MakePerson) -> None:
    thread = queries.messages_of_case(case.pk, to=person(Role.CSE))
    assert "Nothing was said yet" in render_to_string("comms/messages.html", {"thread": thread})
