"""The Create Request page as a browser uses it: what its forms send."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from consumers.models import Consumer, ProfileLock
from disconnections.models import DisconnectionRequest, Reason, TimeSlot

SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}
MONDAY = date(2024, 12, 16)


def choose(client: Client, consumer: Consumer, *, headers: Any = None, **more: Any) -> Any:
    typed = {"account": consumer.account_number, **more}
    return client.post(reverse("request_consumer"), typed, headers=headers)


def details(consumer: Consumer, /, **changed: Any) -> dict[str, Any]:
    """The second section as the page sends it when everything is right."""
    lock = ProfileLock.objects.filter(consumer=consumer).first()
    form = {
        "consumer": consumer.pk,
        "lock_token": lock.token if lock else 1,
        "confirmed_kind": "DISCONNECTION",
        "reason": reason("CR-001"),
        "permanence_for": reason("CR-001"),
        "services": [each.pk for each in consumer.connections.all()],
        "permanence": "PERMANENT",
        "preferred_on": "2024-12-16",
        "slot": "",
        "notes": "Customer requested morning slot",
        "identity_check": "NOT_VERIFIED",
        "identity_document": "",
        "identity_last_four": "",
    } | changed
    return {name: value for name, value in form.items() if value is not None}


def reason(code: str) -> int:
    return Reason.objects.get(code=code).pk


def slot(hour: int) -> TimeSlot:
    return TimeSlot.objects.get(starts__hour=hour)


def review(client: Client, consumer: Consumer, /, *, headers: Any = None, **changed: Any) -> Any:
    return client.post(reverse("request_review"), details(consumer, **changed), headers=headers)


def submit(client: Client, consumer: Consumer, /, *, headers: Any = None, **changed: Any) -> Any:
    more = {"form_key": uuid4(), "notifies_consumer": "on"} | changed
    return client.post(reverse("request_submit"), details(consumer, **more), headers=headers)


def made() -> DisconnectionRequest:
    return DisconnectionRequest.objects.select_related("case", "slot").get()
