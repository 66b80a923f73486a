"""A list of cases: what somebody looks for in it, which cases fit, and what a line of it shows.

What a kind of case adds, it hands in as a ``ListKind``.
"""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, Self, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from consumers.queries import Others
from smart360.cases.choices import OPEN_STATUSES, CaseStatus, Priority
from smart360.cases.models import DUE, URGENCY, Case
from smart360.cases.queries.states import sla_is, sla_state, with_pause
from smart360.cases.rules import Numbering, months_after
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Sort

PAGE_SIZE = 25
NOBODY = -1
"""Stands in a prepared statement for the person who asks."""
SLA_WORDS = {
    "ON_TRACK": "On Track",
    "AT_RISK": "At risk",
    "BREACHED": "Breached",
    "PAUSED": "Paused",
}
ENDED_SLA_WORDS = {"ON_TRACK": "Within target", "BREACHED": "Breached"}
SLA_IN_FILE = {**SLA_WORDS, "MET": "Within target", "MISSED": "Breached"}
Facts = dict[str, Any]


def sorts(*, low: str, high: str) -> dict[str, Sort]:
    """Every order that a list offers; anything else in the address means the default.

    Each has its index over the open and over the ended cases (cases/models), which is why all
    columns of one go the same way. ``low`` and ``high`` say what the orders by status begin with.
    """
    every = (
        Sort("due", "soonest due first", ("due_sort", "id")),
        Sort("-due", "latest due first", ("-due_sort", "-id")),
        Sort("requested", "oldest first", ("created_at", "id")),
        Sort("-requested", "newest first", ("-created_at", "-id")),
        Sort("priority", "most urgent first", ("urgency", "due_sort", "id")),
        Sort("-priority", "least urgent first", ("-urgency", "-due_sort", "-id")),
        Sort("status", high, ("-status", "-created_at", "-id")),
        Sort("-status", low, ("status", "created_at", "id")),
        Sort("number", "lowest number first", ("kind", "number")),
        Sort("-number", "highest number first", ("-kind", "-number")),
    )
    return {sort.name: sort for sort in every}


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whom the words fit: consumers, and ``cases`` of people who are none.

    ``is_cut`` when there are more than were taken.
    """

    consumers: tuple[int, ...]
    is_cut: bool = False
    cases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What somebody looks for in a list. Empty means everything; a kind adds what it has besides.

    ``consumers`` are those whom the words fit, found beforehand; None means all of them, found
    when the cases are asked for.
    """

    is_history: bool = False
    words: str = ""
    consumers: Fitting | None = None
    statuses: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    sla: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None
    ended_from: date | None = None
    ended_to: date | None = None
    completed_in: date | None = None
    assignee: int | None = None
    taken_part: int | None = None

    def only_of(self, person: int | None) -> Self:
        """The same, but only what this person made or works on; everybody's when None."""
        return replace(self, taken_part=person)

    @property
    def is_timeless(self) -> bool:
        """Whether which cases fit, and how to read them, does not depend on any moment."""
        days = (
            self.created_from, self.created_to, self.ended_from, self.ended_to, self.completed_in,
        )  # fmt: skip
        return not self.sla and not any(days)

    @property
    def is_whole(self) -> bool:
        """Whether nothing narrows it but the tab."""
        return self == type(self)(is_history=self.is_history)


F = TypeVar("F", bound=CaseFilter)


@dataclass(frozen=True)
class ListKind(Generic[F]):
    """What one list of cases adds to all of them.

    ``name``     names it to the shelf of statements
    ``kinds``    the kinds of case that it is about
    ``ended``    the statuses of its history
    ``numbers``  how its cases are numbered
    ``needs``    the permission to see it
    ``noun``     what its cases are called, in plural
    ``sorts``    its orders by name
    ``seen_by``  its only door: every such case that a person may see, whose key is said again: in
                 a statement that is kept ``NOBODY`` stands for it
    ``reach``    all else that the door depends on, so that no statement is kept for others
    ``ready``    a filter with what must be found before the cases are asked for
    ``narrow``   the cases that fit what only this kind's filter has; also gets the order to come
    ``total``    how many are open (or have ended) in all, as a column; exact, for those who see all
                 that the door shows; their key is said again, as for the door
    ``shown``    the columns of one line besides those of every list
    ``figures``  further columns of the list and its file alone
    ``others``   what finds the cases that words fit of people who are no consumers, at most so
                 many; None where there are none
    ``guards_consumers``  whether consumers are known by a guard while such a case is open
    """

    name: str
    kinds: tuple[str, ...]
    ended: tuple[str, ...]
    numbers: Numbering
    needs: Permission
    noun: str
    sorts: dict[str, Sort]
    seen_by: Callable[[Person, int], QuerySet[Case]]
    reach: Callable[[Person], Hashable]
    ready: Callable[[F], F]
    narrow: Callable[[QuerySet[Case], F, Sort | None], QuerySet[Case]]
    total: Callable[[Person, int, bool], RawSQL]
    others: Callable[[str, int | None], Others | None]
    shown: tuple[str, ...]
    figures: tuple[str, ...] = ()
    guards_consumers: bool = False


# ------------------------------------------------------------------ which cases
def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Midnight of ``day`` in the utility's zone."""
    return datetime.combine(day, time.min, tzinfo=zone)


