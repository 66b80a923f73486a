"""What the spine asks higher apps about a case of theirs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is spoken to about a case: a name, and an e-mail address or ``""``."""

    name: str
    email: str


SPOKEN_TO: list[Callable[[int], Addressee | None]] = []
"""Who is spoken to about a case without an account, by its key; None when it is no case of theirs.

Asked when a message is written, and by the page that writes it.
"""

KEPT_FROM: list[Callable[[int, Collection[int]], frozenset[int]]] = []
"""Who of some people, by their keys, may not know of a case, by its key.

Asked before anybody is told of it by the bell, and before it is given to somebody.
"""

HIDDEN: list[Callable[[Collection[int], int | None], frozenset[int]]] = []
"""Which of some cases, by their keys, a person may not know of, by theirs.

None stands for anybody: then it is whatever is kept from somebody. Asked where a case is only
named, such as by its service order.
"""


def hidden(cases: Collection[int], person: int | None) -> frozenset[int]:
    """Which of ``cases`` a person may not know of; with None those that not everybody may."""
    return frozenset().union(*(ask(cases, person) for ask in HIDDEN)) if cases else frozenset()


WORDED: list[Callable[[int, str], Mapping[str, str]]] = []
"""What the placeholders of messages mean for a case, by its key and kind; nothing when it is no
case of theirs.

Asked whenever something that happened to it is told.
"""


def words_of(case: int, kind: str) -> dict[str, str]:
    """What the placeholders of messages mean for a case, by whoever knows it."""
    return {name: word for ask in WORDED for name, word in ask(case, kind).items()}


def kept_from(case: int, people: Collection[int]) -> frozenset[int]:
    """Who of ``people`` may not know of the case, by whoever knows it."""
    return frozenset().union(*(ask(case, people) for ask in KEPT_FROM))
