"""Keeping what meters showed: the steps that write readings."""

from datetime import date
from decimal import Decimal

from consumers.choices import Verification
from consumers.models import Reading
from smart360.kernel.db import step


@step
def keep_reading(
    meter: int,
    *,
    value: Decimal,
    read_on: date,
    is_verified: bool,
    instead_of: date | None = None,
) -> None:
    """Keep what a meter showed on a day. Who keeps it holds the row of the consumer it measures.

    The same again changes nothing. ``instead_of`` is the day of a reading that was wrong and that
    this one replaces.
    """
    kept = Reading.objects.filter(meter=meter, read_on__in={read_on, instead_of or read_on})
    verification = Verification.VERIFIED if is_verified else Verification.PENDING
    found = kept.order_by("-read_on").first()
    if found is None:
        Reading.objects.create(
            meter_id=meter, value=value, read_on=read_on, verification=verification
        )
        return
    if (found.value, found.read_on) == (value, read_on):
        return
    found.value = value
    found.read_on = read_on
    found.verification = verification
    found.save(update_fields=["value", "read_on", "verification"])
