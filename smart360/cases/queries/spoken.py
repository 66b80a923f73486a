"""Halves of the sentence that is read out on the phone: the next step, and by when."""

from datetime import datetime

from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case, Hold
from smart360.web import formats


def next_step(case: Case, hold: Hold | None, *, what: str) -> str:
    """What happens next with an open case; ``what`` names it: "disconnection request"."""
    if case.status == CaseStatus.PENDING:
        return f"We have your {what} and confirm it next"
    if hold is not None:
        until = formats.shown_datetime(hold.resume_by)
        reason = hold.reason.label[:1].lower() + hold.reason.label[1:]
        return f"Your {what} is on hold, {reason}; we go on by {until} at the latest"
    return f"We are working on your {what}"


def done_by(step: str, expected: datetime, *, at: datetime, verb: str) -> str:
    """The whole sentence: ``step``, and when we expect to be done, or that it is late."""
    when = formats.shown_datetime(expected)
    if expected <= at:
        return f"{step}; it should have been done by {when}, and is late."
    return f"{step}, and expect to {verb} it by {when}."
