"""``./dev bench debt``: a preview's seconds, and requests a second of a non-payment run."""

import os
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from billing.models import Invoice
from consumers.models import Consumer
from disconnections.models import NonPaymentRun, Reason
from disconnections.operations.proposing import go_on_with_proposal, propose_run
from disconnections.operations.runs import go_on_with_run, start_run
from disconnections.queries.run_preview import preview
from disconnections.rules.runs import RunChoice
from smart360.staff.models import Person

MOST_SECONDS = 2.0
"""Of a preview over 100,000 accounts that owe."""
FEWEST_A_SECOND = 150
AT = datetime(2025, 3, 1, 15, 30, tzinfo=UTC)


class Command(BaseCommand):
    """Runs against the consumers of a database that ``./dev bench debt`` has just filled."""

    help = "Measure a non-payment run (./dev bench debt)."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many requests are made; 0: all."""
        parser.add_argument("--requests", type=int, default=0)

    def handle(self, **options: Any) -> None:
        """Preview, run, look again; exit code 1 when something falls short.

        A second run finds only those that the first, cut short by ``--requests``, has not reached.
        """
        accounts = Consumer.objects.count()
        by = Person.objects.create(username="bench", full_name="Bench")
        choice = RunChoice(reason=Reason.objects.get(code="NP-001").pk)
        previews = sorted(_timed(lambda: preview(choice, at=AT)) for _ in range(5))
        before = preview(choice, at=AT)
        most = options["requests"] or before.wanted
        proposing, made, taken = self._run(choice, by, most=most)
        left = preview(choice, at=AT).wanted - (before.wanted - made)
        rate, median = made / taken, previews[2]
        self.stdout.write(
            "| accounts | invoices | to approve | preview, s | ≤ | proposing, s | requests"
            " | seconds | a second | ≥ | offered again | load |\n"
            "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
            f"| {accounts:,} | {Invoice.objects.count():,} | {before.to_approve:,}"
            f" | {median:.2f} | {MOST_SECONDS} | {proposing:.1f} | {made:,}"
            f" | {taken:.1f} | {rate:,.0f} | {FEWEST_A_SECOND} | {left}"
            f" | {os.getloadavg()[0]:.1f} |"
        )
        if median > MOST_SECONDS or rate < FEWEST_A_SECOND or left or made < most:
            raise SystemExit(1)

    def _run(self, choice: RunChoice, by: Person, *, most: int) -> tuple[float, int, float]:
        """One run up to ``most`` requests: seconds of proposing, how many it made, in how long."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE disconnections_closurepolicy SET run_alone_up_to = 2000000000")
        began = time.monotonic()
        key = propose_run(choice=choice, by=by, at=AT)
        proposed = time.monotonic()
        while (run := NonPaymentRun.objects.get(pk=key)).state == "PREPARING":
            go_on_with_proposal(run=key, after=run.after, at=AT)
        prepared = time.monotonic()
        start_run(run=key, by=by, at=AT)
        while (run := NonPaymentRun.objects.get(pk=key)).state == "RUNNING" and run.made < most:
            go_on_with_run(run=key, after=run.after, at=AT)
        return proposed - began, run.made, time.monotonic() - prepared


def _timed(act: Any) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
