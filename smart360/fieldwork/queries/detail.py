"""One service order as its page shows it, with its own lines of the timeline."""

from dataclasses import dataclass
from datetime import datetime

from consumers.choices import UtilityType
from smart360.cases.queries.approvals import approval_of
from smart360.cases.queries.timeline import visit_in
from smart360.fieldwork.choices import Cancelled
from smart360.fieldwork.models import OrderedService, ServiceOrder
from smart360.fieldwork.queries.reports import ReportState, report_state
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.shown import TimelineEntry

SYSTEM = "Smart360"
LOOK: dict[str, tuple[str, str]] = {
    Event.ORDER_CREATED: ("plus", "slate"),
    Event.ORDER_SCHEDULED: ("calendar-event", "slate"),
    Event.ORDER_ASSIGNED: ("user", "blue"),
    Event.ORDER_STARTED: ("progress", "blue"),
    Event.ORDER_COMPLETED: ("circle-check", "green"),
    Event.ORDER_CANCELLED: ("circle-minus", "slate"),
    Event.DOCUMENT_MADE: ("file-text", "slate"),
    Event.DOCUMENT_RETRIED: ("refresh", "slate"),
}


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service that an order is about, with the meter it had when the order was made."""

    utility_type: str
    address: str
    supply_state: str
    meter: str
    device: str

    @property
    def utility(self) -> str:
        """The utility in words."""
        return UtilityType(self.utility_type).label


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """What an order's page shows beside the order's own row.

    ``approved_by`` and ``approved_at`` are of the approval of its request, which stands for the
    order, too; ``approval`` is the state's code, "" when none was asked for.
    """

    order: ServiceOrder
    services: tuple[ServiceLine, ...]
    approval: str
    approved_by: str
    approved_at: datetime | None
    report: ReportState
    lines: tuple[TimelineEntry, ...]


def order_detail(service_order: ServiceOrder) -> OrderDetail:
    """All that the page of an order shows; five statements at most.

    The order was loaded by ``access.get_order``.
    """
    approval = None
    if service_order.case_id is not None:
        approval = approval_of(service_order.case_id)
    return OrderDetail(
        order=service_order,
        services=services_of(service_order),
        approval=approval.state if approval else "",
        approved_by=approval.decided_by.full_name if approval and approval.decided_by else "",
        approved_at=approval.decided_at if approval else None,
        report=report_state(service_order),
        lines=timeline_of(service_order),
    )


def services_of(service_order: ServiceOrder) -> tuple[ServiceLine, ...]:
    """The services of an order, in their order; one statement."""
    ordered = (
        OrderedService.objects.filter(service_order=service_order)
        .select_related("service_connection__premise", "meter__device")
        .order_by("service_connection__utility_type", "pk")
    )
    return tuple(
        ServiceLine(
            utility_type=each.service_connection.utility_type,
            address=each.service_connection.premise.address,
            supply_state=each.service_connection.supply_state,
            meter=each.meter.number if each.meter else "",
            device=each.meter.device.number if each.meter and each.meter.device else "",
        )
        for each in ordered
    )


def timeline_of(service_order: ServiceOrder) -> tuple[TimelineEntry, ...]:
    """The lines about an order, newest first; two statements, by its case or its consumer."""
    about = (
        {"case": service_order.case_id}
        if service_order.case_id
        else {"consumer": service_order.consumer_id}
    )
    entries = list(
        Entry.objects.filter(**about, kind__in=LOOK, new__order=service_order.number)
        .select_related("actor", "text")
        .order_by("-id")
    )
    facts = [each for entry in entries for each in (entry.old, entry.new)]
    numbers = {each.get("technician") for each in facts} - {None}
    names = dict(Person.objects.filter(pk__in=numbers).values_list("pk", "full_name"))
    return tuple(_line(entry, names) for entry in entries)


def _line(entry: Entry, names: dict[int, str]) -> TimelineEntry:
    icon, tone = LOOK[entry.kind]
    details = [entry.actor.full_name if entry.actor else SYSTEM]
    if entry.kind == Event.ORDER_CANCELLED:
        details.append(dict(Cancelled.choices).get(entry.new.get("reason", ""), ""))
    details += visit_in(entry.new)
    if entry.text is not None and entry.text.text:
        details.append(f"“{entry.text.text}”")
    return TimelineEntry(
        at=entry.at,
        sentence=_sentence(entry, names),
        icon=icon,
        tone=tone,
        detail=" · ".join(each for each in details if each),
    )


def _sentence(entry: Entry, names: dict[int, str]) -> str:
    new = entry.new
    if entry.kind == Event.ORDER_ASSIGNED:
        whom = names.get(new.get("technician", 0), "somebody")
        return f"Assigned to {whom}" + (" by itself" if new.get("is_by_itself") else "")
    if entry.kind == Event.ORDER_SCHEDULED and "technician" in new:
        return f"Taken from {names.get(entry.old.get('technician', 0), 'the technician')}"
    return entry.get_kind_display()
