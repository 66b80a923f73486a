"""What the profile of a consumer, which lies below cases, asks about their open cases (CON3)."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from consumers.ports import Breach
from smart360.cases import ports
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.kernel.prepared import A_KEY, A_MOMENT, Shelf

MOST_BREACHED = 3
PREPARED = Shelf()


def breached_cases(*, consumer: int, person: int, at: datetime) -> list[Breach]:
    """The longest breached first, without those that ``person`` may not know of.

    A port of consumers; one statement, and those that hide something where one is late.
    """
    found = PREPARED.rows("late", _late, {A_KEY: consumer, A_MOMENT: at})
    hidden = ports.hidden([each["id"] for each in found], person)
    return [
        Breach(each["number"], reverse(f"{each['kind'].lower()}_detail", args=[each["number"]]))
        for each in found
        if each["id"] not in hidden
    ][:MOST_BREACHED]


def _late() -> QuerySet[Case, Any]:
    late = Case.objects.filter(consumer=A_KEY, status__in=OPEN_STATUSES, breaches_at__lte=A_MOMENT)
    return late.order_by("breaches_at", "id").values("id", "number", "kind")


def works_on_case_of(consumer: int, person: int) -> bool:
    """Whether an open case of a consumer was made by a person or is theirs (a port of consumers).

    One statement.
    """
    theirs = Q(assignee=person) | Q(created_by=person)
    return Case.objects.filter(theirs, consumer=consumer, status__in=OPEN_STATUSES).exists()
