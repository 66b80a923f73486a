"""What the Overview of a consumer's profile shows in brief, across apps (CON4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from smart360.cases.choices import OPEN_STATUSES, CaseKind
from smart360.cases.models import Case
from smart360.cases.queries.lists import Facts, listed
from smart360.cases.queries.states import with_pause
from smart360.fieldwork.choices import LIVE_STATUSES
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

MOST_CASES = 10
MOST_ORDERS = 10
KINDS = dict(CaseKind.choices)
CASE_FACTS = (
    "number", "kind", "status", "priority", "created_at", "due_at", "adjusted_due_at", "warns_at",
    "breaches_at", "paused_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """An open request or complaint in one line; ``status`` and ``sla`` are codes."""

    number: str
    url: str
    kind: str
    what: str
    status: str
    sla: str
    due_at: datetime | None
    warns_at: datetime | None
    paused_until: datetime | None
    percent: int | None


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """A service order that is not done, in one line; ``status`` is a code."""

    number: str
    name: str
    status: str
    scheduled_on: date | None
    technician: str


def open_cases_of(
    consumer: int, *, to: Person, hidden: Collection[int], at: datetime
) -> list[OpenCase]:
    """The open requests and complaints, the soonest breach first; one statement.

    ``hidden`` are the cases that ``to`` may not know of.
    """
    if not to.has_permission(Permission.VIEW_REQUESTS):
        return []
    cases = Case.objects.filter(consumer=consumer, status__in=OPEN_STATUSES).exclude(pk__in=hidden)
    if not to.has_permission(Permission.VIEW_COMPLAINTS):
        cases = cases.exclude(kind=CaseKind.COMPLAINT)
    soonest = with_pause(cases, at=at).order_by(F("breaches_at").asc(nulls_last=True), "id")
    return [_open_case(facts, at=at) for facts in described(soonest)[:MOST_CASES]]


def described(cases: QuerySet[Case]) -> QuerySet[Case, Facts]:
    """Cases ``with_pause`` as plain values, each with ``what`` it is about, in a few words."""
    told: QuerySet[Case, Facts] = cases.values(
        *CASE_FACTS,
        what=Coalesce("disconnection_request__reason__label", "complaint__name__name"),
    )
    return told


def _open_case(facts: Facts, *, at: datetime) -> OpenCase:
    shown = listed(facts, at=at)
    return OpenCase(
        number=facts["number"],
        url=case_url(facts["kind"], facts["number"]),
        kind=KINDS[facts["kind"]],
        what=facts["what"] or "",
        **{
            name: shown[name]
            for name in ("status", "sla", "due_at", "warns_at", "paused_until", "percent")
        },
    )


def case_url(kind: str, number: str) -> str:
    """The page of a case."""
    return reverse(f"{kind.lower()}_detail", args=[number])


def live_orders_of(consumer: int, *, to: Person) -> list[LiveOrder]:
    """The service orders that are not done, newest first; one statement."""
    if not to.has_permission(Permission.VIEW_SERVICE_ORDERS):
        return []
    live = ServiceOrder.objects.filter(consumer=consumer, status__in=LIVE_STATUSES)
    rows = live.order_by("-id").values_list(
        "number", "name", "status", "scheduled_on", "technician__person__full_name"
    )
    return [
        LiveOrder(number, name, status, day, technician or "")
        for number, name, status, day, technician in rows[:MOST_ORDERS]
    ]
