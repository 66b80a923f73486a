"""Pure rules of complaints: what a complaint must say, as values in and sentences out."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from smart360.cases.rules import Numbering

NUMBERS = Numbering(("CMP",), has_years=False, digits=8)
"""How complaints are numbered: CMP-00001234."""
FEWEST_DESCRIPTION = 10
FEWEST_EXPECTED = 5
LONGEST_DESCRIPTION = 4000
LONGEST_EXPECTED = 1000
LONGEST_NOTES = 500

IN_THE_FUTURE = "Incident date cannot be in the future"
SAME_WORDS = "Expected resolution cannot be the same as the description"
NO_RESOLUTION = "Enter how the complaint was resolved"
NO_REASON = "Enter the reason for rejection"
LONGEST_DECISION = 2000
"""Letters of what decides a complaint: a resolution, a rejection, a reopening."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Stranger:
    """Who complains and is not in the system yet, as they say (CMP2)."""

    name: str
    phone: str = ""
    email: str = ""
    service_address: str = ""
    customer_type: str = ""
    account_said: str = ""


@dataclass(frozen=True, slots=True)
class ComplaintWish:
    """What somebody asks to be registered as a complaint.

    ``consumer``  the account, or None when ``stranger`` says who complains
    ``category``, ``subcategory``, ``name``  keys as chosen; they must belong together (W18)
    ``staff_named``  whom it is about, where the category is about staff
    ``disputed_amount``  where the category is about bills
    """

    consumer: int | None
    stranger: Stranger | None
    category: int
    subcategory: int
    name: int
    incident_on: date
    description: str
    expected_resolution: str
    notes: str = ""
    staff_named: int | None = None
    disputed_amount: Decimal | None = None
    notifies_consumer: bool = True


def reopened_until(ended_at: datetime, days: int) -> datetime:
    """The last moment at which a complaint that ended then can be reopened (CMP5)."""
    return ended_at + timedelta(days=days)


def bare(text: str) -> str:
    """``text`` as it is counted: composed, nothing invisible in it, no blanks at its ends (W19).

    >>> bare("  caf\\u00e9\\u200b ")
    'café'
    """
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip(" \t\n\r")


def why_too_short(text: str, fewest: int) -> str:
    """The sentence under a text that says too little, or ``""`` (bad-inputs.md 106, 107)."""
    letters = len(bare(text))
    if letters >= fewest:
        return ""
    return f"Ensure this value has at least {fewest} characters (it has {letters})."


def say_the_same(description: str, expected: str) -> bool:
    """Whether what is expected only repeats the description, in whatever case (W19)."""
    return bare(description).casefold() == bare(expected).casefold()


def why_not_then(incident_on: date, *, today: date, longest_days: int) -> str:
    """The sentence that refuses the day of an incident, or ``""`` (bad-inputs.md 109)."""
    if incident_on > today:
        return IN_THE_FUTURE
    if incident_on < today - timedelta(days=longest_days):
        return f"Incident date is more than {longest_days} days ago"
    return ""


# ------------------------------------------------------------------ a complaint being written
CREATE = "complaints.create_complaint"
"""The act that a draft's one-time key is for."""
LONGEST_DRAFT = 20_000  # characters of one step in all
SUBSTITUTE = "\x1a"
"""The control character for one that cannot be kept; beside its field it is told (54)."""
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "version", "window", "to"})


def kept_words(typed: Mapping[str, list[str]]) -> dict[str, list[str]] | None:
    """What of a form is kept; None when it is too long.

    PostgreSQL's JSON takes no NUL; what stands for it is refused by the form just the same.
    """
    kept = {
        name: [value.replace("\0", SUBSTITUTE) for value in values]
        for name, values in typed.items()
        if name not in NEVER_KEPT
    }
    length = sum(len(value) for values in kept.values() for value in values)
    return kept if length <= LONGEST_DRAFT else None


def is_stale(
    before: Mapping[str, Any], words: Mapping[str, list[str]], *, window: str, version: int
) -> bool:
    """Whether keeping ``words`` would swallow what another window has written meanwhile.

    ``before`` is the step as it was kept last: its words, its window and its version.

    >>> before = {"words": {"notes": ["theirs"]}, "window": "b", "version": 2}
    >>> is_stale(before, {"notes": ["mine"]}, window="a", version=1)
    True
    >>> is_stale(before, {"notes": ["mine"]}, window="a", version=2)
    False
    """
    if not before or before["window"] == window or before["version"] == version:
        return False
    return bool(before["words"] != words)
