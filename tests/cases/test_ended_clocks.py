"""T2: what a case stores of its clocks when it has ended is what its milestones give."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from disconnections.operations import close_request
from smart360.cases.models import Case, TallyChange
from smart360.cases.operations import acknowledge, resume
from smart360.cases.oracles import ended_clocks_that_differ_from_history
from smart360.cases.queries.clocks import case_clocks
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.browsing import put_on_hold

TIMES = ("due_at", "adjusted_due_at", "warns_at", "breaches_at")


@pytest.mark.parametrize("acknowledged_after", [None, 60, 121])
def test_the_database_works_ended_clocks_out_as_python_does(
    acknowledged_after: int | None,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    as_owner: Callable[[], None],
) -> None:
    """Ended before and after each due time; one second off in one stored time is told."""
    by, ended = person(Role.SUPERVISOR), []
    for minutes in (122, 241, 1_441):
        case = make_request(make_consumer(f"Person {minutes}"), by=by).pk
        if acknowledged_after:
            acknowledge(case=case, by=by, at=at + timedelta(minutes=acknowledged_after))
        close_request(
            case=case, reason="CANCELLED", note="", by=by, at=at + timedelta(minutes=minutes)
        )
        ended.append(Case.objects.get(pk=case))
    assert ended_clocks_that_differ_from_history() == []
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        for each in ended:
            for column in TIMES:
                cursor.execute("SAVEPOINT clean")
                cursor.execute(
                    f"UPDATE cases_case SET {column} = coalesce({column}, created_at)"
                    " + interval '1 second' WHERE id = %s",
                    [each.pk],
                )
                assert ended_clocks_that_differ_from_history() == [each.number]
                cursor.execute("ROLLBACK TO SAVEPOINT clean")


def test_what_ended_keeps_the_time_that_its_page_shows(
    make_request: MakeRequest, person: MakePerson, at: datetime, utility: Utility
) -> None:
    """SLA4: the counted time, without the pause; an open case has none."""
    by, asked = person(Role.SUPERVISOR), make_request()
    acknowledge(case=asked.pk, by=by, at=at + timedelta(minutes=10))
    put_on_hold(asked, by, at + timedelta(hours=1))
    resume(case=asked.pk, by=by, at=at + timedelta(hours=4))
    assert Case.objects.get(pk=asked.pk).resolution_time is None
    ended = at + timedelta(hours=6)
    close_request(case=asked.pk, reason="CANCELLED", note="", by=by, at=ended)
    case = Case.objects.get(pk=asked.pk)
    assert case.resolution_time == timedelta(hours=3)
    assert case_clocks(case, at=ended, zone=utility.zone).clock.resolved_in == timedelta(hours=3)
    (tallied,) = TallyChange.objects.filter(standing="CLOSED")
    assert (tallied.seconds, tallied.missed) == (3 * 3600, 1)  # nobody had answered in time
