"""API keys in Django admin: made, shown once, retired (BIL7, SEC3)."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from billing.models import ApiKey
from billing.operations.api_keys import make_key
from billing.rules.intake import digest_of
from smart360.staff.choices import Role
from tests.billing.telling import message, tell
from tests.conftest import MakeConsumer, MakePerson, SetClock

pytestmark = pytest.mark.django_db
KEYS = "/admin/billing/apikey/"


@pytest.fixture
def admin(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.ADMIN)


def test_a_key_is_shown_once(admin: Client, make_consumer: MakeConsumer, stands: SetClock) -> None:
    answer = admin.post(f"{KEYS}add/", {"name": "Gateway 2024"})
    assert answer.status_code == 201
    found = re.search(r'value="(s360_[^"]+)"', answer.content.decode())
    assert found
    secret = found.group(1)
    key = ApiKey.objects.get()
    assert (key.name, key.digest, key.is_active) == ("Gateway 2024", digest_of(secret), True)
    assert key.created_by == admin.person  # type: ignore[attr-defined]  # for convenience
    assert tell(secret, message(make_consumer())).status_code == 201
    for page in ("", f"{key.pk}/change/", f"{key.pk}/history/", "add/"):
        shown = admin.get(KEYS + page).content.decode()
        assert secret not in shown
        assert key.digest not in shown
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\0b", "Gateway"])
def test_a_key_has_a_name_of_its_own(
    name: str, admin: Client, person: MakePerson, at: datetime
) -> None:
    make_key(name="Gateway", by=person(Role.ADMIN).pk, at=at)
    answer = admin.post(f"{KEYS}add/", {"name": name})
    assert "errorlist" in answer.content.decode()
    assert "s360_" not in answer.content.decode()
    assert ApiKey.objects.count() == 1


def test_a_key_is_retired_once_it_is_meant(
    admin: Client, person: MakePerson, make_consumer: MakeConsumer, at: datetime
) -> None:
    made = make_key(name="Gateway", by=person(Role.ADMIN).pk, at=at)
    page = f"{KEYS}{made.row.pk}/retire/"
    assert admin.post(page).status_code == 422
    assert ApiKey.objects.get().is_active
    assert admin.post(page, {"is_meant": "on"}).status_code == 302
    assert not ApiKey.objects.get().is_active
    assert tell(made.secret, message(make_consumer())).status_code == 401
    history = admin.get(f"{KEYS}{made.row.pk}/history/").content.decode()
    assert admin.person.full_name in history  # type: ignore[attr-defined]  # for convenience
    assert "Retire this key" not in admin.get(f"{KEYS}{made.row.pk}/change/").content.decode()


def test_a_key_is_never_changed(admin: Client, person: MakePerson, at: datetime) -> None:
    made = make_key(name="Gateway", by=person(Role.ADMIN).pk, at=at)
    assert admin.post(f"{KEYS}{made.row.pk}/change/", {"name": "Mine"}).status_code == 403
    assert ApiKey.objects.get().name == "Gateway"
