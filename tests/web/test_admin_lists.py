"""Django admin's lists: what an address may ask of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from smart360.staff.choices import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "cases/slapolicy/?kind__exact=%00",
        "staff/signin/?outcome__exact=a%00b",
        "disconnections/reason/?q=NP&priority__exact=%00",
    ],
)
def test_a_filter_that_postgresql_cannot_read_is_refused(
    address: str, client_as: Callable[..., Client]
) -> None:
    """bad-inputs.md, NUL: the list comes without it, and says so."""
    client = client_as(Role.ADMIN)
    answer = client.get(f"/admin/{address}")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/?e=1")
    assert client.get(answer.headers["Location"]).status_code == 200
