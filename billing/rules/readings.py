"""The final reading of a service as its form sends it (BIL4). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NOT_LINKED = "Meter not linked to this account"
FAR_ABOVE = "Far above usual; tick to confirm"


@dataclass(frozen=True)
class ReadingWish:
    """The final reading of one service as the form sends it; the device follows from the meter."""

    service_connection: int
    meter_number: str
    value: Decimal | None
    read_on: date | None
    has_no_consumption: bool = False
    exception: str = ""
    confirms_unusual: bool = False

    def field(self, name: str) -> str:
        """The name of this service's field in the form."""
        return f"{self.service_connection}-{name}"
