"""What the Relationship Health Score is made of, for one consumer or for many (CON7).

Complaints about staff are left out for everybody: a score that moved would tell of one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from billing.choices import PaymentMethod, PaymentSource, PaymentState
from billing.queries.compliance import NOTHING_DUE, compliance_by_consumer
from billing.rules.compliance import Year
from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus, Metric
from smart360.cases.models import Case
from smart360.cases.sla import Facts as CaseFacts
from smart360.cases.sla import Targets, clock_of
from smart360.fieldwork.choices import OrderKind, OrderStatus
from smart360.insights.models import HealthScore
from smart360.insights.rules.health import Health, HealthFacts, health_of
from smart360.organisation.calendars import Calendar
from smart360.organisation.queries import day_of, get_calendar, get_utility

MONTHS_SHOWN = 12

FACTS = """
WITH chosen AS (
    SELECT id, registered_on, email FROM consumers_consumer WHERE id = ANY(%(consumers)s)
), orders AS (
    SELECT o.consumer_id, count(*) AS done,
           count(*) FILTER (
               WHERE (o.ended_at AT TIME ZONE %(zone)s)::date <= o.scheduled_on) AS in_time
      FROM fieldwork_serviceorder o
     WHERE o.consumer_id = ANY(%(consumers)s) AND o.status = %(completed)s
       AND NOT o.kind = ANY(%(supply)s) AND o.scheduled_on IS NOT NULL AND o.ended_at >= %(since)s
     GROUP BY 1
), ratings AS (
    SELECT c.consumer_id, count(*) AS rated, sum(r.stars) AS stars
      FROM cases_case c
      JOIN complaints_rating r ON r.complaint_id = c.id
      JOIN complaints_complaint p ON p.case_id = c.id
      JOIN complaints_complaintcategory g ON g.id = p.category_id AND NOT g.is_about_staff
     WHERE c.consumer_id = ANY(%(consumers)s) AND r.rated_at >= %(since)s
     GROUP BY 1
), cuts AS (
    SELECT c.consumer_id, count(*) AS cut
      FROM cases_case c
      JOIN disconnections_execution x ON x.request_id = c.id
      JOIN disconnections_disconnectionrequest d ON d.case_id = c.id
      JOIN disconnections_reason n ON n.id = d.reason_id AND n.is_for_debt
     WHERE c.consumer_id = ANY(%(consumers)s) AND c.kind = %(disconnection)s
       AND x.executed_at >= %(since)s
     GROUP BY 1
)
SELECT n.id, n.registered_on, n.email <> '', coalesce(o.done, 0), coalesce(o.in_time, 0),
       coalesce(r.rated, 0), coalesce(r.stars, 0), coalesce(x.cut, 0),
       EXISTS (SELECT 1 FROM billing_payment p
                WHERE p.consumer_id = n.id AND p.paid_on >= %(from_on)s
                  AND p.state = %(processed)s AND p.reversed_at IS NULL
                  AND (p.method = %(online)s OR p.source = %(gateway)s))
  FROM chosen n
  LEFT JOIN orders o ON o.consumer_id = n.id
  LEFT JOIN ratings r ON r.consumer_id = n.id
  LEFT JOIN cuts x ON x.consumer_id = n.id
