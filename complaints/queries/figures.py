"""The dashboard above the list of complaints, from tallies and exact for who looks (CMP1, W17).

Nobody counts complaints here but the few that name the reader and those that breach in the running
quarter of an hour; all else was tallied when it happened. What the reader may not see is taken out
by its category.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from complaints.choices import DECIDED
from complaints.models import ComplaintCategory, ComplaintSubcategory
from smart360.cases.choices import OPEN_STATUSES, Standing
from smart360.cases.models import Case
from smart360.cases.queries.counts import Late, asked, late_columns, mine_column, one_row
from smart360.cases.queries.lists import NOBODY
from smart360.cases.rules import months_after
from smart360.kernel.prepared import A_MOMENT, Prepared
from smart360.web.paging import CappedCount

MONTHS_SHOWN = 7
SINCE, TODAY, THIS_MONTH = date(1, 1, 1), date(1, 1, 2), date(1, 1, 4)
MIDNIGHT = datetime(1, 1, 3, tzinfo=A_MOMENT.tzinfo)
QUARTER = datetime(1, 1, 5, tzinfo=A_MOMENT.tzinfo)
"""Stand in the statement for the first month that is shown, today, the running month, midnight, and
the beginning of the running quarter of an hour."""

# Months of what is folded; days of the running one, and quarters of an hour of today, where a
# figure asks for them; all that is not folded.
# What names the reader is taken away again, one by one, found by the index on who is named.
FIGURES = """
WITH named AS MATERIALIZED (
    SELECT c.topic, c.status, c.ended_at, c.created_at, c.breaches_at, c.resolution_time
      FROM complaints_complaint p JOIN cases_case c ON c.id = p.case_id
     WHERE p.staff_named_id = %s
), single (standing, topic, day, n, seconds, missed) AS (
    SELECT standing, topic, (counts_at AT TIME ZONE u.time_zone)::date, change, seconds, missed
      FROM cases_tallychange, organisation_utility u
     WHERE kind = 'COMPLAINT' AND (standing <> 'LATE' OR counts_at < %s)
     UNION ALL
    SELECT CASE WHEN ended_at IS NULL THEN 'OPEN' ELSE status END, topic,
           (coalesce(ended_at, created_at) AT TIME ZONE u.time_zone)::date, -1,
           CASE WHEN ended_at IS NULL THEN 0
                ELSE -coalesce(round(extract(epoch FROM resolution_time)), 0) END,
           CASE WHEN ended_at IS NULL OR breaches_at IS NULL THEN 0 ELSE -1 END
      FROM named, organisation_utility u
     UNION ALL
    SELECT 'LATE', topic, (breaches_at AT TIME ZONE u.time_zone)::date, -1, 0, 0
      FROM named, organisation_utility u WHERE ended_at IS NULL AND breaches_at < %s
), together (standing, topic, month, n, seconds, missed, today) AS (
    SELECT standing, topic, month, count, seconds, missed, 0 FROM cases_monthtally
     WHERE kind = 'COMPLAINT' AND (standing <> 'LATE' OR month < %s)
     UNION ALL
    SELECT standing, topic, day, count, 0, 0, 0 FROM cases_tally
     WHERE kind = 'COMPLAINT' AND standing = 'LATE' AND day >= %s AND day < %s
     UNION ALL
    SELECT 'LATE', topic, NULL::date, count, 0, 0, 0 FROM cases_latetally
     WHERE kind = 'COMPLAINT' AND quarter_at >= %s AND quarter_at < %s
     UNION ALL
    SELECT standing, topic, day, 0, 0, 0, count FROM cases_tally
     WHERE kind = 'COMPLAINT' AND standing = 'RESOLVED' AND day = %s
     UNION ALL
    SELECT standing, topic, date_trunc('month', day::timestamp)::date, n, seconds, missed,
           CASE WHEN day = %s THEN n ELSE 0 END
      FROM single
)
SELECT json_agg(json_build_array(standing, topic, month, n, seconds, missed, today))::text FROM (
    SELECT standing, topic,
           CASE WHEN standing IN ('RESOLVED', 'REJECTED') AND month >= %s
                THEN date_trunc('month', month::timestamp)::date END,
           sum(n)::bigint, sum(seconds)::bigint, sum(missed)::bigint, sum(today)::bigint
      FROM together GROUP BY 1, 2, 3
) AS figures (standing, topic, month, n, seconds, missed, today)
"""

PastTheDoor = Callable[..., QuerySet[Case]]


class Category(NamedTuple):
    """One category as filters and the chart name it."""

    code: str
    name: str
    is_about_staff: bool


@dataclass(frozen=True, slots=True)
class Month:
    """What was decided in one month: how much, in how long, and how much had missed a target."""

    resolved: int
    rejected: int
    seconds: int
    missed: int

    @property
    def decided(self) -> int:
        """Resolved or rejected."""
        return self.resolved + self.rejected

    @property
    def average(self) -> timedelta | None:
        """The mean time of what was resolved, as SLA4 counts it; None where nothing was."""
        return timedelta(seconds=self.seconds / self.resolved) if self.resolved else None

    @property
    def compliance(self) -> float | None:
        """How many per cent of what was decided missed no target."""
        return 100 * (self.decided - self.missed) / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything that is counted around the list, for one reader.

    Exact but for ``at_risk`` and ``mine``, which are counted up to the cap. ``months`` are the
    last seven, the running one last; ``by_category`` how many are open, the most first.
    """

    open: int
    history: int
    breached: int
    resolved_today: int
    at_risk: int
    mine: int
    months: tuple[Month, ...]
    first: tuple[date, ...]
    by_category: tuple[tuple[Category, int], ...]
    categories: tuple[Category, ...]
    subcategories: tuple[tuple[str, str], ...]


