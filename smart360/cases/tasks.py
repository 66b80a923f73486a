"""What workers do for cases: alerts, lapsed holds, the nightly recomputation."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from smart360.cases import operations
from smart360.cases.queries import due
from smart360.kernel import clock
from smart360.owed.turns import in_turn

log = logging.getLogger(__name__)


class Act(Protocol):
    """An operation of a worker on one case; whether, or how much, it did."""

    __name__: str

    def __call__(self, *, case: int, at: datetime) -> int:
        """Do it as of ``at``."""


@shared_task(name="cases.raise_due_alerts")
def raise_due_alerts() -> int:
    """Raise what is due, by the index on ``next_alert_at``; how many alerts."""
    at = clock.now()
    with in_turn("cases.raise_due_alerts") as is_ours:
        if not is_ours:
            return 0
        return _each(operations.raise_alerts, due.cases_to_alert(at), at=at)


@shared_task(name="cases.end_lapsed_holds")
def end_lapsed_holds() -> int:
    """Resume or remind what has reached its resume-by moment; how many."""
    at = clock.now()
    with in_turn("cases.end_lapsed_holds") as is_ours:
        if not is_ours:
            return 0
        return _each(operations.end_lapsed_hold, due.cases_with_lapsed_hold(at), at=at)


@shared_task(name="cases.fold_tallies")
def fold_tallies() -> int:
    """Fold all that waits into the tallies; how many changes. A page counts what is left over."""
    folded = 0
    while due.has_unfolded_changes():
        if not (took := operations.fold_tallies()):
            break
        folded += took
    return folded


def _each(act: Act, cases: Iterable[int], *, at: datetime) -> int:
    """Do it to each case; how much was done. One that fails waits for the next tick, alone."""
    done = 0
    for case in cases:
        try:
            done += act(case=case, at=at)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # whatever is wrong with one case, the others' clocks go on
            log.exception("%s failed for case %s", act.__name__, case)
    return done


@shared_task(name="cases.recompute_open_cases")
def recompute_open_cases() -> int:
    """Every night: recompute all open cases from history; how many had differed (none should)."""
    differing = _recompute(due.every_open_case(), "nightly recomputation")
    if differing:
        log.error("%s open cases had other SLA times than their history gives", differing)
    return differing


def recompute_calendar(about: Mapping[str, Any], at: datetime) -> None:
    """Owed work: recompute the open cases whose policy counts by this calendar."""
    _recompute(due.open_cases_counting_by(about["calendar"], before=at), "calendar changed")


def _recompute(cases: Iterable[int], why: str) -> int:
    return sum(operations.recompute(case=case, why=why, at=clock.now()) for case in cases)
