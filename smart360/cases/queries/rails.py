"""Stations that the rail of every kind of case has."""

from collections.abc import Sequence

from smart360.cases.models import Case, Hold
from smart360.web import formats
from smart360.web.shown import RailStep


def acknowledged(case: Case) -> RailStep:
    """Whether somebody has taken note of it."""
    if case.acknowledged_at is None:
        return RailStep("Acknowledged", "next", "nobody has confirmed it yet")
    return RailStep("Acknowledged", "done", formats.shown_short_datetime(case.acknowledged_at))


def with_now(steps: Sequence[RailStep], hold: Hold | None) -> tuple[RailStep, ...]:
    """The first station that is not done is where the case stands, or where it is held."""
    place = next((n for n, step in enumerate(steps) if step.state != "done"), len(steps))
    before, after = list(steps[:place]), list(steps[place:])
    if hold is not None:
        until = formats.shown_short_datetime(hold.resume_by)
        return (*before, RailStep("On Hold", "stop", f"{hold.reason.label}, until {until}"), *after)
    if after and after[0].state == "next":
        after[0] = RailStep(after[0].name, "now", after[0].detail)
    return (*before, *after)
