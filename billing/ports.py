"""What higher apps want to know of money, and the one thing that billing asks them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class AccountSettled(Protocol):
    """A step that runs inside the act by which a consumer owes nothing any more."""

    def __call__(self, *, consumer: int, by: int | None, at: datetime) -> None:
        """``consumer`` is locked; ``by`` is None when a gateway or a worker acted."""


ACCOUNT_SETTLED: list[AccountSettled] = []
"""Told when what a consumer owes falls from above zero to zero or below (BEY2)."""


class DebtLowered(Protocol):
    """A step that runs inside the act by which a consumer owes less than before."""

    def __call__(self, *, consumer: int, closing: int | None, by: int | None, at: datetime) -> None:
        """``consumer`` is locked.

        ``closing`` is the case whose own final bill took the deposit: that is no payment of it.
        """


DEBT_LOWERED: list[DebtLowered] = []
"""Told when a consumer owes less: what is left may be too little to be cut off for (BEY2)."""


@dataclass(frozen=True)
class RequestTerms:
    """What a request ends, as far as its final bill needs to know.

    ``ends_on``  the last day to be billed: when it was carried out, else when it is wished; None
                 when nobody said
    """

    services: tuple[int, ...]
    ends_on: date | None
    is_permanent: bool


class TermsOfRequest(Protocol):
    """Answers what a case ends; None when it ends nothing (a reconnection, a complaint)."""

    def __call__(self, case: int) -> RequestTerms | None:
        """A read; ``case`` is the case's key."""


TERMS_OF_REQUEST: list[TermsOfRequest] = []
"""Asked by the final bill, which lies below the requests that it is about (BIL4)."""


def terms_of(case: int) -> RequestTerms | None:
    """What a case ends, by whoever knows it."""
    answers = (ask(case) for ask in TERMS_OF_REQUEST)
    return next((terms for terms in answers if terms is not None), None)
