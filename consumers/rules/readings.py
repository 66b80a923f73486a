"""What a reading may be, and how much is used between two (W13; bad-inputs.md 83 to 86). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from consumers.choices import ReadingException
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.web.formats import shown_date, shown_reading

NOT_A_NUMBER = "Enter a number."
IN_THE_FUTURE = "Reading date cannot be in the future"
SUPERVISOR_ONLY = "Only a supervisor accepts a lower reading"
LARGEST = Decimal(10) ** 9
DECIMALS = 3
ZERO_UNITS = Decimal(0)


class UnableToEnterReading(Refusal):
    """The reading cannot be. ``field`` names the form's field."""


@dataclass(frozen=True)
class KnownReading:
    """What a meter showed on a day; ``exception`` says why it may be less than before."""

    value: Decimal
    read_on: date
    exception: str = ReadingException.NONE


class Wish(Protocol):
    """A reading as a form sends it."""

    @property
    def value(self) -> Decimal | None:
        """What the meter shows."""

    @property
    def read_on(self) -> date | None:
        """On which day."""

    @property
    def has_no_consumption(self) -> bool:
        """Whether somebody says that nothing was used since the last one."""

    @property
    def exception(self) -> str:
        """Why it may be lower than before, a code, or ``""``."""

    def field(self, name: str) -> str:
        """The name of a field in the form."""


def shown_value(value: Decimal) -> str:
    """A reading as a sentence names it, ``12580`` or ``12580.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def last_in_words(last: KnownReading | None, unit: str) -> str:
    """What a meter showed last, beside the field for what it shows now."""
    if last is None:
        return f"In {unit}. It was never read."
    return f"Last reading {shown_reading(last.value, unit)} on {shown_date(last.read_on)}."


def check_reading(
    wish: Wish, previous: KnownReading | None, *, unit: str, today: date, is_supervisor: bool
) -> ReadingException:
    """By which exception the reading passes. Raises UnableToEnterReading."""
    value, read_on = wish.value, wish.read_on
    if value is None:
        raise UnableToEnterReading(REQUIRED, field=wish.field("value"))
    if not value.is_finite() or not 0 <= value < LARGEST or value != round_off(value):
        raise UnableToEnterReading(NOT_A_NUMBER, field=wish.field("value"))
    if read_on is None:
        raise UnableToEnterReading(REQUIRED, field=wish.field("read_on"))
    if read_on > today:
        raise UnableToEnterReading(IN_THE_FUTURE, field=wish.field("read_on"))
    if wish.exception not in ("", ReadingException.ROLLOVER, ReadingException.REPLACEMENT):
        raise UnableToEnterReading(NOT_OFFERED, field=wish.field("exception"))
    if previous is None:
        return ReadingException.NONE
    if read_on < previous.read_on:
        raise UnableToEnterReading(
            f"Reading date cannot be before the last reading on {shown_date(previous.read_on)}",
            field=wish.field("read_on"),
        )
    if value != previous.value and read_on == previous.read_on:
        raise UnableToEnterReading(
            f"The meter was read on {shown_date(read_on)} already"
            f" ({shown_value(previous.value)} {unit})",
            field=wish.field("read_on"),
        )
    shown = f"{shown_value(previous.value)} {unit}"
    return _exception(wish, value, previous.value, shown, is_supervisor=is_supervisor)


def _exception(
    wish: Wish, value: Decimal, previous: Decimal, shown: str, *, is_supervisor: bool
) -> ReadingException:
    if value > previous and not wish.exception:
        return ReadingException.NONE
    if value == previous and wish.has_no_consumption:
        return ReadingException.NO_CONSUMPTION
    if wish.exception and value != previous:
        if not is_supervisor:
            raise UnableToEnterReading(SUPERVISOR_ONLY, field=wish.field("exception"))
        if value < previous or wish.exception == ReadingException.REPLACEMENT:
            return ReadingException(wish.exception)
        return ReadingException.NONE
    raise UnableToEnterReading(
        f"Reading must be greater than the previous reading ({shown})",
        field=wish.field("value"),
    )


def round_off(value: Decimal) -> Decimal:
    """``value`` without what a meter does not count."""
    return value.quantize(Decimal(1).scaleb(-DECIMALS))


def units_between(previous: Decimal | None, last: Decimal, exception: str) -> Decimal:
    """How much was used from one reading to the other.

    A meter that rolled over went on from nought after its last digit; one that was replaced
    counts from nought. Below zero only where an estimate was above the reading.
    """
    if previous is None:
        return ZERO_UNITS
    if exception == ReadingException.REPLACEMENT:
        return last
    if exception == ReadingException.ROLLOVER:
        return Decimal(10) ** len(str(int(previous))) - previous + last
    return last - previous


def units_along(base: Decimal | None, shown: Sequence[tuple[Decimal, str]]) -> Decimal:
    """How much was used from ``base`` through all that a meter showed since, in order.

    Each reading comes with its exception: a meter may have rolled over, or been replaced, before
    the last one.

    >>> units_along(Decimal(99_990), [(Decimal(20), "ROLLOVER"), (Decimal(60), "NONE")])
    Decimal('70')
    """
    used, before = ZERO_UNITS, base
    for value, exception in shown:
        used += units_between(before, value, exception)
        before = value
    return used


def is_unusual(used: Decimal, days: int, history: Sequence[KnownReading], *, times: int) -> bool:
    """Whether ``used`` in so many days is ``times`` the usual of the ``history`` or more.

    Nothing is unusual where nothing is known, or where nothing was ever used.
    """
    if len(history) < 2:
        return False
    first, last = history[0], history[-1]
    length = (last.read_on - first.read_on).days
    usual = last.value - first.value
    if length <= 0 or usual <= 0:
        return False
    return used * length >= usual * times * max(days, 1)
