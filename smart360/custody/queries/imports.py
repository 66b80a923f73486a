"""Reads about imports: the next accounts of one, its problems, the list (CON15)."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from consumers.rules.importing import ImportedAccount
from smart360.custody.choices import ImportMode, ImportState
from smart360.custody.models import ImportFile, ImportProblem, ImportRun
from smart360.custody.rules.files import row_of
from smart360.custody.rules.importing import AccountReader, Row, RowProblem
from smart360.web.formats import MISSING

MOST_RUNS = 30
REPORT_HEAD = ("line", "account_number", "column", "problem")
"""The first line of a report of problems."""
NEXT_ROWS = """
SELECT key, line, cells FROM custody_importrow
 WHERE file_id = %s AND key > %s ORDER BY key, line LIMIT %s
"""
TURN = "custody.import"
"""Who holds this session lock of the database is a command that imports."""
AT_WORK = """
SELECT EXISTS (
    SELECT 1 FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND objsubid = 1
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND objid = (hashtext(%s)::bigint & 4294967295)::oid)
"""
ROWS_OF_ACCOUNT = """
SELECT key, line, cells FROM custody_importrow WHERE file_id = %s AND key = %s ORDER BY line
"""


@dataclass(frozen=True)
class Piece:
    """The next accounts of an import, read: those after ``after`` up to ``ends_with``.

    ``looked_at`` counts them all, the wrong ones too; none means that there are no more.
    """

    run: int
    after: str
    ends_with: str
    looked_at: int
    accounts: Sequence[ImportedAccount]
    problems: Sequence[RowProblem]


@dataclass(frozen=True)
class NextRows:
    """The rows of an import's next accounts, those after ``after``, as they stand in the file.

    ``refused`` are those of these accounts of which the whole file has shown a problem.
    """

    run: int
    after: str
    rows: Mapping[str, Sequence[Row]]
    refused: Container[str]


def read_rows(run: ImportRun, *, after: str, most: int) -> NextRows:
    """The next accounts of an import after ``after``, of about ``most`` rows; three statements."""
    rows = {} if run.file_id is None else _next_rows(run.file_id, after=after, most=most)
    problems = ImportProblem.objects.filter(run=run, account_number__in=list(rows))
    refused = set(problems.values_list("account_number", flat=True)) if rows else set()
    return NextRows(run.pk, after, rows, refused)


def read_piece(found: NextRows, *, today: date) -> Piece:
    """What these rows say, and what is wrong with them; asks nothing of the database."""
    region = settings.PHONENUMBER_DEFAULT_REGION
    accounts, problems = [], []
    for key, own in found.rows.items():
        reader = AccountReader(key, own, region=region, today=today)
        account = reader.read()
        problems += reader.problems
        if account is not None and key not in found.refused:
            accounts.append(account)
    last = max(found.rows, default=found.after)
    return Piece(found.run, found.after, last, len(found.rows), accounts, problems)


def _next_rows(file: int, *, after: str, most: int) -> dict[str, list[Row]]:
    """The rows of the next accounts, by account; none of them without one of its rows."""
    header = ImportFile.objects.filter(pk=file).values_list("header", flat=True).first()
    if header is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ROWS, [file, after, most + 1])
        found = cursor.fetchall()
        if len(found) > most:  # of the last account there may be more
            last = found[-1][0]
            whole = [row for row in found if row[0] != last]
            if not whole:
                cursor.execute(ROWS_OF_ACCOUNT, [file, last])
                whole = cursor.fetchall()
            found = whole
    by_account: dict[str, list[Row]] = {}
    for key, line, cells in found:
        by_account.setdefault(key, []).append(row_of(line, header, cells))
    return by_account


def find_file(sha256: str) -> ImportFile | None:
    """A file that is staged already."""
    return ImportFile.objects.filter(sha256=sha256).first()


def get_run(run: int) -> ImportRun:
    """An import as it stands now."""
    return ImportRun.objects.get(pk=run)


def find_run(run: int) -> ImportRun | None:
    """An import as it stands now, if there is one."""
    return ImportRun.objects.filter(pk=run).first()


def problems_of(run: int) -> Iterator[RowProblem]:
    """Everything that is wrong, in the order of the file, without holding it all."""
    found = ImportProblem.objects.filter(run=run).order_by("line", "pk")
    for each in found.values_list("line", "account_number", "column", "sentence").iterator(1_000):
        yield RowProblem(*each)


def count_problems(run: int) -> int:
    """How many there are."""
    return ImportProblem.objects.filter(run=run).count()


# ------------------------------------------------------------------ the page
@dataclass(frozen=True)
class RunRow:
    """One import as its page shows it."""

    key: int
    file_name: str
    mode: str
    state: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    accounts: int
    looked_at: int
    new: int
    same: int
    refused: int
    is_dry: bool
    can_start: bool
    can_go_on: bool

    @property
    def is_running(self) -> bool:
        """Whether somebody is at it."""
        return self.state == ImportState.RUNNING

    @property
    def is_done(self) -> bool:
        """Whether all accounts had their turn."""
        return self.state == ImportState.DONE

    @property
    def is_stopped(self) -> bool:
        """Whether it was cut short."""
        return self.state == ImportState.STOPPED

    @property
    def most(self) -> int:
        """Accounts to look at, 1 for an empty file."""
        return max(self.accounts, 1)


def list_runs() -> list[RunRow]:
    """The newest imports, the newest first; one statement, two while a command is at work."""
    found = list(ImportRun.objects.select_related("started_by").order_by("-pk")[:MOST_RUNS])
    by_command = [r for r in found if r.state == ImportState.RUNNING and not r.is_by_worker]
    if by_command and not is_command_at_work():
        for run in by_command:  # it was killed, and could not say so
            run.state = ImportState.STOPPED
    return [_row(run) for run in found]


def is_command_at_work() -> bool:
    """Whether a command that imports is alive: its session lock goes with it."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK, [TURN])
        return bool(cursor.fetchone()[0])


def _row(run: ImportRun) -> RunRow:
    is_dry = run.mode == ImportMode.DRY
    is_here = run.file_id is not None
    return RunRow(
        key=run.pk,
        file_name=run.file_name,
        mode=run.mode,
        state=run.state,
        started_at=run.started_at,
        started_by=run.started_by.full_name if run.started_by else MISSING,
        ended_at=run.ended_at,
        accounts=run.accounts,
        looked_at=run.looked_at,
        new=run.new,
        same=run.same,
        refused=run.refused,
        is_dry=is_dry,
        can_start=is_dry and is_here and run.state == ImportState.DONE and run.new > 0,
        can_go_on=is_here and run.state == ImportState.STOPPED,
    )
