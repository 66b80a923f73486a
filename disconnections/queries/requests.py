"""The landing list: its rows, its figures by month, and what the export writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case as SqlCase,
)
from django.db.models import (
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from consumers.models import Consumer, Meter
from consumers.rules.profiles import masked_name
from disconnections.choices import REQUEST_KINDS
from disconnections.models import Reason
from disconnections.rules import months_after
from smart360.cases.access import visible_cases
from smart360.cases.choices import OPEN_STATUSES, CaseStatus, HoldEnding, Priority
from smart360.cases.models import Case, Hold
from smart360.cases.sla import NEVER
from smart360.kernel.text import digits, normalise, without_surrogates
from smart360.organisation.models import Utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.paging import Page, Sort, page_of

ENDED = (CaseStatus.COMPLETED.value, CaseStatus.CLOSED.value)
SERIES = ("DIS", "REC")
YEARS = range(2000, 2100)
SHORT_NUMBER = re.compile(r"(?:(DIS|REC)?[ -]?)(?:([0-9]{4})-)?([0-9]{1,9})")
CAP = 500
PAGE_SIZE = 25
EXPORT_CAP = 50_000
URGENCY = {code: rank for rank, code in enumerate(Priority.values)}
PROGRESS = {code: rank for rank, code in enumerate(CaseStatus.values)}
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
        Sort("status", "by status", ("progress", "-created_at", "-id")),
        Sort("-status", "by status, last first", ("-progress", "created_at", "id")),
        Sort("number", "by number", ("number", "id")),
        Sort("-number", "by number, highest first", ("-number", "-id")),
    )
}
"""Every order that the list offers; anything else in the address means the default."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What somebody looks for in the list. Empty means everything."""

    is_history: bool = False
    words: str = ""
    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the list, ready to be shown."""

    id: int
    number: str
    url: str
    name: str
    is_vip: bool
    account_number: str
    address: str
    kind: str
    reason: str
    requested: str
    requested_at: datetime
    status: str
    priority: str
    assignee: str
    sla: str
    due_at: datetime | None
    warns_at: datetime | None
    paused_until: datetime | None
    percent: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many, counted up to the cap, and the reasons that the filter offers."""

    found: int
    open: int
    breached: int
    at_risk: int
    mine: int
    history: int
    reasons: tuple[tuple[str, str], ...]


# ------------------------------------------------------------------ which requests
def requests_seen_by(person: Person) -> QuerySet[Case]:
    """Every request that this person may see."""
    return visible_cases(person).filter(kind__in=REQUEST_KINDS)


def with_pause(cases: QuerySet[Case], *, at: datetime) -> QuerySet[Case]:
    """Each case with ``paused_until``: the resume-by moment of a hold that stops its clock now.

    A hold that resumes by itself is over at its resume-by moment, whatever the workers do.
    """
    holds = Hold.objects.filter(
        Q(at_resume_by=HoldEnding.REMINDS) | Q(resume_by__gt=at),
        case=OuterRef("pk"),
        ended_at__isnull=True,
        pauses=True,
    )
    return cases.annotate(paused_until=Subquery(holds.values("resume_by")[:1]))


def sla_is(state: str, *, at: datetime) -> Q:
    """The condition under which a case is in this SLA state at this moment."""
    breached = Q(breaches_at__lte=at)
    is_open = Q(status__in=OPEN_STATUSES)
    paused = ~breached & Q(status=CaseStatus.ON_HOLD, paused_until__isnull=False)
    at_risk = ~breached & ~paused & is_open & Q(warns_at__lte=at)
    return {
        "BREACHED": breached,
        "PAUSED": paused,
        "AT_RISK": at_risk,
        "ON_TRACK": ~breached & ~paused & ~(is_open & Q(warns_at__lte=at)),
    }[state]


def sla_state(case: Case, paused_until: datetime | None, *, at: datetime) -> str:
    """The SLA state of one case at this moment, a code of ``tones.SLA``; the rule of ``sla_is``."""
    is_breached = case.breaches_at is not None and case.breaches_at <= at
    if not case.is_open:
        return "MISSED" if is_breached else "MET"
    if is_breached:
        return "BREACHED"
    if case.status == CaseStatus.ON_HOLD and paused_until is not None:
        return "PAUSED"
    return "AT_RISK" if case.warns_at is not None and case.warns_at <= at else "ON_TRACK"


