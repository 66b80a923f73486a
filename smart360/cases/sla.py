"""SLA arithmetic, pure: facts in, due times and the moments that matter out.

Nothing here reads a clock or a row. Pauses are derived from the holds, never added up over time,
so that any change of policy, calendar or hold can be recomputed from history (design.md §4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from smart360.cases.choices import AlertLevel, Metric
from smart360.organisation.calendars import (
    ROUND_THE_CLOCK,
    Calendar,
    counted_intervals,
    counted_time,
    instant_after,
)

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
OUTSIDE = "Outside business hours"


@dataclass(frozen=True)
class Targets:
    """What a policy promises, in counted minutes, and when it warns (per cent of the target)."""

    acknowledgement: int = 120
    response: int = 240
    resolution: int = 1440
    warn_percent: int = 75
    calendar: Calendar = ROUND_THE_CLOCK

    def of(self, metric: Metric) -> timedelta:
        """The promised time of one metric."""
        minutes = {
            Metric.ACKNOWLEDGEMENT: self.acknowledgement,
            Metric.RESPONSE: self.response,
            Metric.RESOLUTION: self.resolution,
        }[metric]
        return timedelta(minutes=minutes)


@dataclass(frozen=True)
class Pause:
    """A hold that stops the resolution clock. ``until`` is None while nobody knows its end."""

    since: datetime
    until: datetime | None
    reason: str = "On hold"


@dataclass(frozen=True)
class Facts:
    """What happened to a case, as far as its clocks care."""

    created_at: datetime
    acknowledged_at: datetime | None = None
    responded_at: datetime | None = None
    ended_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    def met_at(self, metric: Metric) -> datetime | None:
        """When the metric was met. The end of the case ends every clock."""
        return {
            Metric.ACKNOWLEDGEMENT: self.acknowledged_at,
            Metric.RESPONSE: self.responded_at,
            Metric.RESOLUTION: self.ended_at,
        }[metric]


@dataclass(frozen=True)
class Clock:
    """The due time of one metric and whether it was met.

    ``due_at`` follows the pauses; it is None while a pause has no known end. ``original_due_at``
    does not.
    """

    metric: Metric
    target: timedelta
    original_due_at: datetime
    due_at: datetime | None
    warns_at: datetime | None
    met_at: datetime | None
    ended_at: datetime | None

    @property
    def breaches_at(self) -> datetime | None:
        """When it is, was or will be breached if nothing more happens; None if never."""
        if self.due_at is None:
            return None
        stopped_at = self.met_at or self.ended_at
        if stopped_at is not None and stopped_at <= self.due_at:
            return None
        return self.due_at

    @property
    def runs(self) -> bool:
        """Whether the target can still be missed or is being missed."""
        return self.met_at is None and self.ended_at is None

    def is_breached(self, at: datetime) -> bool:
        """Met late, or open and past due."""
        return self.breaches_at is not None and self.breaches_at <= at

    def is_at_risk(self, at: datetime) -> bool:
        """Open, near its due time and not past it."""
        return (
            self.runs
            and self.warns_at is not None
            and self.warns_at <= at
            and not self.is_breached(at)
        )


def clock_of(metric: Metric, targets: Targets, facts: Facts) -> Clock:
    """The clock of one metric. Only resolution pauses (SLA2)."""
    target = targets.of(metric)
    pauses = _intervals(facts) if metric == Metric.RESOLUTION else ()
    original = instant_after(targets.calendar, facts.created_at, target)
    due = instant_after(targets.calendar, facts.created_at, target, pauses) if pauses else original
    warns = instant_after(
        targets.calendar, facts.created_at, target * targets.warn_percent / 100, pauses
    )
    return Clock(
        metric=metric,
        target=target,
        original_due_at=original or NEVER,
        due_at=due if due is not None and due < NEVER else None,
        warns_at=warns if warns is not None and warns < NEVER else None,
        met_at=facts.met_at(metric),
        ended_at=facts.ended_at,
    )


def clocks(targets: Targets, facts: Facts) -> dict[Metric, Clock]:
    """All three clocks."""
    return {metric: clock_of(metric, targets, facts) for metric in Metric}


@dataclass(frozen=True)
class Moments:
    """What is stored on the case, so that a page or a filter only compares with now."""

    due_at: datetime
    adjusted_due_at: datetime | None
    warns_at: datetime | None
    breaches_at: datetime | None


def moments(targets: Targets, facts: Facts) -> Moments:
    """The stored moments of a case.

    ``breaches_at`` is the earliest breach over all three clocks; ``warns_at`` the earliest warning
    of a clock that still runs.
    """
    three = clocks(targets, facts)
    resolution = three[Metric.RESOLUTION]
    breaches = [clock.breaches_at for clock in three.values() if clock.breaches_at is not None]
    warnings = [
        clock.warns_at for clock in three.values() if clock.runs and clock.warns_at is not None
    ]
    return Moments(
        due_at=resolution.original_due_at,
        adjusted_due_at=resolution.due_at,
        warns_at=min(warnings, default=None),
        breaches_at=min(breaches, default=None),
    )


def alerts_due(targets: Targets, facts: Facts) -> Iterator[tuple[datetime, Metric, bool]]:
    """Each warning (False) and escalation (True) that this history calls for, with its moment."""
    for metric, clock in clocks(targets, facts).items():
        if clock.runs and clock.warns_at is not None:
            yield clock.warns_at, metric, False
        if clock.breaches_at is not None:
            yield clock.breaches_at, metric, True


def next_alert(targets: Targets, facts: Facts, raised: set[tuple[str, str]]) -> datetime | None:
    """When the next warning or escalation falls due; ``raised`` are those (metric, level) made."""
    return min(
        (
            moment
            for moment, metric, is_escalation in alerts_due(targets, facts)
            if (metric.value, level_of(is_escalation=is_escalation).value) not in raised
        ),
        default=None,
    )


def level_of(*, is_escalation: bool) -> AlertLevel:
    """The stored word for an alert."""
    return AlertLevel.ESCALATION if is_escalation else AlertLevel.WARNING


def achieved(clock: Clock, facts: Facts, targets: Targets) -> timedelta | None:
    """Counted time until the metric was met; None while it is pending (SLA4)."""
    if clock.met_at is None:
        return None
    pauses = _intervals(facts) if clock.metric == Metric.RESOLUTION else ()
    return counted_time(targets.calendar, facts.created_at, clock.met_at, pauses)


@dataclass(frozen=True)
class Stretch:
    """One stretch of a case's life and whether it counted, for "Why this time?" (BEY3)."""

    begins: datetime
    ends: datetime
    counts: bool
    why: str

    @property
    def length(self) -> timedelta:
        """How long the stretch is."""
        return self.ends - self.begins


