"""Internal notes about a consumer: written, pinned, unpinned, withdrawn (CON13)."""

import uuid
from datetime import datetime

from consumers import guards
from consumers.models import Consumer, ConsumerNote
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import why_unsaid
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import keep_words, record
from smart360.web import form_keys

ADD = "consumers.add_consumer_note"
LONGEST_NOTE = 1000
MOST_PINNED = 5


class UnableToNote(Refusal):
    """The note is empty, too long, withdrawn, or not theirs to withdraw."""


refuses(
    {
        "notes_stay_as_written": UnableToNote("This note was withdrawn", is_conflict=True),
        "a_withdrawn_note_is_not_pinned": UnableToNote("This note was withdrawn", is_conflict=True),
    }
)


@operation
def add_consumer_note(
    *, consumer: int, words: str, is_pinned: bool, by: Person, at: datetime, form_key: uuid.UUID
) -> ConsumerNote:
    """Write a note that the consumer never sees; pinned, it stands on the Overview, too.

    The same form again gives the first note. Raises NoSuchConsumer, UnableToNote.
    """
    locked = guards.lock_consumer(consumer)
    about = form_keys.with_contents(str(consumer), {"words": words, "is_pinned": is_pinned})
    earlier = form_keys.claim(form_key, by=by.pk, act=ADD, about=about, at=at)
    if earlier:
        return ConsumerNote.objects.get(pk=int(earlier))
    if wrong := why_unsaid(words, at_most=LONGEST_NOTE):
        raise UnableToNote(wrong, field="words")
    if is_pinned:
        _refuse_too_many(locked, field="is_pinned")
    made = ConsumerNote.objects.create(
        consumer=locked,
        text=keep_words(words),
        written_at=at,
        written_by=by,
        pinned_at=at if is_pinned else None,
        pinned_by=by if is_pinned else None,
    )
    _record(Event.NOTE_ADDED, made, by=by, at=at)
    form_keys.submitted(form_key, form="", by=by.pk, act=ADD, result=str(made.pk))
    return made


@operation
def pin_consumer_note(*, note: int, by: Person, at: datetime) -> ConsumerNote:
    """Let a note stand on the Overview. Pinned already, it stays as it is. Raises UnableToNote."""
    found = _lock_note(note)
    if found.pinned_at is not None:
        return found
    _refuse_too_many(found.consumer)
    return _pin(found, Event.NOTE_PINNED, by=by, at=at)


@operation
def unpin_consumer_note(*, note: int, by: Person, at: datetime) -> ConsumerNote:
    """Take a note from the Overview; it stays in the list. Raises UnableToNote."""
    found = _lock_note(note)
    if found.pinned_at is None:
        return found
    return _pin(found, Event.NOTE_UNPINNED, by=by, at=at)


@operation
def withdraw_consumer_note(*, note: int, by: Person, at: datetime) -> ConsumerNote:
    """Take a note back for good: its words are shown to nobody any more, that it was stays.

    Whoever wrote it may, or a supervisor; twice changes nothing. Raises UnableToNote.
    """
    found = _lock_note(note, withdrawn_by=by.pk)
    if found.withdrawn_at is not None:
        return found
    if found.written_by_id != by.pk and not by.has_permission(Permission.WITHDRAW_NOTE):
        raise UnableToNote("Only its author or a supervisor withdraws a note", is_forbidden=True)
    found.pinned_at = found.pinned_by = None
    found.withdrawn_at, found.withdrawn_by = at, by
    found.save(update_fields=["pinned_at", "pinned_by", "withdrawn_at", "withdrawn_by"])
    _record(Event.NOTE_WITHDRAWN, found, by=by, at=at)
    return found


@step
def _lock_note(note: int, *, withdrawn_by: int = 0) -> ConsumerNote:
    """The note, with its consumer's row held.

    Raises UnableToNote when somebody other than ``withdrawn_by`` has withdrawn it.
    """
    consumer = ConsumerNote.objects.values_list("consumer_id", flat=True).get(pk=note)
    locked = guards.lock_consumer(consumer)
    found = ConsumerNote.objects.select_related("withdrawn_by").get(pk=note)
    found.consumer = locked
    if found.withdrawn_by is not None and found.withdrawn_by_id != withdrawn_by:
        raise UnableToNote(
            f"{found.withdrawn_by.full_name} has withdrawn this note", is_conflict=True
        )
    return found


def _refuse_too_many(consumer: Consumer, *, field: str = "") -> None:
    """The Overview has room for a few notes; the consumer's row is held, so they are counted."""
    pinned = ConsumerNote.objects.filter(consumer=consumer, pinned_at__isnull=False)
    if pinned.count() >= MOST_PINNED:
        raise UnableToNote(
            f"{MOST_PINNED} notes are pinned already. Unpin one first.",
            field=field,
            is_conflict=not field,
        )


@step
def _pin(note: ConsumerNote, event: Event, *, by: Person, at: datetime) -> ConsumerNote:
    is_pinned = event == Event.NOTE_PINNED
    note.pinned_at, note.pinned_by = (at, by) if is_pinned else (None, None)
    note.save(update_fields=["pinned_at", "pinned_by"])
    _record(event, note, by=by, at=at)
    return note


@step
def _record(event: Event, note: ConsumerNote, *, by: Person, at: datetime) -> None:
    """One line for one act; the words stay with the note, so that they go with it."""
    record(event, by=by.pk, at=at, consumer=note.consumer_id, new={"note": note.pk})
