"""Protections as people see them: on the review, on the request, on its timeline (BEY1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.models import Consumer
from disconnections.operations import decide_approval
from smart360.staff.choices import Role
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.creating import choose, details, reason
from tests.disconnections.protecting import hold

pytestmark = pytest.mark.usefixtures("stands")
ClientAs = Callable[..., Client]


@pytest.fixture
def indebted(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    consumer = make_consumer()
    owe(consumer, "456.78", at=at)
    return consumer


def review(client: Client, consumer: Consumer, **more: Any) -> str:
    choose(client, consumer)
    answer = client.post(reverse("request_review"), details(consumer, **more), follow=True)
    return answer.content.decode()


def test_the_review_says_what_will_be_said(client_as: ClientAs, indebted: Consumer) -> None:
    page = review(client_as(Role.CSE), indebted, reason=reason("NP-001"))
    assert "A supervisor has to approve it." in page
    assert "$456.78 is above $250.00" in page
    assert "Utility policy" in page


def test_the_review_says_what_blocks_it_and_so_does_the_server(
    client_as: ClientAs, indebted: Consumer, at: datetime
) -> None:
    hold(indebted, at=at)
    client = client_as(Role.CSE)
    page = review(client, indebted, reason=reason("NP-001"))
    assert "This request is blocked." in page
    form = details(indebted, reason=reason("NP-001"), form_key=uuid4())
    answer = client.post(reverse("request_submit"), form)
    assert answer.status_code == 422
    assert "A protection of the household stands until it is lifted" in answer.content.decode()


def test_the_request_shows_its_verdict_with_reason_and_source(
    client_as: ClientAs,
    make_request: MakeRequest,
    indebted: Consumer,
    person: MakePerson,
    stands: SetClock,
) -> None:
    made = make_request(indebted)
    client = client_as(Role.CSE)
    address = reverse("request_detail", args=[made.case.number])
    page = client.get(address).content.decode()
    panel = page[page.index('id="protections"') :]
    for words in (
        "Needs approval",
        "$456.78 is above $250.00",
        "Utility policy",
        "None registered",
    ):
        assert words in panel
    assert "Dec 10, 09:30 AM · submit" in panel
    decide_approval(
        case=made.pk, decision="APPROVED", note="", by=person(Role.SUPERVISOR),
        at=stands.go_on(hours=2),
    )  # fmt: skip
    page = client.get(address).content.decode()
    assert "$456.78 is above $250.00 · approved by David Chen, Dec 10, 11:30 AM" in page


def test_the_timeline_tells_of_each_check(
    client_as: ClientAs, make_request: MakeRequest, indebted: Consumer
) -> None:
    made = make_request(indebted)
    page = client_as(Role.CSE).get(reverse("request_timeline", args=[made.case.number]))
    words = page.content.decode()
    assert "Protections checked: needs approval" in words
    assert "AMOUNT-APPROVAL" in words
    assert "Disconnection notice served" in words
