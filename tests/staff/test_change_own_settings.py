"""My settings and my password."""

from collections.abc import Callable

import pytest
from django.test import Client

from smart360.staff.choices import Role, SignInOutcome
from smart360.staff.models import Person, SignIn

pytestmark = pytest.mark.django_db

OLD = "a-long-enough-password"
NEW = "correct horse battery"


@pytest.fixture
def sarah(client_as: Callable[..., Client], person: Callable[..., Person]) -> Client:
    return client_as(person(Role.CSE, Role.BILLING, username="sarah.johnson", full_name="Sarah J"))


def test_shows_who_i_am_and_my_roles(sarah: Client) -> None:
    page = sarah.get("/me").content.decode()
    assert "Customer Service Executive, Billing Specialist" in page
    assert "sarah.johnson" in page


def test_my_choices_are_kept_and_leave_a_trace(sarah: Client) -> None:
    answer = sarah.post("/me", {"uses_single_keys": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/me")
    me = Person.objects.get(username="sarah.johnson")
    assert (me.wants_notices_by_email, me.uses_single_keys) == (False, True)
    event = me.events.order_by("pgh_id").last()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["person"] == me.pk


def test_nothing_else_of_mine_can_be_changed_here(sarah: Client) -> None:
    """bad-inputs 30: mass assignment."""
    sarah.post("/me", {"full_name": "Boss", "is_demo": "on", "username": "root", "groups": "6"})
    me = Person.objects.get(username="sarah.johnson")
    assert (me.full_name, me.is_demo) == ("Sarah J", False)
    assert me.roles == {"CSE", "BILLING"}


def test_a_new_password_ends_my_other_sessions(sarah: Client) -> None:
    """bad-inputs 137."""
    elsewhere = Client()
    elsewhere.post("/sign-in", {"username": "sarah.johnson", "password": OLD})
    assert elsewhere.get("/me").status_code == 200
    copy = Client()
    copy.cookies["sessionid"] = sarah.cookies["sessionid"].value
    answer = sarah.post(
        "/me/password", {"current_password": OLD, "password1": NEW, "password2": NEW}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/me")
    assert sarah.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    assert copy.get("/me").status_code == 302
    assert SignIn.objects.filter(outcome=SignInOutcome.PASSWORD_CHANGED).count() == 1
    assert (
        Client().post("/sign-in", {"username": "sarah.johnson", "password": OLD}).status_code == 422
    )


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "current_password", "This field is required."),
        ({"current_password": "wrong"}, "current_password", "This is not your current password."),
        ({"password2": "something else!"}, "password2", "The two passwords are not the same."),
        ({"password1": "short", "password2": "short"}, "password1", "at least 12 characters"),
        (
            {"password1": "sarah.johnson", "password2": "sarah.johnson"},
            "password1",
            "too similar to the username",
        ),
    ],
)
def test_refuses_beside_the_field(
    sarah: Client, typed: dict[str, str], field: str, sentence: str
) -> None:
    form = {"current_password": OLD, "password1": NEW, "password2": NEW} | typed if typed else {}
    answer = sarah.post("/me/password", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f'id="id_{field}-error"' in page
    assert NEW not in page
    assert Person.objects.get(username="sarah.johnson").check_password(OLD)
