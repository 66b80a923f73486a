"""How the database would read a statement if it had to use indexes and not to sort."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def forced_plan_of(ask: Callable[[], Any]) -> str:
    """The plan of the first statement about cases that ``ask`` makes."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    statements = [each["sql"] for each in asked.captured_queries]
    statement = next(each for each in statements if "cases_case" in each)
    with connection.cursor() as cursor:
        for kind in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"), [])
        return "\n".join(row[0] for row in cursor.fetchall())