def matching(words: str) -> Q:
    """Requests by what somebody typed: number (also shortened), name, account, phone, meter.

    Both ways are looked up by index and their ids put together, so that neither makes the
    database read every case.
    """
    by_number = Case.objects.filter(matching_number(words)).order_by().values("pk")
    of_consumers = Case.objects.filter(consumer__in=_consumers_matching(_comparable(words)))
    return Q(pk__in=by_number.union(of_consumers.order_by().values("pk"), all=True))


def matching_number(words: str) -> Q:
    """Requests by their number, whole, begun or shortened: ``001234``, ``DIS-1234``."""
    text = _comparable(words)
    found = Q(number__startswith=text)
    short = SHORT_NUMBER.fullmatch(text)
    if short:
        series, year, serial = short.groups()
        found |= Q(
            number__in=[
                f"{each}-{when}-{serial.zfill(6)}"
                for each in ([series] if series else SERIES)
                for when in ([year] if year else YEARS)
            ]
        )
    return found


def _comparable(words: str) -> str:
    """What was typed as it is compared; PostgreSQL takes neither NUL nor lone surrogates."""
    return normalise(without_surrogates(words).replace("\0", ""))


def _consumers_matching(text: str) -> QuerySet[Consumer, Any]:
    by_words = Q()
    for word in text.split():
        by_words &= Q(search_text__contains=word)
    ways = [
        Consumer.objects.filter(by_words),
        Consumer.objects.filter(account_number__startswith=text),
        Consumer.objects.filter(account_number__endswith=text),
        Consumer.objects.filter(
            connections__assignments__meter__in=Meter.objects.filter(
                Q(number__startswith=text) | Q(number__endswith=text)
            )
        ),
    ]
    number = digits(text)
    if len(number) >= 3 and not re.search(r"[A-Z]", text):
        ways.append(Consumer.objects.filter(phone_digits__startswith=number))
        ways.append(Consumer.objects.filter(phone_digits__endswith=number[-10:]))
    first, *others = (way.order_by().values("pk") for way in ways)
    return first.union(*others, all=True)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Midnight of ``day`` in the utility's zone."""
    return datetime.combine(day, time.min, tzinfo=zone)


def filtered(
    person: Person, wish: RequestFilter, *, at: datetime, zone: ZoneInfo
) -> QuerySet[Case]:
    """The requests that fit the filter, in no order yet."""
    cases = with_pause(requests_seen_by(person), at=at)
    cases = cases.filter(status__in=ENDED if wish.is_history else OPEN_STATUSES)
    if wish.words:
        cases = cases.filter(matching(wish.words))
    if wish.statuses:
        cases = cases.filter(status__in=wish.statuses)
    if wish.kinds:
        cases = cases.filter(kind__in=wish.kinds)
    if wish.reasons:
        cases = cases.filter(disconnection_request__reason__code__in=wish.reasons)
    if wish.priorities:
        cases = cases.filter(priority__in=wish.priorities)
    if wish.sla:
        any_of = Q()
        for state in wish.sla:
            any_of |= sla_is(state, at=at)
        cases = cases.filter(any_of)
    return cases.filter(_in_time(wish, zone), _by_people(wish))


