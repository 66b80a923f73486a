"""Interest on security deposits."""

from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from smart360.kernel.money import ZERO, rounded


@dataclass(frozen=True, slots=True)
class Move:
    """What is held of a deposit became more on a day, or below zero: less."""

    on: date
    amount: Decimal


def interest(moves: Iterable[Move], *, percent: Decimal, year: int) -> Decimal:
    """Simple interest for ``year``, by days, on what ``moves`` left held.

    ``percent`` is per year. What came within the year or after it counts from its day on. What was
    applied or given back since earns nothing, so that a day counts no more than was held on any
    later one.
    """
    last, days_of_year = date(year, 12, 31), 366 if isleap(year) else 365
    amount_days, held_till_now = ZERO, None
    until = date.max
    for on, held in reversed(_held_from(moves)):
        held_till_now = held if held_till_now is None else min(held, held_till_now)
        amount_days += max(held_till_now, ZERO) * _days_of(year, on, min(until, last))
        until = date.fromordinal(on.toordinal() - 1)
    return rounded(amount_days * percent / (100 * days_of_year))


def _held_from(moves: Iterable[Move]) -> list[tuple[date, Decimal]]:
    """From which day on how much was held, in order of days."""
    held, since = ZERO, dict[date, Decimal]()
    for move in sorted(moves, key=lambda move: move.on):
        held += move.amount
        since[move.on] = held
    return list(since.items())


def _days_of(year: int, first: date, last: date) -> int:
    """How many days of the year lie from ``first`` to ``last``, both included."""
    return max(0, (last - max(first, date(year, 1, 1))).days + 1)
