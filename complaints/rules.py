"""Pure rules of complaints: what a complaint must say, as values in and sentences out."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

FEWEST_DESCRIPTION = 10
FEWEST_EXPECTED = 5
LONGEST_DESCRIPTION = 4000
LONGEST_EXPECTED = 1000
LONGEST_NOTES = 500

IN_THE_FUTURE = "Incident date cannot be in the future"
SAME_WORDS = "Expected resolution cannot be the same as the description"
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
