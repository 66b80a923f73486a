"""Keeping the total of all balances short to read."""

from django.db import connection

from smart360.kernel.db import operation

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


@operation
def fold_balances(*, at_once: int = FOLDED_AT_ONCE) -> int:
    """Fold what has changed into the total of all balances; how many changes."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, {"at_once": at_once})
        folded: int = cursor.fetchone()[0]
    return folded
