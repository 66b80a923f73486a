"""How values look on a page and on paper: dates, durations, phone numbers, readings. Pure.

Moments are shown in the zone that is active for the request, which is the utility's.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

MINUTE = timedelta(minutes=1)
MISSING = "--"
NOT_CHOSEN = "Not specified"
NOT_YET = "Pending"

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def local(moment: datetime) -> datetime:
    """``moment`` in the active zone. Raises `ValueError` for a moment without a zone."""
    if timezone.is_naive(moment):
        raise ValueError(f"{moment!r} has no time zone")
    return timezone.localtime(moment)


def day_of(value: date | datetime) -> date:
    """The day on which ``value`` lies, in the active zone."""
    return local(value).date() if isinstance(value, datetime) else value


def shown_date(value: date | datetime) -> str:
    """``Dec 10, 2024``"""
    day = day_of(value)
    return f"{MONTHS[day.month - 1][:3]} {day.day}, {day.year}"


def shown_day(value: date | datetime) -> str:
    """``Sun, Dec 15, 2024``, for a day on which something will happen"""
    day = day_of(value)
    return f"{DAYS[day.weekday()][:3]}, {shown_date(day)}"


def shown_long_date(value: date | datetime) -> str:
    """``Tuesday, December 10, 2024``, for headings and for consumers"""
    day = day_of(value)
    return f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}, {day.year}"


def shown_short_date(value: date | datetime) -> str:
    """``Dec 10``, where the year is plain"""
    day = day_of(value)
    return f"{MONTHS[day.month - 1][:3]} {day.day}"


def shown_time(value: time | datetime) -> str:
    """``09:30 AM``"""
    clock = local(value) if isinstance(value, datetime) else value
    return f"{clock.hour % 12 or 12:02d}:{clock.minute:02d} {'AM' if clock.hour < 12 else 'PM'}"


def shown_datetime(moment: datetime) -> str:
    """``Dec 10, 2024, 09:30 AM``"""
    return f"{shown_date(moment)}, {shown_time(moment)}"


def shown_short_datetime(moment: datetime) -> str:
    """``Dec 10, 09:30 AM``"""
    return f"{shown_short_date(moment)}, {shown_time(moment)}"


def shown_slot(starts: time, ends: time) -> str:
    """``10:00 AM – 12:00 PM``"""
    return f"{shown_time(starts)} – {shown_time(ends)}".replace(" 0", " ").removeprefix("0")


def shown_duration(length: timedelta) -> str:
    """``18 h 45 m``, ``4 d 19 h 10 m``, ``25 m``; a begun minute is not counted"""
    minutes = int(abs(length).total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(f"{days} d")
    if days or hours:
        parts.append(f"{hours} h")
    parts.append(f"{minutes:02d} m" if parts else f"{minutes} m")
    return " ".join(parts)


def shown_remaining(due_at: datetime, at: datetime) -> str:
    """``18 h 45 m`` before the due moment, counting a begun minute; then ``Overdue by 25 m``"""
    left = due_at - at
    if left <= timedelta():
        return f"Overdue by {shown_duration(left)}"
    return shown_duration(-(-left // MINUTE) * MINUTE)


def shown_hours(length: timedelta | Decimal | None) -> str:
    """``1.50 h``; ``Pending`` while there is nothing to measure"""
    if length is None:
        return NOT_YET
    if isinstance(length, timedelta):
        length = Decimal(length // timedelta(seconds=1)) / 3600
    return f"{length:.2f} h"


def shown_phone(number: str) -> str:
    """``(555) 123-4567`` for a North American number, as it is otherwise"""
    national = number.removeprefix("+1")
    if len(national) == 10 and national.isascii() and national.isdigit():
        return f"({national[:3]}) {national[3:6]}-{national[6:]}"
    return number


def shown_reading(value: Decimal | int, unit: str) -> str:
    """``18,245 kWh``; no decimals that the meter does not have"""
    amount = Decimal(value)
    whole = amount == amount.to_integral_value()
    number = f"{int(amount):,}" if whole else f"{amount.normalize():,f}"
    return f"{number} {unit}".strip()


def shown_count(number: int, cap: int = 500) -> str:
    """``46``; ``500+`` when counting stopped at the cap"""
    return f"{cap:,}+" if number > cap else f"{number:,}"


def shown_share(part: int, whole: int) -> str:
    """``57 %``; neither nothing nor all where it is not quite that; ``""`` of nothing"""
    if not whole:
        return ""
    if 0 < 200 * part < whole:
        return "under 1 %"
    if 0 < 200 * (whole - part) <= whole:
        return "over 99 %"
    return f"{(200 * part + whole) // (2 * whole)} %"


KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


def shown_size(size: int) -> str:
    """``412 KB``, ``3.1 MB``, as computers count them"""
    if size < KILOBYTE:
        return f"{size} bytes"
    if size < MEGABYTE:
        return f"{size // KILOBYTE} KB"
    return f"{size / MEGABYTE:.1f} MB"


def initials(name: str) -> str:
    """``SJ`` for Sarah Johnson"""
    words = name.split()
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "CAD": "CA$", "AUD": "A$"}


def shown_money(amount: Decimal, currency: str) -> str:
    """``$1,234.56``, ``−$200.00``; a currency without a sign of its own by its code."""
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{'−' if amount < 0 else ''}{sign}{abs(amount):,.2f}"


def shown_price(rate: Decimal, currency: str) -> str:
    """A price with all the decimals that it has, at least two: `$12.50`, `$0.112`."""
    sign = SIGNS.get(currency, f"{currency} ")
    decimals = max(2, -int(rate.normalize().as_tuple().exponent))
    return f"{'−' if rate < 0 else ''}{sign}{abs(rate):,.{decimals}f}"
