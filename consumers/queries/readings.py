"""What the meters of a service showed, while they measured it (CON10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from consumers.choices import ReadingException, Verification
from consumers.models import Reading
from consumers.queries.meters import AssignmentLine, assignments_of
from consumers.rules.anomalies import SeenReading
from consumers.rules.readings import KnownReading, units_between
from smart360.web.formats import shown_date
from smart360.web.paging import Page, Sort, page_of

NEWEST = Sort("newest", "Newest first", ("-read_on", "-id"))
ON_A_PAGE = 20
MOST_SEEN = 400
"""Readings that the chart and the anomalies look at: a year of daily ones, decades of monthly."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days on which a meter measured a service, both included; None: without that end."""

    meter: int
    number: str
    unit: str
    since: date | None
    until: date | None

    def has(self, meter: int, on: date) -> bool:
        """Whether a reading of ``meter`` on this day is the service's."""
        begun = self.since is None or self.since <= on
        return meter == self.meter and begun and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading with what was used since the one before that counts; None when nothing is known.

    ``exception`` is in words, ``""`` for none.
    """

    id: int
    meter_number: str
    unit: str
    value: Decimal
    read_on: date
    verification: str
    exception: str
    used: Decimal | None
    days: int | None
    source: str = ""
    entered_by: str = ""
    entered_at: datetime | None = None
    checked_by: str = ""
    rejection: str = ""

    @property
    def per_day(self) -> Decimal | None:
        """Units a day since the one before."""
        if self.used is None or not self.days:
            return None
        return (self.used / self.days).quantize(Decimal("0.01"))

    @property
    def heard(self) -> str:
        """What tells it from the others, read out."""
        return shown_date(self.read_on)

    @property
    def is_pending(self) -> bool:
        """Whether nobody has checked it."""
        return self.verification == Verification.PENDING

    @property
    def is_rejected(self) -> bool:
        """Whether it was wrong."""
        return self.verification == Verification.REJECTED


def stretches_of(
    lines: Sequence[AssignmentLine], service_connection: int, *, zone: ZoneInfo
) -> list[Stretch]:
    """When which meter measured a service, from all assignments of its consumer."""
    return _stretches(
        [line for line in lines if line.service_connection == service_connection], zone=zone
    )


def _stretches(lines: Sequence[AssignmentLine], *, zone: ZoneInfo) -> list[Stretch]:
    return [
        Stretch(
            line.meter_id,
            line.meter_number,
            line.unit,
            line.since.astimezone(zone).date() if line.since else None,
            line.until.astimezone(zone).date() if line.until else None,
        )
        for line in lines
    ]


def readings_of(stretches: Sequence[Stretch]) -> QuerySet[Reading]:
    """Every reading of a service's meters from the days on which they measured it."""
    return Reading.objects.filter(reduce(or_, (_within(each) for each in stretches), Q(pk=None)))


def _within(stretch: Stretch) -> Q:
    wanted = Q(meter=stretch.meter)
    if stretch.since is not None:
        wanted &= Q(read_on__gte=stretch.since)
    if stretch.until is not None:
        wanted &= Q(read_on__lte=stretch.until)
    return wanted


def get_reading(consumer: int, reading: int, *, zone: ZoneInfo) -> ReadingRow | None:
    """A reading from the days on which its meter measured a service of this consumer, or None."""
    stretches = _stretches(assignments_of(consumer), zone=zone)
    found = _with_use(stretches).filter(pk=reading).first() if stretches else None
    return _row(found, stretches) if found else None


def page_of_readings(stretches: Sequence[Stretch], *, cursor: str) -> Page[ReadingRow]:
    """A page of a service's readings, newest first, each with its consumption; one statement."""
    page = page_of(_with_use(stretches), sort=NEWEST, cursor=cursor, size=ON_A_PAGE)
    shown = [_row(each, stretches) for each in page.rows]
    return Page(shown, page.next_cursor, page.previous_cursor)


def _with_use(stretches: Sequence[Stretch]) -> QuerySet[Any, Any]:
    """The readings, each with the one before it that counts, and with who entered and checked."""
    before = Reading.objects.filter(
        meter=OuterRef("meter"), read_on__lt=OuterRef("read_on")
    ).exclude(verification=Verification.REJECTED)
    newest = before.order_by("-read_on")
    rows = readings_of(stretches).select_related("entered_by", "checked_by")
    return rows.annotate(
        value_before=Subquery(newest.values("value")[:1]),
        read_before=Subquery(newest.values("read_on")[:1]),
    )


def _row(reading: Reading, stretches: Sequence[Stretch]) -> ReadingRow:
    facts: dict[str, Any] = vars(reading)
    stretch = next(each for each in stretches if each.has(reading.meter_id, reading.read_on))
    before, on = facts["value_before"], facts["read_before"]
    counts = reading.verification != Verification.REJECTED
    is_known = counts and on is not None and stretch.has(reading.meter_id, on)
    none = reading.exception == ReadingException.NONE
    return ReadingRow(
        id=reading.pk,
        meter_number=stretch.number,
        unit=stretch.unit,
        value=reading.value,
        read_on=reading.read_on,
        verification=reading.verification,
        exception="" if none else reading.get_exception_display(),
        used=units_between(before, reading.value, reading.exception) if is_known else None,
        days=(reading.read_on - on).days if is_known else None,
        source=reading.get_source_display(),
        entered_by=reading.entered_by.full_name if reading.entered_by else "",
        entered_at=reading.entered_at,
        checked_by=reading.checked_by.full_name if reading.checked_by else "",
        rejection=reading.rejection,
    )


def seen_readings(stretches: Sequence[Stretch]) -> list[SeenReading]:
    """What the chart and the anomalies of a service are made from; one statement."""
    rows = readings_of(stretches).order_by("-read_on", "-id")
    found = rows.values_list("meter", "value", "read_on", "exception", "verification")
    return [
        SeenReading(meter, value, on, exception, counts=verification != Verification.REJECTED)
        for meter, value, on, exception, verification in found[:MOST_SEEN]
    ]


def last_of(meters: Sequence[int]) -> dict[int, KnownReading]:
    """What each of these meters showed last, of those that count; one statement."""
    counted = Reading.objects.filter(meter__in=meters).exclude(verification=Verification.REJECTED)
    newest = counted.order_by("meter", "-read_on").distinct("meter")
    return {each.meter_id: KnownReading(each.value, each.read_on) for each in newest}
