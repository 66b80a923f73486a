"""Imports of a file: begun, gone on with piece by piece, ended (CON15)."""

import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from smart360.custody.choices import ImportMode, ImportState
from smart360.custody.models import ImportFile, ImportProblem, ImportRun
from smart360.custody.operations.files import TAKES_TIME, stage
from smart360.custody.operations.importing import ImportResult, take_over, try_import
from smart360.custody.queries.imports import TURN, NextRows, Piece, read_piece, read_rows
from smart360.custody.rules.files import AccountFile
from smart360.custody.rules.importing import SHARED_COLUMNS, RowProblem
from smart360.kernel.db import copy_rows, operation, refuses
from smart360.kernel.errors import Refusal
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.web import form_keys

GO_ON = "custody.go_on_with_import"
LONGEST_NUMBER = 60


class UnableToImport(Refusal):
    """The file cannot be tried or taken over now."""

    sentence_by_default = "This file cannot be imported now"


# A file comes and goes between two visits of the database's own statistics.
IN_ORDER = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
ANOTHER = "Another import is running. Wait until it has ended: what is here is passed over then."
refuses({"one_import_at_a_time": UnableToImport(ANOTHER, is_conflict=True)})

# Numbers that two accounts of the file share. The first two accounts that name one name each
# other; all others name the first.
SHARED_NUMBERS = """
INSERT INTO custody_importproblem (run_id, line, account_number, "column", sentence)
WITH shared AS MATERIALIZED (
    SELECT {column} AS number FROM custody_importrow
     WHERE file_id = %(file)s AND {column} <> ''
     GROUP BY 1 HAVING min(key) <> max(key)),
named AS MATERIALIZED (
    SELECT r.key, s.number, min(r.line) AS line
      FROM shared s JOIN custody_importrow r ON r.{column} = s.number AND r.file_id = %(file)s
     GROUP BY 1, 2),
firsts AS (
    SELECT number, array_agg(key ORDER BY line) AS keys, array_agg(line ORDER BY line) AS lines
      FROM (SELECT *, row_number() OVER (PARTITION BY number ORDER BY line) AS place
              FROM named) ordered WHERE place <= 2 GROUP BY 1)
SELECT %(run)s, n.line, n.key, %(column)s,
       format('%%s %%s is also on account %%s (line %%s).', %(word)s::text, n.number,
              f.keys[other], f.lines[other])
  FROM named n JOIN firsts f ON f.number = n.number
  CROSS JOIN LATERAL (SELECT CASE WHEN f.keys[1] = n.key THEN 2 ELSE 1 END AS other) AS the
 ORDER BY n.line
"""


@operation
def begin_import(
    *,
    file: int,
    mode: ImportMode,
    by: Person | None,
    at: datetime,
    is_by_worker: bool = False,
    form_key: uuid.UUID | None = None,
) -> ImportRun:
    """Begin to try a staged file or to take it over; or go on where this file was cut short.

    On a page (``is_by_worker``) a worker does the rest. The same form key gives the first one
    again. Raises UnableToImport while another import is running, or when the file is gone.
    """
    if form_key is not None and by is not None:
        about = form_keys.with_contents("import", {"file": file, "mode": mode.value})
        earlier = form_keys.claim(form_key, by=by.pk, act="custody.import", about=about, at=at)
        if earlier is not None:
            return ImportRun.objects.get(pk=int(earlier))
    _one_begins_at_a_time()
    staged = ImportFile.objects.select_for_update(of=("self",)).filter(pk=file).first()
    if staged is None:
        raise UnableToImport("The file is not here any more. Give it again.", is_conflict=True)
    run = _begin(staged, mode, by=by, at=at, is_by_worker=is_by_worker)
    if form_key is not None and by is not None:
        form_keys.submitted(
            form_key, form="import", by=by.pk, act="custody.import", result=str(run.pk)
        )
    return run


