"""How many accounts there are and what they owe, one and all: what is folded and what is not."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from consumers.models import AccountChange, BalanceChange, ConsumerFigures
from smart360.kernel.money import ZERO

TOTAL = """
SELECT t.balance + (SELECT coalesce(sum(c.change), 0) FROM consumers_balancechange c)
  FROM consumers_balancetotal t WHERE t.id = 1
"""
IN_ALL = """
SELECT status, is_archived, sum(n)::bigint, {balance} FROM (
    SELECT status, is_archived, count AS n FROM consumers_accounttally
     UNION ALL
    SELECT status, is_archived, change FROM consumers_accountchange
) AS together GROUP BY 1, 2
"""
"""One statement, so that one snapshot holds all: a fold is seen whole or not at all."""


@dataclass(frozen=True, slots=True)
class AccountsInAll:
    """What the cards say of all accounts together (CON1).

    ``counts``    status → how many accounts, archived ones among them
    ``shelved``   status → how many of these are archived
    ``balance``   owed by all consumers, less what is owed to them; None where nobody asked
    """

    counts: Mapping[str, int]
    shelved: Mapping[str, int]
    balance: Decimal | None

    @property
    def total(self) -> int:
        """How many accounts there are."""
        return sum(self.counts.values())

    @property
    def archived(self) -> int:
        """How many of all are archived."""
        return sum(self.shelved.values())

    def having(self, *statuses: str) -> int:
        """How many have one of these statuses."""
        return sum(self.counts.get(status, 0) for status in statuses)

    def fitting(self, statuses: Collection[str], archived: str) -> int:
        """How many have one of these statuses, or any, and are archived as a filter says it."""
        kept = {"with": self.counts, "only": self.shelved}.get(archived)
        asked = statuses or self.counts
        if kept is not None:
            return sum(kept.get(status, 0) for status in asked)
        return sum(self.counts.get(each, 0) - self.shelved.get(each, 0) for each in asked)


def accounts_in_all(*, with_balance: bool) -> AccountsInAll:
    """How many accounts stand how, and what they owe: exact at this moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(IN_ALL.format(balance=f"({TOTAL})" if with_balance else "NULL"))
        rows = cursor.fetchall()
    counts: Counter[str] = Counter()
    shelved: Counter[str] = Counter()
    for status, is_archived, count, _ in rows:
        counts[status] += count
        if is_archived:
            shelved[status] += count
    return AccountsInAll(
        counts=counts,
        shelved=shelved,
        balance=(rows[0][3] if rows else ZERO) if with_balance else None,
    )


def has_unfolded_balances() -> bool:
    """Whether there is anything to fold into the total of all balances."""
    return BalanceChange.objects.exists()


def has_unfolded_accounts() -> bool:
    """Whether there is anything to fold into the tallies of accounts."""
    return AccountChange.objects.exists()


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What the head of a profile shows of an account's money (CON3), and its last score (CON7).

    ``balance``        owed by the consumer; below zero: a credit
    ``deposit``        security held
    ``oldest_due_on``  since when something is unpaid
    ``health_score``   0 to 100, of last night; None before the first
    """

    balance: Decimal = ZERO
    deposit: Decimal = ZERO
    last_billed_on: date | None = None
    oldest_due_on: date | None = None
    health_score: int | None = None

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
