"""The only doors to a service order for a person: whose orders they see and work on."""

from enum import StrEnum

from django.db.models import QuerySet

from smart360.cases import ports
from smart360.cases.models import Case
from smart360.fieldwork.choices import WITH_A_TECHNICIAN, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


def visible_orders(person: Person) -> QuerySet[ServiceOrder]:
    """The orders that a person may see: everybody's by permission, a technician's their own."""
    if person.has_permission(Permission.VIEW_SERVICE_ORDERS):
        return ServiceOrder.objects.all()
    if person.is_active and Role.TECHNICIAN.value in person.roles:
        return ServiceOrder.objects.filter(technician=person.pk)
    return ServiceOrder.objects.none()


def get_order(number: str, *, to: Person) -> ServiceOrder | None:
    """The order with this number, with all that its page shows of it, or None for this person."""
    if not number.isascii() or not number.isprintable():
        return None
    return (
        visible_orders(to)
        .filter(number=number)
        .select_related(
            "template__skill", "consumer__category", "consumer__subcategory", "case",
            "technician__person", "created_by", "ended_by", "report",
        )
        .first()
    )  # fmt: skip


def case_shown(service_order: ServiceOrder, person: Person | None) -> Case | None:
    """The case that an order is for, if this person may know of it; None: if everybody may."""
    case = service_order.case
    if case is None or ports.hidden([case.pk], person.pk if person else None):
        return None
    return case


def may_update(service_order: ServiceOrder, person: Person) -> bool:
    """Whether a person may start, complete or report on an order: their own, or by permission."""
    if person.has_permission(Permission.UPDATE_SERVICE_ORDER):
        return True
    is_own = service_order.technician_id == person.pk
    return is_own and person.is_active and Role.TECHNICIAN.value in person.roles


class OrderAct(StrEnum):
    """Something that can be done with a service order."""

    SCHEDULE = "schedule"
    ASSIGN = "assign"
    TAKE_BACK = "take_back"
    START = "start"
    COMPLETE = "complete"
    CANCEL = "cancel"


BEFORE_THE_WORK = (OrderStatus.OPEN, OrderStatus.SCHEDULED, OrderStatus.ASSIGNED)
POSSIBLE: dict[OrderAct, tuple[OrderStatus, ...]] = {
    OrderAct.SCHEDULE: BEFORE_THE_WORK,
    OrderAct.ASSIGN: (OrderStatus.SCHEDULED, OrderStatus.ASSIGNED),
    OrderAct.TAKE_BACK: WITH_A_TECHNICIAN,
    OrderAct.START: (OrderStatus.ASSIGNED,),
    OrderAct.COMPLETE: WITH_A_TECHNICIAN,
    OrderAct.CANCEL: (*BEFORE_THE_WORK, OrderStatus.IN_PROGRESS),
}
"""In which states of the order each act is possible."""
OF_THE_FIELD = (OrderAct.START, OrderAct.COMPLETE)


def allowed_acts(service_order: ServiceOrder, person: Person) -> frozenset[OrderAct]:
    """What this person may do with this order now: the buttons of its page are exactly these."""
    plans = person.has_permission(Permission.ASSIGN_SERVICE_ORDER)
    return frozenset(
        act
        for act, states in POSSIBLE.items()
        if service_order.status in states
        and (may_update(service_order, person) if act in OF_THE_FIELD else plans)
    )
