"""Take readings from a CSV file, as the page does (CON10)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consumers.models import ReadingFile
from consumers.operations.reading_files import go_on_with_reading_file, start_reading_file
from consumers.queries.reading_files import PROBLEM_HEAD, FileRow, all_problems_of, get_file
from consumers.rules.reading_files import LARGEST_FILE, rows_of_file
from smart360.documents.intake import plain_title
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.web.export import csv_lines


class Command(BaseCommand):
    """``import_readings FILE [--dry-run] [--errors FILE]``; see docs/IMPORT.md."""

    help = "Take readings from a CSV file. Safe to repeat: what is here already is passed over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and how careful to be."""
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="look it through only")
        parser.add_argument(
            "--errors", type=Path, metavar="FILE", help="write every problem to this CSV file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do at once what a worker does for the page, and tell what came of it."""
        found = self._taken(options["file"], is_dry_run=options["dry_run"])
        if options["errors"]:
            with options["errors"].open("wb") as report:
                cells = (problem.cells for problem in all_problems_of(found.key))
                report.writelines(csv_lines(PROBLEM_HEAD, cells))
        self.stdout.write(
            f"{found.rows:,} rows: {found.new:,} new ({found.to_verify:,} wait for verification),"
            f" {found.same:,} here already, {found.wrong:,} not taken."
        )
        if found.is_dry_run:
            self.stdout.write("This was a dry run: nothing was stored.")
        if found.wrong:
            raise CommandError(f"{found.wrong:,} rows were not taken; --errors FILE writes them.")

    def _taken(self, path: Path, *, is_dry_run: bool) -> FileRow:
        try:
            with path.open("rb") as given:
                rows = rows_of_file(given.read(LARGEST_FILE + 1))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        file = start_reading_file(
            name=plain_title(path.name) or "readings.csv",
            rows=rows,
            is_dry_run=is_dry_run,
            by=None,
            at=clock.now(),
        )
        while True:
            found = get_file(file)
            if found is None or found.is_stopped:
                raise CommandError("A worker has stopped this file; look at its page.")
            if not found.is_running:
                return found
            after = ReadingFile.objects.values_list("after", flat=True).get(pk=file)
            go_on_with_reading_file(file=file, after=after, at=clock.now())
