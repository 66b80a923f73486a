"""Demo people never reach production: the check before it goes out."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.staff.oracles import check_demo_people

pytestmark = pytest.mark.django_db


def test_the_deploy_check_finds_demo_people(
    person: Callable[..., Person], settings: Settings
) -> None:
    settings.IS_DEMO = False
    person(Role.CSE)
    assert check_demo_people(None, databases=["default"]) == []
    demo = person(Role.CSE, is_demo=True)
    assert [each.id for each in check_demo_people(None, databases=["default"])] == ["staff.E001"]
    demo.is_active = False
    demo.save(update_fields=["is_active"])
    assert check_demo_people(None, databases=["default"]) == []


def test_in_the_demo_they_are_welcome(person: Callable[..., Person]) -> None:
    person(Role.CSE, is_demo=True)
    assert check_demo_people(None, databases=["default"]) == []
