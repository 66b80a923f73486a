"""Writing the record: the step that every operation takes once it has changed something."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smart360.kernel.db import step
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
def keep_words(words: str) -> PersonalText:
    """Keep words that may name a person, with their digest."""
    return PersonalText.objects.create(
        text=words, digest=hashlib.sha256(words.encode()).hexdigest()
    )


@step
def record_settings(
    *, by: int, at: datetime, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """The utility's settings changed; a port of ``organisation``, which lies below."""
    record(Event.SETTINGS_CHANGED, by=by, at=at, old=old, new=new)
