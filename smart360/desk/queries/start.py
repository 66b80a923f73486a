"""What the start page shows: work of every kind, the soonest breach first, and how much is late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import F, QuerySet
from django.urls import reverse

from complaints.access import complaints_past_the_door, sees_staff_complaints, visible_complaints
from complaints.filters import COMPLAINTS
from complaints.queries.figures import count_late as count_late_complaints
from complaints.queries.lists import row_of as complaint_row
from disconnections.queries.counts import count_late
from disconnections.queries.requests import REQUESTS, requests_seen_by, row_of
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.cases.queries.counts import Late
from smart360.cases.queries.lists import NOBODY, Facts, ListKind, facts_of_cases
from smart360.cases.queries.states import with_pause
from smart360.cases.sla import NEVER
from smart360.kernel.prepared import A_MOMENT, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.shown import ListedCase

MOST_SHOWN = 25


class RowOf(Protocol):
    """Makes one line of a kind's list of what was read of a case."""

    def __call__(self, facts: Facts, *, to: Person, at: datetime) -> ListedCase:
        """The line as ``to`` may see it."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """What is open, the soonest breach first: one's own, and what nobody works on.

    ``nouns`` is what it consists of: ``requests``, ``complaints``, both, or nothing.
    """

    nouns: str
    mine: list[ListedCase]
    unassigned: list[ListedCase]


PREPARED = Shelf()


def open_work(person: Person, *, at: datetime) -> Work:
    """What the start page shows to whoever works on it: one statement for each kind of case.

    They are put together once.
    """
    found: list[tuple[Facts, RowOf]] = []
    nouns = []
    given = {A_MOMENT: at, NOBODY: person.pk}
    if may_all(person, Permission.ASSIGN, Permission.VIEW_REQUESTS):
        nouns.append(REQUESTS.noun)
        requests = PREPARED.get(
            REQUESTS.name, lambda: _open_work(REQUESTS, requests_seen_by(person))
        )
        found += [(facts, row_of) for facts in requests.rows(given)]
    if may_all(person, Permission.WORK_ON_COMPLAINT, Permission.VIEW_COMPLAINTS):
        nouns.append(COMPLAINTS.noun)
        complaints = PREPARED.get(
            (COMPLAINTS.name, sees_staff_complaints(person)),
            lambda: _open_work(COMPLAINTS, visible_complaints(person, NOBODY)),
        )
        found += [(facts, complaint_row) for facts in complaints.rows(given)]
    found.sort(key=lambda pair: (pair[0]["breaches_at"] or NEVER, pair[0]["id"]))
    work = Work(" and ".join(nouns), [], [])
    for facts, row in found:
        whose = work.unassigned if facts["assignee__full_name"] is None else work.mine
        if len(whose) < MOST_SHOWN:
            whose.append(row(facts, to=person, at=at))
    return work


def may_all(person: Person, *permissions: Permission) -> bool:
    """Whether a person has each of these permissions."""
    return all(person.has_permission(each) for each in permissions)


def _open_work(kind: ListKind[Any], seen: QuerySet[Case]) -> QuerySet[Case, Facts]:
    """Two lists, each read in the order of an index until it is full."""
    current = with_pause(seen.filter(status__in=OPEN_STATUSES), at=A_MOMENT)
    ready = facts_of_cases(kind, current)
    ready = ready.order_by(F("breaches_at").asc(nulls_last=True), "id")
    mine, others = ready.filter(assignee=NOBODY), ready.filter(assignee=None)
    return mine[:MOST_SHOWN].union(others[:MOST_SHOWN], all=True)


@dataclass(frozen=True, slots=True)
class LateWork:
    """How many of one kind are breached and how many at risk, and the list that shows them."""

    noun: str
    url: str
    late: Late


def late_work(person: Person, *, at: datetime) -> list[LateWork]:
    """What is late of each kind of case that this person may see, in a statement each."""
    late = []
    if person.has_permission(Permission.VIEW_REQUESTS):
        late.append(LateWork("Requests", reverse("request_list"), count_late(person, at=at)))
    if person.has_permission(Permission.VIEW_COMPLAINTS):
        complaints = count_late_complaints(
            person.pk,
            sees_staff=sees_staff_complaints(person),
            past_the_door=complaints_past_the_door,
            at=at,
        )
        late.append(LateWork("Complaints", reverse("complaint_list"), complaints))
    return late
