"""What the Service tab of a profile lists: orders, requests and complaints as one (CON11)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus
from smart360.cases.models import Case
from smart360.desk.queries.profile import case_url
from smart360.fieldwork.choices import LIVE_STATUSES, OrderKind, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Page, Sort, page_of_several

PAGE_SIZE = 20
NEWEST_FIRST = Sort("newest", "newest first", ("-created_at", "-number"))
OPEN, ENDED = "open", "ended"
STATES = ((OPEN, "Open"), (ENDED, "Ended"))
KINDS: tuple[tuple[str, str], ...] = (
    *OrderKind.choices,
    (CaseKind.COMPLAINT.value, CaseKind.COMPLAINT.label),
)
LABELS = dict(KINDS)
DONE = (OrderStatus.COMPLETED, CaseStatus.COMPLETED, CaseStatus.RESOLVED)
Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One order, request or complaint; ``status`` is a code, of an order if ``is_order``."""

    number: str
    url: str
    is_order: bool
    created_at: datetime
    kind: str
    description: str
    status: str
    technician: str
    completed_at: datetime | None

    @property
    def sort(self) -> str:
        """What it is: a service order, a request or a complaint."""
        if self.is_order:
            return "Service order"
        return "Complaint" if self.kind == CaseKind.COMPLAINT.label else "Request"


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """What somebody looks for; empty means everything. ``state`` is OPEN or ENDED."""

    state: str = ""
    kind: str = ""


def list_services(
    consumer: int, wish: ServiceFilter, *, to: Person, hidden: Collection[int], cursor: str = ""
) -> Page[ServiceRow]:
    """A page of what was ordered, requested or complained of, newest first; two statements.

    ``hidden`` are the cases that ``to`` may not know of.
    """
    sources = [_cases(consumer, wish, to, hidden), _orders(consumer, wish, to)]
    found = page_of_several(sources, sort=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    return Page([_row(each) for each in found.rows], found.next_cursor, found.previous_cursor)


def _orders(consumer: int, wish: ServiceFilter, to: Person) -> Rows:
    orders = ServiceOrder.objects.filter(consumer=consumer)
    if not to.has_permission(Permission.VIEW_SERVICE_ORDERS):
        orders = orders.none()
    if wish.kind:
        orders = orders.filter(kind=wish.kind)
    if wish.state:
        live = orders.filter(status__in=LIVE_STATUSES)
        orders = live if wish.state == OPEN else orders.exclude(status__in=LIVE_STATUSES)
    rows: Rows = orders.values(
        "number", "created_at", "kind", "status", "ended_at",
        what=Coalesce(NullIf("description", Value("")), "name"),
        technician_name=F("technician__person__full_name"),
        is_order=Value(value=True),
    )  # fmt: skip
    return rows


def _cases(consumer: int, wish: ServiceFilter, to: Person, hidden: Collection[int]) -> Rows:
    cases = Case.objects.filter(consumer=consumer).exclude(pk__in=hidden)
    if not to.has_permission(Permission.VIEW_COMPLAINTS):
        cases = cases.exclude(kind=CaseKind.COMPLAINT)
    if wish.kind:
        cases = cases.filter(kind=wish.kind)
    if wish.state:
        is_open = cases.filter(status__in=OPEN_STATUSES)
        cases = is_open if wish.state == OPEN else cases.exclude(status__in=OPEN_STATUSES)
    rows: Rows = cases.values(
        "number", "created_at", "kind", "status", "ended_at",
        what=Coalesce("disconnection_request__reason__label", "complaint__name__name"),
        technician_name=Value(""),
        is_order=Value(value=False),
    )  # fmt: skip
    return rows


def _row(facts: dict[str, Any]) -> ServiceRow:
    number, is_order = facts["number"], facts["is_order"]
    return ServiceRow(
        number=number,
        url=reverse("order_detail", args=[number]) if is_order else case_url(facts["kind"], number),
        is_order=is_order,
        created_at=facts["created_at"],
        kind=LABELS[facts["kind"]],
        description=facts["what"] or "",
        status=facts["status"],
        technician=facts["technician_name"] or "",
        completed_at=facts["ended_at"] if facts["status"] in DONE else None,
    )
