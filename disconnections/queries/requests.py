"""The landing list: its rows, its figures by month, and what the export writes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse

from consumers.rules.profiles import masked_name
from disconnections.choices import REQUEST_KINDS
from disconnections.queries.finding import (
    Fitting,
    Reasons,
    find_all_consumers,
    find_reasons,
    matching,
)
from disconnections.rules import months_after
from smart360.cases.access import visible_cases
from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus, Priority
from smart360.cases.models import DUE, URGENCY, Case
from smart360.cases.queries.states import sla_is, sla_state, with_pause
from smart360.kernel.money import ZERO
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.paging import Sort
from smart360.web.shown import ListedCase

ENDED = (CaseStatus.COMPLETED.value, CaseStatus.CLOSED.value)
PAGE_SIZE = 25
NOBODY = -1
"""Stands in a prepared statement for the person who asks."""
EXPORT_CAP = 50_000
KIND_WORDS = dict(CaseKind.choices)
SLA_WORDS = {
    "ON_TRACK": "On Track",
    "AT_RISK": "At risk",
    "BREACHED": "Breached",
    "PAUSED": "Paused",
}

SORTS: dict[str, Sort] = {
    sort.name: sort
    for sort in (
        Sort("due", "soonest due first", ("due_sort", "id")),
        Sort("-due", "latest due first", ("-due_sort", "-id")),
        Sort("requested", "oldest first", ("created_at", "id")),
        Sort("-requested", "newest first", ("-created_at", "-id")),
        Sort("priority", "most urgent first", ("urgency", "due_sort", "id")),
        Sort("-priority", "least urgent first", ("-urgency", "-due_sort", "-id")),
        Sort("status", "Pending or Completed first", ("-status", "-created_at", "-id")),
        Sort("-status", "In Progress or Closed first", ("status", "created_at", "id")),
        Sort("number", "lowest number first", ("kind", "number")),
        Sort("-number", "highest number first", ("-kind", "-number")),
    )
}
"""Every order that the list offers; anything else in the address means the default.

Each has its index over the open and over the ended cases (cases/models), which is why all columns
of one go the same way.
"""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What somebody looks for in the list. Empty means everything.

    ``consumers`` are those whom the words fit and ``known_reasons`` what the reasons are, found
    beforehand; None means all of them, found when the requests are asked for.
    """

    is_history: bool = False
    words: str = ""
    consumers: Fitting | None = None
    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    known_reasons: Reasons | None = None
    priorities: tuple[str, ...] = ()
    sla: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None
    completed_in: date | None = None
    assignee: int | None = None
    taken_part: int | None = None

    def only_of(self, person: int | None) -> "RequestFilter":
        """The same, but only what this person made or works on; everybody's when None."""
        return replace(self, taken_part=person)

    def with_reasons(self, known: Reasons) -> "RequestFilter":
        """The same, with what its reasons are."""
        return replace(self, known_reasons=known)

    @property
    def is_whole(self) -> bool:
        """Whether nothing narrows it but the tab."""
        return self == RequestFilter(is_history=self.is_history)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow(ListedCase):
    """One line of the list, ready to be shown."""

    reason: str
    assignee: str

    @property
    def url(self) -> str:
        """The address of the request's page; in the list itself the number alone leads there."""
        return reverse("request_detail", args=[self.number])


# ------------------------------------------------------------------ which requests
def requests_seen_by(person: Person) -> QuerySet[Case]:
    """Every request that this person may see."""
    return visible_cases(person).filter(kind__in=REQUEST_KINDS)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Midnight of ``day`` in the utility's zone."""
    return datetime.combine(day, time.min, tzinfo=zone)


def filtered(
    person: Person,
    wish: RequestFilter,
    *,
    at: datetime,
    zone: ZoneInfo,
    sort: Sort | None = None,
    words: Q | None = None,
) -> QuerySet[Case]:
    """The requests that fit the filter, not in order yet; ``sort`` is the one to come.

    ``words`` is what the words mean where that was found beforehand.
    """
    cases = with_pause(requests_seen_by(person), at=at).alias(due_sort=DUE, urgency=URGENCY)
    cases = cases.filter(status__in=ENDED if wish.is_history else OPEN_STATUSES)
    if words is None and wish.words:
        words = matching(wish.words, wish.consumers or find_all_consumers(wish.words))
    if words is not None:
        cases = cases.filter(words)
    if wish.statuses:
        cases = cases.filter(status__in=wish.statuses)
    if wish.kinds:
        cases = cases.filter(kind__in=wish.kinds)
    if wish.reasons:
        reasons = wish.known_reasons or find_reasons(wish.reasons)
        cases = cases.filter(disconnection_request__reason__in=reasons.ids, kind__in=reasons.kinds)
        cases = cases.filter(_of_priorities(reasons.priorities, sort))
    if wish.priorities:
        cases = cases.filter(_of_priorities(wish.priorities, sort))
    if wish.sla:
        cases = cases.filter(sla_is(wish.sla, at=at))
        if not wish.is_history and "BREACHED" not in wish.sla:
            # It follows, for resolution is one of the clocks: what is late already is not read.
            cases = cases.filter(due_sort__gt=at)
    return cases.filter(_in_time(wish, zone), _by_people(wish))


