"""The counts and the figures, which are the same for everybody who may see the list."""

from datetime import date, datetime, timedelta

import pytest

from disconnections.operations import close_request
from disconnections.queries.counts import Counts, count_late, count_months, count_requests
from disconnections.queries.requests import RequestFilter, filtered, requests_seen_by
from smart360.cases import tasks
from smart360.cases.access import visible_cases
from smart360.cases.models import Case
from smart360.cases.operations import acknowledge
from smart360.cases.queries.counts import Late
from smart360.kernel.errors import Broken
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.browsing import put_on_hold


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_who_may_see_the_list_may_see_every_case(person: MakePerson, role: Role) -> None:
    """X2: ``count_requests`` counts past the door, for it hides nothing.

    As soon as it shows somebody only some cases, it must ask it, or it tells of the others.
    """
    somebody = person(role)
    if somebody.has_permission(Permission.VIEW_REQUESTS):
        assert str(visible_cases(somebody).query) == str(Case.objects.all().query)
    else:
        assert visible_cases(somebody).query.is_empty()
        assert requests_seen_by(somebody).query.is_empty()


@pytest.mark.django_db
def test_counts_what_the_list_has_folded_or_not(
    person: MakePerson,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    utility: Utility,
    at: datetime,
) -> None:
    by = person(Role.CSE)
    made = [
        make_request(make_consumer(f"Person {step}"), by=by, moment=at + timedelta(minutes=step))
        for step in range(9)
    ]
    for asked in made[:3]:
        close_request(
            case=asked.pk, reason="DUPLICATE", note="", by=by, at=at + timedelta(minutes=30)
        )
    acknowledge(case=made[3].pk, by=by, at=at + timedelta(minutes=20))
    put_on_hold(made[3], by, at + timedelta(minutes=30))
    month = at.date().replace(day=1)
    found = []
    for _ in range(2):
        for minutes in (31, 90, 95, 120, 125, 200, 3000):
            moment = at + timedelta(minutes=minutes)
            counts = count_requests(by, month=month, at=moment)
            found.append((counts.breached, counts.at_risk))
            assert counts == counted(by, month, utility, moment)
            assert count_late(by, at=moment) == Late(counts.breached, counts.at_risk)
        tasks.fold_tallies()
    assert len(set(found)) > 4  # some at risk, some breached, some neither
    with pytest.raises(Broken):
        count_requests(person(Role.TECHNICIAN), month=month, at=at)


def counted(by: Person, month: date, utility: Utility, at: datetime) -> Counts:
    """The same by what the list itself shows."""

    def how_many(wish: RequestFilter) -> int:
        return filtered(by, wish, at=at, zone=utility.zone).count()

    known = count_requests(by, month=month, at=at)
    return Counts(
        open=how_many(RequestFilter()),
        history=how_many(RequestFilter(is_history=True)),
        breached=how_many(RequestFilter(sla=("BREACHED",))),
        at_risk=how_many(RequestFilter(sla=("AT_RISK",))),
        mine=how_many(RequestFilter(assignee=by.pk)),
        reasons=known.reasons,
        months=count_months(month),
    )
