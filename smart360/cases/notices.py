"""Who is told what when something happens to a case."""

from collections.abc import Mapping
from datetime import datetime

from smart360.cases.choices import AlertLevel, Metric
from smart360.cases.models import Case
from smart360.comms.outbox import notify_staff, send_from_template
from smart360.kernel.db import step
from smart360.staff.models import Person
from smart360.staff.permissions import ROLE_PERMISSIONS, Permission


@step
def tell_consumer(
    case: Case, *, code: str, values: Mapping[str, str], at: datetime, once: str
) -> None:
    """Send a courtesy message by its template, if the consumer is to be notified (COM3).

    ``once`` tells this event from others of the same code on the same case.
    """
    if case.consumer is None:
        return
    send_from_template(
        case=case.pk,
        consumer=case.consumer_id,
        code=code,
        values={"number": case.number, "consumer_name": case.consumer.name, **values},
        to=case.consumer.email,
        notifies=case.notifies_consumer,
        at=at,
        dedupe_key=f"{code}:{case.number}:{once}",
    )


@step
def warn(case: Case, metric: Metric, level: AlertLevel, *, path: str, at: datetime) -> None:
    """Tell whoever works on the case that a target is near, and supervisors that it was missed."""
    is_escalation = level == AlertLevel.ESCALATION
    people = list(supervisors()) if is_escalation else []
    if case.assignee_id is not None:
        people.append(Person.objects.get(pk=case.assignee_id))
    elif not is_escalation:
        people.extend(supervisors())
    target = metric.label
    sentence = (
        f"{case.number}: {target.lower()} target missed"
        if is_escalation
        else f"{case.number}: {target.lower()} target is near"
    )
    notify_staff(
        people={each.pk: each for each in people}.values(),
        sentence=sentence,
        path=path,
        at=at,
        dedupe_key=f"sla:{case.number}:{metric}:{level}",
        case=case.pk,
        is_urgent=is_escalation,
    )


@step
def remind(case: Case, *, whom: int | None, reason: str, path: str, at: datetime) -> None:
    """A hold has reached its resume-by moment and asks for a person."""
    people = Person.objects.filter(pk=whom, is_active=True) if whom else supervisors()
    notify_staff(
        people=people,
        sentence=f"{case.number}: the hold “{reason}” has reached its date",
        path=path,
        at=at,
        dedupe_key=f"hold:{case.number}:{case.version}",
        case=case.pk,
    )


def supervisors() -> "list[Person]":
    """Everybody who receives escalations."""
    roles = [
        r.value for r, allowed in ROLE_PERMISSIONS.items() if Permission.SEE_ESCALATIONS in allowed
    ]
    return list(Person.objects.filter(is_active=True, groups__name__in=roles).distinct())
