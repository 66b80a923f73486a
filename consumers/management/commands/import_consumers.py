"""Take consumers, premises, connections, meters and readings over from a CSV file (CON15)."""

import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from consumers.management.files import AccountFile
from consumers.operations import CHUNK, import_accounts, try_import
from consumers.rules.importing import (
    COLUMNS,
    AccountReader,
    ImportedAccount,
    Row,
    RowProblem,
    shared_numbers,
)
from smart360.kernel import clock
from smart360.organisation.queries import get_utility
from smart360.owed.turns import in_turn
from smart360.web.export import csv_lines

SHOWN_PROBLEMS = 20
BAR = 30
TURN = "consumers.import.file"
PATIENCE = 15
INTERRUPTED = 130  # what a shell calls the end by Ctrl-C


@dataclass
class Outcome:
    """What came of the accounts that have had their turn."""

    done: int = 0
    new: int = 0
    same: int = 0
    problems: list[RowProblem] = field(default_factory=list)


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
        """Look the file through, check and store it by 1,000 accounts, tell what came of it."""
        if options["columns"]:
            self._print_columns()
            return
        if options["file"] is None:
            raise CommandError("Name the file, or ask for --columns.")
        with stops_in_order():
            self._import(options)

    def _import(self, options: Mapping[str, Any]) -> None:
        outcome = Outcome()
        with AccountFile(options["file"]) as file:
            try:
                file.lay_out(self._show_rows)
                with one_at_a_time():
                    self._take_over(file, outcome, is_dry_run=options["dry_run"])
            except KeyboardInterrupt:
                why = "Interrupted."
            except (OperationalError, InterfaceError) as error:
                why = f"The database gave up: {str(error).splitlines()[0]}."
            else:
                why = ""
        outcome.problems.sort(key=lambda problem: problem.line)
        if options["errors"]:
            write_problems(options["errors"], outcome.problems)
        if why:
            done = how_far(outcome, len(file), is_dry_run=options["dry_run"])
            raise CommandError(f"{why} {done}", returncode=INTERRUPTED)
        self._report(file.rows, outcome, options)

    def _take_over(self, file: AccountFile, outcome: Outcome, *, is_dry_run: bool) -> None:
        """One operation per chunk; what is stored stays when a later one is interrupted."""
        take = try_import if is_dry_run else import_accounts
        today = clock.now().astimezone(get_utility().zone).date()
        doubting, reading = (
            Reading(region=settings.PHONENUMBER_DEFAULT_REGION, today=today) for _ in range(2)
        )
        # What is wrong with these is told when they are read again, with all the others.
        in_doubt = (doubting.read(*each) for each in file.accounts_in_doubt())
        shared = list(shared_numbers(each for each in in_doubt if each is not None))
        refused = {problem.account_number for problem in shared}
        outcome.problems += shared
        chunk: list[ImportedAccount] = []
        reading.problems = outcome.problems
        for seen, (key, rows) in enumerate(file.accounts(), start=1):
            account = None if key in refused else reading.read(key, rows)
            if account is not None:
                chunk.append(account)
            if chunk and (len(chunk) == CHUNK or seen == len(file)):
                result = take(accounts=chunk, by=None, at=clock.now())
                outcome.new += len(result.new)
                outcome.same += len(result.same)
                outcome.problems += result.problems
                outcome.done = seen
                chunk = []
                self._show(f"{bar(seen, len(file))} {seen:,} of {len(file):,} accounts")
        outcome.done = len(file)
        self._show("", is_last=True)

    def _show_rows(self, rows: int) -> None:
        self._show(f"looking through the file: {rows:,} rows")

    def _show(self, words: str, *, is_last: bool = False) -> None:
        """One line that changes, only where somebody watches."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{words:<70}" if words else "", ending="\n" if is_last else "")

    def _report(self, rows: int, outcome: Outcome, options: Mapping[str, Any]) -> None:
        problems = outcome.problems
        wrong = {problem.account_number for problem in problems}
        self.stdout.write(
            f"{rows:,} rows: {outcome.new:,} accounts new, {outcome.same:,} here already"
            f" and the same, {len(wrong):,} not taken over."
        )
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was stored.")
        elif not outcome.new:
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


class Reading:
    """Reads accounts and keeps what is wrong with them."""

    def __init__(self, *, region: str, today: date) -> None:
        self.region = region
        self.today = today
        self.problems: list[RowProblem] = []

    def read(self, key: str, rows: Sequence[Row]) -> ImportedAccount | None:
        """The account, or None when any of its rows is wrong."""
        reader = AccountReader(key, rows, region=self.region, today=self.today)
        account = reader.read()
        self.problems += reader.problems
        return account


@contextmanager
def stops_in_order() -> Iterator[None]:
    """Take a request to stop like Ctrl-C, once: the last transaction is undone, the rest told."""
    if threading.current_thread() is not threading.main_thread():  # only it hears signals
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    finally:
        for each, hears in zip(signals, before, strict=True):
            signal.signal(each, hears)


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Interrupt the import; a second signal changes nothing any more."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def how_far(outcome: Outcome, accounts: int, *, is_dry_run: bool) -> str:
    """What an import that was cut short has done, and how to go on."""
    stored = "new, nothing stored" if is_dry_run else "new and stored"
    return (
        f"{outcome.done:,} of {accounts:,} accounts are done ({outcome.new:,} {stored},"
        f" {outcome.same:,} here already). Give the same file again to go on: what is here is"
        " passed over."
    )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait a little for another import to end; a killed one's turn ends with its session."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with in_turn(TURN) as is_ours:
            if is_ours:
                yield
                return
        if time.monotonic() > deadline:
            raise CommandError(
                "Another import is running. Give the file again when it has ended:"
                " what is here is passed over."
            )
        time.sleep(0.5)


def bar(done: int, of: int) -> str:
    """How far it is, in signs."""
    filled = BAR * done // of
    return f"[{'#' * filled}{'.' * (BAR - filled)}]"


def write_problems(path: Path, problems: Sequence[RowProblem]) -> None:
    """Every problem as a CSV file that a spreadsheet opens without harm."""
    head = ("line", "account_number", "column", "problem")
    rows = ((str(each.line), each.account_number, each.column, each.sentence) for each in problems)
    with path.open("wb") as file:
        file.writelines(csv_lines(head, rows))
