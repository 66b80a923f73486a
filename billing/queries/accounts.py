"""Balances as they stand: of one consumer, at this moment, from one row (BIL1, BIL2)."""

from dataclasses import dataclass
from decimal import Decimal

from billing.models import LedgerAccount, LedgerTransaction
from consumers.models import ConsumerFigures
from smart360.kernel.money import ZERO


@dataclass(frozen=True)
class Balances:
    """What a consumer owes (below zero: is owed), and the security deposit held."""

    outstanding: Decimal = ZERO
    deposit: Decimal = ZERO

    @property
    def credit(self) -> Decimal:
        """What could be refunded without touching the deposit."""
        return max(ZERO, -self.outstanding)


def balances_of(consumer: int) -> Balances:
    """The balances of one consumer, kept by the ledger's trigger; one statement."""
    found = ConsumerFigures.objects.filter(consumer=consumer).values_list("balance", "deposit")
    row = found.first()
    return Balances(*row) if row else Balances()


def last_posting(consumer: int) -> int:
    """The key of a consumer's last posting, the head of their ledger; 0 before the first."""
    newest = LedgerTransaction.objects.filter(consumer=consumer).order_by("-id")
    return newest.values_list("id", flat=True).first() or 0


def shared_accounts() -> dict[tuple[str, str], int]:
    """Kind and utility → key of the accounts that all consumers share."""
    rows = LedgerAccount.objects.filter(consumer=None).values_list("kind", "utility_type", "pk")
    return {(kind, utility): key for kind, utility, key in rows}
