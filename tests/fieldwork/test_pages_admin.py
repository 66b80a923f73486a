"""Skills, service order types and technicians in Django admin (SO1, ADM1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from smart360.fieldwork.models import OrderTemplate, Skill, Technician
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.fieldwork.conftest import MakeTechnician
from tests.fieldwork.working import order_from_profile

pytestmark = pytest.mark.django_db
ADMIN = "/admin/fieldwork"


@pytest.fixture
def admin(client_as: Callable[..., Client], stands: SetClock) -> Client:
    return client_as(Role.ADMIN)


def rows(prefix: str, *keys: int, initial: int = 0, field: str = "") -> dict[str, Any]:
    """What an inline sends."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": initial + len(keys), f"{prefix}-INITIAL_FORMS": initial,
    }  # fmt: skip
    for position, key in enumerate(keys, start=initial):
        data[f"{prefix}-{position}-{field}"] = key
    return data


def type_data(*categories: int, **more: Any) -> dict[str, Any]:
    return {
        "code": "INS-2", "name": "Inspect a sealed meter", "description": "", "kind": "INSPECTION",
        "utility_types": ["WATER"], "skill": "", "estimated_minutes": "30", "priority": "LOW",
        "is_active": "on", **rows("category_rows", *categories, field="category"),
    } | more  # fmt: skip


def technician_data(*skills: int, **more: Any) -> dict[str, Any]:
    return {
        "areas": "North\r\n South \r\n\r\nNorth", "minutes_a_day": "420", "is_active": "on",
        **rows("skill_rows", *skills, field="skill"),
    } | more  # fmt: skip


def test_a_type_is_added_for_a_category(admin: Client, make_consumer: MakeConsumer) -> None:
    category = make_consumer().category
    answer = admin.post(f"{ADMIN}/ordertemplate/add/", type_data(category.pk))
    assert answer.status_code == 302
    made = OrderTemplate.objects.get(code="INS-2")
    assert (made.utility_types, made.estimated_minutes) == (["WATER"], 30)
    assert list(made.categories.all()) == [category]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "ins 2"}, "Capital letters, digits and hyphens, such as DIS-E."),
        ({"code": "RPR-1"}, "Service order type with this Code already exists."),
        ({"estimated_minutes": "0"}, "Enter 1 to 1440 minutes."),
        ({"estimated_minutes": "1441"}, "Enter 1 to 1440 minutes."),
        ({"utility_types": ["STEAM"]}, "Select a valid choice."),
    ],
)
def test_a_wrong_type_is_refused_at_its_field(
    admin: Client, wrong: dict[str, Any], sentence: str
) -> None:
    before = OrderTemplate.objects.count()
    answer = admin.post(f"{ADMIN}/ordertemplate/add/", type_data(**wrong))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert OrderTemplate.objects.count() == before


def test_a_used_type_keeps_code_and_type_and_is_retired(
    admin: Client, make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    order = order_from_profile(make_consumer(), by=dispatcher, at=at)
    key = order.template_id
    data = type_data(name="Mend", code="XXX-1", kind="INSPECTION")
    del data["is_active"]
    assert admin.post(f"{ADMIN}/ordertemplate/{key}/change/", data).status_code == 302
    changed = OrderTemplate.objects.get(pk=key)
    assert (changed.code, changed.kind, changed.name) == ("RPR-1", "REPAIR", "Mend")
    assert not changed.is_active
    order.refresh_from_db()
    assert order.name == "Repair - John Smith"  # what it copied stays
    assert admin.post(f"{ADMIN}/ordertemplate/{key}/delete/", {"post": "y"}).status_code == 403


def test_only_field_technicians_become_one(admin: Client, person: MakePerson) -> None:
    mike, clerk = person(Role.TECHNICIAN), person(Role.CSE)
    skill = Skill.objects.get(name="Gas")
    page = f"{ADMIN}/technician/add/"
    assert admin.post(page, technician_data(person=clerk.pk)).status_code == 200
    assert admin.post(page, technician_data(skill.pk, person=mike.pk)).status_code == 302
    made = Technician.objects.get()
    assert (made.person, made.areas, made.minutes_a_day) == (mike, ["North", "South"], 420)
    assert list(made.skills.all()) == [skill]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"minutes_a_day": "1441"}, "Enter 0 to 1440 minutes."),
        ({"areas": "x" * 61}, "An area has at most 60 characters."),
        ({"areas": "\n".join(map(str, range(51)))}, "At most 50 areas."),
        ({"areas": "a\u202eb"}, "This text contains characters that cannot be shown."),
    ],
)
def test_a_wrong_technician_is_refused_at_its_field(
    admin: Client, person: MakePerson, wrong: dict[str, Any], sentence: str
) -> None:
    data = technician_data(person=person(Role.TECHNICIAN).pk, **wrong)
    answer = admin.post(f"{ADMIN}/technician/add/", data)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Technician.objects.exists()


def test_a_skill_that_is_lost_is_removed_with_a_trace(
    admin: Client, make_technician: MakeTechnician
) -> None:
    who = make_technician(skills=("Gas",))
    row = who.skill_rows.get()
    data = technician_data(
        **{
            "skill_rows-TOTAL_FORMS": 1, "skill_rows-INITIAL_FORMS": 1, "skill_rows-0-id": row.pk,
            "skill_rows-0-technician": who.pk, "skill_rows-0-skill": row.skill_id,
            "skill_rows-0-DELETE": "on",
        }
    )  # fmt: skip
    assert admin.post(f"{ADMIN}/technician/{who.pk}/change/", data).status_code == 302
    assert not who.skills.exists()
    history = admin.get(f"{ADMIN}/technician/{who.pk}/history/").content.decode()
    assert "Removed skill" in history
    assert "Gas" in history


def test_lists_tell_what_there_is(admin: Client, make_technician: MakeTechnician) -> None:
    make_technician("Mike Thompson", areas=("North",), skills=("Gas", "Water"))
    page = admin.get(f"{ADMIN}/technician/?q=thompson").content.decode()
    assert "Gas, Water" in page
    assert "North" in page
    assert "Disconnect gas" in admin.get(f"{ADMIN}/ordertemplate/?q=DIS-G").content.decode()
    assert "Electricity" in admin.get(f"{ADMIN}/skill/").content.decode()
