"""The four cards above the list: requests by month, with the change and the months before."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import TruncMonth

from disconnections.queries.requests import day_begins, requests_seen_by
from disconnections.rules import months_after
from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus
from smart360.cases.models import Case
from smart360.staff.models import Person
from smart360.web import formats

FIGURES: tuple[tuple[str, str, str], ...] = (
    ("PENDING", CaseKind.DISCONNECTION.value, "Pending disconnection"),
    ("COMPLETED", CaseKind.DISCONNECTION.value, "Completed disconnection"),
    ("PENDING", CaseKind.RECONNECTION.value, "Pending connection"),
    ("COMPLETED", CaseKind.RECONNECTION.value, "Completed connection"),
)
MONTHS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Figure:
    """One card: a count in a month, the change, the last seven months, and where it leads."""

    code: str
    label: str
    value: int
    change: str
    series: tuple[int, ...]


def list_figures(person: Person, *, month: date, zone: ZoneInfo) -> list[Figure]:
    """The four cards of a month (DIS1), with the six months before, in one statement.

    Pending: open now and created in the month. Completed: by the month of completion.
    """
    first = months_after(month, 1 - MONTHS_SHOWN)
    since, until = day_begins(first, zone), day_begins(months_after(month, 1), zone)
    seen = requests_seen_by(person)
    pending = seen.filter(status__in=OPEN_STATUSES, created_at__gte=since, created_at__lt=until)
    completed = seen.filter(status=CaseStatus.COMPLETED, ended_at__gte=since, ended_at__lt=until)
    rows = _per_month(pending, "PENDING", "created_at", zone).union(
        _per_month(completed, "COMPLETED", "ended_at", zone), all=True
    )
    counted = {(row["what"], row["kind"], row["month"].date()): row["n"] for row in rows}
    months = [months_after(first, step) for step in range(MONTHS_SHOWN)]
    figures = []
    for what, kind, label in FIGURES:
        series = tuple(counted.get((what, kind, each), 0) for each in months)
        change = change_in_words(series[-1] - series[-2], since=months[-2])
        figures.append(Figure(f"{what}_{kind}", label, series[-1], change, series))
    return figures


def _per_month(cases: QuerySet[Case], what: str, column: str, zone: ZoneInfo) -> Any:
    return (
        cases.order_by()
        .values(
            "kind",
            what=Value(what, output_field=CharField()),
            month=TruncMonth(column, tzinfo=zone),
        )
        .annotate(n=Count("pk"))
    )


def change_in_words(change: int, *, since: date) -> str:
    """``4 more than in November``; never a colour, for more is not better."""
    month = formats.MONTHS[since.month - 1]
    if change == 0:
        return f"as many as in {month}"
    return f"{abs(change)} {'more' if change > 0 else 'fewer'} than in {month}"
