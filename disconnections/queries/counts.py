"""How many: the totals, the capped counts and the months around the list, in one statement."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from disconnections.choices import REQUEST_KINDS
from disconnections.models import Reason
from disconnections.queries.figures import CARD_STANDINGS, MONTHS_SHOWN
from disconnections.queries.requests import total
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.cases.queries.counts import Late, asked, late_columns, mine_column, one_row
from smart360.cases.queries.tallies import Months, months_column, months_in, tallies_by_month
from smart360.cases.rules import months_after
from smart360.kernel.errors import Broken
from smart360.kernel.prepared import Prepared
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

SINCE, UNTIL = date(1, 1, 1), date(1, 1, 2)
"""Stand in the statement of the counts for the months that are asked for."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands around the list.

    ``open`` and ``history`` are exact, the others counted up to the cap; ``reasons`` are those
    that the filter offers, ``months`` what the cards show.
    """

    open: int
    history: int
    breached: int
    at_risk: int
    mine: int
    reasons: tuple[tuple[str, str], ...]
    months: Months


def count_requests(person: Person, *, month: date, at: datetime) -> Counts:
    """Everything that is counted around the list, with the seven months up to ``month``."""
    since, until = _span(month)
    found = _asked(_around(), person, at=at, since=since, until=until)
    is_open, history, breached, at_risk, mine, offered, months = found
    return Counts(
        open=is_open,
        history=history,
        breached=breached,
        at_risk=at_risk,
        mine=mine,
        reasons=tuple((reason["code"], reason["label"]) for reason in map(json.loads, offered)),
        months=months_in(months and json.loads(months)),
    )


def count_months(month: date) -> Months:
    """What the cards of a month show, alone."""
    since, until = _span(month)
    return tallies_by_month(standings=CARD_STANDINGS, kinds=REQUEST_KINDS, since=since, until=until)


def _span(month: date) -> tuple[date, date]:
    return months_after(month, 1 - MONTHS_SHOWN), months_after(month, 1)


def count_late(person: Person, *, at: datetime) -> Late:
    """How many requests are breached and at risk, in one statement."""
    return Late(*_asked(_late_alone(), person, at=at))


# ------------------------------------------------------------------ the statements
def _asked(
    statement: Prepared,
    person: Person,
    *,
    at: datetime,
    since: date = SINCE,
    until: date = UNTIL,
) -> tuple[Any, ...]:
    """The one row of a statement, for those who may see the list."""
    if not person.has_permission(Permission.VIEW_REQUESTS):
        raise Broken("counts are for those who may see the list")
    return asked(statement, at=at, me=person.pk, given={SINCE: since, UNTIL: until})


@cache
def _around() -> Prepared:
    """Put together once: that takes longer than the database needs."""
    months = months_column(standings=CARD_STANDINGS, kinds=REQUEST_KINDS, since=SINCE, until=UNTIL)
    reasons = Reason.objects.order_by("kind", "code")
    return one_row(
        total(is_history=False),
        total(is_history=True),
        *late_columns(_current()),
        mine_column(_current()),
        ArraySubquery(reasons.values(json=JSONObject(code="code", label="label"))),
        months,
    )


@cache
def _late_alone() -> Prepared:
    return one_row(*late_columns(_current()))


def _current() -> QuerySet[Case]:
    """Every open request, past the door: who may see the list may see all of them."""
    return Case.objects.filter(kind__in=REQUEST_KINDS, status__in=OPEN_STATUSES)