def filtered_cases(
    kind: ListKind[F],
    person: Person,
    wish: F,
    *,
    at: datetime,
    zone: ZoneInfo,
    sort: Sort | None = None,
    words: Q | None = None,
    reader: int | None = None,
) -> QuerySet[Case]:
    """The cases that fit the filter, not in order yet; ``sort`` is the one to come.

    ``words`` is what the words of the filter mean, ``reader`` what stands for the person's key.
    """
    seen = kind.seen_by(person, person.pk if reader is None else reader)
    cases: QuerySet[Case] = with_pause(seen, at=at).alias(due_sort=DUE, urgency=URGENCY)
    cases = cases.filter(status__in=kind.ended if wish.is_history else OPEN_STATUSES)
    if words is not None:
        cases = cases.filter(words)
    if wish.statuses:
        cases = cases.filter(status__in=wish.statuses)
    cases = kind.narrow(cases, wish, sort)
    if wish.priorities:
        cases = cases.filter(of_priorities(wish.priorities, sort))
    if wish.sla:
        cases = cases.filter(sla_is(wish.sla, at=at))
        if not wish.is_history and "BREACHED" not in wish.sla:
            # It follows, for resolution is one of the clocks: what is late already is not read.
            cases = cases.filter(Q(due_sort__gt=at))
    return cases.filter(_in_time(wish, zone), _by_people(wish))


def plain(wish: F) -> F:
    """The same without what somebody typed."""
    return replace(wish, words="", consumers=None)


def of_priorities(codes: Collection[str], sort: Sort | None) -> Q:
    """By priority; in the list's order of priority also where that begins and ends."""
    wanted = Q(priority__in=codes)
    if codes and sort is not None and "urgency" in sort.columns[0]:
        ranks = [Priority.values.index(code) for code in codes]
        wanted &= Q(urgency__gte=min(ranks), urgency__lte=max(ranks))
    return wanted


def _in_time(wish: CaseFilter, zone: ZoneInfo) -> Q:
    """Days and months begin at midnight in the utility's zone."""
    within = Q()
    if wish.created_from:
        begin = day_begins(wish.created_from, zone)
        # Nothing is due before it was made; said again, for the list may be read in that order.
        within &= Q(created_at__gte=begin, due_sort__gte=begin)
    if wish.created_to:
        within &= Q(created_at__lt=day_begins(wish.created_to + timedelta(days=1), zone))
    if wish.ended_from:
        within &= Q(ended_at__gte=day_begins(wish.ended_from, zone))
    if wish.ended_to:
        within &= Q(ended_at__lt=day_begins(wish.ended_to + timedelta(days=1), zone))
    if wish.completed_in:
        within &= Q(
            status=CaseStatus.COMPLETED,
            ended_at__gte=day_begins(wish.completed_in, zone),
            ended_at__lt=day_begins(months_after(wish.completed_in, 1), zone),
        )
    return within


def _by_people(wish: CaseFilter) -> Q:
    people = Q()
    if wish.assignee is not None:
        people &= Q(assignee=wish.assignee)
    if wish.taken_part is not None:
        people &= Q(assignee=wish.taken_part) | Q(created_by=wish.taken_part)
    return people


# ------------------------------------------------------------------ rows
SHOWN = (
    "id",
    "number",
    "kind",
    "status",
    "priority",
    "created_at",
    "due_at",
    "adjusted_due_at",
    "warns_at",
    "breaches_at",
    "assignee__full_name",
    "consumer__name",
    "consumer__is_vip",
    "consumer__account_number",
)
"""What a line of every list shows."""


def facts_of_cases(
    kind: ListKind[Any], cases: QuerySet[Case], *, with_figures: bool = False
) -> QuerySet[Case, Facts]:
    """All that a line shows of cases ``with_pause``, and the columns by which the list sorts.

    Plain values: five objects a row would cost more than the statement.
    """
    shown = (*SHOWN, *kind.shown, *(kind.figures if with_figures else ()))
    facts: QuerySet[Case, Facts] = cases.values(
        *shown, "paused_until", due_sort=DUE, urgency=URGENCY
    )
    return facts


def facts_in_case(kind: ListKind[Any], case: Case) -> Facts:
    """The same facts of one case ``with_pause`` that was loaded whole."""
    facts = {"paused_until": vars(case)["paused_until"]}
    for name in (*SHOWN, *kind.shown):
        value: Any = case
        for part in name.split("__"):
            value = getattr(value, part, None)
        facts[name] = value
    return facts


def listed(facts: Facts, *, at: datetime) -> dict[str, Any]:
    """What every line says of its case: all of a ``ListedCase`` but whose and about what it is."""
    status, paused_until, warns_at = facts["status"], facts["paused_until"], facts["warns_at"]
    return {
        "number": facts["number"],
        "requested_at": facts["created_at"],
        "status": status,
        "priority": facts["priority"],
        "sla": sla_state(
            status=status,
            warns_at=warns_at,
            breaches_at=facts["breaches_at"],
            paused_until=paused_until,
            at=at,
        ),
        "due_at": facts["adjusted_due_at"],
        "warns_at": warns_at,
        "paused_until": paused_until,
        "percent": _percent_used(
            facts["created_at"], facts["due_at"], facts["adjusted_due_at"], at=at
        ),
    }


def _percent_used(
    created_at: datetime, due_at: datetime, adjusted: datetime | None, *, at: datetime
) -> int | None:
    """How much of the resolution time is used, 0 to 100; None while its end is not known."""
    if adjusted is None:
        return None
    left = (adjusted - at) / (due_at - created_at)
    return min(100, max(0, round(100 * (1 - left))))
