"""The landing list: what it adds to a list of cases, and what the export writes."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from consumers.rules.profiles import masked_name
from disconnections.choices import REQUEST_KINDS
from disconnections.queries.finding import Reasons, find_reasons
from disconnections.rules import NUMBERS
from smart360.cases.access import visible_cases
from smart360.cases.choices import CaseKind, CaseStatus, Standing
from smart360.cases.models import Case
from smart360.cases.queries.lists import (
    CaseFilter,
    Facts,
    ListKind,
    facts_in_case,
    facts_of_cases,
    listed,
    of_priorities,
    sorts,
)
from smart360.cases.queries.pages import facts_for_file, fitting_cases
from smart360.cases.queries.tallies import total_column
from smart360.kernel.money import ZERO
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.paging import Sort
from smart360.web.shown import ListedCase

ENDED = (CaseStatus.COMPLETED.value, CaseStatus.CLOSED.value)
KIND_WORDS = dict(CaseKind.choices)
SORTS = sorts(low="In Progress or Closed first", high="Pending or Completed first")


@dataclass(frozen=True, slots=True)
class RequestFilter(CaseFilter):
    """What somebody looks for in the list of requests. Empty means everything.

    ``known_reasons`` is what the reasons are, found beforehand; None means when they are asked for.
    """

    kinds: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    known_reasons: Reasons | None = None


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


def _reach(_person: Person) -> Hashable:
    """Who may see the list sees every request."""
    return ""


def total(*, is_history: bool) -> RawSQL:
    """How many requests are open, or have ended, in all: a column, exact."""
    standings = (Standing.COMPLETED, Standing.CLOSED) if is_history else (Standing.OPEN,)
    return total_column(standings=standings, kinds=REQUEST_KINDS)


def _ready(wish: RequestFilter) -> RequestFilter:
    return replace(wish, known_reasons=find_reasons(wish.reasons)) if wish.reasons else wish


def _narrow(cases: QuerySet[Case], wish: RequestFilter, sort: Sort | None) -> QuerySet[Case]:
    """By type and reason."""
    if wish.kinds:
        cases = cases.filter(kind__in=wish.kinds)
    if wish.known_reasons:
        reasons = wish.known_reasons
        cases = cases.filter(disconnection_request__reason__in=reasons.ids, kind__in=reasons.kinds)
        cases = cases.filter(of_priorities(reasons.priorities, sort))
    return cases


def _nobody_else(_words: str, _most: int | None) -> None:
    """A request is a consumer's."""


BALANCE = "consumer__figures__balance"
"""What the account owes: in the list and its export alone, from the figures kept beside it."""
REQUESTS = ListKind[RequestFilter](
    name="requests",
    kinds=REQUEST_KINDS,
    ended=ENDED,
    numbers=NUMBERS,
    needs=Permission.VIEW_REQUESTS,
    noun="requests",
    sorts=SORTS,
    seen_by=lambda person, _key: requests_seen_by(person),
    reach=_reach,
    ready=_ready,
    narrow=_narrow,
    total=lambda _person, _key, is_history: total(is_history=is_history),
    others=_nobody_else,
    shown=("disconnection_request__service_address", "disconnection_request__reason__label"),
    figures=(BALANCE,),
    guards_consumers=True,
)


def filtered(
    person: Person, wish: RequestFilter, *, at: datetime, zone: ZoneInfo
) -> QuerySet[Case]:
    """The requests that fit the filter, asked anew, in no order."""
    return fitting_cases(REQUESTS, person, wish, at=at, zone=zone)


# ------------------------------------------------------------------ rows
def facts_of(cases: QuerySet[Case], *, with_balance: bool = False) -> QuerySet[Case, Facts]:
    """All that ``row_of`` shows of cases ``with_pause``, and the columns by which it sorts."""
    return facts_of_cases(REQUESTS, cases, with_figures=with_balance)


def facts_in(case: Case) -> Facts:
    """The same facts of one case ``with_pause`` that was loaded whole."""
    return facts_in_case(REQUESTS, case)


def row_of(facts: Facts, *, to: Person, at: datetime, currency: str = "") -> RequestRow:
    """One line of the list, with only what this person may see (X3).

    ``currency`` is given where the facts are ``with_balance``.
    """
    sees = to.has_permission(Permission.SEE_CONTACT_DATA)
    name = facts["consumer__name"]
    return RequestRow(
        name=name if sees else masked_name(name),
        is_vip=facts["consumer__is_vip"],
        account_number=facts["consumer__account_number"],
        address=(facts["disconnection_request__service_address"] if sees else "")
        or formats.MISSING,
        kind=KIND_WORDS[facts["kind"]],
        reason=facts["disconnection_request__reason__label"],
        assignee=facts["assignee__full_name"] or "",
        outstanding=_outstanding(facts, to, currency),
        **listed(facts, at=at),
    )


def _outstanding(facts: Facts, to: Person, currency: str) -> str | None:
    """What the account owes, for those who may see it; None where the list has no such column."""
    if not currency or not to.has_permission(Permission.VIEW_BALANCE):
        return None
    return formats.shown_money(facts[BALANCE] or ZERO, currency)


def export_requests(
    person: Person, wish: RequestFilter, *, sort: Sort, at: datetime, zone: ZoneInfo, currency: str
) -> Iterator[RequestRow]:
    """Every row that fits the filter, up to the cap, read from the database in pieces."""
    for facts in facts_for_file(REQUESTS, person, wish, sort=sort, at=at, zone=zone):
        yield row_of(facts, to=person, at=at, currency=currency)
