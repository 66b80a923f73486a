"""``./dev bench debt``: a preview's seconds, and requests a second of a non-payment run."""

import os
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from consumers.models import Consumer
from disconnections.models import NonPaymentRun, Reason
from disconnections.operations.proposing import go_on_with_proposal, propose_run
from disconnections.operations.runs import go_on_with_run, start_run
from disconnections.queries.run_preview import preview
from disconnections.rules.runs import RunChoice
from smart360.local.bench.operations import let_owe
from smart360.staff.models import Person

MOST_SECONDS = 2.0
"""Of a preview over 100,000 accounts that owe."""
FEWEST_A_SECOND = 150
AT = datetime(2025, 3, 1, 15, 30, tzinfo=UTC)
DUE = date(2024, 12, 1)
AT_ONCE = 5000


class Command(BaseCommand):
    """Runs against the consumers of a database that ``./dev bench debt`` has just filled."""

    help = "Measure a non-payment run (./dev bench debt)."

    def handle(self, **options: Any) -> None:
        """Let all owe, preview, run twice; exit code 1 when something falls short."""
        consumers = list(Consumer.objects.order_by("pk").values_list("pk", flat=True))
        for n in range(0, len(consumers), AT_ONCE):
            let_owe(consumers=consumers[n : n + AT_ONCE], amount=Decimal(120), due=DUE, at=AT)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        by = Person.objects.create(username="bench", full_name="Bench")
        choice = RunChoice(reason=Reason.objects.get(code="NP-001").pk)
        previews = sorted(_timed(lambda: preview(choice, at=AT)) for _ in range(5))
        proposing, made, taken = self._run(choice, by)
        left = preview(choice, at=AT).wanted
        rate, median = made / taken, previews[2]
        self.stdout.write(
            "| accounts | preview, s | ≤ | proposing, s | requests | seconds | a second | ≥"
            " | left for a second run | load |\n|---|---|---|---|---|---|---|---|---|---|\n"
            f"| {len(consumers):,} | {median:.2f} | {MOST_SECONDS} | {proposing:.1f} | {made:,}"
            f" | {taken:.1f} | {rate:,.0f} | {FEWEST_A_SECOND} | {left}"
            f" | {os.getloadavg()[0]:.1f} |"
        )
        if median > MOST_SECONDS or rate < FEWEST_A_SECOND or left or made != len(consumers):
            raise SystemExit(1)

    def _run(self, choice: RunChoice, by: Person) -> tuple[float, int, float]:
        """One run: how long proposing took, how many requests it made, and in how long."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE disconnections_closurepolicy SET run_alone_up_to = 2000000000")
        began = time.monotonic()
        key = propose_run(choice=choice, by=by, at=AT)
        proposed = time.monotonic()
        while (run := NonPaymentRun.objects.get(pk=key)).state == "PREPARING":
            go_on_with_proposal(run=key, after=run.after, at=AT)
        prepared = time.monotonic()
        start_run(run=key, by=by, at=AT)
        while (run := NonPaymentRun.objects.get(pk=key)).state == "RUNNING":
            go_on_with_run(run=key, after=run.after, at=AT)
        return proposed - began, run.made, time.monotonic() - prepared


def _timed(act: Any) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
