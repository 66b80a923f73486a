"""Files of accounts: staged whole in one transaction, and let go of (CON15)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection

from smart360.custody.choices import ImportState
from smart360.custody.models import ImportFile, ImportProblem, ImportRow, ImportRun
from smart360.custody.rules.files import AccountFile
from smart360.kernel.db import copy_rows, operation

AT_ONCE = 5_000
KEPT = timedelta(days=7)
"""How long a file waits to be taken over, and how long what was wrong with one is told."""
KEPT_PROBLEMS = timedelta(days=90)
ROW_COLUMNS = ("file_id", "key", "line", "meter_number", "device_number", "cells")
COUNT_ACCOUNTS = """
SELECT count(*) FROM (SELECT 1 FROM custody_importrow WHERE file_id = %s GROUP BY key) AS each
"""
# As long as a file is: one of a million rows is counted, and goes, in more than ten seconds.
TAKES_TIME = "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'"


@operation
def stage_file(
    *, file: AccountFile, sha256: str, tell: Callable[[int], None], at: datetime
) -> ImportFile:
    """Put a file's rows where they can be read account by account; all of them or none.

    A file that is here already stays as it is. Raises Unreadable for a file of no use.
    """
    return stage(file=file, sha256=sha256, tell=tell, at=at)


def stage(
    *, file: AccountFile, sha256: str, tell: Callable[[int], None], at: datetime
) -> ImportFile:
    """What the operations that take a file in do; only inside one of them."""
    ImportFile.objects.bulk_create(
        [ImportFile(name=file.name[:200], sha256=sha256, size=file.size(), staged_at=at)],
        ignore_conflicts=True,
    )
    staged = ImportFile.objects.select_for_update(of=("self",)).get(sha256=sha256)
    if staged.header:
        return staged
    rows = file.rows(tell)
    while batch := list(islice(rows, AT_ONCE)):
        copy_rows(
            ImportRow,
            ROW_COLUMNS,
            (
                (staged.pk, row.key, row.line, row.meter_number, row.device_number, row.cells)
                for row in batch
            ),
        )
        staged.rows += len(batch)
    staged.header = file.header
    with connection.cursor() as cursor:
        cursor.execute(TAKES_TIME)
        cursor.execute(COUNT_ACCOUNTS, [staged.pk])
        staged.accounts = cursor.fetchone()[0]
    staged.save(update_fields=["rows", "header", "accounts"])
    return staged


@operation
def drop_file(*, file: int) -> None:
    """Let go of a file's rows; the imports of it stay, with what was wrong."""
    _drop(file)


@operation
def drop_old_files(*, at: datetime) -> int:
    """Let go of files that nobody has taken over for a week, and of old problems; how many."""
    old = ImportFile.objects.filter(staged_at__lt=at - KEPT).exclude(
        runs__state=ImportState.RUNNING
    )
    gone = list(old.values_list("pk", flat=True))
    for file in gone:
        _drop(file)
    ImportProblem.objects.filter(run__started_at__lt=at - KEPT_PROBLEMS).delete()
    return len(gone)


def _drop(file: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAKES_TIME)
    ImportRun.objects.filter(file=file).update(file=None)
    ImportRow.objects.filter(file=file).delete()
    ImportFile.objects.filter(pk=file).delete()
