"""Readings: entered by hand, verified, rejected (CON10, W13).

Lock order: the consumer, then the meter.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from consumers import guards
from consumers.choices import ReadingException, ReadingSource, Verification
from consumers.metering import lock_meters, write_reading
from consumers.models import Meter, MeterAssignment, Reading
from consumers.queries.meters import assignments_of
from consumers.queries.readings import Stretch, seen_readings, stretches_of
from consumers.rules.anomalies import Anomaly, Period, periods_of, warning_before
from consumers.rules.readings import (
    KnownReading,
    UnableToEnterReading,
    check_reading,
    shown_value,
    units_between,
)
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, why_unsaid
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys
from smart360.web.formats import shown_date

ENTER = "consumers.enter_reading"
VERIFY = "consumers.verify_reading"
REJECT = "consumers.reject_reading"
LONGEST_REASON = 250


class ReadingIsUnusual(UnableToEnterReading):
    """Nothing is wrong with it, but it has to be said twice."""


class UnableToCheckReading(Refusal):
    """The reading was checked already, or others count from it."""


refuses(
    {
        "one_reading_a_day_per_meter": UnableToEnterReading(
            "The meter was read on this day already", field="read_on", is_conflict=True
        ),
    }
)


@dataclass(frozen=True, slots=True)
class EnteredReading:
    """A reading as the profile's form sends it."""

    meter: int
    value: Decimal | None
    read_on: date | None
    has_no_consumption: bool = False
    exception: str = ""
    confirms_unusual: bool = False

    def field(self, name: str) -> str:
        """The form's own name."""
        return name


@operation
def enter_reading(
    *, consumer: int, wish: EnteredReading, by: Person, at: datetime, form_key: uuid.UUID
) -> Reading:
    """Keep what a meter of a consumer shows; somebody verifies it later. An open request is no bar.

    Raises UnableToEnterReading with the field, ReadingIsUnusual unless ``wish`` confirms it.
    """
    guards.lock_consumer(consumer)
    about = form_keys.with_contents(
        str(consumer), {"meter": wish.meter, "value": wish.value, "on": wish.read_on}
    )
    earlier = form_keys.claim(form_key, by=by.pk, act=ENTER, about=about, at=at)
    if earlier:
        return Reading.objects.get(pk=int(earlier))
    meter, stretches = _measuring(consumer, wish.meter)
    previous = _previous(meter)
    exception = _checked(wish, previous, stretches, meter.unit, by=by, at=at)
    assert wish.value is not None
    assert wish.read_on is not None
    warned = warning_of(wish.value, wish.read_on, exception, previous, stretches)
    if warned is not None and not wish.confirms_unusual:
        raise ReadingIsUnusual(
            f"{warned.kind.label}: {warned.sentence(meter.unit)}", field="confirms_unusual"
        )
    kept = keep_entered(
        meter, wish.value, wish.read_on, exception, source=ReadingSource.HAND, by=by, at=at
    )
    _record(Event.READING_ENTERED, kept, meter, consumer, by=by, at=at, is_unusual=bool(warned))
    form_keys.submitted(form_key, form="", by=by.pk, act=ENTER, result=str(kept.pk))
    return kept


@step
def _measuring(consumer: int, meter: int) -> tuple[Meter, list[Stretch]]:
    """The meter, locked, that measures a service of the consumer now, with when it did."""
    running = MeterAssignment.objects.filter(
        service_connection__consumer=consumer, meter=meter, during__upper_inf=True
    ).first()
    if running is None:
        raise UnableToEnterReading(NOT_OFFERED, field="meter")
    locked = lock_meters([meter])[meter]
    zone = get_utility().zone
    lines = assignments_of(consumer)
    return locked, stretches_of(lines, running.service_connection_id, zone=zone)


def _previous(meter: Meter) -> KnownReading | None:
    """The last reading of a meter that counts."""
    rows = Reading.objects.filter(meter=meter).exclude(verification=Verification.REJECTED)
    last = rows.order_by("-read_on").first()
    return KnownReading(last.value, last.read_on, last.exception) if last else None


def _checked(
    wish: EnteredReading,
    previous: KnownReading | None,
    stretches: Sequence[Stretch],
    unit: str,
    *,
    by: Person,
    at: datetime,
) -> ReadingException:
    """By which exception the reading passes (W13). Raises UnableToEnterReading."""
    is_supervisor = by.has_permission(Permission.OVERRIDE_READING)
    exception = check_reading(
        wish, previous, unit=unit, today=day_of(at), is_supervisor=is_supervisor
    )
    if previous is not None and previous.read_on == wish.read_on:
        raise UnableToEnterReading(
            f"The meter was read on {shown_date(previous.read_on)} already"
            f" ({shown_value(previous.value)} {unit})",
            field="read_on",
        )
    since = next(each.since for each in stretches if each.meter == wish.meter)
    if since is not None and wish.read_on is not None and wish.read_on < since:
        raise UnableToEnterReading(
            f"Reading date cannot be before the meter was assigned on {shown_date(since)}",
            field="read_on",
        )
    return exception


