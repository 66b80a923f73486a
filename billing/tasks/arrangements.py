"""The workers' side of payment arrangements: those whose due day has passed."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from billing.operations.arrangements import judge_arrangement
from billing.queries.arrangements import arrangements_to_judge
from smart360.kernel import clock
from smart360.organisation.queries import day_of
from smart360.owed.turns import in_turn

log = logging.getLogger(__name__)


@shared_task(name="billing.judge_arrangements")
def judge_arrangements() -> int:
    """Judge what fell due before today where the utility is; how many arrangements ended."""
    at, ended = clock.now(), 0
    with in_turn("billing.judge_arrangements") as is_ours:
        if not is_ours:
            return 0
        for arrangement, consumer in arrangements_to_judge(day_of(at)):
            try:
                ended += judge_arrangement(consumer=consumer, at=at)
            except SoftTimeLimitExceeded:
                raise
            except Exception:  # whatever is wrong with one, the others are judged
                log.exception("arrangement %s could not be judged", arrangement)
    return ended
