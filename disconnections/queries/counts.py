"""How many: the totals, the capped counts and the months around the list, in one statement."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from disconnections.choices import REQUEST_KINDS
from disconnections.models import Reason
from disconnections.queries.figures import CARD_STANDINGS, MONTHS_SHOWN
from disconnections.queries.requests import NOBODY
from disconnections.rules import months_after
from smart360.cases.choices import OPEN_STATUSES, Standing
from smart360.cases.models import Case
from smart360.cases.queries.states import sla_is, with_pause
from smart360.cases.queries.tallies import (
    Months,
    months_column,
    months_in,
    tallies_by_month,
    total_column,
)
from smart360.kernel.errors import Broken
from smart360.kernel.prepared import A_MOMENT
from smart360.organisation.models import Utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

CAP = 500
SINCE, UNTIL = date(1, 1, 1), date(1, 1, 2)
"""Stand in the statement of the counts for the months that are asked for."""
ENDS = (Standing.COMPLETED, Standing.CLOSED)


@dataclass(frozen=True, slots=True)
class Late:
    """How many are breached and how many at risk, counted up to the cap."""

    breached: int
    at_risk: int


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


class CappedCount(Subquery):
    """How many rows a sliced queryset has, as a column of another statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


def capped(cases: QuerySet[Any], *order: Any, cap: int = CAP) -> CappedCount:
    """Read in the order of an index that has them together, so that the cap ends it early."""
    return CappedCount(cases.order_by(*order).values("pk")[: cap + 1])


def total(*, is_history: bool) -> RawSQL:
    """How many requests are open, or have ended, in all: a column, exact."""
    return total_column(standings=ENDS if is_history else [Standing.OPEN], kinds=REQUEST_KINDS)


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
Statement = tuple[str, tuple[Any, ...]]


def _asked(
    statement: Statement,
    person: Person,
    *,
    at: datetime,
    since: date = SINCE,
    until: date = UNTIL,
) -> tuple[Any, ...]:
    """The one row of a statement, with what its values stand in for."""
    if not person.has_permission(Permission.VIEW_REQUESTS):
        raise Broken("counts are for those who may see the list")
    sql, values = statement
    given: dict[Any, Any] = {A_MOMENT: at, NOBODY: person.pk, SINCE: since, UNTIL: until}
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(value, value) for value in values])
        found: tuple[Any, ...] = cursor.fetchone()
    return found


@cache
def _around() -> Statement:
    """Put together once: that takes longer than the database needs."""
    months = months_column(standings=CARD_STANDINGS, kinds=REQUEST_KINDS, since=SINCE, until=UNTIL)
    # As a range, or the order would not be seen to be that of the index of assignees.
    mine = _current().filter(assignee__gte=NOBODY, assignee__lte=NOBODY)
    reasons = Reason.objects.order_by("kind", "code")
    return _one_row(
        total(is_history=False),
        total(is_history=True),
        *_late(),
        capped(mine, "assignee", "breaches_at"),
        ArraySubquery(reasons.values(json=JSONObject(code="code", label="label"))),
        months,
    )


@cache
def _late_alone() -> Statement:
    return _one_row(*_late())


def _late() -> tuple[CappedCount, CappedCount]:
    """Read by the soonest breach, where those at risk come first.

    What can never be breached is not at risk: it is on hold without an end.
    """
    in_time = with_pause(_current(), at=A_MOMENT).filter(breaches_at__gt=A_MOMENT)
    return (
        capped(_current().filter(breaches_at__lte=A_MOMENT), "breaches_at"),
        capped(in_time.filter(sla_is(["AT_RISK"], at=A_MOMENT)), "breaches_at"),
    )


def _current() -> QuerySet[Case]:
    return Case.objects.filter(kind__in=REQUEST_KINDS, status__in=OPEN_STATUSES)


def _one_row(*columns: Any) -> Statement:
    sql, values = Utility.objects.filter(pk=1).values_list(*columns).query.sql_with_params()
    return sql, tuple(values)
