"""Categories in Django admin (ADM1): retired, never deleted."""

from collections.abc import Callable

import pytest
from django.test import Client

from consumers.models import Category, Subcategory
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
URL = "/admin/consumers/category/"


def test_an_administrator_adds_and_retires(client_as: SignIn, make_consumer: MakeConsumer) -> None:
    make_consumer()
    client = client_as(Role.ADMIN)
    assert client.get(URL).status_code == 200
    assert client.post(f"{URL}add/", {"name": "Commercial", "is_active": "on"}).status_code == 302
    commercial = Category.objects.get(name="Commercial")
    assert client.post(f"{URL}{commercial.pk}/change/", {"name": "Commercial"}).status_code == 302
    commercial.refresh_from_db()
    assert not commercial.is_active
    assert client.get(f"{URL}{commercial.pk}/history/").status_code == 200


def test_a_name_is_taken_once(client_as: SignIn, make_consumer: MakeConsumer) -> None:
    make_consumer()
    client = client_as(Role.ADMIN)
    response = client.post(f"{URL}add/", {"name": "Residential", "is_active": "on"})
    assert response.status_code == 200
    assert Category.objects.filter(name="Residential").count() == 1


def test_nothing_is_deleted(client_as: SignIn, make_consumer: MakeConsumer) -> None:
    make_consumer()
    client, category = client_as(Role.ADMIN), Category.objects.get()
    assert client.post(f"{URL}{category.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Category.objects.exists()


def test_a_subcategory_stays_in_its_category(
    client_as: SignIn, make_consumer: MakeConsumer
) -> None:
    make_consumer()
    other = Category.objects.create(name="Commercial")
    standard = Subcategory.objects.get()
    url = f"/admin/consumers/subcategory/{standard.pk}/change/"
    client = client_as(Role.ADMIN)
    assert client.get(url).status_code == 200
    client.post(url, {"category": other.pk, "name": "Standard", "is_active": "on"})
    standard.refresh_from_db()
    assert standard.category_id != other.pk


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_only_administrators(client_as: SignIn, role: Role) -> None:
    assert client_as(role).get(URL).status_code in (302, 403)
