"""The workers' side: one task per tick and queue drains what is due."""

import logging
from time import monotonic

from celery import shared_task

from smart360.kernel import clock
from smart360.owed import operations
from smart360.owed.handlers import handler_of
from smart360.owed.models import OwedWork

log = logging.getLogger(__name__)
DRAIN_SECONDS = 20  # then the next tick goes on, so that one task never runs long


@shared_task(name="owed.drain")
def drain(queue: str) -> int:
    """Pay what is due in ``queue``; how many were tried."""
    began, tried = monotonic(), 0
    operations.free_abandoned(queue=queue, at=clock.now())
    while monotonic() - began < DRAIN_SECONDS:
        work = operations.claim_one(queue=queue, at=clock.now())
        if work is None:
            break
        pay(work)
        tried += 1
    return tried


def pay(work: OwedWork) -> None:
    """Do one piece of claimed work and mark it."""
    handler = handler_of(work.kind)
    if work.attempts > handler.attempts:  # it killed its worker each time: stop trying
        _failed(work, "The worker ended in the middle of every attempt.")
        return
    try:
        handler.pay(work.about, clock.now())
    except Exception as error:  # whatever went wrong, the row must say so and be tried again
        log.warning("owed work %s failed", work.kind, exc_info=True)
        _failed(work, type(error).__name__)
    else:
        operations.mark_done(work=work, at=clock.now())


def _failed(work: OwedWork, error: str) -> None:
    """Note that it failed; what gives up shows that first, so that it is never skipped."""
    handler = handler_of(work.kind)
    at = clock.now()
    if work.attempts >= handler.attempts:
        handler.give_up(work.about, at, error)
    operations.mark_failed(work=work, error=error, at=at, most_attempts=handler.attempts)


@shared_task(name="owed.sweep")
def sweep() -> None:
    """Every night: forget form keys and paid work that nobody will ask for again."""
    operations.sweep(at=clock.now())
