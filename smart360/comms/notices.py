"""Who is told when a message does not arrive."""

from datetime import datetime

from django.urls import reverse

from smart360.comms.models import Message
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import step
from smart360.staff.models import Person


@step
def not_delivered(message: Message, *, at: datetime) -> None:
    """Tell whoever wrote it, or for the system's own words whoever works on the case (COM4)."""
    case = message.case
    if case is None:
        return
    whom = message.by_id or case.assignee_id
    notify_staff(
        people=Person.objects.filter(pk=whom) if whom else (),
        sentence=f"{case.number}: a message was not delivered",
        path=reverse(f"{case.kind.lower()}_detail", args=[case.number]),
        at=at,
        dedupe_key=f"not-delivered:{message.pk}:{at:%Y%m%dT%H%M%S.%f}",
        case=case.pk,
    )
