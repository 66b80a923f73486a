"""What all consumers together owe: the total and what no worker has folded into it yet."""

from decimal import Decimal

from django.db import connection

from consumers.models import BalanceChange

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
