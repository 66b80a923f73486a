"""A case's clocks in words: the clock of its header, the table of targets, "Why this time?"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smart360.cases.choices import CaseStatus, HoldEnding, Metric
from smart360.cases.models import Case, Hold
from smart360.cases.queries.history import facts_of, holds_of, targets_of
from smart360.cases.queries.states import state_of
from smart360.cases.sla import Clock, Facts, Targets, achieved, clocks, explained
from smart360.web import formats
from smart360.web.shown import SlaClock, SlaInterval

NOT_REACHED = "Not reached"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One line of "SLA target and SLA achieved": what was promised and what became of it."""

    name: str
    within: str
    achieved: str
    met_at: datetime | None
    due_at: datetime | None
    who: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """All that a page shows of a case's clocks, and the hold that is on now."""

    clock: SlaClock
    rows: tuple[TargetRow, ...]
    hold: Hold | None
    is_paused: bool


def case_clocks(case: Case, *, at: datetime, zone: ZoneInfo) -> CaseClocks:
    """The clocks of a case at this moment, derived from its history (T2)."""
    holds = holds_of(case)
    targets, facts = targets_of(case.policy), facts_of(case, holds)
    hold = next((each for each in holds if each.ended_at is None), None)
    is_paused = case.status == CaseStatus.ON_HOLD and _stops_the_clock(hold, at)
    three = clocks(targets, facts)
    return CaseClocks(
        clock=_header_clock(
            case, three, targets, facts, hold=hold if is_paused else None, at=at, zone=zone
        ),
        rows=tuple(
            _row(case, three[metric], targets, facts, is_paused=is_paused, at=at)
            for metric in Metric
        ),
        hold=hold if case.status == CaseStatus.ON_HOLD else None,
        is_paused=is_paused,
    )


def _stops_the_clock(hold: Hold | None, at: datetime) -> bool:
    if hold is None or not hold.pauses:
        return False
    return hold.at_resume_by == HoldEnding.REMINDS or hold.resume_by > at


def _header_clock(
    case: Case,
    three: dict[Metric, Clock],
    targets: Targets,
    facts: Facts,
    *,
    hold: Hold | None,
    at: datetime,
    zone: ZoneInfo,
) -> SlaClock:
    resolution = three[Metric.RESOLUTION]
    stretches = explained(targets, facts)
    intervals = [
        SlaInterval(each.begins, each.ends, each.counts, "" if each.counts else each.why)
        for each in stretches
    ]
    if hold is not None and resolution.due_at is None:
        intervals.append(SlaInterval(hold.since, None, is_counted=False, reason=hold.reason.label))
    return SlaClock(
        state=state_of(
            is_open=case.is_open,
            is_breached=any(clock.is_breached(at) for clock in three.values()),
            is_paused=hold is not None,
            is_at_risk=any(clock.is_at_risk(at) for clock in three.values()),
        ),
        breach=breach_in_words(three, at=at, zone=zone),
        at=at,
        due_at=resolution.due_at or resolution.original_due_at,
        original_due_at=resolution.original_due_at,
        within=resolution.target,
        warns_at=resolution.warns_at,
        resumes_at=(hold.resume_by if hold and hold.at_resume_by == HoldEnding.RESUMES else None),
        ended_at=case.ended_at,
        paused=sum((each.length for each in stretches if not each.counts), timedelta()),
        acknowledged_in=achieved(three[Metric.ACKNOWLEDGEMENT], facts, targets),
        responded_in=achieved(three[Metric.RESPONSE], facts, targets),
        resolved_in=achieved(resolution, facts, targets),
        intervals=intervals,
    )


def breach_in_words(three: dict[Metric, Clock], *, at: datetime, zone: ZoneInfo) -> str:
    """Which target was missed first and since when: ``response since 13:30`` (SLA2)."""
    missed = [
        (clock.breaches_at, metric)
        for metric, clock in three.items()
        if clock.breaches_at is not None and clock.breaches_at <= at
    ]
    if not missed:
        return ""
    moment, metric = min(missed)
    local, today = moment.astimezone(zone), at.astimezone(zone).date()
    since = f"{local:%H:%M}"
    if local.date() != today:
        since = f"{formats.shown_short_date(local.date())}, {since}"
    return f"{metric.label.lower()} since {since}"


def _row(
    case: Case, clock: Clock, targets: Targets, facts: Facts, *, is_paused: bool, at: datetime
) -> TargetRow:
    people = {
        Metric.ACKNOWLEDGEMENT: case.acknowledged_by,
        Metric.RESPONSE: case.responded_by,
        Metric.RESOLUTION: case.ended_by,
    }
    person = people[clock.metric]
    needed = achieved(clock, facts, targets)
    if needed is None and clock.ended_at is not None:
        shown = NOT_REACHED
    else:
        shown = formats.shown_hours(needed)
    return TargetRow(
        name=clock.metric.label,
        within=formats.shown_hours(clock.target),
        achieved=shown,
        met_at=clock.met_at,
        due_at=clock.due_at,
        who=person.full_name if person else "",
        state=_row_state(clock, is_paused=is_paused, at=at),
    )


def _row_state(clock: Clock, *, is_paused: bool, at: datetime) -> str:
    """The state of one target; only resolution pauses."""
    return state_of(
        is_open=clock.runs,
        is_breached=clock.is_breached(at),
        is_paused=is_paused and clock.metric == Metric.RESOLUTION,
        is_at_risk=clock.is_at_risk(at),
    )