def warning_of(
    value: Decimal,
    read_on: date,
    exception: str,
    previous: KnownReading | None,
    stretches: Sequence[Stretch],
) -> Anomaly | None:
    """What is unusual about what would be used, by the consumer's own history."""
    if previous is None or exception == ReadingException.NO_CONSUMPTION:
        return None
    used = units_between(previous.value, value, exception)
    period = Period(previous.read_on, read_on, used)
    return warning_before(period, periods_of(seen_readings(stretches)))


@step
def keep_entered(
    meter: Meter,
    value: Decimal,
    read_on: date,
    exception: ReadingException,
    *,
    source: ReadingSource,
    is_verified: bool = False,
    by: Person | None,
    at: datetime,
) -> Reading:
    """A new reading, in the place of one of that day that was rejected; the meter is locked."""
    found = Reading.objects.filter(
        meter=meter, read_on=read_on, verification=Verification.REJECTED
    ).first()
    kept = found or Reading(meter=meter, read_on=read_on)
    kept.value, kept.exception, kept.source = value, exception, source
    kept.verification = Verification.VERIFIED if is_verified else Verification.PENDING
    kept.entered_at, kept.entered_by = at, by
    write_reading(kept, is_new=found is None)
    return kept


# ------------------------------------------------------------------ verify, reject
@operation
def verify_reading(
    *, consumer: int, reading: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Reading:
    """Say that a reading is right. Raises UnableToCheckReading when somebody was faster."""
    locked, meter = _locked(consumer, reading)
    if form_keys.is_repeated(form_key, str(reading), {}, by=by.pk, act=VERIFY, at=at):
        return locked
    if locked.verification != Verification.PENDING:
        raise UnableToCheckReading(checked_sentence(locked), is_conflict=True)
    _check(locked, Verification.VERIFIED, by=by, at=at)
    _record(Event.READING_VERIFIED, locked, meter, consumer, by=by, at=at)
    return locked


@operation
def reject_reading(
    *, consumer: int, reading: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> Reading:
    """Say that a reading was wrong, and why: it stays to be seen, and nothing counts from it.

    Raises UnableToCheckReading.
    """
    locked, meter = _locked(consumer, reading)
    said = {"reason": reason}
    if form_keys.is_repeated(form_key, str(reading), said, by=by.pk, act=REJECT, at=at):
        return locked
    if locked.verification == Verification.REJECTED:
        raise UnableToCheckReading(checked_sentence(locked), is_conflict=True)
    if wrong := why_unsaid(reason, at_most=LONGEST_REASON):
        raise UnableToCheckReading(wrong, field="reason")
    _refuse_if_counted_from(locked)
    locked.rejection = reason
    _check(locked, Verification.REJECTED, by=by, at=at)
    _record(Event.READING_REJECTED, locked, meter, consumer, by=by, at=at, words=reason)
    return locked


@step
def _locked(consumer: int, reading: int) -> tuple[Reading, Meter]:
    """The reading under its consumer's lock and its meter's."""
    guards.lock_consumer(consumer)
    meter = Reading.objects.values_list("meter_id", flat=True).get(pk=reading)
    locked = lock_meters([meter])[meter]
    return Reading.objects.select_related("checked_by").get(pk=reading), locked


def checked_sentence(reading: Reading) -> str:
    """Who checked a reading, and how."""
    who = reading.checked_by.full_name if reading.checked_by else "Smart360"
    return f"{Verification(reading.verification).label} by {who} already"


def _refuse_if_counted_from(reading: Reading) -> None:
    """A meter that rolled over at this reading, or was replaced: what follows is lower."""
    others = Reading.objects.filter(meter=reading.meter_id).exclude(
        verification=Verification.REJECTED
    )
    before = others.filter(read_on__lt=reading.read_on).order_by("-read_on").first()
    after = others.filter(read_on__gt=reading.read_on).order_by("read_on").first()
    if before is None or after is None:
        return
    is_lower = after.value < before.value and after.exception not in (
        ReadingException.ROLLOVER,
        ReadingException.REPLACEMENT,
    )
    is_same = after.value == before.value and after.exception == ReadingException.NONE
    if is_lower or is_same:
        raise UnableToCheckReading(
            f"The reading of {shown_date(after.read_on)} counts from this one."
            " Reject that one first.",
            is_conflict=True,
        )


@step
def _check(reading: Reading, verification: Verification, *, by: Person, at: datetime) -> None:
    reading.verification = verification
    reading.checked_at, reading.checked_by = at, by
    reading.save(update_fields=["verification", "checked_at", "checked_by", "rejection"])


@step
def _record(
    event: Event,
    reading: Reading,
    meter: Meter,
    consumer: int,
    *,
    by: Person,
    at: datetime,
    is_unusual: bool = False,
    words: str = "",
) -> None:
    new: dict[str, object] = {
        "meter": meter.number,
        "value": f"{shown_value(reading.value)} {meter.unit}",
        "read_on": reading.read_on.isoformat(),
        "exception": reading.exception,
    }
    if is_unusual:
        new["is_unusual"] = True
    record(event, by=by.pk, at=at, consumer=consumer, new=new, words=words)