def explained(targets: Targets, facts: Facts) -> list[Stretch]:
    """The way from creation to the adjusted due time, stretch by stretch.

    The counted stretches add up to the target. A pause without a known end is left open at its
    beginning.
    """
    clock = clock_of(Metric.RESOLUTION, targets, facts)
    pauses = _intervals(facts)
    end = clock.due_at or max((pause.since for pause in facts.pauses), default=facts.created_at)
    counted = counted_intervals(targets.calendar, facts.created_at, end, pauses)
    stretches = [Stretch(begins, ends, counts=True, why="Counted") for begins, ends in counted]
    reached = facts.created_at.astimezone(UTC)
    gaps: list[Stretch] = []
    for begins, ends in [*counted, (end, end)]:
        if begins > reached:
            gaps.extend(_gap(reached, begins, facts))
        reached = max(reached, ends)
    return sorted(stretches + gaps, key=lambda stretch: stretch.begins)


def _gap(begins: datetime, ends: datetime, facts: Facts) -> Iterator[Stretch]:
    """A stretch that did not count: under a hold, or outside the calendar."""
    reached = begins
    for pause in sorted(facts.pauses, key=lambda pause: pause.since):
        until = pause.until or NEVER
        if until <= reached or pause.since >= ends:
            continue
        if pause.since > reached:
            yield Stretch(reached, pause.since, counts=False, why=OUTSIDE)
        stop = min(until, ends)
        yield Stretch(max(reached, pause.since), stop, counts=False, why=pause.reason)
        reached = stop
    if reached < ends:
        yield Stretch(reached, ends, counts=False, why=OUTSIDE)


def _intervals(facts: Facts) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((pause.since, pause.until or NEVER) for pause in facts.pauses)
