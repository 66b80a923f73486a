"""What the database works out of a case's clocks is what Python works out (T2, T3).

The oracles of clocks let the database choose the cases that Python looks at again, so a choice that
is wrong would make them blind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import connection

from smart360.cases import operations, oracles, tasks
from smart360.cases.models import Case, Hold, HoldReason
from smart360.staff.choices import Role
from smart360.staff.models import Person
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


@dataclass
class Life:
    """One open case, its person and its clock."""

    case: int
    by: Person
    stands: SetClock

    def acknowledge(self) -> None:
        operations.acknowledge(case=self.case, by=self.by, at=self.stands.at)

    def hold(self, reason: int, *, hours: int, at_resume_by: str) -> None:
        at = self.stands.at
        operations.put_on_hold(
            case=self.case, reason=reason, resume_by=at + timedelta(hours=hours),
            at_resume_by=at_resume_by, by=self.by, at=at,
        )  # fmt: skip

    def resume(self) -> None:
        operations.resume(case=self.case, by=self.by, at=self.stands.at)

    def answer(self) -> None:
        operations.send_message(
            case=self.case, subject="", words="We come", by=self.by, at=self.stands.at,
            form_key=uuid4(),
        )  # fmt: skip

    def goes_on(self, *minutes: int, chance: Random) -> None:
        self.stands.at += timedelta(minutes=chance.choice(minutes))

    def goes_by_chance(self, chance: Random, reasons: list[int]) -> None:
        """Acknowledged, answered, alerted, held and paused once, early, late or not."""
        for act in chance.sample(["acknowledge", "answer", "alert", "alert"], chance.randrange(5)):
            self.goes_on(1, 60, 90, 120, 179, 600, 1_500, chance=chance)
            if act == "answer":
                self.answer()
            elif act == "alert":
                tasks.raise_due_alerts()
            else:
                self.acknowledge()
                if chance.random() < 0.8:
                    self.goes_on(0, 30, 3_000, 9_000, chance=chance)
                    then = chance.choice(["REMINDS", "RESUMES"])
                    self.hold(
                        chance.choice(reasons), hours=chance.choice([9, 90]), at_resume_by=then
                    )
                    if chance.random() < 0.5:
                        self.goes_on(0, 7, 4_000, chance=chance)
                        self.resume()


@pytest.fixture
def lives(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
    amount: Callable[[int, int], int],
) -> list[int]:
    """Open cases: one in a pause, one after its pause, the others as chance has it."""
    chance, by = chance_for("clocks of cases"), person(Role.SUPERVISOR)
    waits, pauses = (
        HoldReason.objects.filter(is_active=True, pauses=does).order_by("pk")[0].pk
        for does in (False, True)
    )
    cases = []
    for number in range(amount(12, 150)):
        life = Life(make_request(make_consumer(f"Person {number}"), by=by).pk, by, stands)
        stands.at = at
        if number < 2:
            life.goes_on(1, chance=chance)
            life.acknowledge()
            life.hold(pauses, hours=90, at_resume_by="REMINDS")
            if number == 1:
                life.goes_on(7, chance=chance)
                life.resume()
        else:
            life.goes_by_chance(chance, [waits, pauses, pauses])
        cases.append(life.case)
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
