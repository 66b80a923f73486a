"""Reads about the utility."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.db.models import DateTimeField, Func, Q, QuerySet

from smart360.organisation.calendars import ROUND_THE_CLOCK, Calendar
from smart360.organisation.models import BusinessCalendar, Holiday, Utility

_in_use: ContextVar[Utility | None] = ContextVar("utility_in_use", default=None)


def get_utility() -> Utility:
    """The utility of this installation: as the running request found it, else as it is now."""
    return _in_use.get() or find_utility()


def day_of(at: datetime) -> date:
    """The day of ``at`` where the utility is."""
    return at.astimezone(get_utility().zone).date()


class DatabaseClock(Func):
    """The database's own time."""

    template = "clock_timestamp()"
    output_field = DateTimeField()


def find_utility() -> Utility:
    """The utility as it is now (``has_logo``; the logo is a page of its own), and when: ``at``."""
    utilities = Utility.objects.defer("logo")
    return utilities.annotate(has_logo=Q(logo__isnull=False), at=DatabaseClock()).get(pk=1)


@contextmanager
def utility_in_use() -> Iterator[Utility]:
    """Read the utility once for everything that happens within."""
    utility = find_utility()
    token = _in_use.set(utility)
    try:
        yield utility
    finally:
        _in_use.reset(token)


def read_at(utility: Utility) -> datetime:
    """When ``find_utility`` read it, by the database's clock."""
    at: datetime = vars(utility)["at"]
    return at


def has_logo(utility: Utility) -> bool:
    """Whether a utility that ``get_utility`` gave has a logo, without loading it."""
    return bool(getattr(utility, "has_logo", False))


def get_logo() -> bytes | None:
    """The logo as a PNG, if there is one."""
    picture = Utility.objects.values_list("logo", flat=True).get(pk=1)
    return None if picture is None else bytes(picture)


def get_calendar(calendar_id: int | None) -> Calendar:
    """The pure calendar of a policy; round the clock when it names none."""
    if calendar_id is None:
        return ROUND_THE_CLOCK
    calendar = BusinessCalendar.objects.prefetch_related("hours", "holidays").get(pk=calendar_id)
    return Calendar(
        zone=calendar.time_zone,
        windows=tuple(
            sorted((hours.weekday, hours.opens, hours.closes) for hours in calendar.hours.all())
        ),
        holidays=frozenset(holiday.day for holiday in calendar.holidays.all()),
        is_round_the_clock=False,
    )


def visit_holidays(day: date) -> QuerySet[Holiday]:
    """The holidays that keep visits off ``day``, the first one first."""
    blocking = Holiday.objects.filter(day=day, blocks_visits=True, calendar__is_active=True)
    return blocking.order_by("pk")


def public_holidays(from_on: date, to_on: date) -> frozenset[date]:
    """The public holidays of every calendar in use, both days included; one statement."""
    days = Holiday.objects.filter(day__range=(from_on, to_on), calendar__is_active=True)
    return frozenset(days.values_list("day", flat=True))


def get_visit_holiday(day: date) -> Holiday | None:
    """The holiday that keeps visits off ``day``, if any."""
    return visit_holidays(day).first()
