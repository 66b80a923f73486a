"""Payment compliance of one consumer or of many (CON8), by the ledger and without a sum over it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from billing.choices import LedgerKind, PostingKind
from billing.queries.ageing import CHARGES, INVOICES
from billing.rules.compliance import Compliance, Year

BILLS = (*INVOICES, PostingKind.OPENING_BALANCE)
"""What falls due; a credit that an account was taken over with does not."""

DUE = """SELECT CASE WHEN t.kind = %(opening)s
                     THEN greatest(t.due_on, t.valued_on) ELSE t.due_on END"""
# Payments meet the oldest charge first (billing.rules.allocation): a charge was paid in full on a
# day when no more was owed then than the charges newer than it. What was owed then is what is owed
# now less all that came after. What was reversed, and what reversed it, never was.
# What was owed when an account was taken over falls due no sooner than on that day, as nothing is
# known of the time before; where it was due before it, it was not paid in time.
COMPLIANCE = """
WITH begun AS (
    SELECT a.id AS account_id, a.consumer_id, a.balance, min(t.id) AS first_id
      FROM billing_ledgeraccount a
      JOIN billing_ledgertransaction t ON t.consumer_id = a.consumer_id
     CROSS JOIN LATERAL ({due}) AS falls (due_on)
     WHERE a.consumer_id = ANY(%(consumers)s) AND a.kind = %(receivable)s
       AND t.kind = ANY(%(bills)s) AND falls.due_on > %(since)s AND falls.due_on < %(today)s
     GROUP BY a.id
), moved AS MATERIALIZED (
    SELECT b.consumer_id, b.balance, t.id, t.valued_on, falls.due_on, e.amount,
           t.kind = %(opening)s AND t.due_on < t.valued_on AS was_late,
           e.amount > 0 AND t.kind = ANY(%(charges)s) AS is_charge,
           e.amount > 0 AND t.kind = ANY(%(bills)s)
               AND falls.due_on > %(since)s AND falls.due_on < %(today)s AS fell_due
      FROM begun b
      JOIN billing_ledgertransaction t ON t.consumer_id = b.consumer_id
       AND (t.id >= b.first_id OR t.valued_on > %(since)s)
     CROSS JOIN LATERAL ({due}) AS falls (due_on)
      JOIN billing_ledgerentry e ON e.transaction_id = t.id AND e.account_id = b.account_id
     WHERE t.kind <> %(reversal)s
       AND NOT EXISTS (SELECT 1 FROM billing_ledgertransaction r WHERE r.reverses_id = t.id)
), judged AS (
    SELECT c.consumer_id,
           c.was_late IS NOT TRUE AND
           c.balance - coalesce(sum(m.amount) FILTER (WHERE m.valued_on > c.due_on), 0)
               <= coalesce(sum(m.amount) FILTER (
                      WHERE m.is_charge AND m.id > c.id AND m.valued_on <= c.due_on), 0) AS in_time,
           c.balance <= coalesce(sum(m.amount) FILTER (WHERE m.is_charge AND m.id > c.id), 0)
               AS is_paid
      FROM moved c JOIN moved m ON m.consumer_id = c.consumer_id
     WHERE c.fell_due
     GROUP BY c.consumer_id, c.id, c.balance, c.was_late
)
SELECT consumer_id, count(*), count(*) FILTER (WHERE in_time), count(*) FILTER (WHERE NOT is_paid)
  FROM judged GROUP BY 1
""".replace("{due}", DUE)
"""A bill counts once its due day has passed; nothing before the first such bill is read."""

NOTHING_DUE = Compliance()


def compliance_by_consumer(consumers: Collection[int], *, today: date) -> dict[int, Compliance]:
    """Consumer → how they paid in the twelve months before ``today``; one statement.

    Who is not in it had nothing to pay.
    """
    values: dict[str, Any] = {
        "consumers": list(consumers),
        "receivable": LedgerKind.RECEIVABLE.value,
        "bills": [kind.value for kind in BILLS],
        "opening": PostingKind.OPENING_BALANCE.value,
        "charges": [kind.value for kind in CHARGES],
        "reversal": PostingKind.REVERSAL.value,
        "since": Year.before(today).since,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(COMPLIANCE, values)
        return {
            consumer: Compliance(due, on_time, unpaid)
            for consumer, due, on_time, unpaid in cursor.fetchall()
        }


def compliance_of(consumer: int, *, today: date) -> Compliance:
    """The same of one consumer."""
    return compliance_by_consumer([consumer], today=today).get(consumer, NOTHING_DUE)
