"""Keeping the figures of all accounts together short to read."""

from django.db import connection

from smart360.kernel.db import operation, step

FOLDED_AT_ONCE = 5_000

FOLD = """
WITH taken AS (
    DELETE FROM consumers_balancechange WHERE id IN (
        SELECT id FROM consumers_balancechange ORDER BY id LIMIT %(at_once)s
           FOR UPDATE SKIP LOCKED)
    RETURNING change
), added AS (
    UPDATE consumers_balancetotal
       SET balance = balance + (SELECT coalesce(sum(change), 0) FROM taken)
     WHERE id = 1 AND EXISTS (SELECT 1 FROM taken) RETURNING 1
)
SELECT count(*) FROM taken
"""
"""A change leaves and is added in one statement; another worker takes others, or waits here."""

FOLD_ACCOUNTS = """
WITH taken AS (
    DELETE FROM consumers_accountchange WHERE id IN (
        SELECT id FROM consumers_accountchange ORDER BY id LIMIT %(at_once)s
           FOR UPDATE SKIP LOCKED)
    RETURNING status, is_archived, change
), added AS (
    INSERT INTO consumers_accounttally AS t (status, is_archived, count)
    SELECT status, is_archived, sum(change) FROM taken GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (status, is_archived) DO UPDATE SET count = t.count + excluded.count
    RETURNING 1
)
SELECT count(*) FROM taken
"""
"""The same by status; everybody adds in one order, so that no two wait for each other."""


@operation
def fold_balances(*, at_once: int = FOLDED_AT_ONCE) -> int:
    """Fold what has changed into the total of all balances; how many changes."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, {"at_once": at_once})
        folded: int = cursor.fetchone()[0]
    return folded


@operation
def fold_accounts(*, at_once: int = FOLDED_AT_ONCE) -> int:
    """Fold what has changed into the tallies of accounts; how many changes."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD_ACCOUNTS, {"at_once": at_once})
        folded: int = cursor.fetchone()[0]
    return folded


@step
def rebuild_account_tallies() -> None:
    """Count every account anew, for rows that came in without their triggers; as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT consumers_rebuild_tallies()")


@step
def give_every_account_figures() -> None:
    """The same for figures: each account that has none owes nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT consumers_every_account_has_figures()")
