"""Zones, public holidays and how values look: pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import holidays
from django.utils import timezone

from smart360.web import formats

SIGNS = {"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "SGD": "$", "EUR": "€", "GBP": "£"}
SIGNS |= {"INR": "₹", "ZAR": "R"}
REGIONS = frozenset(
    {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
COUNTRIES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "AU": "Australia",
    "NZ": "New Zealand",
    "IN": "India",
    "ZA": "South Africa",
    "SG": "Singapore",
    "DE": "Germany",
    "FR": "France",
    "ES": "Spain",
}
"""Where public holidays can be taken over from."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone by its city, in order, and UTC. Listing them reads hundreds of files."""
    named = (name for name in available_timezones() if name.split("/")[0] in REGIONS)
    return ("UTC", *sorted(named))


def subdivisions_of(country: str) -> list[str]:
    """The states or provinces of ``country`` that have holidays of their own."""
    return sorted(holidays.list_supported_countries().get(country, []))


def public_holidays(*, country: str, subdivision: str, year: int) -> list[tuple[date, str]]:
    """The public holidays of a year, in order. A day with two names keeps both."""
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language="en_US"
    )
    return sorted((day, str(name)) for day, name in found.items() if day.year == year)


@dataclass(frozen=True)
class Preview:
    """How dates and amounts will look with these settings."""

    moment: str
    zone: str
    amount: str
    credit: str


def preview(*, at: datetime, zone: str, currency: str) -> Preview:
    """This moment and two amounts as pages and paper show them."""
    here = ZoneInfo(zone)
    with timezone.override(here):
        moment = formats.shown_datetime(at)
    return Preview(
        moment=moment,
        zone=at.astimezone(here).tzname() or zone,
        amount=shown_amount(Decimal("1204.10"), currency),
        credit=shown_amount(Decimal("-200.00"), currency),
    )


def shown_amount(amount: Decimal, currency: str) -> str:
    """``$1,204.10``, ``−$200.00``: always two decimals, the minus before the sign."""
    minus = "−" if amount < 0 else ""
    return f"{minus}{SIGNS.get(currency, f'{currency} ')}{abs(amount):,.2f}"
