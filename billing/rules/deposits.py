"""Interest on security deposits."""

from calendar import isleap
from datetime import date
from decimal import Decimal

from smart360.kernel.money import ZERO, rounded


def interest(*, held: Decimal, percent: Decimal, year: int, since: date) -> Decimal:
    """Simple interest for ``year`` on a deposit of ``held``, received first on ``since``.

    ``percent`` is per year. A year in which the deposit came counts from that day on, by days.
    What was applied or given back within the year earns nothing for it.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    if held <= 0 or since > last:
        return ZERO
    days = (last - max(first, since)).days + 1
    return rounded(held * percent * days / (100 * (366 if isleap(year) else 365)))
