"""What the database works out of a case's clocks is what Python works out (T2, T3).

The oracles of clocks let the database choose the cases that Python looks at again, so a choice that
is wrong would make them blind.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from smart360.cases import operations, oracles, tasks
from smart360.cases.models import Case, Hold, HoldReason
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.looking import put_back
from tests.seeds import chance_for

pytestmark = pytest.mark.django_db
TIMES = ("due_at", "adjusted_due_at", "warns_at", "breaches_at")


def chosen_by(condition: str) -> set[int]:
    """The cases that Python would look at again."""
    with connection.cursor() as cursor:
        cursor.execute(f"{oracles.PROMISED} {condition}")
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def lives(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
    amount: Callable[[int, int], int],
) -> list[int]:
    """Open cases: acknowledged, answered, alerted, held and paused once, early, late or not."""
    chance, by = chance_for("clocks of cases"), person(Role.SUPERVISOR)
    waits, pauses = (
        HoldReason.objects.filter(is_active=True, pauses=does).order_by("pk")[0].pk
        for does in (False, True)
    )
    cases = []
    for number in range(amount(12, 150)):
        case = make_request(make_consumer(f"Person {number}"), by=by).pk
        stands.at = at
        for act in chance.sample(["acknowledge", "answer", "alert", "alert"], chance.randrange(5)):
            stands.at += timedelta(minutes=chance.choice([1, 60, 90, 120, 179, 600, 1_500]))
            if act == "acknowledge":
                operations.acknowledge(case=case, by=by, at=stands.at)
                if chance.random() < 0.8:
                    stands.at += timedelta(minutes=chance.choice([0, 30, 3_000, 9_000]))
                    operations.put_on_hold(
                        case=case, reason=chance.choice([waits, pauses, pauses]),
                        resume_by=stands.at + timedelta(hours=chance.choice([9, 90])),
                        at_resume_by=chance.choice(["REMINDS", "RESUMES"]), by=by, at=stands.at,
                    )  # fmt: skip
                    if chance.random() < 0.5:
                        stands.at += timedelta(minutes=chance.choice([0, 7, 4_000]))
                        operations.resume(case=case, by=by, at=stands.at)
            elif act == "answer":
                operations.send_message(
                    case=case, subject="", words="We come", by=by, at=stands.at, form_key=uuid4()
                )
            else:
                tasks.raise_due_alerts()
        cases.append(case)
    return cases


def test_the_database_works_the_clocks_out_as_python_does(lives: list[int]) -> None:
    assert Case.objects.filter(pk__in=lives, acknowledged_at__isnull=False).exists()
    for ended in (False, True):
        assert Hold.objects.filter(pauses=True, ended_at__isnull=not ended).exists()
    assert chosen_by(oracles.STORED_OTHERWISE) == set()
    assert chosen_by(oracles.ALERTED_OTHERWISE) == set()


@pytest.mark.parametrize("column", [*TIMES, "next_alert_at"])
def test_each_stored_time_that_is_wrong_is_chosen_and_told(
    column: str, lives: list[int], as_owner: Callable[[], None]
) -> None:
    condition = oracles.STORED_OTHERWISE if column in TIMES else oracles.ALERTED_OTHERWISE
    ask = {
        True: oracles.clocks_that_differ_from_history,
        False: oracles.alerts_that_are_overlooked,
    }[column in TIMES]
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        for case in lives:
            with put_back():
                cursor.execute(
                    f"UPDATE cases_case SET {column} = coalesce({column}, created_at)"
                    " + interval '1 second' WHERE id = %s",
                    [case],
                )
                assert chosen_by(condition) == {case}
                assert ask() == [Case.objects.get(pk=case).number]
