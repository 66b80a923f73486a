"""``./dev bench run``: invoices a second of a billing run."""

import os
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from billing.choices import RunState
from billing.models import BillingRun, Tariff, TariffSlab, TariffTax
from billing.operations.runs import go_on_with_run, start_billing_run
from consumers.models import Category
from smart360.staff.models import Person

FEWEST_A_SECOND = 200
MOST_GROWTH = 15
"""Megabytes that the process may grow by between its first tenth and its end."""
AT = datetime(2025, 3, 1, 15, 30, tzinfo=UTC)
CYCLES = {
    "read": (date(2024, 12, 1), date(2024, 12, 31)),
    "estimated": (date(2025, 1, 1), date(2025, 1, 31)),
    "estimated again": (date(2025, 2, 1), date(2025, 2, 28)),
}
HEAD = """\
| cycle | invoices | seconds | a second | ≥ | own work, s | MB | grown by | ≤ | load |
|---|---|---|---|---|---|---|---|---|---|"""
READINGS = """
INSERT INTO consumers_reading (meter_id, value, read_on, verification)
SELECT meter_id, value + 250 + id %% 500, %s, 'VERIFIED' FROM consumers_reading
"""


class Command(BaseCommand):
    """Bills the consumers of a database that ``./dev bench run`` has just filled."""

    help = "Measure a billing run (./dev bench run)."

    def handle(self, **options: Any) -> None:
        """Run each cycle, print the table; exit code 1 when something falls short."""
        _prepare()
        by = Person.objects.create(username="bench", full_name="Bench")
        self.stdout.write(HEAD)
        holds = [self._run(name, *days, by=by) for name, days in CYCLES.items()]
        if not all(holds):
            raise SystemExit(1)

    def _run(self, name: str, period_from: date, period_to: date, *, by: Person) -> bool:
        """One run, its row of the table, and whether it holds."""
        key = start_billing_run(period_from=period_from, period_to=period_to, by=by, at=AT)
        began, worked = time.monotonic(), time.process_time()
        early = 0.0
        while (run := BillingRun.objects.get(pk=key)).state == RunState.RUNNING:
            if not early and run.looked_at >= run.to_do / 10:
                early = megabytes()
            go_on_with_run(run=key, after=run.after, at=AT)
        taken, own = time.monotonic() - began, time.process_time() - worked
        rate, growth = run.issued / taken, megabytes() - early
        self.stdout.write(
            f"| {name} | {run.issued:,} | {taken:.1f} | {rate:,.0f} | {FEWEST_A_SECOND} | {own:.1f}"
            f" | {megabytes():.0f} | {growth:.1f} | {MOST_GROWTH} | {os.getloadavg()[0]:.1f} |"
        )
        return rate >= FEWEST_A_SECOND and growth <= MOST_GROWTH and run.issued >= run.to_do


def _prepare() -> None:
    """A tariff with two slabs and a tax, and a second reading of each meter."""
    tariff = Tariff.objects.create(
        name="Residential",
        utility_type="ELECTRICITY",
        category=Category.objects.get(name="Residential"),
        valid=DateRange(date(2024, 1, 1), None),
        fixed_charge=Decimal("12.50"),
    )
    for above, rate in ((0, "0.10"), (200, "0.15")):
        TariffSlab.objects.create(tariff=tariff, above=above, rate=Decimal(rate))
    TariffTax.objects.create(tariff=tariff, name="Sales tax", percent=7)
    with connection.cursor() as cursor:
        cursor.execute(READINGS, [date(2024, 12, 30)])
        cursor.execute("ANALYZE")


def megabytes() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