@operation
def try_upload(
    *, file: AccountFile, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> ImportRun:
    """Take in a file that was uploaded, and begin to try it; a worker does the rest.

    The same form key gives the first one again. Raises Unreadable for a file of no use,
    UnableToImport while another import is running.
    """
    sha256 = file.digest()
    if form_key is not None:
        about = form_keys.with_contents("file of accounts", {"sha256": sha256})
        earlier = form_keys.claim(form_key, by=by.pk, act="custody.upload", about=about, at=at)
        if earlier is not None:
            return ImportRun.objects.get(pk=int(earlier))
    _one_begins_at_a_time()
    _make_way(at)
    staged = stage(file=file, sha256=sha256, tell=lambda rows: None, at=at)
    run = _begin(staged, ImportMode.DRY, by=by, at=at, is_by_worker=True)
    if form_key is not None:
        form_keys.submitted(
            form_key, form="import", by=by.pk, act="custody.upload", result=str(run.pk)
        )
    return run


@operation
def next_rows(*, run: ImportRun, after: str, most: int) -> NextRows:
    """Read what comes next in an import, in the order of the index, however old statistics are."""
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER)
    return read_rows(run, after=after, most=most)


def pieces_of(run: ImportRun, *, most: int, today: date) -> Iterator[Piece]:
    """The pieces of an import that are left, in order; each is read while the last is stored.

    What rows say is worked out in a thread, for which the database leaves time; it asks nothing.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:

        def read(after: str) -> Future[Piece]:
            rows = next_rows(run=run, after=after, most=most)
            return aside.submit(read_piece, rows, today=today)

        reading = read(run.after)
        while (piece := reading.result()).looked_at:
            reading = read(piece.ends_with)
            yield piece


@operation
def import_piece(*, piece: Piece, at: datetime) -> ImportResult | None:
    """Take over the next accounts of an import, and say how far it is: one transaction.

    None, and nothing is changed, when the import is further on already or not running any more.
    """
    run = _held(piece)
    if run is None:
        return None
    result = take_over(piece.accounts, by=run.started_by_id, at=at)
    _note(run, piece, result)
    return result


def try_piece(*, piece: Piece, at: datetime) -> ImportResult | None:
    """The same for a dry run: what would be stored is taken back, what was found is kept."""
    result = try_import(accounts=piece.accounts, by=None, at=at)
    return _note_tried(piece=piece, result=result)


@operation
def _note_tried(*, piece: Piece, result: ImportResult) -> ImportResult | None:
    run = _held(piece)
    if run is None:
        return None
    _note(run, piece, result)
    return result


@operation
def end_import(*, run: int, at: datetime) -> None:
    """All accounts had their turn."""
    ImportRun.objects.filter(pk=run, state=ImportState.RUNNING).update(
        state=ImportState.DONE, ended_at=at
    )


@operation
def stop_import(*, run: int, at: datetime) -> None:
    """It was cut short, or a worker has failed too often: what is stored stays."""
    _stop(ImportRun.objects.filter(pk=run), at)


@operation
def resume_import(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Let a worker go on where an import stopped. Raises UnableToImport when it did not stop."""
    if form_key is not None:
        about, act = f"import {run}", "custody.resume_import"
        if form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at) is not None:
            return
    _one_begins_at_a_time()
    held = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run)
    is_cut_short = held.state == ImportState.STOPPED or (
        held.state == ImportState.RUNNING and not held.is_by_worker
    )
    if not is_cut_short or held.file_id is None:
        raise UnableToImport("This import was not stopped", is_conflict=True)
    _make_way(at)  # a command that is still at it says no
    held.state, held.ended_at, held.is_by_worker = ImportState.RUNNING, None, True
    held.save(update_fields=["state", "ended_at", "is_by_worker"])
    _owe(held, at=at, again=at.isoformat())


@operation
def owe_the_rest(*, run: int, at: datetime) -> None:
    """The next pieces are left to the next turn of a worker."""
    held = ImportRun.objects.get(pk=run)
    if held.state == ImportState.RUNNING and held.is_by_worker:
        _owe(held, at=at)


