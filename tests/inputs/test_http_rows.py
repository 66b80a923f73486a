"""bad-inputs.md §10: methods, tokens and the export, as far as no other test has them."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smart360.cases.queries import pages
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-password"
TYPED = "Dog <b>in</b> the yard & \"loose\" 'gate'"


@pytest.fixture
def browser(person: MakePerson, utility: Any) -> Client:
    """Really checked for its token, and signed in."""
    person(Role.CSE, username="sarah.johnson")
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in").content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    form = {"username": "sarah.johnson", "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
    assert client.post("/sign-in", form).status_code == 302
    return client


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "EVIL"])
def test_other_methods_are_405(method: str, client_as: Callable[..., Client], utility: Any) -> None:
    client = client_as(Role.SUPERVISOR)
    client.get("/")
    before = checksums()
    for path in ("/", "/me", "/cx/disconnections/", "/cx/disconnections/new/submit", "/sign-out"):
        assert client.generic(method, path).status_code == 405, path
    assert checksums() == before


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
@pytest.mark.parametrize("token", ["", "x" * 64])
def test_row_134_a_form_too_old_keeps_its_text(
    token: str, headers: dict[str, str], browser: Client
) -> None:
    """403, and "Reload and try again" sends again what was typed, with a fresh token."""
    before = checksums()
    sent = {"csrfmiddlewaretoken": token, "notes": TYPED, "password": "secret"}
    answer = browser.post(
        "/cx/disconnections/new/review", sent, headers=headers | {"Origin": "http://testserver"}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Reload and try again" in page
    assert html.escape(TYPED) in page
    assert TYPED not in page
    assert "secret" not in page
    assert 'name="csrfmiddlewaretoken"' in page
    assert checksums() == before


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_row_134_a_form_from_elsewhere_keeps_nothing(origin: str, browser: Client) -> None:
    """What another site's form holds must not become ours by one more press."""
    before = checksums()
    answer = browser.post(
        "/cx/disconnections/new/review", {"notes": TYPED}, headers={"Origin": origin}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Reload and try again" in page
    assert html.escape(TYPED) not in page
    assert checksums() == before
    assert Person.objects.filter(username="sarah.johnson").exists()


def test_the_export_is_streamed_and_capped(
    client_as: Callable[..., Client],
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many fit: as many lines as the cap, sent while they are read."""
    by = person(Role.SUPERVISOR)
    for _ in range(4):
        make_request(make_consumer(), by=by)
    assert pages.EXPORT_CAP == 50_000
    monkeypatch.setattr(pages, "EXPORT_CAP", 3)
    answer = client_as(by).get("/cx/disconnections/export.csv?page=10000")
    assert answer.streaming
    lines = b"".join(answer).decode().splitlines()
    assert len(lines) == 1 + 3
