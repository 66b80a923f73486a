"""The workers' side of field work: completion reports as PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smart360.documents.render import on_paper
from smart360.fieldwork.access import case_shown
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations.reports import attach_report
from smart360.fieldwork.queries.detail import services_of


def make_report(about: Mapping[str, Any], at: datetime) -> None:
    """Make the report of the order that ``about`` names, once however often it is tried."""
    service_order = ServiceOrder.objects.select_related(
        "consumer", "case", "technician__person", "created_by", "ended_by"
    ).get(pk=about["service_order"])
    if service_order.report_id is None:
        body = report_pdf(service_order, at)
        attach_report(service_order=service_order.pk, body=body, at=at)


def report_pdf(service_order: ServiceOrder, at: datetime) -> bytes:
    """A completed order's report on the utility's paper, from what stays as it is."""
    context = {
        "order": service_order,
        "case": case_shown(service_order, None),  # whoever sees the order has its report
        "services": services_of(service_order),
    }
    return on_paper("fieldwork/order_report.html", context, at=at)