"""
CASE_COLUMNS = (
    "consumer", "kind", "status", "created_at", "responded_at", "ended_at", "breaches_at",
    "policy__response_minutes", "policy__calendar",
)  # fmt: skip


def health_facts(
    consumers: Collection[int], *, today: date, at: datetime
) -> dict[int, HealthFacts]:
    """Consumer → what counts of the year before ``today``; three statements, few for calendars."""
    from_on = Year.before(today).since + timedelta(days=1)
    zone = get_utility().zone
    since = datetime.combine(from_on, time(), zone)
    paid = compliance_by_consumer(consumers, today=today)
    heard = _cases_of(consumers, since=since, at=at)
    found = {}
    for key, registered_on, has_email, done, in_time, rated, stars, cuts, online in _read(
        consumers, zone=str(zone), since=since, from_on=from_on
    ):
        compliance, cases = paid.get(key, NOTHING_DUE), heard[key]
        found[key] = HealthFacts(
            bills_due=compliance.due,
            bills_on_time=compliance.on_time,
            requests_done=cases.requests_done,
            requests_in_time=cases.requests_in_time,
            orders_done=done,
            orders_in_time=in_time,
            ratings=rated,
            stars=stars,
            asked=cases.asked,
            answered=cases.answered,
            days=(today - registered_on).days,
            has_email=has_email,
            rated_online=rated > 0,
            paid_online=online,
            complaints_ended=cases.complaints_ended,
            complaints_resolved=cases.complaints_resolved,
            complaints_open=cases.complaints_open,
            cuts=cuts,
        )
    return found


def health_now(consumer: int, *, at: datetime) -> Health:
    """One consumer's score with all that makes it, as things stand at ``at``."""
    return health_of(health_facts([consumer], today=day_of(at), at=at)[consumer])


def _read(
    consumers: Collection[int], *, zone: str, since: datetime, from_on: date
) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "consumers": list(consumers),
        "zone": zone,
        "since": since,
        "from_on": from_on,
        "completed": OrderStatus.COMPLETED.value,
        "supply": [OrderKind.DISCONNECTION.value, OrderKind.RECONNECTION.value],
        "disconnection": CaseKind.DISCONNECTION.value,
        "processed": PaymentState.PROCESSED.value,
        "online": PaymentMethod.ONLINE_BANKING.value,
        "gateway": PaymentSource.GATEWAY.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


# ------------------------------------------------------------------ requests and complaints
@dataclass(slots=True)
class _Cases:
    """What one consumer's requests and complaints add up to."""

    requests_done: int = 0
    requests_in_time: int = 0
    asked: int = 0
    answered: int = 0
    complaints_ended: int = 0
    complaints_resolved: int = 0
    complaints_open: int = 0


def _cases_of(consumers: Collection[int], *, since: datetime, at: datetime) -> Mapping[int, _Cases]:
    added: dict[int, _Cases] = defaultdict(_Cases)
    calendars: dict[int | None, Calendar] = {}
    for each in _listed(consumers, since):
        consumer, kind, status, created_at, responded_at, ended_at, breaches_at, *promised = each
        minutes, calendar = promised
        cases = added[consumer]
        if created_at >= since:
            if calendar not in calendars:
                calendars[calendar] = get_calendar(calendar)
            clock = clock_of(
                Metric.RESPONSE,
                Targets(response=minutes, calendar=calendars[calendar]),
                CaseFacts(created_at, responded_at=responded_at, ended_at=ended_at),
            )
            is_late = clock.is_breached(at)
            cases.asked += is_late or responded_at is not None
            cases.answered += responded_at is not None and not is_late
        has_ended = ended_at is not None and ended_at >= since
        if kind == CaseKind.COMPLAINT:
            cases.complaints_open += status in OPEN_STATUSES
            cases.complaints_ended += has_ended
            cases.complaints_resolved += has_ended and status == CaseStatus.RESOLVED
        elif has_ended and status == CaseStatus.COMPLETED:
            cases.requests_done += 1
            cases.requests_in_time += breaches_at is None or breaches_at > ended_at
    return added


def _listed(consumers: Collection[int], since: datetime) -> Iterator[tuple[Any, ...]]:
    """The cases that count: none about staff, and none by which we cut for a debt."""
    counted = Q(status__in=OPEN_STATUSES) | Q(ended_at__gte=since) | Q(created_at__gte=since)
    found = Case.objects.filter(counted, consumer__in=list(consumers))
    kept = found.exclude(complaint__category__is_about_staff=True).exclude(
        disconnection_request__reason__is_for_debt=True
    )
    return kept.values_list(*CASE_COLUMNS).iterator()


# ------------------------------------------------------------------ what was
def score_history(consumer: int) -> list[HealthScore]:
    """The newest months, the oldest of them first; one statement."""
    newest = HealthScore.objects.filter(consumer=consumer).order_by("-month")
    return list(newest[:MONTHS_SHOWN])[::-1]
