"""What happened to a consumer and its cases, as far as a person may know."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from consumers.rules.timeline import kinds_of, look_of, sentence_of
from smart360.kernel.prepared import A_KEY, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.models import Entry
from smart360.web.paging import Page, Sort, page_of
from smart360.web.shown import TimelineEntry

PAGE_SIZE = 25
MOST_CASES = 50
NEWEST_FIRST = Sort("newest", "newest first", ("-at", "-id"))
PREPARED = Shelf()
SHOWN = (
    "at", "id", "kind", "old", "new", "actor__full_name", "text__text", "case__number",
    "case__kind",
)  # fmt: skip
Facts = Mapping[str, Any]


def newest_lines(
    consumer: int, *, to: Person, hidden: Collection[int], limit: int
) -> list[TimelineEntry]:
    """The newest lines, newest first, without those of cases that are ``hidden``."""
    rows = PREPARED.rows(
        (limit, frozenset(hidden)),
        lambda: shown_of(_entries(A_KEY, hidden)).order_by("-at", "-id")[:limit],
        {A_KEY: consumer},
        keeps_plan=not hidden,
    )
    return [
        line_of(each | {name: json.loads(each[name]) for name in ("old", "new")}, to)
        for each in rows
    ]


def list_timeline(
    consumer: int,
    *,
    to: Person,
    hidden: Collection[int],
    group: str = "",
    case: str = "",
    cursor: str = "",
) -> Page[TimelineEntry]:
    """A page of the timeline, newest first, of one group of kinds and one case where asked.

    ``hidden`` are the cases that ``to`` may not know of; ``case`` is a number.
    """
    entries = _entries(consumer, hidden)
    if group:
        entries = entries.filter(kind__in=kinds_of(group))
    if case:
        entries = entries.filter(case__number=case)
    found = page_of(shown_of(entries), sort=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    rows = [line_of(entry, to) for entry in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def cases_told_of(consumer: int, *, hidden: Collection[int]) -> list[str]:
    """The numbers of the cases that the timeline tells of, newest first; one statement."""
    entries = Entry.objects.filter(consumer=consumer, case__isnull=False)
    told = entries.exclude(case__in=hidden).values_list("case__number", flat=True)
    return list(told.order_by("-case").distinct()[:MOST_CASES])


def _entries(consumer: int, hidden: Collection[int]) -> QuerySet[Entry]:
    entries = Entry.objects.filter(consumer=consumer)
    return entries.exclude(case__in=hidden) if hidden else entries


def shown_of(entries: QuerySet[Entry]) -> QuerySet[Entry, dict[str, Any]]:
    """All that a line says, as plain values."""
    facts: QuerySet[Entry, dict[str, Any]] = entries.values(*SHOWN)
    return facts


def line_of(facts: Facts, to: Person) -> TimelineEntry:
    """A line of ``shown_of``; words, which may name anybody, for who sees personal data (X3)."""
    icon, tone = look_of(facts["kind"])
    sees_words = to.has_permission(Permission.SEE_CONTACT_DATA) and to.has_permission(
        Permission.SEE_PERSONAL_DATA
    )
    words = (facts["text__text"] or "") if sees_words else ""
    detail = facts["actor__full_name"] or "Smart360"
    number, kind = facts["case__number"] or "", facts["case__kind"] or ""
    return TimelineEntry(
        at=facts["at"],
        sentence=sentence_of(facts["kind"], facts["old"], facts["new"], case_kind=kind),
        icon=icon,
        tone=tone,
        detail=f"{detail}: {words}" if words else detail,
        ref=number,
        url=reverse(f"{kind.lower()}_detail", args=[number]) if number else "",
    )
