"""What a page answers when the database ends its act: busy, away, or our fault."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from smart360.staff.choices import Role

pytestmark = pytest.mark.urls("tests.web.failing_urls")
BUSY = "Somebody else is working on this right now. Nothing was changed; try again."
AWAY = "Smart360 cannot reach its database right now"


def answer(path: str) -> tuple[int, str]:
    response = Client(raise_request_exception=False).get(path)
    return response.status_code, response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["40P01", "40001", "55P03", "57014"])
def test_who_meets_somebody_else_may_try_again(code: str) -> None:
    """A deadlock, a serialization failure, a lock that is not to be had, a time-out."""
    status, page = answer(f"/failing/{code}")
    assert status == 409
    assert BUSY in page


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["08006", "57P01", "57P03", "53300"])
def test_a_server_that_ends_the_connection_is_away(code: str) -> None:
    status, page = answer(f"/failing/{code}")
    assert status == 503
    assert AWAY in page


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["53100", "53200", "58030", "XX000"])
def test_a_server_that_fails_otherwise_is_not_away(code: str) -> None:
    """A full disk, no memory, a broken disk, a defect: whoever runs it must look."""
    status, page = answer(f"/failing/{code}")
    assert status == 500
    assert AWAY not in page
    assert BUSY not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/cut-off", "/cut-off-within"])
def test_a_connection_that_is_gone_is_a_database_that_is_away(path: str) -> None:
    """Without a code: nobody was there to say one. A new connection does not change that."""
    status, page = answer(path)
    connection.close()
    assert status == 503
    assert AWAY in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/cut-off-afterwards", 503, AWAY),
        ("/ended-meanwhile", 400, "The browser sent something that this page does not understand"),
    ],
)
def test_a_session_that_cannot_be_written_down_is_not_the_browsers_fault(
    path: str, status: int, words: str, client_as: Callable[..., Client]
) -> None:
    """The control: a session that is gone, with the database there, is still told as before."""
    client = client_as(Role.CSE)
    client.raise_request_exception = False
    response = client.get(path)
    connection.close()
    assert response.status_code == status
    assert words in response.content.decode()
