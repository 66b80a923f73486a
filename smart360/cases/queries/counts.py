"""How many: capped counts around a list, and statements of one row that are put together once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

from smart360.cases.models import Case
from smart360.cases.queries.lists import NOBODY
from smart360.cases.queries.states import sla_is, with_pause
from smart360.kernel.prepared import A_MOMENT, Prepared, Shelf, keeping_its_plan
from smart360.organisation.models import Utility
from smart360.web.paging import CappedCount, capped

CAP = 500
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Late:
    """How many are breached and how many at risk, counted up to the cap."""

    breached: int
    at_risk: int


def late_columns(current: QuerySet[Case]) -> tuple[CappedCount, CappedCount]:
    """How many of these open cases are breached and how many at risk, at ``A_MOMENT``.

    Read by the soonest breach, where those at risk come first. What can never be breached is not
    at risk: it is on hold without an end.
    """
    in_time = with_pause(current, at=A_MOMENT).filter(breaches_at__gt=A_MOMENT)
    return (
        capped(current.filter(breaches_at__lte=A_MOMENT), "breaches_at", cap=CAP),
        capped(in_time.filter(sla_is(["AT_RISK"], at=A_MOMENT)), "breaches_at", cap=CAP),
    )


def mine_column(current: QuerySet[Case]) -> CappedCount:
    """How many of these open cases ``NOBODY`` works on.

    As a range, or the order would not be seen to be that of the index of assignees.
    """
    mine = current.filter(assignee__gte=NOBODY, assignee__lte=NOBODY)
    return capped(mine, "assignee", "breaches_at", cap=CAP)


# ------------------------------------------------------------------ the statements
KEPT = Shelf()


def one_row(*columns: Any) -> Prepared:
    """A statement with these columns, and the values that it is asked with."""
    sql, values = Utility.objects.filter(pk=1).values_list(*columns).query.sql_with_params()
    return Prepared(sql, tuple(values))


def asked(
    statement: Prepared, *, at: datetime, me: int, given: Mapping[Any, Any] = NOTHING
) -> tuple[Any, ...]:
    """The one row of a statement, with what its values stand in for; ``given`` says of others.

    Its plan is kept: each of its columns stands on an index whatever the moment is.
    """
    known: dict[Any, Any] = {A_MOMENT: at, NOBODY: me, **given}
    kept = KEPT.keep(statement, lambda: keeping_its_plan(statement, known))
    (found,) = kept.tuples(known)
    return found
