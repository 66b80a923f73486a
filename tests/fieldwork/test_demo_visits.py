"""The demo's service order: 004 §8 as it stands there (ADM3)."""

from datetime import date, datetime, time
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from disconnections.queries.closures import get_policy
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.local.demo.accounts import accounts
from smart360.local.demo.cast import CATEGORIES, RECONNECTION_FEE, STAFF
from smart360.local.demo.money import TARIFFS
from smart360.local.demo.money import make_sample as make_account
from smart360.local.demo.operations import add_tariffs, charge_for_reconnections
from smart360.local.demo.requests import Team, make_sample
from smart360.local.demo.visits import set_up_field_work
from smart360.local.operations import add_accounts, add_staff, set_up_utility
from smart360.organisation.models import Utility
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")


def test_a_reconnection_costs_something_in_the_demo() -> None:
    """DIS17: the fee is by setting; without one nobody would see it."""
    charge_for_reconnections(fee=RECONNECTION_FEE)
    assert get_policy().reconnection_fee == Decimal("45.00")


@pytest.fixture
def unused_numbers(db: None) -> None:
    """No number of 2024 was given yet: a rollback gives none back, and other tests took some."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("DROP SEQUENCE IF EXISTS number_dis_2024, number_so_2024")
        cursor.execute("SET LOCAL ROLE smart360_app")


def test_the_sample_of_the_documents(unused_numbers: None, utility: Utility) -> None:
    add_staff(people=STAFF, password="a-long-enough-password")
    set_up_utility(years=(2024, 2025))
    every = accounts(date(2024, 12, 10), Random(36))
    add_accounts(accounts=every[:1], categories=CATEGORIES)
    add_tariffs(tariffs=TARIFFS)
    make_account()
    for _ in range(2):  # a second start finds it there
        set_up_field_work()
        make_sample(Team.of_the_demo(), datetime(2024, 12, 10, 14, 45, tzinfo=CHICAGO))
    order = ServiceOrder.objects.get()
    assert (order.number, order.case_id and order.case.number) == (  # type: ignore[union-attr]  # it has one
        "SO-2024-005678", "DIS-2024-001234",
    )  # fmt: skip
    assert order.name == "Residential Disconnection - John Smith"
    assert order.get_kind_display() == "Disconnection"
    assert (order.get_status_display(), order.get_priority_display()) == ("Assigned", "High")
    assert (order.scheduled_on, order.starts, order.ends) == (
        date(2024, 12, 15), time(10), time(12),
    )  # fmt: skip
    eleven = datetime(2024, 12, 10, 11, 0, tzinfo=CHICAGO)
    assert (order.created_at, order.assigned_at) == (eleven, eleven)
    assert order.created_by is not None
    assert order.created_by.full_name == "Lisa Wilson"
    assert order.technician is not None
    assert order.technician.person.full_name == "Mike Thompson"
    assert order.estimated_minutes == 120
    assert order.remarks.startswith("Customer will be available between 10 AM - 12 PM.")
    assert Technician.objects.count() == 4
    assert_sound()
