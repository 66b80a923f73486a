"""What the profile of a consumer, which lies below cases, asks about their open cases (CON3)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from consumers.ports import Breach
from smart360.cases import ports
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case

MOST_BREACHED = 3


def breached_cases(*, consumer: int, person: int, at: datetime) -> list[Breach]:
    """The longest breached first, without those that ``person`` may not know of.

    A port of consumers; one statement, and those that hide something where one is late.
    """
    late = Case.objects.filter(consumer=consumer, status__in=OPEN_STATUSES, breaches_at__lte=at)
    found = list(late.order_by("breaches_at", "id").values_list("id", "number", "kind"))
    hidden = ports.hidden([key for key, _, _ in found], person)
    return [
        Breach(number, reverse(f"{kind.lower()}_detail", args=[number]))
        for key, number, kind in found
        if key not in hidden
    ][:MOST_BREACHED]


def works_on_case_of(consumer: int, person: int) -> bool:
    """Whether an open case of a consumer was made by a person or is theirs (a port of consumers).

    One statement.
    """
    theirs = Q(assignee=person) | Q(created_by=person)
    return Case.objects.filter(theirs, consumer=consumer, status__in=OPEN_STATUSES).exists()
