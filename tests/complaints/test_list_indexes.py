"""Each order of the list is an index of complaints alone: no request is read, nothing is sorted."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from complaints.filters import COMPLAINTS
from complaints.queries.lists import ComplaintFilter
from smart360.cases.queries.pages import list_cases
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.cases.plans import forced_plan_of
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakePerson

pytestmark = pytest.mark.django_db
INDEXES = {
    "due": "complaint_by_due",
    "requested": "complaint_by_age",
    "priority": "complaint_by_urgency",
    "status": "complaint_by_status",
    "number": "complaint_by_number",
}
PlanOf = Callable[..., str]


@pytest.fixture
def plan_of(
    make_complaint: MakeComplaint, person: MakePerson, utility: Utility, at: datetime
) -> PlanOf:
    """How the first page would be read, for somebody from whom some are hidden."""
    make_complaint()
    by = person(Role.CSE)

    def ask(sort: str, *, is_history: bool = False) -> str:
        order, wish = COMPLAINTS.sorts[sort], ComplaintFilter(is_history=is_history)
        return forced_plan_of(
            lambda: list_cases(
                COMPLAINTS, by, wish, sort=order, cursor="", at=at, zone=utility.zone
            )
        )

    return ask


@pytest.mark.parametrize("tab", ["open", "ended"])
@pytest.mark.parametrize("sort", COMPLAINTS.sorts)
def test_each_order_is_read_from_its_own_index(sort: str, tab: str, plan_of: PlanOf) -> None:
    plan = plan_of(sort, is_history=tab == "ended")
    assert f"{tab}_{INDEXES[sort.removeprefix('-')]}" in plan, plan
    assert "Sort Key" not in plan, plan
    assert "request_by" not in plan, plan


def test_the_control_without_its_index_an_order_is_sorted(
    plan_of: PlanOf, as_owner: Callable[[], None]
) -> None:
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX open_complaint_by_urgency")
    assert "Sort Key" in plan_of("priority")
