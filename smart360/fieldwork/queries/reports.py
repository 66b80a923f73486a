"""The completion report of a service order: how far it is, and what it says (SO2)."""

from enum import StrEnum

from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork

MAKE_REPORT = "fieldwork.report"


class ReportState(StrEnum):
    """How far the PDF of an order is."""

    NOT_YET = "NOT_YET"
    BEING_MADE = "BEING_MADE"
    FAILED = "FAILED"
    READY = "READY"


def report_key(number: str) -> str:
    """Under which the making of an order's report is owed."""
    return f"service-order-report:{number}"


def report_state(service_order: ServiceOrder) -> ReportState:
    """Whether the report is there, will be, could not be made, or waits for the work."""
    if service_order.report_id is not None:
        return ReportState.READY
    if service_order.status != OrderStatus.COMPLETED:
        return ReportState.NOT_YET
    failed = OwedWork.objects.filter(
        dedupe_key=report_key(service_order.number), state=OwedState.FAILED
    )
    return ReportState.FAILED if failed.exists() else ReportState.BEING_MADE
