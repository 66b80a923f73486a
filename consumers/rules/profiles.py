"""What people see of a consumer, and which of its data they may change."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

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
    meter_number: str = ""
    device_number: str = ""
    meter_type: str = ""
    model: str = ""
    condition: str = ""
    unit: str = ""
    reading: Decimal | None = None
    read_on: date | None = None


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
