"""What higher apps want to know of consumers."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class HoldPlaced(Protocol):
    """A step that runs inside the act by which an account is protected."""

    def __call__(self, *, consumer: int, hold: int, by: int | None, at: datetime) -> None:
        """``consumer`` is locked; ``hold`` is the key of the new `AccountHold`."""


HOLD_PLACED: list[HoldPlaced] = []
"""Told when an account is protected, so that an order to cut it can be taken back (BEY1)."""


class HoldLifted(Protocol):
    """A step that runs inside the act by which a protection of an account ends."""

    def __call__(self, *, consumer: int, by: int | None, at: datetime) -> None:
        """``consumer`` is locked; other holds of theirs may stand."""


HOLD_LIFTED: list[HoldLifted] = []
"""Told when a hold is lifted, so that nothing waits for a reason that went away (DIS12)."""


class ReconnectionAsked(Protocol):
    """Answers by which request an account was cut off for a debt that is settled now."""

    def __call__(self, consumer: int) -> str | None:
        """A read; the number of that request, None when there is nothing to offer."""


RECONNECTION_ASKED: list[ReconnectionAsked] = []
"""Asked by the profile of an account without supply, which lies below requests (BEY4)."""


def undoable(consumer: int) -> str:
    """The request that a reconnection would undo, or ``""``."""
    answers = (ask(consumer) for ask in RECONNECTION_ASKED)
    return next((number for number in answers if number), "")


HIDDEN_CASES: list[Callable[[int, int], Collection[int]]] = []
"""Which cases of a consumer a person may not know of, all by their keys.

Asked by the profile's timeline, which lies below cases.
"""


def hidden_cases(consumer: int, person: int) -> frozenset[int]:
    """The cases of a consumer that ``person`` may not know of."""
    return frozenset(case for ask in HIDDEN_CASES for case in ask(consumer, person))


class HeldBy(Protocol):
    """Answers what holds accounts by itself for a dispute, under its own number as source."""

    def __call__(self, source: str, *, consumer: int | None) -> str:
        """A read; in words what to do instead of a hand, or ``""`` when ``source`` is none of ours.

        With a ``consumer``, who is locked: only what holds that account now.
        """


HELD_BY: list[HeldBy] = []
"""Asked before somebody places a dispute by hand, and before somebody lifts one (BEY14)."""


def held_by(source: str, *, consumer: int | None = None) -> str:
    """What to do instead where something holds accounts under this source by itself, or ``""``."""
    answers = (ask(source, consumer=consumer) for ask in HELD_BY)
    return next((words for words in answers if words), "")


WORKS_ON: list[Callable[[int, int], bool]] = []
"""Whether a person works on an open case of a consumer, both by their keys.

Asked before somebody reads why an account is protected (BEY11): consumers lie below cases.
"""


def works_on(consumer: int, person: int) -> bool:
    """Whether ``person`` works on an open case of this consumer."""
    return any(ask(consumer, person) for ask in WORKS_ON)


@dataclass(frozen=True, slots=True)
class Breach:
    """An open case of a consumer that has missed a target: its number and its page."""

    number: str
    path: str


class BreachesAsked(Protocol):
    """Answers which open cases of a consumer are late, as far as a person may know of them."""

    def __call__(self, *, consumer: int, person: int, at: datetime) -> Sequence[Breach]:
        """A read; the longest breached first, a few."""


BREACHES: list[BreachesAsked] = []
"""Asked by the head of the profile, which lies below cases (CON3)."""


def breaches(*, consumer: int, person: int, at: datetime) -> list[Breach]:
    """The open cases of a consumer that are late at ``at``, of which ``person`` may know."""
    return [late for ask in BREACHES for late in ask(consumer=consumer, person=person, at=at)]


@dataclass(frozen=True, slots=True)
class Inspection:
    """A service order by which somebody looks at a service: its number and its page."""

    number: str
    path: str


class InspectionAsked(Protocol):
    """Answers by which order a service of a consumer is being inspected, without a case."""

    def __call__(self, *, consumer: int, service: int) -> Inspection | None:
        """A read, one statement; the newest that has not ended."""


INSPECTION_ASKED: list[InspectionAsked] = []
"""Asked beside what is unusual about a service: connections lie below field work (CON10)."""


def inspection_of(*, consumer: int, service: int) -> Inspection | None:
    """The order by which somebody looks at a service already, None when there is none."""
    answers = (ask(consumer=consumer, service=service) for ask in INSPECTION_ASKED)
    return next((found for found in answers if found), None)
