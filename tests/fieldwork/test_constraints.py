"""What the database itself refuses about service orders (SO1, W10)."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError

from smart360.cases.models import Case
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from tests.conftest import MakePerson, MakeRequest
from tests.fieldwork.working import technician, template
from tests.looking import put_back

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def case(make_request: MakeRequest) -> Case:
    return make_request().case


def insert(about: Case, at: datetime, **fields: Any) -> ServiceOrder:
    """An order as nobody would make it."""
    values = {
        "number": "SO-2024-000090", "template": template("DIS-E"), "kind": "DISCONNECTION",
        "name": "Forged", "consumer": about.consumer, "case": about, "priority": "HIGH",
        "estimated_minutes": 60, "created_at": at, **fields,
    }  # fmt: skip
    return ServiceOrder.objects.create(**values)


def refused(about: Case, at: datetime, **fields: Any) -> str:
    with pytest.raises(IntegrityError) as error, put_back():
        insert(about, at, **fields)
    return constraint_of(error.value)


def test_supply_is_cut_by_a_request_of_that_kind(case: Case, at: datetime) -> None:
    assert refused(case, at, case=None) == "a_cut_has_its_request"
    assert refused(case, at, kind="RECONNECTION") == "a_cut_has_its_request"
    insert(case, at)
    insert(case, at, number="SO-2024-000091", kind="REPAIR", case=None)


def test_an_order_begins_before_anybody_has_it(
    case: Case, person: MakePerson, at: datetime
) -> None:
    begins = "an_order_begins_at_its_beginning"
    day = {"scheduled_on": date(2024, 12, 16)}
    has = {"technician": technician(person(Role.TECHNICIAN)), "assigned_at": at, **day}
    assert refused(case, at, status="COMPLETED", ended_at=at) == begins
    cancelled = {"ended_at": at, "cancelled_because": "OTHER"}
    assert refused(case, at, status="CANCELLED", **cancelled) == begins
    for status in ("ASSIGNED", "IN_PROGRESS"):
        assert refused(case, at, status=status, **has) == begins
    insert(case, at, status="SCHEDULED", **day)
