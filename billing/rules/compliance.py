"""Payment compliance (CON8): how many of the bills due within a year were paid in time."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

PERCENT = Decimal(100)
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Compliance:
    """The bills of one consumer whose due day has passed, and how they were paid.

    ``due``      invoices and final bills that fell due; one that was taken back is none
    ``on_time``  of these, paid in full by the end of their due day with money that stayed
    ``unpaid``   of these, not paid in full today; they are late, too
    """

    due: int = 0
    on_time: int = 0
    unpaid: int = 0

    @property
    def late(self) -> int:
        """Paid after the due day, or not paid yet."""
        return self.due - self.on_time

    @property
    def paid_late(self) -> int:
        """Paid after the due day."""
        return self.late - self.unpaid

    @property
    def rate(self) -> Decimal | None:
        """On-time payments of a hundred that were due, exact; None when nothing was due."""
        return PERCENT * self.on_time / self.due if self.due else None

    @property
    def percent(self) -> int | None:
        """The same in whole per cent, as pages show it; 100 is said of all in time alone."""
        rate = self.rate
        if rate is None:
            return None
        return 99 if self.late and rate > 99 else int(rate.quantize(WHOLE, ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Year:
    """The twelve months before a day: after ``since``, before ``today``."""

    since: date
    today: date

    @classmethod
    def before(cls, today: date) -> Self:
        """Those that end today; on February 29 they begin with that month's last day."""
        year, month = today.year - 1, today.month
        day = min(today.day, monthrange(year, month)[1])
        return cls(date(year, month, day), today)
