"""What the Overview of a consumer's profile shows in brief, across apps (CON4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from smart360.cases.choices import OPEN_STATUSES, CaseKind
from smart360.cases.models import Case
from smart360.cases.queries.lists import Facts, listed
from smart360.cases.queries.states import with_pause
from smart360.fieldwork.choices import LIVE_STATUSES
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.prepared import A_KEY, A_MOMENT, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

MOST_CASES = 10
MOST_ORDERS = 10
KINDS = dict(CaseKind.choices)
PREPARED = Shelf()
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
    sees_complaints = to.has_permission(Permission.VIEW_COMPLAINTS)
    rows = PREPARED.rows(
        ("cases", sees_complaints, frozenset(hidden)),
        lambda: _soonest(sees_complaints=sees_complaints).exclude(pk__in=hidden)[:MOST_CASES],
        {A_KEY: consumer, A_MOMENT: at},
        keeps_plan=not hidden,
    )
    return [_open_case(facts, at=at) for facts in rows]


def _soonest(*, sees_complaints: bool) -> QuerySet[Case, Facts]:
    cases = Case.objects.filter(consumer=A_KEY, status__in=OPEN_STATUSES)
    if not sees_complaints:
        cases = cases.exclude(kind=CaseKind.COMPLAINT)
    cases = with_pause(cases, at=A_MOMENT)
    return described(cases).order_by(F("breaches_at").asc(nulls_last=True), "id")


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
    rows = PREPARED.rows("orders", _live_orders, {A_KEY: consumer})
    return [
        LiveOrder(
            each["number"], each["name"], each["status"], each["scheduled_on"], each["who"] or ""
        )
        for each in rows
    ]


def _live_orders() -> QuerySet[ServiceOrder, Any]:
    live = ServiceOrder.objects.filter(consumer=A_KEY, status__in=LIVE_STATUSES).order_by("-id")
    who = F("technician__person__full_name")
    return live.values("number", "name", "status", "scheduled_on", who=who)[:MOST_ORDERS]
