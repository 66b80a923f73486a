"""What the database itself refuses about messages."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection

from smart360.cases.models import Case
from smart360.comms.choices import Channel, DeliveryState, Direction, Visibility
from smart360.comms.models import Delivery, Message, Notice
from smart360.comms.outbox import say
from smart360.kernel.errors import constraint_of
from smart360.staff.models import Person
from tests.comms.conftest import in_operation

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def note(case: Case, operator: Person, at: datetime) -> Message:
    return in_operation(
        lambda: say(
            case=case.pk, consumer=case.consumer_id, channel=Channel.SYSTEM,
            direction=Direction.WITHIN, visibility=Visibility.INTERNAL,
            words="Looks unreliable.", by=operator.pk, at=at, dedupe_key="note:1",
        )
    )  # fmt: skip


def test_an_internal_message_has_no_delivery(note: Message, at: datetime) -> None:
    """N4: neither as what it is nor under the name of a consumer message."""
    with pytest.raises(IntegrityError) as refused:
        in_operation(
            lambda: Delivery.objects.create(message=note, state=DeliveryState.QUEUED, state_at=at)
        )
    assert constraint_of(refused.value) == "a_delivery_is_as_visible_as_its_message"
    with pytest.raises(IntegrityError) as refused:
        in_operation(
            lambda: Delivery.objects.create(
                message=note,
                state=DeliveryState.QUEUED,
                state_at=at,
                visibility=Visibility.INTERNAL,
            )
        )
    assert constraint_of(refused.value) == "only_consumer_messages_go_out"


def test_the_control_without_the_foreign_key_lets_it_through(
    note: Message, at: datetime, as_owner: Callable[[], None]
) -> None:
    """N4: the test above fails when the guard is gone."""
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE comms_delivery DROP CONSTRAINT a_delivery_is_as_visible_as_its_message"
        )
    Delivery.objects.create(message=note, state=DeliveryState.QUEUED, state_at=at)
    assert Delivery.objects.get(message=note).state == DeliveryState.QUEUED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comms_message SET visibility = 'CONSUMER'",
        "UPDATE comms_message SET at = now()",
        "DELETE FROM comms_message",
        "TRUNCATE comms_message CASCADE",
    ],
)
def test_messages_are_never_changed_or_removed(
    note: Message, statement: str, as_owner: Callable[[], None]
) -> None:
    """A1, N6: not by the application's role; UPDATE and DELETE not even by the owner."""
    with pytest.raises(DatabaseError, match="permission denied"):
        in_operation(lambda: _run(statement))
    if "TRUNCATE" not in statement:
        as_owner()
        with pytest.raises(DatabaseError, match="pgtrigger"):
            in_operation(lambda: _run(statement))


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


ARROWS = {
    ("QUEUED", "SENT"), ("QUEUED", "FAILED"), ("QUEUED", "NOT_SENT"),
    ("FAILED", "QUEUED"), ("FAILED", "SENT"),
}  # fmt: skip


@pytest.mark.parametrize("old", DeliveryState.values)
@pytest.mark.parametrize("new", DeliveryState.values)
def test_a_delivery_moves_along_its_arrows_only(
    send_message: Callable[..., Message], at: datetime, old: str, new: str
) -> None:
    """N2: what was sent stays sent, whoever writes the row."""
    message = send_message()
    deliveries = Delivery.objects.filter(message=message)
    if old != DeliveryState.QUEUED:
        deliveries.update(state=old)
    if old == new or (old, new) in ARROWS:
        assert deliveries.update(state=new) == 1
        return
    with pytest.raises(DatabaseError, match="Invalid transition"):
        in_operation(lambda: deliveries.update(state=new))


def test_a_delivery_is_never_removed(
    send_message: Callable[..., Message], as_owner: Callable[[], None]
) -> None:
    message = send_message()
    as_owner()
    with pytest.raises(DatabaseError, match="Cannot delete"):
        in_operation(lambda: Delivery.objects.filter(message=message).delete())


@pytest.mark.parametrize(
    ("direction", "visibility"),
    [("WITHIN", "CONSUMER"), ("TO_CONSUMER", "INTERNAL"), ("FROM_CONSUMER", "INTERNAL")],
)
def test_only_notes_are_internal(
    note: Message, at: datetime, direction: str, visibility: str
) -> None:
    with pytest.raises(IntegrityError) as refused:
        in_operation(
            lambda: Message.objects.create(
                case_id=note.case_id,
                channel=Channel.EMAIL,
                direction=direction,
                visibility=visibility,
                at=at,
                body=note.body,
                dedupe_key="x",
            )
        )
    assert constraint_of(refused.value) == "only_notes_are_internal"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "cx", ""])
def test_a_notice_leads_to_a_page_of_ours(operator: Person, at: datetime, path: str) -> None:
    with pytest.raises(IntegrityError) as refused:
        in_operation(
            lambda: Notice.objects.create(
                person=operator, sentence="x", path=path, dedupe_key="x", at=at
            )
        )
    assert constraint_of(refused.value) == "a_notice_leads_to_a_page_of_ours"
