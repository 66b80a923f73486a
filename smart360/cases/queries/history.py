"""Reads of a case's history: its holds, its policy, what its clocks follow from."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from smart360.cases.choices import CaseKind, HoldEnding
from smart360.cases.models import Alert, Case, Hold, SlaPolicy
from smart360.cases.sla import Facts, Pause, Targets
from smart360.kernel.errors import Broken
from smart360.organisation.queries import get_calendar
from smart360.trail.models import Entry


def policy_in_force(*, kind: CaseKind, priority: str, is_vip: bool, topic: str = "") -> SlaPolicy:
    """The policy for a new case: the most particular that fits (SLA1).

    VIP comes before topic, topic before priority.
    """
    fitting = SlaPolicy.objects.filter(kind=kind, replaced_at__isnull=True).filter(
        Q(priority="") | Q(priority=priority), Q(topic__isnull=True) | Q(topic_id=topic)
    )
    if not is_vip:
        fitting = fitting.filter(for_vip=False)
    policy = fitting.order_by("-for_vip", F("topic_id").desc(nulls_last=True), "-priority").first()
    if policy is None:
        raise Broken(f"there is no SLA policy for {kind}")
    return policy


def targets_of(policy: SlaPolicy) -> Targets:
    """A policy as pure values."""
    return Targets(
        acknowledgement=policy.acknowledgement_minutes,
        response=policy.response_minutes,
        resolution=policy.resolution_minutes,
        warn_percent=policy.warn_percent,
        calendar=get_calendar(policy.calendar_id),
    )


def holds_of(case: Case) -> list[Hold]:
    """Every hold that a case ever had, oldest first."""
    return list(Hold.objects.filter(case=case).select_related("reason").order_by("since"))


def facts_of(case: Case, holds: Iterable[Hold]) -> Facts:
    """What happened to a case, as its clocks see it.

    A pausing hold that resumes by itself counts as ended at its resume-by moment, worker or not.
    """
    return Facts(
        created_at=case.created_at,
        acknowledged_at=case.acknowledged_at,
        responded_at=case.responded_at,
        ended_at=case.ended_at,
        pauses=tuple(
            Pause(since=hold.since, until=end_of(hold), reason=hold.reason.label)
            for hold in holds
            if hold.pauses
        ),
    )


def end_of(hold: Hold) -> datetime | None:
    """When a hold ended or will end by itself; None while nobody knows."""
    if hold.ended_at is not None:
        return hold.ended_at
    return hold.resume_by if hold.at_resume_by == HoldEnding.RESUMES else None


def raised_alerts(case: Case) -> set[tuple[str, str]]:
    """Which warnings and escalations were raised already, as (metric, level)."""
    return set(Alert.objects.filter(case=case).values_list("metric", "level"))


def clocks_of(case: Case) -> tuple[Targets, Facts]:
    """The promise and the history of one case, from which every clock follows."""
    return targets_of(case.policy), facts_of(case, holds_of(case))


def entries_of(case: Case, *, before_seq: int | None = None, limit: int = 50) -> list[Entry]:
    """The newest entries of a case's timeline, each with who acted and what was written."""
    entries = Entry.objects.filter(case=case).select_related("actor", "text")
    if before_seq is not None:
        entries = entries.filter(seq__lt=before_seq)
    return list(entries.order_by("-seq")[:limit])
