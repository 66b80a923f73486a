"""What a meter may have shown (W13): kept by the step, and held by the database."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from consumers import oracles
from consumers.choices import ReadingException, Verification
from consumers.metering import keep_reading
from consumers.models import Meter, Reading
from smart360.kernel.db import operation
from smart360.kernel.errors import constraint_of
from smart360.organisation.models import Utility
from tests.conftest import MakeConsumer

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LAST = date(2024, 11, 30)
"""The day on which each meter of the fixtures showed 18,245."""
NONE = ReadingException.NONE


@pytest.fixture
def meter(make_consumer: MakeConsumer) -> Meter:
    """A meter that was read once."""
    return Meter.objects.get(assignments__service_connection__consumer=make_consumer())


def refused_by(act: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        act()
    return constraint_of(refused.value)


def shown(meter: Meter, value: int, days: int, exception: str = NONE, **more: Any) -> Reading:
    """What the meter shows so many days after the fixtures' reading."""
    return Reading.objects.create(
        meter=meter,
        value=Decimal(value),
        read_on=LAST + timedelta(days=days),
        exception=exception,
        **more,
    )


@pytest.mark.parametrize(
    ("value", "days", "exception"),
    [
        (18_244, 1, NONE),
        (18_244, 1, ReadingException.NO_CONSUMPTION),
        (18_245, 1, NONE),
        (18_246, -1, NONE),
        (18_245, -1, NONE),
    ],
)
def test_a_meter_never_shows_less(meter: Meter, value: int, days: int, exception: str) -> None:
    assert refused_by(lambda: shown(meter, value, days, exception)) == "readings_never_fall"


@pytest.mark.parametrize(
    ("value", "days", "exception"),
    [
        (18_246, 1, NONE),
        (18_244, -1, NONE),
        (18_245, 1, ReadingException.NO_CONSUMPTION),
        (3, 1, ReadingException.ROLLOVER),
        (3, 1, ReadingException.REPLACEMENT),
    ],
)
def test_unless_its_reading_says_why(meter: Meter, value: int, days: int, exception: str) -> None:
    shown(meter, value, days, exception)
    assert oracles.readings_that_fall() == []


def test_no_change_of_a_reading_makes_another_fall(meter: Meter) -> None:
    """A change is looked at where the reading was and where it is."""
    shown(meter, 5, 10, ReadingException.ROLLOVER)
    shown(meter, 60, 20)
    rows = Reading.objects.filter(meter=meter)
    changes: list[dict[str, Any]] = [
        {"value": 70},
        {"read_on": LAST + timedelta(days=30)},
        {"exception": NONE},
        {"verification": Verification.REJECTED},
    ]
    between = rows.filter(read_on=LAST + timedelta(days=10))
    for change in changes:
        assert refused_by(partial(between.update, **change)) == "readings_never_fall"
    other = Meter.objects.create(number="OTHER-1", utility_type=meter.utility_type)
    assert refused_by(lambda: rows.update(meter=other)) == "readings_never_fall"
    rows.update(value=F("value") + 1_000)  # all at once; one by one they would have fallen
    assert oracles.readings_that_fall() == []


def test_a_rejected_reading_is_in_nobodys_way(meter: Meter) -> None:
    shown(meter, 90_000, 5, verification=Verification.REJECTED)
    shown(meter, 18_300, 10)
    assert oracles.readings_that_fall() == []
    wrong = Reading.objects.filter(value=90_000)
    assert (
        refused_by(lambda: wrong.update(verification=Verification.VERIFIED))
        == "readings_never_fall"
    )


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_no_reading_is_of_a_day_that_has_not_come(meter: Meter, zone: str) -> None:
    """The day is the utility's: these two are never of one mind about it."""
    Utility.objects.update(time_zone=zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE %s)::date", [zone])
        (today,) = cursor.fetchone()
    tomorrow = (today - LAST).days + 1
    assert refused_by(lambda: shown(meter, 20_000, tomorrow)) == "a_reading_is_not_of_the_future"
    shown(meter, 20_000, tomorrow - 1)
    assert oracles.readings_of_the_future() == []


# ------------------------------------------------------------------ the step
@operation
def keep(meter: Meter, value: int, days: int, **more: Any) -> None:
    """Keep a reading as an act would."""
    keep_reading(
        meter.pk,
        value=Decimal(value),
        read_on=LAST + timedelta(days=days),
        exception=more.pop("exception", NONE),
        is_verified=more.pop("is_verified", True),
        **more,
    )


def kept(meter: Meter) -> list[tuple[int, int, str]]:
    rows = Reading.objects.filter(meter=meter).order_by("read_on")
    return [(int(row.value), (row.read_on - LAST).days, row.verification) for row in rows]


@pytest.mark.parametrize(
    ("days", "then"),
    [
        (20, [(18_245, 0, "VERIFIED"), (18_300, 20, "VERIFIED")]),
        (25, [(18_245, 0, "VERIFIED"), (90_000, 20, "REJECTED"), (18_300, 25, "VERIFIED")]),
        (15, [(18_245, 0, "VERIFIED"), (18_300, 15, "VERIFIED"), (90_000, 20, "REJECTED")]),
    ],
)
def test_a_wrong_reading_gives_way(
    meter: Meter, days: int, then: list[tuple[int, int, str]]
) -> None:
    keep(meter, 90_000, 20)
    keep(meter, 18_300, days, instead_of=LAST + timedelta(days=20))
    assert kept(meter) == then


def test_a_wrong_reading_gives_way_to_one_that_was_there(meter: Meter) -> None:
    """The meter was read on that day already, and the right one says the same."""
    keep(meter, 90_000, 20)
    wrong = LAST + timedelta(days=20)
    no_use = ReadingException.NO_CONSUMPTION
    keep(meter, 18_245, 0, exception=no_use, instead_of=wrong)
    assert kept(meter) == [(18_245, 0, "VERIFIED"), (90_000, 20, "REJECTED")]
    keep(meter, 18_400, 20, is_verified=False)
    assert kept(meter) == [(18_245, 0, "VERIFIED"), (18_400, 20, "PENDING")]
    keep(meter, 18_400, 20)
    assert kept(meter)[1][2] == "PENDING", "the same again changes nothing"
