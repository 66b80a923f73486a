"""Each tab of a profile costs few statements and bytes, however much happened (issue 7)."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consumers.models import Consumer, Meter, Reading
from smart360.comms.models import Message
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry, PersonalText
from tests.billing.arranging import arrange
from tests.billing.paying import pay
from tests.billing.posting import charge, deposit, post_at_once
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.fieldwork.working import order_from_profile

ClientAs = Callable[..., Client]
MOST_STATEMENTS = 16
MOST_BYTES = 40_000
TABS = {
    "consumer_detail": 15,
    "consumer_connections": 13,
    "consumer_service": 11,
    "consumer_communication": 10,
    "consumer_notes": 9,
    "consumer_timeline": 11,
}
"""How many statements each asks at most."""


@pytest.fixture
def busy(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    stands: SetClock,
) -> Consumer:
    """A consumer with 1,000 entries, 500 messages, 200 readings and a little of the rest."""
    consumer, sarah = make_consumer(), person(Role.CSE)
    make_request(consumer)
    for _ in range(25):
        order_from_profile(consumer, by=sarah, at=at)
    words = "We shall read the meter on Monday between eight and ten."
    digest = hashlib.sha256(words.encode()).hexdigest()
    texts = PersonalText.objects.bulk_create(
        PersonalText(text=words, digest=digest) for _ in range(500)
    )
    Message.objects.bulk_create(
        _message(consumer, sarah, text, n, at) for n, text in enumerate(texts)
    )
    Entry.objects.bulk_create(
        Entry(
            consumer=consumer, kind=Event.CALL_LOGGED, at=at - timedelta(minutes=n), actor=sarah,
            text=texts[n % 500], new={"message": n},
        )
        for n in range(1000)
    )  # fmt: skip
    meter = Meter.objects.filter(assignments__service_connection__consumer=consumer).first()
    assert meter
    _read(meter)
    stands.go_on(days=30)  # the request is late, and the head says so
    return consumer


def _message(
    consumer: Consumer, by: Person, text: PersonalText, number: int, at: datetime
) -> Message:
    return Message(
        consumer=consumer, channel="PHONE", direction="FROM_CONSUMER", visibility="CONSUMER",
        at=at - timedelta(hours=number), by=by, body=text, call_minutes=4,
        dedupe_key=f"budget:{number}",
    )  # fmt: skip


def _read(meter: Meter) -> None:
    """Two hundred readings before the one there is, each lower than the next."""
    first = meter.readings.earliest("read_on")
    Reading.objects.bulk_create(
        Reading(
            meter=meter,
            value=first.value - 200 + n,
            read_on=first.read_on - timedelta(days=200 - n),
            verification=first.verification,
        )
        for n in range(200)
    )  # fmt: skip


@pytest.fixture
def with_money(
    busy: Consumer, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> Consumer:
    """The same with 150 fees, 60 payments, a deposit and an arrangement that runs."""
    recovery = person(Role.RECOVERY)
    post_at_once(*(charge(busy, "20.00") for _ in range(150)), deposit(busy, "100.00"), at=at)
    for n in range(60):
        pay(busy, f"{n + 1}.00", by=recovery, at=at)
    arrange(busy, by=recovery, at=at)
    pay(busy, "50.00", by=recovery, at=at + timedelta(days=1))
    return busy


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DISPATCHER])
def test_each_tab_keeps_its_budget(busy: Consumer, client_as: ClientAs, role: Role) -> None:
    client = client_as(role)
    client.get(reverse("me"))  # the first request of a session writes when it was seen
    for tab, most in TABS.items():
        with CaptureQueriesContext(connection) as statements:
            answer = client.get(reverse(tab, args=[busy.account_number]))
        assert answer.status_code == 200
        assert len(statements) <= most, (tab, len(statements))
        assert len(answer.content) <= MOST_BYTES, (tab, len(answer.content))


def test_the_financial_tab_keeps_its_budget(with_money: Consumer, client_as: ClientAs) -> None:
    client = client_as(Role.SUPERVISOR)
    client.get(reverse("me"))
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(reverse("consumer_financial", args=[with_money.account_number]))
    assert answer.context["beside"].arrangements[0].paid == Decimal("50.00")
    assert answer.context["beside"].deposits
    assert len(answer.context["payments"]) == 25
    assert len(statements) <= MOST_STATEMENTS, [each["sql"][:90] for each in statements]
    assert len(answer.content) <= MOST_BYTES
