"""Who has moved out has nothing to disconnect or reconnect: no request, but money (ADR 29)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.choices import PaymentMethod
from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Consumer
from consumers.rules.standing import HAS_LEFT, NOTHING_CONNECTED
from disconnections.models import DisconnectionRequest, RequestedService
from disconnections.operations.requests import UnableToCreate
from smart360.staff.choices import Role
from tests.billing.paying import deposit, owe, pay
from tests.billing.test_pages_financial import text_of
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.creating import choose

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
LEFT = {UtilityType.ELECTRICITY: SupplyState.MOVED_OUT}


@pytest.fixture
def gone(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer(status=AccountStatus.INACTIVE, services=LEFT, with_meters=False)


def address(consumer: Consumer) -> str:
    return reverse("consumer_detail", args=[consumer.account_number])


def buttons(client: Client, consumer: Consumer) -> dict[str, bool]:
    """The links of the head, and whether each is the primary one."""
    page = client.get(address(consumer)).content.decode()
    head = page.partition('class="s-actions"')[2].partition("</section>")[0]
    found = re.findall(r'<a class="btn([^"]*)"[^>]*>(.*?)</a>', head, flags=re.DOTALL)
    return {
        " ".join(re.sub(r"<[^>]+>", " ", words).split()): "btn-primary" in css
        for css, words in found
    }


def offers_request(client: Client, consumer: Consumer) -> bool:
    return any(label.startswith("Create Request") for label in buttons(client, consumer))


# ------------------------------------------------------------------ the rule, from below
def test_the_operation_refuses(
    gone: Consumer, make_request: MakeRequest, person: MakePerson
) -> None:
    by = person(Role.CSE)
    services: Any = tuple(gone.connections.values_list("pk", flat=True))
    for chosen in (services, ()):
        with pytest.raises(UnableToCreate) as refused:
            make_request(gone, by=by, services=chosen)
        assert (refused.value.sentence, refused.value.field) == (HAS_LEFT, "consumer")
    assert not DisconnectionRequest.objects.exists()


def test_the_database_takes_no_service_of_a_place_that_was_left(
    make_consumer: MakeConsumer, make_request: MakeRequest, stands: SetClock
) -> None:
    """The one that is off for good is the control."""
    consumer = make_consumer(
        services={
            UtilityType.ELECTRICITY: SupplyState.CONNECTED,
            UtilityType.WATER: SupplyState.MOVED_OUT,
            UtilityType.GAS: SupplyState.OFF_FOR_GOOD,
        }
    )
    on, left, off = consumer.connections.order_by("pk")
    made = make_request(consumer, services=(on.pk,))

    def ask_for(service: Any) -> None:
        with transaction.atomic():  # noqa: TID251
            RequestedService.objects.create(
                request=made, service_connection=service, was_connected=False
            )

    ask_for(off)
    with pytest.raises(IntegrityError, match="not one of the consumer"):
        ask_for(left)


# ------------------------------------------------------------------ the pages
def test_the_page_of_requests_says_why(gone: Consumer, client_as: ClientAs) -> None:
    answer = choose(client_as(Role.CSE), gone)
    assert HAS_LEFT in text_of(answer)
    assert not hasattr(gone, "profile_lock")


def test_what_is_left_to_do_is_primary(
    gone: Consumer, client_as: ClientAs, person: MakePerson, at: datetime
) -> None:
    money, desk, by = client_as(Role.RECOVERY), client_as(Role.CSE), person(Role.BILLING)
    assert not any(buttons(money, gone).values())
    assert "Nothing is owed either way." in text_of(money.get(address(gone)))
    deposit(gone, "50.00", by=by, at=at)
    assert buttons(money, gone)["Propose refund"]
    assert "A deposit of $50.00 is still to be paid back." in text_of(desk.get(address(gone)))
    owe(gone, "80.00", at=at)
    assert buttons(money, gone)["Record payment"]
    assert "$80.00 is still to be paid." in text_of(desk.get(address(gone)))
    money_tab = text_of(money.get(reverse("consumer_financial", args=[gone.account_number])))
    assert "$80.00 is still to be paid." in money_tab
    assert money_tab.count("Record payment") == 1, "the tab offers it itself"
    pay(gone, "90.00", by=by, at=at, method=PaymentMethod.CASH)
    assert buttons(money, gone)["Propose refund"]
    assert "$10.00 is still to be paid back." in text_of(money.get(address(gone)))
    for client in (money, desk):
        assert not offers_request(client, gone)
        assert "Moved out." in text_of(client.get(address(gone)))
    assert "Record payment" not in buttons(desk, gone)


def test_who_still_lives_somewhere_is_offered_a_request(
    make_consumer: MakeConsumer, client_as: ClientAs, stands: SetClock
) -> None:
    both = {UtilityType.WATER: SupplyState.CONNECTED, UtilityType.GAS: SupplyState.MOVED_OUT}
    consumer, client = make_consumer(services=both), client_as(Role.CSE)
    assert offers_request(client, consumer)
    assert "Moved out." not in text_of(client.get(address(consumer)))


def test_it_is_not_offered_where_it_would_be_refused(
    make_consumer: MakeConsumer, make_request: MakeRequest, client_as: ClientAs, stands: SetClock
) -> None:
    client = client_as(Role.CSE)
    unsupplied = make_consumer(services={})
    assert not offers_request(client, unsupplied)
    assert f"{NOTHING_CONNECTED}." in text_of(client.get(address(unsupplied)))
    ended = make_consumer(services={}, status=AccountStatus.INACTIVE)
    assert offers_request(client, ended)
    asked = make_consumer()
    assert offers_request(client, asked)
    number = make_request(asked).case.number
    assert not offers_request(client, asked)
    assert f"{number} is open" in text_of(client.get(address(asked)))
    held = make_consumer()
    choose(client_as(Role.SUPERVISOR), held, form_key=str(uuid4()))
    assert offers_request(client, held), "a hold ends; the page of requests says whose it is"
    assert "Nobody else can change it or create a request" in text_of(client.get(address(held)))
