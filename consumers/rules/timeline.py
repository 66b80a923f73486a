"""The sentence, icon and tone of each line on a consumer's timeline."""

from collections.abc import Mapping
from typing import Any

from consumers.choices import AccountStatus, LockPurpose, MeterPlace, SupplyState
from consumers.rules.profiles import LABELS
from smart360.trail.choices import Event

LOOKS: dict[str, tuple[str, str]] = {
    Event.PROFILE_LOCKED: ("lock", "slate"),
    Event.PROFILE_RELEASED: ("lock", "slate"),
    Event.PROFILE_LOCK_BROKEN: ("lock", "orange"),
    Event.PROFILE_CHANGED: ("pencil", "blue"),
    Event.STATUS_CHANGED: ("plug-connected", "blue"),
    Event.CREATED: ("plus", "brand"),
    Event.CONSUMER_IMPORTED: ("plus", "slate"),
}

CHECKLIST_ITEMS: dict[str, str] = {
    "FINAL_BILL": "Final bill generated and sent",
    "FINAL_PAYMENT": "Final payment received",
    "EQUIPMENT": "Equipment returned or retrieved",
    "CUSTOMER_NOTIFIED": "Customer notified of closure",
    "RECORDS_ARCHIVED": "Records archived",
    "ACCOUNT_CLOSED": "Account officially closed",
    "MONEY_SETTLED": "Debt and fee settled or arranged",
    "METER_VERIFIED": "Meter verified",
    "READING_TAKEN": "Opening reading taken",
    "CONSUMER_TOLD": "Customer told of the reconnection",
}
"""The items of both checklists, in the words of the tabs that tick them."""

NUMBERED = ("payment", "refund", "deposit", "order")
"""Facts that are the number of what a line is about."""


NAMED_BY: dict[str, str] = {
    Event.METER_ASSIGNED: "meter",
    Event.METER_UNASSIGNED: "meter",
    Event.CONSUMER_LINKED: "account",
    Event.DISPUTE_SET: "amount",
    Event.DISPUTE_LIFTED: "amount",
}
"""Lines of which one fact is all that there is to say."""


def sentence_of(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What happened, in the users' words.

    >>> sentence_of("PROFILE_CHANGED", {}, {"fields": ["name", "phone"]})
    'Profile changed: name, phone'
    >>> sentence_of("PAYMENT_RECORDED", {}, {"payment": "PAY-2026-000001"})
    'Payment recorded: PAY-2026-000001'
    """
    label = Event(kind).label
    if kind == Event.PROFILE_CHANGED:
        fields = [LABELS.get(name, name).lower() for name in new.get("fields", [])]
        return f"{label}: {', '.join(fields)}" if fields else label
    if kind == Event.PROFILE_LOCKED:
        purpose = new.get("purpose", "")
        known = purpose in LockPurpose.values
        return f"{label}: {LockPurpose(purpose).label.lower()}" if known else label
    if "interest_for" in new:
        return f"Interest on the security deposit for {new['interest_for']}"
    if facts := what_it_is_about(kind, new):
        return f"{label}: {facts}"
    numbers = [str(new[name]) for name in NUMBERED if name in new]
    return f"{label}: {numbers[0]}" if numbers else label


def what_it_is_about(kind: str, new: Mapping[str, Any]) -> str:
    """The meter, supply, status or item that a line of a closure names, in words; else ``""``.

    >>> what_it_is_about("METER_MOVED", {"meter": "EM-1", "warehouse": "Main warehouse"})
    'EM-1 to Main warehouse'
    >>> what_it_is_about("SUPPLY_CHANGED", {"supply": "OFF_FOR_GOOD"})
    'Disconnected for good'
    >>> what_it_is_about("CHECKLIST_TICKED", {"item": "FINAL_BILL"})
    'Final bill generated and sent'
    """
    if kind == Event.METER_MOVED:
        place = new.get("warehouse") or dict(MeterPlace.choices).get(new.get("place", ""), "--")
        return f"{new.get('meter', '')} to {place}"
    if kind in (Event.READING_ENTERED, Event.READING_VERIFIED, Event.READING_REJECTED):
        return f"{new.get('meter', '')} showed {new.get('value', '')} on {new.get('read_on', '')}"
    if kind == Event.SUPPLY_CHANGED:
        return dict(SupplyState.choices).get(new.get("supply", ""), "")
    if kind == Event.STATUS_CHANGED:
        return dict(AccountStatus.choices).get(new.get("status", ""), "")
    if kind in (Event.CHECKLIST_TICKED, Event.CHECKLIST_CLEARED):
        return CHECKLIST_ITEMS.get(str(new.get("item", "")), "")
    if kind == Event.RATED:
        return f"{new.get('stars', 0)} of 5 stars"
    if kind == Event.EVIDENCE_ADDED:
        files = new.get("files", 0)
        return f"{files} {'file' if files == 1 else 'files'}"
    return str(new.get(NAMED_BY.get(kind, ""), ""))


def look_of(kind: str) -> tuple[str, str]:
    """Icon and tone."""
    return LOOKS.get(kind, ("info-circle", "slate"))
