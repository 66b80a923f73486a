"""What a payment arrangement may promise, and whether it is kept (BIL8, BEY7)."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from billing.choices import ArrangementState
from billing.rules.payments import why_not_amount
from smart360.kernel.money import CENT, ZERO

MOST_PARTS = 24
LONGEST = timedelta(days=366)
LARGEST = Decimal("9999999999.99")
NO_PARTS = "Enter at least one instalment"
TOO_MANY = f"Use at most {MOST_PARTS} instalments"
IN_THE_PAST = "Cannot select past date"
NOT_IN_ORDER = "Each instalment must be due after the one before"
TOO_LATE = "The last instalment must be due within a year"
NOTHING_OWED = "Nothing is owed, so there is nothing to arrange"
TOO_SMALL = "Too little to be divided into so many instalments"


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment: so much, to be paid by the end of a day where the utility is."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ArrangementWish:
    """An arrangement as somebody agreed it with the consumer."""

    consumer: int
    total: Decimal
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that has come: on which day it was paid, and how much."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How an arrangement stands on a day.

    ``next_due_on``  of the oldest instalment not paid in full; None when all are
    ``missed_on``    the first due day that passed unpaid; None when none did
    """

    state: ArrangementState
    paid: Decimal
    next_due_on: date | None
    missed_on: date | None = None


def standing_of(
    parts: Sequence[Part], paid: Iterable[Paid], *, today: date, outstanding: Decimal
) -> Standing:
    """Whether an arrangement runs, was kept or was broken, as of ``today``.

    An instalment is met when all that was paid up to the end of its due day covers it and those
    before it, so that it does not matter when somebody looks. Its due day itself is never too
    late. Who owes nothing any more has kept it, whatever paid for that.
    """
    ordered, came = sorted(parts, key=lambda part: part.due_on), list(paid)
    total = sum((part.amount for part in ordered), ZERO)
    sum_paid = sum((each.amount for each in came), ZERO)
    if outstanding <= 0:
        return Standing(ArrangementState.KEPT, sum_paid, None)
    promised, next_due_on = ZERO, None
    for part in ordered:
        promised += part.amount
        in_time = sum((each.amount for each in came if each.on <= part.due_on), ZERO)
        if part.due_on < today and in_time < promised:
            return Standing(ArrangementState.BROKEN, sum_paid, part.due_on, part.due_on)
        if next_due_on is None and sum_paid < promised:
            next_due_on = part.due_on
    state = ArrangementState.KEPT if sum_paid >= total else ArrangementState.RUNNING
    return Standing(state, sum_paid, next_due_on)


def has_lapsed(next_due_on: date | None, *, today: date, outstanding: Decimal) -> bool:
    """Whether a running arrangement is broken though no worker has said so yet.

    Every payment moves ``next_due_on`` in its own transaction, so a day before today is unpaid.
    """
    return next_due_on is not None and next_due_on < today and outstanding > 0


def paid_of(parts: Sequence[Part], paid: Decimal) -> list[Decimal]:
    """What of each instalment is paid, the earliest first."""
    left, shares = paid, []
    for part in parts:
        share = min(part.amount, max(left, ZERO))
        shares.append(share)
        left -= share
    return shares


def equal_parts(total: Decimal, count: int, first_on: date) -> tuple[Part, ...]:
    """``count`` equal instalments, one a month; the last one takes the cents that are left.

    A month without such a day has its last day.
    """
    each = (total / count).quantize(CENT, ROUND_DOWN)
    amounts = [each] * (count - 1) + [total - each * (count - 1)]
    return tuple(
        Part(months_later(first_on, position), amount) for position, amount in enumerate(amounts)
    )


def months_later(day: date, months: int) -> date:
    """The same day some months later; a month without it has its last day.

    >>> months_later(date(2024, 12, 31), 2)
    datetime.date(2025, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def why_not_parts(parts: Sequence[Part], *, today: date) -> tuple[str, str]:
    """Which field is wrong with these instalments and why, or ``("", "")``; rows count from 1."""
    if not parts:
        return "count", NO_PARTS
    if len(parts) > MOST_PARTS:
        return "count", TOO_MANY
    before = None
    for row, part in enumerate(parts, start=1):
        if sentence := why_not_amount(part.amount, limit=LARGEST):
            return f"amount_{row}", sentence
        if part.due_on < today:
            return f"due_on_{row}", IN_THE_PAST
        if before is not None and part.due_on <= before:
            return f"due_on_{row}", NOT_IN_ORDER
        if part.due_on > today + LONGEST:
            return f"due_on_{row}", TOO_LATE
        before = part.due_on
    return "", ""