def plain(wish: RequestFilter) -> RequestFilter:
    """The same without what somebody typed."""
    return replace(wish, words="", consumers=None)


def _of_priorities(codes: Collection[str], sort: Sort | None) -> Q:
    """By priority; in the list's order of priority also where that begins and ends."""
    wanted = Q(priority__in=codes)
    if codes and sort is not None and "urgency" in sort.columns[0]:
        ranks = [Priority.values.index(code) for code in codes]
        wanted &= Q(urgency__gte=min(ranks), urgency__lte=max(ranks))
    return wanted


def _in_time(wish: RequestFilter, zone: ZoneInfo) -> Q:
    """Days and months begin at midnight in the utility's zone."""
    within = Q()
    if wish.created_from:
        begin = day_begins(wish.created_from, zone)
        # Nothing is due before it was made; said again, for the list may be read in that order.
        within &= Q(created_at__gte=begin, due_sort__gte=begin)
    if wish.created_to:
        within &= Q(created_at__lt=day_begins(wish.created_to + timedelta(days=1), zone))
    if wish.completed_in:
        within &= Q(
            status=CaseStatus.COMPLETED,
            ended_at__gte=day_begins(wish.completed_in, zone),
            ended_at__lt=day_begins(months_after(wish.completed_in, 1), zone),
        )
    return within


def _by_people(wish: RequestFilter) -> Q:
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
    "disconnection_request__service_address",
    "disconnection_request__reason__label",
)
BALANCE = "consumer__figures__balance"
"""What the account owes: in the list and its export alone, from the figures kept beside it."""
Facts = dict[str, Any]


def facts_of(cases: QuerySet[Case], *, with_balance: bool = False) -> QuerySet[Case, Facts]:
    """All that ``row_of`` shows of cases ``with_pause``, and the columns by which the list sorts.

    Plain values: five objects a row would cost more than the statement.
    """
    shown = (*SHOWN, BALANCE) if with_balance else SHOWN
    facts: QuerySet[Case, Facts] = cases.values(
        *shown, "paused_until", due_sort=DUE, urgency=URGENCY
    )
    return facts


def facts_in(case: Case) -> Facts:
    """The same facts of one case ``with_pause`` that was loaded whole."""
    facts = {"paused_until": vars(case)["paused_until"]}
    for name in SHOWN:
        value: Any = case
        for part in name.split("__"):
            value = getattr(value, part, None)
        facts[name] = value
    return facts


def row_of(facts: Facts, *, to: Person, at: datetime, currency: str = "") -> RequestRow:
    """One line of the list, with only what this person may see (X3).

    ``currency`` is given where the facts are ``with_balance``.
    """
    sees = to.has_permission(Permission.SEE_CONTACT_DATA)
    name, paused_until = facts["consumer__name"], facts["paused_until"]
    status, warns_at = facts["status"], facts["warns_at"]
    return RequestRow(
        number=facts["number"],
        name=name if sees else masked_name(name),
        is_vip=facts["consumer__is_vip"],
        account_number=facts["consumer__account_number"],
        address=(facts["disconnection_request__service_address"] if sees else "")
        or formats.MISSING,
        kind=KIND_WORDS[facts["kind"]],
        reason=facts["disconnection_request__reason__label"],
        requested_at=facts["created_at"],
        status=status,
        priority=facts["priority"],
        assignee=facts["assignee__full_name"] or "",
        sla=sla_state(
            status=status,
            warns_at=warns_at,
            breaches_at=facts["breaches_at"],
            paused_until=paused_until,
            at=at,
        ),
        due_at=facts["adjusted_due_at"],
        warns_at=warns_at,
        paused_until=paused_until,
        outstanding=_outstanding(facts, to, currency),
        percent=_percent_used(
            facts["created_at"], facts["due_at"], facts["adjusted_due_at"], at=at
        ),
    )


def _outstanding(facts: Facts, to: Person, currency: str) -> str | None:
    """What the account owes, for those who may see it; None where the list has no such column."""
    if not currency or not to.has_permission(Permission.VIEW_BALANCE):
        return None
    return formats.shown_money(facts[BALANCE] or ZERO, currency)


def _percent_used(
    created_at: datetime, due_at: datetime, adjusted: datetime | None, *, at: datetime
) -> int | None:
    """How much of the resolution time is used, 0 to 100; None while its end is not known."""
    if adjusted is None:
        return None
    left = (adjusted - at) / (due_at - created_at)
    return min(100, max(0, round(100 * (1 - left))))


def export_requests(
    person: Person, wish: RequestFilter, *, sort: Sort, at: datetime, zone: ZoneInfo, currency: str
) -> Iterator[RequestRow]:
    """Every row that fits the filter, up to the cap, read from the database in pieces."""
    fitting = filtered(person, wish, at=at, zone=zone)
    cases = facts_of(fitting, with_balance=True).order_by(*sort.ordering)
    for case in cases[:EXPORT_CAP].iterator(chunk_size=2_000):
        yield row_of(case, to=person, at=at, currency=currency)
