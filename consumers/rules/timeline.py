"""The sentence, icon and tone of each line on a consumer's timeline."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from consumers.choices import AccountStatus, DocumentKind, LockPurpose, MeterPlace, SupplyState
from consumers.rules.documents import KEPT_CLOSE
from consumers.rules.profiles import LABELS
from smart360.trail.choices import Event
from smart360.web.formats import shown_date, shown_reading

LOOKS: dict[str, tuple[str, str]] = {
    Event.CREATED: ("plus", "slate"),
    Event.ACKNOWLEDGED: ("progress", "blue"),
    Event.HELD: ("player-pause", "orange"),
    Event.RESUMED: ("progress", "blue"),
    Event.CLOSED: ("circle-minus", "slate"),
    Event.COMPLETED: ("circle-check", "green"),
    Event.RESOLVED: ("circle-check", "green"),
    Event.REJECTED: ("circle-x", "red"),
    Event.REOPENED: ("refresh", "blue"),
    Event.CONSUMER_LINKED: ("user-check", "blue"),
    Event.EVIDENCE_ADDED: ("file-text", "slate"),
    Event.DISPUTE_SET: ("receipt-2", "orange"),
    Event.DISPUTE_LIFTED: ("receipt-2", "slate"),
    Event.RATED: ("star", "slate"),
    Event.ASSIGNED: ("user", "slate"),
    Event.NOTE_ADDED: ("lock", "yellow"),
    Event.MESSAGE_SENT: ("mail", "blue"),
    Event.MESSAGE_RECEIVED: ("mail", "blue"),
    Event.CALL_LOGGED: ("phone", "blue"),
    Event.MESSAGE_NOT_SENT: ("mail-off", "slate"),
    Event.MESSAGE_DELIVERED: ("mail-check", "green"),
    Event.MESSAGE_FAILED: ("mail-x", "red"),
    Event.MESSAGE_RETRIED: ("refresh", "slate"),
    Event.SLA_WARNED: ("clock-exclamation", "yellow"),
    Event.SLA_BREACHED: ("flame", "red"),
    Event.APPROVAL_ASKED: ("hand-stop", "yellow"),
    Event.APPROVAL_GIVEN: ("shield-check", "green"),
    Event.APPROVAL_REFUSED: ("circle-x", "red"),
    Event.PROTECTION_CHECKED: ("shield-check", "slate"),
    Event.NOTICE_SERVED: ("mail", "orange"),
    Event.ORDER_CREATED: ("plus", "slate"),
    Event.ORDER_SCHEDULED: ("calendar-event", "slate"),
    Event.ORDER_ASSIGNED: ("user", "blue"),
    Event.ORDER_STARTED: ("progress", "blue"),
    Event.ORDER_COMPLETED: ("circle-check", "green"),
    Event.ORDER_CANCELLED: ("circle-minus", "slate"),
    Event.CLOSURE_SET: ("adjustments", "slate"),
    Event.CHECKLIST_TICKED: ("check", "green"),
    Event.CHECKLIST_CLEARED: ("x", "slate"),
    Event.METER_ASSIGNED: ("bolt", "slate"),
    Event.METER_UNASSIGNED: ("bolt", "slate"),
    Event.METER_MOVED: ("arrow-right", "slate"),
    Event.SUPPLY_CHANGED: ("plug-connected-x", "orange"),
    Event.STATUS_CHANGED: ("user", "orange"),
    Event.ACCOUNT_ARCHIVED: ("file-text", "slate"),
    Event.PROFILE_LOCKED: ("lock", "slate"),
    Event.PROFILE_RELEASED: ("lock", "slate"),
    Event.PROFILE_LOCK_BROKEN: ("lock", "orange"),
    Event.PROFILE_CHANGED: ("pencil", "blue"),
    Event.CONSUMER_IMPORTED: ("plus", "slate"),
    Event.ACCOUNT_OPENED: ("plus", "green"),
    Event.MOVED_OUT: ("arrow-right", "orange"),
    Event.MOVED_IN: ("home", "green"),
    Event.ACCOUNTS_MERGED: ("arrow-right", "orange"),
    Event.MERGE_UNDONE: ("arrow-left", "slate"),
    Event.NOTE_PINNED: ("bookmark", "yellow"),
    Event.NOTE_UNPINNED: ("bookmark", "slate"),
    Event.NOTE_WITHDRAWN: ("circle-minus", "slate"),
    Event.DATA_EXPORT_ASKED: ("download", "slate"),
    Event.DATA_EXPORT_APPROVED: ("download", "blue"),
    Event.DATA_EXPORT_DECLINED: ("circle-x", "slate"),
    Event.ERASURE_ASKED: ("trash", "orange"),
    Event.ERASURE_DECLINED: ("circle-x", "slate"),
    Event.PERSON_ERASED: ("trash", "red"),
    Event.DOCUMENT_ADDED: ("file-text", "blue"),
    Event.DOCUMENT_RENEWED: ("file-text", "blue"),
    Event.DOCUMENT_VERIFIED: ("circle-check", "green"),
    Event.DOCUMENT_PUBLISHED: ("circle-check", "green"),
    Event.DOCUMENT_REJECTED: ("circle-x", "red"),
    Event.DOCUMENT_WITHDRAWN: ("circle-minus", "slate"),
    Event.HOLD_PLACED: ("shield-check", "orange"),
    Event.HOLD_LIFTED: ("shield-check", "slate"),
    Event.PAYMENT_RECORDED: ("cash", "slate"),
    Event.PAYMENT_PROCESSED: ("cash", "green"),
    Event.PAYMENT_FAILED: ("circle-x", "red"),
    Event.PAYMENT_REVERSED: ("arrow-left", "orange"),
}
"""Icon and tone of a line, on the timeline of a consumer and of a case."""

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

DOCUMENT_EVENTS = frozenset(
    {
        Event.DOCUMENT_ADDED, Event.DOCUMENT_RENEWED, Event.DOCUMENT_VERIFIED,
        Event.DOCUMENT_PUBLISHED, Event.DOCUMENT_REJECTED, Event.DOCUMENT_WITHDRAWN,
    }
)  # fmt: skip
"""What can happen to a document of a consumer."""

NUMBERED = ("payment", "refund", "deposit", "order")
"""Facts that are the number of what a line is about."""


NAMED_BY: dict[str, str] = {
    Event.ACCOUNT_OPENED: "account",
    Event.MERGE_UNDONE: "account",
    Event.METER_ASSIGNED: "meter",
    Event.METER_UNASSIGNED: "meter",
    Event.CONSUMER_LINKED: "account",
    Event.DISPUTE_SET: "amount",
    Event.DISPUTE_LIFTED: "amount",
}
"""Lines of which one fact is all that there is to say."""


def label_of(kind: str, case_kind: str = "") -> str:
    """An event's own words; what was created says what it is.

    >>> label_of("CREATED", "COMPLAINT"), label_of("CREATED", "DISCONNECTION")
    ('Complaint created', 'Request created')
    """
    is_complaint = kind == Event.CREATED and case_kind == "COMPLAINT"
    return "Complaint created" if is_complaint else str(Event(kind).label)


def sentence_of(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], *, case_kind: str = ""
) -> str:
    """What happened, in the users' words; ``case_kind`` is that of the case of the line, if any.

    >>> sentence_of("PROFILE_CHANGED", {}, {"fields": ["name", "phone"]})
    'Profile changed: name, phone'
    >>> sentence_of("PAYMENT_RECORDED", {}, {"payment": "PAY-2026-000001"})
    'Payment recorded: PAY-2026-000001'
    """
    label = label_of(kind, case_kind)
    if kind == Event.PROFILE_CHANGED:
        fields = [LABELS.get(name, name).lower() for name in new.get("fields", [])]
        return f"{label}: {', '.join(fields)}" if fields else label
    if kind == Event.PROFILE_LOCKED:
        purpose = new.get("purpose", "")
        known = purpose in LockPurpose.values
        return f"{label}: {LockPurpose(purpose).label.lower()}" if known else label
    if kind == Event.STATUS_CHANGED and old.get("status"):
        words = dict(AccountStatus.choices)
        before, after = (words.get(facts.get("status", ""), "--") for facts in (old, new))
        return f"{label}: {before} → {after}"
    if "interest_for" in new:
        return f"Interest on the security deposit for {new['interest_for']}"
    tells = document_in_words if kind in DOCUMENT_EVENTS else what_it_is_about
    if facts := tells(kind, new):
        return f"{label}: {facts}"
    numbers = [str(new[name]) for name in NUMBERED if name in new]
    return f"{label}: {numbers[0]}" if numbers else label


def what_it_is_about(kind: str, new: Mapping[str, Any]) -> str:
    """The meter, supply, status or item that a line of a closure names, in words; else ``""``.

    >>> what_it_is_about("METER_MOVED", {"meter": "EM-1", "warehouse": "Main warehouse"})
    'EM-1 to Main warehouse'
    >>> what_it_is_about("MOVED_OUT", {"on": "2024-12-09", "account": "WU-2"})
    'Dec 9, 2024, before WU-2'
    >>> what_it_is_about("SUPPLY_CHANGED", {"supply": "OFF_FOR_GOOD"})
    'Disconnected for good'
    >>> what_it_is_about("CHECKLIST_TICKED", {"item": "FINAL_BILL"})
    'Final bill generated and sent'
    """
    if kind == Event.METER_MOVED:
        place = new.get("warehouse") or dict(MeterPlace.choices).get(new.get("place", ""), "--")
        return f"{new.get('meter', '')} to {place}"
    if kind in (Event.READING_ENTERED, Event.READING_VERIFIED, Event.READING_REJECTED):
        showed = _reading(str(new.get("value", "")))
        return f"{new.get('meter', '')} showed {showed} on {_day(str(new.get('read_on', '')))}"
    if kind in (Event.MOVED_OUT, Event.MOVED_IN, Event.ACCOUNTS_MERGED):
        return _beside(kind, new)
    if kind in (Event.SUPPLY_CHANGED, Event.STATUS_CHANGED):
        words = dict([*SupplyState.choices, *AccountStatus.choices])
        return words.get(new.get("supply") or new.get("status", ""), "")
    if kind in (Event.CHECKLIST_TICKED, Event.CHECKLIST_CLEARED):
        return CHECKLIST_ITEMS.get(str(new.get("item", "")), "")
    if kind == Event.RATED:
        return f"{new.get('stars', 0)} of 5 stars"
    if kind == Event.EVIDENCE_ADDED:
        files = new.get("files", 0)
        return f"{files} {'file' if files == 1 else 'files'}"
    return str(new.get(NAMED_BY.get(kind, ""), ""))


def _beside(kind: str, new: Mapping[str, Any]) -> str:
    """The other account of a move or a merge, and what it is to this one."""
    account = new.get("account", "")
    if kind == Event.ACCOUNTS_MERGED:
        return f"into {account}" if new.get("is_merged") else f"{account} into this one"
    who = "before" if kind == Event.MOVED_OUT else "after"
    return f"{_day(str(new.get('on', '')))}, {who} {account}"


def document_in_words(_: str, new: Mapping[str, Any]) -> str:
    """Which document a line tells of; not even its kind where that is nobody else's business.

    >>> document_in_words("DOCUMENT_RENEWED", {"kind": "AGREEMENT", "version": 2})
    'agreement, version 2'
    >>> document_in_words("DOCUMENT_ADDED", {"kind": "CERTIFICATE", "version": 1})
    ''
    """
    kind, version = new.get("kind", ""), new.get("version", 1)
    if kind in KEPT_CLOSE or kind not in DocumentKind.values:
        return ""
    words = DocumentKind(kind).label.lower()
    return f"{words}, version {version}" if version > 1 else words


def look_of(kind: str) -> tuple[str, str]:
    """Icon and tone."""
    return LOOKS.get(kind, ("info-circle", "slate"))


OTHER = "other"
GROUPS: dict[str, tuple[str, frozenset[Event]]] = {
    "profile": (
        "Profile and status",
        frozenset(
            {
                Event.PROFILE_LOCKED, Event.PROFILE_RELEASED, Event.PROFILE_LOCK_BROKEN,
                Event.PROFILE_CHANGED, Event.STATUS_CHANGED, Event.CONSUMER_IMPORTED,
                Event.ACCOUNT_ARCHIVED, Event.ACCOUNT_RESTORED, Event.DATA_EXPORT_ASKED,
                Event.DATA_EXPORT_APPROVED, Event.DATA_EXPORT_DECLINED, Event.ERASURE_ASKED,
                Event.ERASURE_DECLINED, Event.PERSON_ERASED,
                Event.ACCOUNT_OPENED, Event.MOVED_OUT, Event.MOVED_IN,
            }
        ),
    ),
    "cases": (
        "Requests and complaints",
        frozenset(
            {
                Event.CREATED, Event.ACKNOWLEDGED, Event.HELD, Event.RESUMED, Event.CLOSED,
                Event.COMPLETED, Event.ASSIGNED, Event.SLA_WARNED, Event.SLA_BREACHED,
                Event.SLA_CORRECTED, Event.APPROVAL_ASKED, Event.APPROVAL_GIVEN,
                Event.APPROVAL_REFUSED, Event.CLOSURE_SET, Event.CHECKLIST_TICKED,
                Event.CHECKLIST_CLEARED, Event.RESOLVED, Event.REJECTED, Event.REOPENED,
                Event.CONSUMER_LINKED, Event.EVIDENCE_ADDED, Event.RATED,
            }
        ),
    ),
    "said": (
        "Messages, calls and notes",
        frozenset(
            {
                Event.MESSAGE_SENT, Event.MESSAGE_RECEIVED, Event.CALL_LOGGED,
                Event.MESSAGE_NOT_SENT, Event.MESSAGE_DELIVERED, Event.MESSAGE_FAILED,
                Event.MESSAGE_RETRIED, Event.NOTICE_SERVED, Event.NOTE_ADDED, Event.NOTE_PINNED,
                Event.NOTE_UNPINNED, Event.NOTE_WITHDRAWN,
            }
        ),
    ),
    "money": (
        "Money",
        frozenset(
            {
                Event.DEPOSIT_USE_SET, Event.DEPOSIT_PLAN_SET, Event.DEPOSIT_RECEIVED,
                Event.BILL_ADJUSTED, Event.BILL_GENERATED, Event.BILL_APPROVED, Event.BILL_VOIDED,
                Event.CREDIT_NOTE_PROPOSED, Event.CREDIT_NOTE_APPROVED,
                Event.CREDIT_NOTE_REJECTED, Event.PAYMENT_RECORDED, Event.PAYMENT_PROCESSED,
                Event.PAYMENT_FAILED, Event.REVERSAL_PROPOSED, Event.REVERSAL_REJECTED,
                Event.PAYMENT_REVERSED, Event.REFUND_PROPOSED, Event.REFUND_APPROVED,
                Event.REFUND_REJECTED, Event.ARRANGEMENT_MADE, Event.ARRANGEMENT_KEPT,
                Event.ARRANGEMENT_BROKEN, Event.ARRANGEMENT_CANCELLED, Event.BILLING_FROZEN,
                Event.BILLING_RESUMED, Event.DISPUTE_SET, Event.DISPUTE_LIFTED,
            }
        ),
    ),
    "holds": (
        "Holds and protections",
        frozenset(
            {
                Event.HOLD_PLACED, Event.HOLD_LIFTED, Event.HOLD_PROPOSED, Event.HOLD_DECLINED,
                Event.PROTECTION_ENDED, Event.PROTECTION_CHECKED,
            }
        ),
    ),
    "documents": ("Documents", DOCUMENT_EVENTS),
    "orders": (
        "Service orders",
        frozenset(
            {
                Event.ORDER_CREATED, Event.ORDER_SCHEDULED, Event.ORDER_ASSIGNED,
                Event.ORDER_STARTED, Event.ORDER_COMPLETED, Event.ORDER_CANCELLED,
            }
        ),
    ),
    "meters": (
        "Meters and supply",
        frozenset(
            {
                Event.METER_ASSIGNED, Event.METER_UNASSIGNED, Event.METER_MOVED,
                Event.SUPPLY_CHANGED, Event.FINAL_READING_ENTERED,
                Event.READING_ENTERED,
                Event.READING_VERIFIED,
                Event.READING_REJECTED,
            }
        ),
    ),
}  # fmt: skip
"""What a timeline can be narrowed to: code, label and kinds of line. The rest are ``OTHER``."""
GROUP_CHOICES = [(code, label) for code, (label, _) in GROUPS.items()] + [(OTHER, "Other")]


def kinds_of(group: str) -> frozenset[Event]:
    """The kinds of line of a group; none for a group that there is not.

    >>> Event.HOLD_PLACED in kinds_of("holds")
    True
    """
    if group == OTHER:
        return frozenset(Event).difference(*(kinds for _, kinds in GROUPS.values()))
    return GROUPS[group][1] if group in GROUPS else frozenset()


def _day(iso: str) -> str:
    """A day as it is shown; what is no day stays as it is."""
    try:
        return shown_date(date.fromisoformat(iso))
    except ValueError:
        return iso


def _reading(stored: str) -> str:
    """``61,000 kWh`` of ``61000 kWh``; what is no number stays as it is."""
    number, _, unit = stored.partition(" ")
    return (
        shown_reading(Decimal(number), unit) if number.replace(".", "", 1).isdecimal() else stored
    )
