"""What higher apps want to know of consumers."""

from datetime import datetime
from typing import Protocol


class HoldPlaced(Protocol):
    """A step that runs inside the act by which an account is protected."""

    def __call__(self, *, consumer: int, hold: int, by: int | None, at: datetime) -> None:
        """``consumer`` is locked; ``hold`` is the key of the new `AccountHold`."""


HOLD_PLACED: list[HoldPlaced] = []
"""Told when an account is protected, so that an order to cut it can be taken back (BEY1)."""
