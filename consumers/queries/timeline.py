"""What happened to a consumer and its cases, as far as a person may know."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse

from consumers.rules.timeline import kinds_of, look_of, sentence_of
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.models import Entry
from smart360.web.paging import Page, Sort, page_of
from smart360.web.shown import TimelineEntry

PAGE_SIZE = 25
MOST_CASES = 50
NEWEST_FIRST = Sort("newest", "newest first", ("-at", "-id"))


def newest_lines(
    consumer: int, *, to: Person, hidden: Collection[int], limit: int
) -> list[TimelineEntry]:
    """The newest lines, newest first, without those of cases that are ``hidden``."""
    entries = _entries(consumer, hidden).order_by("-at", "-id")[:limit]
    return [line_of(entry, to) for entry in entries]


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
    found = page_of(entries, sort=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    rows = [line_of(entry, to) for entry in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def cases_told_of(consumer: int, *, hidden: Collection[int]) -> list[str]:
    """The numbers of the cases that the timeline tells of, newest first; one statement."""
    entries = Entry.objects.filter(consumer=consumer, case__isnull=False)
    told = entries.exclude(case__in=hidden).values_list("case__number", flat=True)
    return list(told.order_by("-case").distinct()[:MOST_CASES])


def _entries(consumer: int, hidden: Collection[int]) -> QuerySet[Entry]:
    entries = Entry.objects.select_related("actor", "text", "case").filter(consumer=consumer)
    return entries.exclude(case__in=hidden) if hidden else entries


def line_of(entry: Entry, to: Person) -> TimelineEntry:
    """One line; words only for who sees personal data, as they may name anybody (X3)."""
    icon, tone = look_of(entry.kind)
    sees_words = to.has_permission(Permission.SEE_CONTACT_DATA) and to.has_permission(
        Permission.SEE_PERSONAL_DATA
    )
    words = entry.text.text if sees_words and entry.text else ""
    detail = entry.actor.full_name if entry.actor else "Smart360"
    case, case_kind = entry.case, entry.case.kind if entry.case else ""
    return TimelineEntry(
        at=entry.at,
        sentence=sentence_of(entry.kind, entry.old, entry.new, case_kind=case_kind),
        icon=icon,
        tone=tone,
        detail=f"{detail}: {words}" if words else detail,
        ref=case.number if case else "",
        url=reverse(f"{case.kind.lower()}_detail", args=[case.number]) if case else "",
    )
