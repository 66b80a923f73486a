"""Saying and sending: the log, the debt, and nothing half."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from smart360.cases.models import Case
from smart360.comms.choices import Channel, DeliveryState, Direction, Visibility
from smart360.comms.models import Delivery, Message, Template
from smart360.comms.outbox import say, send, send_from_template
from smart360.kernel.errors import Broken
from smart360.owed.models import OwedWork
from smart360.staff.models import Person
from smart360.trail.models import Entry, PersonalText
from tests.comms.conftest import in_operation, kinds_on_timeline

pytestmark = pytest.mark.django_db
SendMessage = Callable[..., Message]


def owed() -> list[str]:
    return list(OwedWork.objects.filter(kind="comms.deliver").values_list("dedupe_key", flat=True))


def test_a_message_is_logged_and_its_delivery_owed(send_message: SendMessage, at: datetime) -> None:
    """N1, AC020: who said what to whom and when, and one piece of owed work."""
    message = send_message()
    assert (message.channel, message.direction) == (Channel.EMAIL, Direction.TO_CONSUMER)
    assert message.visibility == Visibility.CONSUMER
    assert message.at == at
    assert message.by is not None
    assert message.by.full_name == "Sarah Johnson"
    assert message.to is not None
    assert message.to.text == "john.smith@email.com"
    assert message.body.text == "Mike Thompson will visit on December 15."
    assert message.delivery.state == DeliveryState.QUEUED
    assert owed() == [f"comms.deliver:{message.pk}"]


def test_the_same_key_sends_once(send_message: SendMessage) -> None:
    """COM4: one event is told once, however often it is told."""
    first = send_message()
    second = send_message(words="Something else")
    assert second == first
    assert Message.objects.count() == 1
    assert len(owed()) == 1


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "No e-mail on file"),
        ("   ", "No e-mail on file"),
        ("john.smith", "The e-mail address on file is not valid"),
        ("a@b.co\nBcc: x@y.co", "The e-mail address on file is not valid"),
        ("a@b.co,c@d.co", "The e-mail address on file is not valid"),
        ("x" * 260 + "@email.com", "The e-mail address on file is not valid"),
    ],
)
def test_without_an_address_it_is_visibly_not_sent(
    send_message: SendMessage, case: Case, address: str, why: str
) -> None:
    """COM3: a visible "not sent", on the log and on the timeline, and nothing owed."""
    message = send_message(to=address)
    assert message.delivery.state == DeliveryState.NOT_SENT
    assert message.delivery.why == why
    assert owed() == []
    assert kinds_on_timeline(case) == ["MESSAGE_NOT_SENT"]


def test_a_step_runs_only_inside_an_operation(case: Case, at: datetime) -> None:
    with pytest.raises(Broken):
        send(
            case=case.pk, consumer=None, template=None, subject="", words="x", to="a@b.co",
            by=None, at=at, dedupe_key="x",
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_nothing(case: Case, at: datetime) -> None:
    """N4: nothing is said, kept, owed or told for work that did not happen."""
    kept = PersonalText.objects.count()

    def act() -> None:
        send(
            case=case.pk, consumer=case.consumer_id, template=None, subject="s", words="w",
            to="john@email.com", by=None, at=at, dedupe_key="gone",
        )  # fmt: skip
        raise RuntimeError("afterwards something went wrong")

    with pytest.raises(RuntimeError):
        in_operation(act)
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()
    assert owed() == []
    assert PersonalText.objects.count() == kept
    assert Entry.objects.filter(case=case).count() == 1


def test_notes_and_calls_are_logged_and_go_nowhere(
    case: Case, operator: Person, at: datetime
) -> None:
    """COM1: an internal note and a call with its minutes have no delivery and owe nothing."""

    def act() -> tuple[Message, Message]:
        common: dict[str, Any] = {
            "case": case.pk, "consumer": case.consumer_id, "by": operator.pk, "at": at,
        }  # fmt: skip
        note = say(
            **common, channel=Channel.SYSTEM, direction=Direction.WITHIN,
            visibility=Visibility.INTERNAL, words="Gate code needed.", dedupe_key="note:1",
        )  # fmt: skip
        call = say(
            **common, channel=Channel.PHONE, direction=Direction.FROM_CONSUMER, minutes=4,
            visibility=Visibility.CONSUMER, words="Will be at home from 10.", dedupe_key="call:1",
        )  # fmt: skip
        return note, call

    note, call = in_operation(act)
    assert note.visibility == Visibility.INTERNAL
    assert call.call_minutes == 4
    assert not Delivery.objects.exists()
    assert owed() == []
    again, _ = in_operation(act)
    assert again == note


# ------------------------------------------------------------------ by template
VALUES = {
    "number": "DIS-2024-001234",
    "consumer_name": "John Michael Smith",
    "request_type": "Disconnection",
    "reason": "Non-payment of bills",
    "preferred": "Sun, Dec 15, 2024, 10:00 AM – 12:00 PM",
    "tracking_url": "http://testserver/track/abc",
}


def tell(case: Case, at: datetime, **changes: Any) -> Message | None:
    wish: dict[str, Any] = {
        "case": case.pk,
        "consumer": case.consumer_id,
        "code": "request.received",
        "values": VALUES,
        "to": "john.smith@email.com",
        "notifies": True,
        "at": at,
        "dedupe_key": f"request.received:{case.number}:1",
    }
    return in_operation(lambda: send_from_template(**(wish | changes)))


def test_a_ticked_box_tells_the_consumer_in_the_templates_words(case: Case, at: datetime) -> None:
    """AC019: with the notify box ticked one e-mail is owed; the system said it, by its template."""
    message = tell(case, at)
    assert message is not None
    assert message.by is None
    assert message.subject is not None
    assert message.subject.text == "We received your request DIS-2024-001234"
    assert "Dear John Michael Smith," in message.body.text
    assert "http://testserver/track/abc" in message.body.text
    assert "Springfield Utilities" in message.body.text
    assert "(555) 010-0100" in message.body.text
    assert "{{" not in message.body.text
    assert owed() == [f"comms.deliver:{message.pk}"]


def test_an_unticked_box_writes_nothing(case: Case, at: datetime) -> None:
    """AC019, COM3: without the tick no courtesy message is written or owed."""
    assert tell(case, at, notifies=False) is None
    assert not Message.objects.exists()
    assert owed() == []


def test_a_template_that_is_off_writes_nothing(case: Case, at: datetime) -> None:
    Template.objects.filter(code="request.received").update(is_active=False)
    assert tell(case, at) is None
    assert not Message.objects.exists()


def test_a_statutory_message_goes_without_the_tick(case: Case, at: datetime) -> None:
    """COM3, decision 35: the box rules courtesy messages only; what the law demands says so."""
    Template.objects.create(
        code="test.notice", name="Notice", kind="STATUTORY", subject="Notice", body="By law."
    )
    message = tell(case, at, code="test.notice", notifies=False)
    assert message is not None
    assert message.is_statutory
    assert len(owed()) == 1


def test_values_are_never_read_as_templates(case: Case, at: datetime) -> None:
    """bad-inputs 61, 11: what people typed is literal, also with braces."""
    bad = "{{ tracking_url }} {{ settings.SECRET_KEY }} {% debug %} <b>x</b>"
    message = tell(case, at, values=VALUES | {"reason": bad})
    assert message is not None
    assert f"Reason: {bad}" in message.body.text


def test_a_line_break_in_a_value_does_not_reach_the_subject(case: Case, at: datetime) -> None:
    """bad-inputs 112: no header is built from raw input."""
    message = tell(case, at, values=VALUES | {"number": "DIS-1\r\nBcc: x@y.co"})
    assert message is not None
    assert message.subject is not None
    assert message.subject.text == "We received your request DIS-1 Bcc: x@y.co"


def test_what_is_not_known_shows_as_missing(case: Case, at: datetime) -> None:
    message = tell(case, at, values={"number": "DIS-2024-001234"})
    assert message is not None
    assert "Reason: --" in message.body.text


def test_an_unknown_template_is_a_defect(case: Case, at: datetime) -> None:
    with pytest.raises(Broken):
        tell(case, at, code="no.such.event")


def test_a_later_edit_changes_nothing_that_was_said(case: Case, at: datetime) -> None:
    """N6: the log shows what was sent; a new wording is for new messages."""
    message = tell(case, at)
    assert message is not None
    before = message.body.text
    Template.objects.filter(code="request.received").update(body="Something else", subject="New")
    message.refresh_from_db()
    assert message.body.text == before
    assert message.subject is not None
    assert "New" not in message.subject.text


def test_telling_the_consumer_costs_five_statements(
    case: Case, at: datetime, django_assert_num_queries: Any
) -> None:
    """Wording, utility, texts, message and delivery, owed work; the utility may be given."""

    def count(statements: int, **changes: Any) -> None:
        with django_assert_num_queries(statements + 2):  # the transaction's own two
            tell(case, at, **changes)

    count(5)
    more = VALUES | {"utility_name": "Springfield Utilities", "utility_phone": "(555) 010-0100"}
    count(4, values=more, dedupe_key="another")
    count(2, dedupe_key="another")
