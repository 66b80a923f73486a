"""Writing the record: the step that every operation takes once it has changed something."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smart360.kernel.db import copy_rows, step
from smart360.trail.choices import Event
from smart360.trail.models import Entry, PersonalText


@step
def record(
    event: Event,
    *,
    by: int | None,
    at: datetime,
    case: int | None = None,
    consumer: int | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    words: str = "",
    case_version: int | None = None,
) -> Entry:
    """Write one entry.

    ``by`` is None when a worker acts; ``old`` and ``new`` hold codes and figures only; ``words``
    is what a person wrote and may name somebody. ``case_version`` marks the status change that
    this entry records.
    """
    return Entry.objects.create(
        kind=event,
        at=at,
        actor_id=by,
        case_id=case,
        consumer_id=consumer,
        old=dict(old or {}),
        new=dict(new or {}),
        text=keep_words(words) if words else None,
        case_version=case_version,
    )


@step
def record_for_each(
    event: Event, *, by: int | None, at: datetime, consumers: Mapping[int, Mapping[str, Any]]
) -> None:
    """Write one entry for each of many consumers, with its ``new``: a batch in set form."""
    copy_rows(
        Entry,
        ("kind", "at", "actor_id", "consumer_id", "old", "new", "seq", "previous_hash", "hash"),
        (
            (event.value, at, by, consumer, "{}", json.dumps(dict(new)), 0, "", "")
            for consumer, new in consumers.items()
        ),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to come on the timeline of one of many cases; ``text`` is kept words' key."""

    event: Event
    case: int
    consumer: int | None
    by: int | None
    new: Mapping[str, Any] = field(default_factory=dict)
    text: int | None = None
    case_version: int | None = None


@step
def record_lines(lines: Iterable[Line], *, at: datetime) -> None:
    """Write the entries of many cases in set form, those of one case in the order given."""
    copy_rows(
        Entry,
        (
            "kind", "at", "actor_id", "case_id", "consumer_id", "old", "new", "text_id",
            "case_version", "seq", "previous_hash", "hash",
        ),
        (
            (
                line.event.value, at, line.by, line.case, line.consumer, "{}",
                json.dumps(dict(line.new)), line.text, line.case_version, 0, "", "",
            )
            for line in lines
        ),
    )  # fmt: skip


@step
def keep_words(words: str) -> PersonalText:
    """Keep words that may name a person, with their digest."""
    return keep_all([words])[0]


@step
def keep_all(words: Sequence[str]) -> list[PersonalText]:
    """Keep several such texts in one statement, in their order."""
    return PersonalText.objects.bulk_create(
        PersonalText(text=each, digest=hashlib.sha256(each.encode()).hexdigest()) for each in words
    )


@step
def record_settings(
    *, by: int, at: datetime, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """The utility's settings changed; a port of ``organisation``, which lies below."""
    record(Event.SETTINGS_CHANGED, by=by, at=at, old=old, new=new)
