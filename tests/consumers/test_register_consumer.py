"""Onboarding: an account is opened once, Pending, and a supervisor approves it (CON5)."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.choices import AccountStatus, LockPurpose
from consumers.guards import LockIsHeld
from consumers.models import Category, Consumer
from consumers.operations import take_profile_lock
from consumers.operations.registering import (
    SamePhone,
    UnableToRegister,
    approve_account,
    register_consumer,
)
from consumers.queries import search
from consumers.rules.occupancy import NewAccount
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
PHONE = "+15550109999"


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


def residential() -> int:
    return Category.objects.get_or_create(name="Residential")[0].pk


def register(
    by: Person, at: datetime, *, key: UUID | None = None, is_other: bool = False
) -> Consumer:
    account = NewAccount("Ana Ruiz", residential(), phone=PHONE, billing_address="9 Elm Street")
    return register_consumer(
        account=account, is_somebody_else=is_other, by=by, at=at, form_key=key or uuid4()
    )


def story(consumer: Consumer) -> list[str]:
    found = Entry.objects.filter(consumer=consumer).order_by("id")
    return list(found.values_list("kind", flat=True))


def test_it_waits_and_is_approved_once(sarah: Person, person: MakePerson, at: datetime) -> None:
    made, david = register(sarah, at), person(Role.SUPERVISOR)
    assert made.status == AccountStatus.PENDING
    assert [hit.consumer for hit in search("ana ruiz", at=at)] == [made.pk]
    assert [hit.consumer for hit in search("9 elm", at=at)] == [made.pk]
    for _ in range(2):
        assert approve_account(consumer=made.pk, by=david, at=at).status == AccountStatus.ACTIVE
    assert story(made) == ["ACCOUNT_OPENED", "STATUS_CHANGED"]


def test_pressed_twice_it_is_one_account(sarah: Person, at: datetime) -> None:
    key = uuid4()
    assert register(sarah, at, key=key) == register(sarah, at, key=key)
    assert Consumer.objects.count() == 1


def test_nobody_is_here_twice_by_mistake(sarah: Person, at: datetime) -> None:
    first, before = register(sarah, at), checksums()
    with pytest.raises(SamePhone):
        register(sarah, at)
    assert checksums() == before
    assert register(sarah, at, is_other=True).account_number != first.account_number


@pytest.mark.parametrize(
    ("account", "field"),
    [(NewAccount("\u2060", 1), "name"), (NewAccount("Ana Ruiz", 0), "category")],
)
def test_what_an_account_needs(
    account: NewAccount, field: str, sarah: Person, at: datetime
) -> None:
    before = checksums()
    with pytest.raises(UnableToRegister) as refused:
        register_consumer(account=account, by=sarah, at=at, form_key=uuid4())
    assert refused.value.field == field
    assert checksums() == before


def test_only_what_waits_is_approved(
    make_consumer: MakeConsumer, person: MakePerson, sarah: Person, at: datetime
) -> None:
    gone, david = make_consumer(status=AccountStatus.INACTIVE), person(Role.SUPERVISOR)
    with pytest.raises(UnableToRegister, match="Only a Pending account"):
        approve_account(consumer=gone.pk, by=david, at=at)
    waits = register(sarah, at)
    take_profile_lock(consumer=waits.pk, purpose=LockPurpose.EDIT_PROFILE, by=sarah, at=at)
    with pytest.raises(LockIsHeld):
        approve_account(consumer=waits.pk, by=david, at=at)
    waits.refresh_from_db()
    assert waits.status == AccountStatus.PENDING


def test_from_the_list_to_the_approval(client_as: ClientAs) -> None:
    desk = client_as(Role.CSE)
    assert reverse("consumer_register") in desk.get(reverse("consumer_list")).content.decode()
    typed = {"name": "Ana Ruiz", "category": residential(), "phone": "(555) 010-9999"}
    unsaid = desk.post(reverse("consumer_register"), typed | {"category": "", "form_key": uuid4()})
    assert unsaid.status_code == 422  # the first of the list is nobody's category by chance
    assert "Choose a category" in unsaid.content.decode()
    nobody = desk.post(reverse("consumer_register"), typed | {"phone": "", "form_key": uuid4()})
    assert nobody.status_code == 422
    assert "Enter a phone number or an e-mail address" in nobody.content.decode()
    made = desk.post(reverse("consumer_register"), typed | {"form_key": uuid4()})
    profile = made["Location"]
    again = desk.post(reverse("consumer_register"), typed | {"form_key": uuid4()})
    assert again.status_code == 422
    assert profile in again.content.decode()
    assert 'value="Ana Ruiz"' in again.content.decode()
    assert "Approve account" not in desk.get(profile).content.decode()
    boss = client_as(Role.SUPERVISOR)
    assert "Approve account" in boss.get(profile).content.decode()
    boss.post(f"{profile}/approve")
    assert Consumer.objects.get().status == AccountStatus.ACTIVE
