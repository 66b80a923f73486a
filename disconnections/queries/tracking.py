"""What a consumer reads who follows the link on the receipt of a request."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from disconnections.models import DisconnectionRequest
from disconnections.queries.receipts import services_of
from disconnections.rules import visit_sentence
from smart360.cases.choices import CaseKind, CaseStatus, ClosingReason, WaitsFor
from smart360.cases.models import Case, Hold
from smart360.cases.queries.tracking import (
    Stop,
    Tracked,
    headline_of,
    is_link,
    running_hold,
    stops_of,
    why_nothing_yet,
)
from smart360.web.formats import shown_long_date, shown_slot

NOUN = "request"
CLOSED_BECAUSE = {
    ClosingReason.ISSUE_RESOLVED: "The matter is resolved.",
    ClosingReason.DUPLICATE: "There was another request for the same thing.",
    ClosingReason.CANCELLED: "It was cancelled as you asked.",
    ClosingReason.NO_RESPONSE: "We could not reach you.",
}


def follow(token: str, *, at: datetime) -> Tracked | None:
    """The request whose link this is, in plain words; None for any other link.

    Call it with the utility's zone active.
    """
    if not is_link(token):
        return None
    asked = (
        DisconnectionRequest.objects.select_related("case__policy", "slot", "receipt")
        .prefetch_related("services__service_connection")
        .filter(tracking_token=token)
        .first()
    )
    return None if asked is None else _tracked(asked, at)


def _tracked(asked: DisconnectionRequest, at: datetime) -> Tracked:
    case, today = asked.case, timezone.localdate(at)
    hold = running_hold(case)
    between = Stop("Visit", _visit(asked), "now" if case.acknowledged_at else "next")
    is_ahead = asked.preferred_on is not None and asked.preferred_on >= today
    return Tracked(
        case=case.pk,
        noun=NOUN,
        number=case.number,
        headline=_headline(case, asked, hold, is_ahead=is_ahead),
        about=_about(case, asked),
        next_step=_next_step(case, asked, hold, is_ahead=is_ahead),
        stops=tuple(stops_of(case, NOUN, between, "We tell you")),
        is_open=case.is_open,
        receipt=asked.receipt,
    )


def _headline(case: Case, asked: DisconnectionRequest, hold: Hold | None, *, is_ahead: bool) -> str:
    """Where it stands, in one sentence; the visit before all else, unless we wait for somebody."""
    waits = hold is not None and hold.waits_for != WaitsFor.SCHEDULED_DATE
    if case.is_open and not waits and asked.slot is not None and is_ahead:
        return visit_sentence(asked.preferred_on, (asked.slot.starts, asked.slot.ends))
    return headline_of(case, NOUN, hold)


def _about(case: Case, asked: DisconnectionRequest) -> str:
    """What is asked for and where: the street, no name and no account."""
    services = in_words([name.lower() for name in services_of(asked)]) or "your service"
    verb = "Disconnection" if case.kind == CaseKind.DISCONNECTION else "Reconnection"
    street = asked.service_address.split(",")[0].strip()
    return f"{verb} of {services}{f' at {street}' if street else ''}."


def in_words(names: Sequence[str]) -> str:
    """``electricity, gas and water``"""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _next_step(
    case: Case, asked: DisconnectionRequest, hold: Hold | None, *, is_ahead: bool
) -> str:
    """What happens next, or why nothing does."""
    if case.status == CaseStatus.CLOSED:
        return CLOSED_BECAUSE.get(ClosingReason(case.closing_reason), "Nothing more happens.")
    if not case.is_open:
        return "Nothing more happens."
    if why := why_nothing_yet(case, NOUN, hold):
        return why
    if asked.preferred_on is not None and not is_ahead:
        return "Next: we tell you a new day for the visit. Call us if you have a question."
    return "Next: the technician comes, and then we tell you that it is done."


def _visit(asked: DisconnectionRequest) -> str:
    if asked.preferred_on is None:
        return "Day not fixed yet"
    slot = f", {shown_slot(asked.slot.starts, asked.slot.ends)}" if asked.slot else ""
    return f"{shown_long_date(asked.preferred_on)}{slot}"
