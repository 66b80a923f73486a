"""Scoring every consumer's relationship, each night, batch after batch (CON7), and who may be VIP.

A batch is one transaction that owes the next one. It reads, and writes scores alone: nobody's acts
wait for it. Paid twice, it writes the same once more.
"""

from datetime import date, datetime, timedelta

from consumers.models import Consumer
from consumers.store import keep_health_scores
from smart360.insights.operations.vips import suggest_vips
from smart360.insights.queries.health import health_facts
from smart360.insights.rules.health import VERSION, score_of
from smart360.insights.store import keep_month
from smart360.kernel.db import operation, step
from smart360.organisation.queries import day_of
from smart360.owed.book import owe

GO_ON = "insights.go_on_with_scores"
AT_ONCE = 1_000
"""Consumers per transaction."""
A_NIGHT = timedelta(days=1)


@operation
def begin_scoring(*, at: datetime) -> None:
    """Let workers score every account that is not archived; once a day, however often asked."""
    _owe_the_next(0, day=day_of(at), at=at)


@operation
def go_on_with_scores(*, day: date, after: int, at: datetime, at_once: int = AT_ONCE) -> int:
    """Score the next consumers, those after the key ``after``, as of ``day``; how many."""
    open_ones = Consumer.objects.filter(pk__gt=after, archived_at__isnull=True)
    consumers = list(open_ones.order_by("pk").values_list("pk", flat=True)[:at_once])
    if not consumers:
        return 0
    facts = health_facts(consumers, today=day, at=at)
    scores = {consumer: score_of(facts[consumer]) for consumer in consumers}
    keep_month(scores, month=day.replace(day=1), version=VERSION, at=at)
    if day_of(at) - day <= A_NIGHT:  # of a night long ago, months alone are kept
        keep_health_scores(scores)
        suggest_vips(facts, today=day, at=at)
    _owe_the_next(consumers[-1], day=day, at=at)
    return len(consumers)


@step
def _owe_the_next(after: int, *, day: date, at: datetime) -> None:
    owe(
        GO_ON,
        dedupe_key=f"{GO_ON}:{day}:{after}",
        about={"day": day.isoformat(), "after": after},
        at=at,
    )
