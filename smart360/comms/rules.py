"""Pure rules of communication: placeholders, addresses, the name of a letter."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from smart360.kernel.text import why_unshowable

QUEUED_TOO_LONG = timedelta(minutes=15)
"""From then on an unsent message is an alarm and says so on its case (quality.md, N2)."""

NO_ADDRESS = "No e-mail on file"
WRONG_ADDRESS = "The e-mail address on file is not valid"
BROKEN_PLACEHOLDER = "A placeholder is written {{ name }}, with two braces on each side."
LONGEST_ADDRESS = 254
MISSING = "--"

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "number": "DIS-2024-001234",
        "consumer_name": "John Michael Smith",
        "account_number": "ACC-2024-001789",
        "request_type": "Disconnection",
        "services": "Electricity",
        "service_address": "123 Oak Street, Springfield, IL 62701",
        "reason": "Customer request",
        "preferred": "Sun, Dec 15, 2024, 10:00 AM – 12:00 PM",
        "created_at": "Dec 10, 2024, 09:30 AM",
        "due_at": "Dec 11, 2024, 09:30 AM",
        "hold_reason": "Waiting for consumer",
        "resume_by": "Dec 12, 2024, 09:00 AM",
        "closing_reason": "Cancelled by consumer",
        "completed_at": "Dec 15, 2024, 11:20 AM",
        "tracking_url": "https://example.com/track/sample",
        "decision": "approved",
        "what_follows": "The account is closed then, and nothing more is billed.",
        "work": "Disconnection",
        "complaint": "Bill is too high",
        "resolution": "The meter was read again, and the bill corrected.",
        "visit": "Sun, Dec 15, 2024, 10:00 AM – 12:00 PM",
        "amount": "$150.00",
        "paid_on": "Oct 15, 2024",
        "payment_method": "Online Banking",
        "outstanding": "$456.78",
        "invoice": "INV-414013",
        "billed": "$226.60",
        "applied": "$200.00",
        "result": "Please pay $483.38 by Dec 31, 2024.",
        "instalments": "Dec 20, 2024: $100.00",
        "due_on": "Dec 20, 2024",
        "answer_within": "24 hours",
        "moved_on": "Dec 15, 2024",
        "readings": "Electricity 18245 kWh",
        "utility_name": "Springfield Utilities",
        "utility_phone": "(555) 010-0100",
        "utility_email": "service@springfield.example",
        "utility_hours": "Weekdays 8:00 AM – 6:00 PM",
        "emergency_phone": "(555) 010-0911",
    }
)
"""Every placeholder that a template may use, with the value that its preview shows."""

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BLANKS = re.compile(r"\s+")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\w")
_TRACKING = re.compile(r"\S*/track/\S+")
_is_address = EmailValidator()


def filled(wording: str, values: Mapping[str, str]) -> str:
    """``wording`` with its placeholders replaced, once: a value is never read as a template.

    >>> filled("Dear {{ consumer_name }}", {"consumer_name": "{{ number }}", "number": "1"})
    'Dear {{ number }}'
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], "") or MISSING, wording)


def why_unfit(wording: str) -> str:
    """The sentence that refuses ``wording`` as a template, or ``""``; it names what is wrong."""
    unknown = sorted(set(_PLACEHOLDER.findall(wording)) - set(PLACEHOLDERS))
    if unknown:
        return f"There is no placeholder {{{{ {unknown[0]} }}}}."
    rest = _PLACEHOLDER.sub("", wording)
    if "{{" in rest or "}}" in rest:
        return BROKEN_PLACEHOLDER
    return why_unshowable(wording)


def one_line(text: str) -> str:
    """``text`` on one line, for a header: line breaks and other blanks become single blanks."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return _BLANKS.sub(" ", printable).strip()


def why_unreachable(address: str) -> str:
    """Why no e-mail can go to ``address``; ``""`` when one can."""
    if not address.strip():
        return NO_ADDRESS
    try:
        _is_address(address)
    except ValidationError:
        return WRONG_ADDRESS
    return WRONG_ADDRESS if len(address) > LONGEST_ADDRESS else ""


def letter_id(dedupe_key: str, *, domain: str) -> str:
    """The Message-ID of a letter: the same on each copy, so that a mailbox shows it once (N3)."""
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]
    return f"<{digest}@{domain or 'localhost'}>"


def without_addresses(text: str) -> str:
    """``text`` without e-mail addresses, for roles that may not see them (X3).

    A consumer's own link goes too: it leads to the receipt, which says all.
    """
    return _ADDRESS.sub("•••@•••", _TRACKING.sub("•••", text))
