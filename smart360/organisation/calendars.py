"""Business time, pure: which stretches of the clock count.

All arithmetic is in UTC; local wall-clock windows are turned into UTC instants day by day, so
that nights on which clocks change are neither gained nor lost (spec SLA2, design.md §4).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]
FURTHEST = timedelta(days=3660)  # a calendar without hours must end somewhere


@dataclass(frozen=True)
class Calendar:
    """When time counts. Without windows it counts round the clock."""

    zone: str = "UTC"
    windows: tuple[tuple[int, time, time], ...] = ()  # ISO weekday, opens, closes
    holidays: frozenset[date] = field(default_factory=frozenset)
    is_round_the_clock: bool = True

    def open_intervals(self, start: datetime) -> Iterator[Interval]:
        """The stretches in which time counts, from ``start`` on, in order, in UTC."""
        start = start.astimezone(UTC)
        if self.is_round_the_clock:
            yield start, start + FURTHEST
            return
        zone = ZoneInfo(self.zone)
        day = start.astimezone(zone).date()
        last = day + FURTHEST
        while day <= last:
            if day not in self.holidays:
                for weekday, opens, closes in self.windows:
                    if weekday == day.isoweekday():
                        begins = datetime.combine(day, opens, zone).astimezone(UTC)
                        ends = datetime.combine(day, closes, zone).astimezone(UTC)
                        if ends > start and ends > begins:
                            yield max(begins, start), ends
            day += timedelta(days=1)


ROUND_THE_CLOCK = Calendar()


def counted_intervals(
    calendar: Calendar, start: datetime, end: datetime, pauses: tuple[Interval, ...] = ()
) -> list[Interval]:
    """What counts between ``start`` and ``end``: calendar time without the pauses."""
    end = end.astimezone(UTC)
    counted: list[Interval] = []
    for begins, ends in calendar.open_intervals(start):
        if begins >= end:
            break
        counted.extend(without((begins, min(ends, end)), pauses))
    return counted


def counted_time(
    calendar: Calendar, start: datetime, end: datetime, pauses: tuple[Interval, ...] = ()
) -> timedelta:
    """How much time counts between ``start`` and ``end``."""
    return sum(
        (ends - begins for begins, ends in counted_intervals(calendar, start, end, pauses)),
        timedelta(),
    )


def instant_after(
    calendar: Calendar,
    start: datetime,
    amount: timedelta,
    pauses: tuple[Interval, ...] = (),
) -> datetime | None:
    """The first instant at which ``amount`` of counted time has passed since ``start``.

    None when that never happens: the last pause has no end, or the calendar no hours.
    """
    left = amount
    for interval in calendar.open_intervals(start):
        for begins, ends in without(interval, pauses):
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
    return None


def without(interval: Interval, pauses: tuple[Interval, ...]) -> list[Interval]:
    """``interval`` less the pauses, which may overlap each other."""
    pieces = [interval]
    for pause_begins, pause_ends in pauses:
        remaining: list[Interval] = []
        for begins, ends in pieces:
            if pause_ends <= begins or pause_begins >= ends:
                remaining.append((begins, ends))
                continue
            if begins < pause_begins:
                remaining.append((begins, pause_begins))
            if pause_ends < ends:
                remaining.append((pause_ends, ends))
        pieces = remaining
    return pieces
