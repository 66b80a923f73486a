"""People in the admin: added, given roles, made inactive, never deleted, never by themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from smart360.staff.choices import Role, SignInOutcome
from smart360.staff.models import Person, RoleMembership, SignIn
from smart360.staff.oracles import roles_held_together

pytestmark = pytest.mark.django_db

ADD = "/admin/staff/person/add/"
GOOD = "correct horse battery"
MakePerson = Callable[..., Person]


@pytest.fixture
def admin(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.ADMIN)


def role(name: Role) -> Group:
    return Group.objects.get(name=name.value)


def typed(person: Person | None = None, *roles: Role, **more: Any) -> dict[str, str]:
    """What the admin page of a person posts; roles held already come first."""
    held = list(person.memberships.order_by("pk")) if person else []
    form = {
        "username": person.username if person else "new.person",
        "full_name": person.full_name if person else "New Person",
        "email": "new.person@example.com",
        "phone": "",
        "is_active": "on",
        "memberships-INITIAL_FORMS": str(len(held)),
        "memberships-TOTAL_FORMS": str(len(held) + len(roles)),
    }
    if person is None:
        form |= {"password1": GOOD, "password2": GOOD}
    for number, membership in enumerate(held):
        form |= {
            f"memberships-{number}-id": str(membership.pk),
            f"memberships-{number}-person": str(membership.person_id),
            f"memberships-{number}-group": str(membership.group_id),
        }
    for number, each in enumerate(roles, start=len(held)):
        form[f"memberships-{number}-group"] = str(role(each).pk)
    return {**form, **more}


def change(client: Client, person: Person, *roles: Role, **more: Any) -> Any:
    url = f"/admin/staff/person/{person.pk}/change/"
    return client.post(url, typed(person, *roles, **more))


def test_somebody_new_gets_roles_and_a_password(admin: Client) -> None:
    assert admin.post(ADD, typed(None, Role.CSE, Role.BILLING)).status_code == 302
    person = Person.objects.get(username="new.person")
    assert person.roles == {"CSE", "BILLING"}
    given_by = {membership.given_by for membership in person.memberships.all()}
    assert given_by == {admin.person}  # type: ignore[attr-defined]
    assert not person.is_demo
    answer = Client().post("/sign-in", {"username": "new.person", "password": GOOD})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"username": ""}, "This field is required."),
        ({"username": "two words"}, "Enter a valid username."),
        ({"username": "a\0b"}, "Null characters are not allowed."),
        ({"full_name": "\u200d"}, "This field is required."),
        ({"full_name": "a\u202eb"}, "characters that cannot be shown"),
        ({"email": "a@b"}, "Enter a valid email address."),
        ({"password2": "another one here"}, "The two passwords are not the same."),
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
        ({"password1": "password1234", "password2": "password1234"}, "too common"),
        ({"password1": "new.person12", "password2": "new.person12"}, "too similar"),
    ],
)
def test_refuses_beside_the_field(admin: Client, more: dict[str, str], sentence: str) -> None:
    answer = admin.post(ADD, typed(None, Role.CSE, **more))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Person.objects.filter(full_name="New Person").exists()


def test_a_username_is_taken_once(admin: Client, person: MakePerson) -> None:
    person(Role.CSE, username="new.person")
    answer = admin.post(ADD, typed(None))
    assert "Somebody has this username already." in answer.content.decode()


@pytest.mark.parametrize("other", [Role.RECOVERY, Role.BILLING, Role.SUPERVISOR])
def test_an_administrator_holds_no_money_rights(
    admin: Client, person: MakePerson, other: Role
) -> None:
    """X6, roles.md rule 1: a message beside the role, and the database refuses too."""
    somebody = person(Role.ADMIN)
    answer = change(admin, somebody, other)
    assert answer.status_code == 200
    assert f"Utility Administrator and {other.label} at the same time." in answer.content.decode()
    with pytest.raises(IntegrityError, match="no other role"), transaction.atomic():  # noqa: TID251
        RoleMembership.objects.create(person=somebody, group=role(other))
    assert somebody.memberships.count() == 1
    assert roles_held_together() == []


def test_a_race_for_two_roles_is_a_sentence(admin: Client, person: MakePerson) -> None:
    """The page had not yet seen the other role: the database refuses, no 500."""
    somebody = person()
    form = typed(somebody, Role.ADMIN)
    RoleMembership.objects.create(person=somebody, group=role(Role.BILLING))
    answer = admin.post(f"/admin/staff/person/{somebody.pk}/change/", form, follow=True)
    assert answer.status_code == 200
    assert "holds no role with money rights" in answer.content.decode()
    assert somebody.memberships.count() == 1


def test_nobody_changes_their_own_roles(admin: Client) -> None:
    """roles.md: users and roles, never self."""
    me: Person = admin.person  # type: ignore[attr-defined]
    page = admin.get(f"/admin/staff/person/{me.pk}/change/").content.decode()
    assert 'name="memberships-MAX_NUM_FORMS" value="0"' in page
    assert "memberships-0-DELETE" not in page
    change(admin, me, Role.CSE)
    assert set(me.memberships.values_list("group__name", flat=True)) == {"ADMIN"}
    change(admin, me, **{"memberships-0-DELETE": "on"})
    assert set(me.memberships.values_list("group__name", flat=True)) == {"ADMIN"}
    with pytest.raises(IntegrityError, match="nobody_gives_a_role_to_themselves"):
        RoleMembership.objects.create(person=me, group=role(Role.CSE), given_by=me)


def test_nobody_makes_themselves_inactive(admin: Client) -> None:
    me: Person = admin.person  # type: ignore[attr-defined]
    form = typed(me)
    del form["is_active"]
    admin.post(f"/admin/staff/person/{me.pk}/change/", form)
    me.refresh_from_db()
    assert me.is_active


def test_roles_and_their_removal_are_in_the_history(admin: Client, person: MakePerson) -> None:
    """A3: who gave and who took away."""
    somebody = person(full_name="Sarah Johnson")
    change(admin, somebody, Role.CSE)
    change(admin, somebody, **{"memberships-0-DELETE": "on"})
    assert not somebody.memberships.exists()
    page = admin.get(f"/admin/staff/person/{somebody.pk}/history/").content.decode()
    assert "Added role held" in page
    assert "Removed role held" in page
    assert page.count("Patricia Moore") >= 3
    assert "assword" not in page.split('id="content"')[1]


def test_nobody_is_deleted(admin: Client, person: MakePerson) -> None:
    somebody = person(Role.CSE)
    url = f"/admin/staff/person/{somebody.pk}/delete/"
    assert admin.post(url, {"post": "yes"}).status_code == 403
    assert Person.objects.filter(pk=somebody.pk).exists()


def test_a_forgotten_password_is_replaced(admin: Client, person: MakePerson) -> None:
    somebody = person(Role.CSE, username="sarah.johnson")
    theirs = Client()
    theirs.force_login(somebody, backend="smart360.staff.access.RoleBackend")
    url = f"/admin/staff/person/{somebody.pk}/password/"
    assert admin.get(url).status_code == 200
    refused = admin.post(url, {"password1": "short", "password2": "short"})
    assert refused.status_code == 422
    assert "at least 12 characters" in refused.content.decode()
    assert admin.post(url, {"password1": GOOD, "password2": GOOD}).status_code == 302
    assert theirs.get("/me").status_code == 302
    line = SignIn.objects.get(outcome=SignInOutcome.PASSWORD_SET)
    assert (line.person, line.by) == (somebody, admin.person)  # type: ignore[attr-defined]
    answer = Client().post("/sign-in", {"username": "sarah.johnson", "password": GOOD})
    assert answer.status_code == 302


def test_a_password_of_nobody_is_not_found(admin: Client) -> None:
    assert admin.get("/admin/staff/person/999999/password/").status_code == 404


def test_nobody_inactive_gets_a_password(admin: Client, person: MakePerson) -> None:
    somebody = person(Role.CSE, is_active=False)
    url = f"/admin/staff/person/{somebody.pk}/password/"
    answer = admin.post(url, {"password1": GOOD, "password2": GOOD})
    assert answer.status_code == 422
    assert not SignIn.objects.exists()


def test_roles_show_what_they_allow_and_cannot_be_changed(admin: Client) -> None:
    """SEC1: a role's permissions stand in code."""
    group = role(Role.BILLING)
    page = admin.get(f"/admin/staff/rolegroup/{group.pk}/change/").content.decode()
    assert "Billing Specialist" in page
    assert "consumers.edit_billing_address" in page
    assert "requests.acknowledge" not in page
    answer = admin.post(f"/admin/staff/rolegroup/{group.pk}/change/", {"name": "BOSS"})
    assert answer.status_code == 403
    assert admin.post("/admin/staff/rolegroup/add/", {"name": "BOSS"}).status_code == 403
    assert Group.objects.count() == 8


def test_the_sign_in_log_is_only_read(admin: Client, person: MakePerson) -> None:
    person(Role.CSE, username="sarah.johnson")
    Client().post("/sign-in", {"username": "sarah.johnson", "password": "wrong"})
    page = admin.get("/admin/staff/signin/?q=sarah").content.decode()
    assert "Refused: name or password is not right" in page
    line = SignIn.objects.get()
    assert admin.post(f"/admin/staff/signin/{line.pk}/change/", {}).status_code == 403
    with pytest.raises(DatabaseError):
        line.save(update_fields=["outcome"])


@pytest.mark.parametrize("who", [each for each in Role if each != Role.ADMIN])
def test_only_administrators_see_the_admin(client_as: Callable[..., Client], who: Role) -> None:
    assert client_as(who).get("/admin/").status_code == 403


def test_the_admin_has_no_door_of_its_own(client: Client, admin: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/staff/person/")
    assert answer["Location"] == "/sign-in?next=/admin/staff/person/"
    assert client.get("/admin/staff/person/")["Location"].startswith("/sign-in?next=")
    assert admin.get("/admin/password_change/")["Location"] == "/me/password"
    page = admin.get("/admin/").content.decode()
    assert 'action="/sign-out"' in page
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
