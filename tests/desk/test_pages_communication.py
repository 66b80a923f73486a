"""The Communication tab of a profile: the log, by channel, and what adds to it (CON12)."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.models import Consumer
from consumers.operations import log_consumer_call, send_consumer_message
from smart360.cases.operations import add_note
from smart360.comms import operations as comms
from smart360.comms.models import Message
from smart360.comms.queries import PAGE_SIZE
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

ClientAs = Callable[..., Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _clock(stands: SetClock) -> None:
    """The day of the tests."""


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def tab(consumer: Consumer, query: str = "", name: str = "consumer_communication") -> str:
    return reverse(name, args=[consumer.account_number]) + query


def call(consumer: Consumer, by: Person, at: datetime, words: str) -> None:
    log_consumer_call(
        consumer=consumer.pk, words=words, minutes=4, direction="FROM_CONSUMER", by=by, at=at,
        form_key=uuid4(),
    )  # fmt: skip


def test_a_message_and_a_call_stand_in_the_log(consumer: Consumer, client_as: ClientAs) -> None:
    client = client_as(Role.CALL_CENTRE)
    form = {"subject": "Your meter", "words": "We come on Monday", "form_key": str(uuid4())}
    sent = client.post(tab(consumer, name="consumer_message"), form, follow=True)
    assert sent.redirect_chain == [(tab(consumer), 302)]
    for part in ("We come on Monday", "to john.smith@email.com", "Waiting to be sent"):
        assert part in sent.text
    form = {"direction": "FROM_CONSUMER", "minutes": "7", "words": "They moved in"}
    logged = client.post(
        tab(consumer, name="consumer_call"), form | {"form_key": str(uuid4())}, follow=True
    )
    for part in ("They moved in", "7 min", "from customer", "Call logged."):
        assert part in logged.text
    assert [each.side for each in logged.context["thread"]] == ["from", "to"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wrong_one_comes_back_with_what_was_typed(
    consumer: Consumer, client_as: ClientAs, headers: dict[str, str]
) -> None:
    client = client_as(Role.CSE)
    form = {"subject": "Something", "words": "", "form_key": str(uuid4())}
    answer = client.post(tab(consumer, name="consumer_message"), form, headers=headers)
    assert answer.status_code == 422
    assert 'value="Something"' in answer.text
    form = {"direction": "WITHIN", "minutes": "x", "words": "typed", "form_key": str(uuid4())}
    answer = client.post(tab(consumer, name="consumer_call"), form, headers=headers)
    assert answer.status_code == 422
    assert "typed" in answer.text
    assert not Message.objects.exists()


def test_htmx_goes_back_to_the_tab(consumer: Consumer, client_as: ClientAs) -> None:
    form = {"words": "We come on Monday", "form_key": str(uuid4())}
    answer = client_as(Role.CSE).post(tab(consumer, name="consumer_message"), form, headers=HTMX)
    assert answer.headers["HX-Redirect"] == tab(consumer)


def test_the_log_is_narrowed(
    consumer: Consumer,
    make_request: MakeRequest,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
) -> None:
    sarah, case = person(Role.CSE), make_request(consumer).case
    add_note(case=case.pk, words="Gate code needed", by=sarah, at=at, form_key=uuid4())
    call(consumer, sarah, at, "They called")
    client = client_as(Role.CSE)
    page = client.get(tab(consumer))
    for part in ("Gate code needed", "They called", reverse("request_detail", args=[case.number])):
        assert part in page.text
    calls = client.get(tab(consumer, "?channel=PHONE")).context["thread"]
    assert [each.body for each in calls] == ["They called"]
    notes = client.get(tab(consumer, "?direction=WITHIN"), headers=HTMX)
    assert notes.text.lstrip().startswith('<div id="said"')
    assert [each.body for each in notes.context["thread"]] == ["Gate code needed"]
    assert client.get(tab(consumer, "?channel=LETTER")).context["thread"] == []
    odd = client.get(tab(consumer, "?channel=x&direction=%00"))
    assert "Unknown filter" in odd.text
    assert "They called" in odd.text


def test_what_was_said_of_a_hidden_complaint_is_hidden(
    consumer: Consumer,
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
) -> None:
    named = person(Role.CSE)
    case = make_complaint(consumer, name="Rude or disrespectful", staff_named=named.pk).case
    add_note(case=case.pk, words="He shouted", by=person(Role.SUPERVISOR), at=at, form_key=uuid4())
    page = client_as(named).get(tab(consumer)).text
    assert "He shouted" not in page
    assert case.number not in page
    assert "He shouted" in client_as(Role.SUPERVISOR).get(tab(consumer)).text


def test_a_failed_one_is_tried_again_by_who_may(
    consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    send_consumer_message(
        consumer=consumer.pk, subject="", words="Hello", by=person(Role.CSE), at=at,
        form_key=uuid4(),
    )  # fmt: skip
    message = Message.objects.get()
    comms.mark_failed(message=message.pk, why="refused", at=at)
    retry = reverse("message_retry", args=[message.pk])
    assert retry not in client_as(Role.CSE).get(tab(consumer)).text
    client = client_as(Role.SUPERVISOR)
    assert retry in client.get(tab(consumer)).text
    answer = client.post(retry, headers={"Referer": f"http://testserver{tab(consumer)}"})
    assert answer.headers["Location"].endswith(tab(consumer))
    message.delivery.refresh_from_db()
    assert message.delivery.state == "QUEUED"


def test_each_role_has_the_forms_that_it_may_send(
    consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    call(consumer, person(Role.CSE), at, "Write to maria@example.com")
    for role, forms, words in (
        (Role.BILLING, {"message", "call"}, "maria@example.com"),
        (Role.DISPATCHER, {"call"}, "Write to"),
        (Role.ADMIN, set(), "Not shown to your role"),
    ):
        page = client_as(role).get(tab(consumer)).text
        assert {name for name in ("message", "call") if f'id="{name}-form"' in page} == forms
        assert words in page
        assert (role == Role.BILLING) == ("maria@example.com" in page)


def test_pages_through_all(
    consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    sarah = person(Role.CSE)
    for number in range(PAGE_SIZE + 5):
        call(consumer, sarah, at, f"call {number}")
    client = client_as(Role.CSE)
    first = client.get(tab(consumer, "?channel=PHONE"))
    second = client.get(tab(consumer, first.context["next_url"]))
    assert "channel=PHONE" in first.context["next_url"]
    assert len(first.context["thread"]) == PAGE_SIZE
    assert [each.body for each in second.context["thread"]] == [
        f"call {number}" for number in reversed(range(5))
    ]
