"""Keeping what meters showed: the steps that write readings."""

from datetime import date
from decimal import Decimal

from consumers.choices import ReadingException, Verification
from consumers.models import Reading
from smart360.kernel.db import step


@step
def keep_reading(
    meter: int,
    *,
    value: Decimal,
    read_on: date,
    exception: ReadingException,
    is_verified: bool,
    instead_of: date | None = None,
) -> None:
    """Keep what a meter showed on a day. Who keeps it holds the row of the consumer it measures.

    The same again changes nothing. ``instead_of`` is the day of a reading that was wrong: on
    another day it is rejected, on the same day this one takes its place. The database refuses what
    the readings around it contradict (`readings_never_fall`).
    """
    if instead_of is not None and instead_of != read_on:
        wrong = Reading.objects.filter(meter=meter, read_on=instead_of)
        wrong.update(verification=Verification.REJECTED)
    found = Reading.objects.filter(meter=meter, read_on=read_on).first()
    if found and found.value == value and found.verification != Verification.REJECTED:
        return
    kept = found or Reading(meter_id=meter, read_on=read_on)
    kept.value = value
    kept.exception = exception
    kept.verification = Verification.VERIFIED if is_verified else Verification.PENDING
    kept.save(update_fields=["value", "exception", "verification"] if found else None)
