"""The door: name and password, throttling, what a session survives."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import Settings

from smart360.staff.access import LOCKED_FOR, MOST_REFUSED_PER_ADDRESS, name_digest
from smart360.staff.choices import Role, SignInOutcome
from smart360.staff.models import Person, SignIn

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-password"
MakePerson = Callable[..., Person]


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE, username="sarah.johnson")


def knock(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in", {"username": username, "password": password}, **more)


def test_lets_in_and_leads_back_to_where_one_was_going(client: Client, sarah: Person) -> None:
    refused = client.get("/me?tab=1")
    assert refused.status_code == 302
    assert refused["Location"] == "/sign-in?next=%2Fme%3Ftab%3D1"
    page = client.get(refused["Location"])
    assert page.status_code == 200
    assert 'action="/sign-in?next=%2Fme%3Ftab%3D1"' in page.content.decode()
    answer = client.post(
        "/sign-in?next=%2Fme%3Ftab%3D1", {"username": "sarah.johnson", "password": PASSWORD}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/me?tab=1")
    assert client.get("/me").status_code == 200
    line = SignIn.objects.get()
    assert (line.outcome, line.person, line.name_digest) == (SignInOutcome.SIGNED_IN, sarah, "")
    assert line.address == "127.0.0.1"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "/sign-in",
        "word", "sign_out", "'", "../me",
    ],
)  # fmt: skip
def test_never_leads_away_from_this_site(client: Client, sarah: Person, wanted: str) -> None:
    answer = client.post(
        f"/sign-in?next={wanted}", {"username": "sarah.johnson", "password": PASSWORD}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")


def without_token(page: Any, name: str) -> str:
    """The page less what differs every time."""
    return re.sub(r'value="[^"]{64}"', "", page.content.decode()).replace(name, "")


def test_an_unknown_name_and_a_wrong_password_look_the_same(client: Client, sarah: Person) -> None:
    known = knock(client, "sarah.johnson", "wrong")
    unknown = knock(client, "nobody.here", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert "Username or password is not right." in known.content.decode()
    assert without_token(known, "sarah.johnson") == without_token(unknown, "nobody.here")


def test_a_name_nobody_has_is_kept_as_a_digest_only(client: Client, sarah: Person) -> None:
    """A4: people type their password into the name field."""
    knock(client, "my-secret-passw0rd", "wrong")
    line = SignIn.objects.get()
    assert (line.person, line.name_digest) == (None, name_digest("my-secret-passw0rd"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text FROM axes_accessattempt a")
        assert all("my-secret" not in row[0] for row in cursor.fetchall())


@pytest.mark.parametrize("username", ["", " ", "\0", "a\0b", "x" * 201, "'; --", "\ud800"])
def test_refuses_odd_names_with_a_sentence(client: Client, username: str) -> None:
    answer = client.post(
        "/sign-in", {"username": username.encode("utf-8", "surrogatepass"), "password": "x"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("username", ["sarah.johnson", "nobody.here"])
def test_the_sixth_wrong_password_is_too_many(client: Client, sarah: Person, username: str) -> None:
    """bad-inputs 138: 429, Retry-After, the same text for names nobody has."""
    for _ in range(5):
        assert knock(client, username, "wrong").status_code == 422
    sixth = knock(client, username, "wrong")
    assert sixth.status_code == 429
    assert sixth["Retry-After"] == "900"
    assert "Too many wrong passwords. Wait 15 minutes and try again." in sixth.content.decode()
    locked = knock(client, username)
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert client.get("/me").status_code == 302
    outcomes = SignIn.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["REFUSED"] * 5 + ["LOCKED_OUT"] * 2


def test_others_at_the_same_address_are_not_locked_out(
    client: Client, sarah: Person, person: MakePerson
) -> None:
    person(Role.BILLING, username="karen.lee")
    for _ in range(7):
        knock(client, "sarah.johnson", "wrong")
    assert knock(Client(), "karen.lee").status_code == 302
    assert knock(Client(), "sarah.johnson").status_code == 429
    elsewhere = knock(Client(), "sarah.johnson", REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 302


def test_the_wait_ends(client: Client, sarah: Person) -> None:
    for _ in range(6):
        knock(client, "sarah.johnson", "wrong")
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= LOCKED_FOR + timedelta(seconds=1)
        attempt.save(update_fields=["attempt_time"])
    assert knock(client, "sarah.johnson").status_code == 302


def test_one_password_tried_on_many_names_is_too_many(
    client: Client, sarah: Person, person: MakePerson
) -> None:
    """bad-inputs 138: spraying is stopped, who works at that address still comes in."""
    person(Role.BILLING, username="karen.lee")
    assert knock(Client(), "karen.lee").status_code == 302
    for number in range(MOST_REFUSED_PER_ADDRESS):
        assert knock(client, f"name{number}", "Winter2026!").status_code == 422
    assert knock(client, "sarah.johnson").status_code == 429
    assert knock(Client(), "karen.lee").status_code == 302


def test_a_new_session_begins_at_the_door(client: Client, sarah: Person) -> None:
    """bad-inputs 137: what was there before signing in is worth nothing afterwards."""
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = client.cookies["sessionid"].value if "sessionid" in client.cookies else ""
    client.cookies["sessionid"] = str(session.session_key)
    knock(client, "sarah.johnson")
    assert client.cookies["sessionid"].value not in {before, session.session_key}
    assert "planted" not in client.session


def stolen(client: Client) -> Client:
    """Another browser with a copy of the cookie."""
    copy = Client()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    return copy


def test_signing_out_ends_the_session_everywhere(client: Client, sarah: Person) -> None:
    knock(client, "sarah.johnson")
    copy = stolen(client)
    assert client.post("/sign-out").status_code == 302
    assert copy.get("/me").status_code == 302
    assert SignIn.objects.filter(outcome=SignInOutcome.SIGNED_OUT, person=sarah).count() == 1


def test_signing_out_is_a_post(client: Client, sarah: Person) -> None:
    """bad-inputs 102."""
    knock(client, "sarah.johnson")
    assert client.get("/sign-out").status_code == 405
    assert client.get("/me").status_code == 200


def test_being_made_inactive_ends_the_session_for_good(client: Client, sarah: Person) -> None:
    """X4: on the next request; the old cookie stays dead when the person comes back."""
    knock(client, "sarah.johnson")
    copy = stolen(client)
    sarah.is_active = False
    sarah.save(update_fields=["is_active"])
    assert client.get("/me").status_code == 302
    sarah.is_active = True
    sarah.save(update_fields=["is_active"])
    assert copy.get("/me").status_code == 302
    assert client.get("/me").status_code == 302


def test_a_role_taken_away_acts_on_the_next_request(client: Client, person: MakePerson) -> None:
    """X4."""
    admin = person(Role.ADMIN, username="pat")
    knock(client, "pat")
    assert client.get("/settings/").status_code == 200
    admin.memberships.all().delete()
    assert client.get("/settings/").status_code == 403


def test_somebody_inactive_is_refused_like_a_wrong_password(
    client: Client, person: MakePerson
) -> None:
    person(Role.CSE, username="gone", is_active=False)
    assert knock(client, "gone").status_code == 422


def test_demo_people_are_refused_in_production(
    client: Client, person: MakePerson, settings: Settings
) -> None:
    person(Role.CSE, username="demo", is_demo=True)
    assert knock(client, "demo").status_code == 302
    settings.IS_DEMO = False
    assert client.get("/me").status_code == 302
    assert knock(Client(), "demo").status_code == 422


def test_a_fragment_after_the_end_of_the_session_leads_to_the_door(client: Client) -> None:
    """bad-inputs 136: 401 and HX-Redirect, never a form inside a panel."""
    answer = client.get(
        "/me",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cx/disconnections/"},
    )
    assert answer.status_code == 401
    back = "http%3A%2F%2Ftestserver%2Fcx%2Fdisconnections%2F"
    assert answer["HX-Redirect"] == f"/sign-in?next={back}&ended=over"
    assert answer.content == b""


def test_a_foreign_page_cannot_choose_the_way_back(client: Client) -> None:
    answer = client.get(
        "/me", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    )
    assert answer["HX-Redirect"] == "/sign-in?next=%2F&ended=over"


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/cx/services/new?step=2",
         "http%3A%2F%2Ftestserver%2Fcx%2Fservices%2Fnew%3Fstep%3D2"),
        ("https://evil.example/x", "%2F"),
        ("", "%2F"),
    ],
)  # fmt: skip
def test_a_form_sent_too_late_leads_back_to_its_page(
    client: Client, came_from: str, back: str
) -> None:
    answer = client.post("/theme", headers={"Referer": came_from} if came_from else None)
    assert answer["Location"] == f"/sign-in?next={back}"


def test_says_why_one_was_signed_out(client: Client, sarah: Person, settings: Settings) -> None:
    knock(client, "sarah.johnson")
    client.get("/me")
    session = client.session
    session["seen_at"] -= settings.SESSION_IDLE_SECONDS + 1
    session.save()
    answer = client.get("/me")
    assert answer["Location"] == "/sign-in?next=%2Fme&ended=idle"
    page = client.get(answer["Location"]).content.decode()
    assert "You were signed out after 45 minutes without activity. What you typed is kept." in page


def test_nobody_stays_signed_in_longer_than_a_shift(
    client: Client, sarah: Person, settings: Settings
) -> None:
    knock(client, "sarah.johnson")
    client.get("/me")
    session = client.session
    session["signed_in_at"] -= settings.SESSION_COOKIE_AGE + 1
    session.save()
    answer = client.get("/me")
    assert answer["Location"] == "/sign-in?next=%2Fme&ended=over"
    assert "Your session has ended" in client.get(answer["Location"]).content.decode()


def test_the_address_is_what_our_own_proxies_saw(
    client: Client, sarah: Person, settings: Settings
) -> None:
    settings.PROXY_COUNT = 1
    knock(client, "sarah.johnson", HTTP_X_FORWARDED_FOR="1.2.3.4, 192.0.2.7")
    assert SignIn.objects.get().address == "192.0.2.7"


def test_the_log_cannot_be_changed(
    client: Client, sarah: Person, as_owner: Callable[[], None]
) -> None:
    """A1: not by the application's role, and not by the owner either."""
    knock(client, "sarah.johnson")
    line = SignIn.objects.get()
    as_owner()
    with pytest.raises(DatabaseError, match="Cannot update or delete"):
        SignIn.objects.filter(pk=line.pk).delete()


def test_the_door_is_not_stored(client: Client) -> None:
    assert "no-store" in client.get("/sign-in")["Cache-Control"]
