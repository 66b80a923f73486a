"""The state of a case in words, and its SLA state as a rule and as a condition."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus, HoldEnding
from smart360.cases.models import Case, Hold


def state_of(*, is_open: bool, is_breached: bool, is_paused: bool, is_at_risk: bool) -> str:
    """The state, a code of ``tones.SLA``: breached before paused before at risk."""
    if not is_open:
        return "MISSED" if is_breached else "MET"
    if is_breached:
        return "BREACHED"
    if is_paused:
        return "PAUSED"
    return "AT_RISK" if is_at_risk else "ON_TRACK"


def sla_state(
    *,
    status: str,
    warns_at: datetime | None,
    breaches_at: datetime | None,
    paused_until: datetime | None,
    at: datetime,
) -> str:
    """The state of one case at this moment; the rule of ``sla_is``, in Python."""
    return state_of(
        is_open=status in OPEN_STATUSES,
        is_breached=breaches_at is not None and breaches_at <= at,
        is_paused=status == CaseStatus.ON_HOLD and paused_until is not None,
        is_at_risk=warns_at is not None and warns_at <= at,
    )


def sla_is(states: Collection[str], *, at: datetime) -> Q:
    """The condition under which a case of ``with_pause`` is in one of these states at this moment.

    Ended ones are never paused and never at risk: on track means within target, breached missed.
    """
    breached = Q(breaches_at__lte=at)
    in_time = Q(breaches_at__gt=at) | Q(breaches_at__isnull=True)
    # The status first: holds are looked up for what is on hold alone.
    paused = Q(status=CaseStatus.ON_HOLD) & Q(paused_until__isnull=False)
    warned = Q(status__in=OPEN_STATUSES, warns_at__lte=at)
    not_warned = ~Q(status__in=OPEN_STATUSES) | Q(warns_at__gt=at) | Q(warns_at__isnull=True)
    conditions = {
        "BREACHED": breached,
        "PAUSED": in_time & paused,
        "AT_RISK": in_time & ~paused & warned,
        "ON_TRACK": in_time & ~paused & not_warned,
    }
    any_of = Q(pk__in=[])
    for state in states:
        any_of |= conditions[state]
    return any_of


def with_pause(cases: QuerySet[Case], *, at: datetime) -> QuerySet[Case]:
    """Each case with ``paused_until``: the resume-by moment of a hold that stops its clock now.

    A hold that resumes by itself is over at its resume-by moment, whatever the workers do.
    """
    holds = Hold.objects.filter(
        Q(at_resume_by=HoldEnding.REMINDS) | Q(resume_by__gt=at),
        case=OuterRef("pk"),
        ended_at__isnull=True,
        pauses=True,
    )
    return cases.annotate(paused_until=Subquery(holds.values("resume_by")[:1]))


def noun_of(case: Case) -> str:
    """What people call such a case: a request, or a complaint."""
    return "complaint" if case.kind == CaseKind.COMPLAINT else "request"


def state_sentence(case: Case) -> str:
    """How a case stands and who brought it there, for whoever came too late with an act."""
    who = f", last changed by {case.updated_by.full_name}" if case.updated_by else ""
    return f"This is {case.get_status_display()}{who}."


def end_sentence(case: Case) -> str:
    """How a case was ended and by whom, for whoever wanted to end it too."""
    who = case.ended_by.full_name if case.ended_by else "the system"
    return f"{case.get_status_display()} by {who} already"
