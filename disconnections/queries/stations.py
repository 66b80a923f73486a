"""Where a request is on its way: requested → acknowledged → … → executed, as one rail (BEY4)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, Subquery

from billing.choices import InvoiceState
from billing.models import Invoice
from disconnections.choices import Permanence
from disconnections.models import DisconnectionRequest, Execution
from smart360.cases.choices import ApprovalState, CaseKind, CaseStatus
from smart360.cases.models import Approval, Case, Hold
from smart360.cases.queries.rails import acknowledged, with_now
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.errors import Broken
from smart360.web import formats
from smart360.web.shown import RailStep

BILLS = (InvoiceState.DRAFT, InvoiceState.APPROVED)
DONE_BY = {CaseKind.DISCONNECTION.value: "Executed", CaseKind.RECONNECTION.value: "Reconnected"}


@dataclass(frozen=True, slots=True)
class Stations:
    """What the field, billing and the execution say of a request; None or ``""``: not yet."""

    permanence: str
    order_status: str | None
    scheduled_on: date | None
    technician: str | None
    finished_at: datetime | None
    bill_state: str | None
    approved_at: datetime | None
    executed_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None


def stations_of(case: int) -> Stations:
    """All of it in one statement."""
    orders = (
        ServiceOrder.objects.filter(case=OuterRef("pk"), kind=OuterRef("kind"))
        .exclude(status=OrderStatus.CANCELLED)
        .order_by("-pk")
    )
    bills = Invoice.objects.filter(case=OuterRef("pk"), state__in=BILLS).order_by("-pk")
    done = Execution.objects.filter(request=OuterRef("pk"))
    back = DisconnectionRequest.objects.filter(
        undoes=OuterRef("pk"), case__status=CaseStatus.COMPLETED
    ).order_by("-pk")
    facts = (
        Case.objects.filter(pk=case)
        .values(
            permanence=F("disconnection_request__permanence"),
            order_status=Subquery(orders.values("status")[:1]),
            scheduled_on=Subquery(orders.values("scheduled_on")[:1]),
            technician=Subquery(orders.values(who=F("technician__person__full_name"))[:1]),
            finished_at=Subquery(orders.values("ended_at")[:1]),
            bill_state=Subquery(bills.values("state")[:1]),
            approved_at=Subquery(bills.values("approved_at")[:1]),
            executed_at=Subquery(done.values("executed_at")[:1]),
            undone_by=Subquery(back.values("case__number")[:1]),
            undone_at=Subquery(back.values("case__ended_at")[:1]),
        )
        .first()
    )
    if facts is None:
        raise Broken(f"there is no case {case}")
    return Stations(**facts)


def rail_of(
    case: Case, *, hold: Hold | None, approval: Approval | None, stations: Stations
) -> tuple[RailStep, ...]:
    """The stations, each with when, by whom, or what is missing; what does not apply is left out.

    One station is where the request stands now; a hold, a refusal and an early end show as such.
    """
    steps = [
        RailStep("Requested", "done", formats.shown_short_datetime(case.created_at)),
        acknowledged(case),
    ]
    if approval is not None and approval.state != ApprovalState.WITHDRAWN:
        steps.append(_approved(approval))
    steps += [_scheduled(stations), _in_the_field(stations)]
    if case.kind == CaseKind.DISCONNECTION and _is_billed_at_all(stations):
        steps.append(_billed(stations))
    steps += [_executed(case, stations), *_undone(stations)]
    if not case.is_open:
        ended = [step for step in steps if step.state == "done"]
        return (*ended, *_early_end(case, stations))
    return with_now(steps, hold)


def _approved(approval: Approval) -> RailStep:
    who = approval.decided_by.full_name if approval.decided_by else ""
    if approval.state == ApprovalState.APPROVED:
        return RailStep("Approved", "done", who)
    if approval.state == ApprovalState.REJECTED:
        return RailStep("Approved", "stop", f"rejected by {who}")
    return RailStep("Approved", "next", "waits for a supervisor")


def _scheduled(stations: Stations) -> RailStep:
    if stations.order_status is None:
        return RailStep("Scheduled", "next", "no service order yet")
    if stations.scheduled_on is None:
        return RailStep("Scheduled", "next", "no day yet")
    return RailStep("Scheduled", "done", formats.shown_day(stations.scheduled_on))


def _in_the_field(stations: Stations) -> RailStep:
    if stations.order_status == OrderStatus.COMPLETED:
        when = formats.shown_short_datetime(stations.finished_at) if stations.finished_at else ""
        return RailStep("In the field", "done", when)
    return RailStep("In the field", "next", stations.technician or "nobody assigned yet")


def _is_billed_at_all(stations: Stations) -> bool:
    """Whoever is disconnected for a time gets no final bill (DIS15)."""
    return stations.permanence == Permanence.PERMANENT or stations.bill_state is not None


def _billed(stations: Stations) -> RailStep:
    if stations.approved_at is not None:
        return RailStep("Billed", "done", formats.shown_short_datetime(stations.approved_at))
    return RailStep("Billed", "next", "draft" if stations.bill_state else "no final bill yet")


def _executed(case: Case, stations: Stations) -> RailStep:
    name = DONE_BY.get(case.kind, "Completed")
    if stations.executed_at is None:
        return RailStep(name, "next")
    return RailStep(name, "done", formats.shown_short_datetime(stations.executed_at))


def _undone(stations: Stations) -> tuple[RailStep, ...]:
    """A disconnection that a reconnection has undone says by which, and when."""
    if stations.undone_by is None or stations.undone_at is None:
        return ()
    when = formats.shown_short_datetime(stations.undone_at)
    return (RailStep("Reconnected", "done", f"{stations.undone_by}, {when}"),)


def _early_end(case: Case, stations: Stations) -> tuple[RailStep, ...]:
    """The end of a request that was not executed."""
    if stations.executed_at is not None or case.ended_at is None:
        return ()
    when = formats.shown_short_datetime(case.ended_at)
    return (RailStep(case.get_status_display(), "done", when),)