def count_complaints(
    reader: int,
    *,
    sees_staff: bool,
    past_the_door: PastTheDoor,
    at: datetime,
    zone: ZoneInfo,
) -> Dashboard:
    """All of it in one statement, for somebody who may see complaints.

    ``past_the_door`` gives what a reader sees (``complaints.access``).
    """
    today = at.astimezone(zone).date()
    months = tuple(months_after(today.replace(day=1), n) for n in range(1 - MONTHS_SHOWN, 1))
    midnight = datetime.combine(today, time.min, tzinfo=zone)
    given = {
        SINCE: months[0],
        TODAY: today,
        THIS_MONTH: months[-1],
        MIDNIGHT: midnight,
        QUARTER: max(midnight, _quarter_of(at)),
    }
    statement = _statement(past_the_door, sees_staff)
    found, due_now, at_risk, mine, named, parts = asked(statement, at=at, me=reader, given=given)
    categories = tuple(Category(**each) for each in map(json.loads, named))
    seen = [each for each in categories if sees_staff or not each.is_about_staff]
    codes = {each.code for each in seen}
    cells = [_Cell(*each) for each in json.loads(found or "[]") if each[1] in codes]
    count = Counter[tuple[str, str]]()
    for cell in cells:
        count[cell.standing, cell.topic] += cell.n
    is_open = {each: count["OPEN", each.code] for each in seen}
    return Dashboard(
        open=sum(is_open.values()),
        history=sum(count[standing, code] for standing in DECIDED for code in codes),
        breached=sum(count["LATE", code] for code in codes) + due_now,
        resolved_today=sum(cell.today for cell in cells if cell.standing == "RESOLVED"),
        at_risk=at_risk,
        mine=mine,
        months=tuple(_month(month.isoformat(), cells) for month in months),
        first=months,
        by_category=tuple(
            sorted(
                ((each, number) for each, number in is_open.items() if number),
                key=lambda pair: (-pair[1], pair[0].name),
            )
        ),
        categories=tuple(seen),
        subcategories=tuple(
            (str(part["key"]), f"{part['category']} · {part['name']}")
            for part in map(json.loads, parts)
            if part["code"] in codes
        ),
    )


def count_late(reader: int, *, sees_staff: bool, past_the_door: PastTheDoor, at: datetime) -> Late:
    """How many of what a reader sees are breached and at risk, alone, in one statement."""
    return Late(*asked(_late_alone(past_the_door, sees_staff), at=at, me=reader))


def _quarter_of(moment: datetime) -> datetime:
    """When the quarter of an hour of this moment began."""
    moment = moment.astimezone(UTC)
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


class _Cell(NamedTuple):
    """One sum that the statement brings; ``month`` as ISO writes it, for what was decided since."""

    standing: str
    topic: str
    month: str | None
    n: int
    seconds: int
    missed: int
    today: int


def _month(month: str, cells: Iterable[_Cell]) -> Month:
    decided = [cell for cell in cells if cell.month == month]
    resolved = [cell for cell in decided if cell.standing == Standing.RESOLVED]
    return Month(
        resolved=sum(cell.n for cell in resolved),
        rejected=sum(cell.n for cell in decided) - sum(cell.n for cell in resolved),
        seconds=sum(cell.seconds for cell in resolved),
        missed=sum(cell.missed for cell in decided),
    )


@cache
def _statement(past_the_door: PastTheDoor, sees_staff: bool) -> Prepared:
    """Put together once for each of the two views that people have."""
    current = past_the_door(NOBODY, sees_staff=sees_staff).filter(status__in=OPEN_STATUSES)
    due_now = current.filter(breaches_at__gte=QUARTER, breaches_at__lte=A_MOMENT)
    _, at_risk = late_columns(current)
    categories = ComplaintCategory.objects.order_by("name").values(
        json=JSONObject(code="code", name="name", is_about_staff="is_about_staff")
    )
    parts = ComplaintSubcategory.objects.order_by("category__name", "name").values(
        json=JSONObject(
            key="pk", name="name", category=F("category__name"), code=F("category__code")
        )
    )
    among = [NOBODY, QUARTER, QUARTER, THIS_MONTH, THIS_MONTH, TODAY, MIDNIGHT, QUARTER]
    figures = RawSQL(FIGURES, [*among, TODAY, TODAY, SINCE])  # noqa: S611  (ours)
    return one_row(
        figures,
        # In the order of its index, or it would be looked for in another one.
        CappedCount(due_now.order_by("breaches_at").values("pk"), output_field=IntegerField()),
        at_risk,
        mine_column(current),
        ArraySubquery(categories),
        ArraySubquery(parts),
    )


@cache
def _late_alone(past_the_door: PastTheDoor, sees_staff: bool) -> Prepared:
    current = past_the_door(NOBODY, sees_staff=sees_staff).filter(status__in=OPEN_STATUSES)
    return one_row(*late_columns(current))
