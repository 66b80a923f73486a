"""What higher apps want to know of the door."""

from datetime import datetime
from typing import Protocol


class LockedOut(Protocol):
    """A step that runs with the line of the sign-in log: the bell rings."""

    def __call__(self, *, name: str, address: str | None, line: int, at: datetime) -> None:
        """``name`` is whose account is locked; empty when it is a whole address.

        ``line`` is the line of the log with which it began.
        """


locked_out: list[LockedOut] = []
