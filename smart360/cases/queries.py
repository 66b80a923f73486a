"""Reads about cases: their history, their clocks, the policy in force.

What pages show of it is made in ``shown_*`` functions of this module from these facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from smart360.cases import sla
from smart360.cases.choices import CaseKind, CaseStatus, ClosingReason, HoldEnding, Metric
from smart360.cases.models import Alert, Case, Hold, SlaPolicy
from smart360.cases.sla import Clock, Facts, Pause, Targets
from smart360.kernel.errors import Broken
from smart360.organisation.queries import get_calendar
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.formats import shown_date, shown_datetime, shown_time
from smart360.web.shown import SlaClock, SlaInterval, TimelineEntry


def policy_in_force(*, kind: CaseKind, priority: str, is_vip: bool) -> SlaPolicy:
    """The policy for a new case: the most particular that fits, VIP before priority (SLA1)."""
    fitting = SlaPolicy.objects.filter(kind=kind, replaced_at__isnull=True).filter(
        Q(priority="") | Q(priority=priority)
    )
    if not is_vip:
        fitting = fitting.filter(for_vip=False)
    policy = fitting.order_by("-for_vip", "-priority").first()
    if policy is None:
        raise Broken(f"there is no SLA policy for {kind}")
    return policy


def targets_of(policy: SlaPolicy) -> Targets:
    """A policy as pure values."""
    return Targets(
        acknowledgement=policy.acknowledgement_minutes,
        response=policy.response_minutes,
        resolution=policy.resolution_minutes,
        warn_percent=policy.warn_percent,
        calendar=get_calendar(policy.calendar_id),
    )


def holds_of(case: Case) -> list[Hold]:
    """Every hold that a case ever had, oldest first."""
    return list(Hold.objects.filter(case=case).select_related("reason").order_by("since"))


def facts_of(case: Case, holds: Iterable[Hold]) -> Facts:
    """What happened to a case, as its clocks see it.

    A pausing hold that resumes by itself counts as ended at its resume-by moment, worker or not.
    """
    return Facts(
        created_at=case.created_at,
        acknowledged_at=case.acknowledged_at,
        responded_at=case.responded_at,
        ended_at=case.ended_at,
        pauses=tuple(
            Pause(since=hold.since, until=end_of(hold), reason=hold.reason.label)
            for hold in holds
            if hold.pauses
        ),
    )


def end_of(hold: Hold) -> datetime | None:
    """When a hold ended or will end by itself; None while nobody knows."""
    if hold.ended_at is not None:
        return hold.ended_at
    return hold.resume_by if hold.at_resume_by == HoldEnding.RESUMES else None


def raised_alerts(case: Case) -> set[tuple[str, str]]:
    """Which warnings and escalations were raised already, as (metric, level)."""
    return set(Alert.objects.filter(case=case).values_list("metric", "level"))


def clocks_of(case: Case) -> tuple[Targets, Facts]:
    """The promise and the history of one case, from which every clock follows."""
    return targets_of(case.policy), facts_of(case, holds_of(case))


def entries_of(case: Case, *, before_seq: int | None = None, limit: int = 50) -> list[Entry]:
    """The newest entries of a case's timeline, each with who acted and what was written."""
    entries = Entry.objects.filter(case=case).select_related("actor", "text")
    if before_seq is not None:
        entries = entries.filter(seq__lt=before_seq)
    return list(entries.order_by("-seq")[:limit])


def is_breached_now(case: Case, at: datetime) -> bool:
    """T2: the one test that page, filter, count and worker share."""
    return case.breaches_at is not None and case.breaches_at <= at


def recomputed(case: Case) -> sla.Moments:
    """The moments of a case from its history, for comparison with what is stored."""
    return sla.moments(*clocks_of(case))


# --------------------------------------------------------------------------- for pages
@dataclass(frozen=True)
class MetricRow:
    """One target beside what was achieved, for the SLA table of the Details tab (DIS10)."""

    label: str
    target: timedelta
    achieved: timedelta | None
    due_at: datetime | None
    met_at: datetime | None
    met_by: str
    state: str


def sla_state(case: Case, clocks: Mapping[Metric, Clock], *, is_paused: bool, at: datetime) -> str:
    """A code of ``tones.SLA``: how the case stands against its promises at this moment (SLA2)."""
    is_breached = is_breached_now(case, at)
    if not case.is_open:
        return "MISSED" if is_breached else "MET"
    if is_breached:
        return "BREACHED"
    if is_paused:
        return "PAUSED"
    return "AT_RISK" if any(clock.is_at_risk(at) for clock in clocks.values()) else "ON_TRACK"


def shown_clock(case: Case, *, at: datetime) -> tuple[SlaClock, list[MetricRow]]:
    """The clock of the case header and the three rows of the SLA table, in one read."""
    holds = holds_of(case)
    targets, facts = targets_of(case.policy), facts_of(case, holds)
    clocks = sla.clocks(targets, facts)
    pausing = _pausing_hold(holds, at)
    resolution = clocks[Metric.RESOLUTION]
    stretches = sla.explained(targets, facts)
    achieved = {metric: sla.achieved(clock, facts, targets) for metric, clock in clocks.items()}
    clock = SlaClock(
        state=sla_state(case, clocks, is_paused=pausing is not None, at=at),
        at=at,
        due_at=resolution.due_at or resolution.original_due_at,
        original_due_at=resolution.original_due_at,
        within=resolution.target,
        breach=breach_words(clocks, at),
        warns_at=case.warns_at,
        resumes_at=end_of(pausing) if pausing else None,
        ended_at=case.ended_at,
        paused=sum((s.length for s in stretches if not s.counts), timedelta()),
        acknowledged_in=achieved[Metric.ACKNOWLEDGEMENT],
        responded_in=achieved[Metric.RESPONSE],
        resolved_in=achieved[Metric.RESOLUTION],
        intervals=tuple(
            SlaInterval(stretch.begins, stretch.ends, stretch.counts, stretch.why)
            for stretch in stretches
        ),
    )
    who = {
        Metric.ACKNOWLEDGEMENT: case.acknowledged_by,
        Metric.RESPONSE: case.responded_by,
        Metric.RESOLUTION: case.ended_by,
    }
    rows = [
        MetricRow(
            label=metric.label,
            target=each.target,
            achieved=achieved[metric],
            due_at=each.due_at,
            met_at=each.met_at,
            met_by=_name(who[metric]),
            state=_metric_state(each, at),
        )
        for metric, each in clocks.items()
    ]
    return clock, rows


