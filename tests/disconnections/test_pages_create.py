"""The Create Request page: every way in, every refusal, nothing typed is lost."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.models import Consumer
from disconnections.models import DisconnectionRequest, Reason
from smart360.staff.choices import Role

MakeConsumer = Callable[..., Consumer]
SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def choose(client: Client, consumer: Consumer, **more: Any) -> Any:
    return client.post(
        reverse("request_consumer"), {"account": consumer.account_number}, **more
    )


def details(consumer: Consumer, **changed: Any) -> dict[str, Any]:
    """The second section as the page sends it when everything is right."""
    return {
        "consumer": consumer.pk,
        "lock_token": 1,
        "confirmed_kind": "DISCONNECTION",
        "reason": Reason.objects.get(code="CR-001").pk,
        "services": [each.pk for each in consumer.connections.all()],
        "permanence": "PERMANENT",
        "preferred_on": "2024-12-16",
        "slot": "",
        "notes": "Customer requested morning slot",
        "identity_check": "NOT_VERIFIED",
        "identity_document": "",
        "identity_last_four": "",
    } | changed


def submit(client: Client, consumer: Consumer, *, headers: Any = None, **changed: Any) -> Any:
    form = details(consumer) | {"form_key": uuid4(), "notifies_consumer": "on"} | changed
    form = {name: value for name, value in form.items() if value is not None}
    return client.post(reverse("request_submit"), form, headers=headers)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: Any) -> Consumer:
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn) -> Client:
    return client_as(Role.CSE)


# ------------------------------------------------------------------ the whole way
def test_way_without_javascript(client: Client, consumer: Consumer) -> None:
    page = client.get(reverse("request_new"))
    assert page.status_code == 200
    assert "Search consumer" in page.text

    answer = choose(client, consumer, follow=True)
    assert answer.status_code == 200
    assert "You hold this profile." in answer.text
    assert "Disconnection Request" in answer.text

    answer = client.post(reverse("request_review"), details(consumer), follow=True)
    assert answer.status_code == 200
    assert "Submit Request" in answer.text
    assert "Mon, Dec 16, 2024" in answer.text

    answer = submit(client, consumer)
    made = DisconnectionRequest.objects.select_related("case").get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("request_created", args=[made.case.number])
    created = client.get(answer["Location"])
    assert made.case.number in created.text
    assert "Add Another Request" in created.text
