"""What waits for a worker: alerts due, holds at their moment, clocks, tallies to fold."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case, Hold, TallyChange

AT_ONCE = 500
"""How many cases one tick takes; the next tick goes on."""


def cases_to_alert(at: datetime) -> list[int]:
    """Open cases whose next warning or escalation is due, the longest due first."""
    due = _open_cases().filter(next_alert_at__lte=at).order_by("next_alert_at")
    return list(due.values_list("pk", flat=True)[:AT_ONCE])


def cases_with_lapsed_hold(at: datetime) -> list[int]:
    """Cases whose hold has reached its resume-by moment and nobody was reminded yet."""
    lapsed = Hold.objects.filter(ended_at__isnull=True, resume_by__lte=at, reminded_at__isnull=True)
    return list(lapsed.order_by("resume_by").values_list("case_id", flat=True)[:AT_ONCE])


def every_open_case() -> Iterator[int]:
    """All open cases, read from the database in pieces."""
    return _numbers(_open_cases())


def open_cases_counting_by(calendar: int, *, before: datetime) -> Iterator[int]:
    """Open cases of before that moment whose policy counts by this calendar."""
    return _numbers(_open_cases().filter(policy__calendar_id=calendar, created_at__lte=before))


def has_unfolded_changes() -> bool:
    """Whether any change is in no tally yet."""
    return TallyChange.objects.exists()


def _open_cases() -> QuerySet[Case]:
    return Case.objects.filter(status__in=OPEN_STATUSES)


def _numbers(cases: QuerySet[Case]) -> Iterator[int]:
    return cases.order_by("pk").values_list("pk", flat=True).iterator()
