"""Queries on the ledger that must return no row."""

from smart360.kernel.oracle import Oracle, rows_of

UNBALANCED = """
SELECT t.id, t.kind FROM billing_ledgertransaction t
  LEFT JOIN (SELECT transaction_id, count(*) AS legs, sum(amount) AS total
               FROM billing_ledgerentry GROUP BY 1) e ON e.transaction_id = t.id
 WHERE e.legs IS DISTINCT FROM t.legs OR e.legs < 2 OR e.total <> 0
"""
UNLIKE = """
SELECT t.id, t.reverses_id FROM billing_ledgertransaction t
  JOIN billing_ledgertransaction was ON was.id = t.reverses_id
 WHERE t.consumer_id <> was.consumer_id OR t.kind <> 'REVERSAL' OR EXISTS (
       (SELECT account_id, service_connection_id, -amount
          FROM billing_ledgerentry WHERE transaction_id = was.id
        EXCEPT ALL
        SELECT account_id, service_connection_id, amount
          FROM billing_ledgerentry WHERE transaction_id = t.id)
       UNION ALL
       (SELECT account_id, service_connection_id, amount
          FROM billing_ledgerentry WHERE transaction_id = t.id
        EXCEPT ALL
        SELECT account_id, service_connection_id, -amount
          FROM billing_ledgerentry WHERE transaction_id = was.id))
"""
REVERSED_TWICE = """
SELECT reverses_id, count(*) FROM billing_ledgertransaction
 WHERE reverses_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1
"""
NOT_THE_SUM = """
SELECT a.id, a.kind FROM billing_ledgeraccount a
  LEFT JOIN (SELECT account_id, sum(amount) AS total
               FROM billing_ledgerentry GROUP BY 1) e ON e.account_id = a.id
 WHERE a.balance <> CASE WHEN a.consumer_id IS NULL THEN 0 ELSE coalesce(e.total, 0) END
"""
OTHER_FIGURES = """
SELECT consumer FROM (
     SELECT coalesce(f.consumer_id, a.consumer_id) AS consumer, f.balance, f.deposit,
            a.receivable, a.held
       FROM consumers_consumerfigures f
       FULL JOIN (SELECT consumer_id,
                         coalesce(sum(balance) FILTER (WHERE kind = 'RECEIVABLE'), 0) AS receivable,
                         coalesce(-sum(balance) FILTER (WHERE kind = 'DEPOSIT_HELD'), 0) AS held
                    FROM billing_ledgeraccount WHERE consumer_id IS NOT NULL GROUP BY 1) a
         ON a.consumer_id = f.consumer_id) both_sides
 WHERE coalesce(balance, 0) <> coalesce(receivable, 0) OR coalesce(deposit, 0) <> coalesce(held, 0)
"""
OTHER_TOTAL = """
SELECT kept, added FROM (
     SELECT (SELECT coalesce(sum(balance), 0) FROM consumers_balancetotal)
            + (SELECT coalesce(sum(change), 0) FROM consumers_balancechange) AS kept,
            (SELECT coalesce(sum(balance), 0) FROM billing_ledgeraccount
              WHERE kind = 'RECEIVABLE') AS added) totals
 WHERE kept <> added
"""


# Who waits for the account's row says a moment before that of who came first.
MERGED_WITH_MONEY = """
SELECT c.account_number FROM consumers_accountmerge m
  JOIN consumers_consumer c ON c.id = m.merged_id
  LEFT JOIN billing_balancetransfer x ON x.merge_id = m.id
 WHERE m.undone_at IS NULL AND (
       EXISTS (SELECT 1 FROM billing_ledgeraccount a
                WHERE a.consumer_id = c.id AND a.balance <> 0)
    OR EXISTS (SELECT 1 FROM billing_ledgertransaction t
                WHERE t.consumer_id = c.id
                  AND CASE WHEN x.id IS NULL THEN t.posted_at > m.made_at + interval '10 minutes'
                           ELSE t.id > x.posting_out_id END))
"""
UNLIKE_ITS_MERGE = """
SELECT t.id, m.id FROM billing_balancetransfer t
  JOIN consumers_accountmerge m ON m.id = t.merge_id
 WHERE (m.undone_at IS NULL) = ANY (ARRAY[
       EXISTS (SELECT 1 FROM billing_ledgertransaction r WHERE r.reverses_id = t.posting_out_id),
       EXISTS (SELECT 1 FROM billing_ledgertransaction r WHERE r.reverses_id = t.posting_in_id)])
"""


def postings_that_do_not_balance() -> list[str]:
    """M1: a posting has the legs that it says, two or more, and their sum is zero."""
    return rows_of(UNBALANCED, words="posting {} {}")


def reversals_that_do_not_mirror() -> list[str]:
    """M2: a reversal has the same legs as what it reverses, negated, of the same consumer."""
    return rows_of(UNLIKE, words="posting {} of {}")


def postings_reversed_twice() -> list[str]:
    """M2: a posting is reversed once."""
    return rows_of(REVERSED_TWICE, words="posting {} reversed {} times")


def balances_that_are_not_the_sum() -> list[str]:
    """M3: the balance of a consumer's account is the sum of its entries; a shared one has none."""
    return rows_of(NOT_THE_SUM, words="account {} {}")


def figures_that_differ_from_the_ledger() -> list[str]:
    """M3: what lists show of a consumer's money is what the ledger's accounts say."""
    return rows_of(OTHER_FIGURES, words="consumer {}")


def totals_that_differ_from_the_ledger() -> list[str]:
    """M3: what all owe together is the sum of what each owes."""
    return rows_of(OTHER_TOTAL, words="{} instead of {}")


def merged_accounts_with_money() -> list[str]:
    """M3: a merged account owes and holds nothing, and nothing is posted to it after its merge."""
    return rows_of(MERGED_WITH_MONEY, words="account {}")


def transfers_unlike_their_merge() -> list[str]:
    """M2: what a merge moved stands while it stands, and is reversed when it is undone."""
    return rows_of(UNLIKE_ITS_MERGE, words="transfer {} of merge {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("M1", "a posting that does not balance", postings_that_do_not_balance),
    Oracle("M2", "a reversal that is no mirror", reversals_that_do_not_mirror),
    Oracle("M2", "a posting reversed twice", postings_reversed_twice),
    Oracle("M3", "a balance that is not its entries' sum", balances_that_are_not_the_sum),
    Oracle("M3", "figures that are not the ledger's", figures_that_differ_from_the_ledger),
    Oracle("M3", "a total that is not the sum of balances", totals_that_differ_from_the_ledger),
    Oracle("M3", "money on a merged account", merged_accounts_with_money),
    Oracle("M2", "a transfer unlike its merge", transfers_unlike_their_merge),
)
