"""Components of a case: rail, clock, timeline, thread of messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from smart360.web import formats, tones
from smart360.web.shown import RailStep, SlaClock, ThreadMessage, TimelineEntry, VerdictLine
from smart360.web.templatetags.ui.library import register


@register.inclusion_tag("components/rail.html")
def rail(steps: Sequence[RailStep], *, label: str = "Progress of the request") -> dict[str, Any]:
    """The stations of a request: what is done, where it stands, what is to come."""
    if not all(isinstance(step, RailStep) for step in steps):
        raise TypeError("a rail is made of RailStep")
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/verdicts.html")
def verdicts(lines: Sequence[VerdictLine]) -> dict[str, Any]:
    """What the protections said: one line for each, with its reason and its source."""
    if not all(isinstance(line, VerdictLine) for line in lines):
        raise TypeError("verdicts are made of VerdictLine")
    return {"lines": [(line, tones.badge_of(tones.ANSWER, line.answer)) for line in lines]}


@register.inclusion_tag("components/sla_clock.html")
def sla_clock(clock: SlaClock, *, id: str = "sla") -> dict[str, Any]:
    """The clock of a case: state, due date, time remaining (live), how much is used, why."""
    if not isinstance(clock, SlaClock):
        raise TypeError(f"the clock wants an SlaClock, not {clock!r}")
    shown = tones.badge_of(tones.SLA, clock.state)
    return {
        "clock": clock,
        "badge": shown,
        "id": id,
        "word": f"{shown.word}: {clock.breach}" if clock.breach else shown.word,
        "remaining": formats.shown_remaining(clock.due_at, clock.at),
        "is_late": clock.due_at <= clock.at,
        "within": formats.shown_duration(clock.within),
        "within_hours": f"{clock.within.total_seconds() / 3600:g} h",
    }


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    """What happened, newest first as given, with a heading for each day."""
    if not all(isinstance(entry, TimelineEntry) for entry in entries):
        raise TypeError("a timeline is made of TimelineEntry")

    def day(entry: TimelineEntry) -> date:
        return formats.day_of(entry.at)

    return {"days": [(on, list(lines)) for on, lines in groupby(entries, key=day)]}


@register.inclusion_tag("components/message.html", takes_context=True)
def message(context: dict[str, Any], shown: ThreadMessage) -> dict[str, Any]:
    """One message of a thread: to the customer, from the customer, or internal."""
    if not isinstance(shown, ThreadMessage):
        raise TypeError(f"a message wants a ThreadMessage, not {shown!r}")
    return {
        "message": shown,
        "channel": tones.badge_of(tones.CHANNEL, shown.channel),
        "csrf_token": context.get("csrf_token", ""),
    }
