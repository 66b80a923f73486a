"""The Timeline tab: everything that happened to a consumer, by kind and by case (CON4, CON5)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consumers.choices import LockPurpose
from consumers.models import Consumer
from consumers.operations import change_profile, take_profile_lock
from consumers.queries.timeline import PAGE_SIZE
from consumers.rules.timeline import GROUP_CHOICES, GROUPS, kinds_of, sentence_of
from disconnections.models import DisconnectionRequest
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

ClientAs = Callable[..., Client]


@pytest.fixture(autouse=True)
def _clock(stands: SetClock) -> None:
    """The day of the tests."""


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def made(make_request: MakeRequest, consumer: Consumer) -> DisconnectionRequest:
    return make_request(consumer)


def address_of(consumer: Consumer, query: str = "") -> str:
    return reverse("consumer_timeline", args=[consumer.account_number]) + query


def change(consumer: Consumer, by: Person, at: datetime, **values: str) -> None:
    purpose = LockPurpose.EDIT_PROFILE
    lock = take_profile_lock(consumer=consumer.pk, purpose=purpose, by=by, at=at)
    version = Consumer.objects.get(pk=consumer.pk).version
    change_profile(
        consumer=consumer.pk, values=values, version=version, token=lock.token, by=by, at=at
    )


def test_each_kind_of_line_is_in_one_group() -> None:
    for kind in Event:
        assert sum(kind in kinds_of(code) for code, _ in GROUP_CHOICES) == 1
    assert kinds_of("nothing") == frozenset()
    assert set(GROUPS) < {code for code, _ in GROUP_CHOICES}


def test_a_change_shows_old_and_new_to_who_sees_personal_data(
    consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    change(consumer, person(Role.CSE), at, email="new@example.com", billing_address="PO Box 99")
    line = Entry.objects.get(kind=Event.PROFILE_CHANGED)
    assert line.text
    assert "new@example.com" not in str(line.new) + str(line.old)
    said = "E-mail: john.smith@email.com → new@example.com; Billing address: -- → PO Box 99"
    assert line.text.text == said
    assert said in client_as(Role.CSE).get(address_of(consumer)).text
    for role in (Role.DISPATCHER, Role.ADMIN):
        page = client_as(role).get(address_of(consumer)).text
        assert "Profile changed: billing address, e-mail" in page
        assert "new@example.com" not in page
        assert "PO Box 99" not in page


def test_a_status_says_from_what_to_what() -> None:
    said = sentence_of("STATUS_CHANGED", {"status": "ACTIVE"}, {"status": "INACTIVE"})
    assert said == "Account status changed: Active → Inactive"


def test_it_is_narrowed_by_kind_and_by_request(
    consumer: Consumer, made: DisconnectionRequest, client_as: ClientAs
) -> None:
    number = made.case.number
    client = client_as(Role.CSE)
    everything = client.get(address_of(consumer))
    assert "Profile locked" in everything.text
    assert f'href="{reverse("disconnection_detail", args=[number])}"' in everything.text
    profile = client.get(address_of(consumer, "?group=profile")).context["lines"]
    assert profile
    assert not [line for line in profile if line.ref]
    of_case = client.get(address_of(consumer, f"?case={number}")).context["lines"]
    assert {line.ref for line in of_case} == {number}
    assert client.get(address_of(consumer, "?group=money")).context["lines"] == []


@pytest.mark.parametrize("query", ["?group=x", "?case=DIS-2024-999999", "?case=%00", "?group=%ff"])
def test_an_unknown_filter_is_said_so(
    consumer: Consumer, made: DisconnectionRequest, client_as: ClientAs, query: str
) -> None:
    answer = client_as(Role.CSE).get(address_of(consumer, query))
    assert answer.status_code == 200
    assert "Unknown filter" in answer.text
    assert made.case.number in answer.text


def test_a_hidden_complaint_is_hidden(
    consumer: Consumer, make_complaint: MakeComplaint, person: MakePerson, client_as: ClientAs
) -> None:
    named = person(Role.CSE)
    number = make_complaint(
        consumer, name="Rude or disrespectful", staff_named=named.pk
    ).case.number
    known = client_as(Role.SUPERVISOR).get(address_of(consumer)).context["lines"]
    assert [line.ref for line in known if line.sentence == "Complaint created"] == [number]
    for query in ("", f"?case={number}", "?group=cases"):
        page = client_as(named).get(address_of(consumer, query)).text
        assert "CMP-" not in page.replace(f"?case={number}", "")


def test_pages_through_all(
    consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    sarah = person(Role.CSE)
    for number in range(PAGE_SIZE):
        change(consumer, sarah, at, email=f"mail{number}@example.com")
    client, seen, query = client_as(Role.CSE), 0, ""
    while True:
        answer = client.get(address_of(consumer, query or "?group=profile"))
        seen += len(answer.context["lines"])
        query = answer.context["next_url"]
        if not query:
            break
        assert "group=profile" in query
    assert seen == Entry.objects.filter(consumer=consumer).count() == 3 * PAGE_SIZE
    assert len(client.get(address_of(consumer, answer.context["previous_url"])).context["lines"])


def test_htmx_gets_the_lines_only(
    consumer: Consumer, made: DisconnectionRequest, client_as: ClientAs
) -> None:
    client = client_as(Role.CSE)
    client.get(address_of(consumer))  # the first request of a session writes when it was seen
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(address_of(consumer), headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="timeline-lines"')
    assert len(statements) <= 8
