"""Looking at the database around an act: what it wrote, and whether anything is other than before.

All tests mean the same by "nothing was changed": every row of every table that counts.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

UNCOUNTED = {
    "django_session",  # its age (X5)
    "web_allowance",  # how many searches somebody has left this second; what a search may write
    "billing_intakeallowance",  # the same of a gateway's messages; also of one that is refused
    "django_migrations",
}
"""The tables that may change by looking: X5's exception. No test adds one of its own."""


@contextmanager
def put_back() -> Iterator[None]:
    """Whatever happens inside is undone, also when the database refused something."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT looking")
    try:
        yield
    finally:
        connection.needs_rollback = False
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT looking")
            cursor.execute("RELEASE SAVEPOINT looking")


def every_table() -> list[str]:
    """All tables whose rows count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in cursor.fetchall() if name not in UNCOUNTED]


def writes() -> dict[str, int]:
    """How many rows each table has had written in this transaction, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {table: count for table, count in cursor.fetchall() if table not in UNCOUNTED}


def checksums(tables: Iterable[str] | None = None) -> dict[str, str | None]:
    """One figure per table over all its rows; of every table that counts when none is named."""
    named = sorted(every_table() if tables is None else tables)
    digests = [
        f"(SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM \"{table}\" t)"
        for table in named
    ]
    if not digests:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(digests)}")
        return dict(zip(named, cursor.fetchone(), strict=True))
