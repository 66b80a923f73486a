"""What the start page shows: one's own work, and what nobody works on."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from disconnections.queries.requests import RequestRow, facts_of, requests_seen_by, row_of
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.cases.queries.lists import NOBODY, Facts
from smart360.cases.queries.states import with_pause
from smart360.cases.sla import NEVER
from smart360.kernel.prepared import A_MOMENT, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Work:
    """The open requests, the soonest breach first: one's own, and those that nobody works on."""

    mine: list[RequestRow]
    unassigned: list[RequestRow]


PREPARED = Shelf()


def open_work(person: Person, *, at: datetime) -> Work:
    """What the start page shows, in one statement that is put together once."""
    if not person.has_permission(Permission.VIEW_REQUESTS):
        return Work([], [])
    statement = PREPARED.get("open work", lambda: _open_work(requests_seen_by(person)))
    found = statement.rows({A_MOMENT: at, NOBODY: person.pk})
    found.sort(key=lambda facts: (facts["breaches_at"] or NEVER, facts["id"]))
    work = Work([], [])
    for facts in found:
        whose = work.unassigned if facts["assignee__full_name"] is None else work.mine
        whose.append(row_of(facts, to=person, at=at))
    return work


def _open_work(seen: QuerySet[Case]) -> QuerySet[Case, Facts]:
    """Two lists, each read in the order of an index until it is full."""
    ready = facts_of(with_pause(seen.filter(status__in=OPEN_STATUSES), at=A_MOMENT))
    ready = ready.order_by(F("breaches_at").asc(nulls_last=True), "id")
    mine, others = ready.filter(assignee=NOBODY), ready.filter(assignee=None)
    return mine[:MOST_SHOWN].union(others[:MOST_SHOWN], all=True)
