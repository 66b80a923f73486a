"""Looking for what must never be, and telling of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from smart360.insights.notices import invariants_broken
from smart360.kernel.db import operation
from smart360.kernel.oracle import Oracle

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# An oracle reads its tables whole. Where the statistics are wrong (of a small table, or after a
# restore, there are none), row by row would take hours; by hashes it takes a pass of each table.
ALL_THE_TIME = """
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '128MB';
SET LOCAL enable_nestloop = off;
SET LOCAL idle_in_transaction_session_timeout = 0
"""


@dataclass(frozen=True)
class Finding:
    """What one oracle found; sound when there are no rows."""

    oracle: Oracle
    rows: tuple[str, ...]


@operation
def ask(*, oracle: Oracle, at: datetime) -> Finding:
    """Ask one oracle, with all the time it needs, of one moment of the database."""
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:  # within another transaction its own level stands
            cursor.execute(ONE_MOMENT)
        cursor.execute(ALL_THE_TIME)
    return Finding(oracle, tuple(oracle.rows(at)))


@operation
def tell_of_findings(*, findings: Sequence[Finding], at: datetime) -> None:
    """Ring the administrators' bell: something is so that must never be."""
    invariants_broken([finding.oracle.id for finding in findings if finding.rows], at=at)
