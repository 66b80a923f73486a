"""What the start page and the global search show, across apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.urls import reverse

from consumers.access import shown_hits
from consumers.queries import search
from consumers.rules.searching import SearchHit
from disconnections.queries.detail import spoken_sentence
from disconnections.queries.requests import (
    SERIES,
    RequestRow,
    facts_in,
    facts_of,
    matching_number,
    requests_seen_by,
    row_of,
)
from smart360.cases.choices import OPEN_STATUSES, CaseStatus
from smart360.cases.models import Case, Hold
from smart360.cases.queries.states import with_pause
from smart360.staff.models import Person

MOST_SHOWN = 25
MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class FoundConsumer:
    """A consumer that the search found, with where their open request stands, in words."""

    hit: SearchHit
    url: str
    request: RequestRow | None
    spoken: str


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a search found."""

    requests: tuple[RequestRow, ...]
    consumers: tuple[FoundConsumer, ...]

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(self.requests) + len(self.consumers)

    @property
    def words(self) -> str:
        """``3 found``; ``The first 10`` when there may be more."""
        is_cut = MOST_FOUND in (len(self.requests), len(self.consumers))
        return f"The first {self.count}" if is_cut else f"{self.count} found"


# ------------------------------------------------------------------ the start page
def most_urgent(cases: QuerySet[Case], *, to: Person, at: datetime) -> list[RequestRow]:
    """The open ones, soonest breach first."""
    ready = facts_of(with_pause(cases.filter(status__in=OPEN_STATUSES), at=at))
    found = ready.order_by(F("breaches_at").asc(nulls_last=True), "id")[:MOST_SHOWN]
    return [row_of(case, to=to, at=at) for case in found]


def my_requests(person: Person, *, at: datetime) -> list[RequestRow]:
    """What this person works on."""
    return most_urgent(requests_seen_by(person).filter(assignee=person), to=person, at=at)


def unassigned_requests(person: Person, *, at: datetime) -> list[RequestRow]:
    """What nobody works on yet."""
    return most_urgent(requests_seen_by(person).filter(assignee=None), to=person, at=at)


# ------------------------------------------------------------------ the search
def can_be_number(words: str) -> bool:
    """Whether a request's number can begin or end like this: it has a digit, or is a series."""
    return any(map(str.isdigit, words)) or words.strip().upper().startswith(SERIES)


def find_everything(words: str, *, to: Person, at: datetime, zone: ZoneInfo) -> Found:
    """Requests and consumers that fit the words, as far as this person may see them."""
    hits = shown_hits(search(words, limit=MOST_FOUND, at=at), to)
    by_number = requests_seen_by(to).none()
    if can_be_number(words):
        by_number = requests_seen_by(to).filter(matching_number(words))
    requests = facts_of(with_pause(by_number, at=at)).order_by("-created_at", "-id")[:MOST_FOUND]
    open_cases = _open_requests_of(hits, to=to, at=at)
    consumers = tuple(
        _found(hit, open_cases.get(hit.consumer), to=to, at=at, zone=zone) for hit in hits
    )
    return Found(tuple(row_of(case, to=to, at=at) for case in requests), consumers)


def _open_requests_of(
    hits: Sequence[SearchHit], *, to: Person, at: datetime
) -> dict[int | None, Case]:
    """The open request of each consumer found, in one statement if a guard tells of any."""
    guarded = [hit.consumer for hit in hits if hit.open_request]
    if not guarded:
        return {}
    cases = requests_seen_by(to).filter(consumer__in=guarded, status__in=OPEN_STATUSES)
    ready = with_pause(cases, at=at).select_related(
        "consumer", "assignee", "disconnection_request__reason", "disconnection_request__slot"
    )
    return {case.consumer_id: case for case in ready}


def _found(
    hit: SearchHit, case: Case | None, *, to: Person, at: datetime, zone: ZoneInfo
) -> FoundConsumer:
    url = reverse("consumer_detail", args=[hit.account_number])
    if case is None:
        return FoundConsumer(hit, url, None, "")
    hold = None
    if case.status == CaseStatus.ON_HOLD:
        hold = Hold.objects.select_related("reason").filter(case=case, ended_at=None).first()
    spoken = spoken_sentence(case, case.disconnection_request, hold, at=at, zone=zone)
    return FoundConsumer(hit, url, row_of(facts_in(case), to=to, at=at), spoken)
