"""Which tone, icon and word each state has. The one place that knows; keyed by the stored codes.

A state is always shown as tone + icon + its word (never colour alone): a `Badge` holds the three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TONES = frozenset({"blue", "green", "yellow", "orange", "red", "purple", "slate", "brand"})


@dataclass(frozen=True, slots=True)
class Badge:
    """How one state is shown: its word, its tone, its icon; solid only for what is breached."""

    word: str
    tone: str
    icon: str
    is_solid: bool = False


CASE_STATUS: Mapping[str, Badge] = {
    "PENDING": Badge("Pending", "yellow", "circle-dotted"),
    "IN_PROGRESS": Badge("In Progress", "blue", "progress"),
    "ON_HOLD": Badge("On Hold", "orange", "player-pause"),
    "COMPLETED": Badge("Completed", "green", "circle-check"),
    "RESOLVED": Badge("Resolved", "green", "circle-check"),
    "CLOSED": Badge("Closed", "slate", "circle-minus"),
    "REJECTED": Badge("Rejected", "red", "circle-x"),
}

ANSWER: Mapping[str, Badge] = {
    "ALLOW": Badge("Allow", "green", "circle-check"),
    "NEEDS_APPROVAL": Badge("Needs approval", "yellow", "shield-half"),
    "BLOCKED": Badge("Blocked", "red", "ban"),
}

ACCOUNT_STATUS: Mapping[str, Badge] = {
    "ACTIVE": Badge("Active", "green", "plug-connected"),
    "INACTIVE": Badge("Inactive", "red", "circle-off"),
    "PENDING": Badge("Pending", "yellow", "circle-dotted"),
    "DISCONNECTED": Badge("Disconnected", "orange", "plug-connected-x"),
    "COLLECTION": Badge("Collection", "purple", "cash"),
}

SUPPLY_STATE: Mapping[str, Badge] = {
    "CONNECTED": Badge("Connected", "green", "plug-connected"),
    "OFF_FOR_NOW": Badge("Disconnected temporarily", "orange", "plug-connected-x"),
    "OFF_FOR_GOOD": Badge("Disconnected for good", "slate", "circle-off"),
    "MOVED_OUT": Badge("Moved out", "slate", "arrow-right"),
}

METER: Mapping[str, Badge] = {
    "ACTIVE": Badge("Active", "green", "circle-check"),
    "INACTIVE": Badge("Inactive", "slate", "circle-off"),
    "MAINTENANCE": Badge("Maintenance", "orange", "settings"),
}

VERIFICATION: Mapping[str, Badge] = {
    "PENDING": Badge("Pending", "yellow", "circle-dotted"),
    "VERIFIED": Badge("Verified", "green", "circle-check"),
    "REJECTED": Badge("Rejected", "red", "circle-x"),
}

DOCUMENT: Mapping[str, Badge] = {
    "PROCESSING": Badge("Processing", "yellow", "circle-dotted"),
    "VERIFIED": Badge("Verified", "blue", "shield-check"),
    "PUBLISHED": Badge("Published", "green", "circle-check"),
    "REJECTED": Badge("Rejected", "red", "circle-x"),
    "WITHDRAWN": Badge("Withdrawn", "slate", "circle-minus"),
}

CASE_KIND: Mapping[str, Badge] = {
    "DISCONNECTION": Badge("Disconnection", "brand", "plug-connected-x"),
    "RECONNECTION": Badge("Reconnection", "brand", "plug-connected"),
    "COMPLAINT": Badge("Complaint", "brand", "message-report"),
}

PRIORITY: Mapping[str, Badge] = {
    "LOW": Badge("Low", "slate", "chevron-down"),
    "MEDIUM": Badge("Medium", "slate", "equal"),
    "HIGH": Badge("High", "orange", "chevron-up"),
    "CRITICAL": Badge("Critical", "red", "chevrons-up"),
}

DELIVERY: Mapping[str, Badge] = {
    "QUEUED": Badge("Waiting to be sent", "slate", "clock"),
    "SENT": Badge("Sent", "green", "mail-check"),
    "FAILED": Badge("Not delivered", "red", "mail-x"),
    "NOT_SENT": Badge("Not sent", "slate", "mail-off"),
}

PAYMENT: Mapping[str, Badge] = {
    "PENDING": Badge("Pending", "yellow", "circle-dotted"),
    "PROCESSED": Badge("Processed", "green", "circle-check"),
    "FAILED": Badge("Failed", "red", "circle-x"),
    "REVERSED": Badge("Reversed", "slate", "arrow-left"),
}

ARRANGEMENT: Mapping[str, Badge] = {
    "RUNNING": Badge("Running", "blue", "progress"),
    "KEPT": Badge("Kept", "green", "circle-check"),
    "BROKEN": Badge("Broken", "red", "circle-x"),
    "CANCELLED": Badge("Cancelled", "slate", "circle-minus"),
}

SERVICE_ORDER: Mapping[str, Badge] = {
    "OPEN": Badge("Open", "yellow", "circle-dotted"),
    "SCHEDULED": Badge("Scheduled", "slate", "calendar-event"),
    "ASSIGNED": Badge("Assigned", "blue", "user"),
    "IN_PROGRESS": Badge("In Progress", "blue", "progress"),
    "COMPLETED": Badge("Completed", "green", "circle-check"),
    "CANCELLED": Badge("Cancelled", "slate", "circle-minus"),
}

ACCOUNT_HOLD: Mapping[str, Badge] = {
    "STANDS": Badge("Protected", "green", "shield-check"),
    "LAPSED": Badge("Lapsed", "orange", "shield-half"),
    "LIFTED": Badge("Lifted", "slate", "circle-minus"),
    "PROPOSED": Badge("Waits for a supervisor", "yellow", "clock"),
    "DECLINED": Badge("Declined", "slate", "circle-x"),
}

CERTIFICATE: Mapping[str, Badge] = {
    "WITHDRAWN": Badge("Certificate withdrawn", "orange", "alert-triangle"),
    "REJECTED": Badge("Certificate rejected", "orange", "alert-triangle"),
}

SLA: Mapping[str, Badge] = {
    "ON_TRACK": Badge("On Track", "green", "clock-check"),
    "AT_RISK": Badge("At risk", "yellow", "clock-exclamation"),
    "BREACHED": Badge("Breached", "red", "flame", is_solid=True),
    "PAUSED": Badge("Paused", "slate", "player-pause"),
    "MET": Badge("Within target", "green", "clock-check"),
    "MISSED": Badge("Breached", "red", "flame"),
}

UTILITY: Mapping[str, Badge] = {
    "ELECTRICITY": Badge("Electricity", "yellow", "bolt"),
    "WATER": Badge("Water", "blue", "droplet"),
    "GAS": Badge("Gas", "orange", "gas"),
}

CHANNEL: Mapping[str, Badge] = {
    "EMAIL": Badge("E-mail", "blue", "mail"),
    "PHONE": Badge("Call", "blue", "phone"),
    "SMS": Badge("SMS", "blue", "message-2"),
    "IN_PERSON": Badge("In person", "blue", "user"),
    "LETTER": Badge("Letter", "blue", "file-text"),
    "SYSTEM": Badge("System", "slate", "bell"),
}


def badge_of(table: Mapping[str, Badge], code: object) -> Badge:
    """The badge of ``code``. Raises `ValueError` for a code that the table does not know."""
    try:
        return table[str(code)]
    except KeyError:
        raise ValueError(f"{code!r} is none of {', '.join(table)}") from None


def known_tone(tone: str) -> str:
    """``tone`` itself. Raises `ValueError` when there is no such tone."""
    if tone not in TONES:
        raise ValueError(f"{tone!r} is no tone; the tones are {', '.join(sorted(TONES))}")
    return tone
