"""What the global search finds: requests, complaints and consumers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from complaints.access import visible_complaints
from complaints.filters import COMPLAINTS
from complaints.queries.lists import ComplaintRow, find_strangers
from complaints.queries.lists import row_of as complaint_row
from consumers.access import shown_hits
from consumers.queries import search
from consumers.rules.searching import SearchHit
from disconnections.queries.detail import spoken_sentence
from disconnections.queries.requests import (
    RequestRow,
    facts_in,
    facts_of,
    requests_seen_by,
    row_of,
)
from disconnections.rules import NUMBERS
from smart360.cases.choices import OPEN_STATUSES, CaseStatus
from smart360.cases.models import Case, Hold
from smart360.cases.queries.finding import matching_numbers
from smart360.cases.queries.lists import facts_of_cases
from smart360.cases.queries.states import with_pause
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

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

    requests: tuple[RequestRow, ...] = ()
    complaints: tuple[ComplaintRow, ...] = ()
    consumers: tuple[FoundConsumer, ...] = ()

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(self.requests) + len(self.complaints) + len(self.consumers)

    @property
    def words(self) -> str:
        """``3 found``; ``The first 10`` when there may be more."""
        parts = (self.requests, self.complaints, self.consumers)
        is_cut = MOST_FOUND in map(len, parts)
        return f"The first {self.count}" if is_cut else f"{self.count} found"


def find_everything(words: str, *, to: Person, at: datetime, zone: ZoneInfo) -> Found:
    """Requests, complaints and consumers that fit the words, as far as this person may see them."""
    hits = shown_hits(search(words, limit=MOST_FOUND, at=at), to)
    by_number = requests_seen_by(to).filter(matching_numbers(NUMBERS, words))
    requests = facts_of(with_pause(by_number, at=at)).order_by("-created_at", "-id")[:MOST_FOUND]
    open_cases = _open_requests_of(hits, to=to, at=at)
    consumers = tuple(
        _found(hit, open_cases.get(hit.consumer), to=to, at=at, zone=zone) for hit in hits
    )
    return Found(
        tuple(row_of(case, to=to, at=at) for case in requests),
        _complaints(words, to=to, at=at),
        consumers,
    )


def _complaints(words: str, *, to: Person, at: datetime) -> tuple[ComplaintRow, ...]:
    """By their number, or by who complained without an account; newest first."""
    if not to.has_permission(Permission.VIEW_COMPLAINTS):
        return ()
    strangers = find_strangers(words, MOST_FOUND)
    fits = matching_numbers(COMPLAINTS.numbers, words) | Q(pk__in=strangers)
    found = with_pause(visible_complaints(to).filter(fits), at=at)
    facts = facts_of_cases(COMPLAINTS, found).order_by("-created_at", "-id")[:MOST_FOUND]
    return tuple(complaint_row(each, to=to, at=at) for each in facts)


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
