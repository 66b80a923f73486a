"""Which accounts the ageing worker moves to Collection and back (CON5)."""

from datetime import date
from typing import Any

from django.db import connection

from consumers.choices import AccountStatus
from consumers.models import CollectionPolicy

# A hold of any kind protects: an arrangement, a dispute, a certificate. An open request guards.
TO_COLLECT = """
SELECT c.id FROM consumers_consumerfigures f
  JOIN consumers_consumer c ON c.id = f.consumer_id
 WHERE f.oldest_due_on <= %(since)s AND f.balance >= %(least)s AND f.balance > 0
   AND c.status = %(active)s AND c.archived_at IS NULL AND c.id > %(after)s
   AND NOT EXISTS (SELECT 1 FROM consumers_guard g WHERE g.consumer_id = c.id)
   AND NOT EXISTS (SELECT 1 FROM consumers_accounthold h
                    WHERE h.consumer_id = c.id AND h.lifted_at IS NULL AND h.from_on <= %(today)s
                      AND (h.to_on IS NULL OR h.to_on >= %(today)s))
 ORDER BY c.id LIMIT %(most)s
"""
# Only whom the worker brought there: what a person decided, a person ends.
TO_RELEASE = """
SELECT c.id FROM consumers_consumer c
  LEFT JOIN consumers_consumerfigures f ON f.consumer_id = c.id
 WHERE c.status = %(collection)s AND c.id > %(after)s
   AND (f.oldest_due_on IS NULL OR f.oldest_due_on >= %(today)s)
   AND NOT EXISTS (SELECT 1 FROM consumers_guard g WHERE g.consumer_id = c.id)
   AND (SELECT m.by_id IS NULL AND NOT m.is_back FROM consumers_collectionmove m
         WHERE m.consumer_id = c.id ORDER BY m.id DESC LIMIT 1)
 ORDER BY c.id LIMIT %(most)s
"""


def collection_policy() -> CollectionPolicy:
    """When accounts go to Collection by themselves."""
    return CollectionPolicy.objects.get(pk=1)


def accounts_to_collect(
    policy: CollectionPolicy, *, today: date, after: int, most: int
) -> list[int]:
    """Active accounts overdue for as long as the policy says, unprotected; one statement."""
    values = {
        "since": date.fromordinal(today.toordinal() - policy.days_overdue),
        "least": policy.least_owed,
        "active": AccountStatus.ACTIVE.value,
    }
    return _keys(TO_COLLECT, values, today=today, after=after, most=most)


def accounts_to_release(*, today: date, after: int, most: int) -> list[int]:
    """Accounts that the worker brought to Collection and that owe nothing overdue any more."""
    values = {"collection": AccountStatus.COLLECTION.value}
    return _keys(TO_RELEASE, values, today=today, after=after, most=most)


def _keys(
    statement: str, values: dict[str, Any], *, today: date, after: int, most: int
) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "today": today, "after": after, "most": most})
        return [row[0] for row in cursor.fetchall()]
