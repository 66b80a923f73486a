"""What the outbox asks higher apps: what goes with a letter, and which ones are urgent."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Enclosure:
    """A document that goes with a letter: its file name, media type and bytes."""

    name: str
    media_type: str
    body: bytes


class NotReady(Exception):
    """The document is still being made: the letter waits for it, and is tried again."""


Encloses = Callable[[str], Enclosure]

ENCLOSURES: dict[str, Encloses] = {}
"""Template code → what is enclosed with a letter of it, by the letter's dedupe key.

Asked each time that the letter is handed over, outside any transaction. The same letter must get
the same bytes each time. Raises NotReady.
"""


@dataclass(frozen=True, slots=True)
class Urgent:
    """Letters that are promised soon.

    ``name``           what people call one of them
    ``alarm_after``    from then on one that waits rings the alarm
    ``leaves_within``  what is promised
    """

    name: str
    alarm_after: timedelta
    leaves_within: timedelta


URGENT: dict[str, Urgent] = {}
"""Template code → what is promised of its letters, where a quarter of an hour is too late (N5)."""

HIDDEN: list[Callable[[Collection[int], int | None], frozenset[int]]] = []
"""Which of some cases, by their keys, a person may not know of, by theirs.

Asked before somebody tries a message again, of which they might know no more than the key.
"""
