"""An account as a file of the system before has it: what it is taken over from (CON15)."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from smart360.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class ImportedService:
    """One service of an account, its meter and a reading."""

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
        if set(self.services) != set(other.services):
            found.append("services")
        return found + self.money.differences(other.money)
