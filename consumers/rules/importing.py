"""An account as a file of the system before has it: what it is taken over from (CON15)."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from smart360.kernel.money import ZERO

MOST_EARLIER = 60
"""How many readings a meter brings besides its last: five years of months."""


@dataclass(frozen=True, slots=True)
class ImportedService:
    """One service of an account, its meter, its last reading and those ``earlier``, in order."""

    utility: str
    service_address: str
    area: str
    supply_state: str
    connected_on: date
    meter_number: str
    device_number: str
    meter_type: str
    model: str
    unit: str
    reading: Decimal | None
    read_on: date | None
    earlier: tuple[tuple[date, Decimal], ...] = ()

    @property
    def readings(self) -> tuple[tuple[date, Decimal], ...]:
        """Day and value of each reading, the oldest first."""
        if self.reading is None or self.read_on is None:
            return self.earlier
        return (*self.earlier, (self.read_on, self.reading))

    def agrees_with(self, here: "ImportedService") -> bool:
        """Whether it is what is here but for readings that came later."""
        count = len(self.readings)
        return self._with_all(self.readings) == here._with_all(here.readings[:count])

    def _with_all(self, readings: tuple[tuple[date, Decimal], ...]) -> "ImportedService":
        return replace(self, reading=None, read_on=None, earlier=readings)


@dataclass(frozen=True, slots=True)
class ImportedMoney:
    """What is owed at the go-live (below 0: a credit), due since when; and the deposit held."""

    balance: Decimal = ZERO
    balance_on: date | None = None
    due_on: date | None = None
    deposit: Decimal = ZERO
    deposit_on: date | None = None

    @property
    def owed_since(self) -> date | None:
        """Since when something is owed; nothing and a credit are not."""
        return self.due_on if self.balance > 0 else None

    def differences(self, other: "ImportedMoney") -> list[str]:
        """In which columns of a file the two differ."""
        found = []
        if (self.balance, self.balance_on, self.due_on) != (
            other.balance,
            other.balance_on,
            other.due_on,
        ):
            found.append("opening_balance")
        if (self.deposit, self.deposit_on) != (other.deposit, other.deposit_on):
            found.append("deposit")
        return found


NO_MONEY = ImportedMoney()


@dataclass(frozen=True, slots=True)
class ImportedAccount:
    """One account as the file has it; ``lines`` are where."""

    account_number: str
    name: str
    phone: str
    email: str
    category: str
    subcategory: str
    is_vip: bool
    status: str
    registered_on: date
    billing_address: str
    services: tuple[ImportedService, ...]
    lines: tuple[int, ...]
    money: ImportedMoney = NO_MONEY

    def differences(self, other: "ImportedAccount") -> list[str]:
        """In which columns the two differ."""
        apart = ("lines", "services", "money")
        names = [each.name for each in fields(self) if each.name not in apart]
        found = [name for name in names if getattr(self, name) != getattr(other, name)]
        if not self._has_services_of(other):
            found.append("services")
        return found + self.money.differences(other.money)

    def _has_services_of(self, other: "ImportedAccount") -> bool:
        here = {(each.utility, each.service_address): each for each in other.services}
        return len(self.services) == len(other.services) and all(
            (there := here.get((each.utility, each.service_address))) is not None
            and each.agrees_with(there)
            for each in self.services
        )
