"""Paying what is owed: claim, then work, then mark (design.md §6)."""

from datetime import datetime, timedelta

from django.db import connection

from smart360.kernel.db import operation
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.owed.rules import LEASE, wait_after, wait_after_an_end
from smart360.web import form_keys

KEPT_WORK = timedelta(days=30)


CLAIM = """
UPDATE owed_owedwork
   SET attempts = attempts + 1, next_at = %(until)s, claimed_by = pg_backend_pid(),
       session_began_at = (
           SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid()))
 WHERE id = (SELECT id FROM owed_owedwork
              WHERE state = 'WAITING' AND queue = %(queue)s AND next_at <= %(at)s
              ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


# A session that began at another moment only has the same number. Two beginnings are compared,
# never a beginning with the claim's moment: the clock may be put back between them. Where
# beginnings are not shown to us, the claim stands until its lease ends.
ABANDONED = """
SELECT w.id, w.attempts FROM owed_owedwork w
 WHERE w.queue = %(queue)s AND w.claimed_by IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM pg_stat_activity s
        WHERE s.pid = w.claimed_by
          AND coalesce(s.backend_start = w.session_began_at, true))
"""


@operation
def free_abandoned(*, queue: str, at: datetime) -> int:
    """Let go of what ended workers held, so that it waits for no lease; how many.

    A worker's claim lives as long as its database session, which ends with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(ABANDONED, {"queue": queue})
        abandoned = cursor.fetchall()
    return sum(
        # The attempts tell a claim from the next one, should somebody else be freeing too.
        OwedWork.objects.filter(pk=pk, attempts=attempts, claimed_by__isnull=False).update(
            claimed_by=None,
            session_began_at=None,
            next_at=at + wait_after_an_end(attempts),
        )
        for pk, attempts in abandoned
    )


@operation
def claim_one(*, queue: str, at: datetime) -> OwedWork | None:
    """Take the longest-due work of a queue for a lease's time; the attempt is counted now."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"queue": queue, "at": at, "until": at + LEASE})
        row = cursor.fetchone()
    return OwedWork.objects.get(pk=row[0]) if row else None


@operation
def mark_done(*, work: OwedWork, at: datetime) -> None:
    """The work is done. Marking twice changes nothing."""
    OwedWork.objects.filter(pk=work.pk, state=OwedState.WAITING).update(
        state=OwedState.DONE, claimed_by=None, session_began_at=None, done_at=at, last_error=""
    )


@operation
def mark_failed(*, work: OwedWork, error: str, at: datetime, most_attempts: int) -> bool:
    """The attempt failed: try again later, or give up after the last one. True when given up.

    Only the newest attempt speaks: one that lost its claim changes nothing for who has it now.
    """
    gives_up = work.attempts >= most_attempts
    OwedWork.objects.filter(pk=work.pk, state=OwedState.WAITING, attempts=work.attempts).update(
        state=OwedState.FAILED if gives_up else OwedState.WAITING,
        claimed_by=None,
        session_began_at=None,
        next_at=at + wait_after(work.attempts),
        last_error=error[:300],
    )
    return gives_up


@operation
def sweep(*, at: datetime) -> None:
    """Forget what was done a month ago and form keys of a week ago. What has failed stays."""
    OwedWork.objects.filter(state=OwedState.DONE, done_at__lt=at - KEPT_WORK).delete()
    form_keys.forget_old_keys(at=at)
