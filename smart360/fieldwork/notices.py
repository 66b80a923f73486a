"""Who is told what when a visit is planned."""

from datetime import datetime

from django.urls import reverse

from smart360.comms.outbox import notify_staff, send_from_template
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.kernel.db import step
from smart360.staff.access import people_who_may
from smart360.staff.permissions import Permission
from smart360.web.formats import shown_day, shown_slot

SCHEDULED = "visit.scheduled"
MOVED = "visit.moved"


def visit_words(service_order: ServiceOrder) -> str:
    """Day and window as a consumer reads them."""
    if service_order.scheduled_on is None:
        return "Not specified"
    day = shown_day(service_order.scheduled_on)
    starts, ends = service_order.starts, service_order.ends
    return f"{day}, {shown_slot(starts, ends)}" if starts and ends else f"{day}, any time"


@step
def visit_scheduled(service_order: ServiceOrder, *, at: datetime) -> None:
    """The consumer learns when somebody comes, if they are to be notified (COM3)."""
    _tell(service_order, SCHEDULED, at=at)


@step
def visit_moved(service_order: ServiceOrder, *, at: datetime) -> None:
    """The consumer learns that the visit has another day or window."""
    _tell(service_order, MOVED, at=at)


@step
def visit_called_off(
    service_order: ServiceOrder, *, technician: int, because: str, at: datetime
) -> None:
    """Whoever plans visits reaches the technician, who may be on the way, before harm is done."""
    who = Technician.objects.select_related("person").get(pk=technician).person.full_name
    number = service_order.number
    notify_staff(
        people=people_who_may(Permission.ASSIGN_SERVICE_ORDER),
        sentence=f"Tell {who} not to carry out {number}: {because.lower()}",
        path=reverse("order_detail", args=[number]),
        at=at,
        dedupe_key=f"called-off:{number}:{at:%Y%m%dT%H%M%S.%f}",
        case=service_order.case_id,
        is_urgent=True,
    )


def _tell(service_order: ServiceOrder, code: str, *, at: datetime) -> None:
    consumer, case = service_order.consumer, service_order.case
    send_from_template(
        case=service_order.case_id,
        consumer=consumer.pk,
        code=code,
        values={
            "number": case.number if case else service_order.number,
            "consumer_name": consumer.name,
            "account_number": consumer.account_number,
            "service_address": service_order.address,
            "work": service_order.get_kind_display(),
            "visit": visit_words(service_order),
        },
        to=consumer.email,
        notifies=case.notifies_consumer if case else bool(consumer.email),
        at=at,
        dedupe_key=f"{code}:{service_order.number}:{at:%Y%m%dT%H%M%S.%f}",
    )
