"""What the outbox asks higher apps: the document that goes with a letter."""

from collections.abc import Callable
from dataclasses import dataclass


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
