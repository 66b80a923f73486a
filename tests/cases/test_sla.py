"""The SLA arithmetic, pure."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart360.cases import sla
from smart360.cases.choices import Metric
from smart360.cases.sla import Facts, Pause, Targets
from smart360.organisation.calendars import Calendar, counted_time

CHICAGO = ZoneInfo("America/Chicago")
CREATED = datetime(2024, 12, 10, 9, 30, tzinfo=CHICAGO)
OFFICE = Calendar(
    zone="America/Chicago",
    windows=tuple(
        (weekday, opens, closes)
        for weekday in range(1, 6)
        for opens, closes in ((time(8), time(12)), (time(13), time(17)))
    ),
    holidays=frozenset({datetime(2024, 12, 25).date()}),
    is_round_the_clock=False,
)
ROUND = Targets()


def in_chicago(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHICAGO)


def test_sample_due_date_and_time_remaining() -> None:
    """AC008, 004 §8: due December 11 09:30; 18 hours 45 minutes remain at December 10 14:45."""
    moments = sla.moments(ROUND, Facts(created_at=CREATED))
    assert moments.due_at == in_chicago(2024, 12, 11, 9, 30)
    remaining = moments.due_at - in_chicago(2024, 12, 10, 14, 45)
    assert remaining == timedelta(hours=18, minutes=45)


def test_sample_acknowledgement_takes_one_and_a_half_hours() -> None:
    """004 §8: acknowledged at 11:00, 1.50 hours, within its target of two."""
    facts = Facts(created_at=CREATED, acknowledged_at=in_chicago(2024, 12, 10, 11, 0))
    clock = sla.clock_of(Metric.ACKNOWLEDGEMENT, ROUND, facts)
    assert sla.achieved(clock, facts, ROUND) == timedelta(hours=1, minutes=30)
    assert not clock.is_breached(in_chicago(2024, 12, 31, 0, 0))
    assert sla.achieved(sla.clock_of(Metric.RESPONSE, ROUND, facts), facts, ROUND) is None


def test_sample_is_on_track_at_noon_and_breached_at_a_quarter_to_three() -> None:
    """AC009, spec SLA2: the unanswered four-hour response target is past at 14:45."""
    facts = Facts(created_at=CREATED, acknowledged_at=in_chicago(2024, 12, 10, 11, 0))
    moments = sla.moments(ROUND, facts)
    assert moments.breaches_at == in_chicago(2024, 12, 10, 13, 30)
    assert moments.breaches_at > in_chicago(2024, 12, 10, 12, 0)
    assert moments.breaches_at <= in_chicago(2024, 12, 10, 14, 45)


def test_a_case_that_met_everything_is_never_breached() -> None:
    facts = Facts(
        created_at=CREATED,
        acknowledged_at=CREATED + timedelta(hours=1),
        responded_at=CREATED + timedelta(hours=2),
        ended_at=CREATED + timedelta(hours=20),
    )
    moments = sla.moments(ROUND, facts)
    assert moments.breaches_at is None
    assert moments.warns_at is None


def test_a_target_met_late_stays_breached() -> None:
    facts = Facts(created_at=CREATED, acknowledged_at=CREATED + timedelta(hours=3))
    clock = sla.clock_of(Metric.ACKNOWLEDGEMENT, ROUND, facts)
    assert clock.breaches_at == CREATED + timedelta(hours=2)
    assert clock.is_breached(CREATED + timedelta(hours=3))
    assert not clock.runs


def test_a_target_not_due_when_the_case_ended_is_not_breached() -> None:
    facts = Facts(created_at=CREATED, ended_at=CREATED + timedelta(hours=1))
    assert sla.moments(ROUND, facts).breaches_at is None


def test_the_warning_comes_at_three_quarters() -> None:
    """SLA3: the default threshold is 75 per cent of the target."""
    clock = sla.clock_of(Metric.RESOLUTION, ROUND, Facts(created_at=CREATED))
    assert clock.warns_at == CREATED + timedelta(hours=18)
    assert clock.is_at_risk(CREATED + timedelta(hours=18))
    assert not clock.is_at_risk(CREATED + timedelta(hours=24))


def test_a_pausing_hold_moves_resolution_and_nothing_else() -> None:
    """SLA2: acknowledgement and response never pause; the original due time stays."""
    pause = Pause(CREATED + timedelta(hours=2), CREATED + timedelta(hours=10), "Waiting")
    facts = Facts(created_at=CREATED, pauses=(pause,))
    moments = sla.moments(ROUND, facts)
    assert moments.due_at == CREATED + timedelta(hours=24)
    assert moments.adjusted_due_at == CREATED + timedelta(hours=32)
    response = sla.clock_of(Metric.RESPONSE, ROUND, facts)
    assert response.due_at == CREATED + timedelta(hours=4)


def test_a_hold_without_a_known_end_cannot_breach_resolution() -> None:
    facts = Facts(
        created_at=CREATED,
        acknowledged_at=CREATED + timedelta(hours=1),
        responded_at=CREATED + timedelta(hours=1),
        pauses=(Pause(CREATED + timedelta(hours=2), None),),
    )
    moments = sla.moments(ROUND, facts)
    assert moments.adjusted_due_at is None
    assert moments.breaches_at is None
    assert moments.due_at == CREATED + timedelta(hours=24)


@pytest.mark.parametrize(
    ("zone", "created", "due"),
    [
        # The hour that is lost or found at night is neither lost nor found for the consumer.
        ("America/Chicago", "2026-03-07T12:00", "2026-03-08T13:00"),
        ("America/Chicago", "2026-10-31T12:00", "2026-11-01T11:00"),
        ("Australia/Lord_Howe", "2026-04-04T12:00", "2026-04-05T11:30"),
        ("Pacific/Chatham", "2026-09-26T12:00", "2026-09-27T13:00"),
        ("Asia/Kolkata", "2026-03-07T12:00", "2026-03-08T12:00"),
        ("UTC", "2026-03-07T12:00", "2026-03-08T12:00"),
    ],
)
def test_round_the_clock_counts_elapsed_time(zone: str, created: str, due: str) -> None:
    """T1: 24 hours are 24 hours on nights when clocks change."""
    tz = ZoneInfo(zone)
    begun = datetime.fromisoformat(created).replace(tzinfo=tz)
    moments = sla.moments(ROUND, Facts(created_at=begun))
    assert moments.due_at.astimezone(tz).replace(tzinfo=None) == datetime.fromisoformat(due)
    assert moments.due_at.astimezone(UTC) - begun.astimezone(UTC) == timedelta(hours=24)


def test_business_hours_with_lunch_weekend_and_holiday() -> None:
    """SLA1: several windows a day, no weekend, no holiday."""
    targets = Targets(acknowledgement=60, response=120, resolution=8 * 60, calendar=OFFICE)
    facts = Facts(created_at=in_chicago(2024, 12, 24, 16, 0))  # an hour before Christmas
    moments = sla.moments(targets, facts)
    assert moments.due_at == in_chicago(2024, 12, 26, 16, 0)
    friday = Facts(created_at=in_chicago(2024, 12, 13, 16, 30))
    assert sla.moments(targets, friday).due_at == in_chicago(2024, 12, 16, 16, 30)


def test_why_this_time_adds_up() -> None:
    """BEY3: the counted stretches add up to the target, the others say why they do not count."""
    pause = Pause(
        in_chicago(2024, 12, 10, 10), in_chicago(2024, 12, 11, 14), "Waiting for consumer"
    )
    targets = Targets(resolution=480, calendar=OFFICE)
    facts = Facts(created_at=CREATED, pauses=(pause,))
    stretches = sla.explained(targets, facts)
    assert sum((s.length for s in stretches if s.counts), timedelta()) == timedelta(hours=8)
    assert {s.why for s in stretches if not s.counts} == {
        "Waiting for consumer",
        "Outside business hours",
    }
    for before, after in pairwise(stretches):
        assert before.ends == after.begins


minutes = st.integers(min_value=0, max_value=60 * 24 * 5)


@given(
    start=minutes,
    holds=st.lists(st.tuples(minutes, minutes), max_size=4),
    resolution=st.integers(min_value=240, max_value=4000),
    is_office=st.booleans(),
)
def test_due_after_holds_is_later_by_exactly_the_counted_time_on_hold(
    start: int, holds: list[tuple[int, int]], resolution: int, is_office: bool
) -> None:
    """Lessons 1: due(after holds) − due(before), counted, is the counted time on hold."""
    created = CREATED + timedelta(minutes=start)
    pauses = tuple(
        Pause(created + timedelta(minutes=begin), created + timedelta(minutes=begin + length + 1))
        for begin, length in holds
    )
    targets = Targets(resolution=resolution, calendar=OFFICE if is_office else Calendar())
    moments = sla.moments(targets, Facts(created_at=created, pauses=pauses))
    assert moments.adjusted_due_at is not None
    assert moments.adjusted_due_at >= moments.due_at
    spans = tuple((p.since, p.until) for p in pauses if p.until)
    counted = counted_time(targets.calendar, created, moments.adjusted_due_at, spans)
    assert counted == timedelta(minutes=resolution)
