"""Addresses, headers and tokens that no page of ours sends (bad-inputs.md §10)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from smart360.staff.choices import Role
from smart360.staff.models import Person

pytestmark = pytest.mark.django_db

ClientAs = Callable[..., Client]
PASSWORD = "a-long-enough-password"


@pytest.mark.parametrize(
    "path",
    [
        "/cx/disconnections/999999999999999999999",
        "/cx/disconnections/abc",
        "/cx/disconnections/DIS-2026-999999",
        "/cx/disconnections/DIS-2026-" + "9" * 50,
        "/cx/disconnections/a%00b",
        "/cx/disconnections/%ff",
        "/cx/consumer-management/NOBODY-1",
        "/cx/consumer-management/a%00b",
        "/cx/consumer-management/%ED%A0%80",
        "/cx/consumer-management/" + "A" * 300,
        "/notices/999999999999999999999999/open",
        "/messages/99999999999999999999/retry",
        "/drafts/another_form",
        "/track/%00",
        "/track/" + "x" * 2000,
        "/static/../../etc/passwd",
        "/admin/staff/person/abc/history/",
        "/admin/staff/person/99999999999999999999/password/",
        "/admin/auth/user/",
        "/.env",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_what_is_not_there_is_404(path: str, client_as: ClientAs) -> None:
    """bad-inputs 132."""
    needs_post = path.startswith(("/notices/", "/messages/", "/drafts/"))
    role = Role.ADMIN if path.startswith("/admin/") else Role.SUPERVISOR
    client = client_as(role)
    answer = client.post(path) if needs_post else client.get(path)
    assert answer.status_code == 404


def door_with_token_check(person: Callable[..., Person]) -> tuple[Client, str]:
    """A browser that is really checked for its token, signed in, and its token."""
    person(Role.SUPERVISOR, username="david.chen")
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in").content.decode()
    form = {"username": "david.chen", "password": PASSWORD, "csrfmiddlewaretoken": token_in(page)}
    assert client.post("/sign-in", form).status_code == 302
    return client, token_in(client.get("/me").content.decode())


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_a_post_with_our_token_is_taken(person: Callable[..., Person]) -> None:
    client, token = door_with_token_check(person)
    assert client.post("/me", {"csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("is_htmx", [False, True])
@pytest.mark.parametrize("sent", ["", "x" * 64])
def test_a_post_without_our_token_is_refused(
    sent: str, is_htmx: bool, person: Callable[..., Person]
) -> None:
    """bad-inputs 134."""
    client, _ = door_with_token_check(person)
    headers = {"HX-Request": "true", "X-CSRFToken": sent} if is_htmx else {}
    answer = client.post("/me", {"csrfmiddlewaretoken": sent}, headers=headers)
    assert answer.status_code == 403
    assert "try again" in answer.content.decode()
    assert Person.objects.get(username="david.chen").wants_notices_by_email


@pytest.mark.parametrize(
    "back", ["word", "sign_out", "'", "https://evil.example/", "//evil.example"]
)
def test_odd_ways_back_lead_to_the_start(back: str, client_as: ClientAs) -> None:
    answer = client_as(Role.CSE).post("/theme", {"theme": "dark", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_post_from_another_site_is_refused(origin: str, person: Callable[..., Person]) -> None:
    """bad-inputs 134: even with our token."""
    client, token = door_with_token_check(person)
    form = {"csrfmiddlewaretoken": token}
    assert client.post("/me", form, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/evil"},
        {"Accept-Language": "x" * 4000},
        {"Cookie": "junk=" + "x" * 8000},
        {"Cookie": "sessionid=../../../etc/passwd"},
        {"X-Forwarded-For": "<script>, \x01"},
        {"HX-Current-URL": "javascript:alert(1)"},
        {"Referer": "https://evil.example/\x00"},
    ],
)
def test_odd_headers_do_no_harm(headers: dict[str, str], client: Client) -> None:
    assert client.get("/sign-in", headers=headers).status_code == 200
    assert client.get("/me", headers=headers).status_code == 302


def test_every_page_says_what_a_browser_may_do(client_as: ClientAs) -> None:
    for path, client in (("/sign-in", Client()), ("/me", client_as(Role.CSE))):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]


def test_the_session_cookie_is_out_of_reach_of_scripts(
    client: Client, person: Callable[..., Person]
) -> None:
    person(Role.CSE, username="sarah.johnson")
    client.post("/sign-in", {"username": "sarah.johnson", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
