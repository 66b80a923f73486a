"""What one consumer owes, and what all together: the total and what is not folded into it yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from consumers.models import BalanceChange, ConsumerFigures
from smart360.kernel.money import ZERO

TOTAL = """
SELECT t.balance + (SELECT coalesce(sum(c.change), 0) FROM consumers_balancechange c)
  FROM consumers_balancetotal t WHERE t.id = 1
"""
"""One statement, so that one snapshot holds both: a fold is seen whole or not at all."""


def total_balance() -> Decimal:
    """What all consumers together owe, less what is owed to them; exact at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(TOTAL)
        total: Decimal = cursor.fetchone()[0]
    return total


def has_unfolded_balances() -> bool:
    """Whether there is anything to fold."""
    return BalanceChange.objects.exists()


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What the head of a profile shows of an account's money (CON3).

    ``balance``        owed by the consumer; below zero: a credit
    ``deposit``        security held
    ``oldest_due_on``  since when something is unpaid
    """

    balance: Decimal = ZERO
    deposit: Decimal = ZERO
    last_billed_on: date | None = None
    oldest_due_on: date | None = None

    @property
    def credit(self) -> Decimal:
        """What the consumer has paid too much, or zero."""
        return max(ZERO, -self.balance)

    def is_overdue(self, today: date) -> bool:
        """Whether something is unpaid since a day before ``today``."""
        return self.oldest_due_on is not None and self.oldest_due_on < today


def balances_by_consumer(consumers: Collection[int]) -> dict[int, Decimal]:
    """Consumer → what they owe, for a list; one statement. Who is not in it owes nothing."""
    found = ConsumerFigures.objects.filter(consumer__in=consumers)
    return dict(found.values_list("consumer", "balance"))
