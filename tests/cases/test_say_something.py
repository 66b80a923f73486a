"""Notes, messages and calls on a case."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from smart360.cases.models import Case
from smart360.cases.operations import UnableToSay, add_note, log_call, send_message
from smart360.comms.models import Delivery, Message
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

CALL: dict[str, Any] = {"minutes": 3, "direction": "TO_CONSUMER"}


@pytest.fixture
def emily(person: MakePerson) -> Person:
    return person(Role.CALL_CENTRE)


@pytest.fixture
def case(make_request: MakeRequest) -> Case:
    return Case.objects.get(pk=make_request(reason="CR-001", notifies_consumer=False).pk)


def test_a_note_is_internal_and_no_response(case: Case, emily: Person, at: datetime) -> None:
    """COM1, lessons 15."""
    add_note(case=case.pk, words="Asked twice", by=emily, at=at, form_key=uuid4())
    message = Message.objects.get(case=case)
    assert (message.visibility, message.direction) == ("INTERNAL", "WITHIN")
    assert not Delivery.objects.exists()
    case.refresh_from_db()
    assert case.responded_at is None
    assert Entry.objects.filter(case=case, kind=Event.NOTE_ADDED).count() == 1


def test_the_first_message_by_a_person_is_the_response(
    case: Case, emily: Person, at: datetime
) -> None:
    """SLA4, decided by 004's sample: an automatic receipt does not count, a person's word does."""
    first = at + timedelta(hours=2)
    send_message(
        case=case.pk, subject="", words="We will come", by=emily, at=first, form_key=uuid4()
    )
    send_message(
        case=case.pk,
        subject="",
        words="Once more",
        by=emily,
        at=first + timedelta(hours=1),
        form_key=uuid4(),
    )
    case.refresh_from_db()
    assert (case.responded_at, case.responded_by) == (first, emily)
    assert case.breaches_at == at + timedelta(hours=2), "acknowledgement is due next"
    assert Delivery.objects.filter(state="QUEUED").count() == 2


def test_the_automatic_receipt_is_no_response(make_request: MakeRequest) -> None:
    made = make_request()
    assert Message.objects.filter(case=made.case).exists()
    assert Case.objects.get(pk=made.pk).responded_at is None


def test_a_call_to_the_consumer_is_a_response_a_call_from_them_is_not(
    case: Case, emily: Person, at: datetime
) -> None:
    log_call(
        case=case.pk,
        words="Asked where it stands",
        minutes=3,
        direction="FROM_CONSUMER",
        by=emily,
        at=at,
        form_key=uuid4(),
    )
    case.refresh_from_db()
    assert case.responded_at is None
    log_call(
        case=case.pk,
        words="Told the date",
        minutes=2,
        direction="TO_CONSUMER",
        by=emily,
        at=at + timedelta(minutes=5),
        form_key=uuid4(),
    )
    case.refresh_from_db()
    assert case.responded_at == at + timedelta(minutes=5)
    assert Entry.objects.filter(case=case, kind=Event.CALL_LOGGED).count() == 2


def test_the_same_form_twice_is_one_message(case: Case, emily: Person, at: datetime) -> None:
    """R4."""
    key = uuid4()
    for _ in range(2):
        send_message(case=case.pk, subject="", words="Hello", by=emily, at=at, form_key=key)
    assert Message.objects.filter(case=case).count() == 1
    assert Entry.objects.filter(case=case, kind=Event.MESSAGE_SENT).count() == 1


@pytest.mark.parametrize("words", ["", "   ", "\u200b\u200b"])
def test_nothing_is_not_said(case: Case, emily: Person, at: datetime, words: str) -> None:
    with pytest.raises(UnableToSay):
        add_note(case=case.pk, words=words, by=emily, at=at, form_key=uuid4())
    with pytest.raises(UnableToSay):
        send_message(case=case.pk, subject="", words=words, by=emily, at=at, form_key=uuid4())
    assert not Message.objects.filter(case=case).exists()


def test_a_message_needs_an_address(
    make_request: MakeRequest, make_consumer: MakeConsumer, emily: Person, at: datetime
) -> None:
    made = make_request(make_consumer(email=""))
    before = Message.objects.count()
    with pytest.raises(UnableToSay, match="No e-mail on file"):
        send_message(case=made.pk, subject="", words="Hello", by=emily, at=at, form_key=uuid4())
    assert Message.objects.count() == before


@pytest.mark.parametrize("act", [add_note, send_message, log_call])
def test_a_key_of_somebody_else_loses_nothing(
    case: Case, emily: Person, person: MakePerson, at: datetime, act: Callable[..., Case]
) -> None:
    """R4: a form's key counts for the person who posts it; another's words are said, too."""
    key, more = uuid4(), {"send_message": {"subject": ""}, "log_call": CALL}.get(act.__name__, {})
    for by, words in ((emily, "Hers"), (person(Role.CSE), "His"), (emily, "Hers")):
        act(case=case.pk, words=words, by=by, at=at, form_key=key, **more)
    said = Message.objects.filter(case=case).order_by("pk")
    assert [message.body.text for message in said] == ["Hers", "His"]
