"""What accounts were taken over with: balances and deposits of the go-live (CON15)."""

from collections.abc import Sequence

from django.db import connection

from consumers.rules.importing import NO_MONEY, ImportedMoney

REFERENCE = "OPENING"
"""Of the posting of an opening balance."""
DEPOSIT_REFERENCE = "OPENING-DEPOSIT"
"""Of the posting of a deposit that the utility held already."""

POSTED = """
SELECT c.account_number,
       coalesce(sum(e.amount) FILTER (WHERE of_balance), 0),
       max(t.valued_on) FILTER (WHERE of_balance), max(t.due_on) FILTER (WHERE of_balance),
       coalesce(-sum(e.amount) FILTER (WHERE NOT of_balance), 0),
       max(t.valued_on) FILTER (WHERE NOT of_balance)
  FROM consumers_consumer c
  JOIN billing_ledgertransaction t ON t.consumer_id = c.id
  CROSS JOIN LATERAL (SELECT t.kind = 'OPENING_BALANCE' AS of_balance) AS which
  JOIN billing_ledgerentry e ON e.transaction_id = t.id
  JOIN billing_ledgeraccount a ON a.id = e.account_id
       AND a.kind = CASE WHEN of_balance THEN 'RECEIVABLE' ELSE 'DEPOSIT_HELD' END
 WHERE c.account_number = ANY(%s)
   AND (t.kind, t.reference) IN (('OPENING_BALANCE', %s), ('DEPOSIT_RECEIVED', %s))
 GROUP BY 1
"""


def opening_money(numbers: Sequence[str]) -> dict[str, ImportedMoney]:
    """By account number, what was posted for these at their go-live; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(POSTED, [list(numbers), REFERENCE, DEPOSIT_REFERENCE])
        found = {number: ImportedMoney(*rest) for number, *rest in cursor.fetchall()}
    return {number: found.get(number, NO_MONEY) for number in numbers}
