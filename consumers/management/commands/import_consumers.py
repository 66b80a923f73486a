"""Take consumers, premises, connections, meters and readings over from a CSV file (CON15)."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consumers.operations import CHUNK, ImportResult, import_accounts, try_import
from consumers.rules.importing import (
    COLUMNS,
    RAGGED,
    ImportedAccount,
    Row,
    RowProblem,
    header_problems,
    read_accounts,
)
from smart360.kernel import clock
from smart360.organisation.queries import get_utility
from smart360.web.export import csv_lines

DELIMITERS = ",;\t|"
SHOWN_PROBLEMS = 20
BAR = 30
LONGEST_FIELD = 10_000


class Command(BaseCommand):
    """``import_consumers FILE [--dry-run] [--errors FILE]``; see docs/IMPORT.md."""

    help = "Take consumers over from a CSV file. Safe to repeat: what is here is never changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and how careful to be."""
        parser.add_argument("file", nargs="?", type=Path, help="a CSV file in UTF-8")
        parser.add_argument(
            "--dry-run", action="store_true", help="find every problem, store nothing"
        )
        parser.add_argument(
            "--errors", type=Path, metavar="FILE", help="write every problem to this CSV file"
        )
        parser.add_argument(
            "--columns", action="store_true", help="print the columns that a file may have"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, store in chunks of 1,000 accounts, and tell what came of it."""
        if options["columns"]:
            self._print_columns()
            return
        if options["file"] is None:
            raise CommandError("Name the file, or ask for --columns.")
        at = clock.now()
        rows = read_file(options["file"])
        accounts, problems = read_accounts(
            rows,
            region=settings.PHONENUMBER_DEFAULT_REGION,
            today=at.astimezone(get_utility().zone).date(),
        )
        result = self._store(accounts, is_dry_run=options["dry_run"])
        problems = sorted([*problems, *result.problems], key=lambda problem: problem.line)
        if options["errors"]:
            write_problems(options["errors"], problems)
        self._report(len(rows), result, problems, options)

    def _store(self, accounts: Sequence[ImportedAccount], *, is_dry_run: bool) -> ImportResult:
        """One operation per chunk; what is stored stays when a later one is interrupted."""
        take = try_import if is_dry_run else import_accounts
        total = ImportResult()
        for begin in range(0, len(accounts), CHUNK):
            chunk = accounts[begin : begin + CHUNK]
            result = take(accounts=chunk, by=None, at=clock.now())
            total.new += result.new
            total.same += result.same
            total.problems += result.problems
            self._show_progress(begin + len(chunk), len(accounts))
        return total

    def _show_progress(self, done: int, of: int) -> None:
        """A bar, only where somebody watches."""
        if not self.stderr.isatty():
            return
        filled = BAR * done // of
        bar = "#" * filled + "." * (BAR - filled)
        self.stderr.write(f"\r[{bar}] {done:,} of {of:,} accounts", ending="")
        if done == of:
            self.stderr.write("")

    def _report(
        self,
        rows: int,
        result: ImportResult,
        problems: Sequence[RowProblem],
        options: Mapping[str, Any],
    ) -> None:
        wrong = {problem.account_number for problem in problems}
        self.stdout.write(
            f"{rows:,} rows: {len(result.new):,} accounts new, {len(result.same):,} here already"
            f" and the same, {len(wrong):,} not taken over."
        )
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was stored.")
        elif not result.new:
            self.stdout.write("Nothing was changed.")
        if not problems:
            return
        for problem in problems[:SHOWN_PROBLEMS]:
            self.stdout.write(
                f"line {problem.line}, {problem.account_number}, {problem.column}:"
                f" {problem.sentence}"
            )
        if len(problems) > SHOWN_PROBLEMS:
            more = len(problems) - SHOWN_PROBLEMS
            self.stdout.write(f"and {more:,} more; --errors FILE writes them all.")
        raise CommandError(f"{len(problems):,} problems; the other accounts are not affected.")

    def _print_columns(self) -> None:
        for column in COLUMNS:
            needed = "needed" if column.is_required else "optional"
            self.stdout.write(f"{column.name:<16} {needed:<9} {column.meaning}")
            self.stdout.write(f"{'':<26} for example: {column.example}")


def read_file(path: Path) -> list[Row]:
    """The rows of the file with their line numbers. Raises CommandError for a file of no use."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(file, path.name))
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except (IsADirectoryError, PermissionError) as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{path.name} is not UTF-8 (byte {error.start}). Save it as “CSV UTF-8”."
        ) from None
    except csv.Error as error:
        raise CommandError(f"{path.name} is not a CSV file: {error}.") from None


def _rows(file: TextIO, name: str) -> Iterator[Row]:
    """Header first, which decides by what the columns are divided; empty lines are passed over."""
    first = file.readline()
    if not first.strip():
        raise CommandError(f"{name} is empty; its first line must name the columns.")
    delimiter = max(DELIMITERS, key=first.count)
    file.seek(0)
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    header = [cell.strip().lower().replace(" ", "_") for cell in next(reader)]
    if problems := header_problems(header):
        raise CommandError(f"{name}: {' '.join(problems)} --columns lists them.")
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict(zip(header, cells, strict=False))
            if len(cells) != len(header):
                row[RAGGED] = f"{len(cells)} values for {len(header)} columns."
            yield line, row
        line = reader.line_num + 1


def write_problems(path: Path, problems: Sequence[RowProblem]) -> None:
    """Every problem as a CSV file that a spreadsheet opens without harm."""
    head = ("line", "account_number", "column", "problem")
    rows = ((str(each.line), each.account_number, each.column, each.sentence) for each in problems)
    with path.open("wb") as file:
        file.writelines(csv_lines(head, rows))
