"""Asking too often (bad-inputs 19): one count for all processes, and for fifty at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from consumers.queries import search
from smart360.staff.choices import Role
from smart360.web import throttle
from smart360.web.models import Allowance
from smart360.web.throttle import AskedTooOften, take_turn
from tests.concurrency.racing import done, race, refusals
from tests.conftest import MakeConsumer, MakePerson


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


def in_the_wrong_order(one: int, at: datetime) -> int:
    """How many of a full allowance's searches pass when each second one waited a second."""
    passed = asks(one, at, 5)
    return passed + sum(asks(one, at - late, 1) for late in [timedelta(seconds=1), timedelta()] * 9)


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
        earlier = at - timedelta(hours=1)
        assert asks(one, earlier, 12) == 5
        assert asks(one, earlier + timedelta(seconds=1), 12) == 10

    def test_a_search_that_waited_gives_no_time_twice(
        self, person: MakePerson, at: datetime
    ) -> None:
        """Its moment is from before it waited; others have been counted since."""
        assert in_the_wrong_order(person(Role.CSE).pk, at) == 10

    def test_with_the_last_moment_kept_the_same_second_counts_twice(
        self, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Control."""
        as_it_comes = throttle.TURN.replace("greatest(mine.at, excluded.at)", "excluded.at")
        assert as_it_comes != throttle.TURN
        monkeypatch.setattr(throttle, "TURN", as_it_comes)
        assert in_the_wrong_order(person(Role.CSE).pk, at) > 10

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
        assert Allowance.objects.get().turns_left == 0

    def test_without_the_condition_all_come_through(
        self, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Control: without its condition the same statement lets everybody pass."""
        unguarded = throttle.TURN.split(" WHERE ")[0].replace("turns_left = -1 +", "turns_left =")
        monkeypatch.setattr(throttle, "TURN", unguarded + " RETURNING true AS is_ours")
        one = person(Role.CSE).pk
        assert len(done(race([lambda: take_turn(one, at)] * 20))) == 20

    def test_who_waits_too_long_for_an_own_search_asks_too_often(
        self, person: MakePerson, make_consumer: MakeConsumer, at: datetime
    ) -> None:
        """The first search has not ended; the row of its turn is held until it has."""
        make_consumer()
        one = person(Role.CSE).pk

        def hastily(ask: Callable[[], object]) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            ask()

        asks_again = [lambda: take_turn(one, at), lambda: search("Main", asker=one)]
        with transaction.atomic():  # noqa: TID251  (a search that has not ended)
            take_turn(one, at)
            outcomes = race([partial(hastily, ask) for ask in asks_again])
        assert [type(error) for error in refusals(outcomes)] == [AskedTooOften] * 2
        assert not refusals(race(asks_again))  # the control: when it has ended they pass
