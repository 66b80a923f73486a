"""The landing list as a file."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from disconnections.filters import read_list_wish
from disconnections.queries.requests import SLA_WORDS, RequestRow, export_requests
from smart360.cases.choices import CaseStatus, Priority
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.export import csv_response
from smart360.web.gate import requires

EXPORT_HEAD = (
    "Request ID", "Consumer", "VIP", "Account no", "Address", "Type", "Reason", "Date requested",
    "Status", "Priority", "SLA", "Due", "Assigned to", "Outstanding",
)  # fmt: skip
SLA_IN_FILE = {**SLA_WORDS, "MET": "Within target", "MISSED": "Breached"}


@require_GET
@requires(Permission.EXPORT_REQUESTS)
def request_export(request: HttpRequest) -> StreamingHttpResponse:
    """What is filtered, as CSV: a supervisor everything, others what they made or work on."""
    me = signed_in_person(request)
    at, zone = clock.now(), zone_in_use()
    wish = read_list_wish(request.GET, me=me.pk)
    taken_part = None if me.has_permission(Permission.ASSIGN_OTHERS) else me.pk
    looks_for = wish.looks_for.only_of(taken_part)
    currency = get_utility().currency
    rows = export_requests(me, looks_for, sort=wish.sort, at=at, zone=zone, currency=currency)
    name = f"requests-{at.astimezone(zone):%Y-%m-%d-%H%M}.csv"
    return csv_response(name, EXPORT_HEAD, _file_lines(rows, zone))


def _file_lines(rows: Iterable[RequestRow], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """Lines are read while the answer is sent, after the request's zone has gone: it is given."""
    for row in rows:
        with timezone.override(zone):
            due = formats.shown_datetime(row.due_at) if row.due_at else ""
            requested = formats.shown_datetime(row.requested_at)
        yield (
            row.number, row.name, "VIP" if row.is_vip else "", row.account_number, row.address,
            row.kind, row.reason, requested, CaseStatus(row.status).label,
            Priority(row.priority).label, SLA_IN_FILE[row.sla], due, row.assignee,
            row.outstanding or "",
        )  # fmt: skip
