"""Asking too often (bad-inputs 19): one count for all processes, and for fifty at once."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from smart360.staff.choices import Role
from smart360.web import throttle
from smart360.web.models import Allowance
from smart360.web.throttle import AskedTooOften, take_turn
from tests.concurrency.racing import done, race, refusals
from tests.conftest import MakePerson


def asks(person: int, at: datetime, times: int) -> int:
    """How many of so many searches at one moment are let through."""
    through = 0
    for _ in range(times):
        try:
            take_turn(person, at)
        except AskedTooOften:
            continue
        through += 1
    return through


@pytest.mark.django_db
class TestTurns:
    def test_ten_a_second_each(self, person: MakePerson, at: datetime) -> None:
        one, other = person(Role.CSE).pk, person(Role.CSE).pk
        take_turn(one, at - timedelta(hours=1))
        assert asks(one, at, 12) == 10
        assert asks(other, at, 12) == 10
        assert asks(one, at + timedelta(milliseconds=250), 12) == 2
        assert asks(one, at + timedelta(hours=1), 12) == 10

    def test_a_clock_that_goes_back_takes_nothing_away(
        self, person: MakePerson, at: datetime
    ) -> None:
        one = person(Role.CSE).pk
        assert asks(one, at, 5) == 5
        assert asks(one, at - timedelta(hours=1), 12) == 5

    def test_the_count_is_not_logged(self, person: MakePerson) -> None:
        """It costs no write to the journal, and no wait for one."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'web_allowance'")
            assert cursor.fetchone() == ("u",)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_fifty_at_once_have_ten_turns(self, person: MakePerson, at: datetime) -> None:
        one = person(Role.CSE).pk
        outcomes = race([lambda: take_turn(one, at)] * 50)
        assert len(done(outcomes)) == 10
        assert {type(error) for error in refusals(outcomes)} == {AskedTooOften}
        assert Allowance.objects.get().has_left == 0

    def test_without_the_condition_all_come_through(
        self, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Control: without its condition the same statement lets everybody pass."""
        unguarded = throttle.TURN.split(" WHERE ")[0].replace("has_left = -1 +", "has_left =")
        monkeypatch.setattr(throttle, "TURN", unguarded + " RETURNING true AS is_ours, at")
        one = person(Role.CSE).pk
        assert len(done(race([lambda: take_turn(one, at)] * 20))) == 20
