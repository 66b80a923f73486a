"""Reads of the internal notes about a consumer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from consumers.models import ConsumerNote
from smart360.comms.queries import HIDDEN, free_words
from smart360.kernel.prepared import A_KEY, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Page, Sort, page_of

PAGE_SIZE = 20
NEWEST_FIRST = Sort("newest", "newest first", ("-id",))
PREPARED = Shelf()
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note as one person may read it; a withdrawn one has no words."""

    id: int
    words: str
    written_at: datetime
    written_by: str
    is_pinned: bool
    pinned_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    can_withdraw: bool

    @property
    def is_withdrawn(self) -> bool:
        """Whether somebody has taken it back."""
        return self.withdrawn_at is not None


def list_notes(consumer: int, *, to: Person, cursor: str = "") -> Page[ShownNote]:
    """A consumer's notes, newest first, a page at a time; one statement."""
    found = page_of(_notes_of(consumer), sort=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    rows = [_shown(each, to) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def pinned_notes(consumer: int, *, to: Person) -> list[ShownNote]:
    """What stands on the Overview, last pinned first; nothing for who reads no notes."""
    if not to.has_permission(Permission.ADD_NOTE):
        return []
    return [_shown(each, to) for each in PREPARED.rows("pinned", _pinned, {A_KEY: consumer})]


def _pinned() -> QuerySet[ConsumerNote, Any]:
    pinned = _notes_of(A_KEY).filter(pinned_at__isnull=False)
    return pinned.order_by("-pinned_at", "-id")


def has_note(consumer: int, note: int) -> bool:
    """Whether this is a note about this consumer."""
    return ConsumerNote.objects.filter(pk=note, consumer=consumer).exists()


def _notes_of(consumer: int) -> QuerySet[ConsumerNote, Any]:
    return ConsumerNote.objects.filter(consumer=consumer).values(
        "id", "written_at", "pinned_at", "withdrawn_at", "written_by", "written_by__full_name",
        "pinned_by__full_name", "withdrawn_by__full_name", "text__text",
    )  # fmt: skip


def _shown(note: Facts, to: Person) -> ShownNote:
    is_withdrawn = note["withdrawn_at"] is not None
    is_own = note["written_by"] == to.pk
    return ShownNote(
        id=note["id"],
        words="" if is_withdrawn else free_words(note["text__text"], to=to) or HIDDEN,
        written_at=note["written_at"],
        written_by=note["written_by__full_name"],
        is_pinned=note["pinned_at"] is not None,
        pinned_by=note["pinned_by__full_name"] or "",
        withdrawn_at=note["withdrawn_at"],
        withdrawn_by=note["withdrawn_by__full_name"] or "",
        can_withdraw=not is_withdrawn and (is_own or to.has_permission(Permission.WITHDRAW_NOTE)),
    )
