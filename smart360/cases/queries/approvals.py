"""Whether a case needs a supervisor's approval, and whether it has it (DIS11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as SqlCase
from django.db.models import IntegerField, Q, QuerySet, Value, When

from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval, Case
from smart360.staff.models import Person

LIVE_FIRST = SqlCase(
    When(state__in=(ApprovalState.PENDING, ApprovalState.APPROVED), then=Value(0)),
    default=Value(1),
    output_field=IntegerField(),
)
MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class WaitingApproval:
    """One case that waits for a supervisor, as a work list shows it."""

    number: str
    kind: str
    consumer: str
    is_vip: bool
    reason: str
    asked_at: datetime
    asked_by: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class WaitingApprovals:
    """What waits, as far as it is shown; ``has_more``: there is more of it."""

    rows: Sequence[WaitingApproval]
    has_more: bool


def approval_of(case: int) -> Approval | None:
    """The approval that counts: the live one, else the last; None when none was asked for."""
    return (
        Approval.objects.filter(case=case)
        .select_related("asked_by", "decided_by")
        .order_by(LIVE_FIRST, "-pk")
        .first()
    )


def waiting_approvals(cases: QuerySet[Case], *, to: Person) -> WaitingApprovals:
    """What of ``cases`` waits for a decision, oldest first.

    ``is_own`` is what this person may not decide; it comes last, lest it hide what they may.
    """
    is_own = Q(case__created_by=to.pk) | Q(asked_by=to.pk)
    own_last = SqlCase(When(is_own, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = list(
        Approval.objects.filter(state=ApprovalState.PENDING, case__in=cases)
        .select_related("case__consumer", "asked_by")
        .order_by(own_last, "asked_at", "pk")[: MOST_WAITING + 1]
    )
    rows = [
        WaitingApproval(
            number=row.case.number,
            kind=row.case.get_kind_display(),
            consumer=row.case.consumer.name if row.case.consumer else "",
            is_vip=bool(row.case.consumer and row.case.consumer.is_vip),
            reason=row.reason,
            asked_at=row.asked_at,
            asked_by=row.asked_by.full_name if row.asked_by else "Smart360",
            is_own=to.pk in (row.case.created_by_id, row.asked_by_id),
        )
        for row in found[:MOST_WAITING]
    ]
    return WaitingApprovals(rows, has_more=len(found) > MOST_WAITING)
