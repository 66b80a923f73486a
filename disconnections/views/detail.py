"""The page of one request: what it hands to the shared pages of cases, and its own tabs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from billing.views.settlement_sheet import settlement_context
from disconnections.access import allowed_acts, find_request
from disconnections.queries.detail import request_page, service_lines
from disconnections.queries.verdicts import last_verdict
from smart360.cases.access import Act
from smart360.cases.choices import CaseKind
from smart360.cases.forms import ApprovalForm, CloseForm, DecisionForm
from smart360.cases.models import Case
from smart360.cases.views import shell as pages
from smart360.cases.views.kinds import KindPages, Shown, Tab
from smart360.cases.views.shell import tab_or_fragment
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires

__all__ = ["REQUESTS", "found_or_404", "shell", "tab_or_fragment"]

TABS = (
    Tab("details", "Details", "request_detail"),
    Tab("settlement", "Settlement", "request_settlement", Permission.VIEW_BALANCE),
    Tab(
        "service-order", "Service order", "request_service_orders", Permission.VIEW_SERVICE_ORDERS
    ),
    Tab(
        "disconnect", "Disconnect", "request_disconnect", Permission.VIEW_BALANCE,
        CaseKind.DISCONNECTION,
    ),
    Tab(
        "reconnect", "Reconnect", "request_reconnect", Permission.VIEW_BALANCE,
        CaseKind.RECONNECTION,
    ),
    Tab("communication", "Communication", "request_communication"),
    Tab("timeline", "Timeline", "request_timeline"),
)  # fmt: skip


def shows(case: Case, *, to: Person, at: datetime, zone: ZoneInfo) -> Shown:
    """What the shell of a request's page shows to a person."""
    page = request_page(case, to=to, at=at, zone=zone)
    acts = allowed_acts(case, to, page.approval)
    has_bill = case.kind == CaseKind.DISCONNECTION and case.is_open and not page.is_billed
    more: dict[str, Any] = {"can_bill": has_bill and to.has_permission(Permission.GENERATE_BILL)}
    if Act.CLOSE in acts:
        more["close_form"] = CloseForm()
    if Act.ASK_APPROVAL in acts:
        more["approval_form"] = ApprovalForm()
    if Act.DECIDE_APPROVAL in acts:
        more["decision_form"] = DecisionForm()
    return Shown(page, acts, more)


def details_context(case: Case, context: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What the Details tab of a request shows beside the shell."""
    return {
        "services": service_lines(case, zone=zone_in_use()),
        "verdict": last_verdict(case.pk, context["page"].approval),
    }


REQUESTS = KindPages(
    prefix="request",
    label="Request",
    plural="Disconnections",
    list_name="request_list",
    parts="disconnections/request_parts.html",
    details="disconnections/request_detail.html",
    orders=(Permission.CREATE_SERVICE_ORDER,),
    tabs=TABS,
    find=find_request,
    shows=shows,
    details_context=details_context,
)


def found_or_404(request: HttpRequest, number: str) -> Case:
    """The request of this number, or 404: not there and not yours look the same (X2)."""
    return pages.found_or_404(REQUESTS, request, number)


def shell(
    request: HttpRequest, case: Case, *, tab: str, at: datetime, **more: Any
) -> dict[str, Any]:
    """What each tab of a request's page stands in; ``more`` replaces forms that came back."""
    return pages.shell(REQUESTS, request, case, tab=tab, at=at, **more)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_detail(request: HttpRequest, number: str) -> HttpResponse:
    """The Details tab; htmx gets its panels."""
    return pages.details(REQUESTS, request, number)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_top(request: HttpRequest, number: str) -> HttpResponse:
    """Header, clock and rail alone, fetched again when something was said."""
    return pages.top(REQUESTS, request, number)


@require_GET
@requires(Permission.VIEW_BALANCE)
def request_settlement(request: HttpRequest, number: str) -> HttpResponse:
    """The Settlement tab; its panels fetch themselves from billing (DIS9)."""
    me, case, at = signed_in_person(request), found_or_404(request, number), clock.now()
    context = settlement_context(case, to=me, at=at) | shell(request, case, tab="settlement", at=at)
    return tab_or_fragment(request, "disconnections/request_settlement.html", "settlement", context)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_communication(request: HttpRequest, number: str) -> HttpResponse:
    """The Communication tab."""
    return pages.communication(REQUESTS, request, number)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_timeline_tab(request: HttpRequest, number: str) -> HttpResponse:
    """The Timeline tab."""
    return pages.timeline(REQUESTS, request, number)
