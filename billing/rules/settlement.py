"""What a consumer and the utility owe each other: the settlement of a request and of a bill."""

from dataclasses import dataclass
from decimal import Decimal

from smart360.kernel.money import ZERO


@dataclass(frozen=True)
class Settlement:
    """A request's settlement before any final bill (BIL3, 004 §7).

    ``net``    outstanding less the deposit used; below zero it goes back to the consumer
    """

    outstanding: Decimal
    deposit: Decimal
    uses_deposit: bool

    @property
    def deposit_used(self) -> Decimal:
        """The whole deposit, or nothing."""
        return self.deposit if self.uses_deposit else ZERO

    @property
    def net(self) -> Decimal:
        """What is left to pay; below zero: to refund."""
        return self.outstanding - self.deposit_used

    @property
    def payable(self) -> Decimal:
        """Amount payable by the consumer, or zero."""
        return max(ZERO, self.net)

    @property
    def refund_due(self) -> Decimal:
        """Refund due to the consumer, or zero."""
        return max(ZERO, -self.net)

    @property
    def is_cleared(self) -> bool:
        """Whether nothing is outstanding; a credit is not "cleared" (bad-inputs.md 72, 73)."""
        return self.outstanding == 0


def uses_deposit_by_default(*, outstanding: Decimal, deposit: Decimal) -> bool:
    """Whether "Use in bill" is on until somebody sets it: when something is owed (AC013)."""
    return outstanding > 0 and deposit > 0


def deposit_is_used(chosen: bool | None, *, outstanding: Decimal, deposit: Decimal) -> bool:
    """Whether the deposit is used: as chosen, else by default; never where there is none."""
    if deposit <= 0:
        return False
    if chosen is not None:
        return chosen
    return uses_deposit_by_default(outstanding=outstanding, deposit=deposit)


@dataclass(frozen=True)
class BillSums:
    """The sums of a final bill (BIL5); the database works out the same (M5, M6).

    ``applied``     of the deposit, never more than it holds or than is owed
    ``due``         final amount due
    ``refund_due``  what of deposit and credit goes back
    """

    applied: Decimal
    due: Decimal
    refund_due: Decimal

    @property
    def deducted(self) -> Decimal:
        """The deposit applied as a bill shows it: below zero; never ``-0.00``."""
        return ZERO - self.applied


def bill_sums(
    *, billed: Decimal, outstanding: Decimal, deposit: Decimal, uses_deposit: bool
) -> BillSums:
    """The sums of a bill of ``billed`` for a consumer who owed ``outstanding`` before it."""
    owed = billed + outstanding
    at_hand = deposit if uses_deposit else ZERO
    return BillSums(
        applied=max(ZERO, min(at_hand, owed)),
        due=max(ZERO, owed - at_hand) if owed > 0 else ZERO,
        refund_due=max(ZERO, at_hand - owed),
    )
