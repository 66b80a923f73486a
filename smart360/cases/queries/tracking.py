"""What whoever follows a case by its link reads: little, plain, nothing internal.

What all kinds say in the same way; each kind says the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from smart360.cases.choices import CaseStatus, WaitsFor
from smart360.cases.models import Case, Hold
from smart360.cases.queries.receipts import promise
from smart360.documents.models import StoredFile
from smart360.web.formats import shown_long_date, shown_time

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
WAITING_FOR = {
    WaitsFor.CONSUMER: "We are waiting to hear from you. Please call us.",
    WaitsFor.SCHEDULED_DATE: "We go on at the day that was agreed.",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One line of the rail: a name, when or what, and whether it is done, now or next."""

    name: str
    detail: str
    state: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A case as anybody with its link sees it.

    ``noun`` is what it is called. ``receipt`` is the PDF once it is made. ``asks_rating`` says
    that its one question may be answered now, ``stars`` how it was answered before.
    """

    case: int
    noun: str
    number: str
    headline: str
    about: str
    next_step: str
    stops: tuple[Stop, ...]
    is_open: bool
    receipt: StoredFile | None
    asks_rating: bool = False
    stars: int | None = None


def is_link(token: str) -> bool:
    """Whether this can be the end of a tracking link; whatever it is made of."""
    return TOKEN.fullmatch(token) is not None


def running_hold(case: Case) -> Hold | None:
    """The hold that a case is on."""
    if case.status != CaseStatus.ON_HOLD:
        return None
    return Hold.objects.filter(case=case, ended_at__isnull=True).first()


def headline_of(case: Case, noun: str, hold: Hold | None) -> str:
    """Where it stands, in one sentence."""
    if not case.is_open:
        return f"Your {noun} is {case.get_status_display().lower()}."
    if hold is not None and hold.waits_for != WaitsFor.SCHEDULED_DATE:
        return f"Your {noun} is waiting."
    if case.acknowledged_at is None:
        return f"We have received your {noun}."
    return f"We are working on your {noun}."


def why_nothing_yet(case: Case, noun: str, hold: Hold | None) -> str:
    """Why nothing goes on, or what comes before all else; ``""`` when the kind says what does."""
    if hold is not None:
        return WAITING_FOR.get(WaitsFor(hold.waits_for), "We go on as soon as we can.")
    if case.acknowledged_at is None:
        hours = promise(case, case.policy.acknowledgement_minutes)
        return f"Next: we confirm the {noun}, within {hours} after it reached us."
    return ""


def stops_of(case: Case, noun: str, between: Stop, done: str) -> Iterator[Stop]:
    """The rail: received, confirmed, what comes ``between``, and how the ``done`` is told."""
    yield Stop(f"{noun.capitalize()} received", moment(case.created_at), "done")
    if case.acknowledged_at is not None:
        yield Stop("Confirmed", moment(case.acknowledged_at), "done")
    elif case.is_open:
        yield Stop("Confirmation", f"We look at your {noun}", "now")
    if case.is_open:
        yield between
        yield Stop("Done", done, "next")
    elif case.ended_at is not None:
        yield Stop(case.get_status_display(), moment(case.ended_at), "done")


def moment(at: datetime) -> str:
    """``Tuesday, December 10, 2024, 9:30 AM``, in the zone that is active."""
    return f"{shown_long_date(at)}, {shown_time(at).removeprefix('0')}"
