"""What a consumer reads who follows the link on the receipt: little, plain, nothing internal."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from disconnections.models import DisconnectionRequest
from disconnections.queries.receipts import services_of
from disconnections.rules import hours_in_words, visit_sentence
from smart360.cases.choices import CaseKind, CaseStatus, ClosingReason, WaitsFor
from smart360.cases.models import Case, Hold
from smart360.web.formats import shown_long_date, shown_slot, shown_time

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
CLOSED_BECAUSE = {
    ClosingReason.ISSUE_RESOLVED: "The matter is resolved.",
    ClosingReason.DUPLICATE: "There was another request for the same thing.",
    ClosingReason.CANCELLED: "It was cancelled as you asked.",
    ClosingReason.NO_RESPONSE: "We could not reach you.",
}
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
    """A request as anybody with its link sees it."""

    number: str
    headline: str
    about: str
    next_step: str
    stops: tuple[Stop, ...]
    is_open: bool
    has_receipt: bool


def _followed() -> QuerySet[DisconnectionRequest]:
    return DisconnectionRequest.objects.select_related(
        "case__policy", "slot", "receipt"
    ).prefetch_related("services__service_connection")


def find_followed(token: str) -> DisconnectionRequest | None:
    """The request whose link this is; None for anything else, whatever it is made of."""
    if not TOKEN.fullmatch(token):
        return None
    return _followed().filter(tracking_token=token).first()


def tracked(asked: DisconnectionRequest, *, today: date) -> Tracked:
    """A request in plain words. Call it with the utility's zone active; ``today`` is its day."""
    case = asked.case
    hold = (
        Hold.objects.filter(case=case, ended_at__isnull=True).first()
        if case.status == CaseStatus.ON_HOLD
        else None
    )
    return Tracked(
        number=case.number,
        headline=_headline(case, asked, hold, today),
        about=_about(case, asked),
        next_step=_next_step(case, asked, hold, today),
        stops=tuple(_stops(case, asked)),
        is_open=case.is_open,
        has_receipt=asked.receipt_id is not None,
    )


def _headline(case: Case, asked: DisconnectionRequest, hold: Hold | None, today: date) -> str:
    """Where it stands, in one sentence."""
    if not case.is_open:
        return f"Your request is {case.get_status_display().lower()}."
    if hold is not None and hold.waits_for != WaitsFor.SCHEDULED_DATE:
        return "Your request is waiting."
    if asked.slot is not None and asked.preferred_on is not None and asked.preferred_on >= today:
        return visit_sentence(asked.preferred_on, (asked.slot.starts, asked.slot.ends))
    if case.acknowledged_at is None:
        return "We have received your request."
    return "We are working on your request."


def _about(case: Case, asked: DisconnectionRequest) -> str:
    """What is asked for and where: the street, no name and no account."""
    services = in_words([name.lower() for name in services_of(asked)]) or "your service"
    verb = "Disconnection" if case.kind == CaseKind.DISCONNECTION else "Reconnection"
    street = asked.service_address.split(",")[0].strip()
    return f"{verb} of {services}{f' at {street}' if street else ''}."


def in_words(names: Sequence[str]) -> str:
    """``electricity, gas and water``"""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _next_step(case: Case, asked: DisconnectionRequest, hold: Hold | None, today: date) -> str:
    """What happens next, or why nothing does."""
    if case.status == CaseStatus.CLOSED:
        return CLOSED_BECAUSE.get(ClosingReason(case.closing_reason), "Nothing more happens.")
    if not case.is_open:
        return "Nothing more happens."
    if hold is not None:
        return WAITING_FOR.get(WaitsFor(hold.waits_for), "We go on as soon as we can.")
    if case.acknowledged_at is None:
        hours = hours_in_words(
            case.policy.acknowledgement_minutes, is_business=case.policy.calendar_id is not None
        )
        return f"Next: we confirm the request, within {hours} after it reached us."
    if asked.preferred_on is not None and asked.preferred_on < today:
        return "Next: we tell you a new day for the visit. Call us if you have a question."
    return "Next: the technician comes, and then we tell you that it is done."


def _stops(case: Case, asked: DisconnectionRequest) -> Iterator[Stop]:
    """The rail: received, confirmed, visit, done."""
    yield Stop("Request received", _moment(case.created_at), "done")
    if case.acknowledged_at is not None:
        yield Stop("Confirmed", _moment(case.acknowledged_at), "done")
    elif case.is_open:
        yield Stop("Confirmation", "We look at your request", "now")
    if case.is_open:
        yield Stop("Visit", _visit(asked), "now" if case.acknowledged_at else "next")
        yield Stop("Done", "We tell you", "next")
    elif case.ended_at is not None:
        yield Stop(case.get_status_display(), _moment(case.ended_at), "done")


def _visit(asked: DisconnectionRequest) -> str:
    if asked.preferred_on is None:
        return "Day not fixed yet"
    slot = f", {shown_slot(asked.slot.starts, asked.slot.ends)}" if asked.slot else ""
    return f"{shown_long_date(asked.preferred_on)}{slot}"


def _moment(at: datetime) -> str:
    return f"{shown_long_date(at)}, {shown_time(at).removeprefix('0')}"
