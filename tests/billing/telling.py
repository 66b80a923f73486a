"""Telling of payments from a test, as a gateway would."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from billing.operations.api_keys import NewKey, make_key
from consumers.models import Consumer
from smart360.staff.models import Person

PAYMENTS = "/api/v1/payments"


def new_key(by: Person, at: datetime, name: str = "Gateway") -> NewKey:
    """A key that an administrator made."""
    return make_key(name=name, by=by.pk, at=at)


def message(consumer: Consumer, amount: str = "150.00", **said: Any) -> dict[str, Any]:
    """A payment by card of today, with a reference of its own."""
    chosen = {
        "account_number": consumer.account_number,
        "amount": amount,
        "currency": "USD",
        "method": "CARD",
        "reference": f"GW-{uuid4().hex[:8]}",
        "paid_on": "2024-12-10",
        "status": "PROCESSED",
    }
    return chosen | said


def tell(
    secret: str,
    body: object,
    *,
    under: str | None = "",
    path: str = PAYMENTS,
    content_type: str = "application/json",
    **headers: str,
) -> HttpResponse:
    """The answer to a message; ``under`` is its idempotency key, its own if empty."""
    if under is not None:
        headers["Idempotency-Key"] = under or uuid4().hex
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    answer: Any = Client().generic("POST", path, sent, content_type=content_type, headers=headers)
    assert isinstance(answer, HttpResponse)
    return answer


def told(answer: HttpResponse) -> dict[str, Any]:
    """What an answer says."""
    said: dict[str, Any] = json.loads(answer.content)
    return said
