"""``manage.py load_bench``: fill an empty database for ``./dev bench``. It runs as the owner."""

import os
import resource
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from billing.models import LedgerEntry
from consumers.models import Consumer
from consumers.operations.figures import fold_balances
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.local.bench import complaints, ledger
from smart360.local.bench.copying import COLUMNS
from smart360.local.bench.operations import (
    load,
    load_complaints,
    load_ledger,
    load_standing,
    loaded,
)
from smart360.local.demo.cast import PASSWORD, STAFF
from smart360.local.operations import add_staff, set_up_utility


class Command(BaseCommand):
    """Load once; a second run with the same number finds everything there and ends at once."""

    help = "Fill an empty database with N accounts and N requests. Only where demo data may be."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many."""
        parser.add_argument("--rows", type=int, default=100_000)
        parser.add_argument(
            "--entries",
            type=int,
            default=0,
            help="of the ledger; 0: without one (./dev bench money)",
        )

        parser.add_argument("--complaints", type=int, default=0, help="beside the requests")
        parser.add_argument(
            "--standing",
            action="store_true",
            help="some accounts owe, a few are protected; not beside a ledger",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, or say why not."""
        if not settings.IS_DEMO:
            raise CommandError("Made-up data is refused by these settings.")
        rows, there = options["rows"], loaded()
        if there is not None:
            if there.rows != rows:
                raise CommandError(
                    f"This database was filled with {there.rows} rows; choose another."
                )
            self._tell(f"{rows:,} accounts and requests are here since {there.at[:16]}")
            self._load_complaints(options["complaints"])
            self._load_ledger(options["entries"])
            self._load_standing(options["standing"])
            return
        if Consumer.objects.exists():
            raise CommandError("There are consumers already; only an empty database is filled.")
        began = time.monotonic()
        at = clock.now()
        add_staff(people=STAFF, password=PASSWORD)
        set_up_utility(years=(at.year, at.year + 1))
        try:
            load(rows=rows, at=at, tell=self._tell)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell("vacuum and statistics …")
        with connection.cursor() as cursor:
            for table in (*COLUMNS, "consumers_consumerfigures"):
                cursor.execute(f"VACUUM (ANALYZE) {table}")
        size = self._size()
        seconds = time.monotonic() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self._tell(
            f"{rows:,} accounts and requests in {seconds:.0f} s, {size:.2f} GB on disk,"
            f" {memory:.0f} MB of memory at most"
        )
        self._load_complaints(options["complaints"])
        self._load_ledger(options["entries"])
        self._load_standing(options["standing"])

    def _load_complaints(self, count: int) -> None:
        """Complaints beside the requests, unless they are there or nobody asked for any."""
        if not count or Case.objects.filter(kind=CaseKind.COMPLAINT).exists():
            return
        began = time.monotonic()
        load_complaints(count=count, at=clock.now(), tell=self._tell)
        with connection.cursor() as cursor:
            tallies = ("cases_tally", "cases_monthtally", "cases_latetally")
            for table in (*complaints.COLUMNS, *tallies):
                cursor.execute(f"VACUUM (ANALYZE) {table}")
        self._tell(f"{count:,} complaints in {time.monotonic() - began:.0f} s")

    def _load_ledger(self, entries: int) -> None:
        """The ledger, unless it is there already or nobody asked for one."""
        if not entries or LedgerEntry.objects.exists():
            return
        began = time.monotonic()
        before = self._size()
        made = load_ledger(entries=entries, at=clock.now(), tell=self._tell)
        with connection.cursor() as cursor:
            for table in ledger.COLUMNS:
                cursor.execute(f"VACUUM (ANALYZE) {table}")
        self._tell(
            f"{made:,} entries in {time.monotonic() - began:.0f} s,"
            f" {self._size() - before:.2f} GB on disk, load {os.getloadavg()[0]:.1f}"
        )

    def _load_standing(self, is_wanted: bool) -> None:
        """What some owe and what protects a few, unless it is there or nobody asked for it."""
        if not is_wanted or LedgerEntry.objects.exists():
            return
        began = time.monotonic()
        owing = load_standing(at=clock.now(), tell=self._tell)
        while fold_balances():
            pass  # as a worker does each minute
        others = ("consumers_accounthold", "consumers_balancechange", "trail_entry")
        with connection.cursor() as cursor:
            for table in (*ledger.COLUMNS, *others):
                cursor.execute(f"VACUUM (ANALYZE) {table}")
        self._tell(f"{owing:,} accounts owe something, in {time.monotonic() - began:.0f} s")

    def _size(self) -> float:
        """Gigabytes of the database."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            size: int = cursor.fetchone()[0]
        return size / 2**30

    def _tell(self, words: str) -> None:
        self.stdout.write(f"bench: {words}")
        self.stdout.flush()
