"""Readings of one meter at the same moment, and the control that fails without its lock (W13)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection

from consumers.choices import ReadingException
from consumers.metering import keep_reading
from consumers.models import Meter
from consumers.oracles import readings_that_fall
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal, constraint_of
from tests.concurrency.racing import Outcome, as_owner, done, race, refusals
from tests.conftest import MakeConsumer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MANY = 20
LAST = date(2024, 11, 30)
LOCK = "PERFORM 1 FROM consumers_meter WHERE id = NEW.meter_id FOR NO KEY UPDATE;"
FUNCTION = """
SELECT pg_get_functiondef(tgfoid) FROM pg_trigger
 WHERE tgrelid = 'consumers_reading'::regclass AND tgname LIKE '%%readings_never_fall%%'
"""


@operation
def keep(meter: int, *, days: int) -> None:
    """The later the day, the less the meter shows: any two of them contradict each other."""
    keep_reading(
        meter,
        value=Decimal(20_000 - days),
        read_on=LAST + timedelta(days=days),
        exception=ReadingException.NONE,
        is_verified=True,
    )


def all_at_once(make_consumer: MakeConsumer) -> list[Outcome]:
    meter = Meter.objects.get(assignments__service_connection__consumer=make_consumer())
    return race([partial(keep, meter.pk, days=days) for days in range(1, MANY + 1)])


def refused_by(error: BaseException) -> str:
    """The guard that refused, whether or not somebody has put it into words."""
    cause = error.__cause__ if isinstance(error, Refusal) else error
    return constraint_of(cause) if isinstance(cause, IntegrityError) else repr(error)


@contextmanager
def without_the_lock() -> Iterator[None]:
    """The trigger asks as ever, but for nobody: many have looked before the first commits."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        (whole,) = cursor.fetchone()
    assert LOCK in whole
    as_owner(whole.replace(LOCK, "").replace("RETURN NULL;", "PERFORM pg_sleep(1); RETURN NULL;"))
    try:
        yield
    finally:
        as_owner(whole)


def test_of_readings_that_contradict_each_other_one_is_kept(make_consumer: MakeConsumer) -> None:
    outcomes = all_at_once(make_consumer)
    assert len(done(outcomes)) == 1
    assert {refused_by(error) for error in refusals(outcomes)} == {"readings_never_fall"}
    assert readings_that_fall() == []


def test_control_without_the_lock_of_the_meter_several_are_kept(
    make_consumer: MakeConsumer,
) -> None:
    with without_the_lock():
        assert len(done(all_at_once(make_consumer))) > 1
    assert readings_that_fall() != []
