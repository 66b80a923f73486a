"""Oracles: questions to the database whose answer must be empty (quality.md).

Each app lists its own in ``oracles.py``; ``manage.py check_invariants`` asks them all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

MOST_ROWS = 1_000
"""More wrong rows than these are not read: what is wrong is known by then."""


@dataclass(frozen=True)
class Oracle:
    """One thing that must never be so, and who finds the rows in which it is.

    ``id`` is the invariant's; ``find`` gives one short text per wrong row, numbers and codes only.
    One that ``needs_moment`` gets the moment of the check; an alarm asks how long something has
    waited, so that it means nothing where time stands still.
    """

    id: str
    sentence: str
    find: Callable[..., Sequence[str]]
    needs_moment: bool = False
    is_alarm: bool = False

    def rows(self, at: datetime) -> Sequence[str]:
        """The wrong rows as of ``at``, at most ``MOST_ROWS``."""
        return self.find(at) if self.needs_moment else self.find()


def rows_of(
    sql: str, values: Sequence[Any] | Mapping[str, Any] = (), words: str = "{}"
) -> list[str]:
    """What a query finds, each row in ``words``; the database sends no more than ``MOST_ROWS``.

    MATERIALIZED lets it plan for reading everything: a sound table is read to its end.
    """
    capped = f"WITH found AS MATERIALIZED ({sql}) SELECT * FROM found LIMIT {MOST_ROWS}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(capped, values or None)
        return [words.format(*row) for row in cursor.fetchall()]
