"""Statements whose plan the database keeps: the same answers, and planned once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from smart360.kernel.prepared import (
    A_KEY,
    A_MOMENT,
    Prepared,
    Shelf,
    keeping_its_plan,
    planned_once,
)
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakePerson

pytestmark = pytest.mark.django_db
EVERY = """
SELECT %s::text, %s::timestamptz, 5 %% 3, %s, %s::date FROM generate_series(1, %s) n WHERE n = %s
"""
NOBODY = -1


def test_says_what_it_would_say_planned_anew(at: Any) -> None:
    """Quotes, signs of places, moments, days, numbers: written or open."""
    plain = Prepared(EVERY, ("O'Brien %s 100%", A_MOMENT, -7, at.date(), 3, NOBODY))
    known = {A_MOMENT: at, NOBODY: 2}
    kept = keeping_its_plan(plain, known)
    assert kept.values == (A_MOMENT, NOBODY)
    assert plain.tuples(known) == kept.tuples(known)
    assert kept.tuples(known) == [("O'Brien %s 100%", at, 2, -7, at.date())]
    later = {A_MOMENT: at + timedelta(days=1), NOBODY: 9}
    assert kept.tuples(later) == []


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "control"])
def test_is_planned_once(is_kept: bool) -> None:
    """Whatever it is asked with; what is not kept is planned each time."""
    statement = Prepared("SELECT count(*) FROM cases_case WHERE number = %s", (NOBODY,))
    if is_kept:
        statement = keeping_its_plan(statement, {NOBODY: ""})
    for number in range(8):
        assert statement.tuples({NOBODY: f"CMP-{number:08d}"}) == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT count(*) FROM cases_case WHERE number = $1'"
        )
        found = cursor.fetchall()
    assert found == ([(8, 0)] if is_kept else [])


def test_keeps_nothing_where_sessions_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind such a pooler, whose next statement may come to another session (DB_KEEPS_PLANS)."""
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    kept = keeping_its_plan(Prepared("SELECT 360 + %s", (NOBODY,)), {NOBODY: 0})
    assert kept.tuples({NOBODY: 1}) == [(361,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%360%'")
        assert cursor.fetchone() == (0,)


def test_a_shelf_asks_about_each_row_by_one_statement(person: MakePerson) -> None:
    """Put together for the first, it says of the others what stands there now."""
    made = 0

    def named() -> Any:
        nonlocal made
        made += 1
        return Person.objects.filter(pk=A_KEY).values("full_name")

    shelf, people = Shelf(), [person(Role.CSE), person(Role.SUPERVISOR)]
    for each in people:
        assert shelf.rows("named", named, {A_KEY: each.pk}) == [{"full_name": each.full_name}]
    Person.objects.filter(pk=people[0].pk).update(full_name="Somebody Else")
    assert shelf.rows("named", named, {A_KEY: people[0].pk}) == [{"full_name": "Somebody Else"}]
    assert shelf.rows("named", named, {A_KEY: A_KEY}) == []
    assert made == 1


def test_what_is_always_the_same_is_planned_once() -> None:
    asked = "SELECT count(*) FROM cases_case WHERE version = %s"
    for number in range(8):
        assert planned_once(asked, number) == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT count(*) FROM cases_case WHERE version = $1'"
        )
        assert cursor.fetchall() == [(8, 0)]
