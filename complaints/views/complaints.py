"""The page of one complaint: what it hands to the shared pages of cases, and its files (CMP6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from complaints.access import allowed_acts, find_complaint, may_see_evidence
from complaints.forms import DecidingForm, DisputeForm, LinkForm, RejectForm, ResolveForm
from complaints.queries.detail import (
    complaint_page,
    evidence_of,
    find_evidence,
    is_fenced_off,
    reopenings_of,
)
from complaints.queries.ratings import rating_of
from smart360.cases.access import Act
from smart360.cases.models import Case
from smart360.cases.views import shell as pages
from smart360.cases.views.kinds import KindPages, Shown, Tab
from smart360.documents.access import as_download
from smart360.fieldwork.views import case_orders
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires

TABS = (
    Tab("details", "Details", "complaint_detail"),
    Tab(
        "service-order", "Service order", "complaint_service_orders", Permission.VIEW_SERVICE_ORDERS
    ),
    Tab("communication", "Communication", "complaint_communication"),
    Tab("timeline", "Timeline", "complaint_timeline"),
)
ORDERERS = (Permission.CREATE_ORDER_FROM_COMPLAINT, Permission.CREATE_SERVICE_ORDER)


def shows(case: Case, *, to: Person, at: datetime, zone: ZoneInfo) -> Shown:
    """What the shell of a complaint's page shows to a person."""
    page = complaint_page(case, to=to, at=at, zone=zone)
    acts = allowed_acts(case, to, at=at, reopen_days=page.reopen_days)
    amount = page.complaint.disputed_amount
    fresh: dict[Act, tuple[str, Any]] = {
        Act.RESOLVE: ("resolve_form", ResolveForm),
        Act.REJECT: ("reject_form", RejectForm),
        Act.REOPEN: ("reopen_form", DecidingForm),
        Act.LINK: ("link_form", LinkForm),
        Act.DISPUTE: ("dispute_form", lambda: DisputeForm(initial={"amount": amount})),
    }
    more: dict[str, Any] = {name: form() for act, (name, form) in fresh.items() if act in acts}
    more["sees_evidence"] = may_see_evidence(page.complaint, to)
    more["rating"] = rating_of(case.pk, to=to)
    return Shown(page, acts, more)


def details_context(case: Case, context: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What the Details tab of a complaint shows beside the shell."""
    page = context["page"]
    return {
        "evidence": evidence_of(case.pk) if context["sees_evidence"] else [],
        "is_fenced_off": page.complaint.disputed_amount is not None and is_fenced_off(case),
        "reopenings": reopenings_of(case.pk),
    }


COMPLAINTS = KindPages(
    prefix="complaint",
    label="Complaint",
    plural="Complaints",
    list_name="complaint_list",
    parts="complaints/complaint_parts.html",
    details="complaints/complaint_detail.html",
    orders=ORDERERS,
    tabs=TABS,
    find=find_complaint,
    shows=shows,
    details_context=details_context,
)


@require_GET
@requires(Permission.VIEW_COMPLAINTS)
def complaint_detail(request: HttpRequest, number: str) -> HttpResponse:
    """The Details tab; htmx gets its panels."""
    return pages.details(COMPLAINTS, request, number)


@require_GET
@requires(Permission.VIEW_COMPLAINTS)
def complaint_top(request: HttpRequest, number: str) -> HttpResponse:
    """Header, clock and rail alone, fetched again when something was said."""
    return pages.top(COMPLAINTS, request, number)


@require_GET
@requires(Permission.VIEW_COMPLAINTS)
def complaint_communication(request: HttpRequest, number: str) -> HttpResponse:
    """The Communication tab."""
    return pages.communication(COMPLAINTS, request, number)


@require_GET
@requires(Permission.VIEW_COMPLAINTS)
def complaint_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """The Timeline tab."""
    return pages.timeline(COMPLAINTS, request, number)


@require_GET
@requires(Permission.VIEW_SERVICE_ORDERS)
def complaint_service_orders(request: HttpRequest, number: str) -> HttpResponse:
    """The orders of a complaint, newest first, with the form for another one (CMP6)."""
    return case_orders.service_orders(COMPLAINTS, request, number)


@require_POST
@requires(*ORDERERS)
def complaint_add_order(request: HttpRequest, number: str) -> HttpResponse:
    """Add Service Order, once the complaint has an account (decision 48)."""
    return case_orders.add_order(COMPLAINTS, request, number)


@require_GET
@requires(Permission.SEE_EVIDENCE, Permission.SEE_BILLING_EVIDENCE)
def complaint_evidence(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """One file of the complaint, to be saved; 404 for whoever may not see it."""
    case = pages.found_or_404(COMPLAINTS, request, number)
    if not may_see_evidence(case.complaint, signed_in_person(request)):
        raise Http404
    found = find_evidence(case.pk, position)
    if found is None:
        raise Http404
    return as_download(found.file)
