"""What workers do for cases: alerts, lapsed holds, the nightly recomputation."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import shared_task
from django.db.models import QuerySet

from smart360.cases import operations
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case, Hold
from smart360.kernel import clock
from smart360.owed.turns import in_turn

log = logging.getLogger(__name__)
AT_ONCE = 500


@shared_task(name="cases.raise_due_alerts")
def raise_due_alerts() -> int:
    """Raise what is due, by the index on ``next_alert_at``; how many alerts."""
    at = clock.now()
    due = Case.objects.filter(status__in=OPEN_STATUSES, next_alert_at__lte=at)
    with in_turn("cases.raise_due_alerts") as is_ours:
        if not is_ours:
            return 0
        return sum(
            operations.raise_alerts(case=case, at=at)
            for case in list(due.order_by("next_alert_at").values_list("pk", flat=True)[:AT_ONCE])
        )


@shared_task(name="cases.end_lapsed_holds")
def end_lapsed_holds() -> int:
    """Resume or remind what has reached its resume-by moment; how many."""
    at = clock.now()
    lapsed = Hold.objects.filter(ended_at__isnull=True, resume_by__lte=at, reminded_at__isnull=True)
    with in_turn("cases.end_lapsed_holds") as is_ours:
        if not is_ours:
            return 0
        return sum(
            operations.end_lapsed_hold(case=case, at=at)
            for case in list(
                lapsed.order_by("resume_by").values_list("case_id", flat=True)[:AT_ONCE]
            )
        )


@shared_task(name="cases.recompute_open_cases")
def recompute_open_cases() -> int:
    """Every night: recompute all open cases from history; how many had differed (none should)."""
    differing = _recompute(Case.objects.filter(status__in=OPEN_STATUSES), "nightly recomputation")
    if differing:
        log.error("%s open cases had other SLA times than their history gives", differing)
    return differing


def recompute_calendar(about: Mapping[str, Any], at: datetime) -> None:
    """Owed work: recompute the open cases whose policy counts by this calendar."""
    cases = Case.objects.filter(
        status__in=OPEN_STATUSES, policy__calendar_id=about["calendar"], created_at__lte=at
    )
    _recompute(cases, "calendar changed")


def _recompute(cases: QuerySet[Case], why: str) -> int:
    numbers = cases.order_by("pk").values_list("pk", flat=True)
    return sum(
        operations.recompute(case=case, why=why, at=clock.now()) for case in numbers.iterator()
    )
