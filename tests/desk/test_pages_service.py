"""The Service tab of a profile: orders, requests and complaints as one list (CON11)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.models import Consumer
from disconnections.operations import close_request
from smart360.desk.queries.service import PAGE_SIZE
from smart360.fieldwork.operations import cancel_service_order
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.fieldwork.working import order_from_profile

ClientAs = Callable[..., Client]


@pytest.fixture(autouse=True)
def clock(stands: SetClock) -> SetClock:
    """The day of the tests."""
    return stands


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def tab(consumer: Consumer, query: str = "") -> str:
    return reverse("consumer_service", args=[consumer.account_number]) + query


def numbers(client: Client, consumer: Consumer, query: str = "") -> list[str]:
    return [each.number for each in client.get(tab(consumer, query)).context["rows"]]


def test_everything_stands_in_one_list_newest_first(
    consumer: Consumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
) -> None:
    sarah = person(Role.CSE)
    request = make_request(consumer, moment=at - timedelta(days=2)).case.number
    complaint = make_complaint(consumer, when=at - timedelta(days=1)).case.number
    ordered = order_from_profile(consumer, by=sarah, at=at).number
    order_from_profile(make_consumer(account_number="OTHER-1"), by=sarah, at=at)
    client = client_as(Role.CSE)
    assert numbers(client, consumer) == [ordered, complaint, request]
    page = client.get(tab(consumer)).text
    for part in (
        reverse("order_new", args=[consumer.account_number]),
        reverse("order_detail", args=[ordered]),
        reverse("complaint_detail", args=[complaint]),
        reverse("request_detail", args=[request]),
        *("Repairs", "Disconnection", "Complaint", "Non-payment", "Pending"),
    ):
        assert part in page
    order_url = reverse("order_new", args=[consumer.account_number])
    assert order_url not in client_as(Role.BILLING).get(tab(consumer)).text


def test_it_is_narrowed_by_state_and_kind(
    consumer: Consumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
) -> None:
    david = person(Role.SUPERVISOR)
    request = make_request(consumer).case
    close_request(case=request.pk, reason="DUPLICATE", note="", by=david, at=at)
    complaint = make_complaint(consumer).case.number
    live = order_from_profile(consumer, by=david, at=at).number
    gone = order_from_profile(consumer, by=david, at=at, code="INS-1")
    cancel_service_order(
        service_order=gone.pk, reason="DUPLICATE", note="", by=david, at=at, form_key=uuid4()
    )
    client = client_as(Role.DISPATCHER)
    assert set(numbers(client, consumer, "?state=open")) == {complaint, live}
    assert set(numbers(client, consumer, "?state=ended")) == {request.number, gone.number}
    assert numbers(client, consumer, "?kind=COMPLAINT") == [complaint]
    assert numbers(client, consumer, "?kind=DISCONNECTION") == [request.number]
    assert numbers(client, consumer, "?kind=REPAIR&state=open") == [live]
    assert numbers(client, consumer, "?kind=TRANSFER") == []
    odd = client.get(tab(consumer, "?kind=x&state=%00"))
    assert "Unknown filter" in odd.text
    assert len(odd.context["rows"]) == 4
    fragment = client.get(tab(consumer, "?state=open"), headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="service-rows"')


def test_a_complaint_about_them_is_hidden(
    consumer: Consumer, make_complaint: MakeComplaint, person: MakePerson, client_as: ClientAs
) -> None:
    named = person(Role.CSE)
    number = make_complaint(
        consumer, name="Rude or disrespectful", staff_named=named.pk
    ).case.number
    assert numbers(client_as(named), consumer) == []
    assert numbers(client_as(Role.SUPERVISOR), consumer) == [number]


def test_pages_through_both_kinds_there_and_back(
    consumer: Consumer,
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
) -> None:
    sarah, made = person(Role.CSE), []
    for number in range(PAGE_SIZE + 5):
        when = at + timedelta(minutes=number // 3)  # some at the same moment
        if number % 2:
            made.append((when, make_complaint(consumer, by=sarah, when=when).case.number))
        else:
            made.append((when, order_from_profile(consumer, by=sarah, at=when).number))
    wanted = [number for _, number in sorted(made, reverse=True)]
    client = client_as(Role.SUPERVISOR)
    first = client.get(tab(consumer))
    second = client.get(tab(consumer, first.context["next_url"]))
    seen = [each.number for page in (first, second) for each in page.context["rows"]]
    assert seen == wanted
    assert second.context["next_url"] == ""
    assert numbers(client, consumer, second.context["previous_url"]) == wanted[:PAGE_SIZE]
