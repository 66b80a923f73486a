"""Which days a statement of account is of, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.http import urlencode

from billing.queries.statements import LONGEST
from billing.rules.arrangements import months_later
from smart360.web.fields import IsoDateField

BACKWARDS = "The last day is before the first"
TOO_LONG = "Choose at most a year"
TOO_EARLY = "Choose days after 1900"
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days asked for; with a ``problem`` they are the last twelve months instead."""

    from_on: date
    to_on: date
    problem: str = ""

    @property
    def query(self) -> str:
        """The days as a part of an address."""
        return urlencode({"from": self.from_on.isoformat(), "to": self.to_on.isoformat()})


def read_period(typed: Mapping[str, str], *, today: date) -> Period:
    """The days of ``?from=…&to=…``; the last twelve months when the address says none."""
    field = IsoDateField(required=False)
    first, last = months_later(today.replace(day=1), -11), today
    try:
        from_on, to_on = field.clean(typed.get("from")), field.clean(typed.get("to"))
    except ValidationError as error:
        return Period(first, last, error.messages[0])
    to_on = min(to_on or last, today)
    if min(to_on, from_on or to_on) < EARLIEST:
        return Period(first, last, TOO_EARLY)
    from_on = from_on or min(first, months_later(to_on.replace(day=1), -11))
    if to_on < from_on:
        return Period(first, last, BACKWARDS)
    if to_on - from_on > LONGEST:
        return Period(first, last, TOO_LONG)
    return Period(from_on, to_on)
