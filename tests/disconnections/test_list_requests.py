"""The list's prepared statements say what the database says to the same question asked anew."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disconnections.queries.requests import REQUESTS, SORTS, RequestFilter, facts_of, filtered
from smart360.cases.models import Case
from smart360.cases.queries.pages import PREPARED, list_cases
from smart360.kernel.errors import Broken
from smart360.kernel.prepared import Shelf
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.web.paging import page_of
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

pytestmark = pytest.mark.django_db
WISHES = (
    RequestFilter(),
    RequestFilter(kinds=("DISCONNECTION",), priorities=("LOW", "MEDIUM", "HIGH")),
    RequestFilter(sla=("BREACHED",)),
    RequestFilter(sla=("AT_RISK", "ON_TRACK")),
    RequestFilter(is_history=True),
    RequestFilter(reasons=("NP-001", "CR-001")),
    RequestFilter(created_from=date(2024, 12, 10), created_to=date(2024, 12, 11)),
    RequestFilter(words="person"),
    RequestFilter(words="DIS-2024-00"),
    RequestFilter(words="DIS-2024", priorities=("HIGH",)),
    RequestFilter(words="000001"),
    RequestFilter(words="nobody is called so"),
)


@pytest.fixture
def supervisor(
    person: MakePerson, make_consumer: MakeConsumer, make_request: MakeRequest, at: datetime
) -> Person:
    """Somebody who sees 28 requests, made a minute after each other."""
    by = person(Role.SUPERVISOR)
    for step in range(28):
        consumer = make_consumer(f"Person {step}")
        make_request(consumer, by=by, moment=at + timedelta(minutes=step))
    return by


def test_says_the_same_as_asked_anew(
    supervisor: Person, utility: Utility, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smart360.cases.queries.pages.FOUND_CAP", 26)
    monkeypatch.setattr("smart360.cases.queries.pages.PREPARED", Shelf())
    zone, pages = utility.zone, 0
    for moment in (at + timedelta(hours=1), at + timedelta(hours=2), at + timedelta(days=9)):
        for wish in WISHES:
            for sort in SORTS.values():
                anew = facts_of(filtered(supervisor, wish, at=moment, zone=zone), with_balance=True)
                in_all = anew.count()
                cursor = ""
                for _ in range(3):  # forwards, and back again
                    page = list_cases(
                        REQUESTS, supervisor, wish, sort=sort, cursor=cursor, at=moment, zone=zone
                    )
                    assert page == page_of(anew, sort=sort, cursor=cursor)
                    cursor = page.previous_cursor or page.next_cursor
                    pages += bool(page.rows)
                    if page.rows:
                        assert page.found == (in_all if wish.is_whole else min(in_all, 27))
                    if not cursor:
                        break
    assert pages > 100


def test_puts_a_statement_together_once(supervisor: Person, utility: Utility, at: datetime) -> None:
    PREPARED.kept.clear()
    for minutes in range(3):
        moment = at + timedelta(minutes=minutes)
        with CaptureQueriesContext(connection) as seen:
            list_cases(
                REQUESTS, supervisor, RequestFilter(), sort=SORTS["due"], cursor="", at=moment,
                zone=utility.zone,
            )  # fmt: skip
        assert f"{moment:%Y-%m-%d %H:%M}" in seen.captured_queries[0]["sql"]
        assert len(PREPARED.kept) == 1


def test_keeps_the_statements_asked_for_last() -> None:
    shelf = Shelf(size=2)
    rows: Any = Case.objects.values("number")
    for key in ("a", "b", "a", "c"):
        shelf.get(key, lambda: rows)
    assert [*shelf.kept] == ["a", "c"]


def test_is_for_those_who_may_see_the_list(
    person: MakePerson, utility: Utility, at: datetime
) -> None:
    with pytest.raises(Broken):
        list_cases(
            REQUESTS, person(Role.TECHNICIAN), RequestFilter(), sort=SORTS["due"], cursor="", at=at,
            zone=utility.zone,
        )  # fmt: skip
