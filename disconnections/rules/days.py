"""Days of protections, pure: when a notice runs out, what lies in a season, in words."""

import re
from datetime import date, time, timedelta

from smart360.web.formats import shown_short_date, shown_slot, shown_time

MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
SATURDAY = 5


def notice_runs_out_on(
    served_on: date, days: int, holidays: frozenset[date], *, is_business: bool
) -> date:
    """The first day on which somebody may be cut after a notice of so many days.

    Business days are Monday to Friday without the holidays.

    >>> notice_runs_out_on(date(2026, 3, 2), 15, frozenset(), is_business=False)
    datetime.date(2026, 3, 17)
    >>> notice_runs_out_on(date(2026, 3, 6), 2, frozenset({date(2026, 3, 9)}), is_business=True)
    datetime.date(2026, 3, 11)
    """
    if not is_business:
        return served_on + timedelta(days=days)
    day, left = served_on, days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY and day not in holidays
    return day


def is_in_season(day: date, season: tuple[str, str]) -> bool:
    """Whether ``day`` lies in a season of month-days, which may go over the end of the year.

    >>> is_in_season(date(2026, 1, 5), ("12-01", "03-31"))
    True
    >>> is_in_season(date(2026, 4, 1), ("12-01", "03-31"))
    False
    """
    begins, ends = season
    this = f"{day:%m-%d}"
    if begins <= ends:
        return begins <= this <= ends
    return this >= begins or this <= ends


def season_ends_on(day: date, season: tuple[str, str]) -> date:
    """The last day of the season in which ``day`` lies; Feb 28 for a Feb 29 that there is not."""
    begins, ends = season
    is_before_new_year = begins > ends and f"{day:%m-%d}" >= begins
    month, number = (int(part) for part in ends.split("-"))
    year = day.year + is_before_new_year
    try:
        return date(year, month, number)
    except ValueError:
        return date(year, month, number - 1)


def is_month_day(text: str) -> bool:
    """Whether a text is a day of some year: ``02-29`` is, ``02-30`` is not.

    >>> is_month_day("02-29"), is_month_day("02-30"), is_month_day("2-3")
    (True, False, False)
    """
    if MONTH_DAY.fullmatch(text) is None:
        return False
    try:
        _in_a_leap_year(text)
    except ValueError:
        return False
    return True


def season_in_words(season: tuple[str, str]) -> str:
    """``Dec 1 – Mar 31``"""
    begins, ends = (shown_short_date(_in_a_leap_year(each)) for each in season)
    return f"{begins} – {ends}"


def _in_a_leap_year(month_day: str) -> date:
    month, number = month_day.split("-")
    return date(2000, int(month), int(number))


def hours_in_words(not_before: time | None, not_after: time | None) -> str:
    """``8:00 AM – 4:00 PM``; with one end only: ``from …`` or ``until …``."""
    if not_before and not_after:
        return shown_slot(not_before, not_after)
    if not_before:
        return f"from {shown_time(not_before)}"
    return f"until {shown_time(not_after)}" if not_after else ""


def shown_days(count: int, *, is_business: bool = False) -> str:
    """``1 day``, ``15 days``, ``7 business days``"""
    return f"{count} {'business ' * is_business}day{'s' * (count != 1)}"
