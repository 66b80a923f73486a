"""Meters that were read month after month."""

from datetime import date, timedelta
from decimal import Decimal

from consumers.choices import ReadingException, Verification
from consumers.models import Consumer, Meter, Reading

LAST = date(2024, 11, 30)
"""The day on which each meter of the fixtures showed 18,245."""
SHOWED = 18245
MONTH = timedelta(30)


def meter_of(consumer: Consumer, utility: str = "ELECTRICITY") -> Meter:
    """The meter that measures this now."""
    return Meter.objects.get(
        assignments__service_connection__consumer=consumer,
        assignments__during__upper_inf=True,
        utility_type=utility,
    )


def read_back(meter: Meter, *used: int, step: timedelta = MONTH) -> None:
    """Readings before the fixtures' one, of which the newest period used the first of ``used``."""
    value, on = SHOWED, LAST
    rows = []
    for each in used:
        value, on = value - each, on - step
        rows.append(Reading(meter=meter, value=Decimal(value), read_on=on))
    Reading.objects.bulk_create(reversed(rows))


def keep(
    meter: Meter,
    value: int,
    on: date,
    *,
    exception: str = ReadingException.NONE,
    verification: str = Verification.VERIFIED,
) -> Reading:
    """One more reading."""
    return Reading.objects.create(
        meter=meter, value=Decimal(value), read_on=on, exception=exception,
        verification=verification,
    )  # fmt: skip
