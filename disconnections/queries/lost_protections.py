"""Requests that wait because their account was protected, and it is not any more (DIS12)."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from consumers.models import AccountHold
from smart360.cases.models import Case, Hold
from smart360.organisation.queries import day_of

OF_THE_ACCOUNT = "ACCOUNT_"
"""How the codes of those hold reasons begin that an account hold brings."""
AT_ONCE = 500

# Told is who was told after the last hold that began: another one may have ended since.
UNTOLD = """
SELECT c.id, c.consumer_id FROM cases_hold h
  JOIN cases_holdreason r ON r.id = h.reason_id
  JOIN cases_case c ON c.id = h.case_id
 WHERE h.ended_at IS NULL AND c.status = 'ON_HOLD' AND starts_with(r.code, %(of_the_account)s)
   AND NOT EXISTS (
       SELECT 1 FROM consumers_accounthold a
        WHERE a.consumer_id = c.consumer_id AND a.lifted_at IS NULL AND a.from_on <= %(today)s
          AND (a.to_on IS NULL OR a.to_on >= %(today)s))
   AND NOT EXISTS (
       SELECT 1 FROM trail_entry e
        WHERE e.case_id = c.id AND e.kind = 'PROTECTION_ENDED' AND e.at >= h.since
          AND e.at >= ALL (
              SELECT a.placed_at FROM consumers_accounthold a
               WHERE a.consumer_id = c.consumer_id AND a.from_on <= %(today)s))
 ORDER BY c.consumer_id, c.id LIMIT %(at_once)s
"""


def untold(*, at: datetime) -> list[tuple[int, int]]:
    """The requests, with their consumers, that nothing protects any more and nobody was told of."""
    values: dict[str, Any] = {
        "of_the_account": OF_THE_ACCOUNT,
        "today": day_of(at),
        "at_once": AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(UNTOLD, values)
        return [(case, consumer) for case, consumer in cursor.fetchall()]


def waiting_for_the_account(consumer: int) -> int | None:
    """The request of this consumer that waits because the account was held, if there is one."""
    held = Hold.objects.filter(
        case__consumer=consumer, ended_at__isnull=True, reason__code__startswith=OF_THE_ACCOUNT
    )
    return held.values_list("case", flat=True).first()


def is_unprotected(case: Case, hold: Hold | None, *, today: date) -> bool:
    """Whether a request waits for an account hold, and none stands; right with workers dead."""
    if hold is None or not hold.reason.code.startswith(OF_THE_ACCOUNT):
        return False
    return not stands(case.consumer_id, today=today)


def stands(consumer: int | None, *, today: date) -> bool:
    """Whether any hold protects this account today."""
    begun = AccountHold.objects.filter(
        consumer=consumer, lifted_at__isnull=True, from_on__lte=today
    )
    return begun.filter(Q(to_on__isnull=True) | Q(to_on__gte=today)).exists()
