"""What field work asks higher apps, and what it tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

Window = tuple[time, time]
"""From when until when somebody comes, in the utility's time."""


class Stage(StrEnum):
    """When it is asked whether an order may go on."""

    DISPATCH = "DISPATCH"
    START = "START"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an order may go on; ``sentences`` say to people why not."""

    is_allowed: bool
    sentences: tuple[str, ...] = ()


class MayProceed(Protocol):
    """A question, asked inside the act and before an order is assigned or started."""

    def __call__(
        self,
        *,
        kind: str,
        case: int | None,
        consumer: int,
        stage: Stage,
        on: date | None,
        window: Window | None,
        by: int | None,
        at: datetime,
    ) -> Verdict:
        """``case``, or the consumer of an order without one, is locked; ``kind`` is its type.

        ``on`` and ``window`` are when somebody would come; at the start it is now.
        """


MAY_PROCEED: list[MayProceed] = []
"""Asked before a technician is sent and before the work begins (BEY1). One no is enough."""


def may_proceed(
    *,
    kind: str,
    case: int | None,
    consumer: int,
    stage: Stage,
    on: date | None,
    window: Window | None,
    by: int | None,
    at: datetime,
) -> Verdict:
    """What everybody who was asked says together."""
    answers = [
        ask(
            kind=kind, case=case, consumer=consumer, stage=stage, on=on, window=window, by=by, at=at
        )
        for ask in MAY_PROCEED
    ]
    sentences = dict.fromkeys(each for answer in answers for each in answer.sentences)
    return Verdict(all(answer.is_allowed for answer in answers), tuple(sentences))


class VisitFinished(Protocol):
    """A step that runs inside the act by which an order is completed or cancelled."""

    def __call__(
        self,
        *,
        service_order: int,
        case: int | None,
        is_completed: bool,
        by: int | None,
        at: datetime,
    ) -> None:
        """``case``, or the consumer of an order without one, is locked."""


VISIT_FINISHED: list[VisitFinished] = []
"""Told when a service order has ended, done or not."""


@dataclass(frozen=True, slots=True)
class AskedVisit:
    """When a request asks to be visited.

    ``window`` is None when any time of the day will do; ``day`` when there is no place to be had.
    """

    day: date | None
    window: Window | None


class VisitAsked(Protocol):
    """A step that answers what a case asks of its visit; None when it is no case of theirs.

    A place in a slot is taken when the case has none.
    """

    def __call__(self, *, case: int, at: datetime) -> AskedVisit | None:
        """``case`` is locked."""


VISIT_ASKED: list[VisitAsked] = []
"""Asked when an order is made from a case, which lies above field work (SO2)."""


def asked_visit(*, case: int, at: datetime) -> AskedVisit | None:
    """What a case asks of its visit, by whoever knows it."""
    answers = (ask(case=case, at=at) for ask in VISIT_ASKED)
    return next((visit for visit in answers if visit is not None), None)


class VisitMoved(Protocol):
    """A step that runs inside the act by which a visit gets another day or window."""

    def __call__(self, *, case: int, day: date, window: Window | None, at: datetime) -> None:
        """``case`` is locked."""


VISIT_MOVED: list[VisitMoved] = []
"""Told when the visit of a case moves, so that the place in its old slot is free again."""


class ServicesAsked(Protocol):
    """A read: which services a case is about; None when it is no case of theirs."""

    def __call__(self, case: int) -> Sequence[int] | None:
        """``case`` is the case's key."""


SERVICES_ASKED: list[ServicesAsked] = []
"""Asked by the form, which offers the templates that fit these services (SO1)."""


def services_asked(case: int) -> Sequence[int] | None:
    """Which services a case is about, by whoever knows it."""
    answers = (ask(case) for ask in SERVICES_ASKED)
    return next((services for services in answers if services is not None), None)
