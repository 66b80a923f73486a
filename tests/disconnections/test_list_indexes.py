"""Each order of the list is an index's own, on both tabs: at a million rows nothing is sorted."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from disconnections.queries.requests import REQUESTS, SORTS, RequestFilter
from smart360.cases.queries.pages import list_cases
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.cases.plans import forced_plan_of
from tests.conftest import MakePerson, MakeRequest

INDEXES = {
    "due": "request_by_due",
    "requested": "request_by_age",
    "priority": "request_by_urgency",
    "status": "request_by_status",
    "number": "request_by_number",
}


PlanOf = Callable[[str, bool], str]

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan_of(
    make_request: MakeRequest, person: MakePerson, utility: Utility, at: datetime
) -> PlanOf:
    """How the database would read the first page if it had to use indexes and not to sort."""
    make_request()
    by = person(Role.SUPERVISOR)

    def ask(sort: str, is_history: bool) -> str:
        wish = RequestFilter(is_history=is_history)
        return forced_plan_of(
            lambda: list_cases(
                REQUESTS, by, wish, sort=SORTS[sort], cursor="", at=at, zone=utility.zone
            )
        )

    return ask


@pytest.mark.parametrize("tab", ["open", "ended"])
@pytest.mark.parametrize("sort", SORTS)
def test_each_order_is_read_from_its_index(sort: str, tab: str, plan_of: PlanOf) -> None:
    plan = plan_of(sort, tab == "ended")
    assert f"{tab}_{INDEXES[sort.removeprefix('-')]}" in plan, plan
    assert "Sort Key" not in plan, plan


def test_the_control_without_its_index_an_order_is_sorted(
    plan_of: PlanOf, as_owner: Callable[[], None]
) -> None:
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX open_request_by_urgency")
    assert "Sort Key" in plan_of("priority", False)