def _in_time(wish: RequestFilter, zone: ZoneInfo) -> Q:
    """Days and months begin at midnight in the utility's zone."""
    within = Q()
    if wish.created_from:
        within &= Q(created_at__gte=day_begins(wish.created_from, zone))
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
def rows_ready(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with all that ``row_of`` shows, and the columns by which the list sorts."""
    return (
        cases.select_related("consumer", "assignee", "disconnection_request__reason")
        .only(
            "number",
            "kind",
            "status",
            "priority",
            "created_at",
            "due_at",
            "adjusted_due_at",
            "warns_at",
            "breaches_at",
            "ended_at",
            "assignee__full_name",
            "consumer__name",
            "consumer__is_vip",
            "consumer__account_number",
            "disconnection_request__service_address",
            "disconnection_request__reason__label",
        )
        .annotate(
            due_sort=Coalesce("adjusted_due_at", Value(NEVER)),
            urgency=_rank("priority", URGENCY),
            progress=_rank("status", PROGRESS),
        )
    )


def _rank(field: str, ranks: dict[str, int]) -> SqlCase:
    return SqlCase(
        *(When(**{field: code}, then=Value(rank)) for code, rank in ranks.items()),
        default=Value(len(ranks)),
        output_field=IntegerField(),
    )


def row_of(case: Case, *, to: Person, at: datetime) -> RequestRow:
    """One line of the list, with only what this person may see (X3)."""
    paused_until: datetime | None = getattr(case, "paused_until", None)
    consumer = case.consumer
    asked = case.disconnection_request
    if consumer is None:
        raise ValueError(f"request {case.number} has no consumer")
    sees = to.has_permission(Permission.SEE_CONTACT_DATA)
    return RequestRow(
        id=case.pk,
        number=case.number,
        url=reverse("request_detail", args=[case.number]),
        name=consumer.name if sees else masked_name(consumer.name),
        is_vip=consumer.is_vip,
        account_number=consumer.account_number,
        address=(asked.service_address if sees else "") or formats.MISSING,
        kind=case.get_kind_display(),
        reason=asked.reason.label,
        requested=formats.shown_date(case.created_at),
        requested_at=case.created_at,
        status=case.status,
        priority=case.priority,
        assignee=case.assignee.full_name if case.assignee else "",
        sla=sla_state(case, paused_until, at=at),
        due_at=case.adjusted_due_at,
        warns_at=case.warns_at,
        paused_until=paused_until,
        percent=percent_used(case, at=at),
    )


def percent_used(case: Case, *, at: datetime) -> int | None:
    """How much of the resolution time is used, 0 to 100; None while its end is not known."""
    if case.adjusted_due_at is None:
        return None
    left = (case.adjusted_due_at - at) / (case.due_at - case.created_at)
    return min(100, max(0, round(100 * (1 - left))))


def list_requests(
    person: Person, wish: RequestFilter, *, sort: Sort, cursor: str, at: datetime, zone: ZoneInfo
) -> Page[Case]:
    """One page of the list, in one statement."""
    cases = rows_ready(filtered(person, wish, at=at, zone=zone))
    return page_of(cases, sort=sort, cursor=cursor, size=PAGE_SIZE)


def export_requests(
    person: Person, wish: RequestFilter, *, sort: Sort, at: datetime, zone: ZoneInfo
) -> Iterator[RequestRow]:
    """Every row that fits the filter, up to the cap, read from the database in pieces."""
    order = [f"-{c[1:]}" if c.startswith("-") else c for c in sort.columns]
    cases = rows_ready(filtered(person, wish, at=at, zone=zone)).order_by(*order)
    for case in cases[:EXPORT_CAP].iterator(chunk_size=2_000):
        yield row_of(case, to=person, at=at)


# ------------------------------------------------------------------ counts
class CappedCount(Subquery):
    """How many rows a sliced queryset has, as a column of another statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


def _capped(cases: QuerySet[Any]) -> CappedCount:
    return CappedCount(cases.order_by().values("pk")[: CAP + 1])


def count_found(person: Person, wish: RequestFilter, *, at: datetime, zone: ZoneInfo) -> int:
    """How many requests fit the filter, up to the cap."""
    cases = filtered(person, wish, at=at, zone=zone).order_by().values("pk")
    return cases[: CAP + 1].count()


def count_requests(person: Person, wish: RequestFilter, *, at: datetime, zone: ZoneInfo) -> Counts:
    """All counts of the page and the reasons of its filter, in one statement."""
    seen = requests_seen_by(person)
    current = seen.filter(status__in=OPEN_STATUSES)
    at_risk = with_pause(current, at=at).filter(sla_is("AT_RISK", at=at))
    reasons = Reason.objects.order_by("kind", "code")
    row = (
        Utility.objects.filter(pk=1)
        .values_list(
            _capped(filtered(person, wish, at=at, zone=zone)),
            _capped(current),
            _capped(current.filter(breaches_at__lte=at)),
            _capped(at_risk),
            _capped(current.filter(assignee=person)),
            _capped(seen.filter(status__in=ENDED)),
            ArraySubquery(reasons.values(json=JSONObject(code="code", label="label"))),
        )
        .get()
    )
    found, is_open, breached, risky, mine, history, offered = row
    return Counts(
        found=found,
        open=is_open,
        breached=breached,
        at_risk=risky,
        mine=mine,
        history=history,
        reasons=tuple((reason["code"], reason["label"]) for reason in offered),
    )
