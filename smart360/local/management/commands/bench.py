"""``manage.py bench``: measure every page beside its limit view, and print the table."""

import os
import platform
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import override_settings

from smart360.kernel import clock
from smart360.local.bench.at_once import the_list_at_once
from smart360.local.bench.operations import loaded
from smart360.local.bench.pages import Bench
from smart360.local.bench.table import (
    as_json,
    as_markdown,
    growth,
    growth_as_markdown,
    put_into,
    read_json,
)

FIGURES = "figures.json"


class Command(BaseCommand):
    """Exit code 1 says that a row falls short."""

    help = "Measure the pages on a database that load_bench has filled."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, against what, and where to."""
        parser.add_argument("--rounds", type=int, default=40, help="times each page is asked for")
        parser.add_argument("--warm-up", type=int, default=8)
        parser.add_argument("--depth", type=int, default=1000, help="the page far down")
        parser.add_argument("--seconds", type=float, default=5, help="of many clients; 0: none")
        parser.add_argument("--only", default="", help="a part of the table, such as create")
        parser.add_argument("--compare", type=Path, help="folder of a smaller database's figures")
        parser.add_argument("--markdown", type=Path, help="write the tables to this file, too")
        parser.add_argument("--into", type=Path, help="put them in their place in this document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, keep."""
        there = loaded()
        if there is None:
            raise CommandError("This database was not filled by load_bench: ./dev bench does that.")
        with override_settings(ROOT_URLCONF="smart360.local.bench.limits"):
            rows = list(self._measured(options))
        about = self._about()
        text = f"{there.rows:,} accounts and requests; {', '.join(about.values())}\n\n"
        text += as_markdown(rows)
        if options["compare"]:
            smaller, before = read_json((options["compare"] / FIGURES).read_text())
            grown = growth(rows, before)
            text += "\n\n" + growth_as_markdown(grown, smaller=smaller, larger=there.rows)
            rows += grown
        if not options["only"]:
            kept = as_json(rows, size=there.rows, about=about)
            (settings.STATE_DIR / FIGURES).write_text(kept)
        if options["markdown"]:
            options["markdown"].write_text(text + "\n")
        if options["into"]:
            document = options["into"].read_text()
            options["into"].write_text(put_into(document, text, size=there.rows))
        self.stdout.write(f"\n{text}\n")
        short = [row for row in rows if row.shortfalls]
        for row in short:
            self.stdout.write(f"short: {row.name}: {'; '.join(row.shortfalls)}")
        held = f"{len(rows) - len(short)} of {len(rows)} rows hold, or are within the noise"
        self.stdout.write(f"{held}. What they mean: docs/PERFORMANCE.md")
        if short:
            sys.exit(1)

    def _measured(self, options: dict[str, Any]) -> Any:
        bench = Bench(
            options["rounds"], options["warm_up"], options["depth"], self._tell, options["only"]
        )
        yield from bench.rows()
        if options["seconds"] and options["only"] in "at_once":
            folder = Path(settings.STATE_DIR) / "log"
            yield from the_list_at_once(folder, clients=(8, 32), seconds=options["seconds"])
            self._tell("many clients at once: done")

    def _about(self) -> dict[str, str]:
        """Where and when, for whoever reads the figures later."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), pg_database_size(current_database())"
            )
            version, size = cursor.fetchone()
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        return {
            "on": f"{clock.now():%Y-%m-%d}",
            "machine": f"{os.cpu_count()} cores, {memory:.0f} GiB",
            "python": f"Python {platform.python_version()}",
            "postgres": f"PostgreSQL {version.split(' ')[0]}",
            "disk": f"{size / 2**30:.1f} GiB on disk",
            "load": f"load {os.getloadavg()[0]:.1f} at the end",
        }

    def _tell(self, words: str) -> None:
        self.stderr.write(f"bench: {words}")
