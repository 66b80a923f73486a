"""What the profile of a consumer, which lies below field work, asks about its orders (CON10)."""

from django.urls import reverse

from consumers.ports import Inspection
from smart360.fieldwork.choices import LIVE_STATUSES, OrderKind
from smart360.fieldwork.models import ServiceOrder


def inspection_under_way(*, consumer: int, service: int) -> Inspection | None:
    """The newest inspection of a service that has not ended (a port of consumers); one statement.

    None that a case asked for: not everybody may know of that.
    """
    rows = ServiceOrder.objects.filter(
        consumer=consumer, case=None, kind=OrderKind.INSPECTION, status__in=LIVE_STATUSES
    ).filter(services__service_connection=service)
    number = rows.order_by("-pk").values_list("number", flat=True).first()
    return Inspection(number, reverse("order_detail", args=[number])) if number else None
