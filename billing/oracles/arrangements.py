"""Queries on payment arrangements that must return no row (BIL8, BEY7)."""

from smart360.kernel.oracle import Oracle, rows_of

OTHER_SUM = """
SELECT a.number FROM billing_arrangement a
  LEFT JOIN (SELECT arrangement_id, sum(amount) AS total, count(*) AS parts
               FROM billing_instalment GROUP BY 1) i ON i.arrangement_id = a.id
 WHERE i.total IS DISTINCT FROM a.total OR i.parts > 24
"""
# A running one protects up to its next day; one that has ended protects nobody.
OTHER_HOLD = """
SELECT a.number FROM billing_arrangement a
  JOIN consumers_accounthold h ON h.id = a.hold_id
 WHERE h.consumer_id <> a.consumer_id OR h.kind <> 'ARRANGEMENT' OR h.source <> a.number
    OR (a.state = 'RUNNING') <> (h.lifted_at IS NULL)
    OR (a.state = 'RUNNING' AND h.to_on IS DISTINCT FROM a.next_due_on)
"""
ENDED_WITHOUT_ITS_LINE = """
SELECT a.number FROM billing_arrangement a
 WHERE a.state <> 'RUNNING' AND 1 <> (
       SELECT count(*) FROM trail_entry t
        WHERE t.consumer_id = a.consumer_id AND t.kind = 'ARRANGEMENT_' || a.state
          AND t.new->>'arrangement' = a.number)
"""
# What was paid since, by the day it was paid, against what was promised by the day before.
KEPT_WITHOUT_PAYING = """
SELECT a.number FROM billing_arrangement a
  JOIN consumers_consumerfigures f ON f.consumer_id = a.consumer_id
 WHERE a.state = 'RUNNING' AND f.balance > 0 AND a.next_due_on > (
       SELECT min(i.due_on) FROM billing_instalment i
        WHERE i.arrangement_id = a.id AND (
              SELECT sum(up.amount) FROM billing_instalment up
               WHERE up.arrangement_id = a.id AND up.due_on <= i.due_on
              ) > coalesce((
              SELECT -sum(e.amount) FROM billing_ledgertransaction t
                JOIN billing_ledgerentry e ON e.transaction_id = t.id
                JOIN billing_ledgeraccount r ON r.id = e.account_id AND r.kind = 'RECEIVABLE'
               WHERE t.consumer_id = a.consumer_id AND t.kind = 'PAYMENT'
                 AND t.id > a.after_posting
                 AND NOT EXISTS (SELECT 1 FROM billing_ledgertransaction back
                                  WHERE back.reverses_id = t.id)), 0))
"""
# A statement of account begins at what an invoice says was owed before it.
OTHER_ANCHOR = """
SELECT i.number FROM billing_invoice i
  JOIN (SELECT e.transaction_id, a.consumer_id,
               sum(e.amount) OVER (PARTITION BY a.id ORDER BY e.transaction_id, e.id) AS after,
               e.amount
          FROM billing_ledgerentry e
          JOIN billing_ledgeraccount a ON a.id = e.account_id AND a.kind = 'RECEIVABLE') owed
    ON owed.transaction_id = i.posting_id AND owed.consumer_id = i.consumer_id
 WHERE i.kind = 'REGULAR' AND owed.after - owed.amount <> i.outstanding
"""


def arrangements_of_another_sum() -> list[str]:
    """An arrangement is the sum of its instalments, of which there are at most 24."""
    return rows_of(OTHER_SUM)


def arrangements_without_their_hold() -> list[str]:
    """A running arrangement protects its account up to the next due day, an ended one does not."""
    return rows_of(OTHER_HOLD)


def arrangements_ended_without_their_line() -> list[str]:
    """What became of an arrangement stands on the timeline, once."""
    return rows_of(ENDED_WITHOUT_ITS_LINE)


def arrangements_kept_without_paying() -> list[str]:
    """No running arrangement waits for a later instalment than the first unpaid one."""
    return rows_of(KEPT_WITHOUT_PAYING)


def invoices_of_another_balance() -> list[str]:
    """What a regular invoice says was owed before it is what the ledger had."""
    return rows_of(OTHER_ANCHOR)


ORACLES: tuple[Oracle, ...] = (
    Oracle("BIL8", "an arrangement that is not its instalments' sum", arrangements_of_another_sum),
    Oracle("BIL8", "an arrangement and its hold at odds", arrangements_without_their_hold),
    Oracle(
        "BIL8", "an arrangement that ended on no timeline", arrangements_ended_without_their_line
    ),
    Oracle(
        "BIL8", "an arrangement that waits for too late a day", arrangements_kept_without_paying
    ),
    Oracle("M3", "an invoice that says another balance before it", invoices_of_another_balance),
)
