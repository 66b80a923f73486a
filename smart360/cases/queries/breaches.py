"""Which open cases of a consumer have missed a target, for the head of the profile (CON3)."""

from datetime import datetime

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
