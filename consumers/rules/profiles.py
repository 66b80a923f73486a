"""What people see of a consumer, and which of its data they may change."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import phonenumbers

from consumers.choices import AccountStatus
from smart360.kernel.text import digits, normalise
from smart360.staff.permissions import Permission
from smart360.web.formats import MISSING

HIDDEN = "•••"


def masked_name(name: str) -> str:
    """The first letter of each word: enough to tell two rows apart, not enough to know who it is.

    >>> masked_name("Maria Mendez")
    'M••• M•••'
    """
    return " ".join(word[0] + HIDDEN for word in name.split()) or HIDDEN


@dataclass(frozen=True, slots=True)
class ShownConsumer:
    """A consumer as one person may see it; what they may not see is not in it (X3)."""

    id: int
    account_number: str
    status: str
    is_vip: bool
    category: str
    subcategory: str
    registered_on: date
    version: int
    name: str
    phone: str = ""
    email: str = ""
    service_addresses: tuple[str, ...] = field(default=())
    billing_address: str = ""
    sees_contact_data: bool = False
    sees_personal_data: bool = False
    erased_at: datetime | None = None

    @property
    def is_in_collection(self) -> bool:
        """Whether a collector has the account."""
        return self.status == AccountStatus.COLLECTION

    @property
    def billing_shown(self) -> str:
        """The billing address in words; nothing for who may not see it."""
        if not self.sees_personal_data:
            return ""
        return self.billing_address or "Same as service address"

    @property
    def service_address(self) -> str:
        """The first address, for a single line."""
        return self.service_addresses[0] if self.service_addresses else MISSING


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """One utility that a consumer is supplied with, its meter and the last reading.

    Meter, device and reading are empty or None when there is none.
    """

    id: int
    utility_type: str
    supply_state: str
    is_connected: bool
    connected_on: date
    address: str
    area: str
    premise: int = 0
    meter_number: str = ""
    device_number: str = ""
    meter_type: str = ""
    model: str = ""
    condition: str = ""
    unit: str = ""
    reading: Decimal | None = None
    read_on: date | None = None
    assigned_at: datetime | None = None
    installed_on: date | None = None


@dataclass(frozen=True, slots=True)
class LockFacts:
    """Who holds a profile just now."""

    holder: str
    holder_id: int
    purpose: str
    token: int
    taken_at: datetime
    expires_at: datetime
    is_own: bool


# ------------------------------------------------------------------ changing
EDITABLE: dict[str, Permission] = {
    "name": Permission.EDIT_CONSUMER,
    "category": Permission.EDIT_CONSUMER,
    "subcategory": Permission.EDIT_CONSUMER,
    "phone": Permission.EDIT_CONTACT,
    "email": Permission.EDIT_CONTACT,
    "billing_address": Permission.EDIT_BILLING_ADDRESS,
}
"""What of a profile can be changed, and who may (roles.md)."""

GUARDED = frozenset({"name", "category", "subcategory"})
"""What an open request keeps as it is (CON14)."""

LABELS = {
    "name": "Name",
    "category": "Category",
    "subcategory": "Subcategory",
    "phone": "Phone",
    "email": "E-mail",
    "billing_address": "Billing address",
    "service_address": "Service address",
    "area": "Area",
}

LONGEST_DIGITS = 20
SHORTEST_REASON = 10
LONGEST_REASON = 250
NOT_A_PHONE = "Enter a valid phone number, such as (555) 123-4567."


def editable_by(permissions: Container[str], *, is_guarded: bool) -> frozenset[str]:
    """The fields that somebody with these permissions may change now."""
    allowed = {name for name, permission in EDITABLE.items() if permission in permissions}
    if is_guarded and Permission.EDIT_GUARDED_DATA not in permissions:
        allowed -= GUARDED
    return frozenset(allowed)


def plain_phone(typed: str, region: str) -> str | None:
    """The number as it is kept, ``+15551234567``; empty for nothing, None when it is no number.

    >>> plain_phone("(555) 123-4567", "US")
    '+15551234567'
    >>> plain_phone("555-12", "US") is None
    True
    """
    typed = typed.strip()
    if not typed:
        return ""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if phonenumbers.is_possible_number_with_reason(number) != possible or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_digits_of(phone: str) -> str:
    """What the search compares a phone number with."""
    return digits(phone)[-LONGEST_DIGITS:]


def search_text_of(name: str, addresses: Iterable[str]) -> str:
    """What the search looks through: name first, then every address, normalised."""
    return normalise(" ".join([name, *dict.fromkeys(filter(None, addresses))]))
