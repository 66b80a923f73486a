"""Two administrators give one person two roles that are kept apart, at the same moment (X6)."""

from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from smart360.staff.choices import Role
from smart360.staff.models import Person, RoleMembership
from smart360.staff.oracles import roles_held_together
from tests.concurrency.racing import done, race, refusals
from tests.conftest import MakePerson

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
ROUNDS = 5


def give(person: Person, role: Role, giver: Person) -> None:
    """The row as the admin writes it, held open long enough for the other to come by."""
    with transaction.atomic():  # noqa: TID251  (the admin's own transaction)
        group = Group.objects.get(name=role.value)
        RoleMembership.objects.create(person=person, group=group, given_by=giver)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")


def both(person: Person, giver: Person) -> list[partial[None]]:
    return [partial(give, person, role, giver) for role in (Role.ADMIN, Role.BILLING)]


def test_one_of_two_roles_kept_apart_is_refused(person: MakePerson) -> None:
    giver = person(Role.ADMIN)
    for _ in range(ROUNDS):
        outcomes = race(both(person(), giver))
        assert len(done(outcomes)) == 1
        (refused,) = refusals(outcomes)
        assert "holds no other role" in str(refused)  # and not a deadlock
    assert roles_held_together() == []


def test_control_without_the_trigger_both_are_held(person: MakePerson) -> None:
    giver = person(Role.ADMIN)
    somebody = person()
    switch_trigger("DISABLE")
    try:
        assert len(done(race(both(somebody, giver)))) == 2
        assert roles_held_together() != []
    finally:
        switch_trigger("ENABLE")


def switch_trigger(how: str) -> None:
    """Take the guard away as the owner, or put it back."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_roles_kept_apart%'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE staff_rolemembership {how} TRIGGER "{name}"')
        cursor.execute("SET ROLE smart360_app")
