"""A case's timeline: the trail's codes as sentences that people read."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from consumers.rules.timeline import label_of, look_of, what_it_is_about
from smart360.cases.choices import CaseStatus, ClosingReason, HoldEnding, Metric
from smart360.cases.models import Case
from smart360.cases.queries.history import entries_of
from smart360.comms.queries import free_words
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web import formats
from smart360.web.shown import TimelineEntry

SYSTEM = "Smart360"
ANSWERS = {"ALLOW": "allowed", "NEEDS_APPROVAL": "needs approval", "BLOCKED": "blocked"}
STEPS = (
    Event.ACKNOWLEDGED, Event.RESUMED, Event.COMPLETED, Event.RESOLVED, Event.REJECTED,
    Event.REOPENED,
)  # fmt: skip
"""Lines that say from which status to which."""
GIVEN = {"NOTICE": "Closure notice given", "BILL": "Final bill given"}
"""Papers that go by the name of a notice, too."""
WITH_A_CAUSE = (Event.MESSAGE_NOT_SENT, Event.MESSAGE_FAILED, Event.SLA_CORRECTED)
POINTS_TO = {Event.ASSIGNED.value: "assignee", Event.ORDER_ASSIGNED.value: "technician"}
"""Lines that name a person by their number, and the fact that does."""


def case_timeline(
    case: Case, *, to: Person, before_seq: int | None = None, limit: int = 50
) -> tuple[list[TimelineEntry], int | None]:
    """A page of the timeline, newest first, and the number to go on before, if there is more."""
    entries = list(entries_of(case, before_seq=before_seq, limit=limit + 1))
    more = entries[limit - 1].seq if len(entries) > limit else None
    entries = entries[:limit]
    names = _names_in(entries)
    return [_line(entry, names, to=to, kind=case.kind) for entry in entries], more


def _names_in(entries: Iterable[Entry]) -> dict[int, str]:
    """The names of people that entries point to by number, in one statement if there are any."""
    numbers = {
        facts[POINTS_TO[entry.kind]]
        for entry in entries
        if entry.kind in POINTS_TO
        for facts in (entry.old, entry.new)
        if isinstance(facts.get(POINTS_TO[entry.kind]), int)
    }
    if not numbers:
        return {}
    return dict(Person.objects.filter(pk__in=numbers).values_list("pk", "full_name"))


def _line(entry: Entry, names: Mapping[int, str], *, to: Person, kind: str) -> TimelineEntry:
    icon, tone = look_of(entry.kind)
    details = [entry.actor.full_name if entry.actor else SYSTEM]
    details += _more(entry)
    if entry.text and (words := free_words(entry.text.text, to=to)):
        details.append(f"“{words}”")
    return TimelineEntry(
        at=entry.at,
        sentence=_sentence(entry, names, kind),
        icon=icon,
        tone=tone,
        detail=" · ".join(details),
    )


def _sentence(entry: Entry, names: Mapping[int, str], case_kind: str) -> str:
    new = entry.new
    if entry.kind == Event.HELD:
        return f"{_status_step(entry)}: {new.get('reason', 'no reason')}"
    if entry.kind == Event.CLOSED:
        reason = new.get("reason", "")
        words = dict(ClosingReason.choices).get(reason, reason)
        return f"{_status_step(entry)}: {words}"
    if entry.kind in STEPS:
        return _status_step(entry)
    if entry.kind == Event.ASSIGNED:
        number = new.get("assignee")
        return f"Assigned to {names.get(number, 'somebody')}" if number else "Assigned to nobody"
    if entry.kind in (Event.SLA_WARNED, Event.SLA_BREACHED):
        metric = dict(Metric.choices).get(new.get("metric", ""), "SLA")
        return f"{metric} target {'near' if entry.kind == Event.SLA_WARNED else 'missed'}"
    if "order" in new and entry.kind != Event.CHECKLIST_TICKED:
        return _order_step(entry, names)
    return _labelled(entry, case_kind)


def _labelled(entry: Entry, case_kind: str) -> str:
    """The event's own words, and what it is about."""
    new, label = entry.new, label_of(entry.kind, case_kind)
    if "paper" in new:
        return GIVEN.get(new["paper"], label)
    facts = what_it_is_about(entry.kind, new)
    if entry.kind == Event.PROTECTION_CHECKED:
        facts = ANSWERS.get(new.get("answer", ""), "--")
    return f"{label}: {facts}" if facts else label


def _order_step(entry: Entry, names: Mapping[int, str]) -> str:
    """What happened to a service order, which goes by its number."""
    what = f"{entry.get_kind_display()}: {entry.new['order']}"
    if entry.kind != Event.ORDER_ASSIGNED:
        return what
    return f"{what} to {names.get(entry.new.get('technician', 0), 'somebody')}"


def _status_step(entry: Entry) -> str:
    words = dict(CaseStatus.choices)
    old, new = entry.old.get("status", ""), entry.new.get("status", "")
    return f"Status: {words.get(old, '--')} → {words.get(new, '--')}"


def _more(entry: Entry) -> list[str]:
    """What else a reader wants to know of an entry."""
    new: Mapping[str, Any] = entry.new
    if entry.kind == Event.HELD:
        until = moment_in(new.get("resume_by"))
        ending = dict(HoldEnding.choices).get(new.get("at_resume_by", ""), "").lower()
        clock = "the resolution clock pauses" if new.get("pauses") else "the clock goes on"
        when = f"until {formats.shown_short_datetime(until)}, {ending}" if until else ending
        return [when, clock]
    if entry.kind in (Event.SLA_WARNED, Event.SLA_BREACHED):
        due = moment_in(new.get("due_at"))
        return [f"due {formats.shown_short_datetime(due)}"] if due else []
    if entry.kind in WITH_A_CAUSE and new.get("why"):
        return [str(new["why"])]
    if entry.kind == Event.FIELD_IGNORED:
        return [", ".join(str(name) for name in new.get("fields", []))]
    if "order" in new:
        return visit_in(new)
    if "paper" in new:
        return [str(new.get("way", "")).replace("_", " ").lower()]
    if entry.kind == Event.PROTECTION_CHECKED:
        stage = str(new.get("stage", "")).lower()
        return [stage, *(str(rule) for rule in new.get("rules", []))]
    return []


def visit_in(facts: Mapping[str, Any]) -> list[str]:
    """Day and window that an entry's facts name, in words; nothing when they name none."""
    try:
        day = date.fromisoformat(str(facts.get("day", "")))
    except ValueError:
        return []
    starts, _, ends = str(facts.get("window", "")).partition("-")
    if not ends:
        return [formats.shown_day(day)]
    window = formats.shown_slot(time.fromisoformat(starts), time.fromisoformat(ends))
    return [f"{formats.shown_day(day)}, {window}"]


def moment_in(text: object) -> datetime | None:
    """The moment that an entry's facts name, if they do."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
