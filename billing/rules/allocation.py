"""Which charges are not paid yet: payments meet the oldest first (BIL7), so the newest are open.

Nothing of it is stored: the balance and the charges say it all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum

from smart360.kernel.money import ZERO


@dataclass(frozen=True)
class Charge:
    """Something that the consumer was charged with. ``key`` is its posting's."""

    key: int
    reference: str
    amount: Decimal
    due_on: date
    is_invoice: bool = True


@dataclass(frozen=True)
class Unpaid:
    """What is left to pay of a charge; above zero, never more than the charge."""

    charge: Charge
    amount: Decimal

    @property
    def paid(self) -> Decimal:
        """What was paid of it."""
        return self.charge.amount - self.amount


class Bucket(IntEnum):
    """How long something is overdue. The number is the first day of it."""

    CURRENT = 0
    UP_TO_30 = 1
    UP_TO_60 = 31
    UP_TO_90 = 61
    OVER_90 = 91

    @property
    def label(self) -> str:
        """As a page says it."""
        return BUCKET_WORDS[self]


BUCKET_WORDS = {
    Bucket.CURRENT: "Current",
    Bucket.UP_TO_30: "1–30 days",
    Bucket.UP_TO_60: "31–60 days",
    Bucket.UP_TO_90: "61–90 days",
    Bucket.OVER_90: "Over 90 days",
}


@dataclass(frozen=True)
class Allocation:
    """What is unpaid, newest first.

    ``older``  owed beyond the charges that were looked at: it is older than all of them
    """

    unpaid: tuple[Unpaid, ...] = ()
    older: Decimal = ZERO

    @property
    def oldest_due_on(self) -> date | None:
        """When the oldest charge that is not paid in full was to be paid."""
        return min((each.charge.due_on for each in self.unpaid), default=None)

    @property
    def latest_due_on(self) -> date | None:
        """The due date that pages show: of the most recent invoice not paid in full (BIL2)."""
        invoices = (each.charge for each in self.unpaid if each.charge.is_invoice)
        newest = next(invoices, None)
        return newest.due_on if newest else None

    def unpaid_of(self, key: int) -> Decimal:
        """What is left to pay of the charge with this key."""
        return next((each.amount for each in self.unpaid if each.charge.key == key), ZERO)

    def aged(self, on: date) -> dict[Bucket, Decimal]:
        """What is owed by how long it is overdue; the sum is all that is owed."""
        sums = dict.fromkeys(Bucket, ZERO)
        for each in self.unpaid:
            sums[bucket_of(each.charge.due_on, on)] += each.amount
        if self.older:
            oldest = self.oldest_due_on
            sums[bucket_of(oldest, on) if oldest else Bucket.CURRENT] += self.older
        return sums


def allocate(charges: Iterable[Charge], balance: Decimal) -> Allocation:
    """What of ``charges`` (newest first, none below zero) is unpaid when ``balance`` is owed.

    It reads no further than it must: ``charges`` may be a query's rows as they come.
    """
    left, unpaid = max(balance, ZERO), []
    if left:
        for charge in charges:
            part = min(left, charge.amount)
            if part:
                unpaid.append(Unpaid(charge, part))
            left -= part
            if not left:
                break
    return Allocation(tuple(unpaid), left)


def bucket_of(due_on: date, on: date) -> Bucket:
    """How long something due on a day is overdue on another; on its day it is not."""
    days = (on - due_on).days
    return max((bucket for bucket in Bucket if bucket <= days), default=Bucket.CURRENT)
