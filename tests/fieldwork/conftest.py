"""What the tests of field work share."""

from collections.abc import Callable

import pytest

from smart360.fieldwork.models import Technician
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakePerson
from tests.fieldwork.working import ALL, technician

MakeTechnician = Callable[..., Technician]


@pytest.fixture
def dispatcher(person: MakePerson) -> Person:
    return person(Role.DISPATCHER)


@pytest.fixture
def make_technician(person: MakePerson) -> MakeTechnician:
    """A technician with all skills, everywhere, eight hours a day, unless told otherwise."""

    def make(
        name: str = "Mike Thompson",
        *,
        skills: tuple[str, ...] = ALL,
        areas: tuple[str, ...] = (),
        minutes: int = 480,
    ) -> Technician:
        who = person(Role.TECHNICIAN, full_name=name)
        return technician(who, skills=skills, areas=areas, minutes=minutes)

    return make
