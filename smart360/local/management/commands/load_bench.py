"""``manage.py load_bench``: fill an empty database for ``./dev bench``. It runs as the owner."""

import resource
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from consumers.models import Consumer
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.local.bench.copying import COLUMNS
from smart360.local.bench.operations import load, loaded
from smart360.local.demo.cast import PASSWORD, STAFF
from smart360.local.operations import add_staff, set_up_utility


class Command(BaseCommand):
    """Load once; a second run with the same number finds everything there and ends at once."""

    help = "Fill an empty database with N accounts and N requests. Only where demo data may be."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many."""
        parser.add_argument("--rows", type=int, default=100_000)

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
            for table in COLUMNS:
                cursor.execute(f"VACUUM (ANALYZE) {table}")
            cursor.execute("SELECT pg_database_size(current_database())")
            size = cursor.fetchone()[0] / 2**30
        seconds = time.monotonic() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self._tell(
            f"{rows:,} accounts and requests in {seconds:.0f} s, {size:.2f} GB on disk,"
            f" {memory:.0f} MB of memory at most"
        )

    def _tell(self, words: str) -> None:
        self.stdout.write(f"bench: {words}")
        self.stdout.flush()
