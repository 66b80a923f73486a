"""``manage.py load_debt``: a year of invoices for every consumer. It runs as the owner."""

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from smart360.kernel.errors import Refusal
from smart360.local.bench import billed_year
from smart360.local.bench.operations import load_year


class Command(BaseCommand):
    """Loads once, for ``./dev bench debt``."""

    help = "Give every consumer a year of invoices (./dev bench debt). Only where demo data may be."

    def handle(self, **options: Any) -> None:
        """Load, or say why not."""
        if not settings.IS_DEMO:
            raise CommandError("Made-up data is refused by these settings.")
        began = time.monotonic()
        try:
            made = load_year()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        with connection.cursor() as cursor:
            for table in billed_year.TABLES:
                cursor.execute(f"VACUUM (ANALYZE) {table}")
            cursor.execute("ANALYZE")
        self.stdout.write(
            f"bench: {made:,} invoices in {time.monotonic() - began:.0f} s,"
            f" load {os.getloadavg()[0]:.1f}"
        )
