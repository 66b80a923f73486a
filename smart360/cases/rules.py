"""Numbers of cases as people type them, promises in words, months of figures; pure."""

import re
from dataclasses import dataclass
from datetime import date

from smart360.kernel.text import normalise, without_surrogates

YEARS = range(2000, 2100)
NEARLY = 4
"""Of how many digits at most a number may be short and still be taken for one."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the numbers of a kind of case are written.

    ``series``     what they begin with, such as DIS and REC
    ``has_years``  whether a year follows: DIS-2024-001234, but CMP-00001234
    ``digits``     how many digits a serial has at least
    """

    series: tuple[str, ...]
    has_years: bool
    digits: int

    def begun(self, typed: str) -> str:
        """What a number begins with if this is its beginning, else ``""``.

        >>> Numbering(("CMP",), False, 8).begun(" cmp-0000 ")
        'CMP-0000'
        """
        text = _comparable(typed)
        return text if text.startswith(self.series) else ""

    def meant(self, typed: str) -> list[str]:
        """The whole numbers of which this is short: of which no series, or no year is told.

        >>> complaints = Numbering(("CMP",), False, 8)
        >>> complaints.meant("cmp 1234"), complaints.meant("1234"), complaints.meant("oak 1234")
        (['CMP-00001234'], ['CMP-00001234'], [])
        """
        short = self._short.fullmatch(_comparable(typed))
        if short is None:
            return []
        series, year, serial = short.groups()
        each_series = [series] if series else self.series
        if not self.has_years:
            return [f"{each}-{serial.zfill(self.digits)}" for each in each_series]
        return [
            f"{each}-{when}-{serial.zfill(self.digits)}"
            for each in each_series
            for when in ([year] if year else YEARS)
        ]

    def is_nothing_else(self, typed: str) -> bool:
        """Whether this is a number and no account's, phone's or meter's: its series is told."""
        return len(self.meant(typed)) == 1 and self.begun(typed) != ""

    def is_nearly_whole(self, typed: str) -> bool:
        """Whether at most four digits are missing.

        >>> Numbering(("CMP",), False, 8).is_nearly_whole("cmp-0000")
        True
        """
        return self._nearly.fullmatch(_comparable(typed)) is not None

    @property
    def _short(self) -> re.Pattern[str]:
        year = "(?:([0-9]{4})-)?" if self.has_years else "()"
        return re.compile(rf"(?:({'|'.join(self.series)})?[ -]?){year}([0-9]{{1,9}})")

    @property
    def _nearly(self) -> re.Pattern[str]:
        year = "-[0-9]{4}" if self.has_years else ""
        least = self.digits - NEARLY
        return re.compile(rf"(?:{'|'.join(self.series)}){year}-[0-9]{{{least},{self.digits}}}")


def _comparable(typed: str) -> str:
    """What was typed as it is compared; PostgreSQL takes neither NUL nor lone surrogates."""
    return normalise(without_surrogates(typed).replace("\0", ""))


def months_after(month: date, count: int) -> date:
    """The first day of the month that lies ``count`` months later.

    >>> months_after(date(2024, 12, 1), 1)
    datetime.date(2025, 1, 1)
    """
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def hours_in_words(minutes: int, *, is_business: bool) -> str:
    """A promise as a consumer reads it: ``2 hours``, ``90 minutes``, ``4 business hours``."""
    unit, number = ("minute", minutes) if minutes % 60 else ("hour", minutes // 60)
    return f"{number} {'business ' * is_business}{unit}{'s' * (number != 1)}"