# ------------------------------------------------------------------ steps of these
def _one_begins_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('custody.begin'))")


def _begin(
    staged: ImportFile, mode: ImportMode, *, by: Person | None, at: datetime, is_by_worker: bool
) -> ImportRun:
    run = _cut_short(staged, mode, is_by_worker=is_by_worker)
    if run is None:
        _make_way(at)
        run = ImportRun.objects.create(
            file=staged,
            file_name=staged.name,
            sha256=staged.sha256,
            mode=mode,
            is_by_worker=is_by_worker,
            started_at=at,
            started_by=by,
            rows=staged.rows,
            accounts=staged.accounts,
        )
        _tell_shared_numbers(run)
    if is_by_worker:
        _owe(run, at=at, again=at.isoformat())
    return run


def _cut_short(file: ImportFile, mode: ImportMode, *, is_by_worker: bool) -> ImportRun | None:
    """The unfinished import of this file, running again; a dry run begins anew."""
    if mode == ImportMode.DRY:
        return None
    unfinished = ImportRun.objects.filter(
        file=file, mode=mode, state__in=(ImportState.RUNNING, ImportState.STOPPED)
    )
    run = unfinished.select_for_update(of=("self",), no_key=True).order_by("-pk").first()
    if run is None or (run.state == ImportState.RUNNING and run.is_by_worker):
        return None  # a worker is at it: that is another import
    run.state, run.ended_at, run.is_by_worker = ImportState.RUNNING, None, is_by_worker
    run.save(update_fields=["state", "ended_at", "is_by_worker"])
    return run


def _make_way(at: datetime) -> None:
    """An import whose command is gone was cut short. Raises UnableToImport for one at work."""
    running = ImportRun.objects.filter(state=ImportState.RUNNING)
    other = running.first()
    if other is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [TURN])
        is_free = cursor.fetchone()[0]
    if other.is_by_worker or not is_free:
        raise UnableToImport(ANOTHER, is_conflict=True)
    _stop(running, at)


def _stop(runs: QuerySet[ImportRun], at: datetime) -> None:
    runs.filter(state=ImportState.RUNNING).update(state=ImportState.STOPPED, ended_at=at)


def _held(piece: Piece) -> ImportRun | None:
    """The piece's import with its row held, when this piece is what comes next."""
    run = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(pk=piece.run)
    return run if run.state == ImportState.RUNNING and run.after == piece.after else None


def _note(run: ImportRun, piece: Piece, result: ImportResult) -> None:
    """How far the import is, and what was wrong."""
    _keep_problems(run, [*piece.problems, *result.problems])
    run.after = piece.ends_with
    run.looked_at += piece.looked_at
    run.new += len(result.new)
    run.same += len(result.same)
    run.refused += piece.looked_at - len(result.new) - len(result.same)
    run.save(update_fields=["after", "looked_at", "new", "same", "refused"])


def _keep_problems(run: ImportRun, problems: Sequence[RowProblem]) -> None:
    if problems:
        copy_rows(
            ImportProblem,
            ("run_id", "line", "account_number", "column", "sentence"),
            (
                (run.pk, each.line, each.account_number[:LONGEST_NUMBER], each.column,
                 each.sentence)
                for each in problems
            ),
        )  # fmt: skip


def _tell_shared_numbers(run: ImportRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAKES_TIME)
        for column in SHARED_COLUMNS:
            word = column.replace("_number", "").capitalize()
            cursor.execute(
                SHARED_NUMBERS.format(column=column),
                {"file": run.file_id, "run": run.pk, "column": column, "word": word},
            )


def _owe(run: ImportRun, *, at: datetime, again: str = "") -> None:
    """The next pieces are owed; ``again`` tells failed work apart."""
    owe(GO_ON, dedupe_key=f"{GO_ON}:{run.pk}:{run.after}:{again}", about={"run": run.pk}, at=at)
