"""Take consumers, meters, readings and opening balances over from a CSV file (CON15)."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection

from smart360.custody.choices import ImportMode, ImportState
from smart360.custody.models import ImportFile, ImportRun
from smart360.custody.operations import (
    CHUNK,
    UnableToImport,
    begin_import,
    drop_file,
    end_import,
    import_piece,
    pieces_of,
    stage_file,
    stop_import,
    try_piece,
)
from smart360.custody.queries.imports import (
    REPORT_HEAD,
    TURN,
    count_problems,
    find_file,
    get_run,
    problems_of,
)
from smart360.custody.rules.files import AccountFile, Unreadable
from smart360.custody.rules.importing import COLUMNS
from smart360.kernel import clock
from smart360.organisation.queries import day_of
from smart360.owed.turns import in_turn
from smart360.web.export import csv_lines

SHOWN_PROBLEMS = 20
BAR = 30
PATIENCE = 15
INTERRUPTED = 130  # what a shell calls the end by Ctrl-C


@dataclass(frozen=True)
class Outcome:
    """What came of an import; what was done before this command began counts as here already."""

    rows: int
    accounts: int
    done: int
    new: int
    same: int
    refused: int


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
        """Stage the file, check and store it by 1,000 accounts, tell what came of it."""
        if options["columns"]:
            self._print_columns()
            return
        if options["file"] is None:
            raise CommandError("Name the file, or ask for --columns.")
        with stops_in_order():
            self._import(options)

    def _import(self, options: Mapping[str, Any]) -> None:
        mode = ImportMode.DRY if options["dry_run"] else ImportMode.REAL
        began: ImportRun | None = None
        try:
            with opened(options["file"]) as file, one_at_a_time():
                staged = self._stage(file)
                began = begin_import(file=staged.pk, mode=mode, by=None, at=clock.now())
                self._go_on(began, mode)
                self._end(began, staged)
        except KeyboardInterrupt:
            why = "Interrupted."
        except (OperationalError, InterfaceError) as error:
            why = f"The database gave up: {str(error).splitlines()[0]}."
        except (Unreadable, UnableToImport) as refusal:
            raise CommandError(refusal.sentence) from None
        else:
            why = ""
        if why:
            raise CommandError(f"{why} {self._cut_short(began, mode)}", returncode=INTERRUPTED)
        if began is not None:
            self._report(began, mode, options["errors"])

    def _stage(self, file: AccountFile) -> ImportFile:
        """The file's rows where they can be read by account, or what is left of an earlier try."""
        sha256 = file.digest()
        earlier = find_file(sha256)
        if earlier is not None:
            return earlier
        before = looks(file.file)
        staged = stage_file(file=file, sha256=sha256, tell=self._show_rows, at=clock.now())
        if looks(file.file) != before:
            drop_file(file=staged.pk)
            raise Unreadable(f"{file.name} was changed while it was read.")
        return staged

    def _go_on(self, run: ImportRun, mode: ImportMode) -> None:
        """One operation per piece; what is stored stays when a later one is interrupted."""
        take = try_piece if mode == ImportMode.DRY else import_piece
        for piece in pieces_of(run, most=CHUNK, today=day_of(clock.now())):
            take(piece=piece, at=clock.now())
            run = get_run(run.pk)
            if run.state != ImportState.RUNNING:
                break
            done, accounts = run.looked_at, run.accounts
            self._show(f"{bar(done, accounts)} {done:,} of {accounts:,} accounts")
        self._show("", is_last=True)

    def _end(self, run: ImportRun, staged: ImportFile) -> None:
        """Say that it is done, and let go of the rows: they are full of personal data."""
        end_import(run=run.pk, at=clock.now())
        drop_file(file=staged.pk)

    def _cut_short(self, began: ImportRun | None, mode: ImportMode) -> str:
        """How far it came, and how to go on; nothing but that when the database is away."""
        if began is None:
            return "Nothing was stored. Give the same file again."
        try:
            connection.close()  # of a database that went away; the next statement opens another
            stop_import(run=began.pk, at=clock.now())
            return how_far(outcome_of(began), is_dry_run=mode == ImportMode.DRY)
        except (OperationalError, InterfaceError):
            return "What was stored stays. Give the same file again to go on."

    def _show_rows(self, rows: int) -> None:
        self._show(f"looking through the file: {rows:,} rows")

    def _show(self, words: str, *, is_last: bool = False) -> None:
        """One line that changes, only where somebody watches."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{words:<70}" if words else "", ending="\n" if is_last else "")

    def _report(self, began: ImportRun, mode: ImportMode, errors: Path | None) -> None:
        outcome = outcome_of(began)
        if errors:
            write_problems(errors, began.pk)
        self.stdout.write(
            f"{outcome.rows:,} rows: {outcome.new:,} accounts new, {outcome.same:,} here already"
            f" and the same, {outcome.refused:,} not taken over."
        )
        if mode == ImportMode.DRY:
            self.stdout.write("This was a dry run: nothing was stored.")
        elif not outcome.new:
            self.stdout.write("Nothing was changed.")
        problems = count_problems(began.pk)
        if not problems:
            return
        for problem in islice(problems_of(began.pk), SHOWN_PROBLEMS):
            self.stdout.write(
                f"line {problem.line}, {problem.account_number}, {problem.column}:"
                f" {problem.sentence}"
            )
        if problems > SHOWN_PROBLEMS:
            more = problems - SHOWN_PROBLEMS
            self.stdout.write(f"and {more:,} more; --errors FILE writes them all.")
        raise CommandError(f"{problems:,} problems; the other accounts are not affected.")

    def _print_columns(self) -> None:
        for column in COLUMNS:
            needed = "needed" if column.is_required else "optional"
            self.stdout.write(f"{column.name:<16} {needed:<9} {column.meaning}")
            self.stdout.write(f"{'':<26} for example: {column.example}")


@contextmanager
def opened(path: Path) -> Iterator[AccountFile]:
    """The file, open; raises Unreadable with a sentence for one that cannot be read."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except (IsADirectoryError, PermissionError) as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        if not file.seekable():
            raise Unreadable(f"{path} cannot be read twice; give a file, not a pipe.")
        yield AccountFile(file, path.name)


def looks(file: BinaryIO) -> tuple[int, int]:
    """By what a change of the file is seen."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def outcome_of(began: ImportRun) -> Outcome:
    """What came of an import since ``began``, as it stood when this command took it up."""
    now = get_run(began.pk)
    return Outcome(
        rows=now.rows,
        accounts=now.accounts,
        done=now.looked_at,
        new=now.new - began.new,
        same=now.same + began.new,
        refused=now.refused,
    )


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


def how_far(outcome: Outcome, *, is_dry_run: bool) -> str:
    """What an import that was cut short has done, and how to go on."""
    stored = "new, nothing stored" if is_dry_run else "new and stored"
    return (
        f"{outcome.done:,} of {outcome.accounts:,} accounts are done ({outcome.new:,} {stored},"
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


def write_problems(path: Path, run: int) -> None:
    """Every problem as a CSV file that a spreadsheet opens without harm."""
    rows = (
        (str(each.line), each.account_number, each.column, each.sentence)
        for each in problems_of(run)
    )
    with path.open("wb") as file:
        file.writelines(csv_lines(REPORT_HEAD, rows))