def breach_words(clocks: Mapping[Metric, Clock], at: datetime) -> str:
    """What is breached, and since when: ``response since 01:30 PM`` (SLA2)."""
    breached = [
        (clock.breaches_at, metric)
        for metric, clock in clocks.items()
        if clock.breaches_at is not None and clock.breaches_at <= at
    ]
    if not breached:
        return ""
    since, metric = min(breached)
    same_day = shown_date(since) == shown_date(at)
    return (
        f"{metric.label.lower()} since {shown_time(since) if same_day else shown_datetime(since)}"
    )


def _metric_state(clock: Clock, at: datetime) -> str:
    if clock.runs:
        if clock.is_breached(at):
            return "BREACHED"
        return "AT_RISK" if clock.is_at_risk(at) else "ON_TRACK"
    return "MISSED" if clock.is_breached(at) else "MET"


def _pausing_hold(holds: Iterable[Hold], at: datetime) -> Hold | None:
    """The hold that stops the resolution clock at this moment."""
    for hold in holds:
        end = end_of(hold)
        if hold.pauses and hold.since <= at and (end is None or end > at):
            return hold
    return None


def _name(person: Person | None) -> str:
    return person.full_name if person else ""


_LOOK: dict[str, tuple[str, str]] = {
    Event.CREATED: ("plus", "brand"),
    Event.ACKNOWLEDGED: ("check", "blue"),
    Event.HELD: ("player-pause", "orange"),
    Event.RESUMED: ("player-play", "blue"),
    Event.CLOSED: ("circle-minus", "slate"),
    Event.COMPLETED: ("circle-check", "green"),
    Event.ASSIGNED: ("user", "slate"),
    Event.NOTE_ADDED: ("note", "yellow"),
    Event.MESSAGE_SENT: ("send", "brand"),
    Event.CALL_LOGGED: ("phone", "slate"),
    Event.MESSAGE_DELIVERED: ("mail-check", "green"),
    Event.MESSAGE_NOT_SENT: ("mail-off", "orange"),
    Event.MESSAGE_FAILED: ("mail-x", "red"),
    Event.SLA_WARNED: ("clock-exclamation", "yellow"),
    Event.SLA_BREACHED: ("flame", "red"),
    Event.DOCUMENT_MADE: ("file-text", "slate"),
}


def shown_timeline(entries: Iterable[Entry]) -> list[TimelineEntry]:
    """A case's timeline in sentences: what, from what to what, and by whom (COM6)."""
    entries = list(entries)
    named = {
        pk
        for entry in entries
        for pk in (entry.new.get("assignee"), entry.old.get("assignee"))
        if pk
    }
    names = (
        dict(Person.objects.filter(pk__in=named).values_list("pk", "full_name")) if named else {}
    )
    return [_shown_entry(entry, names) for entry in entries]


def _shown_entry(entry: Entry, names: Mapping[int, str]) -> TimelineEntry:
    icon, tone = _LOOK.get(entry.kind, ("info-circle", "slate"))
    actor = entry.actor.full_name if entry.actor else "The system"
    words = f" · {entry.text.text}" if entry.text and entry.text.text else ""
    return TimelineEntry(
        at=entry.at,
        sentence=sentence_of(entry, names),
        icon=icon,
        tone=tone,
        detail=f"{actor}{words}",
    )


def sentence_of(entry: Entry, names: Mapping[int, str]) -> str:
    """What an entry says, old and new value included."""
    new, old = entry.new, entry.old
    sentence = Event(entry.kind).label
    if "status" in new and "status" in old:
        sentence += f": {_status(old['status'])} → {_status(new['status'])}"
    if entry.kind == Event.HELD:
        sentence += f", {new.get('reason', '')}, until {_moment(new.get('resume_by'))}"
    elif entry.kind == Event.CLOSED and new.get("reason"):
        sentence += f", {ClosingReason(new['reason']).label}"
    elif entry.kind == Event.ASSIGNED:
        before = names.get(old.get("assignee") or 0, "nobody")
        sentence = f"Assigned: {before} → {names.get(new.get('assignee') or 0, 'nobody')}"
    elif entry.kind in (Event.SLA_WARNED, Event.SLA_BREACHED):
        metric = Metric(new["metric"]).label
        sentence = (
            f"{metric} target missed"
            if entry.kind == Event.SLA_BREACHED
            else f"{metric} target near"
        )
    elif entry.kind == Event.SLA_CORRECTED:
        before, after = _moment(old.get("adjusted_due_at")), _moment(new.get("adjusted_due_at"))
        sentence = f"SLA due time corrected: {before} → {after}"
    return sentence


def _status(code: str) -> str:
    return CaseStatus(code).label


def _moment(text: str | None) -> str:
    return shown_datetime(datetime.fromisoformat(text)) if text else "--"
